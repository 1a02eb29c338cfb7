//! Cloth and scalp hair: what covers skin.

use rand_chacha::ChaCha8Rng;

use super::body::{Tube, TubePoint};
use super::geometry::{Vec2, Vec3, mix3, smoothstep};
use super::sampling::{chance, uniform};
use super::texture::NoiseField;

/// What a cover is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Material {
    /// Cloth with folds and perhaps stripes.
    Cloth,
    /// Hair of the head.
    Hair,
}

/// A sleeve of material around a stretch of one tube.
#[derive(Clone, Debug)]
pub struct Garment {
    /// What it is made of.
    pub material: Material,
    /// The tube it is worn on, widened by its thickness.
    shape: Tube,
    /// Where along that tube it begins and ends.
    stretch: [f32; 2],
    /// How much its edge wanders, in centimetres.
    waviness: f32,
    /// How much further it reaches at the sides than in the middle.
    temples: f32,
    colour: Vec3,
    stripe: Option<(Vec3, f32)>,
    field: NoiseField,
}

impl Garment {
    /// Cloth of a random colour, sometimes striped, from `stretch[0]` to `stretch[1]` along a tube.
    pub fn cloth(tube: &Tube, stretch: [f32; 2], rng: &mut ChaCha8Rng) -> Self {
        let colour = cloth_colour(rng);
        let stripe = chance(rng, 0.2).then(|| (cloth_colour(rng), uniform(rng, 1.0, 3.5)));
        Self {
            material: Material::Cloth,
            shape: tube.widened(uniform(rng, 0.2, 0.7)),
            stretch,
            waviness: uniform(rng, 0.2, 1.0),
            temples: 0.0,
            colour,
            stripe,
            field: NoiseField::sample(rng),
        }
    }

    /// Hair of the head down to `hairline` along the head's tube; dark skin (`melanin` as in
    /// [`super::skin_tone::SkinTone`]) comes with dark hair.
    pub fn hair(head: &Tube, hairline: f32, melanin: f32, rng: &mut ChaCha8Rng) -> Self {
        let fair = if melanin < 0.35 {
            uniform(rng, 0.0, 1.0)
        } else {
            uniform(rng, 0.0, 0.12)
        };
        let colour = mix3([0.012, 0.009, 0.008], [0.42, 0.26, 0.11], fair * fair);
        let thickness = uniform(rng, 0.2, 1.1);
        Self {
            material: Material::Hair,
            shape: head.widened(thickness),
            stretch: [-1.0, hairline + thickness],
            waviness: uniform(rng, 0.3, 1.1),
            temples: 0.3 * hairline + uniform(rng, 0.0, 4.0),
            colour,
            stripe: None,
            field: NoiseField::sample(rng),
        }
    }

    /// The same cloth on another tube.
    pub fn also_on(&self, tube: &Tube) -> Self {
        Self {
            shape: tube.widened(0.4),
            ..self.clone()
        }
    }

    /// Coordinates of a picture point on the cover, and the distance inside it (negative outside), in centimetres.
    pub fn locate(&self, p: Vec2) -> (TubePoint, f32) {
        let at = self.shape.locate(p);
        let wander = self.waviness * self.field.at([p[0] * 0.16, p[1] * 0.16 + 3.0]);
        let mut end = self.stretch[1];
        if self.temples > 0.0 {
            end += self.temples * smoothstep(0.80, 0.98, at.across.abs() / at.radius.max(0.1));
        }
        let inside = (at.along - self.stretch[0] + wander)
            .min(end - at.along + wander)
            .min(at.inside);
        (at, inside)
    }

    /// Reflectance (linear RGB) at a point, and the slope of its folds.
    pub fn surface(&self, p: Vec2, at: &TubePoint) -> (Vec3, Vec2) {
        match self.material {
            Material::Cloth => {
                let x = at.across / at.radius.max(1.0);
                let fold = |q: Vec2| self.field.fbm([q[0] * 0.22 + 7.0, q[1] * 0.09], 3, 0.55);
                let base = fold(p);
                let slope = [
                    2.2 * (fold([p[0] + 0.4, p[1]]) - base),
                    2.2 * (fold([p[0], p[1] + 0.4]) - base),
                ];
                let colour = match self.stripe {
                    Some((other, width)) if (at.along / width).rem_euclid(2.0) < 0.8 => other,
                    _ => self.colour,
                };
                let round = 0.6 * x * x.abs();
                (
                    colour,
                    [
                        slope[0] + round * at.perpendicular[0],
                        slope[1] + round * at.perpendicular[1],
                    ],
                )
            }
            Material::Hair => {
                let strand = self.field.fbm([p[0] * 4.0, p[1] * 0.35], 3, 0.7);
                let shine = 0.8 + 0.7 * strand;
                (
                    self.colour.map(|c| c * shine.max(0.2) + 0.004),
                    [0.8 * strand, 0.1],
                )
            }
        }
    }
}

fn cloth_colour(rng: &mut ChaCha8Rng) -> Vec3 {
    let level = uniform(rng, 0.03, 0.75);
    let grey = [level; 3];
    let hue = [
        uniform(rng, 0.2, 1.0),
        uniform(rng, 0.2, 1.0),
        uniform(rng, 0.2, 1.0),
    ];
    let tinted = hue.map(|c| c * level);
    let saturation = uniform(rng, 0.0, 1.0);
    mix3(grey, tinted, saturation)
}
