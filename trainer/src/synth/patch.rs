//! A patch: one lesion with an outline and a border.

use rand_chacha::ChaCha8Rng;

use super::body::SkinPoint;
use super::geometry::{Vec2, rotate, smoothstep, sub};
use super::lesion::{LEAST_COVERAGE, Lesion};
use super::skin_tone::{Effect, SkinState};
use super::texture::NoiseField;

/// The overall shape, in coordinates where the lesion reaches from -1 to 1 both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outline {
    /// An ellipse.
    Oval,
    /// A lance-ovate leaf: one end round, the other tapered, like the leaflet of a mountain ash.
    AshLeaf,
    /// An ellipse flattened towards a rectangle with rounded corners.
    Rounded,
}

impl Outline {
    /// Negative inside, zero on the border, in units of the half-width.
    fn distance(self, q: Vec2) -> f32 {
        match self {
            Self::Oval => q[0].hypot(q[1]) - 1.0,
            Self::Rounded => (q[0].abs().powf(2.7) + q[1].abs().powf(2.7)).powf(1.0 / 2.7) - 1.0,
            Self::AshLeaf => {
                let x = q[0].clamp(-1.0, 1.0);
                // Round at -1, pointed at 1, widest near -0.35.
                let width = 1.18 * (1.0 + x).max(0.0).sqrt() * (1.0 - x).max(0.0).powf(0.95) * 0.78;
                (q[1].abs() - width).max((q[0].abs() - 1.0) * 2.0)
            }
        }
    }
}

/// A lesion with a border that wanders by noise.
#[derive(Clone, Debug)]
pub struct Patch {
    /// Middle, in skin coordinates.
    pub centre: Vec2,
    /// Half-length and half-width in centimetres.
    pub radii: Vec2,
    /// Direction of its length in radians.
    pub angle: f32,
    /// Overall shape.
    pub outline: Outline,
    /// How far the border wanders, as a share of the half-width.
    pub roughness: f32,
    /// Wiggles of the border per half-width.
    pub frequency: f32,
    /// Octaves of the border's noise: 1 is wavy, 5 is jagged.
    pub octaves: u32,
    /// Width over which the border fades, in centimetres.
    pub softness: f32,
    /// Unevenness of the pigment, 0 to 1.
    pub mottling: f32,
    /// Confined to this side of the midline: 1 or -1; 0 for none.
    pub side: f32,
    /// Height in the middle, in centimetres.
    pub height: f32,
    /// What it does to the skin.
    pub effect: Effect,
    /// The noise.
    pub field: NoiseField,
}

impl Patch {
    /// A smooth, sharply bordered oval.
    pub fn oval(
        centre: &SkinPoint,
        radii: Vec2,
        angle: f32,
        effect: Effect,
        rng: &mut ChaCha8Rng,
    ) -> Self {
        Self {
            centre: centre.skin,
            radii,
            angle,
            outline: Outline::Oval,
            roughness: 0.06,
            frequency: 0.9,
            octaves: 2,
            softness: 0.08,
            mottling: 0.06,
            side: 0.0,
            height: 0.0,
            effect,
            field: NoiseField::sample(rng),
        }
    }

    /// Signed distance in centimetres to the border, negative inside; approximate.
    pub fn distance(&self, at: &SkinPoint) -> f32 {
        let q = rotate(sub(at.skin, self.centre), -self.angle);
        let half_width = self.radii[0].min(self.radii[1]);
        let reach = self.radii[0].max(self.radii[1]) * (1.3 + 1.2 * self.roughness) + self.softness;
        if q[0].abs().max(q[1].abs()) > reach {
            return reach;
        }
        let scale = self.frequency / half_width;
        let wander = self
            .field
            .fbm([at.skin[0] * scale, at.skin[1] * scale], self.octaves, 0.62);
        let base = self
            .outline
            .distance([q[0] / self.radii[0], q[1] / self.radii[1]])
            * half_width;
        let mut d = base + 1.6 * self.roughness * half_width * wander;
        if self.side != 0.0 && !at.limb {
            let jag = 0.25 * half_width.min(1.5) * self.roughness * wander;
            d = d.max(-self.side * at.across + jag);
        }
        d
    }

    /// Coverage, 0 to 1.
    pub fn coverage(&self, at: &SkinPoint, px: f32) -> f32 {
        let soft = self.softness.max(0.5 * px);
        let c = smoothstep(soft, -soft, self.distance(at));
        if c < LEAST_COVERAGE { 0.0 } else { c }
    }
}

impl Lesion for Patch {
    fn paint(&self, at: &SkinPoint, px: f32, skin: &mut SkinState) -> f32 {
        let coverage = self.coverage(at, px);
        if coverage > 0.0 {
            let uneven = if self.mottling > 0.0 {
                1.0 + self.mottling
                    * 1.5
                    * self
                        .field
                        .fbm([at.skin[0] * 1.3 + 40.0, at.skin[1] * 1.3], 3, 0.6)
            } else {
                1.0
            };
            self.effect.apply((coverage * uneven).clamp(0.0, 1.3), skin);
            if self.height > 0.0 {
                let rim = (-self.distance(at) / self.radii[0].min(self.radii[1])).clamp(0.0, 1.0);
                skin.height += self.height * (1.0 - (1.0 - rim).powi(2)).max(0.0).sqrt();
            }
        }
        coverage
    }

    fn has_relief(&self) -> bool {
        self.height > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn point(skin: Vec2) -> SkinPoint {
        SkinPoint {
            skin,
            picture: skin,
            tube: 0,
            along: skin[1],
            across: skin[0],
            radius: 15.0,
            limb: false,
            inside: 5.0,
            normal: [0.0, 0.0, 1.0],
        }
    }

    #[test]
    fn untouched_outside_changed_inside_and_clipped_at_the_midline() {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let effect = Effect {
            melanin: 0.5,
            ..Effect::default()
        };
        let mut patch = Patch::oval(&point([1.0, 0.0]), [3.0, 2.0], 0.0, effect, &mut rng);
        let paint = |patch: &Patch, p: Vec2| {
            let mut skin = SkinState {
                melanin: 0.4,
                ..SkinState::default()
            };
            let coverage = patch.paint(&point(p), 0.1, &mut skin);
            (coverage, skin.melanin)
        };
        assert_eq!(paint(&patch, [6.0, 0.0]), (0.0, 0.4));
        assert!(paint(&patch, [1.0, 0.0]).1 > 0.8);
        assert!(paint(&patch, [-1.0, 0.0]).0 > 0.9);
        patch.side = 1.0;
        assert_eq!(paint(&patch, [-1.0, 0.0]).0, 0.0);
        assert!(paint(&patch, [1.0, 0.0]).0 > 0.9);
    }
}
