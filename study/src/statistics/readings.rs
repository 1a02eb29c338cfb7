//! Who was right about which photograph: what the analyses of readers and photographs work on.

use std::collections::BTreeSet;

use crate::error::{Error, Result, at_least};

/// One answer, right or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Number of the reader; the same person has the same number on both sides of a comparison.
    pub reader: usize,
    /// Number of the photograph; both views of one photograph have the same number.
    pub photograph: usize,
    /// Whether the answer is right.
    pub right: bool,
}

/// Whether others could have been readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// A sample of people: what is said holds for others like them.
    Sample,
    /// One reader who is meant alone, as a model is: what is said holds for other photographs only.
    Fixed,
}

/// All answers on one side of a comparison: a group in one view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readings {
    list: Vec<Reading>,
    readers: Readers,
}

impl Readings {
    /// Takes the answers of a group.
    ///
    /// # Errors
    /// No answers, two answers of one reader to one photograph, two readers on a fixed side.
    pub fn new(list: Vec<Reading>, readers: Readers) -> Result<Self> {
        at_least("an analysis of readings", "answers", 1, list.len())?;
        let mut seen = BTreeSet::new();
        for (index, reading) in list.iter().enumerate() {
            let uneven = |what| Error::Uneven {
                what,
                position: index + 1,
                found: 2,
                expected: 1,
            };
            if readers == Readers::Fixed && reading.reader != list[0].reader {
                return Err(uneven("readers of a fixed side"));
            }
            if !seen.insert((reading.reader, reading.photograph)) {
                return Err(uneven("answers of one reader to one photograph"));
            }
        }
        Ok(Self { list, readers })
    }

    /// The answers.
    pub fn list(&self) -> &[Reading] {
        &self.list
    }

    /// Whether the readers are a sample.
    pub fn readers(&self) -> Readers {
        self.readers
    }

    /// Share of right answers, 0 to 1.
    pub fn accuracy(&self) -> f64 {
        let right = self.list.iter().filter(|reading| reading.right).count();
        right as f64 / self.list.len() as f64
    }
}
