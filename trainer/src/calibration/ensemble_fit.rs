//! Temperature and prediction sets of the whole ensemble, fitted on pictures that none of its networks has learnt from.
//!
//! The mean of several calibrated networks is less sure than it may be, because they err on different pictures (Rahaman &
//! Thiery 2021, "Uncertainty quantification and deep ensembles"). Where there are pictures to spare, the answer that people
//! get is therefore calibrated itself: "pool, then calibrate".

use genoderm_model::calibration::{
    AnswerRule, Conformal, ConformalScore, FoldOutput, Safeguards, answer,
};
use genoderm_model::ensemble::{DEFAULT_THRESHOLD, EnsembleDecision};
use serde::{Deserialize, Serialize};

use crate::calibration::{Reliability, SetFigures, SingleFigures, TEMPERATURES};
use crate::error::{Error, Result};

/// Temperatures tried first, evenly spread over the logarithm of the range: each 1.2% above the one before.
const TRIED: usize = 481;

/// Narrowings of the interval around the best of them: it then differs by less than 1e-4 of itself.
const NARROWINGS: usize = 12;

/// What pictures that no network learnt from say of the ensemble.
#[derive(Clone, Debug, PartialEq)]
pub struct EnsembleFit {
    /// Logits of every fold are divided by this.
    pub temperature: f32,
    /// Prediction sets of the ensemble's probabilities at this temperature.
    pub conformal: Conformal,
    /// How good it is.
    pub figures: HeldOutFigures,
}

/// Figures of the ensemble on the pictures that it was calibrated on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldOutFigures {
    /// SHA-256 of their manifest.
    pub manifest_sha256: String,
    /// At temperature 1.
    pub before: Reliability,
    /// At the fitted temperature and with the fitted sets: the coverage is the stated one by construction.
    pub after: SingleFigures,
    /// Each half of the pictures with the fit of the other one; `None` with too few pictures.
    pub crossed: Option<SingleFigures>,
}

/// The networks' outputs on one picture, and its label.
pub(super) type Answered = (Vec<FoldOutput>, usize);

impl EnsembleFit {
    /// Fits the temperature with the smallest mean negative log-likelihood, then the sets at it.
    ///
    /// # Errors
    ///
    /// Too few pictures for the coverage.
    pub(super) fn of(
        pictures: &[Answered],
        score: ConformalScore,
        coverage: f64,
        manifest_sha256: String,
    ) -> Result<Self> {
        let all: Vec<&Answered> = pictures.iter().collect();
        let (temperature, conformal) = fit(&all, score, coverage)?;
        let targets: Vec<usize> = pictures.iter().map(|(_, target)| *target).collect();
        let before = Reliability::of(&probabilities(&all, 1.0)?, &targets);
        Ok(Self {
            temperature,
            conformal,
            figures: HeldOutFigures {
                manifest_sha256,
                before,
                after: figures(&[(&all, temperature, conformal)])?,
                crossed: crossed(&all, score, coverage)?,
            },
        })
    }
}

fn fit(pictures: &[&Answered], score: ConformalScore, coverage: f64) -> Result<(f32, Conformal)> {
    let temperature = fit_temperature(pictures)?;
    let told = probabilities(pictures, temperature)?;
    let scores: Vec<f64> = told
        .iter()
        .zip(pictures)
        .filter_map(|(row, (_, target))| score.of(row, *target))
        .collect();
    let conformal = Conformal::fit(score, coverage, &scores)
        .map_err(|error| Error::input(format!("--held-out: {error}")))?;
    Ok((temperature, conformal))
}

/// The ensemble rule makes steps where a network's vote falls away, so the loss may have several dips: the whole range is
/// looked through before the best place is narrowed down.
fn fit_temperature(pictures: &[&Answered]) -> Result<f32> {
    let targets: Vec<usize> = pictures.iter().map(|(_, target)| *target).collect();
    let loss = |log: f64| -> Result<f64> {
        let told = probabilities(pictures, log.exp() as f32)?;
        Ok(Reliability::of(&told, &targets).nll)
    };
    let (low, high) = (TEMPERATURES.start().ln(), TEMPERATURES.end().ln());
    let step = (high - low) / (TRIED - 1) as f64;
    let mut best = (f64::INFINITY, 0.0);
    for index in 0..TRIED {
        let log = low + step * index as f64;
        let found = loss(log)?;
        if found < best.0 {
            best = (found, log);
        }
    }
    let mut width = step / 2.0;
    for _ in 0..NARROWINGS {
        for log in [best.1 - width, best.1 + width] {
            let log = log.clamp(low, high);
            let found = loss(log)?;
            if found < best.0 {
                best = (found, log);
            }
        }
        width *= 0.6;
    }
    Ok(best.1.exp() as f32)
}

fn probabilities(pictures: &[&Answered], temperature: f32) -> Result<Vec<Vec<f32>>> {
    pictures
        .iter()
        .map(|(outputs, _)| Ok(decision_at(temperature, outputs)?.probabilities))
        .collect()
}

