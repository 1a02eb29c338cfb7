//! A small bundle, written by the trainer's own `BundleWriter`, and a photograph.

use std::cell::RefCell;

use burn::tensor::Device;
use genoderm_model::{
    bundle::{BundleInfo, BundleManifest, BundleWriter, Decision, Provenance, weights_of_fold},
    efficientnet::{EfficientNetConfig, parity_weights},
    labels::LabelRegistry,
    preprocess::{DecodeLimits, Photo, Preprocessing, decode_photo},
    weights::{ClassifierPolicy, Encoding, StateDict},
};

use crate::BACKEND;

/// Side of the networks' input.
pub const SIZE: u32 = 32;

type Files = Vec<(String, Vec<u8>)>;

/// Two folds, 0 and 3, of B0 with made-up weights.
pub async fn files() -> Files {
    thread_local! {
        static FILES: RefCell<Files> = const { RefCell::new(Vec::new()) };
    }
    let known = FILES.with_borrow(Files::clone);
    if !known.is_empty() {
        return known;
    }
    let files = written().await;
    FILES.set(files.clone());
    files
}

#[cfg(not(feature = "webgpu"))]
/// The same with one golden logit changed.
pub async fn files_with_wrong_golden() -> Files {
    let mut files = files().await;
    let manifest = &mut files.last_mut().unwrap().1;
    let mut parsed = BundleManifest::parse(manifest).unwrap();
    parsed.golden.logits.get_mut("focused").unwrap()[1][2] += 0.1;
    *manifest = serde_json::to_vec(&parsed).unwrap();
    files
}

/// What the bundle's networks say about a photograph, computed without the engine.
pub async fn logits_of(file: &[u8]) -> Vec<Vec<f32>> {
    let photo = decode_photo(file, &DecodeLimits::default()).unwrap();
    let files = files().await;
    let manifest = BundleManifest::parse(&files.last().unwrap().1).unwrap();
    let mut answers = Vec::new();
    for fold in &manifest.sets[0].folds {
        let bytes = |name: &str| &files.iter().find(|(file, _)| file == name).unwrap().1;
        let shards: Vec<&Vec<u8>> = fold.shards.iter().map(|shard| bytes(&shard.file)).collect();
        let weights = weights_of_fold(&manifest, fold, &shards).unwrap();
        answers.push(logits(weights, &photo).await);
    }
    answers
}

/// A 24-bit Windows bitmap of colour gradients.
pub fn photo_bmp(width: u32, height: u32) -> Vec<u8> {
    let row = (3 * width).next_multiple_of(4);
    let mut file = Vec::new();
    file.extend(b"BM");
    file.extend((54 + row * height).to_le_bytes());
    file.extend([0, 0, 0, 0, 54, 0, 0, 0]);
    file.extend(40_u32.to_le_bytes());
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend([1, 0, 24, 0]);
    file.extend([0; 24]);
    for y in 0..height {
        let begin = file.len();
        for x in 0..width {
            file.extend([
                (x * 255 / width) as u8,
                (y * 255 / height) as u8,
                ((x * y) % 256) as u8,
            ]);
        }
        file.resize(begin + row as usize, 0);
    }
    file
}

fn config() -> EfficientNetConfig {
    EfficientNetConfig::new(
        "efficientnet_b0".parse().unwrap(),
        LabelRegistry::own().len(),
    )
}

async fn written() -> Files {
    let mut writer = BundleWriter::new(BundleInfo {
        name: "test".into(),
        description: String::new(),
        notice: "made-up weights".into(),
        architecture: "efficientnet_b0".into(),
        preprocessing: Preprocessing::imagenet(SIZE),
        labels: LabelRegistry::own(),
        encoding: Encoding::F16,
        decision: Decision::default(),
        temperature: 2.0,
        evaluation: serde_json::Value::Null,
        licence: String::new(),
        provenance: Provenance::default(),
    });
    let photo = writer.golden_photo().unwrap();
    for (place, fold) in [0, 3].into_iter().enumerate() {
        let fresh = made_up(place, &photo).await;
        let stored = writer.add_fold("focused", fold, &fresh).unwrap();
        writer.golden_logits("focused", logits(stored, &photo).await);
    }
    writer.finish().unwrap()
}

/// The formula's weights, with a classifier that gives the picture a largest logit of 4 in one fold and 8 in the next.
async fn made_up(place: usize, photo: &Photo) -> StateDict {
    let shapes = config().init(&device().await).parameter_shapes();
    let norms = shapes
        .keys()
        .filter_map(|name| name.strip_suffix(".running_var"));
    let variances = norms.map(|norm| (norm.to_owned(), 1.0)).collect();
    let mut weights = parity_weights::weights(&shapes, &variances);
    let raw = logits(weights.clone(), photo).await;
    let largest = raw
        .iter()
        .fold(0.0_f32, |most, logit| most.max(logit.abs()));
    for name in ["classifier.weight", "classifier.bias"] {
        let mut tensor = weights.remove(name).unwrap();
        for value in &mut tensor.values {
            *value *= 4.0 * (place as f32 + 1.0) / largest;
        }
        weights.insert(name, tensor);
    }
    weights
}

async fn device() -> Device {
    genoderm_engine::device::open(BACKEND).await.unwrap().device
}

async fn logits(weights: StateDict, photo: &Photo) -> Vec<f32> {
    let device = device().await;
    let network = config()
        .init(&device)
        .load(weights, ClassifierPolicy::Exact);
    let network = network.unwrap().0.fold_batch_norm();
    let input = Preprocessing::imagenet(SIZE)
        .tensor(photo, &device)
        .unwrap();
    let logits = network.forward(input).into_data_async().await;
    logits.unwrap().try_into_vec().unwrap()
}
