//! Where a network puts the pictures of each label: the mean features of every label, and how far the
//! features of one label spread.

use super::ReferenceError;
use super::reference::is_usable;
use crate::weights::{StateDict, WeightTensor};

/// Features that hardly vary must not outweigh all others: this share of the mean variance is added
/// to each.
const VARIANCE_FLOOR: f64 = 0.01;

/// Mean features of the labels as one fold's network sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct FoldCentres {
    /// One vector for each label that has pictures, at least one, all of one length.
    pub means: Vec<Vec<f32>>,
    /// 1 / standard deviation of each feature within the labels, pooled.
    pub scale: Vec<f32>,
}

fn names(fold: u32) -> [String; 2] {
    [format!("fold-{fold}.centres"), format!("fold-{fold}.scale")]
}

impl FoldCentres {
    /// Adds the tensors `fold-K.centres` `[labels, features]` and `fold-K.scale` `[features]`.
    pub fn store(&self, fold: u32, file: &mut StateDict) {
        let [centres, scale] = names(fold);
        let shape = vec![self.means.len(), self.scale.len()];
        let values = self.means.concat();
        file.insert(centres, WeightTensor { shape, values });
        let shape = vec![self.scale.len()];
        let values = self.scale.clone();
        file.insert(scale, WeightTensor { shape, values });
    }

    /// Reads what [`store`](Self::store) wrote.
    ///
    /// # Errors
    ///
    /// When the fold has no centres, or they are not of `features` numbers.
    pub fn load(file: &StateDict, fold: u32, features: usize) -> Result<Self, ReferenceError> {
        let [centres, scale] = names(fold);
        let labels = match file.get(&centres).map(|tensor| tensor.shape.as_slice()) {
            Some([labels, _]) if *labels > 0 => *labels,
            // Not that of a matrix: whatever it is, it will not fit.
            _ => 1,
        };
        let means = ReferenceError::read(file, centres, fold, &[labels, features], features)?;
        let spread = ReferenceError::read(file, scale.clone(), fold, &[features], features)?;
        if !spread.iter().all(|v| is_usable(v) && *v > 0.0) {
            return Err(ReferenceError::BadValue { name: scale });
        }
        Ok(Self {
            means: means.chunks(features).map(<[f32]>::to_vec).collect(),
            scale: spread,
        })
    }

    /// Cosine of the angle to the nearest mean, -1 to 1.
    pub fn cosine(&self, features: &[f32]) -> f64 {
        let length = norm(features);
        let similarity = |mean: &Vec<f32>| {
            let product: f64 = pairs(features, mean).map(|(a, b)| a * b).sum();
            // A vector without length has no angle; it is like nothing.
            product / (length * norm(mean)).max(f64::MIN_POSITIVE)
        };
        self.means
            .iter()
            .map(similarity)
            .fold(f64::NEG_INFINITY, f64::max)
    }

    /// Squared distance to the nearest mean in standard deviations, averaged over the features: about
    /// 1 for pictures like those that the centres come from.
    ///
    /// It is the Mahalanobis distance with a diagonal covariance that all labels share (Lee et al.
    /// 2018, arXiv:1807.03888, have a full one, which needs more pictures than features).
    pub fn distance(&self, features: &[f32]) -> f64 {
        let to = |mean: &Vec<f32>| {
            let sum: f64 = pairs(features, mean)
                .zip(&self.scale)
                .map(|((a, b), scale)| ((a - b) * f64::from(*scale)).powi(2))
                .sum();
            sum / self.scale.len().max(1) as f64
        };
        self.means.iter().map(to).fold(f64::INFINITY, f64::min)
    }
}

fn pairs<'a>(a: &'a [f32], b: &'a [f32]) -> impl Iterator<Item = (f64, f64)> {
    a.iter().zip(b).map(|(a, b)| (f64::from(*a), f64::from(*b)))
}

fn norm(values: &[f32]) -> f64 {
    let squares = values.iter().map(|value| f64::from(*value).powi(2));
    squares.sum::<f64>().sqrt()
}

/// Collects features picture by picture.
#[derive(Debug, Clone)]
pub struct CentreBuilder {
    counts: Vec<usize>,
    sums: Vec<Vec<f64>>,
    squares: Vec<f64>,
}

