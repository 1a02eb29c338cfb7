//! The preprocessing against Pillow and torchvision, at its limits and on damaged files.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Cursor;
use std::path::PathBuf;

use image::{DynamicImage, ImageEncoder, ImageFormat, RgbImage};
use proptest::prelude::*;
use serde_json::Value;

use super::{DecodeLimits, Photo, PhotoError, Preprocessing, decode_photo};
use crate::bundle::sha256_hex;

fn reference(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/reference")
        .join(path)
}

fn goldens() -> Value {
    let bytes = std::fs::read(reference("goldens/preprocessing.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn photo(name: &str) -> Photo {
    let bytes = std::fs::read(reference("photos").join(name)).unwrap();
    decode_photo(&bytes, &DecodeLimits::default()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn largest_difference(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[test]
fn lossless_files_give_the_pixels_that_pillow_gives() {
    let goldens = goldens();
    let files = goldens["lossless"].as_object().unwrap();
    assert!(files.len() >= 12);
    for (name, golden) in files {
        if name == "alpha.png" {
            continue; // blended here, dropped by Pillow: see the test below
        }
        let photo = photo(name);
        assert_eq!(photo.width(), golden["width"], "{name}");
        assert_eq!(photo.height(), golden["height"], "{name}");
        assert_eq!(sha256_hex(photo.pixels()), golden["sha256"], "{name}");
    }
}

#[test]
fn transparency_is_blended_over_white() {
    // `alpha.png` has the colours of `rgb.png` and the grey of `grey.png` as its alpha.
    let (colour, alpha) = (photo("rgb.png"), photo("grey.png"));
    let expected: Vec<u8> = colour
        .pixels()
        .iter()
        .zip(alpha.pixels())
        .map(|(&colour, &alpha)| {
            let alpha = f64::from(alpha) / 255.0;
            (f64::from(colour) * alpha + 255.0 * (1.0 - alpha)).round() as u8
        })
        .collect();
    assert_eq!(photo("alpha.png").pixels(), expected);
}

#[test]
fn every_exif_orientation_is_turned_upright() {
    let goldens = goldens();
    let upright = photo("upright.png");
    let files = goldens["orientations"]["largest_difference"]
        .as_object()
        .unwrap();
    assert!(files.len() >= 8);
    for name in files.keys() {
        let turned = photo(name);
        assert_eq!(turned.width(), upright.width(), "{name}");
        assert_eq!(turned.height(), upright.height(), "{name}");
        // JPEG decoders may differ near the blocks' edges, so the interiors are compared.
        let inside = |i: usize| (2..14).contains(&(i % 16));
        for y in (0..upright.height() as usize).filter(|&y| inside(y)) {
            for x in (0..upright.width() as usize).filter(|&x| inside(x)) {
                let at = (y * upright.width() as usize + x) * 3;
                let difference =
                    largest_difference(&turned.pixels()[at..at + 3], &upright.pixels()[at..at + 3]);
                assert!(difference <= 3, "{name} at {x}, {y}: {difference}");
            }
        }
    }
}

#[test]
fn grey_and_cmyk_jpegs_are_read() {
    let goldens = goldens();
    for name in ["grey.jpg", "cmyk.jpg"] {
        let golden = &goldens["orientations"][name];
        let photo = photo(name);
        assert_eq!(photo.width(), golden["width"], "{name}");
        let stride = golden["stride"].as_u64().unwrap() as usize;
        let samples = golden["samples"].as_array().unwrap();
        for (found, expected) in photo.pixels().iter().step_by(stride).zip(samples) {
            let expected = expected.as_u64().unwrap() as u8;
            assert!(found.abs_diff(expected) <= 3, "{name}: {found} {expected}");
        }
    }
}

#[test]
fn exif_with_the_prefix_of_jpeg_is_read_in_png_too() {
    // One entry: tag 0x0112, type 3 (short), count 1, value 6: turn right.
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    let pixels = [1, 2, 3, 4, 5, 6];
    encoder
        .write_image(&pixels, 2, 1, image::ExtendedColorType::Rgb8)
        .unwrap();
    let photo = decode_photo(&bytes, &DecodeLimits::default()).unwrap();
    assert_eq!((photo.width(), photo.height()), (1, 2));
    assert_eq!(photo.pixels(), pixels);
}

#[test]
fn resizing_agrees_with_pillow_to_one_grey_level() {
    let goldens = goldens();
    let mut largest = 0;
    for golden in goldens["resizes"].as_array().unwrap() {
        let source = photo(golden["source"].as_str().unwrap());
        let expected = photo(golden["resized"].as_str().unwrap());
        let found = source.resize_square(expected.width()).unwrap();
        let difference = largest_difference(found.pixels(), expected.pixels());
        println!("{}: {difference}", golden["resized"]);
        largest = largest.max(difference);
    }
    assert!(largest <= 1, "{largest}");
}

#[test]
fn normalising_agrees_with_torchvision() {
    let goldens = goldens();
    let golden = &goldens["normalisation"];
    let size = golden["size"].as_u64().unwrap() as u32;
    let preprocessing = Preprocessing::imagenet(size);
    let source = photo(golden["source"].as_str().unwrap());
    let values = preprocessing.prepare(&source).unwrap();
    assert_eq!(values.len(), 3 * (size * size) as usize);
    let stride = golden["stride"].as_u64().unwrap() as usize;
    let samples = golden["samples"].as_array().unwrap();
    // One grey level of the resize is 1 / (255 * 0.224).
    let one_level = 1.0 / (255.0 * 0.224);
    for (found, expected) in values.iter().step_by(stride).zip(samples) {
        let difference = (f64::from(*found) - expected.as_f64().unwrap()).abs();
        assert!(difference <= one_level + 1e-6, "{difference}");
    }
}

#[test]
fn normalised_values_are_in_chw_order() {
    let photo = Photo::from_rgb8(2, 1, vec![255, 0, 51, 0, 255, 102]).unwrap();
    let plain = Preprocessing {
        size: 1,
        mean: [0.0; 3],
        std: [1.0, 0.5, 1.0],
        fit: super::Fit::Stretch,
    };
    assert_eq!(plain.normalize(&photo), [1.0, 0.0, 0.0, 2.0, 0.2, 0.4]);
}

#[test]
fn normalised_values_become_the_same_pixels_again() {
    let preprocessing = Preprocessing::imagenet(2);
    let pixels: Vec<u8> = (0..12).map(|value| (value * 23) as u8).collect();
    let photo = Photo::from_rgb8(2, 2, pixels.clone()).unwrap();
    let rgba = preprocessing.rgba(&preprocessing.normalize(&photo));
    let expected = pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]);
    assert_eq!(rgba, expected.collect::<Vec<u8>>());
    // Beyond black and white, and numbers that are none.
    let odd = preprocessing.rgba(&[-9.0, f32::NAN, 0.0, f32::INFINITY, 9.0, 0.0]);
    assert_eq!(odd, [0, 116, 255, 255, 0, 255, 104, 255]);
    assert!(preprocessing.rgba(&[]).is_empty());
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_tensor_is_a_batch_of_one() {
    let preprocessing = Preprocessing::imagenet(4);
    let photo = photo("resize_7x5.png");
    let device = burn::tensor::Device::flex();
    let tensor = preprocessing.tensor(&photo, &device).unwrap();
    assert_eq!(tensor.dims(), [1, 3, 4, 4]);
    let values: Vec<f32> = tensor.into_data().try_to_vec().unwrap();
    assert_eq!(values, preprocessing.prepare(&photo).unwrap());
}

#[test]
fn sixteen_bits_and_transparency_together_are_read() {
    let pixel = image::Rgba([0x8000_u16, 0, 0xFFFF, 0x8000]);
    let deep = image::ImageBuffer::from_pixel(3, 2, pixel);
    let bytes = encode(&DynamicImage::ImageRgba16(deep), ImageFormat::Png);
    let photo = decode_photo(&bytes, &DecodeLimits::default()).unwrap();
    assert_eq!(&photo.pixels()[..3], [191, 127, 255]);
}

#[test]
fn a_sound_file_of_an_unusual_kind_is_not_called_damaged() {
    // A TIFF whose tag 262 (the meaning of the values) says palette, 3.
    let picture = DynamicImage::ImageLuma8(image::GrayImage::new(4, 4));
    let mut bytes = encode(&picture, ImageFormat::Tiff);
    let tag = [6, 1, 3, 0, 1, 0, 0, 0];
    let at = bytes.windows(8).position(|entry| entry == tag).unwrap();
    bytes[at + 8] = 3;
    let error = decode_photo(&bytes, &DecodeLimits::default()).unwrap_err();
    assert!(matches!(error, PhotoError::UnsupportedFormat { .. }));
    assert!(error.to_string().starts_with("This variety of TIFF"));
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

const FORMATS: [ImageFormat; 6] = [
    ImageFormat::Jpeg,
    ImageFormat::Png,
    ImageFormat::WebP,
    ImageFormat::Bmp,
    ImageFormat::Tiff,
    ImageFormat::Gif,
];

/// The same 40 x 30 picture in every format.
fn samples() -> Vec<Vec<u8>> {
    let picture = RgbImage::from_fn(40, 30, |x, y| {
        image::Rgb([(x * 6) as u8, (y * 8) as u8, ((x * y) % 256) as u8])
    });
    let picture = DynamicImage::ImageRgb8(picture);
    FORMATS
        .iter()
        .map(|&format| encode(&picture, format))
        .collect()
}

#[test]
fn every_limit_holds_in_every_format() {
    let roomy = DecodeLimits::default();
    for (bytes, format) in samples().iter().zip(FORMATS) {
        let decode = |limits: DecodeLimits| decode_photo(bytes, &limits);
        let exact = DecodeLimits {
            max_side: 40,
            max_pixels: 1200,
            max_decoded_bytes: 4800, // GIF is decoded with transparency
            max_file_bytes: bytes.len() as u64,
        };
        assert!(decode(exact).is_ok(), "{format:?}");
        for limits in [
            DecodeLimits {
                max_side: 39,
                ..roomy
            },
            DecodeLimits {
                max_pixels: 1199,
                ..roomy
            },
            DecodeLimits {
                max_decoded_bytes: 3599,
                ..roomy
            },
        ] {
            let error = decode(limits).unwrap_err();
            let is_expected = matches!(
                error,
                PhotoError::TooLarge {
                    width: 40,
                    height: 30,
                    ..
                }
            );
            assert!(is_expected, "{format:?}: {error}");
        }
        let small_file = DecodeLimits {
            max_file_bytes: bytes.len() as u64 - 1,
            ..roomy
        };
        assert!(matches!(
            decode(small_file),
            Err(PhotoError::FileTooLarge { .. })
        ));
    }
}

/// The checksum of a PNG chunk (its specification, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    })
}

#[test]
fn a_huge_image_is_refused_by_its_header_alone() {
    // Small files whose headers are changed to state a huge picture.
    let side = 10_000_u16;
    let (little, big) = (side.to_le_bytes(), side.to_be_bytes());
    let mut files = samples();
    for (file, format) in files.iter_mut().zip(FORMATS) {
        let mut put = |at: usize, bytes: [u8; 2]| file[at..at + 2].copy_from_slice(&bytes);
        match format {
            ImageFormat::Bmp => {
                put(18, little);
                put(22, little);
            }
            ImageFormat::Gif => {
                put(6, little);
                put(8, little);
            }
            ImageFormat::Png => {
                put(18, big);
                put(22, big);
                let checksum = crc32(&file[12..29]);
                file[29..33].copy_from_slice(&checksum.to_be_bytes());
            }
            ImageFormat::Jpeg => {
                let is_frame = |pair: &[u8]| pair == [0xFF, 0xC0];
                let frame = file.windows(2).position(is_frame).unwrap();
                file[frame + 5..frame + 7].copy_from_slice(&big);
                file[frame + 7..frame + 9].copy_from_slice(&big);
            }
            // Their headers have no fixed place; the limits are tested above.
            _ => continue,
        }
        let error = decode_photo(file, &DecodeLimits::default()).unwrap_err();
        let PhotoError::TooLarge { width, height, .. } = error else {
            panic!("{format:?}: {error}");
        };
        assert_eq!((width, height), (10_000, 10_000), "{format:?}");
    }
}

#[test]
fn empty_foreign_and_cut_off_files_are_refused() {
    let decode = |bytes: &[u8]| decode_photo(bytes, &DecodeLimits::default());
    assert_eq!(decode(b""), Err(PhotoError::Empty));
    assert!(matches!(
        decode(b"hello"),
        Err(PhotoError::UnsupportedFormat { .. })
    ));
    for (bytes, format) in samples().iter().zip(FORMATS) {
        let half = &bytes[..bytes.len() / 2];
        let result = decode(half);
        assert!(
            matches!(result, Err(PhotoError::Broken { .. })),
            "{format:?}: {result:?}"
        );
    }
}

#[test]
fn unusable_sizes_are_refused() {
    let photo = Photo::from_rgb8(1, 1, vec![0; 3]).unwrap();
    for side in [0, Photo::MAX_RESIZED_SIDE + 1, u32::MAX] {
        assert!(matches!(
            photo.resize_square(side),
            Err(PhotoError::BadSide { .. })
        ));
        assert!(Preprocessing::imagenet(side).prepare(&photo).is_err());
    }
    for (width, height, bytes) in [(0, 1, 0), (1, 1, 2), (u32::MAX, u32::MAX, 3)] {
        assert!(Photo::from_rgb8(width, height, vec![0; bytes]).is_err());
    }
    for std in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let preprocessing = Preprocessing {
            std: [1.0, std, 1.0],
            ..Preprocessing::imagenet(8)
        };
        assert_eq!(
            preprocessing.prepare(&photo),
            Err(PhotoError::BadNormalization)
        );
    }
}

/// Keeps damaged files small: a changed header may state any size.
fn small() -> DecodeLimits {
    DecodeLimits {
        max_side: 2000,
        max_pixels: 1 << 20,
        max_decoded_bytes: 8 << 20,
        max_file_bytes: 1 << 20,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode_photo(&bytes, &small());
    }

    #[test]
    fn no_bytes_after_a_signature_make_it_panic(
        format in 0_usize..6,
        kept in 2_usize..40,
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let sample = &samples()[format];
        let mut file = sample[..kept.min(sample.len())].to_vec();
        file.extend(bytes);
        let _ = decode_photo(&file, &small());
    }

    #[test]
    fn no_damage_makes_it_panic(
        format in 0_usize..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        header_changes in prop::collection::vec((0_usize..64, any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut file = samples().swap_remove(format);
        for (at, value) in changes {
            let at = at.index(file.len());
            file[at] = value;
        }
        for (at, value) in header_changes {
            file[at] = value;
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        let limits = small();
        if let Ok(photo) = decode_photo(&file, &limits) {
            prop_assert!(u64::from(photo.width()) * u64::from(photo.height()) <= limits.max_pixels);
            prop_assert!(photo.width().max(photo.height()) <= limits.max_side);
        }
    }

    #[test]
    fn resizing_keeps_the_range_of_the_values(
        width in 1_u32..40,
        height in 1_u32..40,
        side in 1_u32..50,
        low in 0_u8..200,
        seed in any::<u32>(),
    ) {
        let high = low + 50;
        let pixels = (0..width * height * 3)
            .map(|i| low + (i.wrapping_mul(seed | 1) >> 8) as u8 % 51)
            .collect();
        let resized = Photo::from_rgb8(width, height, pixels).unwrap().resize_square(side).unwrap();
        prop_assert_eq!((resized.width(), resized.height()), (side, side));
        prop_assert!(resized.pixels().iter().all(|value| (low..=high).contains(value)));
    }
}
