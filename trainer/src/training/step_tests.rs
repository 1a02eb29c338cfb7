//! One step against PyTorch's, and against itself cut into parts, on two devices, in half precision.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor};
use genoderm_model::efficientnet::{EfficientNet, EfficientNetConfig, parity_weights};
use genoderm_model::weights::{ClassifierPolicy, StateDict};
use serde::Deserialize;

use crate::training::gradients::squared_norm;
use crate::training::optimizer::adam;
use crate::training::step::{Moment, Stepper};
use crate::training::{Batch, LossScale, MovingAverage, Precision, WeightedCrossEntropy, Weights};

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

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}

/// `|ours - truth| / |truth|`
fn relative(ours: &[f64], truth: &[f64]) -> f64 {
    assert_eq!(ours.len(), truth.len());
    let differences = ours.iter().zip(truth).map(|(a, b)| a - b);
    norm(differences) / norm(truth.iter().copied())
}

fn assert_close(what: &str, error: f64, limit: f64) {
    println!("{what}: {error:.1e}");
    assert!(error <= limit, "{what}: {error:.1e}");
}

fn golden() -> Golden {
    let text = include_str!("../../../tests/reference/goldens/training_step.json");
    serde_json::from_str(text).unwrap()
}

/// A picture of the golden: the formula's, moved to the left, plus noise of its own.
fn picture(index: usize, size: usize) -> Vec<f32> {
    let base = parity_weights::input(size);
    let noise = parity_weights::uniform(&format!("picture{index}"), base.len());
    noise
        .enumerate()
        .map(|(place, noise)| {
            let (row, column) = (place / size, place % size);
            let moved = row * size + (column + 17 * index) % size;
            (f64::from(base[moved]) + noise) as f32
        })
        .collect()
}

/// The network with the weights of the formula and running statistics around 0 and 1.
fn network(architecture: &str, classes: usize, device: &Device) -> EfficientNet {
    let config = EfficientNetConfig {
        dropout: 0.0,
        ..EfficientNetConfig::new(architecture.parse().unwrap(), classes)
    };
    let network = config.init(device);
    let shapes = network.parameter_shapes();
    let norms = shapes
        .keys()
        .filter_map(|name| name.strip_suffix(".running_var"))
        .map(|name| (name.to_string(), 1.0))
        .collect();
    let weights = parity_weights::weights(&shapes, &norms);
    network.load(weights, ClassifierPolicy::Exact).unwrap().0
}

fn weights(network: EfficientNet, weight_decay: f32) -> Weights {
    Weights {
        network,
        optimizer: adam(weight_decay).unwrap(),
        average: None,
    }
}

fn stepper(loss: WeightedCrossEntropy, devices: Vec<Device>) -> Stepper {
    Stepper {
        loss,
        precision: Precision::F32,
        clip_norm: None,
        devices,
        seed: 1,
    }
}

fn moment(rate: f64) -> Moment {
    Moment {
        epoch: 1,
        step: 0,
        rate,
    }
}

/// Gradients under timm's names, in timm's layout.
fn named(network: &EfficientNet, gradients: &GradientsParams) -> BTreeMap<String, Vec<f32>> {
    struct Reader<'a> {
        path: Vec<(String, String)>,
        gradients: &'a GradientsParams,
        found: BTreeMap<String, Vec<f32>>,
    }

    impl ModuleVisitor for Reader<'_> {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.path.push((name.into(), container.into()));
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }

        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let Some(mut gradient) = self.gradients.get::<D>(param.id) else {
                return;
            };
            let container = &self.path.last().unwrap().1;
            if container == "Struct:Linear" && D == 2 {
                gradient = gradient.transpose();
            }
            let names: Vec<&str> = self.path.iter().map(|(name, _)| name.as_str()).collect();
            let name = names.join(".");
            let name = name.replace(".gamma", ".weight").replace(".beta", ".bias");
            let values = gradient.into_data().iter::<f32>().collect();
            self.found.insert(name, values);
        }
    }

    let mut reader = Reader {
        path: Vec::new(),
        gradients,
        found: BTreeMap::new(),
    };
    network.visit(&mut reader);
    reader.found
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
        assert_close(&format!("change of {name}"), error, limit);
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

const SIDE: usize = 32;

/// Two pictures, twice: with the same pictures in each half, batch normalisation sees the same
/// statistics in a half as in the whole. The labels differ, and so do their weights.
fn halves() -> [Batch; 2] {
    let pictures = || vec![picture(0, SIDE), picture(1, SIDE)];
    [vec![0, 1], vec![2, 0]].map(|targets| Batch::of_values(pictures(), SIDE as u32, targets))
}

fn whole() -> Batch {
    let pictures = [0, 1, 0, 1].map(|index| picture(index, SIDE));
    Batch::of_values(pictures.to_vec(), SIDE as u32, vec![0, 1, 2, 0])
}

