//! Outdoors: sky, hills, leaves, night.

use rand_chacha::ChaCha8Rng;

use super::super::geometry::{Vec3, mix3, smoothstep};
use super::super::sampling::{chance, log_uniform, uniform, whole};
use super::super::texture::NoiseField;
use super::canvas::{Canvas, any_colour, between, lit};

/// A gradient with clouds; blue, grey or a sunset.
pub fn sky(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let (top, low) = match whole(rng, 0, 2) {
        0 => ([0.16, 0.38, 0.75], [0.70, 0.84, 0.96]),
        1 => ([0.50, 0.54, 0.60], [0.80, 0.82, 0.84]),
        _ => ([0.25, 0.24, 0.50], [0.98, 0.62, 0.36]),
    };
    let bottom = canvas.extent()[1];
    let field = NoiseField::sample(rng);
    let cover = uniform(rng, -0.1, 0.35);
    let scale = uniform(rng, 1.5, 4.0);
    canvas.fill(|p| {
        let ground = mix3(top, low, (p[1] / bottom).powf(0.8));
        let cloud = field.fbm([p[0] * scale, p[1] * scale * 1.8], 5, 0.55);
        let white = smoothstep(cover, cover + 0.3, cloud);
        mix3(
            ground,
            lit([0.98, 0.97, 0.96], 0.85 + 0.3 * cloud),
            0.9 * white,
        )
    });
}

/// Hills behind hills below a sky, perhaps with a sun and trees.
pub fn landscape(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    sky(canvas, rng);
    let [right, bottom] = canvas.extent();
    if chance(rng, 0.5) {
        let middle = [
            uniform(rng, 0.1, 0.9) * right,
            uniform(rng, 0.1, 0.35) * bottom,
        ];
        let radius = uniform(rng, 0.02, 0.06);
        canvas.ellipse(middle, [radius, radius], 0.0, [1.0, 0.95, 0.75]);
    }
    let near = between(rng, [0.15, 0.35, 0.10], [0.45, 0.42, 0.18]);
    let far = between(rng, [0.40, 0.52, 0.62], [0.50, 0.50, 0.55]);
    let hills = whole(rng, 3, 5);
    for hill in 0..hills {
        let depth = hill as f32 / (hills - 1) as f32;
        let field = NoiseField::sample(rng);
        let level = bottom * (0.4 + 0.45 * depth);
        let height = uniform(rng, 0.05, 0.16);
        let colour = mix3(far, near, depth);
        canvas.change(|p, old| {
            let edge = level + height * field.fbm([p[0] * 2.5, 4.0 * depth], 4, 0.5);
            let grass = 1.0 + 0.25 * depth * field.fbm([p[0] * 30.0, p[1] * 60.0], 3, 0.6);
            mix3(
                old,
                lit(colour, grass),
                smoothstep(-0.003, 0.003, p[1] - edge),
            )
        });
    }
    for _ in 0..whole(rng, 0, 14) {
        let foot = [uniform(rng, 0.0, right), uniform(rng, 0.8, 0.98) * bottom];
        let size = uniform(rng, 0.02, 0.07);
        let trunk = [foot[0], foot[1] - 0.6 * size];
        canvas.block(
            trunk,
            [0.1 * size, 0.7 * size],
            0.0,
            0.0,
            [0.25, 0.17, 0.10],
        );
        let crown = [foot[0], foot[1] - 1.8 * size];
        let green = between(rng, [0.08, 0.25, 0.07], [0.25, 0.42, 0.15]);
        canvas.ellipse(crown, [0.8 * size, size], 0.0, green);
    }
}

/// Leaves over leaves.
pub fn foliage(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let field = NoiseField::sample(rng);
    canvas.fill(|p| {
        lit(
            [0.05, 0.10, 0.04],
            1.0 + field.fbm([p[0] * 8.0, p[1] * 8.0], 3, 0.5),
        )
    });
    let tints: [Vec3; 3] = [
        between(rng, [0.10, 0.30, 0.06], [0.25, 0.45, 0.12]),
        between(rng, [0.25, 0.50, 0.12], [0.50, 0.65, 0.22]),
        between(rng, [0.45, 0.55, 0.15], [0.65, 0.40, 0.12]),
    ];
    let size = log_uniform(rng, 0.03, 0.12);
    let count = (1.6 / (size * size)).min(700.0) as usize;
    for leaf in 0..count {
        let middle = canvas.place(rng);
        let angle = uniform(rng, 0.0, std::f32::consts::TAU);
        let long = size * uniform(rng, 0.5, 1.2);
        // Later leaves lie on top and get more light.
        let light = 0.45 + 0.7 * leaf as f32 / count as f32;
        let tint = lit(tints[whole(rng, 0, 2)], light * uniform(rng, 0.8, 1.2));
        canvas.ellipse(middle, [long, 0.42 * long], angle, tint);
        let tip = [0.8 * long * angle.cos(), 0.8 * long * angle.sin()];
        let (from, to) = (
            [middle[0] - tip[0], middle[1] - tip[1]],
            [middle[0] + tip[0], middle[1] + tip[1]],
        );
        canvas.stroke(from, to, 0.02 * long, lit(tint, 0.7));
    }
}

/// Lamps, windows and stars in the dark.
pub fn night(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let dark = between(rng, [0.01, 0.01, 0.03], [0.05, 0.06, 0.12]);
    let [right, bottom] = canvas.extent();
    canvas.fill(|p| lit(dark, 0.6 + p[1] / bottom));
    if chance(rng, 0.5) {
        let mut x = 0.0;
        while x < right {
            let wide = uniform(rng, 0.05, 0.16);
            let high = uniform(rng, 0.2, 0.75) * bottom;
            let house = [x + 0.5 * wide, bottom - 0.5 * high];
            canvas.block(house, [0.47 * wide, 0.5 * high], 0.0, 0.0, lit(dark, 1.8));
            for _ in 0..whole(rng, 3, 14) {
                let at = [
                    x + wide * uniform(rng, 0.15, 0.85),
                    bottom - high * uniform(rng, 0.05, 0.95),
                ];
                canvas.block(at, [0.005, 0.008], 0.0, 0.0, [0.95, 0.80, 0.45]);
            }
            x += wide;
        }
    } else {
        for _ in 0..whole(rng, 20, 70) {
            let (middle, radius) = (canvas.place(rng), log_uniform(rng, 0.004, 0.05));
            let other = any_colour(rng);
            let warm = between(rng, [1.0, 0.75, 0.40], other);
            let light = uniform(rng, 0.25, 0.9);
            canvas.ellipse(middle, [radius, radius], 0.0, lit(warm, light));
        }
    }
}
