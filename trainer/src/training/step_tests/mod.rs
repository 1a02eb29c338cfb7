//! One step against PyTorch's, and against itself: cut into parts, on two devices, in half precision.

#![allow(clippy::unwrap_used)]

mod options;
mod pytorch;

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use genoderm_model::efficientnet::{EfficientNet, EfficientNetConfig, parity_weights};
use genoderm_model::weights::ClassifierPolicy;

use crate::training::optimizer::adam;
use crate::training::step::{Moment, Stepper};
use crate::training::{Precision, WeightedCrossEntropy, Weights};

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
