//! Readers and photographs as random effects: an accuracy, or a difference of two, for other readers and
//! other photographs.
//!
//! This stands where a mixed model would. A logistic one with crossed effects has no closed form, its
//! approximations disagree for one answer a cell, and it fails where a reader or a photograph is always
//! right. The analyses of Dorfman, Berbaum and Metz and of Obuchowski and Rockette need every reader on
//! every photograph, and here each sees a fifth of them. The moments of Gallas ask for neither: the
//! variance is unbiased for any assignment of photographs to readers, without a distribution assumed
//! (Gallas 2006, Academic Radiology 13:353; for right and wrong answers Gallas, Pennello and Myers 2007,
//! J. Opt. Soc. Am. A 24:B70; for any assignment Gallas and Brown 2008, Neural Networks 21:387). Where
//! every reader sees every photograph it is the two-way analysis of variance, which a test compares.

use std::collections::BTreeMap;

use super::estimate::Estimate;
use super::readings::{Readers, Reading, Readings};
use crate::error::{Error, Result, at_least};

const NAME: &str = "the analysis of readers and photographs";

/// The accuracy of one group with its standard error over readers and photographs.
///
/// # Errors
/// Fewer than two readers (of a sample) or photographs; a variance that is estimated as zero or below, as by
/// answers that are all right.
pub fn accuracy_for_others(readings: &Readings) -> Result<Estimate> {
    estimate(&[(1.0, readings)], readings.accuracy())
}

/// The accuracy of the first less that of the second, with its standard error over readers and photographs.
///
/// Answers are paired where both sides have the same photographs, and where they have the same readers.
/// Degrees of freedom are those of the smallest sample (readers of a side, or photographs) less one, which
/// errs on the side of caution. A fixed side varies with its photographs only.
///
/// # Errors
/// Fewer than two readers (of a sample) or photographs; a variance that is estimated as zero or below.
pub fn difference_for_others(first: &Readings, second: &Readings) -> Result<Estimate> {
    let value = first.accuracy() - second.accuracy();
    estimate(&[(1.0, first), (-1.0, second)], value)
}

