//! Seeded changes to training pictures, in the order of the paper's code.
//! Each transform is a file of its own: a function of a picture and explicit parameters, and a
//! [`Transform`] that draws these parameters from its ranges. `pipeline` puts them in order.
//! They do what albumentations 0.4.6 does, which the paper's code used. The tests' goldens are its
//! operations written anew and run on OpenCV, NumPy and SciPy (`tests/reference/augmentation.py`),
//! for the release itself no longer installs.

mod affine;
mod brightness;
mod choice;
mod clahe;
mod contrast;
mod cutout;
mod elastic;
mod gaussian_blur;
mod gaussian_noise;
#[cfg(test)]
mod goldens;
mod grid_distortion;
mod horizontal_flip;
mod hue_saturation;
mod lab;
mod median_blur;
mod motion_blur;
mod optical_distortion;
mod padded;
#[cfg(test)]
mod paper_numbers;
mod picture;
mod pipeline;
mod preview;
mod remap;
mod shift_scale_rotate;
mod transform;
mod transpose;
mod vertical_flip;

pub use affine::Affine;
pub use brightness::{Brightness, brightness_table};
pub use choice::{BlurOrNoise, Distortion};
pub use clahe::{Clahe, equalize_lightness};
pub use contrast::{Contrast, contrast_table};
pub use cutout::{Cutout, Hole, cut_out};
pub use elastic::{ElasticTransform, ElasticWarp, deform, smooth_noise};
pub use gaussian_blur::{GaussianBlur, gaussian_blur};
pub use gaussian_noise::{GaussianNoise, add_noise};
pub use grid_distortion::{GridDistortion, distort_grid};
pub use horizontal_flip::{HorizontalFlip, flip_horizontal};
pub use hue_saturation::{HueSaturation, shift_hsv};
pub use median_blur::{MedianBlur, median_blur};
pub use motion_blur::{MotionBlur, MotionLine, motion_blur};
pub use optical_distortion::{OpticalDistortion, distort_lens};
pub use picture::Picture;
pub use pipeline::Augmentation;
pub use preview::{Preview, PreviewPlan, preview};
pub use remap::{Border, remap};
pub use shift_scale_rotate::{Placement, ShiftScaleRotate, shift_scale_rotate};
pub use transform::Transform;
pub use transpose::{Transpose, transpose};
pub use vertical_flip::{VerticalFlip, flip_vertical};
