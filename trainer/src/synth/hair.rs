//! Body hair: fine curved strands, each fixed to a spot of skin.
//!
//! Strands are placed by hashing a grid over the body, so that a wide and a close view show the same hair.

use rand_chacha::ChaCha8Rng;

use super::camera::View;
use super::geometry::{Vec2, Vec3, mix3};
use super::sampling::{cell_hash, chance, hash_unit, log_uniform, uniform};
use rand::Rng;

/// The hair of one body part.
#[derive(Clone, Debug)]
pub struct BodyHair {
    seed: u64,
    spacing: f32,
    length: f32,
    thickness: f32,
    direction: f32,
    /// Reflectance of a strand.
    pub colour: Vec3,
}

impl BodyHair {
    /// Draws hair; `None` where the skin looks bare. `melanin` as in [`super::skin_tone::SkinTone`].
    pub fn sample(melanin: f32, hairiness: f32, rng: &mut ChaCha8Rng) -> Option<Self> {
        if !chance(rng, hairiness) {
            return None;
        }
        let fair = if melanin < 0.35 {
            uniform(rng, 0.0, 0.8)
        } else {
            uniform(rng, 0.0, 0.15)
        };
        Some(Self {
            seed: rng.random(),
            spacing: log_uniform(rng, 0.28, 1.1),
            length: uniform(rng, 0.5, 1.6),
            thickness: log_uniform(rng, 0.004, 0.011),
            direction: uniform(rng, 0.6, 2.5),
            colour: mix3([0.015, 0.011, 0.010], [0.40, 0.27, 0.13], fair),
        })
    }

    /// Opacity of hair (0 to 1) in each pixel of a view; `None` where it is too fine to be seen.
    ///
    /// `grows` tells whether the skin at a scene point bears hair.
    pub fn draw(&self, view: &View, grows: &dyn Fn(Vec2) -> bool) -> Option<Vec<f32>> {
        let strength = (self.thickness / view.px).min(1.0);
        if strength < 0.05 {
            return None;
        }
        let mut opacity = vec![0.0f32; view.width as usize * view.height as usize];
        let reach = view.px * (view.width as f32).hypot(view.height as f32) / 2.0 + self.length;
        let cell = |v: f32| (v / self.spacing).floor() as i64;
        for cy in cell(view.centre[1] - reach)..=cell(view.centre[1] + reach) {
            for cx in cell(view.centre[0] - reach)..=cell(view.centre[0] + reach) {
                let hash = cell_hash(self.seed, cx, cy);
                let root = [
                    (cx as f32 + hash_unit(hash, 0)) * self.spacing,
                    (cy as f32 + hash_unit(hash, 1)) * self.spacing,
                ];
                let seen = view.to_picture(root);
                let margin = self.length / view.px;
                let inside = seen[0] > -margin
                    && seen[1] > -margin
                    && seen[0] < view.width as f32 + margin
                    && seen[1] < view.height as f32 + margin;
                if inside && grows(root) {
                    self.strand(root, hash, strength, view, &mut opacity);
                }
            }
        }
        Some(opacity)
    }

    fn strand(&self, root: Vec2, hash: u64, strength: f32, view: &View, opacity: &mut [f32]) {
        let angle = self.direction + 0.9 * (hash_unit(hash, 2) - 0.5);
        let bend = 1.6 * (hash_unit(hash, 3) - 0.5);
        let length = self.length * (0.5 + hash_unit(hash, 4));
        let steps = (length / view.px * 1.5).ceil().clamp(2.0, 400.0) as usize;
        let mut p = root;
        for i in 0..steps {
            let t = i as f32 / steps as f32;
            let heading = angle + bend * t;
            p[0] += heading.cos() * length / steps as f32;
            p[1] += heading.sin() * length / steps as f32;
            let q = view.to_picture(p);
            let taper = strength * (1.0 - 0.8 * t);
            splat(q, taper, view, opacity);
        }
    }
}

/// Adds one dot, spread over the four nearest pixels.
fn splat(q: Vec2, strength: f32, view: &View, opacity: &mut [f32]) {
    let (x, y) = (q[0] - 0.5, q[1] - 0.5);
    let (x0, y0) = (x.floor(), y.floor());
    for (dx, wx) in [(0.0, 1.0 - (x - x0)), (1.0, x - x0)] {
        for (dy, wy) in [(0.0, 1.0 - (y - y0)), (1.0, y - y0)] {
            let (px, py) = (x0 + dx, y0 + dy);
            if px >= 0.0 && py >= 0.0 && px < view.width as f32 && py < view.height as f32 {
                let at = py as usize * view.width as usize + px as usize;
                opacity[at] = opacity[at].max((strength * wx * wy * 1.6).min(1.0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn hair_grows_only_where_it_may() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let hair = BodyHair::sample(0.8, 1.0, &mut rng);
        let view = View::new([0.0, 0.0], 4.0, 0.0, 1.0, 64);
        let drawn = hair.as_ref().and_then(|h| h.draw(&view, &|_| true));
        assert!(drawn.is_some_and(|o| o.iter().any(|v| *v > 0.05)));
        let bare = hair.and_then(|h| h.draw(&view, &|_| false));
        assert!(bare.is_some_and(|o| o.iter().all(|v| *v == 0.0)));
    }
}