impl CentreBuilder {
    /// A builder for so many labels and features.
    pub fn new(labels: usize, features: usize) -> Self {
        Self {
            counts: vec![0; labels],
            sums: vec![vec![0.0; features]; labels],
            squares: vec![0.0; features],
        }
    }

    /// Adds the features of a picture of a label; a label that does not exist is passed over.
    pub fn add(&mut self, label: usize, features: &[f32]) {
        let Some(sums) = self.sums.get_mut(label) else {
            return;
        };
        self.counts[label] += 1;
        for ((sum, square), value) in sums.iter_mut().zip(&mut self.squares).zip(features) {
            let value = f64::from(*value);
            *sum += value;
            *square += value * value;
        }
    }

    /// The centres; `None` without pictures.
    pub fn finish(self) -> Option<FoldCentres> {
        let total: usize = self.counts.iter().sum();
        let seen: Vec<(f64, Vec<f64>)> = self
            .counts
            .iter()
            .zip(&self.sums)
            .filter(|(count, _)| **count > 0)
            .map(|(count, sums)| {
                let count = *count as f64;
                (count, sums.iter().map(|sum| sum / count).collect())
            })
            .collect();
        if seen.is_empty() {
            return None;
        }
        let freedom = total.saturating_sub(seen.len()).max(1) as f64;
        let variances: Vec<f64> = self
            .squares
            .iter()
            .enumerate()
            .map(|(feature, square)| {
                let explained: f64 = seen
                    .iter()
                    .map(|(count, means)| count * means[feature].powi(2))
                    .sum();
                (square - explained).max(0.0) / freedom
            })
            .collect();
        let mean_variance = variances.iter().sum::<f64>() / variances.len().max(1) as f64;
        let floor = VARIANCE_FLOOR * mean_variance + f64::from(f32::MIN_POSITIVE);
        Some(FoldCentres {
            means: seen
                .into_iter()
                .map(|(_, means)| means.into_iter().map(|mean| mean as f32).collect())
                .collect(),
            scale: variances
                .into_iter()
                .map(|variance| (1.0 / (variance + floor).sqrt()) as f32)
                .collect(),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn means_and_spread_of_two_labels() {
        let mut builder = CentreBuilder::new(3, 2);
        for (label, features) in [
            (0, [1.0, 10.0]),
            (0, [3.0, 30.0]),
            (2, [-1.0, 0.0]),
            (2, [-3.0, 0.0]),
        ] {
            builder.add(label, &features);
        }
        let centres = builder.finish().unwrap();
        assert_eq!(centres.means, [[2.0, 20.0], [-2.0, 0.0]]);
        // Within the labels: (1 + 1 + 1 + 1) / 2 = 2 and (100 + 100) / 2 = 100, plus a hundredth of 51.
        for (scale, variance) in centres.scale.iter().zip([2.51_f64, 100.51]) {
            assert!((f64::from(*scale) - 1.0 / variance.sqrt()).abs() < 1e-6);
        }
        let distance = centres.distance(&[2.0, 30.0]);
        assert!((distance - 0.5 * 100.0 / 100.51).abs() < 1e-6, "{distance}");
        assert!((centres.cosine(&[-5.0, 0.0]) - 1.0).abs() < 1e-9);
        assert_eq!(centres.cosine(&[0.0, 0.0]), 0.0);
        assert!(CentreBuilder::new(3, 2).finish().is_none());
    }

    #[test]
    fn centres_survive_their_file_and_misfits_are_named() {
        let centres = FoldCentres {
            means: vec![vec![0.5, -1.0, 2.0], vec![0.0, 0.25, 4.0]],
            scale: vec![1.0, 0.5, 2.0],
        };
        let mut file = StateDict::new();
        centres.store(3, &mut file);
        assert_eq!(FoldCentres::load(&file, 3, 3), Ok(centres));
        let missing = FoldCentres::load(&file, 1, 3).unwrap_err();
        assert!(missing.to_string().contains("fold 1"), "{missing}");
        let misfit = FoldCentres::load(&file, 3, 4).unwrap_err();
        assert!(misfit.to_string().contains("4 features"), "{misfit}");
    }
}
