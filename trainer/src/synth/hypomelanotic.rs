//! Tuberous sclerosis complex: ash-leaf, thumbprint and confetti hypomelanotic macules, facial angiofibromas,
//! shagreen patch.

use rand_chacha::ChaCha8Rng;

use super::geometry::{mix, smoothstep};
use super::lentigines::scatter;
use super::lesion::{Finding, Focus, Placement};
use super::patch::{Outline, Patch};
use super::sampling::{chance, log_uniform, sign, uniform, whole};
use super::site::BodySite;
use super::skin_tone::Effect;
use super::spots::{Spot, Spots};

/// Draws tuberous sclerosis complex.
///
/// The face shows angiofibromas, other sites pale macules; the lower back sometimes a shagreen patch as well.
pub fn tuberous_sclerosis(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let face = place.setting.site == BodySite::Face;
    if face && chance(rng, 0.85) {
        angiofibromas(place, rng, &mut finding);
        if chance(rng, 0.25) {
            macules(place, 2, rng, &mut finding);
        }
        return finding;
    }
    if place.setting.site == BodySite::Back && chance(rng, 0.3) {
        shagreen(place, rng, &mut finding);
    }
    let confetti_only = chance(rng, 0.15);
    if !confetti_only {
        let count = whole(rng, 4, 10);
        macules(place, count, rng, &mut finding);
    }
    if confetti_only || chance(rng, 0.3) {
        confetti(place, rng, &mut finding);
    }
    finding
}

fn pale(place: &Placement, rng: &mut ChaCha8Rng) -> Effect {
    let fair = smoothstep(0.8, 0.1, place.tone.melanin);
    // Hypomelanotic, not depigmented: some melanin stays.
    Effect::pale(mix(uniform(rng, 0.30, 0.58), uniform(rng, 0.02, 0.2), fair))
}

/// Ash leaves, thumbprint-like ovals and polygons.
fn macules(place: &Placement, count: usize, rng: &mut ChaCha8Rng, finding: &mut Finding) {
    let effect = pale(place, rng);
    let mut sizes: Vec<f32> = (0..count)
        .map(|_| log_uniform(rng, 0.65, 1.5) * place.unit)
        .collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let lean = uniform(rng, 0.2, 1.3);
    for (index, (point, size)) in place.apart(&sizes, 0.8, rng).into_iter().enumerate() {
        let size = size.min(0.4 * point.radius);
        let leaf = index == 0 || chance(rng, 0.55);
        let angle = lean * point.across.signum()
            + uniform(rng, -0.5, 0.5)
            + if chance(rng, 0.5) {
                std::f32::consts::PI
            } else {
                0.0
            };
        let length = if leaf {
            uniform(rng, 1.9, 2.7)
        } else {
            uniform(rng, 1.0, 1.6)
        };
        let mut patch = Patch::oval(&point, [size * length, size], angle, effect, rng);
        patch.outline = if leaf {
            Outline::AshLeaf
        } else if chance(rng, 0.6) {
            Outline::Oval
        } else {
            Outline::Rounded
        };
        patch.roughness = uniform(rng, 0.03, 0.12);
        patch.frequency = 1.3;
        patch.softness = uniform(rng, 0.03, 0.10) * place.unit;
        let radius = size * length * uniform(rng, 1.15, 1.8);
        finding.focus.push(Focus {
            centre: point.picture,
            radius: radius.max(1.3 * place.unit),
        });
        finding.push(patch);
    }
}

/// One to three millimetre pale dots over a limb or part of the trunk.
fn confetti(place: &Placement, rng: &mut ChaCha8Rng, finding: &mut Finding) {
    let Some(middle) = place.anywhere(1.5, rng) else {
        return;
    };
    let radius = uniform(rng, 4.0, 9.0) * place.unit;
    let count = whole(rng, 60, 180);
    let spots = scatter(
        place,
        count,
        [0.10 * place.unit, 0.24 * place.unit],
        Some((middle.picture, radius)),
        rng,
    );
    let effect = pale(place, rng);
    finding.push(Spots::new(&spots, effect, 0.5, 0.0));
    finding.focus.push(Focus {
        centre: middle.picture,
        radius: radius * uniform(rng, 0.5, 0.8),
    });
}

