//! Two whole steps against PyTorch's, from `tests/reference/training_step.py`.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Device;
use genoderm_model::weights::StateDict;
use serde::Deserialize;

use super::{assert_close, moment, named, network, norm, picture, relative, stepper, weights};
use crate::training::gradients::squared_norm;
use crate::training::{Batch, LossScale, WeightedCrossEntropy};

/// Largest relative error (Euclidean) of loss, gradients, changes and running statistics.
const LIMIT: f64 = 1e-4;

/// `tests/reference/goldens/training_step.json`
#[derive(Deserialize)]
struct Golden {
    architecture: String,
    size: usize,
    classes: usize,
    targets: Vec<usize>,
    own_labels: Vec<usize>,
    own_weight: f32,
    rate: f64,
    label_smoothing: f32,
    input: Thinned,
    values_per_channel: BTreeMap<String, f64>,
    steps: Vec<GoldenStep>,
}

#[derive(Deserialize)]
struct GoldenStep {
    loss: f64,
    smooth_loss: f64,
    gradient_norm: f64,
    gradients: BTreeMap<String, Thinned>,
    changes: BTreeMap<String, Thinned>,
    running: BTreeMap<String, Thinned>,
}

#[derive(Deserialize)]
struct Thinned {
    l2: f64,
    stride: usize,
    samples: Vec<f64>,
}

impl Thinned {
    fn of(&self, values: &[f32]) -> Vec<f64> {
        let samples = values.iter().step_by(self.stride);
        samples.map(|value| f64::from(*value)).collect()
    }

    fn error(&self, values: &[f32]) -> f64 {
        relative(&self.of(values), &self.samples)
    }
}

fn golden() -> Golden {
    let text = include_str!("../../../../tests/reference/goldens/training_step.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn two_steps_are_those_of_pytorch() {
    let golden = golden();
    let device = Device::flex().autodiff();
    let (size, count) = (golden.size, golden.targets.len());
    let pictures: Vec<Vec<f32>> = (0..count).map(|index| picture(index, size)).collect();
    assert_close("input", golden.input.error(&pictures.concat()), 1e-7);
    let batch = || Batch::of_values(pictures.clone(), size as u32, golden.targets.clone());
    let weight = |label: usize| match golden.own_labels.contains(&label) {
        true => golden.own_weight,
        false => 1.0,
    };
    let loss = WeightedCrossEntropy {
        weights: (0..golden.classes).map(weight).collect(),
        label_smoothing: 0.0,
    };
    let smooth = WeightedCrossEntropy {
        label_smoothing: golden.label_smoothing,
        ..loss.clone()
    };
    let stepper = stepper(loss, vec![device.clone()]);
    let mut state = weights(network(&golden.architecture, golden.classes, &device), 0.0);
    let before = state.network.state_dict().unwrap();

    for (number, expected) in golden.steps.iter().enumerate() {
        // A second step starts from weights that differ by rounding, which Adam makes larger.
        let limit = if number == 0 { LIMIT } else { 10.0 * LIMIT };
        // The passes alone, on a copy whose running statistics are its own, to look at the gradients.
        let copy = state.network.valid().train();
        let logits = copy.forward(batch().images(&device));
        let smooth_loss = smooth.forward(logits.clone(), &golden.targets);
        let smooth_loss = f64::from(smooth_loss.into_scalar::<f32>());
        let loss = stepper.loss.forward(logits, &golden.targets);
        let gradients = GradientsParams::from_grads(loss.backward(), &copy);
        let all = squared_norm(&copy, &gradients).unwrap();
        let all = f64::from(all.into_scalar::<f32>()).sqrt();
        let gradients = named(&copy, &gradients);

        let (after, outcome) = stepper
            .run(
                state,
                &mut LossScale::default(),
                vec![batch()],
                moment(golden.rate),
            )
            .unwrap();
        state = after;
        let learnt = outcome.read().unwrap();
        assert_close("loss", (learnt.loss / expected.loss - 1.0).abs(), LIMIT);
        let error = (smooth_loss / expected.smooth_loss - 1.0).abs();
        assert_close("smoothed loss", error, LIMIT);
        let error = (all / expected.gradient_norm - 1.0).abs();
        assert_close("norm of all gradients", error, limit);
        for (name, expected) in &expected.gradients {
            let found = &gradients[name];
            assert_close(&format!("gradient of {name}"), expected.error(found), limit);
            let whole = norm(found.iter().map(|value| f64::from(*value)));
            assert_close("its norm", (whole / expected.l2 - 1.0).abs(), limit);
        }
        let now = state.network.state_dict().unwrap();
        changes_are_those_of_pytorch(&before, &now, &golden.steps[..=number], limit);
        running_statistics_are_those_of_pytorch(&before, &now, &golden, number);
    }
}

/// Adam's first step is the sign of the gradient: an element whose gradient is within rounding of 0
/// may go either way, and is left out.
fn changes_are_those_of_pytorch(
    before: &StateDict,
    now: &StateDict,
    steps: &[GoldenStep],
    limit: f64,
) {
    let last = steps.last().unwrap();
    for (name, expected) in &last.changes {
        let difference = |(new, old): (&f32, &f32)| f64::from(*new) - f64::from(*old);
        let (old, new) = (before.get(name).unwrap(), now.get(name).unwrap());
        let changes = new.values.iter().zip(&old.values).map(difference);
        let changes: Vec<f64> = changes.step_by(expected.stride).collect();
        let weights = expected.of(&new.values);
        let is_clear = |place: usize| {
            steps.iter().all(|step| {
                let samples = &step.gradients[name].samples;
                let typical = norm(samples.iter().copied()) / (samples.len() as f64).sqrt();
                samples[place].abs() > 1e-2 * typical
            })
        };
        let clear: Vec<usize> = (0..changes.len())
            .filter(|place| is_clear(*place))
            .collect();
        assert!(
            clear.len() * 10 >= changes.len() * 9,
            "{name}: {}",
            clear.len()
        );
        let at = |values: &[f64]| clear.iter().map(|place| values[*place]).collect::<Vec<_>>();
        let error = relative(&at(&changes), &at(&expected.samples));
        // Weights are numbers of f32: their difference has the rounding of the weights themselves.
        let size = norm(at(&weights).into_iter()) / norm(at(&changes).into_iter());
        let rounding = f64::from(f32::EPSILON) * size;
        assert_close(&format!("change of {name}"), error, limit + rounding);
    }
}

/// burn averages the biased variance of a batch, PyTorch the unbiased one: with `m` values a channel
/// theirs is `m / (m - 1)` times as large, which is taken out here.
fn running_statistics_are_those_of_pytorch(
    before: &StateDict,
    now: &StateDict,
    golden: &Golden,
    number: usize,
) {
    for (name, expected) in &golden.steps[number].running {
        let values = &now.get(name).unwrap().values;
        let (owner, kind) = name.rsplit_once('.').unwrap();
        let m = golden.values_per_channel[owner];
        let kept = 0.9f64.powi(number as i32 + 1);
        let initial = &before.get(name).unwrap().values;
        let as_theirs = |(value, initial): (&f32, &f32)| {
            let kept = kept * f64::from(*initial);
            let taken = f64::from(*value) - kept;
            let factor = if kind == "running_var" {
                m / (m - 1.0)
            } else {
                1.0
            };
            (kept + taken * factor) as f32
        };
        let values: Vec<f32> = values.iter().zip(initial).map(as_theirs).collect();
        let limit = if number == 0 { LIMIT } else { 10.0 * LIMIT };
        assert_close(name, expected.error(&values), limit);
    }
}
