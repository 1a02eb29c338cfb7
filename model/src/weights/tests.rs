//! Reading and writing weights in every encoding, and refusing what is damaged.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value;

use super::{Encoding, StateDict, WeightError, WeightTensor};

fn reference(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/reference")
        .join(path)
}

fn tensor(shape: &[usize], values: Vec<f32>) -> WeightTensor {
    WeightTensor {
        shape: shape.to_vec(),
        values,
    }
}

/// Kernels whose channels differ by a factor of 1000, a linear layer and statistics.
fn network() -> StateDict {
    let kernel = (0..4 * 3 * 9)
        .map(|i| ((i * 7919 % 1000) as f32 / 500.0 - 1.0) * 10_f32.powi(i / 27 - 2))
        .collect();
    StateDict::from_iter([
        ("conv.weight".to_owned(), tensor(&[4, 3, 3, 3], kernel)),
        (
            "classifier.weight".to_owned(),
            tensor(&[2, 3], vec![1.5, -0.25, 0.0, 0.0, 0.0, 0.0]),
        ),
        (
            "bn.running_var".to_owned(),
            tensor(&[3], vec![1e-7, 1.0 / 3.0, 1e6]),
        ),
    ])
}

fn stored(dict: &StateDict, encoding: Encoding) -> StateDict {
    StateDict::from_safetensors(&dict.to_safetensors(encoding).unwrap()).unwrap()
}

#[test]
fn f32_is_without_loss() {
    assert_eq!(stored(&network(), Encoding::F32), network());
}

#[test]
fn f16_rounds_kernels_within_its_precision_and_keeps_statistics() {
    let (before, after) = (network(), stored(&network(), Encoding::F16));
    for (name, tensor) in before.iter() {
        let found = after.get(name).unwrap();
        assert_eq!(found.shape, tensor.shape);
        for (a, b) in tensor.values.iter().zip(&found.values) {
            let bound = if tensor.shape.len() < 2 {
                0.0
            } else {
                (a.abs() * 2_f32.powi(-11)).max(3e-8)
            };
            assert!((a - b).abs() <= bound, "{name}: {a} {b}");
        }
    }
}

#[test]
fn int8_is_within_half_a_step_of_each_channel() {
    let (before, after) = (network(), stored(&network(), Encoding::Int8));
    let variances = |dict: &StateDict| dict.get("bn.running_var").unwrap().values.clone();
    for (a, b) in variances(&before).iter().zip(variances(&after)) {
        assert!((a - b).abs() <= a.abs() * 2_f32.powi(-11), "{a} {b}");
    }
    for name in ["conv.weight", "classifier.weight"] {
        let (before, after) = (before.get(name).unwrap(), after.get(name).unwrap());
        let per_channel = before.values.len() / before.shape[0];
        for (a, b) in before
            .values
            .chunks(per_channel)
            .zip(after.values.chunks(per_channel))
        {
            let step = a.iter().fold(0.0_f32, |m, v| m.max(v.abs())) / 127.0;
            for (a, b) in a.iter().zip(b) {
                assert!((a - b).abs() <= step * 0.5001, "{name}: {a} {b}");
            }
        }
    }
}

#[test]
fn a_statistic_too_large_for_half_precision_keeps_its_value_beside_8_bits() {
    let dict = StateDict::from_iter([("var".to_owned(), tensor(&[2], vec![1.0e6, 0.1]))]);
    assert_eq!(stored(&dict, Encoding::Int8), dict);
}

#[test]
fn the_extremes_of_a_channel_are_exact_in_int8() {
    let dict = StateDict::from_iter([("w".to_owned(), tensor(&[1, 3], vec![-2.54, 1.27, 2.54]))]);
    let found = stored(&dict, Encoding::Int8);
    for (a, b) in found
        .get("w")
        .unwrap()
        .values
        .iter()
        .zip([-2.54, 1.28, 2.54])
    {
        assert!((a - b).abs() < 1e-6, "{a}");
    }
}

#[test]
fn byte_len_tells_the_size_of_the_data() {
    for encoding in [Encoding::F32, Encoding::F16, Encoding::Int8] {
        let bytes = network().to_safetensors(encoding).unwrap();
        let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let expected: usize = network()
            .iter()
            .map(|(_, tensor)| encoding.byte_len(&tensor.shape))
            .sum();
        // One of the three statistics is too large for half precision.
        let beside = if encoding == Encoding::Int8 { 3 * 2 } else { 0 };
        assert_eq!(bytes.len() - 8 - header, expected + beside, "{encoding}");
    }
}

#[test]
fn equal_weights_give_equal_bytes() {
    for encoding in [Encoding::F32, Encoding::F16, Encoding::Int8] {
        let first = network().to_safetensors(encoding).unwrap();
        for _ in 0..5 {
            assert_eq!(network().to_safetensors(encoding).unwrap(), first);
        }
    }
}

