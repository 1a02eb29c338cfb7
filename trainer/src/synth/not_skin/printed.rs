//! Paper and screens: pages of text, line drawings, charts.

use rand_chacha::ChaCha8Rng;

use super::super::geometry::rotate;
use super::super::sampling::{chance, uniform, whole};
use super::super::texture::NoiseField;
use super::canvas::{Canvas, any_colour, between, lit};

fn paper(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let white = between(rng, [0.99, 0.99, 0.98], [0.93, 0.90, 0.83]);
    let field = NoiseField::sample(rng);
    let slope = [uniform(rng, -0.15, 0.15), uniform(rng, -0.15, 0.15)];
    canvas.fill(|p| {
        let light = 0.97 + slope[0] * (p[0] - 0.5) + slope[1] * (p[1] - 0.5);
        lit(
            white,
            light + 0.015 * field.fbm([p[0] * 9.0, p[1] * 9.0], 3, 0.5),
        )
    });
}

/// Lines of words of a few letters, with a heading.
pub fn text_page(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    paper(canvas, rng);
    let [right, bottom] = canvas.extent();
    let ink = between(rng, [0.05, 0.05, 0.07], [0.25, 0.25, 0.35]);
    let height = uniform(rng, 0.008, 0.022);
    let tilt = uniform(rng, -0.07, 0.07);
    let margin = uniform(rng, 0.05, 0.12);
    let mut y = margin;
    let mut heading = true;
    while y < bottom - margin {
        let scale = if heading { 1.7 } else { 1.0 };
        let mut x = margin;
        let end = if chance(rng, 0.15) { 0.6 } else { 1.0 } * (right - margin);
        while x < end {
            let letters = whole(rng, 2, 9);
            for _ in 0..letters {
                let wide = scale * height * uniform(rng, 0.16, 0.34);
                let tall = scale * height * if chance(rng, 0.3) { 0.5 } else { 0.34 };
                let at = rotate([x - 0.5 * right, y - 0.5 * bottom], tilt);
                let middle = [at[0] + 0.5 * right, at[1] + 0.5 * bottom];
                canvas.block(middle, [wide * 0.75, tall], wide * 0.4, tilt, ink);
                x += wide * 2.3;
                if x > end {
                    break;
                }
            }
            x += scale * height * 0.6;
        }
        y += scale * height * uniform(rng, 1.7, 1.9);
        if !heading && chance(rng, 0.08) {
            y += height * 1.5;
        }
        heading = false;
    }
}

/// Strokes, circles and boxes on paper.
pub fn line_drawing(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    paper(canvas, rng);
    let ink = between(rng, [0.02, 0.02, 0.05], [0.1, 0.2, 0.6]);
    let half = uniform(rng, 0.0015, 0.006);
    for _ in 0..whole(rng, 6, 16) {
        let middle = canvas.place(rng);
        let size = uniform(rng, 0.04, 0.25);
        match whole(rng, 0, 3) {
            0 => {
                let to = canvas.place(rng);
                canvas.stroke(middle, to, half, ink);
            }
            1 => canvas.shape(middle, size + 0.02, ink, |p| {
                ((p[0] - middle[0]).hypot(p[1] - middle[1]) - size).abs() - half
            }),
            2 => {
                let angle = uniform(rng, 0.0, 1.6);
                let corners =
                    [[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]].map(|c: [f32; 2]| {
                        let turned = rotate([c[0] * size, 0.6 * c[1] * size], angle);
                        [middle[0] + turned[0], middle[1] + turned[1]]
                    });
                for side in 0..4 {
                    canvas.stroke(corners[side], corners[(side + 1) % 4], half, ink);
                }
            }
            _ => {
                // A wavy line.
                let (waves, height) = (uniform(rng, 1.0, 4.0), uniform(rng, 0.02, 0.08));
                let at = |t: f32| {
                    let x = middle[0] + (t - 0.5) * 3.0 * size;
                    [
                        x,
                        middle[1] + height * (t * waves * std::f32::consts::TAU).sin(),
                    ]
                };
                for step in 0..40 {
                    let t = step as f32 / 40.0;
                    canvas.stroke(at(t), at(t + 0.025), half, ink);
                }
            }
        }
    }
}

/// Bars between axes, on a light or a dark screen.
pub fn chart(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let dark = chance(rng, 0.4);
    let ground = if dark {
        [0.08, 0.09, 0.12]
    } else {
        [0.97, 0.97, 0.99]
    };
    let ink = if dark {
        [0.8, 0.8, 0.85]
    } else {
        [0.15, 0.15, 0.2]
    };
    canvas.fill(|_| ground);
    let [right, bottom] = canvas.extent();
    let foot = 0.88 * bottom;
    for line in 0..5 {
        let y = foot - line as f32 * 0.18 * bottom;
        canvas.stroke([0.1 * right, y], [0.95 * right, y], 0.001, lit(ink, 0.8));
        canvas.block([0.05 * right, y], [0.02, 0.005], 0.0, 0.0, ink);
    }
    let bars = whole(rng, 4, 12);
    let step = 0.82 * right / bars as f32;
    let colours = [any_colour(rng), any_colour(rng), any_colour(rng)];
    for bar in 0..bars {
        let height = uniform(rng, 0.05, 0.75) * bottom;
        let middle = [
            0.12 * right + (bar as f32 + 0.5) * step,
            foot - 0.5 * height,
        ];
        canvas.block(
            middle,
            [0.36 * step, 0.5 * height],
            0.004,
            0.0,
            colours[bar % 3],
        );
        canvas.block([middle[0], foot + 0.03], [0.2 * step, 0.005], 0.0, 0.0, ink);
    }
    canvas.block(
        [0.5 * right, 0.05 * bottom],
        [0.2 * right, 0.012],
        0.0,
        0.0,
        ink,
    );
}
