//! The seven labels and how each is drawn.

use rand_chacha::ChaCha8Rng;

use super::lesion::{Finding, Placement};
use super::sampling::weighted;
use super::site::BodySite;
use super::{blaschko, cafe_au_lait, hypomelanotic, lentigines, other};

/// A label that can be drawn; keys are those of the model's own label registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Normal skin and other conditions.
    EverythingElse,
    /// Hypomelanosis of Ito.
    HypomelanosisOfIto,
    /// Incontinentia pigmenti, third stage.
    IncontinentiaPigmenti,
    /// McCune-Albright syndrome.
    McCuneAlbright,
    /// Noonan syndrome with multiple lentigines.
    MultipleLentigines,
    /// Neurofibromatosis type 1.
    Neurofibromatosis,
    /// Tuberous sclerosis complex.
    TuberousSclerosis,
}

impl Condition {
    /// All, in the order of the label registry.
    pub const ALL: [Self; 7] = [
        Self::EverythingElse,
        Self::HypomelanosisOfIto,
        Self::IncontinentiaPigmenti,
        Self::McCuneAlbright,
        Self::MultipleLentigines,
        Self::Neurofibromatosis,
        Self::TuberousSclerosis,
    ];

    /// The label's key.
    pub fn key(self) -> &'static str {
        match self {
            Self::EverythingElse => "EverythingElse",
            Self::HypomelanosisOfIto => "HMI",
            Self::IncontinentiaPigmenti => "IP",
            Self::McCuneAlbright => "MA",
            Self::MultipleLentigines => "ML",
            Self::Neurofibromatosis => "NF1",
            Self::TuberousSclerosis => "TSC",
        }
    }

    /// Draws a body site; every label occurs at every site, in shares that follow where the finding is photographed.
    pub fn sample_site(self, rng: &mut ChaCha8Rng) -> BodySite {
        let [back, chest, arm, leg, face] = match self {
            Self::EverythingElse => [0.22, 0.20, 0.20, 0.18, 0.20],
            Self::HypomelanosisOfIto | Self::IncontinentiaPigmenti => {
                [0.32, 0.28, 0.14, 0.22, 0.04]
            }
            Self::McCuneAlbright => [0.36, 0.28, 0.10, 0.14, 0.12],
            Self::MultipleLentigines => [0.24, 0.24, 0.14, 0.08, 0.30],
            Self::Neurofibromatosis => [0.34, 0.32, 0.14, 0.16, 0.04],
            Self::TuberousSclerosis => [0.26, 0.20, 0.10, 0.18, 0.26],
        };
        weighted(
            rng,
            &[
                (back, BodySite::Back),
                (chest, BodySite::Chest),
                (arm, BodySite::Arm),
                (leg, BodySite::Leg),
                (face, BodySite::Face),
            ],
            BodySite::Back,
        )
    }

    /// Draws the lesions.
    pub fn sample_finding(self, place: &Placement, rng: &mut ChaCha8Rng) -> Finding {
        match self {
            Self::EverythingElse => other::everything_else(place, rng),
            Self::HypomelanosisOfIto => blaschko::hypomelanosis_of_ito(place, rng),
            Self::IncontinentiaPigmenti => blaschko::incontinentia_pigmenti(place, rng),
            Self::McCuneAlbright => cafe_au_lait::mccune_albright(place, rng),
            Self::MultipleLentigines => lentigines::multiple_lentigines(place, rng),
            Self::Neurofibromatosis => cafe_au_lait::neurofibromatosis(place, rng),
            Self::TuberousSclerosis => hypomelanotic::tuberous_sclerosis(place, rng),
        }
    }
}
