//! Eyes, brows, nostrils and mouth, drawn over a face seen from the front.
//!
//! Positions are in adult centimetres from the middle of the face and are scaled with the body.

use rand_chacha::ChaCha8Rng;

use super::geometry::{Vec2, Vec3, mix3, smoothstep};
use super::sampling::{chance, uniform};
use super::skin_tone::{SkinTone, reflectance};

/// The features of one face.
#[derive(Clone, Debug)]
pub struct Face {
    scale: f32,
    iris: Vec3,
    brow: Vec3,
    lips: Vec3,
    closed: bool,
    barred: bool,
    smile: f32,
    eye_spacing: f32,
}

impl Face {
    /// Draws a face; `scale` 1 for an adult.
    pub fn sample(scale: f32, tone: &SkinTone, rng: &mut ChaCha8Rng) -> Self {
        let blue = tone.melanin < 0.35 && chance(rng, 0.5);
        let mut lips = tone.state();
        lips.haemoglobin += uniform(rng, 0.15, 0.4);
        lips.melanin *= 1.05;
        let fair = if tone.melanin < 0.35 {
            uniform(rng, 0.0, 0.5)
        } else {
            0.0
        };
        Self {
            scale,
            iris: if blue {
                [0.10, 0.17, 0.24]
            } else {
                [0.055, 0.025, 0.012]
            },
            brow: mix3([0.012, 0.009, 0.008], [0.30, 0.19, 0.09], fair),
            lips: reflectance(&lips),
            closed: chance(rng, 0.25),
            // Case photographs often hide the eyes.
            barred: chance(rng, 0.3),
            smile: uniform(rng, -0.02, 0.06),
            eye_spacing: uniform(rng, 3.0, 3.4),
        }
    }

    /// Reflectance and opacity (0 to 1) of what lies over the skin at a picture point; `px` is centimetres per pixel.
    pub fn over(&self, p: Vec2, px: f32) -> (Vec3, f32) {
        let x = p[0] / self.scale;
        let y = p[1] / self.scale;
        let soft = (px / self.scale).max(0.04);
        let edge = |d: f32| smoothstep(soft, -soft, d);
        if self.barred {
            let bar = edge((x.abs() - 6.3).max((y + 0.9).abs() - 1.5));
            if bar > 0.0 {
                return ([0.004; 3], bar);
            }
        }
        let ex = x.abs() - self.eye_spacing;
        let ey = y + 0.8;
        let mut colour = [0.0; 3];
        let mut alpha = 0.0;
        let mut paint = |paint_colour: Vec3, opacity: f32| {
            if opacity > 0.0 {
                colour = if alpha > 0.0 {
                    mix3(colour, paint_colour, opacity)
                } else {
                    paint_colour
                };
                alpha = alpha + (1.0 - alpha) * opacity;
            }
        };
        let lid = 0.50 * (1.0 - (ex / 1.45).powi(2)).max(0.0);
        if self.closed {
            paint(
                self.brow,
                0.9 * edge((ey - 0.25 * lid).abs() - 0.09) * edge(ex.abs() - 1.4),
            );
        } else {
            let eye = edge(ey.abs() - lid) * edge(ex.abs() - 1.45);
            paint([0.50, 0.46, 0.44], eye);
            let iris = ex.hypot(ey);
            paint(self.iris, eye * edge(iris - 0.56));
            paint([0.005; 3], eye * edge(iris - 0.26));
            paint([0.9; 3], eye * edge((ex + 0.2).hypot(ey + 0.2) - 0.10));
            paint(
                self.brow,
                0.85 * edge((ey + lid).abs() - 0.10) * edge(ex.abs() - 1.5),
            );
        }
        let brow = (y + 2.6 - 0.11 * ex * ex + 0.02 * ex).abs();
        paint(
            self.brow,
            0.75 * edge(brow - 0.22 * (1.0 - 0.22 * ex)) * edge(ex.abs() - 1.9),
        );
        let nostril = ((x.abs() - 0.75) / 0.42).hypot((y - 3.75) / 0.22) - 1.0;
        paint([0.02, 0.008, 0.006], 0.8 * edge(nostril * 0.25));
        let bend = self.smile * x * x;
        let width = (1.0 - (x / 2.7).powi(2)).max(0.0);
        let dip = 0.16 * (-(x * x) / 0.25).exp();
        let upper = y - (6.6 - bend) + 0.62 * width.sqrt() - dip;
        let lower = y - (6.6 - bend) - 0.85 * width.sqrt();
        if width > 0.0 {
            paint(self.lips, 0.75 * edge((-upper).max(lower)));
            paint(
                [0.05, 0.015, 0.012],
                0.8 * edge((y - 6.6 + bend).abs() - 0.07),
            );
        }
        (colour, alpha)
    }
}
