//! The answers of an ensemble, and Integrated Gradients, as `genoderm predict` and `explain` compute them.

use std::fs;

use anyhow::{Context, Result};
use burn::tensor::Device;
use genoderm_model::attribution::{Baseline, IntegratedGradients, Method};
use genoderm_model::preprocess::{DecodeLimits, Photo, decode_photo};
use genoderm_trainer::explain::{ExplainPlan, explain_photo};
use genoderm_trainer::inference::{BundleFolder, Ensemble};

use crate::contest::{Case, Work};
use crate::inputs;

fn ensemble(case: &Case, device: &Device) -> Result<Ensemble> {
    let name = format!("{}-{}-{}", case.network, case.size, case.folds);
    let bundle = BundleFolder::open(&case.data.join("bundles").join(name))?;
    Ok(Ensemble::of_bundle(&bundle, None, device)?)
}

/// Logits of a normalised picture, of one network after another.
pub struct Forward {
    ensemble: Ensemble,
    input: [Vec<f32>; 1],
}

impl Forward {
    pub fn new(case: &Case) -> Result<Self> {
        let input = fs::read(case.data.join(format!("input-{}.f32", case.size)))?;
        Ok(Self {
            ensemble: ensemble(case, &Device::flex())?,
            input: [inputs::values_of(&input)],
        })
    }
}

impl Work for Forward {
    fn run(&mut self) -> Result<Vec<f32>> {
        let mut logits = Vec::new();
        for (_, classifier) in &self.ensemble.folds {
            logits.extend(
                classifier
                    .logits_of_inputs(&self.input)?
                    .into_iter()
                    .flatten(),
            );
        }
        Ok(logits)
    }
}

/// The map of Integrated Gradients, channels summed.
pub struct Gradients {
    ensemble: Ensemble,
    photo: Photo,
    target: usize,
    plan: ExplainPlan,
    device: Device,
}

impl Gradients {
    pub fn new(case: &Case) -> Result<Self> {
        let device = Device::flex();
        let ensemble = ensemble(case, &device)?;
        let photo = fs::read(case.data.join(format!("photo-{}.png", case.size)))?;
        let label = ensemble
            .labels
            .get(case.target)
            .context("there is no such label")?;
        let settings = IntegratedGradients {
            steps: case.steps,
            ..IntegratedGradients::default()
        };
        Ok(Self {
            photo: decode_photo(&photo, &DecodeLimits::default())?,
            target: case.target,
            plan: ExplainPlan {
                target: label.key.clone(),
                method: Method::IntegratedGradients(settings),
                baseline: Baseline::Zero,
                region: None,
            },
            ensemble,
            device,
        })
    }
}

impl Work for Gradients {
    fn run(&mut self) -> Result<Vec<f32>> {
        let explanation = explain_photo(
            &self.ensemble,
            self.photo.clone(),
            self.target,
            &self.plan,
            &self.device,
            &mut |_, _| {},
        )?;
        Ok(explanation.heat.values().to_vec())
    }
}
