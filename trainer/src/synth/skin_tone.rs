//! Skin colour from its two pigments, melanin and haemoglobin, for the six Fitzpatrick types.
//!
//! Light that leaves the skin has passed the epidermis, where melanin absorbs, and the upper dermis, where blood
//! absorbs. Both follow Beer and Lambert: `R = R0 exp(-melanin e_m - haemoglobin e_h)` for each of red, green and
//! blue. Melanin absorbs increasingly towards blue, haemoglobin mostly green and blue (S. L. Jacques, "Optical
//! properties of biological tissues: a review", Phys. Med. Biol. 58, 2013). Lesions change the amounts, not the
//! colour, so their contrast depends on the tone as on real skin: a pale macule is faint on type I and striking on
//! type VI, redness the other way round. The coefficients are chosen by eye, not measured.

use rand_chacha::ChaCha8Rng;

use super::geometry::{Vec3, mix3};
use super::sampling::{normal, uniform};

const DERMIS: Vec3 = [0.97, 0.80, 0.69];
const MELANIN: Vec3 = [1.0, 1.46, 1.88];
const DERMAL_MELANIN: Vec3 = [1.35, 1.42, 1.38];
const HAEMOGLOBIN: Vec3 = [0.16, 1.0, 0.86];
const YELLOW: Vec3 = [0.03, 0.12, 0.55];
const SCALE: Vec3 = [0.74, 0.71, 0.67];
/// Epidermal melanin of types I to VI, in the units of [`reflectance`].
const TYPES: [f32; 6] = [0.14, 0.25, 0.42, 0.72, 1.22, 1.95];

/// The constitutive colour of one person's skin.
#[derive(Clone, Copy, Debug)]
pub struct SkinTone {
    /// Fitzpatrick type, 1 (very fair) to 6 (very dark).
    pub fitzpatrick: u8,
    /// Mean melanin, about 0.1 to 2.2.
    pub melanin: f32,
    /// Mean haemoglobin, about 0.1 to 0.35.
    pub haemoglobin: f32,
    /// Carotene-like yellowness, 0 to 0.2.
    pub yellow: f32,
}

impl SkinTone {
    /// Draws a person of a Fitzpatrick type (clamped to 1..=6).
    pub fn sample(fitzpatrick: u8, rng: &mut ChaCha8Rng) -> Self {
        let fitzpatrick = fitzpatrick.clamp(1, 6);
        let typical = TYPES[usize::from(fitzpatrick - 1)];
        Self {
            fitzpatrick,
            melanin: typical * (0.09 * normal(rng).clamp(-2.0, 2.0)).exp(),
            haemoglobin: uniform(rng, 0.09, 0.25),
            yellow: uniform(rng, 0.0, 0.18),
        }
    }

    /// The unmarked state of this skin.
    pub fn state(&self) -> SkinState {
        SkinState {
            melanin: self.melanin,
            haemoglobin: self.haemoglobin,
            yellow: self.yellow,
            ..SkinState::default()
        }
    }

    /// Relative luminance of the unmarked skin, 0 to 1.
    pub fn luminance(&self) -> f32 {
        let [r, g, b] = reflectance(&self.state());
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

/// Pigments and relief of one point of skin; what lesions change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SkinState {
    /// Melanin of the epidermis; brown.
    pub melanin: f32,
    /// Melanin dropped into the dermis; seen through skin it is slate-grey.
    pub dermal_melanin: f32,
    /// Blood; red.
    pub haemoglobin: f32,
    /// Carotene, fat, collagen; yellow.
    pub yellow: f32,
    /// Share of the surface hidden under white, dry scales, 0 to 1.
    pub scale: f32,
    /// Height above the surrounding skin in centimetres.
    pub height: f32,
    /// Addition to the share of light mirrored at the surface.
    pub gloss: f32,
}

/// Linear RGB reflectance, each 0 to 1.
pub fn reflectance(state: &SkinState) -> Vec3 {
    let channel = |i: usize| {
        let absorbed = MELANIN[i] * state.melanin.max(0.0)
            + DERMAL_MELANIN[i] * state.dermal_melanin.max(0.0)
            + HAEMOGLOBIN[i] * state.haemoglobin.max(0.0)
            + YELLOW[i] * state.yellow.max(0.0);
        // A little light never enters the skin; it keeps dark skin from turning black.
        0.012 + 0.988 * DERMIS[i] * (-absorbed).exp()
    };
    let skin = [channel(0), channel(1), channel(2)];
    mix3(skin, SCALE, state.scale.clamp(0.0, 1.0))
}

/// How a lesion changes a [`SkinState`] where it is fully present.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    /// Epidermal melanin is multiplied by this.
    pub melanin_factor: f32,
    /// Then this is added to it.
    pub melanin: f32,
    /// Added dermal melanin.
    pub dermal_melanin: f32,
    /// Haemoglobin is multiplied by this.
    pub haemoglobin_factor: f32,
    /// Then this is added to it.
    pub haemoglobin: f32,
    /// Added yellowness.
    pub yellow: f32,
    /// Added scale.
    pub scale: f32,
    /// Added gloss.
    pub gloss: f32,
}

