//! Seeded changes to training pictures, in the order of the paper's code.
//! Each transform is a file of its own: a function of a picture and explicit parameters, and a
//! [`Transform`] that draws these parameters from its ranges. `pipeline` puts them in order.
//! All agree with albumentations 0.4.6, which the paper's code used, and with OpenCV beneath it.

mod affine;
mod choice;
mod clahe;
mod cutout;
mod dihedral;
mod elastic;
mod gaussian_blur;
mod gaussian_noise;
#[cfg(test)]
mod goldens;
mod grid_distortion;
mod hue_saturation;
mod lab;
mod median_blur;
mod motion_blur;
mod optical_distortion;
mod padded;
mod photometric;
mod picture;
mod pipeline;
mod preview;
mod remap;
mod shift_scale_rotate;
mod transform;

pub use affine::Affine;
pub use choice::{BlurOrNoise, Distortion};
pub use clahe::{Clahe, equalize_lightness};
pub use cutout::{Cutout, Hole, cut_out};
pub use dihedral::{
    HorizontalFlip, Transpose, VerticalFlip, flip_horizontal, flip_vertical, transpose,
};
pub use elastic::{ElasticTransform, ElasticWarp, deform, smooth_noise};
pub use gaussian_blur::{GaussianBlur, gaussian_blur};
pub use gaussian_noise::{GaussianNoise, add_noise};
pub use grid_distortion::{GridDistortion, distort_grid};
pub use hue_saturation::{HueSaturation, shift_hsv};
pub use median_blur::{MedianBlur, median_blur};
pub use motion_blur::{MotionBlur, MotionLine, motion_blur};
pub use optical_distortion::{OpticalDistortion, distort_lens};
pub use photometric::{Brightness, Contrast, brightness_contrast_table, map_values};
pub use picture::Picture;
pub use pipeline::Augmentation;
pub use preview::{Preview, PreviewPlan, preview};
pub use remap::{Border, remap};
pub use shift_scale_rotate::{Placement, ShiftScaleRotate, shift_scale_rotate};
pub use transform::Transform;
