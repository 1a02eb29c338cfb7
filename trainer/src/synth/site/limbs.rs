//! Arms and legs.

use rand_chacha::ChaCha8Rng;

use super::{BodySite, Builder, Setting};
use crate::synth::clothing::Garment;
use crate::synth::sampling::{chance, uniform};

/// Draws an arm of scale `k`.
pub(super) fn arm(k: f32, rng: &mut ChaCha8Rng) -> Setting {
    let mut b = Builder {
        k,
        tubes: vec![],
        bumps: vec![],
        folds: vec![],
    };
    let stout = uniform(rng, 0.9, 1.25);
    let profile = [6.0, 5.8, 5.2, 4.6, 4.5, 4.8, 4.3, 3.5, 3.0, 3.1].map(|r| r * stout);
    let lean = uniform(rng, -9.0, 9.0);
    b.tube(
        [lean, -34.0],
        [-lean, 34.0],
        &profile,
        1.15,
        [0.0, 0.0],
        true,
    );
    b.bump([0.0, 0.0], [2.6, 2.4], 0.25);
    let mut garments = Vec::new();
    if chance(rng, 0.6) {
        garments.push(Garment::cloth(
            &b.tubes[0],
            [-8.0 * k, uniform(rng, 8.0, 22.0) * k],
            rng,
        ));
    }
    let wide = chance(rng, 0.5);
    let extent = if wide {
        uniform(rng, 30.0, 40.0)
    } else {
        uniform(rng, 18.0, 27.0)
    } * k;
    let centre = [0.0, uniform(rng, -4.0, 8.0) * k];
    let aspect = uniform(rng, 0.55, 0.85);
    Setting {
        site: BodySite::Arm,
        body: b.body(),
        garments,
        face: None,
        markings: vec![],
        axillae: vec![],
        scale: k,
        centre,
        extent,
        aspect,
    }
}

/// Draws one or both legs of scale `k`.
pub(super) fn leg(k: f32, rng: &mut ChaCha8Rng) -> Setting {
    let mut b = Builder {
        k,
        tubes: vec![],
        bumps: vec![],
        folds: vec![],
    };
    let stout = uniform(rng, 0.9, 1.2);
    let profile = [9.6, 9.2, 8.2, 7.2, 6.3, 5.9, 6.1, 6.0, 5.2, 4.2, 3.6, 3.6].map(|r| r * stout);
    let both = chance(rng, 0.55);
    let sides: &[f32] = if both { &[-1.0, 1.0] } else { &[0.0] };
    for side in sides {
        b.tube(
            [side * 10.5 * stout, -40.0],
            [side * 8.5 * stout, 46.0],
            &profile,
            1.2,
            [0.0, 0.0],
            true,
        );
        b.bump([side * 9.6 * stout, -1.0], [2.8, 3.0], 0.55);
        b.bump([side * 9.6 * stout, 5.0], [4.0, 1.4], -0.2);
    }
    let mut garments = Vec::new();
    let hem = uniform(rng, 8.0, 24.0) * k;
    let shorts = Garment::cloth(&b.tubes[0], [-8.0 * k, hem], rng);
    if both {
        garments.push(shorts.also_on(&b.tubes[1]));
    }
    garments.push(shorts);
    let wide = both || chance(rng, 0.4);
    let extent = if wide {
        uniform(rng, 40.0, 52.0)
    } else {
        uniform(rng, 22.0, 32.0)
    } * k;
    let centre = [0.0, uniform(rng, -8.0, 12.0) * k];
    Setting {
        site: BodySite::Leg,
        body: b.body(),
        garments,
        face: None,
        markings: vec![],
        axillae: vec![],
        scale: k,
        centre,
        extent,
        aspect: uniform(rng, 0.6, 0.9),
    }
}