fn three_labels() -> WeightedCrossEntropy {
    WeightedCrossEntropy {
        weights: vec![5.0, 1.0, 2.0],
        label_smoothing: 0.1,
    }
}

/// What one step from the same weights gives: loss, and all weights.
fn step(stepper: &Stepper, parts: Vec<Batch>) -> (f64, StateDict) {
    let network = network("efficientnet_b0", 3, &stepper.devices[0]);
    let (state, outcome) = stepper
        .run(
            weights(network, 0.0),
            &mut LossScale::default(),
            parts,
            moment(1e-3),
        )
        .unwrap();
    let learnt = outcome.read().unwrap();
    assert_eq!((learnt.pictures, learnt.weight), (4, 13.0));
    (learnt.loss, state.network.state_dict().unwrap())
}

fn gradients_of(stepper: &Stepper, parts: Vec<Batch>) -> BTreeMap<String, Vec<f32>> {
    let network = network("efficientnet_b0", 3, &stepper.devices[0]);
    let replicas = stepper.replicas(&network);
    let scale = LossScale {
        factor: 1.0,
        steps: 0,
    };
    let (gradients, _) = stepper.gradients(&network, &replicas, parts, moment(1e-3), &scale);
    named(&network, &gradients)
}

fn assert_equal_gradients(
    ours: &BTreeMap<String, Vec<f32>>,
    theirs: &BTreeMap<String, Vec<f32>>,
    limit: f64,
) {
    assert_eq!(ours.len(), theirs.len());
    let flat = |all: &BTreeMap<String, Vec<f32>>| -> Vec<f64> {
        all.values()
            .flatten()
            .map(|value| f64::from(*value))
            .collect()
    };
    assert_close("all gradients", relative(&flat(ours), &flat(theirs)), limit);
}

#[test]
fn the_gradients_of_parts_add_up_to_that_of_the_batch() {
    let stepper = stepper(three_labels(), vec![Device::flex().autodiff()]);
    let at_once = gradients_of(&stepper, vec![whole()]);
    let in_parts = gradients_of(&stepper, halves().to_vec());
    assert_equal_gradients(&in_parts, &at_once, 1e-5);
    // The parts' own means would not: their weights are 6 and 7, of 13.
    let [first, _] = halves();
    let alone = gradients_of(&stepper, vec![first]);
    let name = "classifier.bias";
    let difference = |place: usize| (alone[name][place] - at_once[name][place]).abs();
    assert!((0..3).any(|place| difference(place) > 1e-2));
    let (loss_at_once, _) = step(&stepper, vec![whole()]);
    let (loss_in_parts, _) = step(&stepper, halves().to_vec());
    assert!((loss_at_once - loss_in_parts).abs() < 1e-5);
}

#[test]
fn two_devices_do_what_one_does_with_two_parts() {
    let device = Device::flex().autodiff();
    let one = stepper(three_labels(), vec![device.clone()]);
    let two = stepper(three_labels(), vec![device.clone(), device]);
    let alone = step(&one, halves().to_vec());
    let together = step(&two, halves().to_vec());
    assert_eq!(alone.0, together.0);
    for (name, tensor) in alone.1.iter() {
        let other = together.1.get(name).unwrap();
        if name.contains("running_") {
            continue;
        }
        assert!(tensor == other, "{name} differs");
    }
    // One part after the other moves running statistics twice, two devices once each, and the mean
    // of two equal moves is one.
    let once = step(&one, vec![whole()]).1;
    for name in ["bn1.running_mean", "bn2.running_var"] {
        let values = |dict: &StateDict| -> Vec<f64> {
            let values = &dict.get(name).unwrap().values;
            values.iter().map(|value| f64::from(*value)).collect()
        };
        assert_close(name, relative(&values(&together.1), &values(&once)), 1e-5);
        assert!(relative(&values(&alone.1), &values(&once)) > 1e-3);
    }
}

#[test]
fn half_precision_gives_nearly_the_same_gradients_and_leaves_weights_in_f32() {
    let device = Device::flex().autodiff();
    let full = stepper(three_labels(), vec![device.clone()]);
    let expected = gradients_of(&full, vec![whole()]);
    for (precision, limit) in [(Precision::Bf16, 0.2), (Precision::F16, 0.03)] {
        precision.require(&device).unwrap();
        let half = Stepper {
            precision,
            ..full.clone()
        };
        let found = gradients_of(&half, vec![whole()]);
        assert_equal_gradients(&found, &expected, limit);
        assert_ne!(found, expected);
        let start = network("efficientnet_b0", 3, &device);
        let (state, _) = half
            .run(
                weights(start, 0.0),
                &mut LossScale::default(),
                vec![whole()],
                moment(1e-3),
            )
            .unwrap();
        assert_eq!(state.network.conv_head.weight.val().dtype(), DType::F32);
        assert_eq!(
            state.network.bn1.running_mean.value_sync().dtype(),
            DType::F32
        );
        // A change of this size would be lost in half precision: the master weights have it.
        let after = state.network.state_dict().unwrap();
        assert_ne!(
            after,
            network("efficientnet_b0", 3, &device).state_dict().unwrap()
        );
    }
}

