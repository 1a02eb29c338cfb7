//! Loading is strict and complete, export is its inverse, and a classifier of other classes can stay fresh.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use genoderm_model::efficientnet::{
    Architecture, EfficientNet, EfficientNetConfig, parity_weights,
};
use genoderm_model::weights::{
    ClassifierPolicy, Encoding, StateDict, WeightError, WeightMismatch, WeightTensor,
};

fn b0(classes: usize) -> EfficientNet {
    fresh("efficientnet_b0", classes, &Device::flex())
}

fn fresh(name: &str, classes: usize, device: &Device) -> EfficientNet {
    let architecture: Architecture = name.parse().unwrap();
    EfficientNetConfig::new(architecture, classes).init(device)
}

/// Weights by the formula, every batch normalisation with variance 1.
fn dict(network: &EfficientNet) -> StateDict {
    let shapes = network.parameter_shapes();
    let variances: BTreeMap<String, f64> = shapes
        .keys()
        .filter_map(|name| name.strip_suffix(".running_var"))
        .map(|norm| (norm.to_owned(), 1.0))
        .collect();
    parity_weights::weights(&shapes, &variances)
}

fn mismatch(result: Result<impl Sized, WeightError>) -> WeightMismatch {
    match result.err() {
        Some(WeightError::Mismatch(mismatch)) => mismatch,
        other => panic!("expected a mismatch, got {other:?}"),
    }
}

fn tensor(shape: &[usize]) -> WeightTensor {
    WeightTensor {
        shape: shape.to_vec(),
        values: vec![0.0; shape.iter().product()],
    }
}

#[test]
fn export_is_the_inverse_of_loading() {
    let weights = dict(&b0(7));
    let (network, report) = b0(7)
        .load(weights.clone(), ClassifierPolicy::Exact)
        .unwrap();
    assert_eq!(report.classifier_reinitialised, None);
    let exported = network.state_dict().unwrap();
    assert_eq!(exported, weights);
    // And through a file.
    let bytes = exported.to_safetensors(Encoding::F32).unwrap();
    assert_eq!(StateDict::from_safetensors(&bytes).unwrap(), weights);
}

#[test]
fn export_from_an_autodiff_device_is_the_same() {
    let weights = dict(&b0(3));
    let (network, _) = fresh("efficientnet_b0", 3, &Device::flex().autodiff())
        .load(weights.clone(), ClassifierPolicy::Exact)
        .unwrap();
    assert_eq!(network.state_dict().unwrap(), weights);
}

#[test]
fn every_difference_is_listed() {
    let mut weights = dict(&b0(7));
    weights.remove("conv_stem.weight").unwrap();
    weights.remove("blocks.3.1.bn2.running_mean").unwrap();
    weights.insert("extra.weight", tensor(&[2]));
    weights.insert("blocks.0.0.se.conv_reduce.bias", tensor(&[9]));
    weights.insert("bn1.num_batches_tracked", tensor(&[1])); // ignored
    let found = mismatch(b0(7).load(weights, ClassifierPolicy::Exact));
    assert_eq!(found.network, "efficientnet_b0 with 7 classes");
    assert_eq!(
        found.missing,
        ["blocks.3.1.bn2.running_mean", "conv_stem.weight"]
    );
    assert_eq!(found.surplus, ["extra.weight"]);
    assert_eq!(found.misshapen.len(), 1);
    assert_eq!(found.misshapen[0].name, "blocks.0.0.se.conv_reduce.bias");
    assert_eq!(found.misshapen[0].expected, [8]);
    assert_eq!(found.misshapen[0].found, [9]);
}

#[test]
fn another_size_is_refused_under_either_policy() {
    for policy in [ClassifierPolicy::Exact, ClassifierPolicy::Reinitialise] {
        let weights = dict(&fresh("efficientnet_b1", 7, &Device::flex()));
        let found = mismatch(b0(7).load(weights, policy));
        assert!(!found.surplus.is_empty());
    }
}

