//! Surfaces that repeat: tiles, cloth, bricks, wood.

use std::f32::consts::PI;

use rand_chacha::ChaCha8Rng;

use super::super::geometry::{mix3, rotate, smoothstep};
use super::super::sampling::{cell_hash, chance, hash_unit, uniform};
use super::super::texture::NoiseField;
use super::canvas::{Canvas, any_colour, between, lit};

/// Squares or stripes of two colours, turned and seen at an angle.
pub fn checkerboard(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let (one, other) = (any_colour(rng), any_colour(rng));
    let count = uniform(rng, 4.0, 16.0);
    let angle = uniform(rng, -0.8, 0.8);
    let depth = uniform(rng, 0.0, 0.7);
    let stripes = chance(rng, 0.3);
    canvas.fill(|p| {
        let q = rotate([p[0] - 0.5, p[1] - 0.5], angle);
        let away = 1.0 + depth * (q[1] + 0.5);
        let cell = [(q[0] * count / away).floor(), (q[1] * count / away).floor()];
        let sum = if stripes { cell[0] } else { cell[0] + cell[1] };
        let colour = if sum.rem_euclid(2.0) < 1.0 {
            one
        } else {
            other
        };
        lit(colour, 1.1 - 0.3 * p[1])
    });
}

/// Threads over and under each other, in bands of two colours, with folds.
pub fn fabric(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let base = any_colour(rng);
    let bands = [any_colour(rng), any_colour(rng)];
    let threads = uniform(rng, 60.0, 140.0);
    let band = uniform(rng, 3.0, 9.0);
    let angle = uniform(rng, -0.5, 0.5);
    let folds = NoiseField::sample(rng);
    let plain = chance(rng, 0.3);
    canvas.fill(|p| {
        let bend = folds.warp([p[0] * 1.5, p[1] * 1.5], 2, 0.5);
        let q = rotate([p[0] + 0.03 * bend[0], p[1] + 0.03 * bend[1]], angle);
        let stripe = |x: f32| smoothstep(0.15, 0.25, ((x * band).rem_euclid(1.0) - 0.5).abs());
        let mut colour = base;
        if !plain {
            colour = mix3(bands[0], colour, 0.4 + 0.6 * stripe(q[0]));
            colour = mix3(bands[1], colour, 0.4 + 0.6 * stripe(q[1]));
        }
        let weave = (q[0] * threads * PI).sin() * (q[1] * threads * PI).sin();
        lit(colour, 0.85 + 0.14 * weave + 0.25 * bend[0])
    });
}

/// Courses of bricks with mortar; reddish to sandy.
pub fn bricks(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let clay = between(rng, [0.60, 0.27, 0.20], [0.78, 0.60, 0.45]);
    let mortar = between(rng, [0.75, 0.72, 0.68], [0.45, 0.43, 0.40]);
    let courses = uniform(rng, 7.0, 18.0);
    let seed = cell_hash(whole_seed(rng), 3, 7);
    let field = NoiseField::sample(rng);
    let tilt = uniform(rng, -0.06, 0.06);
    canvas.fill(|p| {
        let q = rotate(p, tilt);
        let y = q[1] * courses;
        let course = y.floor();
        let x = q[0] * courses * 0.42 + 0.5 * course.rem_euclid(2.0);
        let inside = [
            (x.rem_euclid(1.0) - 0.5).abs(),
            (y.rem_euclid(1.0) - 0.5).abs(),
        ];
        let brick = smoothstep(0.48, 0.46, inside[0]) * smoothstep(0.45, 0.40, inside[1]);
        let hash = cell_hash(seed, x.floor() as i64, course as i64);
        let grain = field.fbm([q[0] * 40.0, q[1] * 40.0], 4, 0.6);
        let own = lit(clay, 0.75 + 0.4 * hash_unit(hash, 1) + 0.2 * grain);
        mix3(lit(mortar, 1.0 + 0.15 * grain), own, brick)
    });
}

/// Boards with rings and grain.
pub fn wood(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let light = between(rng, [0.80, 0.62, 0.42], [0.55, 0.36, 0.22]);
    let dark = lit(light, uniform(rng, 0.45, 0.75));
    let rings = uniform(rng, 8.0, 30.0);
    let boards = uniform(rng, 2.0, 6.0);
    let seed = whole_seed(rng);
    let field = NoiseField::sample(rng);
    let upright = chance(rng, 0.5);
    canvas.fill(|p| {
        let [x, y] = if upright { p } else { [p[1], p[0]] };
        let board = (x * boards).floor();
        let hash = cell_hash(seed, board as i64, 0);
        let along = [x * 6.0 + 13.0 * board, y * 0.8 + 7.0 * hash_unit(hash, 1)];
        let ring = ((x + 0.35 * field.fbm(along, 3, 0.5)) * rings).rem_euclid(1.0);
        let grain = field.fbm([x * 160.0, y * 6.0], 2, 0.5);
        let colour = mix3(light, dark, smoothstep(0.2, 0.9, ring) * 0.8);
        let off = ((x * boards).rem_euclid(1.0) - 0.5).abs();
        let gap = smoothstep(0.0, 0.02, 0.5 - off);
        lit(
            colour,
            (0.85 + 0.3 * hash_unit(hash, 2) + 0.12 * grain) * (0.35 + 0.65 * gap),
        )
    });
}

fn whole_seed(rng: &mut ChaCha8Rng) -> u64 {
    rand::Rng::random(rng)
}