#[test]
fn a_step_that_overflows_in_f16_is_left_out() {
    let device = Device::flex().autodiff();
    let half = Stepper {
        precision: Precision::F16,
        ..stepper(three_labels(), vec![device.clone()])
    };
    let start = network("efficientnet_b0", 3, &device);
    let classifier = |network: &EfficientNet| network.classifier.weight.val().into_data();
    let before = classifier(&start);
    let mut scale = LossScale {
        factor: 1e30,
        steps: 7,
    };
    let (state, _) = half
        .run(weights(start, 0.0), &mut scale, vec![whole()], moment(1e-3))
        .unwrap();
    assert_eq!(classifier(&state.network), before);
    assert_eq!((scale.factor, scale.steps), (5e29, 0));
    // With a scale that fits, the next one is taken.
    let mut scale = LossScale::default();
    let (state, _) = half
        .run(state, &mut scale, vec![whole()], moment(1e-3))
        .unwrap();
    assert_ne!(classifier(&state.network), before);
    assert_eq!(scale.steps, 1);
}

#[test]
fn weights_decay_but_not_biases_and_norms() {
    let device = Device::flex().autodiff();
    let stepper = stepper(three_labels(), vec![device.clone()]);
    let after = |decay: f32| {
        let network = network("efficientnet_b0", 3, &device);
        let (state, _) = stepper
            .run(
                weights(network, decay),
                &mut LossScale::default(),
                vec![whole()],
                moment(1e-2),
            )
            .unwrap();
        state.network.state_dict().unwrap()
    };
    let before = network("efficientnet_b0", 3, &device).state_dict().unwrap();
    let (plain, decayed) = (after(0.0), after(0.5));
    for (name, tensor) in plain.iter() {
        let other = decayed.get(name).unwrap();
        if tensor.shape.len() == 1 {
            assert!(tensor == other, "{name} decays");
            continue;
        }
        // AdamW takes rate * decay * weight = 0.005 * weight away.
        let start = &before.get(name).unwrap().values;
        let taken = tensor
            .values
            .iter()
            .zip(&other.values)
            .map(|(a, b)| f64::from(a - b));
        let expected: Vec<f64> = start
            .iter()
            .map(|value| 0.005 * f64::from(*value))
            .collect();
        let error = relative(&taken.collect::<Vec<_>>(), &expected);
        assert!(error < 1e-3, "{name}: {error}");
    }
}

#[test]
fn clipping_shortens_the_gradients_of_a_step() {
    let device = Device::flex().autodiff();
    let plain = stepper(three_labels(), vec![device.clone()]);
    let norm_of = |clip_norm: Option<f64>| {
        let stepper = Stepper {
            clip_norm,
            ..plain.clone()
        };
        let network = network("efficientnet_b0", 3, &device);
        let scale = &mut LossScale::default();
        let (gradients, _) = stepper.gradients(&network, &[], vec![whole()], moment(1e-3), scale);
        let usable = stepper.usable(&network, gradients, scale).unwrap().unwrap();
        squared_norm(&network, &usable)
            .unwrap()
            .sqrt()
            .into_scalar::<f32>()
    };
    let free = norm_of(None);
    assert!((norm_of(Some(f64::from(free) / 4.0)) / (free / 4.0) - 1.0).abs() < 1e-4);
    assert_eq!(norm_of(Some(f64::from(free) * 4.0)), free);
}

#[test]
fn the_average_is_what_is_evaluated() {
    let device = Device::flex().autodiff();
    let stepper = stepper(three_labels(), vec![device.clone()]);
    let start = network("efficientnet_b0", 3, &device);
    let before = start.state_dict().unwrap();
    let state = Weights {
        average: Some(MovingAverage::of(&start, 0.75)),
        ..weights(start, 0.0)
    };
    let (state, _) = stepper
        .run(
            state,
            &mut LossScale::default(),
            vec![whole()],
            moment(1e-3),
        )
        .unwrap();
    let (raw, kept) = (
        state.network.state_dict().unwrap(),
        state.evaluated().state_dict().unwrap(),
    );
    for name in ["conv_stem.weight", "bn2.running_var", "classifier.bias"] {
        let values = |dict: &StateDict| dict.get(name).unwrap().values.clone();
        let pairs = values(&before).into_iter().zip(values(&raw));
        let expected: Vec<f64> = pairs
            .map(|(old, new)| 0.75 * f64::from(old) + 0.25 * f64::from(new))
            .collect();
        let found: Vec<f64> = values(&kept).into_iter().map(f64::from).collect();
        assert!(relative(&found, &expected) < 1e-6, "{name}");
        assert!(values(&kept) != values(&raw), "{name}");
    }
}
