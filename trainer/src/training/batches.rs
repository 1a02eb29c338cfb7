//! Training pictures, changed at random, as tensors' values.

use burn::tensor::{Device, Tensor};
use genoderm_model::preprocess::{Photo, Preprocessing};
use rayon::prelude::*;

use crate::augment::{Augmentation, Picture};
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::inference::stack;
use crate::seed;
use crate::training::Draw;

/// Tells the uses of the run's seed apart.
const CHANGES: u64 = 2;

/// Makes the batches of one fold's training.
#[derive(Clone, Copy, Debug)]
pub struct BatchMaker<'a> {
    /// The pictures, at the size that augmentation works on.
    pub dataset: &'a Dataset,
    /// Size of the network's input and normalisation.
    pub preprocessing: Preprocessing,
    /// What is changed at random.
    pub augmentation: &'a Augmentation,
    /// Seed of the fold.
    pub seed: u64,
}

/// Normalised pictures and their labels.
#[derive(Clone, Debug)]
pub struct Batch {
    pictures: Vec<Vec<f32>>,
    size: u32,
    /// Position of each picture's label.
    pub targets: Vec<usize>,
}

impl Batch {
    /// Puts pictures and labels together, for tests.
    #[cfg(test)]
    pub(crate) fn of_values(pictures: Vec<Vec<f32>>, size: u32, targets: Vec<usize>) -> Self {
        Self {
            pictures,
            size,
            targets,
        }
    }

    /// The pictures on the device, `[n, 3, size, size]`.
    pub fn images(self, device: &Device) -> Tensor<4> {
        stack(self.pictures, self.size, device)
    }
}

impl BatchMaker<'_> {
    /// Changes and normalises the pictures of a batch on all cores.
    ///
    /// # Errors
    ///
    /// When a picture can no longer be read.
    pub fn make(&self, draws: &[Draw], epoch: usize) -> Result<Batch> {
        let pictures: Result<Vec<Vec<f32>>> = draws
            .par_iter()
            .map(|draw| self.changed(*draw, epoch))
            .map(|photo| photo.map(|photo| self.preprocessing.normalize(&photo)))
            .collect();
        let examples = &self.dataset.examples;
        Ok(Batch {
            pictures: pictures?,
            size: self.preprocessing.size,
            targets: draws
                .iter()
                .map(|draw| examples[draw.index].label)
                .collect(),
        })
    }

    /// A changed picture at the network's size.
    fn changed(&self, draw: Draw, epoch: usize) -> Result<Photo> {
        let parts = [
            self.seed,
            CHANGES,
            epoch as u64,
            draw.index as u64,
            draw.repeat,
        ];
        let random = &mut seed::generator(&parts);
        let mut picture = Picture::from_photo(&*self.dataset.training_photo(draw.index)?);
        self.augmentation.apply(&mut picture, random);
        let resized = picture
            .into_photo()
            .and_then(|photo| photo.resize_square(self.preprocessing.size))
            .map_err(Error::internal)?;
        let mut picture = Picture::from_photo(&resized);
        self.augmentation.apply_after_resize(&mut picture, random);
        picture.into_photo().map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::data::{Example, Split};

    fn dataset(count: usize, side: u32) -> Dataset {
        let example = |index: usize| {
            let example = Example {
                image: format!("{index}.png"),
                file: format!("{index}.png").into(),
                label: index % 3,
                split: Split::Train,
                fold: Some(index % 2),
                source: index.to_string(),
                tone: None,
                mask: None,
            };
            let pixels = (0..side * side * 3).map(|value| (value as usize + index) as u8);
            let photo = Photo::from_rgb8(side, side, pixels.collect()).unwrap();
            (example, photo)
        };
        let examples = (0..count).map(example).collect();
        Dataset::of_photos(examples, Preprocessing::imagenet(4))
    }

    fn draw(index: usize, repeat: u64) -> Draw {
        Draw { index, repeat }
    }

    #[test]
    fn a_picture_is_changed_alike_in_whatever_batch_it_is_but_not_when_it_comes_again() {
        let dataset = dataset(9, 4);
        let augmentation = Augmentation::paper();
        let maker = BatchMaker {
            dataset: &dataset,
            preprocessing: Preprocessing::imagenet(4),
            augmentation: &augmentation,
            seed: 5,
        };
        let alone = maker.make(&[draw(4, 0)], 3).unwrap();
        let together = maker
            .make(&[draw(8, 0), draw(4, 0), draw(4, 1)], 3)
            .unwrap();
        assert_eq!(alone.pictures[0], together.pictures[1]);
        assert_ne!(together.pictures[1], together.pictures[2]);
        assert_eq!(together.targets, [2, 1, 1]);
        let images = together.images(&Device::flex());
        assert_eq!(images.dims(), [3, 3, 4, 4]);
    }

    #[test]
    fn pictures_are_resized_after_they_were_changed() {
        let dataset = dataset(2, 16);
        let maker = BatchMaker {
            dataset: &dataset,
            preprocessing: Preprocessing::imagenet(4),
            augmentation: &Augmentation::none(),
            seed: 5,
        };
        let batch = maker.make(&[draw(1, 0)], 1).unwrap();
        let photo = dataset.training_photo(1).unwrap();
        let expected = maker.preprocessing.prepare(&photo).unwrap();
        assert_eq!(batch.pictures[0], expected);
    }
}
