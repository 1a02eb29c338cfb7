//! Which pixels mattered: the attributions of the folds, averaged before they are drawn.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use burn::tensor::{Device, Tensor, TensorData};
use genoderm_model::attribution::{Attribution, AttributionError, Baseline, HeatMap, Method, Sign};
use genoderm_model::preprocess::{ContentBox, Photo, Region};
use image::{DynamicImage, ImageFormat, RgbImage, Rgba, RgbaImage, imageops};
use serde::Serialize;

use crate::data::decode_region;
use crate::error::{Error, Result};
use crate::inference::{Classifier, Ensemble};

/// Longest side of the drawn overlay, pixels.
const LONGEST_SIDE: u32 = 1024;

/// Pictures that go through a network together: bounds memory.
const CHUNK: usize = 4;

/// What `genoderm explain` was asked for.
#[derive(Clone, Debug)]
pub struct ExplainPlan {
    /// Key of the label whose logit is explained.
    pub target: String,
    /// The method and its settings.
    pub method: Method,
    /// The picture that the explanation compares with.
    pub baseline: Baseline,
    /// The part of the photograph that is explained; `None` for all of it.
    pub region: Option<Region>,
}

/// The explanation of one photograph.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// One attribution for each fold.
    pub folds: Vec<(usize, Attribution)>,
    /// The mean of the raw attributions, channels summed.
    pub heat: HeatMap,
    /// The photograph, or the region of it, upright, at its own size.
    pub photo: Photo,
    /// Where the photograph lies in the map.
    pub content: ContentBox,
}

/// One fold's logits and how well its attributions add up, for `--json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoldFigures {
    /// Which fold.
    pub fold: usize,
    /// The target's logit for the photograph.
    pub logit_input: f32,
    /// The sum of all attributions; of Integrated Gradients it is the difference of the logits of photograph and
    /// baseline, if the steps suffice.
    pub attribution_sum: f64,
    /// The target's logit for the baseline; Integrated Gradients only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logit_baseline: Option<f32>,
    /// Distance of the sum from that difference, in units of the logit; Integrated Gradients only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completeness_gap: Option<f32>,
}

/// Explains a photograph.
///
/// `progress` is called with the steps done and in all, over all folds.
///
/// # Errors
///
/// [`Error::Input`] for an unknown label or wrong settings of the method, [`Error::Content`] for a file
/// that is no photograph.
pub fn explain(
    ensemble: &Ensemble,
    file: &Path,
    plan: &ExplainPlan,
    device: &Device,
    mut progress: impl FnMut(usize, usize),
) -> Result<Explanation> {
    let target = target_index(ensemble, &plan.target)?;
    let photo = decode_region(file, plan.region.as_ref())?;
    explain_photo(ensemble, photo, target, plan, device, &mut progress)
}

