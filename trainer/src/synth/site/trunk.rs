//! The trunk: back, or chest and abdomen, with shoulders, upper arms and neck.

use rand_chacha::ChaCha8Rng;

use super::{BodySite, Builder, Marking, Setting};
use crate::synth::clothing::Garment;
use crate::synth::sampling::{chance, uniform};
use crate::synth::skin_tone::{Effect, SkinTone};

/// Draws a trunk of scale `k`.
pub(super) fn trunk(site: BodySite, k: f32, tone: &SkinTone, rng: &mut ChaCha8Rng) -> Setting {
    let back = site == BodySite::Back;
    let mut b = Builder {
        k,
        tubes: vec![],
        bumps: vec![],
        folds: vec![],
    };
    let stout = uniform(rng, 0.92, 1.15);
    let profile = [8.0, 16.5, 16.8, 15.6, 14.6, 14.6, 15.6, 16.6, 17.0].map(|r| r * stout);
    b.tube([0.0, -23.0], [0.0, 42.0], &profile, 2.3, [4.0, 0.0], false);
    b.tube(
        [0.0, -38.0],
        [0.0, -16.0],
        &[5.6, 5.6, 6.4],
        1.3,
        [0.0, 0.0],
        false,
    );
    let away = uniform(rng, 5.0, 14.0);
    for side in [-1.0, 1.0] {
        let (x, y) = (side * 15.6 * stout, -15.5);
        b.tube(
            [x, y - 4.0],
            [x + side * away, 26.0],
            &[5.4, 5.6, 5.0, 4.4, 4.4, 3.9, 3.2],
            1.2,
            [4.5, 0.0],
            true,
        );
        b.fold([side * 15.2 * stout, -4.0], [0.8, 3.4]);
    }
    b.tube(
        [0.0, -56.0],
        [0.0, -31.0],
        &[7.0, 8.0, 8.2, 7.8, 6.0],
        1.4,
        [7.0, 6.0],
        false,
    );
    let mut markings = Vec::new();
    if back {
        b.bump([0.0, 4.0], [1.3, 17.0], -0.55);
        for side in [-1.0, 1.0] {
            b.bump([side * 8.0, -9.0], [3.6, 5.0], 0.9);
            b.bump([side * 4.2, 14.0], [2.4, 9.0], 0.35);
        }
    } else {
        for side in [-1.0, 1.0] {
            b.bump([side * 7.5, -8.0], [4.8, 3.4], 0.9);
            b.bump([side * 6.0, -17.0], [5.5, 0.9], 0.22);
            markings.push(Marking {
                centre: [side * 8.6 * k, -6.5 * k],
                radius: uniform(rng, 0.9, 1.4) * k,
                effect: Effect {
                    melanin: 0.22 + 0.25 * tone.melanin,
                    haemoglobin: 0.22,
                    ..Effect::default()
                },
            });
        }
        b.bump([0.0, 8.0], [0.9, 12.0], -0.14);
        b.bump([0.0, 14.5], [0.75, 0.8], -0.75);
        b.fold([0.0, 14.5], [0.7, 0.7]);
    }
    let axillae = b
        .folds
        .iter()
        .filter(|(_, r)| r[1] > 1.5 * k)
        .map(|(c, _)| *c)
        .collect();
    let mut garments = Vec::new();
    if back || chance(rng, 0.5) {
        garments.push(Garment::hair(
            &b.tubes[4],
            uniform(rng, 16.0, 26.0) * k,
            tone.melanin,
            rng,
        ));
    }
    let trousers = Garment::cloth(&b.tubes[0], [uniform(rng, 38.0, 50.0) * k, 90.0 * k], rng);
    garments.push(trousers);
    if chance(rng, 0.25) {
        // A band of cloth around the chest.
        let top = uniform(rng, 11.0, 14.0) * k;
        let bottom = top + uniform(rng, 6.0, 11.0) * k;
        garments.push(Garment::cloth(&b.tubes[0], [top, bottom], rng));
    }
    let close = chance(rng, 0.6);
    let (centre, extent) = if close {
        (
            [uniform(rng, -5.0, 5.0) * k, uniform(rng, -6.0, 8.0) * k],
            uniform(rng, 22.0, 32.0) * k,
        )
    } else {
        (
            [0.0, uniform(rng, -4.0, 3.0) * k],
            uniform(rng, 40.0, 50.0) * k,
        )
    };
    let aspect = if close {
        uniform(rng, 0.8, 1.25)
    } else {
        uniform(rng, 0.72, 1.0)
    };
    let site = if back {
        BodySite::Back
    } else {
        BodySite::Chest
    };
    Setting {
        site,
        body: b.body(),
        garments,
        face: None,
        markings,
        axillae,
        scale: k,
        centre,
        extent,
        aspect,
    }
}
