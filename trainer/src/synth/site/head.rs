//! The face with hair, ears, neck and shoulders.

use rand_chacha::ChaCha8Rng;

use super::{BodySite, Builder, Marking, Setting};
use crate::synth::clothing::Garment;
use crate::synth::face::Face;
use crate::synth::sampling::{chance, sign, uniform};
use crate::synth::skin_tone::{Effect, SkinTone};

/// Draws a face of scale `k`.
pub(super) fn face(k: f32, tone: &SkinTone, rng: &mut ChaCha8Rng) -> Setting {
    let mut b = Builder {
        k,
        tubes: vec![],
        bumps: vec![],
        folds: vec![],
    };
    b.tube(
        [0.0, -12.0],
        [0.0, 12.4],
        &[7.2, 7.7, 7.7, 7.5, 7.2, 6.4, 5.2],
        1.5,
        [7.5, 5.5],
        false,
    );
    b.tube(
        [0.0, 5.0],
        [0.0, 22.0],
        &[4.6, 4.9, 5.6],
        1.3,
        [2.0, 0.0],
        false,
    );
    b.tube(
        [0.0, 17.0],
        [0.0, 42.0],
        &[7.0, 15.0, 17.5, 17.5],
        2.2,
        [3.0, 0.0],
        false,
    );
    for side in [-1.0, 1.0] {
        b.tube(
            [side * 7.7, -2.6],
            [side * 7.3, 2.8],
            &[0.7, 1.25, 1.1, 0.8],
            1.0,
            [1.0, 1.2],
            false,
        );
        b.bump([side * 3.2, -0.8], [1.7, 1.0], -0.55);
        b.bump([side * 4.2, 2.8], [2.0, 1.9], 0.45);
        b.bump([side * 1.15, 3.3], [0.55, 0.6], 0.35);
        b.bump([side * 2.5, 5.0], [0.5, 1.7], -0.12);
        b.fold([side * 3.6, 11.9], [1.5, 1.1]);
    }
    b.fold([0.0, 13.0], [2.4, 1.2]);
    b.bump([0.0, 0.8], [0.7, 2.4], 0.7);
    b.bump([0.0, 3.2], [0.95, 0.85], 0.75);
    b.bump([0.0, 6.6], [2.0, 0.9], 0.25);
    b.bump([0.0, 8.3], [1.6, 0.5], -0.18);
    b.bump([0.0, 9.9], [1.5, 1.1], 0.3);
    let mut garments = vec![Garment::hair(
        &b.tubes[0],
        uniform(rng, 3.4, 5.4) * k,
        tone.melanin,
        rng,
    )];
    garments.push(Garment::cloth(
        &b.tubes[2],
        [uniform(rng, 1.0, 8.0) * k, 40.0 * k],
        rng,
    ));
    let mut markings = Vec::new();
    for side in [-1.0, 1.0] {
        markings.push(Marking {
            centre: [side * 4.3 * k, 3.0 * k],
            radius: 2.6 * k,
            effect: Effect {
                haemoglobin: uniform(rng, 0.0, 0.14),
                ..Effect::default()
            },
        });
    }
    let close = chance(rng, 0.4);
    let (centre, extent) = if close {
        (
            [
                sign(rng) * uniform(rng, 0.0, 2.0) * k,
                uniform(rng, -0.5, 3.0) * k,
            ],
            uniform(rng, 15.0, 20.0) * k,
        )
    } else {
        (
            [0.0, uniform(rng, 0.0, 4.0) * k],
            uniform(rng, 22.0, 29.0) * k,
        )
    };
    Setting {
        site: BodySite::Face,
        body: b.body(),
        garments,
        face: Some(Face::sample(k, tone, rng)),
        markings,
        axillae: vec![],
        scale: k,
        centre,
        extent,
        aspect: uniform(rng, 0.75, 1.0),
    }
}
