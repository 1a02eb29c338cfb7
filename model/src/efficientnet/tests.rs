//! The whole network on layer sizes small enough for finite differences.

#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Distribution, Gradients, Tensor, TensorData};

use super::{
    Architecture, BlockPlan, EfficientNet, EfficientNetConfig, Padding, Plan, parity_weights,
};
use crate::calibration::map_statistics;
use crate::operations::spatial_mean;
use crate::weights::{ClassifierPolicy, StateDict};

const PADDINGS: [Padding; 2] = [Padding::Symmetric, Padding::Same];

/// One block of every kind: without expansion, with stride 2, and residual.
fn tiny_plan() -> Plan {
    let block = |input, expanded, squeezed, output, kernel, stride| BlockPlan {
        input,
        expanded,
        squeezed,
        output,
        kernel,
        stride,
    };
    Plan {
        stem: 4,
        stages: vec![
            vec![block(4, 4, 1, 6, 3, 1)],
            vec![block(6, 12, 2, 8, 5, 2), block(8, 16, 2, 8, 3, 1)],
        ],
        head: 10,
    }
}

fn tiny(padding: Padding, dropout: f64, drop_path: f64, device: &Device) -> EfficientNet {
    let architecture: Architecture = "efficientnet_b0".parse().unwrap();
    let mut config = EfficientNetConfig::new(architecture, 3);
    config.dropout = dropout;
    config.drop_path = drop_path;
    let network = config.init_plan(&tiny_plan(), padding, 1e-3, device);
    let dict = tiny_weights(&network);
    network.load(dict, ClassifierPolicy::Exact).unwrap().0
}

fn tiny_weights(network: &EfficientNet) -> StateDict {
    let shapes = network.parameter_shapes();
    let variances = shapes
        .keys()
        .filter_map(|name| name.strip_suffix(".running_var"))
        .map(|norm| (norm.to_owned(), 0.5))
        .collect();
    parity_weights::weights(&shapes, &variances)
}

/// 17 pixels: odd, so that SAME padding differs between layers.
fn images(n: usize, device: &Device) -> Tensor<4> {
    let values: Vec<f32> = parity_weights::uniform("images", n * 3 * 17 * 17)
        .map(|u| u as f32)
        .collect();
    Tensor::from_data(TensorData::new(values, [n, 3, 17, 17]), device)
}

/// A loss in f64, so that rounding of the sum does not disturb differences.
fn loss(logits: Tensor<2>) -> f64 {
    let logits = logits.try_into_vec_as::<f32>().unwrap();
    let weights = parity_weights::uniform("loss", logits.len());
    logits
        .iter()
        .zip(weights)
        .map(|(logit, weight)| f64::from(*logit) * weight)
        .sum()
}

fn backward(logits: Tensor<2>) -> Gradients {
    let [n, classes] = logits.dims();
    let weights: Vec<f32> = parity_weights::uniform("loss", n * classes)
        .map(|u| u as f32)
        .collect();
    let data = TensorData::new(weights, [n, classes]);
    let weights = Tensor::from_data(data, &logits.device());
    (logits * weights).sum().backward()
}

/// Derivative of `f` at 0, by central differences of fourth order.
fn derivative(f: impl Fn(f64) -> f64) -> f64 {
    let h = 0.01;
    (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
}

fn assert_close(analytic: f64, numeric: f64, what: &str) {
    let error = (analytic - numeric).abs() / numeric.abs().max(0.1);
    assert!(error < 2e-3, "{what}: {analytic} against {numeric}");
}

#[test]
fn input_gradient_agrees_with_finite_differences() {
    let device = Device::flex();
    for padding in PADDINGS {
        let network = tiny(padding, 0.2, 0.0, &device).for_inference();
        let image = images(2, &device);
        let direction = image.random_like(Distribution::Uniform(-1.0, 1.0));
        let leaf = image.clone().autodiff().require_grad();
        let gradients = backward(network.forward(leaf.clone()));
        let along = (leaf.grad(&gradients).unwrap() * direction.clone()).sum();
        let analytic = f64::from(along.into_scalar::<f32>());
        let numeric = derivative(|step| {
            loss(network.forward(image.clone() + direction.clone().mul_scalar(step)))
        });
        assert_close(analytic, numeric, &format!("{padding:?}"));
    }
}

/// Gradient along a direction that is made from the names of the parameters.
struct AlongNames {
    path: Vec<String>,
    gradients: Gradients,
    sums: BTreeMap<String, f64>,
}

impl ModuleVisitor for AlongNames {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.join(".");
        if name.contains("running_") {
            return;
        }
        let mut gradient = param.val().grad(&self.gradients).unwrap();
        if name == "classifier.weight" {
            gradient = gradient.transpose();
        }
        let name = name.replace(".gamma", ".weight").replace(".beta", ".bias");
        let values = gradient.try_into_vec_as::<f32>().unwrap();
        let direction = parity_weights::uniform(&format!("{name} direction"), values.len());
        let sum = values
            .iter()
            .zip(direction)
            .map(|(g, d)| f64::from(*g) * d)
            .sum();
        self.sums.insert(name, sum);
    }
}