/// Explains the logit at position `target` for a photograph of any size.
///
/// # Errors
///
/// [`Error::Input`] for wrong settings of the method; the plan's own target is not used.
pub fn explain_photo(
    ensemble: &Ensemble,
    photo: Photo,
    target: usize,
    plan: &ExplainPlan,
    device: &Device,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Explanation> {
    let count = ensemble.folds.len();
    let mut folds = Vec::new();
    for (position, (fold, classifier)) in ensemble.folds.iter().enumerate() {
        let mut report = |done: usize, total: usize| {
            progress(position * total + done, count * total);
            ControlFlow::Continue(())
        };
        let attribution = attribute(classifier, &photo, plan, target, device, &mut report)?;
        folds.push((*fold, attribution));
    }
    let heat =
        HeatMap::mean(folds.iter().map(|(_, attribution)| attribution)).map_err(Error::internal)?;
    let preprocessing = ensemble.preprocessing()?;
    let content = preprocessing
        .fit
        .content(photo.width(), photo.height(), preprocessing.size);
    Ok(Explanation {
        folds,
        heat,
        photo,
        content,
    })
}

fn target_index(ensemble: &Ensemble, key: &str) -> Result<usize> {
    ensemble.labels.index_of(key).ok_or_else(|| {
        let known: Vec<&str> = ensemble.labels.keys().collect();
        Error::input(format!(
            "--target {key}: the model knows {}",
            known.join(", ")
        ))
    })
}

/// One network's attribution of the logit at position `target`.
pub(crate) fn attribute(
    classifier: &Classifier,
    photo: &Photo,
    plan: &ExplainPlan,
    target: usize,
    device: &Device,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Attribution> {
    let preprocessing = classifier.preprocessing();
    let side = preprocessing.size as usize;
    let input = preprocessing.prepare(photo).map_err(Error::internal)?;
    let baseline = plan
        .baseline
        .values(&input, side, side, preprocessing.mean, preprocessing.std)
        .map_err(Error::internal)?;
    let device = device.clone().autodiff();
    let tensor = |values: Vec<f32>| {
        Tensor::<4>::from_data(TensorData::new(values, [1, 3, side, side]), &device)
    };
    pollster::block_on(plan.method.attribute(
        classifier.network(),
        tensor(input),
        tensor(baseline),
        target,
        CHUNK,
        progress,
    ))
    .map_err(refused)
}

/// Settings that the method refuses, by the option that sets them; else a failure of ours.
pub(crate) fn refused(error: AttributionError) -> Error {
    match error {
        AttributionError::Steps { .. } => Error::input(format!("--steps: {error}")),
        AttributionError::Samples { .. } => Error::input(format!("--samples: {error}")),
        AttributionError::Noise { .. } => Error::input(format!("--noise: {error}")),
        other => Error::internal(other),
    }
}

impl Explanation {
    /// Each fold's logits, and how well its attributions add up.
    pub fn figures(&self) -> Vec<FoldFigures> {
        let figures = |(fold, attribution): &(usize, Attribution)| FoldFigures {
            fold: *fold,
            logit_input: attribution.logit_input,
            attribution_sum: attribution.sum(),
            logit_baseline: attribution.completeness.map(|found| found.logit_baseline),
            completeness_gap: attribution.completeness.map(|found| found.gap),
        };
        self.folds.iter().map(figures).collect()
    }

    /// The photograph with the heat map over it, as a PNG file.
    ///
    /// `opacity` is that of the strongest pixels, 0 to 1.
    pub fn overlay_png(&self, sign: Sign, opacity: f32) -> Result<Vec<u8>> {
        let overlay = self.overlay(sign, opacity, LONGEST_SIDE)?;
        let mut bytes = Cursor::new(Vec::new());
        overlay
            .write_to(&mut bytes, ImageFormat::Png)
            .map_err(Error::internal)?;
        Ok(bytes.into_inner())
    }

    /// The photograph with the heat map over it, made smaller to `longest` pixels a side.
    ///
    /// With an `opacity` of 0 it is the photograph alone.
    pub fn overlay(&self, sign: Sign, opacity: f32, longest: u32) -> Result<RgbImage> {
        let (width, height) = (self.photo.width(), self.photo.height());
        let picture = RgbImage::from_raw(width, height, self.photo.pixels().to_vec())
            .ok_or_else(|| Error::internal("the photograph's pixels do not fit its size"))?;
        let (width, height) = fit(width, height, longest);
        let picture = imageops::resize(&picture, width, height, imageops::Triangle);
        // Of a padded square only the part that the photograph covers belongs over it.
        let heat = self.heat.crop(self.content).map_err(Error::internal)?;
        let [map_width, map_height] =
            [heat.width(), heat.height()].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        let colours = RgbaImage::from_raw(map_width, map_height, heat.rgba(sign))
            .ok_or_else(|| Error::internal("the heat map's pixels do not fit its size"))?;
        let mut colours = imageops::resize(&colours, width, height, imageops::Triangle);
        for Rgba([.., alpha]) in colours.pixels_mut() {
            *alpha = (f32::from(*alpha) * opacity).round() as u8;
        }
        let mut blended = DynamicImage::from(picture).into_rgba8();
        imageops::overlay(&mut blended, &colours, 0, 0);
        Ok(DynamicImage::from(blended).into_rgb8())
    }
}

/// The size of the overlay: the photograph's, made smaller if it is very large.
fn fit(width: u32, height: u32, limit: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= limit {
        return (width, height);
    }
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(limit) / u64::from(longest);
        u32::try_from(side).unwrap_or(limit).max(1)
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlays_keep_the_shape_of_the_photograph() {
        assert_eq!(fit(640, 480, 1024), (640, 480));
        assert_eq!(fit(4000, 3000, 1024), (1024, 768));
        assert_eq!(fit(20_000, 3, 1024), (1024, 1));
    }
}