fn estimate(sides: &[(f64, &Readings)], value: f64) -> Result<Estimate> {
    let mut smallest = usize::MAX;
    for (_, side) in sides {
        let distinct = |of: fn(&Reading) -> usize| {
            let mut all: Vec<usize> = side.list().iter().map(of).collect();
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        let photographs = distinct(|reading| reading.photograph);
        at_least(NAME, "photographs", 2, photographs)?;
        smallest = smallest.min(photographs);
        if side.readers() == Readers::Sample {
            let readers = distinct(|reading| reading.reader);
            at_least(NAME, "readers (or a fixed one)", 2, readers)?;
            smallest = smallest.min(readers);
        }
    }
    let mut variance = 0.0;
    for (i, (sign, side)) in sides.iter().enumerate() {
        for (j, (other_sign, other)) in sides.iter().enumerate() {
            let covariance = Pairs::count(side, other, i == j).covariance()?;
            variance += sign * other_sign * covariance;
        }
    }
    // Below this it is rounding: the smallest step of a variance is about 1 / answers^2.
    if variance <= 1e-14 {
        return Err(Error::NoVariation {
            statistic: NAME,
            what: "the variance over readers and photographs is estimated as zero or below",
        });
    }
    Ok(Estimate {
        value,
        standard_error: variance.sqrt(),
        df: (smallest - 1) as f64,
    })
}

/// Sums of products over pairs of answers, and how many pairs there are.
#[derive(Clone, Copy, Default)]
struct Sum {
    products: f64,
    pairs: f64,
}

impl Sum {
    /// Over all pairs of one total with another: of answers, and of right ones.
    fn of(one: Total, other: Total) -> Self {
        Self {
            products: one.right * other.right,
            pairs: one.answers * other.answers,
        }
    }

    fn plus(self, other: Self, factor: f64) -> Self {
        Self {
            products: self.products + factor * other.products,
            pairs: self.pairs + factor * other.pairs,
        }
    }
}

/// Answers and right answers.
#[derive(Clone, Copy, Default)]
struct Total {
    answers: f64,
    right: f64,
}

/// Pairs of an answer on one side with one on the other, by what they have in common.
struct Pairs {
    all: Sum,
    same_reader: Sum,
    same_photograph: Sum,
    same_both: Sum,
}

/// A reader, as far as two answers can have the same: each answer of a fixed reader stands alone, since
/// who reads is no chance there. Then only photographs make its answers depend on each other.
type Identity = (bool, usize);

fn identity(side: &Readings, index: usize) -> Identity {
    match side.readers() {
        Readers::Sample => (true, side.list()[index].reader),
        Readers::Fixed => (false, index),
    }
}

/// Totals of a side by a key.
fn totals<K: Ord>(side: &Readings, key: impl Fn(usize, &Reading) -> K) -> BTreeMap<K, Total> {
    let mut totals: BTreeMap<K, Total> = BTreeMap::new();
    for (index, reading) in side.list().iter().enumerate() {
        let total = totals.entry(key(index, reading)).or_default();
        total.answers += 1.0;
        total.right += f64::from(u8::from(reading.right));
    }
    totals
}

/// The sum over pairs that have the same key.
fn matched<K: Ord>(one: &BTreeMap<K, Total>, other: &BTreeMap<K, Total>) -> Sum {
    one.iter()
        .filter_map(|(key, total)| Some(Sum::of(*total, *other.get(key)?)))
        .fold(Sum::default(), |sum, matched| sum.plus(matched, 1.0))
}

impl Pairs {
    fn count(one: &Readings, other: &Readings, same_side: bool) -> Self {
        let whole = |side| totals(side, |_, _| ());
        let by_photograph = |side| totals(side, |_, reading| reading.photograph);
        let by_reader = |side: &Readings| totals(side, |index, _| identity(side, index));
        let by_both = |side: &Readings| {
            totals(side, |index, reading| {
                (identity(side, index), reading.photograph)
            })
        };
        // Two fixed sides number their answers alike, but share no reader in the sense above.
        let share_readers = same_side || one.readers() == Readers::Sample;
        let of_readers = |sum: Sum| if share_readers { sum } else { Sum::default() };
        Self {
            all: matched(&whole(one), &whole(other)),
            same_photograph: matched(&by_photograph(one), &by_photograph(other)),
            same_reader: of_readers(matched(&by_reader(one), &by_reader(other))),
            same_both: of_readers(matched(&by_both(one), &by_both(other))),
        }
    }

    /// The covariance of both accuracies: pairs without anything in common say what the product of means
    /// is, all others how far they depend on each other.
    fn covariance(&self) -> Result<f64> {
        let only_reader = self.same_reader.plus(self.same_both, -1.0);
        let only_photograph = self.same_photograph.plus(self.same_both, -1.0);
        let apart = self
            .all
            .plus(self.same_reader, -1.0)
            .plus(self.same_photograph, -1.0)
            .plus(self.same_both, 1.0);
        if apart.pairs < 0.5 {
            return Err(Error::TooFew {
                statistic: NAME,
                what: "answers of different readers to different photographs",
                needed: 2,
                found: 0,
            });
        }
        let independent = apart.products / apart.pairs;
        Ok([only_reader, only_photograph, self.same_both]
            .iter()
            .map(|sum| (sum.products - sum.pairs * independent) / self.all.pairs)
            .sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    fn readings(triples: &[[usize; 3]], readers: Readers) -> Readings {
        let list = triples
            .iter()
            .map(|[reader, photograph, right]| Reading {
                reader: *reader,
                photograph: *photograph,
                right: *right == 1,
            })
            .collect();
        Readings::new(list, readers).unwrap()
    }

    /// The crossed golden is the analysis of variance by statsmodels, the other a sum over all pairs of answers.
    #[test]
    fn crossed_readers_are_the_analysis_of_variance_and_others_the_definition() {
        let golden = golden().reader_by_image;
        for case in [golden.crossed, golden.apart] {
            let first = readings(&case.first, Readers::Sample);
            let second = readings(&case.second, Readers::Sample);
            let ours = difference_for_others(&first, &second).unwrap();
            close(ours.value, case.difference, 1e-9);
            close(ours.standard_error.powi(2), case.variance, 1e-9);
            let back = difference_for_others(&second, &first).unwrap();
            close(back.standard_error, ours.standard_error, 1e-12);
        }
    }

    /// Of one fixed reader the variance is that of a mean of independent answers.
    #[test]
    fn a_fixed_reader_varies_with_photographs_only() {
        let triples: Vec<[usize; 3]> = (0..140).map(|i| [0, i, usize::from(i < 114)]).collect();
        let fixed = readings(&triples, Readers::Fixed);
        let ours = accuracy_for_others(&fixed).unwrap();
        let share = 114.0 / 140.0;
        close(
            ours.standard_error.powi(2),
            share * (1.0 - share) / 139.0,
            1e-9,
        );
        assert_eq!(ours.df, 139.0);

        // Two fixed readers on the same photographs: the paired difference.
        let other: Vec<[usize; 3]> = (0..140).map(|i| [1, i, usize::from(i % 2 == 0)]).collect();
        let other = readings(&other, Readers::Fixed);
        let ours = difference_for_others(&fixed, &other).unwrap();
        let score = |r: &Readings, i: usize| f64::from(u8::from(r.list()[i].right));
        let first: Vec<f64> = (0..140).map(|i| score(&fixed, i)).collect();
        let second: Vec<f64> = (0..140).map(|i| score(&other, i)).collect();
        let paired = crate::statistics::Differences::of(&first, &second).unwrap();
        close(ours.standard_error, paired.estimate().standard_error, 1e-9);
    }

    #[test]
    fn one_reader_one_photograph_and_no_variance_are_errors() {
        let one_reader = readings(&[[0, 0, 1], [0, 1, 0]], Readers::Sample);
        assert!(matches!(
            accuracy_for_others(&one_reader),
            Err(Error::TooFew { found: 1, .. })
        ));
        let one_photograph = readings(&[[0, 0, 1], [1, 0, 0]], Readers::Sample);
        assert!(accuracy_for_others(&one_photograph).is_err());
        let always = readings(
            &[[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]],
            Readers::Sample,
        );
        assert!(matches!(
            accuracy_for_others(&always),
            Err(Error::NoVariation { .. })
        ));
        assert!(difference_for_others(&always, &always).is_err());
        let disjoint = readings(
            &[[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 1, 1]],
            Readers::Sample,
        );
        assert!(difference_for_others(&disjoint, &disjoint).is_err());
    }

    #[test]
    fn readings_name_what_occurs_twice() {
        let twice = Reading {
            reader: 1,
            photograph: 2,
            right: true,
        };
        assert!(Readings::new(vec![], Readers::Sample).is_err());
        assert!(matches!(
            Readings::new(vec![twice, twice], Readers::Sample),
            Err(Error::Uneven { position: 2, .. })
        ));
        let other = Reading { reader: 2, ..twice };
        assert!(Readings::new(vec![twice, other], Readers::Fixed).is_err());
    }
}
