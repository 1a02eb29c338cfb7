//! Streaks and whorls along the lines of Blaschko: hypomelanosis of Ito and incontinentia pigmenti.
//!
//! The lines follow the ways in which skin cells spread in the embryo: a V over the spine, an S on the flanks and
//! abdomen, inverted U shapes from breast to upper arm, whorls on the trunk, and along the length of the limbs
//! (R. Happle, "Mosaicism in human skin", Arch. Dermatol. 129, 1993). Here a phase is defined over the skin whose
//! level lines have these shapes; stripes of it are painted, broken up and roughened by noise.

use rand_chacha::ChaCha8Rng;

use super::body::SkinPoint;
use super::geometry::{Vec2, mix, rotate, smoothstep};
use super::lesion::{Finding, Focus, LEAST_COVERAGE, Lesion, Placement};
use super::sampling::{chance, log_uniform, sign, uniform, whole};
use super::site::BodySite;
use super::skin_tone::{Effect, SkinState};
use super::texture::NoiseField;

/// A mosaic of two kinds of skin along the lines of Blaschko.
#[derive(Clone, Debug)]
pub struct BlaschkoMosaic {
    site: BodySite,
    /// Distance between streaks in centimetres.
    period: f32,
    /// Steepness of the V or S.
    slant: f32,
    /// Stripes narrower (positive) or wider (negative).
    threshold: f32,
    /// How much of each streak is missing.
    patchiness: f32,
    /// Roughness of borders, in centimetres.
    serration: f32,
    /// Break-up into droplets, 0 to 1.
    spatter: f32,
    softness: f32,
    /// 0 for both sides of the midline, else the side.
    side: f32,
    whorls: Vec<(Vec2, f32, f32)>,
    effect: Effect,
    field: NoiseField,
}

impl BlaschkoMosaic {
    /// The phase, in streaks; its level lines are lines of Blaschko.
    fn phase(&self, at: &SkinPoint) -> f32 {
        let mut p = at.skin;
        let unit = self.period;
        for (centre, radius, turn) in &self.whorls {
            let d = [p[0] - centre[0], p[1] - centre[1]];
            let r = d[0].hypot(d[1]) / radius;
            if r < 1.0 {
                let q = rotate(d, turn * (1.0 - r) * (1.0 - r));
                p = [centre[0] + q[0], centre[1] + q[1]];
            }
        }
        let shift = [p[0] - at.skin[0], p[1] - at.skin[1]];
        let warp = self
            .field
            .warp([p[0] * 0.22 / unit, p[1] * 0.22 / unit], 2, 0.5);
        let (x, y) = (
            at.across + shift[0] + 0.75 * unit * warp[0],
            p[1] + 0.75 * unit * warp[1],
        );
        let side = x.abs();
        let width = at.radius.max(2.0);
        let raw = if at.limb {
            x + 0.22 * width * (at.along / width * 0.55).sin() + shift[1] * 0.5
        } else {
            match self.site {
                BodySite::Back => {
                    y + self.slant * ((side * side + 0.3).sqrt() - 0.55 * side * side / width)
                }
                BodySite::Face => x * (1.0 + 0.35 * (y / width)) + 0.35 * y,
                _ => y - self.slant * (0.9 * side - 0.42 * width * (3.4 * side / width).sin()),
            }
        };
        raw / unit
    }

    fn coverage(&self, at: &SkinPoint, px: f32) -> f32 {
        let mut side = 1.0;
        if self.side != 0.0 && !at.limb {
            let x = self.side * at.across + 0.5 * self.field.at([at.skin[1] * 0.5, 3.0]);
            side = smoothstep(-0.4, 0.4, x);
            if side == 0.0 {
                return 0.0;
            }
        }
        let s = at.skin;
        let rough =
            self.field.fbm([s[0] * 1.1 + 11.0, s[1] * 1.1], 3, 0.65) * self.serration / self.period;
        let phase = self.phase(at) + rough;
        let stripe = (std::f32::consts::TAU * phase).cos();
        // Each streak has a strength of its own; it changes in the gap between streaks, at half phases.
        let own = self.field.at([(phase + 0.5).floor() * 7.7 + 0.5, 0.3]);
        let patch = self.field.fbm(
            [
                s[0] * 0.45 / self.period + 5.0,
                s[1] * 0.45 / self.period + 8.0,
            ],
            2,
            0.5,
        );
        let mut level =
            stripe - self.threshold + self.patchiness * (1.9 * patch + 0.5 * own - 0.15);
        if self.spatter > 0.0 {
            let drops = self.field.fbm(
                [s[0] * 2.6 / self.period, s[1] * 2.6 / self.period + 30.0],
                2,
                0.6,
            );
            level += self.spatter * (2.4 * drops - 0.1);
        }
        // The phase turns about 2 pi / period per centimetre, which turns the softness into a width in centimetres.
        let soft = (self.softness + 0.5 * px) * 5.0 / self.period;
        let c = side * smoothstep(-0.5 * soft, soft, level);
        if c < LEAST_COVERAGE { 0.0 } else { c }
    }
}

