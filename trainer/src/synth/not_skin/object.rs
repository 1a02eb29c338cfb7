//! Things: food, vehicles, radiographs, plain walls.

use rand_chacha::ChaCha8Rng;

use super::super::geometry::{Vec3, mix3, smoothstep};
use super::super::sampling::{chance, uniform, whole};
use super::super::texture::NoiseField;
use super::canvas::{Canvas, any_colour, between, lit};

/// A plate on a table with heaps in warm colours.
pub fn food(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let table = between(rng, [0.55, 0.38, 0.25], [0.85, 0.85, 0.88]);
    let field = NoiseField::sample(rng);
    canvas.fill(|p| {
        lit(
            table,
            0.95 + 0.2 * field.fbm([p[0] * 3.0, p[1] * 20.0], 3, 0.5),
        )
    });
    let [right, bottom] = canvas.extent();
    let middle = [0.5 * right, 0.5 * bottom];
    let plate = 0.46 * right.min(bottom);
    let flat = uniform(rng, 0.7, 1.0);
    let white = between(rng, [0.95, 0.95, 0.93], [0.70, 0.75, 0.85]);
    let shadow = [middle[0] + 0.01, middle[1] + 0.02];
    canvas.ellipse(shadow, [plate, flat * plate], 0.0, lit(table, 0.5));
    canvas.ellipse(middle, [plate, flat * plate], 0.0, white);
    canvas.ellipse(
        middle,
        [0.75 * plate, 0.75 * flat * plate],
        0.0,
        lit(white, 0.93),
    );
    let dishes: [Vec3; 6] = [
        [0.75, 0.45, 0.20],
        [0.80, 0.20, 0.12],
        [0.95, 0.80, 0.45],
        [0.35, 0.55, 0.15],
        [0.45, 0.25, 0.15],
        [0.90, 0.60, 0.50],
    ];
    for _ in 0..whole(rng, 2, 4) {
        let colour = dishes[whole(rng, 0, dishes.len() - 1)];
        let heap = [
            middle[0] + 0.4 * plate * uniform(rng, -1.0, 1.0),
            middle[1] + 0.4 * flat * plate * uniform(rng, -1.0, 1.0),
        ];
        for _ in 0..whole(rng, 8, 40) {
            let at = [
                heap[0] + 0.25 * plate * uniform(rng, -1.0, 1.0),
                heap[1] + 0.25 * plate * uniform(rng, -1.0, 1.0),
            ];
            let size = plate * uniform(rng, 0.03, 0.14);
            let angle = uniform(rng, 0.0, 3.0);
            let tint = lit(colour, uniform(rng, 0.65, 1.2));
            canvas.ellipse(at, [size, 0.7 * size], angle, tint);
            let shine = [at[0] - 0.25 * size, at[1] - 0.25 * size];
            canvas.ellipse(shine, [0.2 * size, 0.12 * size], angle, lit(tint, 1.35));
        }
    }
}

/// A car or van on a road.
pub fn vehicle(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    super::nature::sky(canvas, rng);
    let [right, bottom] = canvas.extent();
    let horizon = 0.62 * bottom;
    let road = between(rng, [0.25, 0.25, 0.27], [0.50, 0.49, 0.47]);
    let field = NoiseField::sample(rng);
    canvas.change(|p, old| {
        let grain = 1.0 + 0.2 * field.fbm([p[0] * 50.0, p[1] * 50.0], 2, 0.5);
        mix3(
            old,
            lit(road, grain),
            smoothstep(-0.002, 0.002, p[1] - horizon),
        )
    });
    let paint = any_colour(rng);
    let long = uniform(rng, 0.26, 0.38) * right;
    let high = long * uniform(rng, 0.20, 0.28);
    let ground = uniform(rng, 0.72, 0.85) * bottom;
    let middle = [uniform(rng, 0.42, 0.58) * right, ground - 1.2 * high];
    let shadow = [middle[0], ground + 0.1 * high];
    canvas.ellipse(shadow, [1.05 * long, 0.3 * high], 0.0, lit(road, 0.4));
    let van = chance(rng, 0.35);
    let cabin = if van { [0.9, 1.25] } else { [0.55, 0.8] };
    let roof = [middle[0] - 0.05 * long, middle[1] - 0.9 * high];
    let half = [cabin[0] * long, cabin[1] * high];
    canvas.block(roof, half, 0.35 * high, 0.0, lit(paint, 0.95));
    for side in [-1.0, 1.0] {
        let window = [roof[0] + side * 0.45 * half[0], roof[1] - 0.15 * high];
        canvas.block(
            window,
            [0.36 * half[0], 0.4 * high],
            0.1 * high,
            0.0,
            [0.15, 0.2, 0.27],
        );
    }
    canvas.block(middle, [long, 0.8 * high], 0.3 * high, 0.0, paint);
    canvas.block(
        middle,
        [0.98 * long, 0.03 * high],
        0.0,
        0.0,
        lit(paint, 0.6),
    );
    for side in [-1.0, 1.0] {
        let wheel = [middle[0] + side * 0.62 * long, ground - 0.45 * high];
        canvas.ellipse(wheel, [0.62 * high, 0.62 * high], 0.0, [0.06, 0.06, 0.07]);
        canvas.ellipse(wheel, [0.32 * high, 0.32 * high], 0.0, [0.65, 0.66, 0.68]);
        let lamp = [middle[0] + side * 0.93 * long, middle[1] - 0.2 * high];
        let light = if side > 0.0 {
            [0.98, 0.95, 0.8]
        } else {
            [0.8, 0.1, 0.1]
        };
        canvas.ellipse(lamp, [0.05 * long, 0.14 * high], 0.0, light);
    }
}

