//! Noonan syndrome with multiple lentigines: very many small, dark brown, sharply bordered spots.

use rand_chacha::ChaCha8Rng;

use super::geometry::{Vec2, distance, smoothstep};
use super::lesion::{Finding, Focus, Placement};
use super::patch::Patch;
use super::sampling::{chance, log_uniform, uniform, whole};
use super::skin_tone::Effect;
use super::spots::{Spot, Spots};
use super::texture::NoiseField;

/// Random small spots on bare skin: `sizes` is the range of radii; `nest` gathers them around a picture point.
pub fn scatter(
    place: &Placement,
    count: usize,
    sizes: [f32; 2],
    nest: Option<(Vec2, f32)>,
    rng: &mut ChaCha8Rng,
) -> Vec<Spot> {
    (0..count)
        .filter_map(|_| {
            let at = match nest {
                Some((centre, radius)) => place.near(centre, radius, 0.1, rng)?,
                None => place.anywhere(0.1, rng)?,
            };
            Some(Spot {
                centre: at.skin,
                radius: log_uniform(rng, sizes[0], sizes[1]),
                roundness: uniform(rng, 0.6, 1.0),
                angle: uniform(rng, 0.0, std::f32::consts::PI),
                strength: uniform(rng, 0.5, 1.15),
            })
        })
        .collect()
}

/// Draws multiple lentigines, in some people with a few café-noir patches.
pub fn multiple_lentigines(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let area = place.view.px * place.view.px * place.view.width as f32 * place.view.height as f32;
    let per_unit_area = log_uniform(rng, 0.45, 1.5);
    let count = ((per_unit_area * area / (place.unit * place.unit)) as usize).clamp(60, 900);
    let density = NoiseField::sample(rng);
    let clumping = uniform(rng, 0.0, 0.9);
    let mut spots = scatter(
        place,
        count,
        [0.10 * place.unit, 0.28 * place.unit],
        None,
        rng,
    );
    spots.retain(|spot| {
        let here = density.at([spot.centre[0] * 0.12, spot.centre[1] * 0.12]);
        chance(rng, 1.0 - clumping * smoothstep(0.1, -0.4, here))
    });
    let brown = Effect::brown(uniform(rng, 0.75, 1.4), &place.tone);
    finding.push(Spots::new(&spots, brown, uniform(rng, 0.25, 0.6), 0.0));
    // A few are larger and darker.
    let count = if chance(rng, 0.45) {
        whole(rng, 1, 4)
    } else {
        0
    };
    let noir = Effect::brown(uniform(rng, 0.8, 1.5), &place.tone);
    for _ in 0..count {
        let Some(at) = place.anywhere(0.8, rng) else {
            break;
        };
        let size = uniform(rng, 0.45, 1.2) * place.unit;
        let angle = uniform(rng, 0.0, 3.0);
        let mut patch = Patch::oval(&at, [size * uniform(rng, 1.0, 1.6), size], angle, noir, rng);
        patch.roughness = uniform(rng, 0.05, 0.16);
        finding.push(patch);
    }
    // Look where spots are densest.
    let mut places: Vec<(usize, Focus)> = Vec::new();
    for _ in 0..30 {
        let Some(at) = place.anywhere(1.5 * place.unit, rng) else {
            break;
        };
        let radius = uniform(rng, 2.4, 4.6) * place.unit;
        let near = spots
            .iter()
            .filter(|spot| distance(spot.centre, at.skin) < radius)
            .count();
        places.push((
            near,
            Focus {
                centre: at.picture,
                radius,
            },
        ));
    }
    places.sort_by_key(|(near, _)| std::cmp::Reverse(*near));
    finding.focus = places.into_iter().take(8).map(|(_, focus)| focus).collect();
    finding
}
