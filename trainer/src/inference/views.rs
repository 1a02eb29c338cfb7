//! Test-time augmentation: the eight symmetries of a square picture.

use clap::ValueEnum;
use genoderm_model::preprocess::Photo;
use rayon::prelude::*;
use serde::Serialize;

use crate::augment::{Picture, flip_horizontal, flip_vertical, transpose};
use crate::error::{Error, Result};

/// In how many ways a network looks at each picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Views {
    /// As it is.
    #[default]
    One,
    /// As it is, turned by 90, 180 and 270 degrees, and all four mirrored (the dihedral group).
    Dihedral,
}

impl Views {
    /// The views of `--tta`, or the single one without it.
    pub fn of_flag(test_time_augmentation: bool) -> Self {
        if test_time_augmentation {
            Self::Dihedral
        } else {
            Self::One
        }
    }

    /// How many there are: 1 or 8.
    pub fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Dihedral => 8,
        }
    }

    /// View `index` of square pictures; 0 is the picture as it is.
    ///
    /// The bits of the index say what is done: 4 transposes, then 2 turns upside down, then 1
    /// exchanges left and right.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] for pictures without pixels.
    pub fn of_photos(index: usize, photos: &[&Photo]) -> Result<Vec<Photo>> {
        let turn = |photo: &&Photo| {
            let mut picture = Picture::from_photo(photo);
            if index & 4 != 0 {
                transpose(&mut picture);
            }
            if index & 2 != 0 {
                flip_vertical(&mut picture);
            }
            if index & 1 != 0 {
                flip_horizontal(&mut picture);
            }
            picture.into_photo().map_err(Error::internal)
        };
        photos.par_iter().map(turn).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_eight_views_are_all_different_and_closed_under_turning() {
        let pixels: Vec<u8> = (0..27).collect();
        let photo = Photo::from_rgb8(3, 3, pixels).unwrap();
        let views: Vec<Photo> = (0..Views::Dihedral.count())
            .map(|index| Views::of_photos(index, &[&photo]).unwrap().remove(0))
            .collect();
        assert!(views[0] == photo);
        for (index, view) in views.iter().enumerate() {
            assert!(views[..index].iter().all(|earlier| earlier != view));
            // A quarter turn of any view is another view.
            let turned = Views::of_photos(5, &[view]).unwrap().remove(0);
            assert!(views.contains(&turned) && turned != *view);
        }
    }
}