#[test]
fn parameter_gradients_in_training_agree_with_finite_differences() {
    let device = Device::flex().autodiff();
    for padding in PADDINGS {
        let network = tiny(padding, 0.0, 0.0, &device);
        let weights = network.state_dict().unwrap();
        let gradients = backward(network.forward(images(3, &device)));
        let mut along = AlongNames {
            path: Vec::new(),
            gradients,
            sums: BTreeMap::new(),
        };
        network.visit(&mut along);
        for (name, analytic) in along.sums {
            let numeric = derivative(|step| {
                let mut moved = weights.clone();
                let mut tensor = moved.remove(&name).unwrap();
                let direction =
                    parity_weights::uniform(&format!("{name} direction"), tensor.values.len());
                for (value, d) in tensor.values.iter_mut().zip(direction) {
                    *value = (f64::from(*value) + step * d) as f32;
                }
                moved.insert(name.clone(), tensor);
                let network = tiny(padding, 0.0, 0.0, &device);
                let (network, _) = network.load(moved, ClassifierPolicy::Exact).unwrap();
                loss(network.forward(images(3, &device)))
            });
            assert_close(analytic, numeric, &name);
        }
    }
}

#[test]
fn dropout_and_drop_path_act_in_training_only() {
    let device = Device::flex().autodiff();
    device.seed(5);
    let image = images(4, &device);
    let forward = |network: &EfficientNet| network.forward(image.clone()).into_data();
    for (dropout, drop_path) in [(0.5, 0.0), (0.0, 0.9)] {
        let network = tiny(Padding::Same, dropout, drop_path, &device);
        assert_ne!(forward(&network), forward(&network));
        let quiet = network.for_inference();
        assert_eq!(forward(&quiet), forward(&quiet));
        let frozen = network.freeze();
        assert_eq!(forward(&frozen), forward(&frozen));
    }
    let network = tiny(Padding::Same, 0.0, 0.0, &device);
    assert_eq!(forward(&network), forward(&network));
}

#[test]
fn running_statistics_move_by_a_tenth_and_are_exported_at_once() {
    let device = Device::flex().autodiff();
    let network = tiny(Padding::Same, 0.0, 0.0, &device);
    let before = network.state_dict().unwrap();
    let maps = network.conv_stem.forward(images(2, &device));
    let mean = spatial_mean(maps)
        .mean_dim(0)
        .try_into_vec_as::<f32>()
        .unwrap();
    let _ = network.forward(images(2, &device));
    let after = network.state_dict().unwrap();
    let statistic = |dict: &StateDict| dict.get("bn1.running_mean").unwrap().values.clone();
    let moved = statistic(&before)
        .into_iter()
        .zip(mean)
        .map(|(old, batch)| 0.9 * old + 0.1 * batch);
    for (got, want) in statistic(&after).into_iter().zip(moved) {
        assert!((got - want).abs() < 1e-6, "{got} {want}");
    }
    assert_eq!(
        after.get("conv_stem.weight"),
        before.get("conv_stem.weight")
    );
}