/// Bright bones in grey tissue on black: a chest or a limb.
pub fn radiograph(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let [right, bottom] = canvas.extent();
    let field = NoiseField::sample(rng);
    let (cx, cy) = (0.5 * right, 0.5 * bottom);
    let chest = chance(rng, 0.5);
    let width = if chest {
        0.42
    } else {
        uniform(rng, 0.14, 0.24)
    };
    canvas.fill(|p| {
        let off = (p[0] - cx).abs() / right;
        let body = smoothstep(width + 0.04, width - 0.06, off);
        let soft = 0.30 + 0.10 * field.fbm([p[0] * 5.0, p[1] * 5.0], 4, 0.5);
        [body * soft + 0.02; 3]
    });
    let bone = uniform(rng, 0.75, 0.95);
    let add = |canvas: &mut Canvas, share: f32, density: &dyn Fn([f32; 2]) -> f32| {
        canvas.change(|p, old| {
            let light = share * density(p).clamp(0.0, 1.0);
            old.map(|channel| channel + (bone - channel) * light)
        });
    };
    if chest {
        for side in [-1.0_f32, 1.0] {
            let lung = [cx + side * 0.19 * right, cy];
            canvas.change(|p, old| {
                let d = ((p[0] - lung[0]) / 0.15).hypot((p[1] - lung[1]) / (0.33 * bottom));
                lit(old, 1.0 - 0.7 * smoothstep(1.0, 0.75, d))
            });
        }
        let ribs = whole(rng, 7, 10);
        for rib in 0..ribs {
            let level = bottom * (0.15 + 0.7 * rib as f32 / ribs as f32);
            add(canvas, 0.55, &|p| {
                let off = (p[0] - cx).abs() / (0.36 * right);
                let curve = level + 0.10 * bottom * off * off;
                let thick = (p[1] - curve).abs() / 0.011;
                smoothstep(1.3, 0.7, thick) * smoothstep(1.05, 0.95, off)
            });
        }
        add(canvas, 0.8, &|p| {
            let joint = 0.006 * (p[1] * 90.0).sin();
            smoothstep(0.035 + joint, 0.025 + joint, (p[0] - cx).abs())
        });
    } else {
        let bones: &[f32] = if chance(rng, 0.5) {
            &[0.0]
        } else {
            &[-0.055, 0.055]
        };
        for shift in bones {
            add(canvas, 0.9, &|p| {
                let joint = ((p[1] - cy).abs() / cy).powi(4);
                let half = 0.028 + 0.05 * joint;
                let off = (p[0] - cx - shift * right).abs();
                let shell = 0.6 + 0.4 * smoothstep(0.3 * half, 0.9 * half, off);
                shell * smoothstep(half, 0.85 * half, off)
            });
        }
    }
}

/// A plain wall, from white to the colours of skin, with light from one side and a few marks.
pub fn wall(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let colour = between(rng, [0.92, 0.90, 0.86], [0.70, 0.52, 0.42]);
    let field = NoiseField::sample(rng);
    let slope = [uniform(rng, -0.6, 0.6), uniform(rng, -0.4, 0.4)];
    let rough = uniform(rng, 0.01, 0.10);
    let grain = uniform(rng, 15.0, 70.0);
    canvas.fill(|p| {
        let light = 0.85 + slope[0] * (p[0] - 0.5) + slope[1] * (p[1] - 0.5);
        lit(
            colour,
            light + rough * field.fbm([p[0] * grain, p[1] * grain], 4, 0.6),
        )
    });
    for _ in 0..whole(rng, 0, 4) {
        let from = canvas.place(rng);
        let to = [
            from[0] + uniform(rng, -0.3, 0.3),
            from[1] + uniform(rng, -0.3, 0.3),
        ];
        canvas.stroke(from, to, uniform(rng, 0.001, 0.004), lit(colour, 0.6));
    }
    if chance(rng, 0.4) {
        let switch = canvas.place(rng);
        canvas.block(switch, [0.04, 0.05], 0.006, 0.0, [0.95, 0.95, 0.94]);
        canvas.block(switch, [0.015, 0.025], 0.003, 0.0, [0.80, 0.80, 0.79]);
    }
}
