//! What every finding is made of: lesions that paint skin, and the places to look at.

use rand_chacha::ChaCha8Rng;

use super::body::SkinPoint;
use super::camera::View;
use super::geometry::{Vec2, distance};
use super::sampling::uniform;
use super::site::Setting;
use super::skin_tone::{SkinState, SkinTone};

/// Coverage below this is treated as none, so that a mask ends where the eye sees the lesion end.
pub const LEAST_COVERAGE: f32 = 0.06;

/// Something that changes skin.
pub trait Lesion: Send + Sync {
    /// Changes `skin` at a point and returns how much of the lesion is there, 0 to 1.
    ///
    /// Where it returns 0 it has left `skin` untouched; masks rely on that. `px` is centimetres per pixel, for
    /// antialiased borders.
    fn paint(&self, at: &SkinPoint, px: f32, skin: &mut SkinState) -> f32;

    /// Whether it changes [`SkinState::height`].
    fn has_relief(&self) -> bool {
        false
    }
}

/// A place worth a focused picture.
#[derive(Clone, Copy, Debug)]
pub struct Focus {
    /// Its middle in the picture plane.
    pub centre: Vec2,
    /// Half the width that shows it.
    pub radius: f32,
}

/// All lesions of one photograph.
#[derive(Default)]
pub struct Finding {
    /// Painted in this order.
    pub lesions: Vec<Box<dyn Lesion>>,
    /// Best first; may be empty.
    pub focus: Vec<Focus>,
}

impl Finding {
    /// Adds a lesion.
    pub fn push(&mut self, lesion: impl Lesion + 'static) {
        self.lesions.push(Box::new(lesion));
    }

    /// Paints all lesions and returns the largest coverage.
    pub fn paint(&self, at: &SkinPoint, px: f32, skin: &mut SkinState) -> f32 {
        self.lesions
            .iter()
            .fold(0.0, |most, lesion| most.max(lesion.paint(at, px, skin)))
    }

    /// Whether any lesion has relief.
    pub fn has_relief(&self) -> bool {
        self.lesions.iter().any(|lesion| lesion.has_relief())
    }
}

/// Where lesions can be put: visible, uncovered skin of a panoramic picture.
pub struct Placement<'a> {
    /// Body and clothes.
    pub setting: &'a Setting,
    /// The panoramic view.
    pub view: &'a View,
    /// The person's skin.
    pub tone: SkinTone,
    /// Multiplier of lesion sizes. About the body's scale, but larger in wide views, so that what identifies a
    /// finding stays visible in a picture of 100 pixels.
    pub unit: f32,
}

impl Placement<'_> {
    /// The skin at a picture point, if it is bare and at least `margin` centimetres inside every edge.
    pub fn bare(&self, p: Vec2, margin: f32) -> Option<SkinPoint> {
        let (points, inside) = self.setting.body.locate(p);
        if inside < margin
            || self
                .setting
                .garments
                .iter()
                .any(|g| g.locate(p).1 > -margin)
        {
            return None;
        }
        if self
            .setting
            .face
            .as_ref()
            .is_some_and(|face| face.over(p, 0.02).1 > 0.5)
        {
            return None;
        }
        Some(self.setting.body.skin(p, &points, inside))
    }

    /// A random bare point in the view, or `None` if hardly any skin shows.
    pub fn anywhere(&self, margin: f32, rng: &mut ChaCha8Rng) -> Option<SkinPoint> {
        for attempt in 0..400 {
            // Give up the margin by and by rather than find no place at all.
            let margin = margin * (1.0 - attempt as f32 / 400.0);
            let x = uniform(rng, 0.04, 0.96) * self.view.width as f32;
            let y = uniform(rng, 0.04, 0.96) * self.view.height as f32;
            if let Some(point) = self.bare(self.view.to_scene(x, y), margin) {
                return Some(point);
            }
        }
        None
    }

    /// A random bare point within `radius` of `centre` (picture plane).
    pub fn near(
        &self,
        centre: Vec2,
        radius: f32,
        margin: f32,
        rng: &mut ChaCha8Rng,
    ) -> Option<SkinPoint> {
        for _ in 0..60 {
            let angle = uniform(rng, 0.0, std::f32::consts::TAU);
            let r = radius * uniform(rng, 0.0, 1.0).sqrt();
            let p = [centre[0] + r * angle.cos(), centre[1] + r * angle.sin()];
            let seen = self.view.to_picture(p);
            let in_view = seen[0] > 0.0
                && seen[1] > 0.0
                && seen[0] < self.view.width as f32
                && seen[1] < self.view.height as f32;
            if in_view && let Some(point) = self.bare(p, margin) {
                return Some(point);
            }
        }
        None
    }

    /// Up to `count` bare points, one for each radius, at least one and a half times the two radii from each other.
    pub fn apart(&self, radii: &[f32], margin: f32, rng: &mut ChaCha8Rng) -> Vec<(SkinPoint, f32)> {
        let mut placed: Vec<(SkinPoint, f32)> = Vec::new();
        for &radius in radii {
            for _ in 0..40 {
                let Some(point) = self.anywhere(margin.max(radius * 0.5), rng) else {
                    break;
                };
                if placed
                    .iter()
                    .all(|(other, r)| distance(other.skin, point.skin) > 1.5 * (r + radius))
                {
                    placed.push((point, radius));
                    break;
                }
            }
        }
        placed
    }
}
