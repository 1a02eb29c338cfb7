//! How far a figure would move with other readers and other photographs: both are drawn anew.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Interval;
use super::five_numbers::quantile;
use super::readings::Readings;
use crate::error::{Error, Result, at_least, inside_unit};
use crate::random::{Purpose, generator, position};

const NAME: &str = "the bootstrap";

/// The fewest drawings of which the ends of an interval can be read.
const FEWEST_DRAWINGS: usize = 100;

/// Readers, or photographs, in groups within which one can stand for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strata {
    groups: Vec<Vec<usize>>,
    members: usize,
}

impl Strata {
    /// Groups members, numbered from 0, given the key of each: of readers their group, of photographs their
    /// label. A group of one is always drawn, as befits a model among readers.
    pub fn of<K: Ord>(keys: impl IntoIterator<Item = K>) -> Self {
        let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        let mut members = 0;
        for key in keys {
            groups.entry(key).or_default().push(members);
            members += 1;
        }
        Self {
            groups: groups.into_values().collect(),
            members,
        }
    }

    /// How many members all groups have together.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Draws each group anew, with replacement, and counts how often each member came.
    fn draw(&self, random: &mut impl rand::Rng) -> Vec<u32> {
        let mut counts = vec![0; self.members];
        for group in &self.groups {
            for _ in group {
                counts[group[position(random, group.len())]] += 1;
            }
        }
        counts
    }

    fn can_vary(&self) -> bool {
        self.groups.iter().any(|group| group.len() > 1)
    }
}

/// One drawing: how often each reader and each photograph came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// By the number of the reader.
    pub readers: Vec<u32>,
    /// By the number of the photograph.
    pub photographs: Vec<u32>,
}

impl Drawing {
    /// Share of right answers in this drawing, 0 to 1; `None` if no answer was drawn.
    ///
    /// An answer comes as often as its reader times as often as its photograph.
    pub fn accuracy(&self, readings: &Readings) -> Option<f64> {
        let (mut right, mut all) = (0_u64, 0_u64);
        for reading in readings.list() {
            let count =
                |list: &[u32], index: usize| u64::from(list.get(index).copied().unwrap_or(0));
            let times =
                count(&self.readers, reading.reader) * count(&self.photographs, reading.photograph);
            all += times;
            right += if reading.right { times } else { 0 };
        }
        (all > 0).then(|| right as f64 / all as f64)
    }
}

/// How often to draw, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CrossedBootstrap {
    /// Number of drawings, at least 100.
    pub drawings: usize,
    /// The same seed gives the same interval on every machine.
    pub seed: u64,
}

impl Default for CrossedBootstrap {
    fn default() -> Self {
        Self {
            drawings: 2000,
            seed: 0,
        }
    }
}

/// What the drawings say of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BootstrapInterval {
    /// The middle of the drawings' values (percentile interval, Efron 1981).
    pub interval: Interval,
    /// Standard deviation of the values.
    pub standard_error: f64,
    /// In how many drawings the figure was undefined; they are left out.
    pub undefined: usize,
}

