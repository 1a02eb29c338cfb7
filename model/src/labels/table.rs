//! The labels of the study (Duong et al. 2021), in the authors' order: the keys sorted by their
//! ASCII codes.
//!
//! MIM numbers are those of the Online Mendelian Inheritance in Man catalogue (<https://omim.org>).

/// One row of the table; see [`Label`](super::Label) for what the fields mean.
pub(super) struct Row {
    pub key: &'static str,
    pub name: &'static str,
    pub mim: &'static [u32],
    pub genes: &'static [&'static str],
    pub description: &'static str,
    pub own: bool,
}

/// A condition of the study.
const fn own(
    key: &'static str,
    name: &'static str,
    mim: &'static [u32],
    genes: &'static [&'static str],
    description: &'static str,
) -> Row {
    Row {
        key,
        name,
        mim,
        genes,
        description,
        own: true,
    }
}

/// A category of the auxiliary dermoscopy photographs (SIIM-ISIC), which only help training.
const fn auxiliary(key: &'static str, name: &'static str, description: &'static str) -> Row {
    Row {
        key,
        name,
        mim: &[],
        genes: &[],
        description,
        own: false,
    }
}

/// All sixteen labels. A model with sixteen outputs has them in this order, one with seven has the
/// rows marked `own` in this order.
pub(super) const ROWS: [Row; 16] = [
    auxiliary(
        "AK",
        "Actinic keratosis",
        "Rough, scaly patch on skin damaged by the sun.",
    ),
    auxiliary(
        "BCC",
        "Basal cell carcinoma",
        "Slowly growing skin cancer that rarely spreads.",
    ),
    auxiliary(
        "BKL",
        "Benign keratosis",
        "Seborrhoeic or lichenoid keratosis, or solar lentigo.",
    ),
    auxiliary(
        "DF",
        "Dermatofibroma",
        "Firm, harmless nodule of the skin's connective tissue.",
    ),
    own(
        "EverythingElse",
        "Other skin condition",
        &[],
        &[],
        "Any other skin finding that can resemble one of the six conditions.",
    ),
    own(
        "HMI",
        "Hypomelanosis of Ito",
        &[300337],
        &[],
        "Pale whorls and streaks along the lines of Blaschko; mosaic changes of various genes or chromosomes.",
    ),
    own(
        "IP",
        "Incontinentia pigmenti",
        &[308300],
        &["IKBKG"],
        "X-linked condition whose skin passes from blisters through warty lines to brown swirls and pale streaks.",
    ),
    own(
        "MA",
        "McCune-Albright syndrome",
        &[174800],
        &["GNAS"],
        "Mosaic condition with large, jagged café-au-lait patches, fibrous dysplasia of bone and overactive glands.",
    ),
    own(
        "ML",
        "Noonan syndrome with multiple lentigines",
        &[151100],
        &["PTPN11", "RAF1", "BRAF"],
        "Many small, dark, flat spots with heart, growth and hearing findings; formerly LEOPARD syndrome.",
    ),
    own(
        "NF1",
        "Neurofibromatosis type 1",
        &[162200],
        &["NF1"],
        "Café-au-lait spots, freckling of the skin folds and soft nodules along nerves (neurofibromas).",
    ),
    auxiliary(
        "SCC",
        "Squamous cell carcinoma",
        "Skin cancer of the cells that form the outer layers of the skin.",
    ),
    own(
        "TSC",
        "Tuberous sclerosis complex",
        &[191100, 613254],
        &["TSC1", "TSC2"],
        "Pale, leaf-shaped spots, facial angiofibromas and shagreen patches with benign growths in several organs.",
    ),
    auxiliary(
        "VASC",
        "Vascular lesion",
        "Angioma, angiokeratoma, pyogenic granuloma or bleeding into the skin.",
    ),
    auxiliary("melanoma", "Melanoma", "Skin cancer of the pigment cells."),
    auxiliary("nevus", "Naevus", "Common mole of pigment cells."),
    auxiliary(
        "unknown",
        "Unknown lesion",
        "Benign lesion whose diagnosis was not recorded.",
    ),
];
