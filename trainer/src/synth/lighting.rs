//! Light on a curved body: key light and surroundings, soft cast shadow, the sheen of skin.

use rand_chacha::ChaCha8Rng;

use super::geometry::{Vec2, Vec3, dot3, mix, mix3, normalise, smoothstep};
use super::sampling::{chance, log_uniform, uniform};

/// How far light creeps around the terminator in red, green and blue: skin scatters red light furthest.
const WRAP: Vec3 = [0.42, 0.26, 0.20];

/// The light of one photograph.
#[derive(Clone, Debug)]
pub struct Lighting {
    direction: Vec3,
    half_way: Vec3,
    key: f32,
    ambient: f32,
    colour: Vec3,
    sheen: f32,
    sharpness: f32,
    shadow: Option<Shadow>,
}

#[derive(Clone, Copy, Debug)]
struct Shadow {
    normal: Vec2,
    offset: f32,
    softness: f32,
    depth: f32,
}

impl Lighting {
    /// Draws a light: daylight, a lamp or a frontal flash.
    pub fn sample(rng: &mut ChaCha8Rng) -> Self {
        let flash = chance(rng, 0.35);
        let spread = if flash { 0.18 } else { 0.75 };
        let direction = normalise([
            uniform(rng, -spread, spread),
            uniform(rng, -spread, spread * 0.4) - 0.1,
            uniform(rng, 0.75, 1.1),
        ]);
        let ambient = if flash {
            uniform(rng, 0.15, 0.35)
        } else {
            uniform(rng, 0.25, 0.6)
        };
        let warmth = uniform(rng, -0.10, 0.14);
        let shadow = chance(rng, 0.3).then(|| {
            let angle = uniform(rng, 0.0, std::f32::consts::TAU);
            Shadow {
                normal: [angle.cos(), angle.sin()],
                offset: uniform(rng, 0.25, 1.0),
                softness: uniform(rng, 0.1, 0.6),
                depth: uniform(rng, 0.2, 0.55),
            }
        });
        Self {
            direction,
            half_way: normalise([direction[0], direction[1], direction[2] + 1.0]),
            key: 1.0 - 0.75 * ambient,
            ambient,
            colour: [1.0 + warmth, 1.0 + 0.02 * warmth, 1.0 - warmth],
            sheen: if flash {
                uniform(rng, 0.02, 0.09)
            } else {
                uniform(rng, 0.0, 0.035)
            },
            sharpness: log_uniform(rng, 14.0, 60.0),
            shadow,
        }
    }

    /// Share of the key light that reaches picture position `uv` (-1 to 1), before anything shades itself.
    pub fn reaching(&self, uv: Vec2) -> f32 {
        match &self.shadow {
            None => 1.0,
            Some(s) => {
                let d = uv[0] * s.normal[0] + uv[1] * s.normal[1] - s.offset;
                1.0 - s.depth * smoothstep(-s.softness, s.softness, d)
            }
        }
    }

    /// Light (linear RGB) sent to the camera by a surface.
    ///
    /// `reaching` from [`Lighting::reaching`]; `open` is the share of surrounding light (0 to 1); `gloss` scales the sheen.
    pub fn shade(
        &self,
        reflectance: Vec3,
        normal: Vec3,
        reaching: f32,
        open: f32,
        gloss: f32,
    ) -> Vec3 {
        let facing = dot3(normal, self.direction);
        let sky = self.ambient * open * (0.88 - 0.12 * normal[1]);
        let sheen = self.sheen
            * gloss
            * reaching
            * dot3(normal, self.half_way).max(0.0).powf(self.sharpness);
        let mut out = [0.0; 3];
        for i in 0..3 {
            let lit = ((facing + WRAP[i]) / (1.0 + WRAP[i])).max(0.0);
            let key = self.key * reaching * mix(1.0, open, 0.5) * lit;
            out[i] = (reflectance[i] * (key + sky) + sheen) * self.colour[i];
        }
        out
    }

    /// Light sent by something that stands behind the body and needs no shape of its own.
    pub fn flat(&self, reflectance: Vec3, reaching: f32) -> Vec3 {
        let level = self.key * reaching * 0.9 + self.ambient;
        let lit = [
            reflectance[0] * self.colour[0],
            reflectance[1] * self.colour[1],
            reflectance[2] * self.colour[2],
        ];
        mix3([0.0; 3], lit, level)
    }

    /// Where the body's shadow falls behind it, in centimetres per centimetre of depth.
    pub fn cast(&self) -> Vec2 {
        [
            -self.direction[0] / self.direction[2],
            -self.direction[1] / self.direction[2],
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_surface_turned_away_is_darker_and_redder() {
        for seed in 0..20 {
            let light = Lighting {
                sheen: 0.0,
                ..Lighting::sample(&mut ChaCha8Rng::seed_from_u64(seed))
            };
            let towards = light.shade([0.5; 3], light.direction, 1.0, 1.0, 1.0);
            let d = light.direction;
            let aside = normalise([-d[2], 0.0, d[0]]);
            let away = light.shade([0.5; 3], aside, 1.0, 1.0, 1.0);
            assert!(away[1] < towards[1]);
            assert!(away[0] / away[2] >= towards[0] / towards[2]);
        }
    }
}