/// Red to skin-coloured domes on nose, folds, cheeks and chin, that spare the upper lip.
fn angiofibromas(place: &Placement, rng: &mut ChaCha8Rng, finding: &mut Finding) {
    let k = place.setting.scale;
    let count = whole(rng, 70, 220);
    let size = uniform(rng, 0.8, 1.25) * k;
    let mut spots = Vec::new();
    for _ in 0..count {
        let region = uniform(rng, 0.0, 1.0);
        let side = sign(rng);
        let (centre, radius) = if region < 0.35 {
            ([side * 1.5, 3.2], 1.5)
        } else if region < 0.85 {
            ([side * 3.6, 3.3], 2.3)
        } else {
            ([0.0, 9.6], 1.6)
        };
        let centre = [centre[0] * k, centre[1] * k];
        let Some(at) = place.near(centre, radius * k, 0.1, rng) else {
            continue;
        };
        let (x, y) = (at.picture[0] / k, at.picture[1] / k);
        if y > 4.6 && y < 7.9 && x.abs() < 2.4 {
            continue;
        }
        spots.push(Spot {
            centre: at.skin,
            radius: log_uniform(rng, 0.12, 0.34) * size,
            roundness: uniform(rng, 0.75, 1.0),
            angle: uniform(rng, 0.0, 3.1),
            strength: uniform(rng, 0.6, 1.1),
        });
    }
    let red = uniform(rng, 0.30, 0.75);
    let effect = Effect {
        haemoglobin: red,
        melanin: 0.06 * place.tone.melanin + 0.03,
        gloss: 1.0,
        ..Effect::default()
    };
    finding.push(Spots::new(&spots, effect, 0.45, 0.42));
    for centre in [[0.0, 3.2], [3.4, 3.3], [-3.4, 3.3]] {
        let radius = uniform(rng, 2.2, 4.4) * k;
        finding.focus.push(Focus {
            centre: [centre[0] * k, centre[1] * k],
            radius,
        });
    }
    if chance(rng, 0.5) {
        let at = whole(rng, 0, 2);
        finding.focus.swap(0, at);
    }
}

/// A firm, yellowish-pink, cobbled plaque over the lower back.
fn shagreen(place: &Placement, rng: &mut ChaCha8Rng, finding: &mut Finding) {
    let k = place.setting.scale;
    let centre = [uniform(rng, -5.0, 5.0) * k, uniform(rng, 8.0, 15.0) * k];
    let Some(at) = place.near(centre, 3.0 * k, 0.5, rng) else {
        return;
    };
    let size = uniform(rng, 1.6, 3.0) * place.unit;
    let effect = Effect {
        yellow: 0.22,
        haemoglobin: 0.10,
        melanin: 0.04,
        ..Effect::default()
    };
    let mut patch = Patch::oval(
        &at,
        [size * uniform(rng, 1.1, 1.6), size],
        uniform(rng, 0.0, 3.1),
        effect,
        rng,
    );
    patch.roughness = 0.25;
    patch.octaves = 3;
    patch.frequency = 1.2;
    patch.softness = 0.25;
    patch.height = 0.06;
    let radii = patch.radii;
    finding.push(patch);
    // The cobbles.
    let cobbles: Vec<Spot> = scatter(
        place,
        140,
        [0.14 * place.unit, 0.30 * place.unit],
        Some((at.picture, radii[1])),
        rng,
    );
    let cobble = Effect {
        yellow: 0.08,
        haemoglobin: 0.02,
        ..Effect::default()
    };
    finding.push(Spots::new(&cobbles, cobble, 0.6, 0.18));
    finding.focus.push(Focus {
        centre: at.picture,
        radius: radii[0] * 1.25,
    });
}
