//! Attributions as a picture: channels summed, folds averaged, outliers cut, values in [-1, 1].

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Attribution, AttributionError};
use crate::preprocess::ContentBox;

/// Share of the total strength, in percent, that is shown at full strength and clipped: the paper's value.
pub const DEFAULT_OUTLIER_PERCENTILE: f64 = 1.0;

/// Which contributions are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Both, in [-1, 1].
    #[default]
    All,
    /// What raises the logit, in [0, 1].
    Positive,
    /// What lowers the logit, its strength in [0, 1].
    Negative,
    /// The strength of both, in [0, 1].
    Absolute,
}

impl Sign {
    /// All choices.
    pub const ALL: [Self; 4] = [Self::All, Self::Positive, Self::Negative, Self::Absolute];

    /// Name in files and on the command line: `all`, `positive`, `negative`, `absolute`.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Absolute => "absolute",
        }
    }

    /// The part of a signed value that is shown.
    fn part(self, value: f64) -> f64 {
        match self {
            Self::All => value,
            Self::Positive => value.max(0.0),
            Self::Negative => (-value).max(0.0),
            Self::Absolute => value.abs(),
        }
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Sign {
    type Err = AttributionError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|sign| sign.name() == name)
            .ok_or_else(|| AttributionError::UnknownName {
                kind: "sign",
                choices: Self::ALL.map(Self::name).join(", "),
                name: name.to_owned(),
            })
    }
}

/// One signed number per pixel: the channels' attributions added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    height: usize,
    width: usize,
    values: Vec<f32>,
    outlier_percentile: f64,
}

impl HeatMap {
    /// The map of one attribution.
    ///
    /// # Errors
    ///
    /// Values that disagree with the dimensions or are not finite.
    pub fn from_attribution(attribution: &Attribution) -> Result<Self, AttributionError> {
        Self::from_values(&attribution.values, attribution.shape())
    }

    /// The map of raw contributions of shape `[channels, height, width]`, in units of the logit.
    ///
    /// # Errors
    ///
    /// No values, values that disagree with the dimensions or are not finite.
    pub fn from_values(
        values: &[f32],
        [channels, height, width]: [usize; 3],
    ) -> Result<Self, AttributionError> {
        let plane = height.saturating_mul(width);
        let expected = plane.saturating_mul(channels);
        if values.len() != expected || expected == 0 {
            return Err(AttributionError::Length {
                what: "a map",
                expected,
                found: values.len(),
            });
        }
        let mut sums = vec![0.0; plane];
        for channel in values.chunks_exact(plane) {
            for (sum, value) in sums.iter_mut().zip(channel) {
                *sum += f64::from(*value);
            }
        }
        Self::finite(sums, height, width, DEFAULT_OUTLIER_PERCENTILE)
    }

