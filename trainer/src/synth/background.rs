//! What is behind the body: a plain wall, a cloth drape, or a cluttered room out of focus.

use rand_chacha::ChaCha8Rng;

use super::geometry::{Vec2, Vec3, mix3, smoothstep};
use super::sampling::{chance, uniform, weighted, whole};
use super::texture::NoiseField;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Drape,
    Clutter,
}

#[derive(Clone, Copy, Debug)]
struct Furniture {
    centre: Vec2,
    half: Vec2,
    colour: Vec3,
    blur: f32,
}

/// A background in picture coordinates, -1 to 1 over the shorter side.
#[derive(Clone, Debug)]
pub struct Background {
    kind: Kind,
    colours: [Vec3; 2],
    gradient: Vec2,
    furniture: Vec<Furniture>,
    field: NoiseField,
}

impl Background {
    /// Draws a background.
    pub fn sample(rng: &mut ChaCha8Rng) -> Self {
        let kind = weighted(
            rng,
            &[
                (0.50, Kind::Plain),
                (0.30, Kind::Drape),
                (0.20, Kind::Clutter),
            ],
            Kind::Plain,
        );
        let base = match kind {
            Kind::Drape => weighted(
                rng,
                &[
                    (1.0, [0.05, 0.16, 0.34]),
                    (1.0, [0.05, 0.24, 0.20]),
                    (0.6, [0.55, 0.55, 0.53]),
                    (0.5, [0.02, 0.02, 0.025]),
                    (0.3, [0.25, 0.05, 0.06]),
                ],
                [0.05, 0.16, 0.34],
            ),
            _ => muted(rng),
        };
        let vary = uniform(rng, 0.55, 0.95);
        let furniture = if kind == Kind::Clutter {
            (0..whole(rng, 4, 11))
                .map(|_| Furniture {
                    centre: [uniform(rng, -1.3, 1.3), uniform(rng, -1.3, 1.3)],
                    half: [uniform(rng, 0.06, 0.55), uniform(rng, 0.06, 0.7)],
                    colour: muted(rng),
                    blur: uniform(rng, 0.03, 0.12),
                })
                .collect()
        } else {
            Vec::new()
        };
        let angle = uniform(rng, 0.0, std::f32::consts::TAU);
        let strength = if chance(rng, 0.7) {
            uniform(rng, 0.0, 0.5)
        } else {
            0.0
        };
        Self {
            kind,
            colours: [base, base.map(|c| c * vary)],
            gradient: [angle.cos() * strength, angle.sin() * strength],
            furniture,
            field: NoiseField::sample(rng),
        }
    }

    /// Reflected light (linear RGB) at `uv`.
    pub fn at(&self, uv: Vec2) -> Vec3 {
        let mut colour = self.colours[0];
        let mut light = 1.0 + self.gradient[0] * uv[0] + self.gradient[1] * uv[1];
        match self.kind {
            Kind::Plain => light *= 1.0 + 0.05 * self.field.fbm([uv[0] * 1.5, uv[1] * 1.5], 2, 0.5),
            Kind::Drape => {
                let bend = self.field.at([uv[0] * 0.8, uv[1] * 0.8]);
                let fold = self
                    .field
                    .fbm([uv[0] * 3.2 + bend * 1.5, uv[1] * 0.9 - bend], 3, 0.5);
                light *= 1.0 + 0.45 * fold;
            }
            Kind::Clutter => {
                for item in &self.furniture {
                    let edge = (item.half[0] - (uv[0] - item.centre[0]).abs())
                        .min(item.half[1] - (uv[1] - item.centre[1]).abs());
                    colour = mix3(colour, item.colour, smoothstep(-item.blur, item.blur, edge));
                }
            }
        }
        let dark = smoothstep(-1.0, 1.0, uv[1] + 0.4 * self.gradient[0]);
        mix3(colour, mix3(colour, self.colours[1], 0.5), dark)
            .map(|c| (c * light.max(0.1)).clamp(0.0, 1.0))
    }
}

fn muted(rng: &mut ChaCha8Rng) -> Vec3 {
    let level = uniform(rng, 0.04, 0.8);
    [
        level * uniform(rng, 0.75, 1.0),
        level * uniform(rng, 0.75, 1.0),
        level * uniform(rng, 0.65, 1.0),
    ]
}
