//! The out-of-distribution guard: does the picture look like those that the networks know?
//!
//! A network answers whatever it is shown. The guard gives a picture a score, larger for pictures like
//! those of the training, and accepts it from a threshold on that a stated share of held-out
//! photographs of skin reaches.

use serde::{Deserialize, Serialize};

use super::{FoldOutput, FoldReference};
use crate::ensemble::EnsembleDecision;

/// How like the known pictures one is; larger is more alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardScore {
    /// Largest probability of the common answer (Hendrycks & Gimpel 2017, arXiv:1610.02136).
    MaxProbability,
    /// `ln sum exp(logits)`, the negative free energy at temperature 1 (Liu et al. 2020,
    /// arXiv:2010.03759), mean over the folds.
    Energy,
    /// Cosine of the features to the nearest label's mean, mean over the folds.
    Cosine,
    /// Negative [`FoldCentres::distance`](super::FoldCentres::distance) to the nearest label's mean, mean over the folds.
    Mahalanobis,
    /// Negative [`TextureModel::distance`](super::TextureModel::distance), mean over the folds.
    Texture,
}

/// What of a network a score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GuardInput {
    /// Logits and the common answer.
    Answer,
    /// The features before the classifier, compared with [`FoldReference::Centres`].
    Features,
    /// The statistics of the first feature maps, compared with [`FoldReference::Texture`].
    Texture,
}

impl GuardScore {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::MaxProbability,
        Self::Energy,
        Self::Cosine,
        Self::Mahalanobis,
        Self::Texture,
    ];

    /// What it is made of.
    pub fn input(self) -> GuardInput {
        match self {
            Self::MaxProbability | Self::Energy => GuardInput::Answer,
            Self::Cosine | Self::Mahalanobis => GuardInput::Features,
            Self::Texture => GuardInput::Texture,
        }
    }

    /// Whether each fold needs a [`FoldReference`].
    pub fn needs_reference(self) -> bool {
        self.input() != GuardInput::Answer
    }

    /// The score of a picture.
    ///
    /// `references` belongs to `folds` one by one; it may be empty where none is needed.
    ///
    /// # Errors
    ///
    /// When a fold lacks what the score is made of or a reference of the same length, or the score is not a number.
    pub fn of(
        self,
        decision: &EnsembleDecision,
        folds: &[FoldOutput],
        references: &[FoldReference],
    ) -> Result<f64, GuardError> {
        let score = match self {
            Self::MaxProbability => {
                let largest = decision.probabilities.iter().copied();
                f64::from(largest.fold(f32::NEG_INFINITY, f32::max))
            }
            Self::Energy => mean(folds.iter().map(|fold| log_sum_exp(&fold.logits))),
            Self::Cosine | Self::Mahalanobis | Self::Texture => {
                if folds.len() != references.len() {
                    return Err(GuardError::NoReference);
                }
                let pairs = folds.iter().zip(references);
                let scores: Option<Vec<f64>> = pairs
                    .map(|(fold, reference)| self.against(fold, reference))
                    .collect();
                mean(scores.ok_or(GuardError::NoReference)?.into_iter())
            }
        };
        if score.is_finite() {
            Ok(score)
        } else {
            Err(GuardError::NotANumber)
        }
    }

    /// One fold's score; `None` where the reference is another score's or of another length.
    fn against(self, fold: &FoldOutput, reference: &FoldReference) -> Option<f64> {
        let fits = |values: &[f32], length: usize| !values.is_empty() && values.len() == length;
        match reference {
            FoldReference::Centres(centres) if fits(&fold.features, centres.scale.len()) => {
                match self {
                    Self::Cosine => Some(centres.cosine(&fold.features)),
                    Self::Mahalanobis => Some(-centres.distance(&fold.features)),
                    _ => None,
                }
            }
            FoldReference::Texture(texture) if fits(&fold.texture, texture.mean.len()) => {
                (self == Self::Texture).then(|| -texture.distance(&fold.texture))
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for GuardScore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::MaxProbability => "max-probability",
            Self::Energy => "energy",
            Self::Cosine => "cosine",
            Self::Mahalanobis => "mahalanobis",
            Self::Texture => "texture",
        })
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

fn log_sum_exp(logits: &[f32]) -> f64 {
    let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = logits
        .iter()
        .map(|logit| (f64::from(*logit) - largest).exp())
        .sum();
    largest + sum.ln()
}

/// The score in use and the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    /// Which score.
    pub score: GuardScore,
    /// Share of held-out photographs of skin that reach the threshold, above 0 and below 1.
    pub acceptance: f64,
    /// Pictures with at least this score are accepted.
    pub threshold: f64,
}

