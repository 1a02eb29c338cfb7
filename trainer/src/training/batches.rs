//! Training pictures in random order, changed at random, as tensors' values.

use burn::tensor::{Device, Tensor};
use genoderm_model::preprocess::{Photo, Preprocessing};
use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::augment::{Augmentation, Picture};
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::inference::stack;
use crate::seed;

/// Tells the uses of the run's seed apart.
const ORDER: u64 = 1;
const CHANGES: u64 = 2;

/// Makes the batches of one fold's training.
#[derive(Clone, Copy, Debug)]
pub struct BatchMaker<'a> {
    /// The pictures, resized.
    pub dataset: &'a Dataset,
    /// Normalisation.
    pub preprocessing: Preprocessing,
    /// What is changed at random.
    pub augmentation: Augmentation,
    /// Largest number of pictures in a batch.
    pub batch: usize,
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
    /// The pictures on the device, `[n, 3, size, size]`.
    pub fn images(self, device: &Device) -> Tensor<4> {
        stack(self.pictures, self.size, device)
    }
}

impl BatchMaker<'_> {
    /// The pictures of an epoch in its order, cut into batches.
    ///
    /// Sizes differ by at most one, so that no batch is too small for its statistics.
    pub fn order(&self, indices: &[usize], epoch: usize) -> Vec<Vec<usize>> {
        let mut order = indices.to_vec();
        order.shuffle(&mut seed::generator(&[self.seed, ORDER, epoch as u64]));
        let count = order.len().div_ceil(self.batch.max(1)).max(1);
        let (each, more) = (order.len() / count, order.len() % count);
        let mut rest = order.as_slice();
        (0..count)
            .map(|index| {
                let (batch, after) = rest.split_at(each + usize::from(index < more));
                rest = after;
                batch.to_vec()
            })
            .filter(|batch| !batch.is_empty())
            .collect()
    }

    /// Changes and normalises the pictures of a batch on all cores.
    pub fn make(&self, indices: &[usize], epoch: usize) -> Result<Batch> {
        let pictures: Result<Vec<Vec<f32>>> = indices
            .par_iter()
            .map(|index| self.changed(*index, epoch))
            .map(|photo| photo.map(|photo| self.preprocessing.normalize(&photo)))
            .collect();
        let examples = &self.dataset.examples;
        Ok(Batch {
            pictures: pictures?,
            size: self.preprocessing.size,
            targets: indices.iter().map(|index| examples[*index].label).collect(),
        })
    }

    /// A changed picture at the network's size.
    fn changed(&self, index: usize, epoch: usize) -> Result<Photo> {
        let parts = [self.seed, CHANGES, epoch as u64, index as u64];
        let random = &mut seed::generator(&parts);
        let mut picture = Picture::from_photo(&*self.dataset.training_photo(index)?);
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

    fn dataset(count: usize) -> Dataset {
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
            let photo = Photo::from_rgb8(4, 4, vec![index as u8; 48]).unwrap();
            (example, photo)
        };
        let examples = (0..count).map(example).collect();
        Dataset::of_photos(examples, Preprocessing::imagenet(4))
    }

    fn maker(dataset: &Dataset) -> BatchMaker<'_> {
        BatchMaker {
            dataset,
            preprocessing: Preprocessing::imagenet(4),
            augmentation: Augmentation::paper(),
            batch: 8,
            seed: 5,
        }
    }

    #[test]
    fn every_picture_comes_once_in_batches_of_nearly_equal_size() {
        let dataset = dataset(33);
        let indices: Vec<usize> = (0..33).collect();
        let batches = maker(&dataset).order(&indices, 1);
        let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
        assert_eq!(sizes, [7, 7, 7, 6, 6]);
        let mut all = batches.concat();
        all.sort_unstable();
        assert_eq!(all, indices);
        assert_ne!(batches, maker(&dataset).order(&indices, 2));
        assert_eq!(batches, maker(&dataset).order(&indices, 1));
    }

    #[test]
    fn a_picture_is_changed_alike_in_whatever_batch_it_is() {
        let dataset = dataset(9);
        let maker = maker(&dataset);
        let alone = maker.make(&[4], 3).unwrap();
        let together = maker.make(&[8, 4, 1], 3).unwrap();
        assert_eq!(alone.pictures[0], together.pictures[1]);
        assert_eq!(together.targets, [2, 1, 1]);
        let images = together.images(&Device::flex());
        assert_eq!(images.dims(), [3, 3, 4, 4]);
    }
}
