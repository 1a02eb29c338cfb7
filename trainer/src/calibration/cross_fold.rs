//! Temperature and prediction sets of single networks, fitted on out-of-fold predictions, and the same
//! measured on folds that the fit has not seen.

use genoderm_model::calibration::{Conformal, ConformalError, ConformalScore};
use genoderm_model::ensemble::softmax_at_temperature;

use crate::calibration::{OutOfFoldRow, Reliability, SetFigures, SingleFigures, fit_temperature};

/// What out-of-fold predictions say.
#[derive(Clone, Debug, PartialEq)]
pub struct SingleFit {
    /// Logits are divided by this.
    pub temperature: f32,
    /// Prediction sets of the probabilities at this temperature.
    pub conformal: Conformal,
}

/// A picture's probabilities and the labels of its set.
type Told = (Vec<f32>, Vec<usize>);

impl SingleFit {
    /// Fits the temperature, then the sets at this temperature.
    ///
    /// # Errors
    ///
    /// When there are too few pictures for the coverage.
    pub fn of(
        rows: &[&OutOfFoldRow],
        score: ConformalScore,
        coverage: f64,
    ) -> Result<Self, ConformalError> {
        let logits: Vec<&[f32]> = rows.iter().map(|row| row.logits.as_slice()).collect();
        let targets: Vec<usize> = rows.iter().map(|row| row.label).collect();
        let temperature = fit_temperature(&logits, &targets) as f32;
        let scores: Vec<f64> = rows
            .iter()
            .filter_map(|row| {
                let probabilities = softmax_at_temperature(&row.logits, temperature);
                score.of(&probabilities, row.label)
            })
            .collect();
        Ok(Self {
            temperature,
            conformal: Conformal::fit(score, coverage, &scores)?,
        })
    }

    fn tell(&self, row: &OutOfFoldRow) -> Told {
        let probabilities = softmax_at_temperature(&row.logits, self.temperature);
        let labels = self.conformal.set(&probabilities).labels;
        (probabilities, labels)
    }

    /// Measures the fit on rows.
    pub fn measure(&self, rows: &[&OutOfFoldRow]) -> SingleFigures {
        let told: Vec<Told> = rows.iter().map(|row| self.tell(row)).collect();
        figures(self.conformal.coverage, told, rows)
    }

    /// Measures every fold with the fit of all others; `None` where that leaves too few pictures.
    pub fn cross_check(
        rows: &[&OutOfFoldRow],
        score: ConformalScore,
        coverage: f64,
    ) -> Option<SingleFigures> {
        let mut folds: Vec<usize> = rows.iter().map(|row| row.fold).collect();
        folds.sort_unstable();
        folds.dedup();
        if folds.len() < 2 {
            return None;
        }
        let mut told = Vec::with_capacity(rows.len());
        let mut order = Vec::with_capacity(rows.len());
        for fold in folds {
            let (own, others): (Vec<&OutOfFoldRow>, Vec<&OutOfFoldRow>) =
                rows.iter().copied().partition(|row| row.fold == fold);
            let fit = Self::of(&others, score, coverage).ok()?;
            told.extend(own.iter().map(|row| fit.tell(row)));
            order.extend(own);
        }
        Some(figures(coverage, told, &order))
    }
}

fn figures(coverage: f64, told: Vec<Told>, rows: &[&OutOfFoldRow]) -> SingleFigures {
    let targets: Vec<usize> = rows.iter().map(|row| row.label).collect();
    let (probabilities, sets): (Vec<Vec<f32>>, Vec<Vec<usize>>) = told.into_iter().unzip();
    let sets: Vec<&[usize]> = sets.iter().map(Vec::as_slice).collect();
    SingleFigures {
        reliability: Reliability::of(&probabilities, &targets),
        sets: SetFigures::of(coverage, &sets, &targets),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::seed;
    use rand::Rng;

    /// Overconfident answers in `folds` folds: logits three times as large as the truth.
    fn rows(folds: usize, count: usize) -> Vec<OutOfFoldRow> {
        let mut random = seed::generator(&[9, folds as u64]);
        (0..count)
            .map(|index| {
                let truth: Vec<f32> = (0..5).map(|_| 3.0 * random.random::<f32>()).collect();
                let mut left = random.random::<f32>();
                let drawn = softmax_at_temperature(&truth, 1.0).iter().position(|p| {
                    left -= p;
                    left < 0.0
                });
                OutOfFoldRow {
                    fold: index % folds,
                    image: index.to_string(),
                    label: drawn.unwrap_or(4),
                    logits: truth.iter().map(|logit| 3.0 * logit).collect(),
                }
            })
            .collect()
    }

    #[test]
    fn overconfidence_is_mended_on_folds_that_the_fit_has_not_seen() {
        let rows = rows(5, 2000);
        let rows: Vec<&OutOfFoldRow> = rows.iter().collect();
        let fit = SingleFit::of(&rows, ConformalScore::Lac, 0.9).unwrap();
        assert!((fit.temperature - 3.0).abs() < 0.3, "{}", fit.temperature);
        let plain = SingleFit {
            temperature: 1.0,
            ..fit.clone()
        };
        let before = plain.measure(&rows).reliability;
        let crossed = SingleFit::cross_check(&rows, ConformalScore::Lac, 0.9).unwrap();
        assert!(crossed.reliability.nll < before.nll - 0.2);
        assert!(crossed.reliability.calibration_error < 0.5 * before.calibration_error);
        // 2000 pictures: a standard deviation of the coverage is 0.7 points.
        assert!((crossed.sets.coverage - 0.9).abs() < 0.03, "{crossed:?}");
        assert!(crossed.sets.mean_size > 1.0);
    }

    #[test]
    fn one_fold_or_too_few_pictures_cannot_be_cross_checked() {
        let one = rows(1, 100);
        let one: Vec<&OutOfFoldRow> = one.iter().collect();
        assert!(SingleFit::cross_check(&one, ConformalScore::Lac, 0.9).is_none());
        let few = rows(2, 10);
        let few: Vec<&OutOfFoldRow> = few.iter().collect();
        assert!(SingleFit::of(&few, ConformalScore::Lac, 0.9).is_ok());
        assert!(SingleFit::cross_check(&few, ConformalScore::Lac, 0.9).is_none());
    }
}