impl CrossedBootstrap {
    /// The interval of a figure when readers and photographs are drawn anew, independently of each other
    /// (McCullagh 2000, Bernoulli 6:285; Owen 2007, Annals of Applied Statistics 1:386: the interval is a
    /// little too wide, never too narrow in the limit).
    ///
    /// `statistic` gives `None` where it is undefined. `confidence` is above 0 and below 1.
    ///
    /// # Errors
    /// Fewer than 100 drawings; groups of one everywhere, of which nothing can be drawn; a figure that was
    /// undefined, or not finite, in most drawings.
    pub fn interval(
        &self,
        readers: &Strata,
        photographs: &Strata,
        confidence: f64,
        statistic: impl Fn(&Drawing) -> Option<f64>,
    ) -> Result<BootstrapInterval> {
        inside_unit("the level of confidence", confidence)?;
        at_least(NAME, "drawings", FEWEST_DRAWINGS, self.drawings)?;
        if !readers.can_vary() && !photographs.can_vary() {
            return Err(Error::NoVariation {
                statistic: NAME,
                what: "there is only one of each reader and photograph to draw",
            });
        }
        let mut values: Vec<f64> = (0..self.drawings)
            .filter_map(|step| {
                let step = u32::try_from(step).unwrap_or(u32::MAX);
                let mut random = generator(self.seed, Purpose::Bootstrap, step);
                let drawing = Drawing {
                    readers: readers.draw(&mut random),
                    photographs: photographs.draw(&mut random),
                };
                statistic(&drawing).filter(|value| value.is_finite())
            })
            .collect();
        at_least(
            NAME,
            "drawings in which the figure is defined",
            self.drawings / 2,
            values.len(),
        )?;
        values.sort_by(f64::total_cmp);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let tail = (1.0 - confidence) / 2.0;
        Ok(BootstrapInterval {
            interval: Interval {
                low: quantile(&values, tail),
                high: quantile(&values, 1.0 - tail),
            },
            standard_error: (squares / (count - 1.0)).sqrt(),
            undefined: self.drawings - values.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::golden;
    use crate::statistics::{MeanSquares, Readers, Reading};

    const QUICK: CrossedBootstrap = CrossedBootstrap {
        drawings: 400,
        seed: 3,
    };

    fn readings(triples: &[[usize; 3]]) -> Readings {
        let list = triples
            .iter()
            .map(|[reader, photograph, right]| Reading {
                reader: *reader,
                photograph: *photograph,
                right: *right == 1,
            })
            .collect();
        Readings::new(list, Readers::Sample).unwrap()
    }

    /// Where every reader sees every photograph, the variance over all possible drawings follows from the
    /// mean squares (Owen 2007, section 4).
    #[test]
    fn the_spread_of_drawings_follows_from_the_mean_squares() {
        let case = golden().reader_by_image.crossed;
        let (first, second) = (readings(&case.first), readings(&case.second));
        let mut table = vec![vec![0.0; 12]; 5];
        for (readings, sign) in [(&first, 1.0), (&second, -1.0)] {
            for reading in readings.list() {
                let score = f64::from(u8::from(reading.right));
                table[reading.reader][reading.photograph] += sign * score;
            }
        }
        let squares = MeanSquares::of(&table).unwrap();
        let (r, p) = (5.0, 12.0);
        let variance = (r - 1.0) * squares.between_rows / (r * r * p)
            + (p - 1.0) * squares.between_columns / (p * p * r)
            + (r - 1.0) * (p - 1.0) * squares.residual / (r * p * r * p);
        let bootstrap = CrossedBootstrap {
            drawings: 4000,
            seed: 3,
        };
        let ours = bootstrap
            .interval(&Strata::of([0; 5]), &Strata::of([0; 12]), 0.95, |drawing| {
                Some(drawing.accuracy(&first)? - drawing.accuracy(&second)?)
            })
            .unwrap();
        let ratio = ours.standard_error / variance.sqrt();
        // Of 4000 drawings a standard deviation is known to 1.1%.
        assert!((ratio - 1.0).abs() < 0.04, "{ratio}");
        assert!(ours.interval.holds(case.difference));
    }

    #[test]
    fn a_seed_gives_one_interval_and_strata_stay_whole() {
        let readers = Strata::of(["model", "people", "people", "people"]);
        let photographs = Strata::of((0..6).map(|i| i % 2));
        let run = |seed| {
            let bootstrap = CrossedBootstrap { seed, ..QUICK };
            bootstrap
                .interval(&readers, &photographs, 0.9, |drawing| {
                    assert_eq!(drawing.readers[0], 1);
                    assert_eq!(drawing.readers[1..].iter().sum::<u32>(), 3);
                    assert_eq!(drawing.photographs.iter().step_by(2).sum::<u32>(), 3);
                    Some(f64::from(drawing.photographs[0] + drawing.readers[1]))
                })
                .unwrap()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1).standard_error, run(2).standard_error);
    }

    #[test]
    fn what_cannot_be_drawn_or_has_no_value_is_an_error() {
        let (one, two) = (Strata::of([0]), Strata::of([0, 0]));
        let some = |_: &Drawing| Some(1.0);
        assert!(matches!(
            QUICK.interval(&one, &one, 0.95, some),
            Err(Error::NoVariation { .. })
        ));
        assert!(QUICK.interval(&one, &two, 0.95, |_| None).is_err());
        assert!(
            QUICK
                .interval(&one, &two, 0.95, |_| Some(f64::NAN))
                .is_err()
        );
        assert!(QUICK.interval(&one, &two, 1.5, some).is_err());
        let few = CrossedBootstrap {
            drawings: 10,
            seed: 0,
        };
        assert!(few.interval(&one, &two, 0.95, some).is_err());
        // Constant figures have an interval without width.
        let flat = QUICK.interval(&one, &two, 0.95, some).unwrap();
        assert_eq!((flat.standard_error, flat.interval.low), (0.0, 1.0));
        assert_eq!(
            QUICK
                .interval(&one, &two, 0.95, |drawing| {
                    (drawing.photographs[0] > 0).then_some(1.0)
                })
                .map(|ours| ours.undefined > 0),
            Ok(true)
        );
    }

    #[test]
    fn quantiles_are_numpys() {
        let values: Vec<f64> = (0..11).map(f64::from).collect();
        assert!((quantile(&values, 0.025) - 0.25).abs() < 1e-12);
        assert_eq!(quantile(&[3.0], 0.975), 3.0);
    }
}
