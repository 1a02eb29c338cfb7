//! Many small round or oval spots at once: lentigines, freckles, confetti, papules.

use super::body::SkinPoint;
use super::geometry::{Vec2, rotate, smoothstep, sub};
use super::lesion::{LEAST_COVERAGE, Lesion};
use super::skin_tone::{Effect, SkinState};

/// One spot.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Middle, in skin coordinates.
    pub centre: Vec2,
    /// Half-length in centimetres.
    pub radius: f32,
    /// Width / length, 0.4 to 1.
    pub roundness: f32,
    /// Direction of its length.
    pub angle: f32,
    /// Share of the effect, about 0.4 to 1.2.
    pub strength: f32,
}

/// A set of spots with one effect.
#[derive(Clone, Debug)]
pub struct Spots {
    effect: Effect,
    softness: f32,
    height: f32,
    cell: f32,
    origin: Vec2,
    columns: usize,
    rows: usize,
    cells: Vec<Vec<Spot>>,
}

impl Spots {
    /// Collects spots; their borders fade over `softness` (a share of the radius), domes rise by `height` radii.
    pub fn new(spots: &[Spot], effect: Effect, softness: f32, height: f32) -> Self {
        let largest = spots.iter().map(|s| s.radius).fold(0.05, f32::max);
        // A spot is looked for in its own cell and the eight around it, so a cell must hold a whole radius.
        let cell = (largest * 1.6).max(0.4);
        let low = |axis: usize| {
            spots
                .iter()
                .map(|s| s.centre[axis])
                .fold(f32::MAX, f32::min)
        };
        let high = |axis: usize| {
            spots
                .iter()
                .map(|s| s.centre[axis])
                .fold(f32::MIN, f32::max)
        };
        let (origin, far) = if spots.is_empty() {
            ([0.0; 2], [0.0; 2])
        } else {
            ([low(0), low(1)], [high(0), high(1)])
        };
        let columns = ((far[0] - origin[0]) / cell) as usize + 1;
        let rows = ((far[1] - origin[1]) / cell) as usize + 1;
        let mut cells = vec![Vec::new(); columns * rows];
        for spot in spots {
            let x = ((spot.centre[0] - origin[0]) / cell) as usize;
            let y = ((spot.centre[1] - origin[1]) / cell) as usize;
            cells[y.min(rows - 1) * columns + x.min(columns - 1)].push(*spot);
        }
        Self {
            effect,
            softness,
            height,
            cell,
            origin,
            columns,
            rows,
            cells,
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.cells.iter().map(Vec::len).sum()
    }

    /// The strongest coverage at a point, that spot's strength, and how far inside it the point is (0 rim, 1 middle).
    fn strongest(&self, p: Vec2, px: f32) -> (f32, f32, f32) {
        let mut best = (0.0f32, 0.0, 0.0);
        let x = ((p[0] - self.origin[0]) / self.cell).floor() as i64;
        let y = ((p[1] - self.origin[1]) / self.cell).floor() as i64;
        for cy in y - 1..=y + 1 {
            for cx in x - 1..=x + 1 {
                if cx < 0 || cy < 0 || cx >= self.columns as i64 || cy >= self.rows as i64 {
                    continue;
                }
                for spot in &self.cells[cy as usize * self.columns + cx as usize] {
                    let q = rotate(sub(p, spot.centre), -spot.angle);
                    let r = q[0].hypot(q[1] / spot.roundness);
                    if r > spot.radius * 1.6 + px {
                        continue;
                    }
                    // Slightly lobed rather than a perfect ellipse.
                    let lobes = (3.0 * q[1].atan2(q[0]) + 9.0 * spot.angle).sin();
                    let r = r * (1.0 + 0.07 * lobes);
                    let soft = (self.softness * spot.radius).max(0.6 * px);
                    let coverage = smoothstep(spot.radius + 0.5 * soft, spot.radius - soft, r);
                    if coverage * spot.strength > best.0 * best.1 {
                        best = (
                            coverage,
                            spot.strength,
                            (1.0 - r / spot.radius).clamp(0.0, 1.0) * spot.radius,
                        );
                    }
                }
            }
        }
        best
    }
}

impl Lesion for Spots {
    fn paint(&self, at: &SkinPoint, px: f32, skin: &mut SkinState) -> f32 {
        let (coverage, strength, depth) = self.strongest(at.skin, px);
        if coverage < LEAST_COVERAGE {
            return 0.0;
        }
        self.effect.apply(coverage * strength, skin);
        skin.height += self.height * depth.sqrt() * coverage;
        coverage
    }

    fn has_relief(&self) -> bool {
        self.height > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spot_is_found() {
        let spots: Vec<Spot> = (0..40)
            .map(|i| Spot {
                centre: [(i % 7) as f32 * 1.3 - 4.0, (i / 7) as f32 * 0.9],
                radius: 0.1 + 0.01 * i as f32,
                roundness: 0.8,
                angle: i as f32,
                strength: 1.0,
            })
            .collect();
        let set = Spots::new(
            &spots,
            Effect {
                melanin: 1.0,
                ..Effect::default()
            },
            0.2,
            0.0,
        );
        assert_eq!(set.len(), 40);
        for spot in &spots {
            assert!(set.strongest(spot.centre, 0.05).0 > 0.99);
        }
        assert_eq!(set.strongest([-9.0, 3.0], 0.05).0, 0.0);
    }
}