#[test]
fn a_classifier_of_other_classes_stays_fresh_where_asked() {
    let theirs = dict(&b0(1000));
    let found = mismatch(b0(7).load(theirs.clone(), ClassifierPolicy::Exact));
    let names: Vec<&str> = found.misshapen.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["classifier.bias", "classifier.weight"]);

    let (network, report) = b0(7)
        .load(theirs.clone(), ClassifierPolicy::Reinitialise)
        .unwrap();
    assert_eq!(report.classifier_reinitialised, Some((1000, 7)));
    let ours = network.state_dict().unwrap();
    assert_eq!(ours.get("classifier.weight").unwrap().shape, [7, 1280]);
    // Fresh: uniform in +-1/sqrt(1280), and not zero.
    let bound = 1.0 / 1280f32.sqrt();
    let values = &ours.get("classifier.weight").unwrap().values;
    assert!(values.iter().all(|v| v.abs() <= bound));
    assert!(values.iter().any(|v| v.abs() > 0.9 * bound));
    // Everything else is loaded.
    for (name, tensor) in theirs.iter() {
        if !name.starts_with("classifier.") {
            assert_eq!(ours.get(name), Some(tensor), "{name}");
        }
    }
}

#[test]
fn a_checkpoint_without_classifier_is_for_fine_tuning_only() {
    let mut theirs = dict(&b0(7));
    theirs.remove("classifier.weight").unwrap();
    theirs.remove("classifier.bias").unwrap();
    assert_eq!(
        mismatch(b0(7).load(theirs.clone(), ClassifierPolicy::Exact)).missing,
        ["classifier.bias", "classifier.weight"]
    );
    let (_, report) = b0(7).load(theirs, ClassifierPolicy::Reinitialise).unwrap();
    assert_eq!(report.classifier_reinitialised, Some((0, 7)));
}

#[test]
fn a_classifier_of_the_same_classes_is_loaded_under_either_policy() {
    let theirs = dict(&b0(7));
    let (network, report) = b0(7)
        .load(theirs.clone(), ClassifierPolicy::Reinitialise)
        .unwrap();
    assert_eq!(report.classifier_reinitialised, None);
    assert_eq!(network.state_dict().unwrap(), theirs);
}

#[test]
fn the_authors_names_load() {
    let weights = dict(&b0(7));
    let theirs: StateDict = weights
        .iter()
        .map(|(name, tensor)| {
            let name = match name.strip_prefix("classifier.") {
                Some(kind) => format!("module.myfc.{kind}"),
                None => format!("module.enet.{name}"),
            };
            (name, tensor.clone())
        })
        .collect();
    let (network, _) = b0(7).load(theirs, ClassifierPolicy::Exact).unwrap();
    assert_eq!(network.state_dict().unwrap(), weights);
}

#[test]
fn values_that_are_not_finite_or_too_few_are_refused() {
    let mut weights = dict(&b0(7));
    let mut bias = tensor(&[7]);
    bias.values[3] = f32::NAN;
    weights.insert("classifier.bias", bias);
    let refused = b0(7).load(weights.clone(), ClassifierPolicy::Exact);
    assert_eq!(
        refused.err(),
        Some(WeightError::NotFinite {
            name: "classifier.bias".into()
        })
    );
    let mut bias = tensor(&[7]);
    bias.values.pop();
    weights.insert("classifier.bias", bias);
    let refused = b0(7).load(weights, ClassifierPolicy::Exact);
    assert!(matches!(
        refused.err(),
        Some(WeightError::WrongLength { .. })
    ));
}

#[test]
fn loading_a_clone_leaves_the_original_alone() {
    let device = Device::flex();
    let original = b0(2);
    let image = Tensor::<4>::ones([1, 3, 32, 32], &device);
    let before = original.forward(image.clone()).into_data();
    let (loaded, _) = original
        .clone()
        .load(dict(&original), ClassifierPolicy::Exact)
        .unwrap();
    assert_eq!(original.forward(image.clone()).into_data(), before);
    assert_ne!(loaded.forward(image).into_data(), before);
}