#[test]
fn values_that_cannot_be_stored_are_refused() {
    let dict = |values| StateDict::from_iter([("w".to_owned(), tensor(&[1, 2], values))]);
    assert_eq!(
        dict(vec![1.0, -70_000.0]).to_safetensors(Encoding::F16),
        Err(WeightError::TooLargeForHalf {
            name: "w".into(),
            value: -70_000.0
        })
    );
    for encoding in [Encoding::F32, Encoding::F16, Encoding::Int8] {
        let error = dict(vec![1.0, f32::NAN]).to_safetensors(encoding);
        assert_eq!(error, Err(WeightError::NotFinite { name: "w".into() }));
        let error = dict(vec![1.0]).to_safetensors(encoding);
        assert!(matches!(error, Err(WeightError::WrongLength { .. })));
    }
    let mut taken = dict(vec![1.0, 2.0]);
    taken.insert("w.scale", tensor(&[1], vec![1.0]));
    assert!(taken.to_safetensors(Encoding::F16).is_ok());
    assert!(matches!(
        taken.to_safetensors(Encoding::Int8),
        Err(WeightError::Duplicate { .. })
    ));
}

#[test]
fn strange_but_valid_shapes_survive() {
    let dict = StateDict::from_iter([
        ("scalar".to_owned(), tensor(&[], vec![3.0])),
        ("empty".to_owned(), tensor(&[2, 0], vec![])),
        ("none".to_owned(), tensor(&[0, 2], vec![])),
        ("w".to_owned(), tensor(&[1, 1], vec![1.0])),
    ]);
    for encoding in [Encoding::F32, Encoding::F16, Encoding::Int8] {
        assert_eq!(stored(&dict, encoding), dict, "{encoding}");
    }
}

#[test]
fn merging_refuses_a_tensor_that_is_there_already() {
    let mut dict = network();
    let other = StateDict::from_iter([("conv.weight".to_owned(), tensor(&[1], vec![0.0]))]);
    assert!(matches!(
        dict.merge(other),
        Err(WeightError::Duplicate { .. })
    ));
}

/// Relative error of a network's logits after its weights, or its kernels alone, went through an encoding.
#[cfg(not(target_arch = "wasm32"))]
fn error_of_logits(encoding: Encoding, kernels_alone: bool) -> f64 {
    use crate::efficientnet::{EfficientNetConfig, parity_weights};
    use crate::weights::ClassifierPolicy;
    use burn::tensor::{Device, Tensor, TensorData};

    let golden = std::fs::read(reference("goldens/efficientnet_b0_224.json")).unwrap();
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    let variances = serde_json::from_value(golden["bn_variance"].clone()).unwrap();
    let expected: Vec<f64> = serde_json::from_value(golden["logits"].clone()).unwrap();

    let device = Device::flex();
    let config = EfficientNetConfig::new("efficientnet_b0".parse().unwrap(), expected.len());
    let network = config.init(&device);
    let exact = parity_weights::weights(&network.parameter_shapes(), &variances);
    let mut weights = stored(&exact, encoding);
    if kernels_alone {
        for (name, tensor) in exact.iter().filter(|(_, tensor)| tensor.shape.len() < 2) {
            weights.insert(name, tensor.clone());
        }
    }
    let (network, _) = network.load(weights, ClassifierPolicy::Exact).unwrap();
    let input = TensorData::new(parity_weights::input(224), [1, 3, 224, 224]);
    let logits = network
        .for_inference()
        .forward(Tensor::from_data(input, &device));
    let logits: Vec<f32> = logits.into_data().try_to_vec().unwrap();
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let difference = norm(&mut logits.iter().zip(&expected).map(|(a, b)| f64::from(*a) - b));
    difference / norm(&mut expected.iter().copied())
}

/// PyTorch finds the same errors when it rounds the same weights. A random network amplifies
/// rounding, so those of a trained one are smaller.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn encodings_change_a_networks_answers_as_much_as_in_pytorch() {
    assert!(error_of_logits(Encoding::F32, false) < 1e-5);
    // There, kernels alone are rounded.
    for (encoding, expected) in [(Encoding::F16, 2.151e-3), (Encoding::Int8, 4.953e-2)] {
        let error = error_of_logits(encoding, true);
        println!("{encoding}: {error:.3e}, in PyTorch {expected:.3e}");
        assert!((error / expected - 1.0).abs() < 0.02, "{encoding}: {error}");
        let whole = error_of_logits(encoding, false);
        println!("{encoding} with biases and statistics: {whole:.3e}");
        assert!(whole < 1.05 * error, "{encoding}: {whole}");
    }
}