impl Lesion for BlaschkoMosaic {
    fn paint(&self, at: &SkinPoint, px: f32, skin: &mut SkinState) -> f32 {
        let coverage = self.coverage(at, px);
        if coverage > 0.0 {
            let uneven = 1.0
                + 0.25
                    * self
                        .field
                        .fbm([at.skin[0] * 0.8, at.skin[1] * 0.8 + 50.0], 2, 0.5);
            self.effect.apply((coverage * uneven).min(1.1), skin);
        }
        coverage
    }
}

/// Draws hypomelanosis of Ito: pale whorls and streaks.
pub fn hypomelanosis_of_ito(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    // Fair skin can lose less, so what is lost there must be nearly all for the eye to see anything.
    let fair = smoothstep(0.8, 0.1, place.tone.melanin);
    let remaining = mix(uniform(rng, 0.35, 0.62), uniform(rng, 0.02, 0.2), fair);
    let mosaic = BlaschkoMosaic {
        site: place.setting.site,
        period: log_uniform(rng, 2.4, 4.6) * place.unit,
        slant: uniform(rng, 0.5, 1.0),
        threshold: uniform(rng, -0.25, 0.35),
        patchiness: uniform(rng, 0.5, 1.1),
        serration: uniform(rng, 0.2, 0.8) * place.unit,
        spatter: if chance(rng, 0.25) {
            uniform(rng, 0.2, 0.5)
        } else {
            0.0
        },
        softness: uniform(rng, 0.05, 0.22) * place.unit,
        side: if chance(rng, 0.4) { sign(rng) } else { 0.0 },
        whorls: whorls(place, rng),
        effect: Effect::pale(remaining),
        field: NoiseField::sample(rng),
    };
    finding(mosaic, place, rng)
}

/// Draws the third, hyperpigmented stage of incontinentia pigmenti: slate-brown whorls, streaks and splashes.
pub fn incontinentia_pigmenti(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let slate = uniform(rng, 0.25, 0.6);
    let strength = uniform(rng, 0.28, 0.75);
    let brown = Effect::brown(strength * (1.0 - slate), &place.tone);
    let effect = Effect {
        dermal_melanin: slate * strength * (0.9 + 0.45 * place.tone.melanin),
        haemoglobin_factor: 0.85,
        ..brown
    };
    let mosaic = BlaschkoMosaic {
        site: place.setting.site,
        period: log_uniform(rng, 1.7, 3.4) * place.unit,
        slant: uniform(rng, 0.5, 1.0),
        threshold: uniform(rng, 0.15, 0.7),
        patchiness: uniform(rng, 0.5, 1.2),
        serration: uniform(rng, 0.2, 0.7) * place.unit,
        spatter: if chance(rng, 0.65) {
            uniform(rng, 0.3, 1.0)
        } else {
            0.0
        },
        softness: uniform(rng, 0.04, 0.16) * place.unit,
        side: if chance(rng, 0.2) { sign(rng) } else { 0.0 },
        whorls: whorls(place, rng),
        effect,
        field: NoiseField::sample(rng),
    };
    finding(mosaic, place, rng)
}

fn whorls(place: &Placement, rng: &mut ChaCha8Rng) -> Vec<(Vec2, f32, f32)> {
    let trunk = matches!(place.setting.site, BodySite::Back | BodySite::Chest);
    let count = if trunk {
        whole(rng, 1, 3)
    } else {
        whole(rng, 0, 1)
    };
    (0..count)
        .filter_map(|_| {
            let at = place.anywhere(2.0, rng)?;
            Some((
                at.skin,
                uniform(rng, 5.0, 10.0) * place.unit,
                sign(rng) * uniform(rng, 2.2, 4.2),
            ))
        })
        .collect()
}

fn finding(mosaic: BlaschkoMosaic, place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    // Look where streaks and unaffected skin are both in sight.
    let mut spots: Vec<(f32, Focus)> = Vec::new();
    for _ in 0..60 {
        let Some(at) = place.anywhere(2.5 * place.unit, rng) else {
            break;
        };
        let radius = mosaic.period * uniform(rng, 1.5, 2.6);
        let around = (0..12).map(|i| {
            let r = radius * (0.25 + 0.07 * i as f32);
            let d = rotate([r, 0.0], i as f32 * 2.4);
            let p = [at.picture[0] + d[0], at.picture[1] + d[1]];
            place
                .bare(p, 0.0)
                .map_or(0.0, |skin| mosaic.coverage(&skin, 0.05))
        });
        let share: f32 = around.sum::<f32>() / 12.0;
        let whorl = mosaic
            .whorls
            .iter()
            .any(|(c, r, _)| (c[0] - at.skin[0]).hypot(c[1] - at.skin[1]) < 0.6 * r);
        let score = 1.0 - (share - 0.42).abs() * 2.0 + if whorl { 0.2 } else { 0.0 };
        spots.push((
            score,
            Focus {
                centre: at.picture,
                radius,
            },
        ));
    }
    spots.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut finding = Finding {
        focus: spots.into_iter().take(12).map(|(_, focus)| focus).collect(),
        ..Finding::default()
    };
    finding.push(mosaic);
    finding
}
