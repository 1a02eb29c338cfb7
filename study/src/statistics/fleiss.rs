//! Fleiss' kappa: agreement on answers beyond chance, every photograph seen by equally many readers.

use serde::Serialize;

use crate::error::{Error, Result, at_least};

const NAME: &str = "Fleiss' kappa";

/// Fleiss' kappa and what it compares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FleissKappa {
    /// `(observed - expected) / (1 - expected)`; at most 1, 0 where readers agree as by chance.
    pub kappa: f64,
    /// Share of the pairs of readers of one photograph that agree, 0 to 1.
    pub observed: f64,
    /// What that would be by chance, 0 to 1.
    pub expected: f64,
    /// Kappa of each label against all others; `None` for labels that nobody, or everybody, answered.
    pub labels: Vec<Option<f64>>,
}

/// Fleiss' kappa (Fleiss 1971, Psychological Bulletin 76:378).
///
/// `counts[i][j]` says how many readers answered photograph i with label j. Which readers they are may
/// differ from photograph to photograph; where their number does, use
/// [`krippendorff_alpha`](super::krippendorff_alpha).
///
/// # Errors
/// No photographs, fewer than two readers, rows of different lengths, photographs with different numbers of
/// readers, and one label for every answer: chance alone would then agree always.
pub fn fleiss_kappa(counts: &[Vec<usize>]) -> Result<FleissKappa> {
    at_least(NAME, "photographs", 1, counts.len())?;
    let labels = counts[0].len();
    let readers = total(&counts[0]);
    at_least(NAME, "readers of each photograph", 2, readers)?;
    for (index, row) in counts.iter().enumerate() {
        let uneven = |what, found, expected| Error::Uneven {
            what,
            position: index + 1,
            found,
            expected,
        };
        if row.len() != labels {
            return Err(uneven("labels of each photograph", row.len(), labels));
        }
        let sum = total(row);
        if sum != readers {
            return Err(uneven("readers of each photograph", sum, readers));
        }
    }
    let number = readers as f64;
    let answers = counts.len() as f64 * number;
    let pairs = answers * (number - 1.0);
    let agreeing: f64 = counts
        .iter()
        .flatten()
        .map(|count| *count as f64 * (*count as f64 - 1.0))
        .sum();
    let shares: Vec<f64> = (0..labels)
        .map(|label| counts.iter().map(|row| row[label] as f64).sum::<f64>() / answers)
        .collect();
    if shares.contains(&1.0) {
        return Err(Error::NoVariation {
            statistic: NAME,
            what: "all answers are the same label",
        });
    }
    let observed = agreeing / pairs;
    let expected: f64 = shares.iter().map(|share| share * share).sum();
    let of_label = |(label, share): (usize, &f64)| {
        let split: f64 = counts
            .iter()
            .map(|row| row[label] as f64 * (number - row[label] as f64))
            .sum();
        (*share > 0.0).then(|| 1.0 - split / (pairs * share * (1.0 - share)))
    };
    Ok(FleissKappa {
        kappa: (observed - expected) / (1.0 - expected),
        observed,
        expected,
        labels: shares.iter().enumerate().map(of_label).collect(),
    })
}

/// How many answers a photograph has.
pub(super) fn total(row: &[usize]) -> usize {
    row.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    fn counts(answers: &[Vec<usize>], labels: usize) -> Vec<Vec<usize>> {
        let count = |row: &Vec<usize>| {
            let mut counts = vec![0; labels];
            row.iter().for_each(|answer| counts[*answer] += 1);
            counts
        };
        answers.iter().map(count).collect()
    }

    #[test]
    fn kappa_is_statsmodels() {
        let raters = golden().raters;
        let ours = fleiss_kappa(&counts(&raters.answers, 7)).unwrap();
        close(ours.kappa, raters.fleiss, 1e-9);
    }

    /// Kappa is the mean of the labels' kappas, weighted with share (1 - share) (Fleiss 1971).
    #[test]
    fn labels_add_up_to_the_whole() {
        let rows = counts(&golden().raters.answers, 7);
        let ours = fleiss_kappa(&rows).unwrap();
        let (mut sum, mut weights) = (0.0, 0.0);
        for label in 0..7 {
            let share = rows.iter().map(|row| row[label]).sum::<usize>() as f64 / 210.0;
            sum += ours.labels[label].unwrap() * share * (1.0 - share);
            weights += share * (1.0 - share);
        }
        close(sum / weights, ours.kappa, 1e-12);
    }

    #[test]
    fn perfect_agreement_and_what_has_no_kappa() {
        let perfect = fleiss_kappa(&[vec![3, 0, 0], vec![0, 3, 0]]).unwrap();
        assert_eq!(perfect.kappa, 1.0);
        assert_eq!(perfect.labels, [Some(1.0), Some(1.0), None]);
        assert!(matches!(fleiss_kappa(&[]), Err(Error::TooFew { .. })));
        let one_reader = fleiss_kappa(&[vec![1, 0], vec![0, 1]]);
        assert!(matches!(one_reader, Err(Error::TooFew { found: 1, .. })));
        let same = fleiss_kappa(&[vec![3, 0], vec![3, 0]]);
        assert!(matches!(same, Err(Error::NoVariation { .. })));
        let holes = fleiss_kappa(&[vec![2, 1], vec![1, 1]]).unwrap_err();
        assert_eq!(
            holes.to_string(),
            "readers of each photograph: number 2 has 2 where 3 belong"
        );
        assert!(fleiss_kappa(&[vec![2, 1], vec![3]]).is_err());
    }
}