/// What the guard says of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GuardVerdict {
    /// Which score.
    pub kind: GuardScore,
    /// The picture's score.
    pub score: f64,
    /// The threshold.
    pub threshold: f64,
    /// Whether the picture looks like photographs of skin.
    pub accepted: bool,
}

/// Why the guard cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// What the score compares, or what it compares with, is missing.
    #[error("the guard needs features of every network and what to compare them with")]
    NoReference,
    /// The score is not a number.
    #[error("the guard's score is not a number")]
    NotANumber,
    /// There is nothing to take a threshold from.
    #[error("the guard needs scores of held-out pictures and an acceptance above 0 and below 1")]
    NoThreshold,
}

impl Guard {
    /// Takes the highest threshold that at least a share of `acceptance` of `scores` reaches.
    ///
    /// # Errors
    ///
    /// When there is no score, one is not a number, or the acceptance is no share.
    pub fn fit(score: GuardScore, acceptance: f64, scores: &[f64]) -> Result<Self, GuardError> {
        let is_share = acceptance > 0.0 && acceptance < 1.0;
        if scores.is_empty() || !is_share {
            return Err(GuardError::NoThreshold);
        }
        if scores.iter().any(|score| !score.is_finite()) {
            return Err(GuardError::NotANumber);
        }
        let mut sorted = scores.to_vec();
        sorted.sort_by(f64::total_cmp);
        // The product may come out slightly too large.
        let kept = (scores.len() as f64 * acceptance - 1e-9).ceil() as usize;
        let threshold = sorted[scores.len() - kept.clamp(1, scores.len())];
        Ok(Self {
            score,
            acceptance,
            threshold,
        })
    }

    /// Compares a picture's score with the threshold.
    pub fn verdict(&self, score: f64) -> GuardVerdict {
        GuardVerdict {
            kind: self.score,
            score,
            threshold: self.threshold,
            accepted: score >= self.threshold,
        }
    }