/// The ensemble's decision at a temperature, without safeguards.
pub(super) fn decision_at(temperature: f32, outputs: &[FoldOutput]) -> Result<EnsembleDecision> {
    let rule = AnswerRule {
        threshold: DEFAULT_THRESHOLD,
        temperature,
        safeguards: &Safeguards::default(),
    };
    let told = answer(outputs, rule).map_err(Error::internal)?;
    Ok(told.decision)
}

/// Figures of parts, each with a fit of its own, together.
fn figures(parts: &[(&[&Answered], f32, Conformal)]) -> Result<SingleFigures> {
    let (mut rows, mut sets, mut targets) = (Vec::new(), Vec::new(), Vec::new());
    let mut coverage = 0.0;
    for (pictures, temperature, conformal) in parts {
        coverage = conformal.coverage;
        for (row, (_, target)) in probabilities(pictures, *temperature)?
            .into_iter()
            .zip(*pictures)
        {
            sets.push(conformal.set(&row).labels);
            rows.push(row);
            targets.push(*target);
        }
    }
    let sets: Vec<&[usize]> = sets.iter().map(Vec::as_slice).collect();
    Ok(SingleFigures {
        reliability: Reliability::of(&rows, &targets),
        sets: SetFigures::of(coverage, &sets, &targets),
    })
}

fn crossed(
    pictures: &[&Answered],
    score: ConformalScore,
    coverage: f64,
) -> Result<Option<SingleFigures>> {
    // Every second one: the labels follow one another in a manifest.
    let half = |rest: usize| -> Vec<&Answered> {
        pictures.iter().skip(rest).step_by(2).copied().collect()
    };
    let (one, other) = (half(0), half(1));
    let (Ok(of_one), Ok(of_other)) = (fit(&one, score, coverage), fit(&other, score, coverage))
    else {
        return Ok(None);
    };
    figures(&[(&one, of_other.0, of_other.1), (&other, of_one.0, of_one.1)]).map(Some)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::calibration::fit_temperature as fit_single;
    use crate::seed;
    use genoderm_model::ensemble::softmax;
    use rand::Rng;

    /// Pictures whose labels are drawn from the truth; each of `folds` networks sees the truth's logits three times too
    /// large under noise of its own.
    fn pictures(folds: usize, noise: f32) -> Vec<Answered> {
        let mut random = seed::generator(&[31, folds as u64]);
        (0..1500)
            .map(|_| {
                let truth: Vec<f32> = (0..5).map(|_| 4.0 * random.random::<f32>()).collect();
                let mut left = random.random::<f32>();
                let drawn = softmax(&truth).iter().position(|p| {
                    left -= p;
                    left < 0.0
                });
                let outputs = (0..folds)
                    .map(|_| FoldOutput {
                        logits: truth
                            .iter()
                            .map(|z| 3.0 * (z + noise * (random.random::<f32>() - 0.5)))
                            .collect(),
                        ..FoldOutput::default()
                    })
                    .collect();
                (outputs, drawn.unwrap_or(4))
            })
            .collect()
    }

    #[test]
    fn one_network_gets_the_temperature_of_a_single_network() {
        let pictures = pictures(1, 0.0);
        let rows: Vec<&[f32]> = pictures
            .iter()
            .map(|(o, _)| o[0].logits.as_slice())
            .collect();
        let targets: Vec<usize> = pictures.iter().map(|(_, target)| *target).collect();
        let single = fit_single(&rows, &targets);
        let found = EnsembleFit::of(&pictures, ConformalScore::Lac, 0.9, String::new()).unwrap();
        assert!((f64::from(found.temperature) / single - 1.0).abs() < 1e-3);
    }

    #[test]
    fn networks_that_disagree_are_pooled_before_they_are_calibrated() {
        let pictures = pictures(5, 2.0);
        let one: Vec<&[f32]> = pictures
            .iter()
            .map(|(o, _)| o[0].logits.as_slice())
            .collect();
        let targets: Vec<usize> = pictures.iter().map(|(_, target)| *target).collect();
        let single = fit_single(&one, &targets) as f32;
        let all: Vec<&Answered> = pictures.iter().collect();
        let of_single = Reliability::of(&probabilities(&all, single).unwrap(), &targets);
        let found = EnsembleFit::of(&pictures, ConformalScore::Lac, 0.9, String::new()).unwrap();
        let after = &found.figures.after;
        assert!(after.reliability.nll < of_single.nll);
        let crossed = found.figures.crossed.unwrap();
        assert!(crossed.reliability.calibration_error < of_single.calibration_error);
        // 1500 pictures: a standard deviation of the coverage is 0.8 points.
        assert!((crossed.sets.coverage - 0.9).abs() < 0.03, "{crossed:?}");
        assert!((after.sets.coverage - 0.9).abs() < 0.002, "{after:?}");
    }

    #[test]
    fn too_few_pictures_for_the_coverage_are_refused() {
        let few = &pictures(2, 0.0)[..5];
        let error = EnsembleFit::of(few, ConformalScore::Lac, 0.9, String::new()).unwrap_err();
        assert!(error.to_string().contains("--held-out"), "{error}");
    }
}
