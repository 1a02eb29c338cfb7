//! Café-au-lait macules: few, large and jagged in McCune-Albright syndrome, several smooth ovals in
//! neurofibromatosis type 1, there with freckles in the armpits.

use rand_chacha::ChaCha8Rng;

use super::body::SkinPoint;
use super::geometry::Vec2;
use super::lentigines::scatter;
use super::lesion::{Finding, Focus, Placement};
use super::patch::{Outline, Patch};
use super::sampling::{chance, log_uniform, sign, uniform, weighted, whole};
use super::skin_tone::Effect;
use super::spots::{Spot, Spots};
use super::texture::NoiseField;

/// Draws McCune-Albright syndrome: one to three large macules with a "coast of Maine" border that stop at the midline.
pub fn mccune_albright(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let side = sign(rng);
    let effect = Effect::brown(uniform(rng, 0.38, 0.80), &place.tone);
    let count = weighted(rng, &[(0.45, 1), (0.35, 2), (0.20, 3)], 1);
    let mut sizes: Vec<f32> = (0..count)
        .map(|_| log_uniform(rng, 3.0, 7.0) * place.unit)
        .collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    for (point, size) in place.apart(&sizes, 1.0, rng) {
        let limit = if point.limb {
            0.85 * point.radius
        } else {
            0.6 * point.radius
        };
        let width = size.min(limit.max(1.2));
        let side = if point.across.abs() < 0.3 * width {
            side
        } else {
            point.across.signum()
        };
        let patch = Patch {
            centre: point.skin,
            radii: [width * uniform(rng, 1.0, 2.1), width],
            angle: uniform(rng, 0.0, std::f32::consts::PI),
            outline: Outline::Oval,
            // Some borders are nearly smooth, as in neurofibromatosis.
            roughness: uniform(rng, 0.22, 0.62),
            frequency: uniform(rng, 0.75, 1.2),
            octaves: 6,
            softness: uniform(rng, 0.04, 0.12),
            mottling: uniform(rng, 0.05, 0.25),
            side,
            height: 0.0,
            effect,
            field: NoiseField::sample(rng),
        };
        let centre = jagged_border(&patch, &point, width, place, rng);
        finding.focus.push(Focus {
            centre,
            radius: width * uniform(rng, 0.95, 1.5),
        });
        finding.push(patch);
    }
    if chance(rng, 0.15) {
        freckles(place, None, rng, &mut finding);
    }
    finding
}

/// A picture point near the outer border of a patch, away from the straight cut at the midline.
fn jagged_border(
    patch: &Patch,
    middle: &SkinPoint,
    width: f32,
    place: &Placement,
    rng: &mut ChaCha8Rng,
) -> Vec2 {
    for _ in 0..60 {
        let Some(at) = place.near(middle.picture, 1.6 * width, 0.4, rng) else {
            break;
        };
        let at_midline = !at.limb && at.across.abs() < 0.4 * width;
        if !at_midline && (-0.5 * width..-0.15 * width).contains(&patch.distance(&at)) {
            return at.picture;
        }
    }
    middle.picture
}

/// Draws neurofibromatosis type 1: several oval macules with smooth borders, often freckles, seldom a neurofibroma.
pub fn neurofibromatosis(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let strength = uniform(rng, 0.36, 0.78);
    let count = whole(rng, 5, 13);
    let mut sizes: Vec<f32> = (0..count)
        .map(|_| log_uniform(rng, 0.5, 1.9) * place.unit)
        .collect();
    if chance(rng, 0.2) {
        sizes.push(uniform(rng, 2.2, 3.2) * place.unit);
    }
    sizes.sort_by(|a, b| b.total_cmp(a));
    let slope = uniform(rng, -0.5, 0.5);
    for (point, size) in place.apart(&sizes, 0.6, rng) {
        let size = size.min(0.55 * point.radius);
        let effect = Effect::brown(strength * uniform(rng, 0.85, 1.15), &place.tone);
        let angle = slope * point.across.signum() + uniform(rng, -0.5, 0.5);
        let mut patch = Patch::oval(
            &point,
            [size * uniform(rng, 1.2, 1.9), size],
            angle,
            effect,
            rng,
        );
        patch.roughness = uniform(rng, 0.03, 0.13);
        patch.frequency = uniform(rng, 0.5, 0.9);
        patch.softness = uniform(rng, 0.04, 0.10);
        let radius = size * uniform(rng, 1.8, 3.4);
        finding.focus.push(Focus {
            centre: point.picture,
            radius: radius.max(1.6 * place.unit),
        });
        finding.push(patch);
    }
    let largest = finding.focus.first().map(|focus| focus.centre);
    if chance(rng, 0.75) {
        freckles(place, largest, rng, &mut finding);
    }
    if chance(rng, 0.15) {
        neurofibromas(place, rng, &mut finding);
    }
    finding
}

/// Freckles of one to three millimetres: in the armpits where these are in sight, else around `centre`.
fn freckles(place: &Placement, centre: Option<Vec2>, rng: &mut ChaCha8Rng, finding: &mut Finding) {
    let mut nests: Vec<Vec2> = place.setting.axillae.clone();
    nests.extend(centre);
    if nests.is_empty() {
        nests.extend(place.anywhere(1.0, rng).map(|point| point.picture));
    }
    let mut spots: Vec<Spot> = Vec::new();
    for nest in nests {
        let count = whole(rng, 12, 45);
        let radius = uniform(rng, 3.5, 7.0) * place.unit;
        spots.extend(scatter(
            place,
            count,
            [0.11 * place.unit, 0.22 * place.unit],
            Some((nest, radius)),
            rng,
        ));
    }
    finding.push(Spots::new(
        &spots,
        Effect::brown(uniform(rng, 0.4, 0.9), &place.tone),
        0.5,
        0.0,
    ));
}

fn neurofibromas(place: &Placement, rng: &mut ChaCha8Rng, finding: &mut Finding) {
    let count = whole(rng, 1, 5);
    let spots = scatter(
        place,
        count,
        [0.3 * place.unit, 0.6 * place.unit],
        None,
        rng,
    );
    let effect = Effect {
        haemoglobin: 0.10,
        melanin_factor: 0.9,
        gloss: 0.5,
        ..Effect::default()
    };
    finding.push(Spots::new(&spots, effect, 0.25, 0.8));
}