    /// What is wrong with the values, if anything: the field and the rest of a sentence.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if !(self.acceptance > 0.0 && self.acceptance < 1.0) {
            Some(("acceptance", "must be above 0 and below 1"))
        } else if !self.threshold.is_finite() {
            Some(("threshold", "must be a number"))
        } else {
            None
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::calibration::{FoldCentres, TextureModel};
    use crate::ensemble::{combine, softmax};

    fn output(logits: &[f32], features: &[f32]) -> FoldOutput {
        FoldOutput {
            logits: logits.to_vec(),
            features: features.to_vec(),
            texture: vec![1.0, 3.0],
        }
    }

    fn score(kind: GuardScore, folds: &[FoldOutput], references: &[FoldReference]) -> f64 {
        let votes: Vec<Vec<f32>> = folds.iter().map(|fold| softmax(&fold.logits)).collect();
        let decision = combine(&votes, 0.5).unwrap();
        kind.of(&decision, folds, references).unwrap()
    }

    #[test]
    fn the_threshold_accepts_the_stated_share() {
        let scores: Vec<f64> = (0..200).map(|i| f64::from((i * 37) % 200)).collect();
        let guard = Guard::fit(GuardScore::Energy, 0.95, &scores).unwrap();
        assert_eq!(guard.threshold, 10.0);
        let accepted = scores.iter().filter(|s| guard.verdict(**s).accepted);
        assert_eq!(accepted.count(), 190);
        // Of seven pictures 95% are all seven: a smaller share would be less than stated.
        let few = Guard::fit(
            GuardScore::Energy,
            0.95,
            &[3.0, 1.0, 2.0, 7.0, 4.0, 5.0, 6.0],
        );
        assert_eq!(few.unwrap().threshold, 1.0);
        assert!(!guard.verdict(9.999).accepted && guard.verdict(10.0).accepted);
        for bad in [0.0, 1.0, f64::NAN] {
            assert!(Guard::fit(GuardScore::Energy, bad, &scores).is_err());
        }
        assert!(Guard::fit(GuardScore::Energy, 0.9, &[]).is_err());
        assert!(Guard::fit(GuardScore::Energy, 0.9, &[f64::NAN]).is_err());
    }

    #[test]
    fn scores_have_their_closed_forms() {
        let folds = [
            output(&[1.0, 1.0], &[3.0, 4.0]),
            output(&[5.0, 5.0], &[0.0, 2.0]),
        ];
        let energy = score(GuardScore::Energy, &folds, &[]);
        assert!((energy - (3.0 + 2.0_f64.ln())).abs() < 1e-9);
        assert_eq!(score(GuardScore::MaxProbability, &folds, &[]), 0.5);
        let centres = FoldReference::Centres(FoldCentres {
            means: vec![vec![3.0, 0.0], vec![0.0, 1.0]],
            scale: vec![1.0, 2.0],
        });
        let centres = [centres.clone(), centres];
        // cos((3,4), (0,1)) = 0.8 and cos((0,2), (0,1)) = 1.
        let cosine = score(GuardScore::Cosine, &folds, &centres);
        assert!((cosine - 0.9).abs() < 1e-9, "{cosine}");
        // To (0,1): (9 + 36) / 2 = 22.5; to (3,0): 64 / 2 = 32. And (0 + 4) / 2 = 2.
        let near = score(GuardScore::Mahalanobis, &folds, &centres);
        assert!((near + (22.5 + 2.0) / 2.0).abs() < 1e-9, "{near}");
        // (2 * 1)^2 + (1 * 1 + 0.5 * 2)^2, halved.
        let texture = FoldReference::Texture(TextureModel {
            mean: vec![0.0, 1.0],
            whitening: vec![2.0, 0.0, 1.0, 0.5],
        });
        let textures = [texture.clone(), texture];
        let strange = score(GuardScore::Texture, &folds, &textures);
        assert!((strange + 4.0).abs() < 1e-9, "{strange}");
    }

    #[test]
    fn large_logits_do_not_overflow_the_energy() {
        let folds = [output(&[1000.0, 999.0], &[])];
        let energy = score(GuardScore::Energy, &folds, &[]);
        assert!((energy - 1_000.313_261_687_518_2).abs() < 1e-9, "{energy}");
    }

    #[test]
    fn missing_features_are_an_error() {
        let folds = [output(&[1.0, 2.0], &[])];
        let decision = combine(&[softmax(&[1.0, 2.0])], 0.5).unwrap();
        for kind in GuardScore::ALL {
            let answer = kind.of(&decision, &folds, &[]);
            assert_eq!(answer.is_err(), kind.needs_reference(), "{kind}");
            // Of another score, and of another length.
            let other = match kind.input() {
                GuardInput::Features => FoldReference::Texture(TextureModel {
                    mean: vec![0.0; 2],
                    whitening: vec![0.0; 4],
                }),
                _ => FoldReference::Centres(FoldCentres {
                    means: vec![vec![0.0; 3]],
                    scale: vec![1.0; 3],
                }),
            };
            let answer = kind.of(&decision, &folds, &[other]);
            assert_eq!(answer.is_err(), kind.needs_reference(), "{kind}");
        }
    }
}