    /// The map of the mean of several raw attributions of one size, such as those of the folds of an ensemble.
    ///
    /// Averaging before scaling lets a fold that is sure weigh more than one that is not; averaging rendered
    /// pictures would give every fold the same strength.
    ///
    /// # Errors
    ///
    /// No attribution, several sizes, values that disagree with the dimensions or are not finite.
    pub fn mean<'a>(
        attributions: impl IntoIterator<Item = &'a Attribution>,
    ) -> Result<Self, AttributionError> {
        let maps = attributions.into_iter().map(Self::from_attribution);
        let maps: Vec<Self> = maps.collect::<Result<_, _>>()?;
        Self::mean_of_maps(&maps)
    }

    /// The mean of several maps of one size, with the first one's share of outliers.
    ///
    /// # Errors
    ///
    /// No map, or several sizes.
    pub fn mean_of_maps<'a>(
        maps: impl IntoIterator<Item = &'a Self>,
    ) -> Result<Self, AttributionError> {
        let mut maps = maps.into_iter();
        let first = maps.next().ok_or(AttributionError::Empty)?;
        let mut sums: Vec<f64> = first.values.iter().copied().map(f64::from).collect();
        let mut count = 1.0;
        for map in maps {
            first.require_same_size(map)?;
            for (sum, value) in sums.iter_mut().zip(&map.values) {
                *sum += f64::from(*value);
            }
            count += 1.0;
        }
        sums.iter_mut().for_each(|sum| *sum /= count);
        Self::finite(sums, first.height, first.width, first.outlier_percentile)
    }

    /// The sum of two maps of one size: of parts of one attribution.
    ///
    /// # Errors
    ///
    /// Two sizes, values that are not finite.
    pub fn plus(&self, other: &Self) -> Result<Self, AttributionError> {
        self.require_same_size(other)?;
        let values = self.values.iter().zip(&other.values);
        let sums = values.map(|(a, b)| f64::from(*a) + f64::from(*b)).collect();
        Self::finite(sums, self.height, self.width, self.outlier_percentile)
    }

    fn require_same_size(&self, other: &Self) -> Result<(), AttributionError> {
        if (self.height, self.width) == (other.height, other.width) {
            return Ok(());
        }
        Err(AttributionError::Length {
            what: "a map of the first one's size",
            expected: self.values.len(),
            found: other.values.len(),
        })
    }

    fn finite(
        values: Vec<f64>,
        height: usize,
        width: usize,
        outlier_percentile: f64,
    ) -> Result<Self, AttributionError> {
        let values: Vec<f32> = values.iter().map(|value| *value as f32).collect();
        if !values.iter().all(|value| value.is_finite()) {
            return Err(AttributionError::NotFinite);
        }
        Ok(Self {
            height,
            width,
            values,
            outlier_percentile,
        })
    }

    /// The same map with another share of the strength clipped; percent, limited to 0 to 100.
    #[must_use]
    pub fn with_outlier_percentile(mut self, percent: f64) -> Self {
        if percent.is_finite() {
            self.outlier_percentile = percent.clamp(0.0, 100.0);
        }
        self
    }

    /// The part of the map that shows the photograph, without the padding of
    /// [`Fit::Pad`](crate::preprocess::Fit::Pad).
    ///
    /// # Errors
    ///
    /// [`AttributionError::Length`] when the box has no pixels or reaches beyond the map.
    pub fn crop(&self, content: ContentBox) -> Result<Self, AttributionError> {
        let [left, top, width, height] =
            [content.left, content.top, content.width, content.height].map(|side| side as usize);
        if width == 0 || height == 0 || left + width > self.width || top + height > self.height {
            return Err(AttributionError::Length {
                what: "a box inside the map",
                expected: self.values.len(),
                found: width * height,
            });
        }
        let rows = self.values.chunks_exact(self.width).skip(top).take(height);
        Ok(Self {
            height,
            width,
            values: rows
                .flat_map(|row| &row[left..left + width])
                .copied()
                .collect(),
            outlier_percentile: self.outlier_percentile,
        })
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Raw contributions in units of the logit, `[height * width]`, row-major.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Values for display, `[height * width]`: in [-1, 1] for [`Sign::All`], in [0, 1] for the others.
    ///
    /// As in captum, the shown part is divided by its [`scale`](Self::scale) and clipped. A map without strength (captum
    /// refuses it) gives zeros.
    pub fn scaled(&self, sign: Sign) -> Vec<f32> {
        self.divided_by(self.scale(sign), sign)
            .map(|value| value.clamp(-1.0, 1.0) as f32)
            .collect()
    }

    /// The strength, in units of the logit, that is shown in full colour: the smallest one at which the ascending
    /// cumulative sum of the shown part's strengths reaches `100 - outlier percentile` percent of the total. 0 for a map
    /// without strength.
    pub fn scale(&self, sign: Sign) -> f32 {
        let shown: Vec<f64> = self.shown(sign).collect();
        // The threshold is one of the f32 values.
        cumulative_threshold(&shown, 100.0 - self.outlier_percentile) as f32
    }

    /// Signed values in units of `scale` (that of [`scale`](Self::scale), or a common one of several maps), not clipped:
    /// outliers lie beyond -1 and 1. `[height * width]`; zeros for a scale of 0.
    ///
    /// Shares of the total are right here, and wrong in [`scaled`](Self::scaled), which has lost what it clipped.
    pub fn unclipped(&self, scale: f32) -> Vec<f32> {
        self.divided_by(scale, Sign::All)
            .map(|value| value as f32)
            .collect()
    }

    fn shown(&self, sign: Sign) -> impl Iterator<Item = f64> {
        let values = self.values.iter();
        values.map(move |value| sign.part(f64::from(*value)))
    }

    fn divided_by(&self, scale: f32, sign: Sign) -> impl Iterator<Item = f64> {
        let scale = f64::from(scale);
        self.shown(sign)
            .map(move |value| if scale > 0.0 { value / scale } else { 0.0 })
    }
}

/// Smallest strength `|v|` at which the ascending cumulative sum of strengths reaches `percent` of the total.
fn cumulative_threshold(values: &[f64], percent: f64) -> f64 {
    let mut strengths: Vec<f64> = values.iter().map(|v| v.abs()).collect();
    strengths.sort_unstable_by(f64::total_cmp);
    // The last partial sum, not a fresh sum: at 100 percent rounding must not put the limit out of reach.
    let total = strengths.iter().fold(0.0, |sum, v| sum + v);
    let limit = total * 0.01 * percent;
    let mut sum = 0.0;
    for strength in &strengths {
        sum += strength;
        if sum >= limit {
            return *strength;
        }
    }
    strengths.last().copied().unwrap_or(0.0)
}
