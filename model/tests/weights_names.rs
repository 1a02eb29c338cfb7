//! Names and shapes of all architectures against timm's and torchvision's own, and torchvision's weights computed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use genoderm_model::efficientnet::{Architecture, EfficientNetConfig, parity_weights};
use genoderm_model::weights::{
    ClassifierPolicy, Naming, StateDict, WeightError, WeightTensor, into_timm_names,
};
use serde::Deserialize;

type Shapes = BTreeMap<String, Vec<usize>>;

#[derive(Deserialize)]
struct Summary {
    tensors: usize,
    parameters: usize,
    fnv1a64: String,
    features: usize,
    default_size: usize,
}

#[derive(Deserialize)]
struct Listing {
    classes: usize,
    timm: BTreeMap<String, Shapes>,
    timm_summary: BTreeMap<String, Summary>,
    torchvision: BTreeMap<String, Shapes>,
}

fn listing() -> Listing {
    serde_json::from_str(include_str!(
        "../../tests/reference/goldens/state_dict_keys.json"
    ))
    .unwrap()
}

fn our_shapes(name: &str, classes: usize) -> Shapes {
    let architecture: Architecture = name.parse().unwrap();
    EfficientNetConfig::new(architecture, classes)
        .init(&Device::flex())
        .parameter_shapes()
}

fn without_counters(mut shapes: Shapes) -> Shapes {
    shapes.retain(|name, _| !name.ends_with("num_batches_tracked"));
    shapes
}

#[test]
fn all_sixteen_have_timms_names_shapes_and_sizes() {
    let listing = listing();
    assert_eq!(listing.timm_summary.len(), 16);
    for (name, summary) in &listing.timm_summary {
        let architecture: Architecture = name.parse().unwrap();
        let network = EfficientNetConfig::new(architecture, listing.classes).init(&Device::flex());
        let shapes = network.parameter_shapes();
        let lines: String = shapes
            .iter()
            .map(|(name, shape)| {
                let extents: Vec<String> = shape.iter().map(usize::to_string).collect();
                format!("{name} {}\n", extents.join("x"))
            })
            .collect();
        let hash = format!("{:016x}", parity_weights::fnv1a64(&lines));
        assert_eq!(shapes.len(), summary.tensors, "{name}");
        assert_eq!(hash, summary.fnv1a64, "{name}");
        let statistics: usize = shapes
            .iter()
            .filter(|(name, _)| name.contains(".running_"))
            .map(|(_, shape)| shape[0])
            .sum();
        assert_eq!(
            network.num_params() - statistics,
            summary.parameters,
            "{name}"
        );
        assert_eq!(architecture.feature_count(), summary.features, "{name}");
        // timm's default is that of the weights it ships, which for some plain variants is another.
        if name.starts_with("tf_") {
            assert_eq!(architecture.default_size(), summary.default_size, "{name}");
        }
    }
}

#[test]
fn published_sizes() {
    for (name, millions) in [("efficientnet_b0", 4.03), ("tf_efficientnet_b4", 17.58)] {
        let parameters: usize = our_shapes(name, 16)
            .iter()
            .filter(|(name, _)| !name.contains(".running_"))
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum();
        let rounded = (parameters as f64 / 1e4).round() / 100.0;
        assert_eq!(rounded, millions, "{name}: {parameters}");
    }
}

#[test]
fn b0_and_b4_match_name_by_name() {
    let listing = listing();
    for (name, theirs) in listing.timm {
        assert_eq!(
            our_shapes(&name, listing.classes),
            without_counters(theirs),
            "{name}"
        );
    }
}

#[test]
fn torchvisions_names_map_onto_timms_one_to_one() {
    let listing = listing();
    for (name, theirs) in listing.torchvision {
        let dict: StateDict = theirs
            .into_iter()
            .map(|(name, shape)| {
                let values = Vec::new();
                (name, WeightTensor { shape, values })
            })
            .collect();
        let (renamed, naming) = into_timm_names(dict).unwrap();
        assert_eq!(naming, Naming::Torchvision);
        let shapes: Shapes = renamed
            .iter()
            .map(|(name, tensor)| (name.to_owned(), tensor.shape.clone()))
            .collect();
        assert_eq!(shapes, our_shapes(&name, listing.classes), "{name}");
    }
}

#[derive(Deserialize)]
struct TorchvisionGolden {
    size: usize,
    classes: usize,
    bn_variance: BTreeMap<String, f64>,
    logits: Vec<f64>,
}

#[test]
fn torchvisions_b0_gives_torchvisions_logits() {
    let golden: TorchvisionGolden = serde_json::from_str(include_str!(
        "../../tests/reference/goldens/torchvision_efficientnet_b0_224.json"
    ))
    .unwrap();
    let theirs = without_counters(listing().torchvision["efficientnet_b0"].clone());
    let dict = parity_weights::weights(&theirs, &golden.bn_variance);
    let device = Device::flex();
    let architecture: Architecture = "efficientnet_b0".parse().unwrap();
    let (network, report) = EfficientNetConfig::new(architecture, golden.classes)
        .init(&device)
        .load(dict.clone(), ClassifierPolicy::Exact)
        .unwrap();
    assert_eq!(report.naming, Naming::Torchvision);
    let input = TensorData::new(
        parity_weights::input(golden.size),
        [1, 3, golden.size, golden.size],
    );
    let logits = network
        .for_inference()
        .forward(Tensor::from_data(input, &device))
        .try_to_vec_as::<f32>()
        .unwrap();
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let difference = square(
        &mut logits
            .iter()
            .zip(&golden.logits)
            .map(|(a, b)| f64::from(*a) - b),
    );
    let error = (difference / square(&mut golden.logits.iter().copied())).sqrt();
    assert!(error < 1e-5, "{error}");

    // The same names in a network of other padding would load silently and compute nonsense.
    let architecture: Architecture = "tf_efficientnet_b0".parse().unwrap();
    let refused = EfficientNetConfig::new(architecture, golden.classes)
        .init(&device)
        .load(dict, ClassifierPolicy::Exact)
        .unwrap_err();
    assert!(matches!(refused, WeightError::OtherVariant { .. }));
    assert_eq!(
        refused.to_string(),
        "these are torchvision's weights, which tf_efficientnet_b0 would compute wrongly; use efficientnet_b0"
    );
}
