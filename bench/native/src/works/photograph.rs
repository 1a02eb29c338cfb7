//! From the file of a large photograph to the square that networks see.

use std::fs;

use anyhow::Result;
use genoderm_model::preprocess::{DecodeLimits, Preprocessing, decode_photo};

use crate::contest::{Case, Work};

pub struct Photograph {
    file: Vec<u8>,
    preprocessing: Preprocessing,
}

impl Photograph {
    pub fn new(case: &Case) -> Result<Self> {
        Ok(Self {
            file: fs::read(case.data.join("photo.jpg"))?,
            preprocessing: Preprocessing::imagenet(case.size),
        })
    }

    fn square(&self) -> Result<Vec<u8>> {
        let photo = decode_photo(&self.file, &DecodeLimits::default())?;
        Ok(self.preprocessing.square(&photo)?.pixels().to_vec())
    }
}

impl Work for Photograph {
    fn run(&mut self) -> Result<Vec<f32>> {
        self.square()?;
        Ok(Vec::new())
    }

    fn answer(&mut self) -> Result<Vec<f32>> {
        Ok(self.square()?.into_iter().map(f32::from).collect())
    }
}
