//! Occlusion (Zeiler and Fergus 2014): how far the logit falls when a square of the picture is hidden.
//!
//! A window slides over the picture; what is under it is replaced by the baseline (grey, or the blurred picture). A
//! pixel's value is the fall of the logit, averaged over the windows that cover the pixel: captum's `Occlusion` with a
//! window over all channels. Needs no gradient.

use core::ops::Range;

use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::gradient::{read, require_one_picture, target_logits};
use super::{Attribution, AttributionError};

/// The window is this share of the picture's side by default.
const WINDOWS_PER_SIDE: usize = 8;

/// Settings of Occlusion, in pixels of the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occlusion {
    /// Side of the square window, 1 to the picture's shorter side.
    pub window: usize,
    /// How far it moves, 1 to `window`: with more, pixels between windows would never be hidden.
    pub stride: usize,
}

impl Occlusion {
    /// The default for a picture of this side: a window of an eighth of it, which moves by half of itself (225 windows).
    pub fn of_side(side: usize) -> Self {
        let window = (side / WINDOWS_PER_SIDE).max(1);
        Self {
            window,
            stride: window.div_ceil(2),
        }
    }

    /// The computation of these settings, with no window done yet.
    ///
    /// `input` and `baseline` are `[1, channels, height, width]` on one device, with or without autodiff.
    ///
    /// # Errors
    ///
    /// A window that is empty or larger than the picture, a stride of 0 or larger than the window, shapes that differ.
    pub fn start(
        &self,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
    ) -> Result<OcclusionScan, AttributionError> {
        require_one_picture(&input, &baseline)?;
        let [.., height, width] = input.dims();
        let fits = (1..=height.min(width)).contains(&self.window);
        if !fits || !(1..=self.window).contains(&self.stride) {
            return Err(AttributionError::Window {
                window: self.window,
                stride: self.stride,
                height,
                width,
            });
        }
        let (rows, columns) = (self.places(height), self.places(width));
        let mut scan = OcclusionScan {
            input: input.detach(),
            baseline: baseline.detach(),
            settings: *self,
            target,
            columns,
            scanned: 0..rows * columns,
            done: 0,
            queued: Vec::new(),
            queued_logit: None,
            logit_input: None,
            sums: vec![0.0; height * width],
            windows: vec![0; height * width],
        };
        for index in 0..rows * columns {
            scan.pixels(index)
                .for_each(|pixel| scan.windows[pixel] += 1);
        }
        Ok(scan)
    }

    /// [`start`](Self::start) for some of the windows only. A pixel's sum is divided by the number of all windows over
    /// it: parts that cover all windows add up to the whole.
    pub(super) fn start_windows(
        &self,
        input: Tensor<4>,
        baseline: Tensor<4>,
        target: usize,
        windows: Range<usize>,
    ) -> Result<OcclusionScan, AttributionError> {
        let mut scan = self.start(input, baseline, target)?;
        scan.scanned = windows;
        Ok(scan)
    }

    /// Windows over a picture of `height` rows and `width` columns, which must be at least as large as one.
    pub(super) fn windows(&self, height: usize, width: usize) -> usize {
        self.places(height) * self.places(width)
    }

    /// Places of the window along a side. As in captum the last may reach beyond the border; it is cut there.
    fn places(&self, side: usize) -> usize {
        side.saturating_sub(self.window)
            .div_ceil(self.stride.max(1))
            + 1
    }
}

/// Occlusion in progress, driven like a [`PathIntegral`](super::PathIntegral): row by row from the top left.
pub struct OcclusionScan {
    input: Tensor<4>,
    baseline: Tensor<4>,
    settings: Occlusion,
    target: usize,
    /// Windows per row.
    columns: usize,
    /// Those that are hidden here.
    scanned: Range<usize>,
    done: usize,
    /// Windows whose logits `[n, 1]` were not read yet.
    queued: Vec<(Range<usize>, Tensor<2>)>,
    /// The logit of the whole picture `[1, 1]`, which was not read yet.
    queued_logit: Option<Tensor<2>>,
    /// The same, once it was.
    logit_input: Option<f32>,
    /// Falls of the logit, summed over the windows that cover each pixel, `[height * width]`.
    sums: Vec<f64>,
    /// How many windows cover it in all.
    windows: Vec<u32>,
}

