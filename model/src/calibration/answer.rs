//! From the outputs of a set's networks to the answer: temperature, softmax of each fold, the ensemble
//! rule, the prediction set, the guard.

use super::{Conformal, FoldReference, Guard, GuardError, GuardInput, GuardVerdict, PredictionSet};
use crate::ensemble::{EnsembleDecision, EnsembleError, combine, softmax_at_temperature};

/// What one network says of one picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FoldOutput {
    /// One logit for each label.
    pub logits: Vec<f32>,
    /// The features before the classifier; empty unless [`Wanted::features`].
    pub features: Vec<f32>,
    /// Statistics of the first feature maps; empty unless [`Wanted::texture`].
    pub texture: Vec<f32>,
}

/// What is read from a network besides its logits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The features before the classifier.
    pub features: bool,
    /// The statistics of the first feature maps.
    pub texture: bool,
}

impl Wanted {
    /// All of it.
    pub const ALL: Self = Self {
        features: true,
        texture: true,
    };
}

/// The guard with what its score compares features with.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardModel {
    /// Score and threshold.
    pub guard: Guard,
    /// One for each fold, in the order of the set's folds; empty where the score needs none.
    pub references: Vec<FoldReference>,
}

/// What stands beside the probabilities of a calibrated set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Safeguards {
    /// Prediction sets.
    pub conformal: Option<Conformal>,
    /// The guard against pictures that are no skin.
    pub guard: Option<GuardModel>,
}

/// Everything that decides the answer besides the networks.
#[derive(Debug, Clone, Copy)]
pub struct AnswerRule<'a> {
    /// A fold votes when its largest probability is at least this.
    pub threshold: f32,
    /// Logits of every fold are divided by this before the softmax; positive.
    pub temperature: f32,
    /// Prediction sets and guard, as far as there are any.
    pub safeguards: &'a Safeguards,
}

/// The answer on one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Probabilities of each fold, in the order of the folds.
    pub folds: Vec<Vec<f32>>,
    /// The common answer.
    pub decision: EnsembleDecision,
    /// The labels that cannot be ruled out, where the set is calibrated for them.
    pub prediction_set: Option<PredictionSet>,
    /// Whether the picture looks like skin, where the set has a guard.
    pub guard: Option<GuardVerdict>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnswerError {
    /// The folds cannot be combined.
    #[error(transparent)]
    Ensemble(#[from] EnsembleError),
    /// The guard cannot tell.
    #[error(transparent)]
    Guard(#[from] GuardError),
}

impl AnswerRule<'_> {
    /// What is needed of each network besides its logits.
    pub fn wanted(&self) -> Wanted {
        let guard = self.safeguards.guard.as_ref();
        let input = guard.map(|model| model.guard.score.input());
        Wanted {
            features: input == Some(GuardInput::Features),
            texture: input == Some(GuardInput::Texture),
        }
    }
}

/// Combines what the networks of a set say of a picture; the page and the trainer both answer this.
///
/// # Errors
///
/// When the folds cannot be combined (see [`combine`]) or the guard lacks features.
pub fn answer(folds: &[FoldOutput], rule: AnswerRule<'_>) -> Result<Answer, AnswerError> {
    let probabilities: Vec<Vec<f32>> = folds
        .iter()
        .map(|fold| softmax_at_temperature(&fold.logits, rule.temperature))
        .collect();
    let decision = combine(&probabilities, rule.threshold)?;
    let conformal = rule.safeguards.conformal;
    let guard = match &rule.safeguards.guard {
        Some(GuardModel { guard, references }) => {
            let score = guard.score.of(&decision, folds, references)?;
            Some(guard.verdict(score))
        }
        None => None,
    };
    Ok(Answer {
        prediction_set: conformal.map(|rule| rule.set(&decision.probabilities)),
        folds: probabilities,
        decision,
        guard,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::calibration::{ConformalScore, FoldCentres, GuardScore};
    use crate::ensemble::softmax;

    fn folds() -> Vec<FoldOutput> {
        [[2.0, 0.0, 1.0], [0.0, 4.0, 0.0]]
            .map(|logits| FoldOutput {
                logits: logits.to_vec(),
                features: vec![1.0, 0.0],
                texture: Vec::new(),
            })
            .to_vec()
    }

    #[test]
    fn without_safeguards_it_is_the_ensemble_rule() {
        let none = Safeguards::default();
        let rule = AnswerRule {
            threshold: 0.5,
            temperature: 1.0,
            safeguards: &none,
        };
        assert_eq!(rule.wanted(), Wanted::default());
        let found = answer(&folds(), rule).unwrap();
        let votes: Vec<Vec<f32>> = folds().iter().map(|fold| softmax(&fold.logits)).collect();
        assert_eq!(found.decision, combine(&votes, 0.5).unwrap());
        assert_eq!(found.folds, votes);
        assert_eq!((found.prediction_set, found.guard), (None, None));
        assert!(answer(&[], rule).is_err());
    }

    #[test]
    fn the_set_is_made_of_the_ensembles_calibrated_probabilities() {
        let safeguards = Safeguards {
            conformal: Some(Conformal {
                score: ConformalScore::Lac,
                coverage: 0.8,
                threshold: 0.7,
            }),
            guard: Some(GuardModel {
                guard: Guard {
                    score: GuardScore::Cosine,
                    acceptance: 0.95,
                    threshold: 0.5,
                },
                references: [[1.0, 1.0], [-1.0, 1.0]]
                    .map(|mean| {
                        FoldReference::Centres(FoldCentres {
                            means: vec![mean.to_vec()],
                            scale: vec![1.0, 1.0],
                        })
                    })
                    .to_vec(),
            }),
        };
        let at = |temperature| {
            let rule = AnswerRule {
                threshold: 0.5,
                temperature,
                safeguards: &safeguards,
            };
            assert!(rule.wanted().features && !rule.wanted().texture);
            answer(&folds(), rule).unwrap()
        };
        // At temperature 1 both folds vote: (0.665 + 0.018) / 2 = 0.34 for label 0, 0.53 for label 1.
        let cold = at(1.0);
        assert_eq!(cold.prediction_set.unwrap().labels, [1, 0]);
        // At temperature 3 only the second fold votes, with 0.65 for its label.
        let warm = at(3.0);
        assert_eq!(warm.decision.voted, [false, true]);
        assert_eq!(warm.prediction_set.unwrap().labels, [1]);
        // The cosines are 0.71 and -0.71: their mean is below the threshold.
        let verdict = warm.guard.unwrap();
        assert!(verdict.score.abs() < 1e-6 && !verdict.accepted);
    }
}