/// A safetensors file with one 8-bit tensor `w` of shape `[2, 2]` and a tensor beside it.
fn with_scale(name: &str, dtype: &str, shape: &str, bytes: usize) -> Vec<u8> {
    let end = 4 + bytes;
    let header = format!(
        r#"{{"w":{{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]}},"{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[4,{end}]}}}}"#
    );
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.extend(vec![0; end]);
    file
}

#[test]
fn eight_bits_without_usable_scales_are_refused() {
    assert!(StateDict::from_safetensors(&with_scale("w.scale", "F32", "[2]", 8)).is_ok());
    for file in [
        with_scale("other", "F32", "[2]", 8),
        with_scale("w.scale", "F16", "[2]", 4),
        with_scale("w.scale", "F32", "[1]", 4),
        with_scale("w.scale", "F32", "[2,1]", 8),
    ] {
        assert!(matches!(
            StateDict::from_safetensors(&file),
            Err(WeightError::BadScale { .. })
        ));
    }
    let file = with_scale("steps", "I64", "[1]", 8);
    assert!(StateDict::from_safetensors(&file).is_err());
}

fn golden_tensors(group: &str) -> Vec<(String, WeightTensor)> {
    let bytes = std::fs::read(reference("goldens/checkpoints.json")).unwrap();
    let goldens: Value = serde_json::from_slice(&bytes).unwrap();
    let read = |golden: &Value| WeightTensor {
        shape: serde_json::from_value(golden["shape"].clone()).unwrap(),
        values: serde_json::from_value(golden["values"].clone()).unwrap(),
    };
    if group == "view" {
        return vec![("view".to_owned(), read(&goldens["view"]))];
    }
    goldens[group]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !name.ends_with("num_batches_tracked"))
        .map(|(name, golden)| (name.clone(), read(golden)))
        .collect()
}

#[test]
fn safetensors_of_mixed_types_are_read_as_pytorch_wrote_them() {
    let bytes = std::fs::read(reference("checkpoints/tiny.safetensors")).unwrap();
    let expected: StateDict = golden_tensors("tiny").into_iter().collect();
    assert_eq!(StateDict::from_safetensors(&bytes).unwrap(), expected);
}

#[cfg(feature = "pytorch")]
mod checkpoints {
    use super::*;

    #[test]
    fn every_container_gives_the_same_weights() {
        let expected: StateDict = golden_tensors("tiny").into_iter().collect();
        for file in ["tiny_zip.pth", "tiny_legacy.pth"] {
            let found = StateDict::from_pth(reference("checkpoints").join(file)).unwrap();
            assert_eq!(found, expected, "{file}");
        }
    }

    #[test]
    fn nested_weights_are_found_and_keep_the_names_of_their_wrapper() {
        let expected: StateDict = golden_tensors("tiny")
            .into_iter()
            .map(|(name, tensor)| (format!("module.{name}"), tensor))
            .collect();
        let found = StateDict::from_pth(reference("checkpoints/tiny_wrapped.pth")).unwrap();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_strided_view_is_gathered() {
        let expected: StateDict = golden_tensors("view").into_iter().collect();
        let found = StateDict::from_pth(reference("checkpoints/tiny_view.pth")).unwrap();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_checkpoint_is_refused_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.pth");
        let whole = std::fs::read(reference("checkpoints/tiny_zip.pth")).unwrap();
        for bytes in [&b""[..], b"hello", &whole[..whole.len() / 2]] {
            std::fs::write(&path, bytes).unwrap();
            let error = StateDict::from_pth(&path).unwrap_err();
            assert!(matches!(error, WeightError::NotCheckpoint { .. }));
            assert!(!error.to_string().contains('\n'));
        }
        let absent = StateDict::from_pth(folder.path().join("absent.pth"));
        assert!(matches!(absent, Err(WeightError::NotCheckpoint { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_damage_makes_reading_panic(
        encoding in prop::sample::select(vec![Encoding::F32, Encoding::F16, Encoding::Int8]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = network().to_safetensors(encoding).unwrap();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = StateDict::from_safetensors(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = StateDict::from_safetensors(&bytes);
    }

    #[test]
    fn int8_error_is_bounded_for_any_values(
        values in prop::collection::vec(-1e30_f32..1e30, 12),
    ) {
        let dict = StateDict::from_iter([("w".to_owned(), tensor(&[3, 4], values.clone()))]);
        let found = stored(&dict, Encoding::Int8);
        for (a, b) in values.chunks(4).zip(found.get("w").unwrap().values.chunks(4)) {
            let largest = a.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
            for (a, b) in a.iter().zip(b) {
                prop_assert!((a - b).abs() <= largest / 127.0 * 0.5001);
            }
        }
    }
}
