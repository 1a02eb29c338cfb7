//! The numbers of Duong et al. 2021 (HGG Advances 2:100053) and of its public code, as far as they follow from
//! each other: each published interval, t, p, power and matrix must come out here.
#![allow(clippy::unwrap_used)]

use super::distribution::t_two_sided;
use super::{Confusion, Differences, IccForm, MeanSquares, PairedDesign, icc, paired_t, wilson};

/// On both test sets the classifier is right about 114 of 140 images.
#[test]
fn the_classifiers_accuracy() {
    let classifier = wilson(114, 140, 0.95).unwrap();
    assert!((classifier.value - 0.814).abs() < 5e-4);
    assert!(classifier.interval.holds(0.814));
}

/// Mean squares with a residual of 1 that have this consistency and this agreement. Where both are the
/// same, columns have no effect, and the one-way coefficient is the same too.
fn published(rows: usize, columns: usize, consistency: f64, agreement: f64) -> MeanSquares {
    let (n, k) = (rows as f64, columns as f64);
    let between_rows = (1.0 + (k - 1.0) * consistency) / (1.0 - consistency);
    let noise = (between_rows - 1.0) / agreement - between_rows - (k - 1.0);
    MeanSquares {
        rows,
        columns,
        between_rows,
        between_columns: 1.0 + n * noise / k,
        residual: 1.0,
    }
}

/// That a printed number lies between those that follow from the ends of rounded ones, to its last place.
fn between(printed: f64, mut ends: Vec<f64>) {
    ends.sort_by(f64::total_cmp);
    let (low, high) = (ends[0] - 0.0005, ends[ends.len() - 1] + 0.0005);
    assert!(
        (low..=high).contains(&printed),
        "{printed}: {low} to {high}"
    );
    assert!(high - low < 0.01, "{printed}: {low} to {high} says little");
}

/// Duong et al. 2021: 30 surveys; three groups (one-way, the first value without its minus sign there),
/// and both views of one group. Their values have three places.
#[test]
fn the_papers_intervals_follow_from_its_coefficients() {
    let checked = |form, all: Vec<MeanSquares>, low, high| {
        let interval = |squares| icc(squares, form, 0.95).unwrap().single.interval;
        between(low, all.iter().map(|s| interval(s).low).collect());
        between(high, all.iter().map(|s| interval(s).high).collect());
    };
    let half = [-0.0005, 0.0005];
    for (value, low, high) in [(-0.315, -0.393, -0.176), (-0.090, -0.244, 0.137)] {
        let all = half.map(|off| published(30, 3, value + off, value + off));
        checked(IccForm::OneWay, all.into(), low, high);
    }
    for (value, low, high) in [(0.682, 0.431, 0.835), (0.792, 0.608, 0.895)] {
        let all = half.map(|off| published(30, 2, value + off, value + off));
        checked(IccForm::Consistency, all.into(), low, high);
    }
    for (consistency, value, low, high) in
        [(0.682, 0.543, 0.034, 0.794), (0.792, 0.693, 0.194, 0.874)]
    {
        let pairs = half.map(|one| half.map(|other| (consistency + one, value + other)));
        let all = pairs
            .iter()
            .flatten()
            .map(|(consistency, value)| published(30, 2, *consistency, *value));
        checked(IccForm::Agreement, all.collect(), low, high);
    }
}

/// Duong et al. 2021: mean differences of 30 surveys in percent, t to two decimals, p to three digits.
#[test]
fn the_papers_means_and_deviations_give_its_t_and_p() {
    let published = [
        (37.3, 12.43, 3.87e-13),
        (28.7, 10.38, 2.81e-11),
        (21.8, 9.64, 1.52e-10),
        (12.7, 6.46, 4.57e-7),
        (15.6, 4.04, 3.63e-4),
        (16.0, 4.37, 1.44e-4),
        (9.05, 5.00, 2.55e-5),
        (8.57, 4.66, 6.60e-5),
    ];
    for (mean, t, p) in published {
        let deviation = mean * 30_f64.sqrt() / t;
        let test = paired_t(Differences::summary(30, mean, deviation).unwrap(), 0.95).unwrap();
        assert!((test.t - t).abs() < 1e-9);
        // t is rounded to 0.005: p lies between those of both ends.
        let ends = [t + 0.005, t - 0.005].map(|t| t_two_sided(t, 29.0));
        assert!(
            ends[0] * 0.995 <= p && p <= ends[1] * 1.005,
            "{mean}: {ends:?}"
        );
        assert!((test.p / p - 1.0).abs() < 0.03, "{mean}: {}", test.p);
        assert!(test.interval.low > 0.0);
    }
}

/// Duong et al. 2021: 30 of each group find 10% with 95% power, where differences deviate by 15%.
#[test]
fn the_papers_power() {
    let plan = PairedDesign {
        difference: 10.0,
        deviation: 15.0,
        significance: 0.05,
    };
    assert!((plan.normal_power(30).unwrap() - 0.9546).abs() < 5e-5);
    // The t test itself needs two more.
    assert!(plan.power(30).unwrap() < 0.95);
    assert_eq!(plan.pairs_for(0.95).unwrap(), 32);
}

/// The authors' fold-0 panoramic model; rows Other, HMI, IP, MA, ML, NF1, TSC in percent of 20.
const PUBLISHED: [[usize; 7]; 7] = [
    [70, 0, 5, 5, 10, 5, 5],
    [5, 80, 0, 15, 0, 0, 0],
    [10, 5, 85, 0, 0, 0, 0],
    [10, 0, 0, 80, 5, 5, 0],
    [5, 0, 0, 5, 90, 0, 0],
    [5, 0, 0, 5, 15, 75, 0],
    [0, 0, 0, 0, 0, 0, 100],
];

#[test]
fn the_published_matrix() {
    let pairs = PUBLISHED.iter().enumerate().flat_map(|(truth, row)| {
        row.iter().enumerate().flat_map(move |(answer, percent)| {
            std::iter::repeat_n((truth, Some(answer)), percent / 5)
        })
    });
    let confusion = Confusion::count(7, pairs).unwrap();
    assert_eq!((confusion.right(), confusion.answered()), (116, 140));
    assert!((confusion.balanced_accuracy().unwrap() - 0.828_571).abs() < 1e-6);
    for (ours, published) in confusion.row_shares().iter().zip(PUBLISHED) {
        for (share, percent) in ours.iter().zip(published) {
            assert!((share * 100.0 - percent as f64).abs() < 1e-9);
        }
    }
}
