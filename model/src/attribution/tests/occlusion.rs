//! Occlusion of a linear function, whose falls are known.

use super::*;
use crate::attribution::{Occlusion, OcclusionScan};

const SIDE: usize = 7;

fn picture_of(values: &[f32]) -> Tensor<4> {
    let data = TensorData::new(values.to_vec(), [1, 3, SIDE, SIDE]);
    Tensor::from_data(data, &Device::flex())
}

fn values(factor: f32) -> Vec<f32> {
    let pixels = 3 * SIDE * SIDE;
    (0..pixels)
        .map(|v| factor * ((v * 11 % 17) as f32 - 8.0))
        .collect()
}

/// Two logits: the sum of all values, and minus that.
fn sums(pictures: Tensor<4>) -> Tensor<2> {
    let sum: Tensor<2> = pictures.flatten::<2>(1, 3).sum_dim(1);
    Tensor::cat(vec![sum.clone(), sum.neg()], 1)
}

fn start(settings: Occlusion, target: usize) -> Result<OcclusionScan, AttributionError> {
    let (input, baseline) = (picture_of(&values(0.1)), picture_of(&values(0.02)));
    settings.start(input, baseline, target)
}

fn finish(mut scan: OcclusionScan, chunk: usize) -> Attribution {
    while scan.done() < scan.total() {
        let before = scan.done();
        scan.advance(&sums, chunk).unwrap();
        assert!(scan.done() > before);
        pollster::block_on(scan.synchronise()).unwrap();
    }
    scan.advance(&sums, chunk).unwrap();
    pollster::block_on(scan.finish()).unwrap()
}

/// The fall under the square that begins at a row and column, of 0.08 times the hidden values.
fn fall(window: usize, row: usize, column: usize) -> f32 {
    let hidden = values(0.08);
    let inside = |v: &usize| {
        let pixel = v % (SIDE * SIDE);
        (row..row + window).contains(&(pixel / SIDE))
            && (column..column + window).contains(&(pixel % SIDE))
    };
    (0..hidden.len())
        .filter(inside)
        .map(|v| hidden[v])
        .sum::<f32>()
}

#[test]
fn pixels_are_the_mean_fall_of_the_windows_over_them() {
    for (window, stride) in [(1, 1), (2, 1), (3, 2), (4, 3), (5, 5), (7, 7), (7, 1)] {
        let scan = start(Occlusion { window, stride }, 0).unwrap();
        let places: Vec<usize> = (0..)
            .map(|place| place * stride)
            .take_while(|first| *first == 0 || first - stride + window < SIDE)
            .collect();
        assert_eq!(scan.total(), places.len() * places.len());
        let found = finish(scan, 3);
        assert_eq!((found.channels, found.height, found.width), (1, SIDE, SIDE));
        for pixel in 0..SIDE * SIDE {
            let covers = |first: &&usize, at: usize| (**first..**first + window).contains(&at);
            let rows: Vec<usize> = places
                .iter()
                .filter(|p| covers(p, pixel / SIDE))
                .copied()
                .collect();
            let columns: Vec<usize> = places
                .iter()
                .filter(|p| covers(p, pixel % SIDE))
                .copied()
                .collect();
            assert!(!rows.is_empty() && !columns.is_empty());
            let falls = rows
                .iter()
                .flat_map(|row| columns.iter().map(|column| fall(window, *row, *column)));
            let expected = falls.sum::<f32>() / (rows.len() * columns.len()) as f32;
            assert!(
                (found.values[pixel] - expected).abs() < 1e-4,
                "{window} {stride} {pixel}: {} {expected}",
                found.values[pixel]
            );
        }
    }
}

#[test]
fn the_chunk_changes_nothing_and_the_other_label_only_the_sign() {
    let settings = Occlusion {
        window: 3,
        stride: 2,
    };
    let one = finish(start(settings, 0).unwrap(), 1);
    for chunk in [0, 2, 5, 1000, usize::MAX] {
        assert_eq!(one, finish(start(settings, 0).unwrap(), chunk));
    }
    let other = finish(start(settings, 1).unwrap(), 4);
    assert!(one.values.iter().zip(&other.values).all(|(a, b)| *a == -b));
    assert!(one.completeness.is_none());
}

#[test]
fn the_map_grows_window_by_window() {
    let settings = Occlusion {
        window: 3,
        stride: 2,
    };
    let mut scan = start(settings, 0).unwrap();
    assert_eq!(scan.running_mean(), [0.0; SIDE * SIDE]);
    scan.advance(&sums, 1).unwrap();
    // What is queued shows once it is read.
    assert_eq!(scan.running_mean(), [0.0; SIDE * SIDE]);
    pollster::block_on(scan.synchronise()).unwrap();
    let map = scan.running_mean();
    for (pixel, value) in map.iter().enumerate() {
        assert_eq!(*value != 0.0, pixel / SIDE < 3 && pixel % SIDE < 3);
    }
    assert!(matches!(
        pollster::block_on(scan.finish()),
        Err(AttributionError::Unfinished { done: 1, total: 9 })
    ));
}

#[test]
fn the_default_window_is_an_eighth_of_the_side() {
    let of = |side| {
        let Occlusion { window, stride } = Occlusion::of_side(side);
        (window, stride)
    };
    assert_eq!([of(448), of(224), of(32)], [(56, 28), (28, 14), (4, 2)]);
    assert_eq!([of(1), of(0), of(24)], [(1, 1), (1, 1), (3, 2)]);
}

#[test]
fn misuse_is_one_clear_error() {
    for (window, stride) in [(0, 1), (8, 1), (3, 0), (3, 4), (usize::MAX, 1)] {
        let error = start(Occlusion { window, stride }, 0)
            .map(drop)
            .unwrap_err();
        assert!(matches!(error, AttributionError::Window { .. }));
        assert!(error.to_string().contains("1 to 7 pixels"), "{error}");
    }
    let settings = Occlusion::of_side(SIDE);
    let narrow = picture_of(&values(1.0)).slice([0..1, 0..3, 0..SIDE, 0..2]);
    assert!(matches!(
        settings.start(picture_of(&values(1.0)), narrow, 0),
        Err(AttributionError::Shape { .. })
    ));
    let mut scan = start(settings, 2).unwrap();
    assert!(matches!(
        scan.advance(&sums, 1),
        Err(AttributionError::Target {
            target: 2,
            classes: 2
        })
    ));
    let infinite = |pictures: Tensor<4>| sums(pictures) * f32::INFINITY;
    let mut scan = start(settings, 0).unwrap();
    scan.advance(&infinite, 1000).unwrap();
    assert!(matches!(
        pollster::block_on(scan.finish()),
        Err(AttributionError::NotFinite)
    ));
}
