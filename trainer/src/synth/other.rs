//! The seventh label: normal skin and common conditions that are none of the six.

use rand_chacha::ChaCha8Rng;

use super::body::SkinPoint;
use super::geometry::{mix, smoothstep};
use super::lentigines::scatter;
use super::lesion::{Finding, Focus, Lesion, Placement};
use super::patch::{Outline, Patch};
use super::sampling::{chance, log_uniform, sign, uniform, weighted, whole};
use super::skin_tone::{Effect, SkinState};
use super::spots::Spots;
use super::texture::NoiseField;

type Draw = fn(&Placement, &mut ChaCha8Rng) -> Finding;

/// Draws one of the other conditions, or normal skin.
pub fn everything_else(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let kinds: [(f32, Draw); 7] = [
        (0.16, normal_skin),
        (0.15, vitiligo),
        (0.16, psoriasis),
        (0.14, naevi),
        (0.12, haemangioma),
        (0.14, tinea),
        (0.13, port_wine_stain),
    ];
    weighted(rng, &kinds, normal_skin)(place, rng)
}

fn normal_skin(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    for _ in 0..4 {
        if let Some(at) = place.anywhere(2.5 * place.unit, rng) {
            finding.focus.push(Focus {
                centre: at.picture,
                radius: uniform(rng, 1.5, 4.5) * place.unit,
            });
        }
    }
    finding
}

/// Chalk-white, sharply bordered patches, often mirrored about the midline.
fn vitiligo(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let effect = Effect {
        melanin_factor: 0.03,
        melanin: 0.06,
        haemoglobin: 0.05,
        ..Effect::default()
    };
    let sizes: Vec<f32> = (0..whole(rng, 2, 5))
        .map(|_| log_uniform(rng, 1.2, 3.6) * place.unit)
        .collect();
    let mirrored = chance(rng, 0.6);
    for (point, size) in place.apart(&sizes, 0.6, rng) {
        let size = size.min(0.7 * point.radius);
        let angle = uniform(rng, 0.0, 3.1);
        let mut patch = Patch::oval(
            &point,
            [size * uniform(rng, 1.0, 1.7), size],
            angle,
            effect,
            rng,
        );
        patch.roughness = uniform(rng, 0.15, 0.35);
        patch.octaves = 3;
        patch.frequency = 1.0;
        patch.softness = uniform(rng, 0.02, 0.07) * place.unit;
        patch.mottling = 0.0;
        finding.focus.push(Focus {
            centre: point.picture,
            radius: size * uniform(rng, 1.2, 1.9),
        });
        if mirrored && !point.limb {
            let mut twin = patch.clone();
            // The midline of trunk and face is at x = 0.
            twin.centre[0] = -twin.centre[0];
            twin.angle = std::f32::consts::PI - angle;
            twin.field = NoiseField::sample(rng);
            finding.push(twin);
        }
        finding.push(patch);
    }
    finding
}

/// A raised red plaque under silvery scale.
#[derive(Clone, Debug)]
struct Plaque {
    base: Patch,
    scaling: f32,
    /// Radius inside which the plaque has cleared, as a share; 0 for a solid plaque, about 0.7 for a ring.
    cleared: f32,
}

impl Lesion for Plaque {
    fn paint(&self, at: &SkinPoint, px: f32, skin: &mut SkinState) -> f32 {
        let mut coverage = self.base.coverage(at, px);
        if coverage == 0.0 {
            return 0.0;
        }
        let width = self.base.radii[0].min(self.base.radii[1]);
        let depth = -self.base.distance(at) / width;
        if self.cleared > 0.0 {
            // Within the ring the skin is nearly, not wholly, back to normal.
            coverage *= mix(
                1.0,
                0.22,
                smoothstep(1.0 - self.cleared - 0.08, 1.0 - self.cleared + 0.12, depth),
            );
        }
        self.base.effect.apply(coverage, skin);
        let s = at.skin;
        let flakes = self.base.field.fbm([s[0] * 2.4 + 60.0, s[1] * 2.4], 3, 0.7)
            + 0.5 * self.base.field.fbm([s[0] * 0.9, s[1] * 0.9 + 60.0], 2, 0.5);
        let scale = self.scaling * coverage * smoothstep(-0.35, 0.55, flakes);
        skin.scale = (skin.scale + scale).min(0.95);
        skin.height += coverage * self.base.height * (1.0 + 0.6 * flakes);
        coverage
    }

    fn has_relief(&self) -> bool {
        true
    }
}

fn psoriasis(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let red = uniform(rng, 0.45, 0.9);
    let effect = Effect {
        haemoglobin: red,
        // In dark skin plaques look violet-brown rather than red.
        melanin: 0.08 * place.tone.melanin,
        ..Effect::default()
    };
    let scaling = uniform(rng, 0.5, 0.95);
    let sizes: Vec<f32> = (0..whole(rng, 2, 8))
        .map(|_| log_uniform(rng, 0.9, 2.8) * place.unit)
        .collect();
    for (point, size) in place.apart(&sizes, 0.5, rng) {
        let size = size.min(0.6 * point.radius);
        let mut base = Patch::oval(
            &point,
            [size * uniform(rng, 1.0, 1.5), size],
            uniform(rng, 0.0, 3.1),
            effect,
            rng,
        );
        base.roughness = uniform(rng, 0.08, 0.2);
        base.octaves = 3;
        base.softness = 0.07;
        base.height = 0.10;
        finding.focus.push(Focus {
            centre: point.picture,
            radius: size * uniform(rng, 1.3, 2.2),
        });
        finding.push(Plaque {
            base,
            scaling,
            cleared: 0.0,
        });
    }
    finding.focus.reverse();
    finding
}

