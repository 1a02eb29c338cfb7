//! The pairs of pictures that look alike.

use rayon::prelude::*;

use crate::data::fingerprint::PictureHash;

/// Two pictures that look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearPair {
    /// How many bits of their hashes differ.
    pub distance: u32,
    /// The first picture.
    pub first: usize,
    /// The second picture, of a higher index.
    pub second: usize,
}

/// All pairs whose hashes differ in at most `most` bits, the most alike first.
///
/// Compares every pair, on all cores: 60,000 pictures are 1.8e9 comparisons of four words, and an
/// index would gain little at such distances (a quarter of the bits of unrelated pictures differs by
/// chance in skin photographs).
pub fn near_pairs(hashes: &[PictureHash], most: u32) -> Vec<NearPair> {
    let mut pairs: Vec<NearPair> = (0..hashes.len())
        .into_par_iter()
        .flat_map_iter(|first| {
            let rest = hashes.iter().enumerate().skip(first + 1);
            rest.filter_map(move |(second, hash)| {
                let distance = hashes[first].distance(hash);
                (distance <= most).then_some(NearPair {
                    distance,
                    first,
                    second,
                })
            })
        })
        .collect();
    pairs.par_sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use genoderm_model::preprocess::{DecodeLimits, Photo, decode_photo};
    use image::codecs::jpeg::JpegEncoder;
    use image::imageops::{FilterType, crop_imm, resize};
    use image::{ExtendedColorType, RgbImage};
    use rand::Rng;

    use super::*;
    use crate::data::fingerprint::{NEAR_DISTANCE, PictureHasher};
    use crate::seed;

    #[test]
    fn every_close_pair_is_found_and_no_other() {
        let mut random = seed::generator(&[7]);
        let mut hashes: Vec<PictureHash> = (0..300)
            .map(|_| PictureHash::of_bits(random.random()))
            .collect();
        // Twenty hashes are followed by copies with 1 to 20 bits turned.
        for flips in 1..=20_usize {
            let mut bits: [u64; 4] = random.random();
            hashes[flips] = PictureHash::of_bits(bits);
            for bit in 0..flips {
                bits[bit % 4] ^= 1 << (bit * 3);
            }
            hashes.push(PictureHash::of_bits(bits));
        }
        let pairs = near_pairs(&hashes, 12);
        let expected: Vec<NearPair> = (1..=12)
            .map(|flips| NearPair {
                distance: flips as u32,
                first: flips,
                second: 299 + flips,
            })
            .collect();
        assert_eq!(pairs, expected);
    }

    /// A picture of coloured spots.
    fn picture(seed: u64) -> RgbImage {
        let mut random = seed::generator(&[seed, 0xB10B]);
        let coarse = RgbImage::from_fn(16, 16, |_, _| image::Rgb(random.random()));
        resize(&coarse, 210, 180, FilterType::CatmullRom)
    }

    fn saved(picture: &RgbImage, quality: u8) -> Photo {
        let mut bytes = Vec::new();
        let (width, height) = picture.dimensions();
        JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode(picture, width, height, ExtendedColorType::Rgb8)
            .unwrap();
        decode_photo(&bytes, &DecodeLimits::default()).unwrap()
    }

    #[test]
    fn copies_are_near_and_other_pictures_are_not() {
        let hasher = PictureHasher::default();
        let hash = |photo: &Photo| hasher.hash(photo).unwrap();
        let pictures: Vec<RgbImage> = (0..30).map(picture).collect();
        let originals: Vec<PictureHash> = pictures.iter().map(|p| hash(&saved(p, 92))).collect();
        assert_eq!(near_pairs(&originals, NEAR_DISTANCE), []);
        for (picture, original) in pictures.iter().zip(&originals) {
            let smaller = resize(picture, 150, 128, FilterType::Triangle);
            let cropped = crop_imm(picture, 2, 1, 206, 178).to_image();
            for copy in [saved(picture, 40), saved(&smaller, 60), saved(&cropped, 80)] {
                let distance = original.distance(&hash(&copy));
                assert!(distance <= NEAR_DISTANCE, "{distance}");
            }
        }
    }
}
