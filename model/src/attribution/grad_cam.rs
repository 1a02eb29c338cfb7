//! Grad-CAM (Selvaraju et al. 2017): where the last feature maps speak for a label.
//!
//! `map = relu(sum over k of w_k A_k)` with `A_k` the feature maps before pooling and `w_k` the spatial mean of the
//! gradient of the logit with respect to `A_k`. The map has the size of the feature maps (a 32nd of the picture's side)
//! and is made as large as the picture by bilinear interpolation, as captum's `LayerGradCam` with
//! `LayerAttribution.interpolate(..., "bilinear")` has it.
//!
//! In a network that ends with a spatial mean and one linear layer the values before `relu` add up to the logit without
//! the layer's bias.

use burn::tensor::{Tensor, activation::relu};

use super::gradient::{logit_gradient, read, require_autodiff, require_one_picture, wait};
use super::{Attribution, AttributionError};

/// Grad-CAM in progress: one step, driven like a [`PathIntegral`](super::PathIntegral).
pub struct GradCam {
    input: Tensor<4>,
    target: usize,
    found: Option<Found>,
}

/// What the one step gives, without autodiff.
struct Found {
    /// The target's logit `[1, 1]`.
    logit: Tensor<2>,
    /// The map `[1, 1, height, width]` at the size of the feature maps.
    map: Tensor<4>,
}

impl GradCam {
    /// Grad-CAM of logit `target` for `input`, `[1, channels, height, width]` on an autodiff device.
    ///
    /// # Errors
    ///
    /// Several pictures, or a tensor without autodiff.
    pub fn new(input: Tensor<4>, target: usize) -> Result<Self, AttributionError> {
        require_one_picture(&input, &input)?;
        require_autodiff(&input)?;
        Ok(Self {
            input: input.detach(),
            target,
            found: None,
        })
    }

    /// Steps done: 0 or 1.
    pub fn done(&self) -> usize {
        usize::from(self.found.is_some())
    }

    /// Steps in all: 1.
    pub fn total(&self) -> usize {
        1
    }

    /// Does the one step; nothing if it is done.
    ///
    /// `features` is the network up to the last feature maps, `[1, channels, height, width]` to `[1, maps, h, w]`; `head`
    /// is the rest, to `[1, classes]`. Only the head is differentiated.
    ///
    /// # Errors
    ///
    /// A target that the head does not have, an answer of another shape, or a logit that does not depend on the maps.
    pub fn advance<F, H>(&mut self, features: &F, head: &H) -> Result<(), AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<4>,
        H: Fn(Tensor<4>) -> Tensor<2>,
    {
        if self.found.is_some() {
            return Ok(());
        }
        let maps = features(self.input.clone());
        let (logit, gradient) = logit_gradient(head, maps.clone(), self.target)?;
        let weights = gradient.mean_dim(3).mean_dim(2);
        let map = relu((weights * maps.inner()).sum_dim(1));
        self.found = Some(Found { logit, map });
        Ok(())
    }

    /// Waits until the device has done what [`advance`](Self::advance) queued.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Device`] if the device failed.
    pub async fn synchronise(&self) -> Result<(), AttributionError> {
        match &self.found {
            Some(found) => wait(&found.map).await,
            None => Ok(()),
        }
    }

    /// The map at the picture's size, one value from 0 up per pixel.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Unfinished`] before the step; values that are not finite; a failing device.
    pub async fn finish(self) -> Result<Attribution, AttributionError> {
        let Some(found) = self.found else {
            return Err(AttributionError::Unfinished { done: 0, total: 1 });
        };
        let [.., map_height, map_width] = found.map.dims();
        let [.., height, width] = self.input.dims();
        let map = read(found.map).await?;
        let logit = read(found.logit).await?;
        let values = bilinear(&map, [map_height, map_width], [height, width]);
        let logit = logit.first().copied().unwrap_or(f32::NAN);
        Attribution::without_completeness(values, [1, height, width], logit)
    }
}

/// `values` of size `from` (rows, columns) interpolated at the pixel centres of size `to`; beyond the outermost centres
/// the border continues. PyTorch's `interpolate(mode="bilinear", align_corners=False)`.
fn bilinear(values: &[f32], from: [usize; 2], to: [usize; 2]) -> Vec<f32> {
    let [rows, columns] = [0, 1].map(|axis| samples(from[axis], to[axis]));
    let at = |row: usize, column: usize| f64::from(values[row * from[1] + column]);
    let mut interpolated = Vec::with_capacity(to[0] * to[1]);
    for (top, bottom, down) in &rows {
        for (left, right, across) in &columns {
            let along = |row| at(row, *left) * (1.0 - across) + at(row, *right) * across;
            interpolated.push((along(*top) * (1.0 - down) + along(*bottom) * down) as f32);
        }
    }
    interpolated
}

/// For each of `to` pixels the two of `from` between whose centres its centre lies, and the second one's share.
fn samples(from: usize, to: usize) -> Vec<(usize, usize, f64)> {
    let last = from.saturating_sub(1);
    let sample = |pixel: usize| {
        let centre = (pixel as f64 + 0.5) * from as f64 / to as f64 - 0.5;
        let centre = centre.clamp(0.0, last as f64);
        let first = centre as usize;
        (first, (first + 1).min(last), centre - first as f64)
    };
    (0..to).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolation_keeps_flat_maps_ramps_and_borders() {
        assert_eq!(bilinear(&[0.5; 4], [2, 2], [5, 7]), [0.5; 35]);
        // Twice as large: new centres lie a quarter and three quarters between the old ones.
        assert_eq!(
            bilinear(&[0.0, 1.0, 2.0], [1, 3], [1, 6]),
            [0.0, 0.25, 0.75, 1.25, 1.75, 2.0]
        );
        assert_eq!(
            bilinear(&[0.0, 4.0], [2, 1], [4, 2]),
            [0.0, 0.0, 1.0, 1.0, 3.0, 3.0, 4.0, 4.0]
        );
        // Smaller: the centres themselves.
        assert_eq!(
            bilinear(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3], [2, 3]),
            [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
        );
    }
}
