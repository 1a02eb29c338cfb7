//! What all contestants share: weights under timm's names, the same weights as bundles, and inputs.
//!
//! Weights come from the formula of the parity tests, with statistics that keep activations at unit scale. They are
//! rounded as bundles store them, so that the numbers are the same on all sides. The networks of an ensemble differ in
//! their classifiers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use burn::tensor::Device;
use genoderm_model::bundle::{BundleInfo, BundleWriter, Decision, Provenance};
use genoderm_model::efficientnet::{Architecture, EfficientNetConfig, parity_weights};
use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::{DecodeLimits, Preprocessing, decode_photo};
use genoderm_model::weights::{Encoding, StateDict};
use genoderm_trainer::inference::Classifier;
use serde::Deserialize;

use crate::inputs;

/// Pictures in the batch that is written.
const BATCH: usize = 8;
/// Side of the picture that is augmented.
pub const AUGMENTED_SIDE: u32 = 512;
/// The set of all networks.
const SET: &str = "focused";

/// The part of a parity golden that the formula needs.
#[derive(Deserialize)]
struct Golden {
    bn_variance: BTreeMap<String, f64>,
}

/// Writes everything for `NETWORK:SIZE:FOLDS...` into `folder`.
pub fn write(folder: &Path, networks: &[&str]) -> Result<()> {
    fs::create_dir_all(folder)?;
    let side = AUGMENTED_SIDE;
    fs::write(
        folder.join(format!("photo-{side}.png")),
        inputs::photo(side)?.to_png()?,
    )?;
    for network in networks {
        let [name, size, folds] = network.split(':').collect::<Vec<_>>()[..] else {
            bail!("{network} is not NETWORK:SIZE:FOLDS");
        };
        let (size, folds) = (size.parse()?, folds.parse()?);
        write_network(folder, name.parse()?, size, folds)
            .with_context(|| format!("cannot write {network}"))?;
    }
    Ok(())
}

fn write_network(folder: &Path, architecture: Architecture, size: u32, folds: u32) -> Result<()> {
    let photo = inputs::photo(size)?;
    let png = photo.to_png()?;
    // What the page reads is what the others get as numbers.
    let photo = decode_photo(&png, &DecodeLimits::default())?;
    let preprocessing = Preprocessing::imagenet(size);
    fs::write(folder.join(format!("photo-{size}.png")), &png)?;
    let input = preprocessing.prepare(&photo)?;
    fs::write(
        folder.join(format!("input-{size}.f32")),
        inputs::bytes_of(&input),
    )?;
    let batch = inputs::batch(size as usize, BATCH);
    fs::write(
        folder.join(format!("batch-{size}.f32")),
        inputs::bytes_of(&batch),
    )?;

    let labels = LabelRegistry::paper();
    let config = EfficientNetConfig::new(architecture, labels.len());
    let device = Device::flex();
    let mut writer = BundleWriter::new(info(architecture, preprocessing, labels));
    let golden = writer.golden_photo()?;
    for fold in 0..folds {
        let stored = writer.add_fold(SET, fold, &weights(&config, fold, &device)?)?;
        let file = folder.join(format!("{architecture}-{fold}.safetensors"));
        fs::write(file, stored.to_safetensors(Encoding::F32)?)?;
        let classifier = Classifier::new(&config, stored, preprocessing, &device)?;
        let answers = classifier.logits_of_inputs(&[preprocessing.prepare(&golden)?])?;
        writer.golden_logits(SET, answers.into_iter().flatten().collect());
    }
    let bundle = folder
        .join("bundles")
        .join(format!("{architecture}-{size}-{folds}"));
    fs::create_dir_all(&bundle)?;
    for (name, bytes) in writer.finish()? {
        fs::write(bundle.join(name), bytes)?;
    }
    Ok(())
}

fn info(
    architecture: Architecture,
    preprocessing: Preprocessing,
    labels: LabelRegistry,
) -> BundleInfo {
    BundleInfo {
        name: "Benchmark".into(),
        description: "Weights from a formula: the answers mean nothing.".into(),
        notice: "Weights from a formula: the answers mean nothing.".into(),
        architecture: architecture.to_string(),
        preprocessing,
        labels,
        encoding: Encoding::F16,
        decision: Decision::default(),
        temperature: 1.0,
        evaluation: serde_json::Value::Null,
        licence: "MIT OR Apache-2.0".into(),
        provenance: Provenance::default(),
    }
}

/// The formula's weights; of folds after the first with a classifier of their own.
fn weights(config: &EfficientNetConfig, fold: u32, device: &Device) -> Result<StateDict> {
    let golden = match config.architecture.to_string().as_str() {
        "tf_efficientnet_b0" => {
            include_str!("../../../tests/reference/goldens/tf_efficientnet_b0_224.json")
        }
        "tf_efficientnet_b4" => {
            include_str!("../../../tests/reference/goldens/tf_efficientnet_b4_448.json")
        }
        other => bail!(
            "no statistics of {other} are known: use tf_efficientnet_b0 or tf_efficientnet_b4"
        ),
    };
    let golden: Golden = serde_json::from_str(golden)?;
    let shapes = config.init(device).parameter_shapes();
    let mut weights = parity_weights::weights(&shapes, &golden.bn_variance);
    if fold > 0 {
        const CLASSIFIER: &str = "classifier.weight";
        let mut classifier = weights
            .remove(CLASSIFIER)
            .context("there is no classifier")?;
        let changes =
            parity_weights::uniform(&format!("{CLASSIFIER}.{fold}"), classifier.values.len());
        for (value, change) in classifier.values.iter_mut().zip(changes) {
            *value *= (1.0 + change) as f32;
        }
        weights.insert(CLASSIFIER, classifier);
    }
    Ok(weights)
}
