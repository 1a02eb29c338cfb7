//! The camera: framing, exposure, white balance, blur, sensor noise, vignette, JPEG.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use rand_chacha::ChaCha8Rng;

use super::geometry::{Vec2, Vec3, rotate};
use super::sampling::{chance, log_uniform, normal, uniform};

/// Which part of the scene fills the picture.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Middle of the picture, in scene centimetres.
    pub centre: Vec2,
    /// Rotation of the camera in radians.
    pub angle: f32,
    /// Scene centimetres per pixel.
    pub px: f32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl View {
    /// Frames `extent` centimetres over the longer side, which has `size` pixels; `aspect` is width / height.
    pub fn new(centre: Vec2, extent: f32, angle: f32, aspect: f32, size: u32) -> Self {
        let short = |ratio: f32| ((size as f32 * ratio).round() as u32).max(1);
        let (width, height) = if aspect >= 1.0 {
            (size, short(1.0 / aspect))
        } else {
            (short(aspect), size)
        };
        Self {
            centre,
            angle,
            px: extent / size.max(1) as f32,
            width,
            height,
        }
    }

    /// The scene point seen at pixel coordinates (0.5 is the middle of the first pixel).
    pub fn to_scene(self, x: f32, y: f32) -> Vec2 {
        let p = [
            (x - self.width as f32 / 2.0) * self.px,
            (y - self.height as f32 / 2.0) * self.px,
        ];
        let r = rotate(p, self.angle);
        [self.centre[0] + r[0], self.centre[1] + r[1]]
    }

    /// The pixel coordinates at which a scene point is seen.
    pub fn to_picture(self, p: Vec2) -> Vec2 {
        let r = rotate([p[0] - self.centre[0], p[1] - self.centre[1]], -self.angle);
        [
            r[0] / self.px + self.width as f32 / 2.0,
            r[1] / self.px + self.height as f32 / 2.0,
        ]
    }

    /// Position in the picture, -1 to 1 over the shorter side.
    pub fn uv(self, x: f32, y: f32) -> Vec2 {
        let half = self.width.min(self.height).max(1) as f32 / 2.0;
        [
            (x - self.width as f32 / 2.0) / half,
            (y - self.height as f32 / 2.0) / half,
        ]
    }
}

/// One picture's camera settings.
#[derive(Clone, Copy, Debug)]
pub struct Camera {
    gain: f32,
    balance: Vec3,
    contrast: f32,
    saturation: f32,
    blur: f32,
    noise: f32,
    vignette: f32,
    /// JPEG quality, 84 to 95.
    pub quality: u8,
}

impl Camera {
    /// Draws settings; `luminance` (0 to 1) of the subject steers the automatic exposure.
    pub fn sample(luminance: f32, rng: &mut ChaCha8Rng) -> Self {
        // Automatic exposure brightens dark subjects, but only in part.
        let automatic = (0.40 / luminance.max(0.02)).powf(0.30);
        Self {
            gain: automatic * (0.13 * normal(rng).clamp(-2.0, 2.0)).exp(),
            balance: [uniform(rng, 0.94, 1.07), 1.0, uniform(rng, 0.91, 1.09)],
            contrast: uniform(rng, 0.9, 1.18),
            saturation: uniform(rng, 0.8, 1.12),
            blur: log_uniform(rng, 0.35, 0.95),
            noise: log_uniform(rng, 0.002, 0.014),
            vignette: if chance(rng, 0.5) {
                uniform(rng, 0.0, 0.22)
            } else {
                0.0
            },
            quality: uniform(rng, 84.0, 95.9) as u8,
        }
    }