impl OcclusionScan {
    /// Windows done.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Windows in all.
    pub fn total(&self) -> usize {
        self.scanned.len()
    }

    /// Hides the next `chunk` windows (at least one, fewer at the end), one in each picture of a batch.
    ///
    /// Does nothing once all are done. The model maps `[n, channels, height, width]` to `[n, classes]`.
    ///
    /// # Errors
    ///
    /// A target that the model does not have, or an answer of another shape.
    pub fn advance<F>(&mut self, model: &F, chunk: usize) -> Result<(), AttributionError>
    where
        F: Fn(Tensor<4>) -> Tensor<2>,
    {
        if self.queued_logit.is_none() && self.logit_input.is_none() {
            let logit = target_logits(model(self.input.clone()), self.target, 1)?;
            self.queued_logit = Some(logit);
        }
        let end = self.done.saturating_add(chunk.max(1)).min(self.total());
        let (first, range) = (self.scanned.start, self.done..end);
        if range.is_empty() {
            return Ok(());
        }
        let range = first + range.start..first + range.end;
        let mask = self.mask(range.clone());
        let seen = self.input.clone() * (mask.clone().neg() + 1.0);
        let pictures = seen + self.baseline.clone() * mask;
        let logits = target_logits(model(pictures), self.target, range.len())?;
        self.done = end;
        self.queued.push((range, logits));
        Ok(())
    }

    /// Waits for what [`advance`](Self::advance) queued, and adds it to the map.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Device`] if the device failed.
    pub async fn synchronise(&mut self) -> Result<(), AttributionError> {
        if let Some(logit) = self.queued_logit.take() {
            self.logit_input = read(logit).await?.first().copied();
        }
        let Some(whole) = self.logit_input else {
            return Ok(());
        };
        for (range, logits) in core::mem::take(&mut self.queued) {
            for (index, logit) in range.zip(read(logits).await?) {
                let fall = f64::from(whole) - f64::from(logit);
                self.pixels(index)
                    .for_each(|pixel| self.sums[pixel] += fall);
            }
        }
        Ok(())
    }

    /// What the windows that were [synchronised](Self::synchronise) give to the map, `[height * width]`, in units of the
    /// logit; 0 where no window has been yet, the map itself in the end.
    pub fn running_mean(&self) -> Vec<f32> {
        let pixels = self.sums.iter().zip(&self.windows);
        pixels
            .map(|(sum, windows)| (sum / f64::from((*windows).max(1))) as f32)
            .collect()
    }

    /// The map of all windows. It has no completeness: windows overlap.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Unfinished`] before the last window; values that are not finite; a failing device.
    pub async fn finish(mut self) -> Result<Attribution, AttributionError> {
        self.synchronise().await?;
        let (done, total) = (self.done, self.total());
        match self.logit_input {
            Some(logit) if done == total => Attribution::without_completeness(
                self.running_mean(),
                [1, self.height(), self.width()],
                logit,
            ),
            _ => Err(AttributionError::Unfinished { done, total }),
        }
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.input.dims()[2]
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.input.dims()[3]
    }

    /// Rows and columns that a window hides.
    fn window(&self, index: usize) -> (Range<usize>, Range<usize>) {
        let Occlusion { window, stride } = self.settings;
        let span = |place: usize, side: usize| {
            let start = place * stride;
            start..(start + window).min(side)
        };
        (
            span(index / self.columns, self.height()),
            span(index % self.columns, self.width()),
        )
    }

    /// The pixels that a window hides, row by row.
    fn pixels(&self, index: usize) -> impl Iterator<Item = usize> + use<> {
        let width = self.width();
        let (rows, columns) = self.window(index);
        rows.flat_map(move |row| row * width + columns.start..row * width + columns.end)
    }

    /// 1 under each window and 0 elsewhere, `[n, 1, height, width]`.
    fn mask(&self, range: Range<usize>) -> Tensor<4> {
        let (height, width) = (self.height(), self.width());
        let mut values = vec![0.0_f32; range.len() * height * width];
        for (picture, index) in values.chunks_exact_mut(height * width).zip(range.clone()) {
            self.pixels(index).for_each(|pixel| picture[pixel] = 1.0);
        }
        let data = TensorData::new(values, [range.len(), 1, height, width]);
        Tensor::from_data(data, (&self.input.device(), self.input.dtype()))
    }
}