/// Ringworm: a spreading ring, red and scaly at its border, cleared in the middle.
fn tinea(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let effect = Effect {
        haemoglobin: uniform(rng, 0.35, 0.7),
        melanin: uniform(rng, 0.05, 0.15) * (0.5 + place.tone.melanin),
        ..Effect::default()
    };
    let sizes: Vec<f32> = (0..whole(rng, 1, 3))
        .map(|_| log_uniform(rng, 1.6, 3.2) * place.unit)
        .collect();
    for (point, size) in place.apart(&sizes, 0.8, rng) {
        let size = size.min(0.7 * point.radius);
        let mut base = Patch::oval(
            &point,
            [size * uniform(rng, 1.0, 1.25), size],
            uniform(rng, 0.0, 3.1),
            effect,
            rng,
        );
        base.roughness = uniform(rng, 0.06, 0.15);
        base.octaves = 3;
        base.softness = 0.1;
        base.height = 0.07;
        let cleared = uniform(rng, 0.62, 0.8);
        finding.focus.push(Focus {
            centre: point.picture,
            radius: size * uniform(rng, 1.3, 2.0),
        });
        finding.push(Plaque {
            base,
            scaling: uniform(rng, 0.15, 0.45),
            cleared,
        });
    }
    finding
}

/// One or a few moles, or one larger congenital naevus.
fn naevi(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let congenital = chance(rng, 0.5);
    let count = if congenital { 1 } else { whole(rng, 1, 4) };
    for _ in 0..count {
        let Some(at) = place.anywhere(1.0, rng) else {
            break;
        };
        let size = if congenital {
            uniform(rng, 1.0, 2.8)
        } else {
            uniform(rng, 0.25, 0.6)
        } * place.unit;
        let size = size.min(0.5 * at.radius);
        let effect = Effect {
            dermal_melanin: uniform(rng, 0.0, 0.25),
            ..Effect::brown(uniform(rng, 0.6, 1.3), &place.tone)
        };
        let mut patch = Patch::oval(
            &at,
            [size * uniform(rng, 1.0, 1.5), size],
            uniform(rng, 0.0, 3.1),
            effect,
            rng,
        );
        patch.roughness = uniform(rng, 0.06, 0.2);
        patch.octaves = 3;
        patch.mottling = uniform(rng, 0.2, 0.5);
        patch.height = uniform(rng, 0.0, 0.05) * size;
        finding.focus.push(Focus {
            centre: at.picture,
            radius: size * uniform(rng, 1.5, 2.8),
        });
        finding.push(patch);
    }
    finding.focus.sort_by(|a, b| b.radius.total_cmp(&a.radius));
    finding
}

/// A bright red, raised, lobulated tumour of infancy.
fn haemangioma(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let Some(at) = place.anywhere(1.2, rng) else {
        return normal_skin(place, rng);
    };
    let size = (log_uniform(rng, 1.1, 2.5) * place.unit).min(0.55 * at.radius);
    let effect = Effect {
        haemoglobin: uniform(rng, 1.2, 2.0),
        melanin_factor: 0.7,
        gloss: 0.8,
        ..Effect::default()
    };
    let mut patch = Patch::oval(
        &at,
        [size * uniform(rng, 1.0, 1.4), size],
        uniform(rng, 0.0, 3.1),
        effect,
        rng,
    );
    patch.roughness = uniform(rng, 0.12, 0.28);
    patch.octaves = 3;
    patch.height = 0.3 * size;
    patch.mottling = 0.3;
    finding.push(patch);
    let lobes = scatter(
        place,
        40,
        [0.12 * size, 0.28 * size],
        Some((at.picture, 0.85 * size)),
        rng,
    );
    let lobe = Effect {
        haemoglobin: 0.25,
        gloss: 0.5,
        ..Effect::default()
    };
    finding.push(Spots::new(&lobes, lobe, 0.6, 0.25));
    finding.focus.push(Focus {
        centre: at.picture,
        radius: size * uniform(rng, 1.4, 2.2),
    });
    finding
}

/// A flat pink to purple stain over a large area of one side.
fn port_wine_stain(place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
    let mut finding = Finding::default();
    let Some(at) = place.anywhere(1.5, rng) else {
        return normal_skin(place, rng);
    };
    let size = (uniform(rng, 2.4, 6.0) * place.unit).min(0.7 * at.radius);
    let effect = Effect {
        haemoglobin: uniform(rng, 0.45, 1.1),
        dermal_melanin: uniform(rng, 0.0, 0.2),
        ..Effect::default()
    };
    let patch = Patch {
        centre: at.skin,
        radii: [size * uniform(rng, 1.1, 2.0), size],
        angle: uniform(rng, 0.0, 3.1),
        outline: Outline::Oval,
        roughness: uniform(rng, 0.2, 0.5),
        frequency: 1.0,
        octaves: 4,
        softness: uniform(rng, 0.05, 0.3),
        mottling: uniform(rng, 0.3, 0.7),
        side: if chance(rng, 0.7) {
            if at.across == 0.0 {
                sign(rng)
            } else {
                at.across.signum()
            }
        } else {
            0.0
        },
        height: 0.0,
        effect,
        field: NoiseField::sample(rng),
    };
    finding.push(patch);
    finding.focus.push(Focus {
        centre: at.picture,
        radius: size * uniform(rng, 1.1, 1.6),
    });
    finding
}
