//! What scipy, statsmodels, pingouin, krippendorff and irrCAC answer (`tests/reference/study.py`), for the tests here.
#![allow(clippy::unwrap_used)]

use serde::Deserialize;

/// `goldens/study.json`
#[derive(Deserialize)]
pub(crate) struct Golden {
    pub paired_t: Vec<PairedT>,
    pub icc: Vec<Icc>,
    pub wilson: Vec<Wilson>,
    pub power: Power,
    pub mcnemar: Vec<McNemar>,
    pub raters: Raters,
    pub holm: Vec<Holm>,
    pub non_inferiority: Vec<NonInferiority>,
    pub paired_proportions: Vec<PairedProportions>,
    pub reader_by_image: ReaderByImage,
}

#[derive(Deserialize)]
pub(crate) struct PairedT {
    pub first: Vec<f64>,
    pub second: Vec<f64>,
    pub t: f64,
    pub p: f64,
    pub interval: [f64; 2],
    pub interval_99: [f64; 2],
}

#[derive(Deserialize)]
pub(crate) struct Icc {
    pub table: Vec<Vec<f64>>,
    pub one_way: IccOfForm,
    pub agreement: IccOfForm,
    pub consistency: IccOfForm,
}

#[derive(Deserialize)]
pub(crate) struct IccOfForm {
    pub single: f64,
    pub average: f64,
    pub single_interval: [f64; 2],
    pub average_interval: [f64; 2],
    pub f: f64,
    pub p: f64,
}

#[derive(Deserialize)]
pub(crate) struct Wilson {
    pub right: usize,
    pub total: usize,
    pub level: f64,
    pub interval: [f64; 2],
}

#[derive(Deserialize)]
pub(crate) struct Power {
    pub powers: Vec<PowerOfPairs>,
    pub sizes: Vec<PairsForPower>,
    pub noncentral_t: Vec<NoncentralT>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PowerOfPairs {
    pub effect: f64,
    pub pairs: usize,
    pub alpha: f64,
    pub power: f64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PairsForPower {
    pub effect: f64,
    pub power: f64,
    pub pairs: usize,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NoncentralT {
    pub t: f64,
    pub df: f64,
    pub shift: f64,
    pub cdf: f64,
}

#[derive(Deserialize)]
pub(crate) struct McNemar {
    pub first: usize,
    pub second: usize,
    pub exact: f64,
    pub mid_p: f64,
}

#[derive(Deserialize)]
pub(crate) struct Raters {
    pub answers: Vec<Vec<usize>>,
    pub fleiss: f64,
    pub fleiss_standard_error: f64,
    pub fleiss_interval: [f64; 2],
    pub alpha: f64,
    pub with_holes: Vec<Vec<Option<usize>>>,
    pub alpha_with_holes: f64,
}

#[derive(Deserialize)]
pub(crate) struct Holm {
    pub p: Vec<f64>,
    pub adjusted: Vec<f64>,
}

#[derive(Deserialize)]
pub(crate) struct NonInferiority {
    pub first: Vec<f64>,
    pub second: Vec<f64>,
    pub margin: f64,
    pub t: f64,
    pub p: f64,
    pub lower: f64,
    pub p_equivalence: f64,
}

#[derive(Deserialize)]
pub(crate) struct PairedProportions {
    pub only_first: usize,
    pub only_second: usize,
    pub pairs: usize,
    pub margin: f64,
    pub z: f64,
    pub p: f64,
    pub interval: [f64; 2],
}

#[derive(Deserialize)]
pub(crate) struct ReaderByImage {
    pub crossed: TwoSides,
    pub apart: TwoSides,
}

/// Triples of reader, image and right (1) or wrong (0).
#[derive(Deserialize)]
pub(crate) struct TwoSides {
    pub first: Vec<[usize; 3]>,
    pub second: Vec<[usize; 3]>,
    pub difference: f64,
    pub variance: f64,
}

pub(crate) fn golden() -> Golden {
    let text = include_str!("../../tests/reference/goldens/study.json");
    serde_json::from_str(text).unwrap()
}

/// Asserts that two numbers agree to `tolerance`, relative where they are larger than 1e-3 and absolute to
/// a thousandth of it below.
pub(crate) fn close(ours: f64, theirs: f64, tolerance: f64) {
    let allowed = tolerance * theirs.abs().max(1e-3);
    assert!(
        (ours - theirs).abs() <= allowed,
        "{ours:e} is not {theirs:e}"
    );
}