impl Default for Effect {
    fn default() -> Self {
        Self {
            melanin_factor: 1.0,
            melanin: 0.0,
            dermal_melanin: 0.0,
            haemoglobin_factor: 1.0,
            haemoglobin: 0.0,
            yellow: 0.0,
            scale: 0.0,
            gloss: 0.0,
        }
    }
}

impl Effect {
    /// Brown pigment as in a café-au-lait macule, `strength` about 0.2 (milk coffee) to 1 (black coffee).
    ///
    /// Darker skin makes darker spots, but the contrast still falls with the tone.
    pub fn brown(strength: f32, tone: &SkinTone) -> Self {
        Self {
            melanin: strength * (0.75 + 0.42 * tone.melanin),
            ..Self::default()
        }
    }

    /// Pale skin: `remaining` of its melanin is left (0 to 1), and it is a little paler in blood too.
    pub fn pale(remaining: f32) -> Self {
        Self {
            melanin_factor: remaining,
            haemoglobin_factor: 0.72 + 0.28 * remaining,
            ..Self::default()
        }
    }

    /// Applies a share (0 to 1) of the effect.
    pub fn apply(&self, share: f32, skin: &mut SkinState) {
        skin.melanin =
            skin.melanin * (1.0 + (self.melanin_factor - 1.0) * share) + self.melanin * share;
        skin.dermal_melanin += self.dermal_melanin * share;
        skin.haemoglobin = skin.haemoglobin * (1.0 + (self.haemoglobin_factor - 1.0) * share)
            + self.haemoglobin * share;
        skin.yellow += self.yellow * share;
        skin.scale = (skin.scale + self.scale * share).min(1.0);
        skin.gloss += self.gloss * share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn tone(fitzpatrick: u8) -> SkinTone {
        SkinTone::sample(fitzpatrick, &mut ChaCha8Rng::seed_from_u64(3))
    }

    fn contrast(effect: &Effect, fitzpatrick: u8) -> f32 {
        let skin = tone(fitzpatrick).state();
        let mut changed = skin;
        effect.apply(1.0, &mut changed);
        (reflectance(&changed)[1] / reflectance(&skin)[1]).ln()
    }

    #[test]
    fn types_get_darker() {
        let luminance: Vec<f32> = (1..=6).map(|t| tone(t).luminance()).collect();
        assert!(
            luminance.windows(2).all(|pair| pair[1] < pair[0]),
            "{luminance:?}"
        );
    }

    #[test]
    fn pale_patches_stand_out_on_dark_skin_and_redness_on_fair_skin() {
        let pale = Effect::pale(0.4);
        assert!(contrast(&pale, 6) > 4.0 * contrast(&pale, 1));
        let red = Effect {
            haemoglobin: 0.6,
            ..Effect::default()
        };
        assert!(contrast(&red, 1) < contrast(&red, 6));
    }

    #[test]
    fn no_share_changes_nothing() {
        let mut skin = tone(4).state();
        let before = skin;
        Effect {
            melanin: 1.0,
            scale: 0.5,
            ..Effect::pale(0.1)
        }
        .apply(0.0, &mut skin);
        assert_eq!(skin, before);
    }
}
