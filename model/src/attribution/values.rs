//! The result of every method: what each input value contributed to one logit.

use serde::{Deserialize, Serialize};

use super::AttributionError;

/// What every input value, or every pixel, contributed to one logit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// Contributions in units of the logit, `[channels * height * width]`, CHW. All are finite.
    pub values: Vec<f32>,
    /// Colour channels: 3 for the gradient methods, 1 for those that answer for whole pixels.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// The target's logit for the input.
    pub logit_input: f32,
    /// How well the values add up; `None` for methods whose values are not meant to.
    pub completeness: Option<Completeness>,
}

/// The axiom of completeness, checked: do the contributions add up to the change of the logit?
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Completeness {
    /// The target's logit for the baseline.
    pub logit_baseline: f32,
    /// `|sum(values) - (logit_input - logit_baseline)|`: the error of the quadrature (and of rounding), in units of
    /// the logit. captum calls it the convergence delta, with a sign.
    pub gap: f32,
}

impl Attribution {
    /// An attribution of `[channels, height, width]` values whose sum should be `logit_input - logit_baseline`.
    ///
    /// # Errors
    ///
    /// A length that disagrees with the shape, and numbers that are not finite.
    pub fn new(
        values: Vec<f32>,
        shape: [usize; 3],
        logit_input: f32,
        logit_baseline: f32,
    ) -> Result<Self, AttributionError> {
        let mut attribution = Self::without_completeness(values, shape, logit_input)?;
        let change = f64::from(logit_input) - f64::from(logit_baseline);
        let gap = (attribution.sum() - change).abs();
        if !gap.is_finite() {
            return Err(AttributionError::NotFinite);
        }
        attribution.completeness = Some(Completeness {
            logit_baseline,
            gap: gap as f32,
        });
        Ok(attribution)
    }

    /// An attribution of `[channels, height, width]` values of a method without completeness.
    ///
    /// # Errors
    ///
    /// A length that disagrees with the shape, and numbers that are not finite.
    pub fn without_completeness(
        values: Vec<f32>,
        [channels, height, width]: [usize; 3],
        logit_input: f32,
    ) -> Result<Self, AttributionError> {
        let expected = channels.saturating_mul(height).saturating_mul(width);
        if values.len() != expected {
            return Err(AttributionError::Length {
                what: "an attribution",
                expected,
                found: values.len(),
            });
        }
        if !logit_input.is_finite() || !values.iter().all(|v| v.is_finite()) {
            return Err(AttributionError::NotFinite);
        }
        Ok(Self {
            values,
            channels,
            height,
            width,
            logit_input,
            completeness: None,
        })
    }

    /// The whole of which these are parts: those of [`Method::start_part`](super::Method::start_part) over ranges that
    /// cover all pieces once. In the order given, so that the same parts give the same bits.
    ///
    /// # Errors
    ///
    /// No part, and parts of several shapes.
    pub fn of_parts(parts: impl IntoIterator<Item = Self>) -> Result<Self, AttributionError> {
        let mut parts = parts.into_iter();
        let mut whole = parts.next().ok_or(AttributionError::Empty)?;
        for part in parts {
            if part.shape() != whole.shape() {
                return Err(AttributionError::Length {
                    what: "a part of an attribution",
                    expected: whole.values.len(),
                    found: part.values.len(),
                });
            }
            for (sum, value) in whole.values.iter_mut().zip(&part.values) {
                *sum += value;
            }
        }
        let (shape, logit) = (whole.shape(), whole.logit_input);
        match whole.completeness {
            Some(found) => Self::new(whole.values, shape, logit, found.logit_baseline),
            None => Self::without_completeness(whole.values, shape, logit),
        }
    }

    /// Channels, height and width.
    pub fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width]
    }

    /// The sum of all contributions, in units of the logit.
    pub fn sum(&self) -> f64 {
        self.values.iter().copied().map(f64::from).sum()
    }

    /// The completeness gap as a share of the logit's change; `None` where the logit did not change or the method has
    /// no completeness.
    ///
    /// Below about 0.05 the map can be trusted to be numerically converged; more steps make it smaller.
    pub fn relative_gap(&self) -> Option<f32> {
        let completeness = self.completeness?;
        let change = (self.logit_input - completeness.logit_baseline).abs();
        (change > 0.0).then(|| completeness.gap / change)
    }
}
