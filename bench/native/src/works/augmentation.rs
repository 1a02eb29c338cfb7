//! The paper's list of random changes on a picture of 512 pixels, with the resize to 448 between them.

use anyhow::Result;
use genoderm_model::preprocess::Photo;
use genoderm_trainer::augment::{Augmentation, Picture};
use genoderm_trainer::seed;

use crate::contest::{Case, Work};
use crate::inputs;
use crate::prepare::AUGMENTED_SIDE;

/// The size that changes work on, and the network's.
const SIDES: (u32, u32) = (AUGMENTED_SIDE, 448);
/// Pictures whose mean and spread are the answer: chance is the same on no two sides.
const COMPARED: usize = 100;

pub struct Augmenting {
    photo: Photo,
    augmentation: Augmentation,
    count: usize,
    drawn: u64,
}

impl Augmenting {
    pub fn new(case: &Case) -> Result<Self> {
        Ok(Self {
            photo: inputs::photo(SIDES.0)?,
            augmentation: Augmentation::paper(),
            count: case.batch,
            drawn: 0,
        })
    }

    fn change(&mut self) -> Result<Picture> {
        self.drawn += 1;
        let random = &mut seed::generator(&[self.drawn]);
        let mut picture = Picture::from_photo(&self.photo);
        self.augmentation.apply(&mut picture, random);
        let resized = picture.into_photo()?.resize_square(SIDES.1)?;
        let mut picture = Picture::from_photo(&resized);
        self.augmentation.apply_after_resize(&mut picture, random);
        Ok(picture)
    }
}

impl Work for Augmenting {
    fn run(&mut self) -> Result<Vec<f32>> {
        for _ in 0..self.count {
            self.change()?;
        }
        Ok(Vec::new())
    }

    fn answer(&mut self) -> Result<Vec<f32>> {
        let (mut sum, mut squares, mut values) = (0.0, 0.0, 0.0);
        for _ in 0..COMPARED {
            for value in self.change()?.values() {
                let value = f64::from(*value);
                sum += value;
                squares += value * value;
                values += 1.0;
            }
        }
        let mean = sum / values;
        Ok(vec![
            mean as f32,
            (squares / values - mean * mean).sqrt() as f32,
        ])
    }
}