    /// Turns light (linear RGB, row by row) into 8-bit sRGB; `width * height` triples in and out.
    pub fn develop(
        &self,
        light: &[Vec3],
        width: u32,
        height: u32,
        rng: &mut ChaCha8Rng,
    ) -> Vec<u8> {
        let blurred = gaussian_blur(light, width as usize, height as usize, self.blur);
        let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
        let reach = cx.hypot(cy).max(1.0);
        let mut pixels = Vec::with_capacity(blurred.len() * 3);
        for (i, value) in blurred.iter().enumerate() {
            let (x, y) = (
                (i % width as usize) as f32 + 0.5,
                (i / width as usize) as f32 + 0.5,
            );
            let r = (x - cx).hypot(y - cy) / reach;
            let gain = self.gain * (1.0 - self.vignette * r * r);
            let exposed = [
                value[0] * gain * self.balance[0],
                value[1] * gain * self.balance[1],
                value[2] * gain * self.balance[2],
            ];
            let grey = 0.2126 * exposed[0] + 0.7152 * exposed[1] + 0.0722 * exposed[2];
            for channel in exposed {
                let coloured = (grey + (channel - grey) * self.saturation).max(0.0);
                // Shot noise grows with the square root of the light.
                let noisy = coloured + self.noise * (0.3 + coloured.sqrt()) * normal(rng) * 0.6;
                pixels.push(quantise(tone_curve(noisy, self.contrast)));
            }
        }
        pixels
    }
}

/// A film-like curve: a gamma about mid-grey and a shoulder that rolls highlights off.
fn tone_curve(light: f32, contrast: f32) -> f32 {
    let x = light.max(0.0);
    let y = 0.18 * (x / 0.18).powf(contrast);
    if y <= 0.7 {
        y
    } else {
        0.7 + 0.3 * (1.0 - (-(y - 0.7) / 0.3).exp())
    }
}

fn quantise(linear: f32) -> u8 {
    let x = linear.clamp(0.0, 1.0);
    let encoded = if x <= 0.003_130_8 {
        12.92 * x
    } else {
        1.055 * x.powf(1.0 / 2.4) - 0.055
    };
    (encoded * 255.0 + 0.5) as u8
}

/// Separable Gaussian blur with reflected borders; `sigma` in pixels.
fn gaussian_blur(light: &[Vec3], width: usize, height: usize, sigma: f32) -> Vec<Vec3> {
    let radius = (sigma * 3.0).ceil() as isize;
    let mut kernel: Vec<f32> = (-radius..=radius)
        .map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp())
        .collect();
    let sum: f32 = kernel.iter().sum();
    kernel.iter_mut().for_each(|k| *k /= sum);
    let pass = |source: &[Vec3], along_x: bool| {
        let mut out = vec![[0.0f32; 3]; source.len()];
        for y in 0..height {
            for x in 0..width {
                let mut total = [0.0f32; 3];
                for (k, weight) in kernel.iter().enumerate() {
                    let shift = k as isize - radius;
                    let at = if along_x {
                        y * width + reflect(x as isize + shift, width)
                    } else {
                        reflect(y as isize + shift, height) * width + x
                    };
                    for c in 0..3 {
                        total[c] += weight * source[at][c];
                    }
                }
                out[y * width + x] = total;
            }
        }
        out
    };
    pass(&pass(light, true), false)
}

fn reflect(i: isize, length: usize) -> usize {
    let last = length as isize - 1;
    let folded = if i < 0 {
        -i
    } else if i > last {
        2 * last - i
    } else {
        i
    };
    folded.clamp(0, last) as usize
}

/// Encodes 8-bit RGB as JPEG.
///
/// # Errors
/// If the encoder refuses the size.
pub fn encode_jpeg(
    pixels: &[u8],
    width: u32,
    height: u32,
    quality: u8,
) -> Result<Vec<u8>, image::ImageError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).write_image(
        pixels,
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_map_there_and_back() {
        let view = View::new([3.0, -2.0], 20.0, 0.3, 0.75, 200);
        assert_eq!((view.width, view.height), (150, 200));
        let p = view.to_picture(view.to_scene(12.5, 170.5));
        assert!(
            (p[0] - 12.5).abs() < 1e-3 && (p[1] - 170.5).abs() < 1e-3,
            "{p:?}"
        );
    }

    #[test]
    fn blur_keeps_the_light() {
        let mut light = vec![[0.0; 3]; 21 * 21];
        light[10 * 21 + 10] = [1.0, 2.0, 3.0];
        let blurred = gaussian_blur(&light, 21, 21, 0.9);
        for c in 0..3 {
            let sum: f32 = blurred.iter().map(|v| v[c]).sum();
            assert!((sum - (c + 1) as f32).abs() < 1e-4);
        }
        assert!(blurred[10 * 21 + 10][0] < 0.5);
    }
}