#[test]
fn inference_on_the_autodiff_device_equals_the_plain_one() {
    let device = Device::flex();
    let network = tiny(Padding::Symmetric, 0.2, 0.1, &device.clone().autodiff());
    let quiet = network.for_inference();
    let plain = quiet.forward(images(2, &device)).into_data();
    let tracked = quiet.forward(images(2, &device.autodiff())).into_data();
    assert_eq!(plain, tracked);
}

#[test]
fn features_are_the_stem_the_stages_and_the_head() {
    let device = Device::flex();
    let network = tiny(Padding::Same, 0.0, 0.0, &device);
    let features = network.features(images(1, &device));
    let shapes: Vec<[usize; 4]> = features.iter().map(Tensor::dims).collect();
    assert_eq!(
        shapes,
        [[1, 4, 9, 9], [1, 6, 9, 9], [1, 8, 5, 5], [1, 10, 5, 5]]
    );
    let last = features.last().unwrap().clone();
    assert_eq!(
        spatial_mean(last).into_data(),
        network.embedding(images(1, &device)).into_data()
    );
}

#[test]
fn folding_keeps_logits_and_input_gradients() {
    let device = Device::flex();
    for padding in PADDINGS {
        let network = tiny(padding, 0.2, 0.2, &device.clone().autodiff());
        let plain = network.for_inference();
        let folded = network.fold_batch_norm();
        let values = |tensor: Tensor<2>| tensor.try_into_vec_as::<f32>().unwrap();
        let expected = values(plain.forward(images(2, &device)));
        let got = values(folded.forward(images(2, &device)));
        assert!(distance(&got, &expected) < 1e-6, "{got:?} {expected:?}");
        let gradient = |forward: &dyn Fn(Tensor<4>) -> Tensor<2>| {
            let leaf = images(2, &device).autodiff().require_grad();
            let gradients = backward(forward(leaf.clone()));
            let gradient = leaf.grad(&gradients).unwrap();
            gradient.try_into_vec_as::<f32>().unwrap()
        };
        let expected = gradient(&|x| plain.forward(x));
        let got = gradient(&|x| folded.forward(x));
        assert!(distance(&got, &expected) < 1e-5);
    }
}

/// Relative Euclidean distance.
fn distance(got: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let difference = &mut got
        .iter()
        .zip(expected)
        .map(|(a, b)| f64::from(*a) - f64::from(*b));
    (square(difference) / square(&mut expected.iter().map(|v| f64::from(*v)))).sqrt()
}

#[test]
fn a_network_that_is_only_packed_answers_as_before() {
    let device = Device::flex();
    let folded = tiny(Padding::Same, 0.0, 0.0, &device).fold_batch_norm();
    let small = folded.clone().only_packed();
    for image in [images(2, &device), images(2, &device).autodiff()] {
        assert_eq!(
            small.forward(image.clone()).into_data(),
            folded.forward(image.clone()).into_data()
        );
        assert_eq!(
            small.feature_maps(image.clone()).into_data(),
            folded.feature_maps(image.clone()).into_data()
        );
        let [small, folded] = [&small, &folded].map(|n| n.embedding_and_texture(image.clone()).1);
        assert_eq!(small.into_data(), folded.into_data());
    }
}

#[test]
fn the_packed_network_has_the_maps_and_textures_of_its_layers() {
    let device = Device::flex();
    for padding in PADDINGS {
        let network = tiny(padding, 0.0, 0.0, &device);
        let features = network.features(images(2, &device));
        let folded = network.fold_batch_norm();
        let values = |tensor: Tensor<4>| tensor.try_into_vec_as::<f32>().unwrap();
        let maps = folded.feature_maps(images(2, &device));
        let expected = features.last().unwrap().clone();
        assert_eq!(maps.dims(), expected.dims());
        assert!(distance(&values(maps), &values(expected)) < 1e-6);
        let (_, texture) = folded.embedding_and_texture(images(2, &device));
        let of_maps = [0, 1].map(|place| map_statistics(features[place].clone()));
        let expected = Tensor::cat(of_maps.into(), 1);
        let values = |tensor: Tensor<2>| tensor.try_into_vec_as::<f32>().unwrap();
        assert!(distance(&values(texture), &values(expected)) < 1e-6);
    }
}
