//! Krippendorff's alpha: agreement on answers beyond chance, holes allowed.

use serde::Serialize;

use super::fleiss::total;
use crate::error::{Error, Result, at_least};

const NAME: &str = "Krippendorff's alpha";

/// Krippendorff's alpha of answers, for labels without an order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct KrippendorffAlpha {
    /// `1 - observed / expected`; at most 1, 0 where readers agree as by chance.
    pub alpha: f64,
    /// Share of the pairs of answers to one photograph that disagree, 0 to 1.
    pub observed: f64,
    /// Share of all pairs of answers that disagree, 0 to 1.
    pub expected: f64,
    /// How many photographs have two answers or more; the others say nothing.
    pub photographs: usize,
}

/// Krippendorff's alpha with the nominal metric (Krippendorff 2011, Computing Krippendorff's
/// Alpha-Reliability).
///
/// `counts[i][j]` says how many readers answered photograph i with label j; their number may differ from
/// photograph to photograph, and be 0.
///
/// # Errors
/// No photograph with two answers, rows of different lengths, and one label for every answer (of those
/// photographs): chance alone would then agree always.
pub fn krippendorff_alpha(counts: &[Vec<usize>]) -> Result<KrippendorffAlpha> {
    let labels = counts.first().map_or(0, Vec::len);
    for (index, row) in counts.iter().enumerate() {
        if row.len() != labels {
            return Err(Error::Uneven {
                what: "labels of each photograph",
                position: index + 1,
                found: row.len(),
                expected: labels,
            });
        }
    }
    let paired: Vec<&Vec<usize>> = counts.iter().filter(|row| total(row) >= 2).collect();
    at_least(NAME, "photographs with two answers", 1, paired.len())?;
    let mut totals = vec![0.0; labels];
    let mut disagreeing = 0.0;
    for row in &paired {
        let answers = total(row) as f64;
        // Ordered pairs of unlike answers; each photograph weighs as its number of answers.
        let unlike: f64 = row
            .iter()
            .map(|count| *count as f64 * (answers - *count as f64))
            .sum();
        disagreeing += unlike / (answers - 1.0);
        for (total, count) in totals.iter_mut().zip(row.iter()) {
            *total += *count as f64;
        }
    }
    let answers: f64 = totals.iter().sum();
    let unlike: f64 = totals.iter().map(|total| total * (answers - total)).sum();
    if unlike <= 0.0 {
        return Err(Error::NoVariation {
            statistic: NAME,
            what: "all answers are the same label",
        });
    }
    let observed = disagreeing / answers;
    let expected = unlike / (answers * (answers - 1.0));
    Ok(KrippendorffAlpha {
        alpha: 1.0 - observed / expected,
        observed,
        expected,
        photographs: paired.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    fn counts(answers: &[Vec<Option<usize>>], labels: usize) -> Vec<Vec<usize>> {
        let count = |row: &Vec<Option<usize>>| {
            let mut counts = vec![0; labels];
            row.iter().flatten().for_each(|answer| counts[*answer] += 1);
            counts
        };
        answers.iter().map(count).collect()
    }

    #[test]
    fn alpha_is_that_of_the_python_package_with_and_without_holes() {
        let raters = golden().raters;
        let whole: Vec<Vec<Option<usize>>> = raters
            .answers
            .iter()
            .map(|row| row.iter().copied().map(Some).collect())
            .collect();
        close(
            krippendorff_alpha(&counts(&whole, 7)).unwrap().alpha,
            raters.alpha,
            1e-9,
        );
        let ours = krippendorff_alpha(&counts(&raters.with_holes, 7)).unwrap();
        close(ours.alpha, raters.alpha_with_holes, 1e-9);
        assert!(ours.photographs < 35);
    }

    /// Krippendorff 2011, example C: four observers, twelve units, holes; nominal alpha 0.743.
    #[test]
    fn krippendorffs_own_example() {
        let observers = [
            "1 2 3 3 2 1 4 1 2 . . .",
            "1 2 3 3 2 2 4 1 2 5 . 3",
            ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .",
        ];
        let mut rows = vec![vec![0; 5]; 12];
        for observer in observers {
            for (unit, value) in observer.split(' ').enumerate() {
                if let Ok(value) = value.parse::<usize>() {
                    rows[unit][value - 1] += 1;
                }
            }
        }
        let ours = krippendorff_alpha(&rows).unwrap();
        assert!((ours.alpha - 0.743).abs() < 5e-4, "{ours:?}");
        assert_eq!(ours.photographs, 11);
    }

    #[test]
    fn what_has_no_alpha() {
        assert!(matches!(krippendorff_alpha(&[]), Err(Error::TooFew { .. })));
        let one_reader = krippendorff_alpha(&[vec![1, 0], vec![0, 1]]);
        assert!(matches!(one_reader, Err(Error::TooFew { found: 0, .. })));
        let same = krippendorff_alpha(&[vec![2, 0], vec![3, 0], vec![0, 1]]);
        assert!(matches!(same, Err(Error::NoVariation { .. })));
        assert!(krippendorff_alpha(&[vec![2, 0], vec![3]]).is_err());
        let apart = krippendorff_alpha(&[vec![1, 1], vec![1, 1]]).unwrap();
        assert!(apart.alpha < 0.0);
    }
}
