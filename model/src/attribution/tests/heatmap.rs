//! Maps: what is summed, averaged, scaled, cut and cropped, and captum's scaling.

use serde::Deserialize;

use crate::attribution::{Attribution, AttributionError, HeatMap, Sign};
use crate::preprocess::ContentBox;

#[derive(Deserialize)]
struct GoldenCase {
    sign: String,
    outlier_percentile: f64,
    scaled: Vec<f32>,
}

#[derive(Deserialize)]
struct GoldenScaling {
    channels: usize,
    height: usize,
    width: usize,
    attribution: Vec<f32>,
    cases: Vec<GoldenCase>,
}

fn attribution(values: Vec<f32>, shape: [usize; 3]) -> Attribution {
    Attribution::new(values, shape, 1.0, 0.0).unwrap()
}

#[test]
fn scaling_equals_captums() {
    let golden: GoldenScaling = serde_json::from_str(include_str!(
        "../../../../tests/reference/goldens/captum_scaling.json"
    ))
    .unwrap();
    let shape = [golden.channels, golden.height, golden.width];
    let map = HeatMap::from_attribution(&attribution(golden.attribution, shape)).unwrap();
    assert!(!golden.cases.is_empty());
    for case in golden.cases {
        let sign: Sign = case.sign.replace("_value", "").parse().unwrap();
        let found = map
            .clone()
            .with_outlier_percentile(case.outlier_percentile)
            .scaled(sign);
        assert_eq!(found.len(), case.scaled.len());
        for (a, b) in found.iter().zip(&case.scaled) {
            assert!(
                (a - b).abs() < 1e-6,
                "{sign} {}: {a} {b}",
                case.outlier_percentile
            );
        }
    }
}

#[test]
fn channels_are_summed_and_folds_averaged_before_scaling() {
    let first = attribution(vec![1.0, 2.0, 10.0, 20.0, 100.0, 200.0], [3, 1, 2]);
    let second = attribution(vec![-9.0, 0.0, 0.0, 0.0, 0.0, 0.0], [3, 1, 2]);
    let map = HeatMap::mean([&first, &second]).unwrap();
    assert_eq!(map.values(), [(111.0 - 9.0) / 2.0, 111.0]);
    assert_eq!((map.height(), map.width()), (1, 2));
}

#[test]
fn flat_empty_and_mismatched_maps_do_not_panic() {
    let zero = HeatMap::from_attribution(&attribution(vec![0.0; 12], [3, 2, 2])).unwrap();
    let negative = HeatMap::from_attribution(&attribution(vec![-1.0; 12], [3, 2, 2])).unwrap();
    for sign in Sign::ALL {
        assert_eq!(zero.scaled(sign), [0.0; 4]);
        assert_eq!(sign.name().parse::<Sign>().unwrap(), sign);
    }
    assert_eq!(negative.scaled(Sign::Positive), [0.0; 4]);
    assert_eq!(negative.scaled(Sign::Negative), [1.0; 4]);
    assert_eq!(negative.scaled(Sign::All), [-1.0; 4]);
    for percent in [-5.0, 0.0, 100.0, 1e9, f64::NAN] {
        let scaled = negative
            .clone()
            .with_outlier_percentile(percent)
            .scaled(Sign::All);
        assert_eq!(scaled, [-1.0; 4]);
    }
    assert!(matches!(HeatMap::mean([]), Err(AttributionError::Empty)));
    let wide = attribution(vec![1.0; 12], [3, 1, 4]);
    let square = attribution(vec![1.0; 12], [3, 2, 2]);
    assert!(HeatMap::mean([&wide, &square]).is_err());
    let mut short = square.clone();
    short.values.pop();
    assert!(HeatMap::from_attribution(&short).is_err());
    let empty = attribution(Vec::new(), [3, 0, 4]);
    assert!(HeatMap::from_attribution(&empty).is_err());
    let mut broken = square;
    broken.values[3] = f32::NAN;
    assert!(HeatMap::from_attribution(&broken).is_err());
}

#[test]
fn shares_are_those_of_the_raw_values_only_without_clipping() {
    // One outlier of 100 among 99 values of strength 2, which are two thirds of the total.
    let mut values = vec![2.0; 100];
    values[0] = 100.0;
    values[1] = -2.0;
    let map = HeatMap::from_attribution(&attribution(values, [1, 10, 10]))
        .unwrap()
        .with_outlier_percentile(40.0);
    assert_eq!(map.scale(Sign::All), 2.0);
    let unclipped = map.unclipped(map.scale(Sign::All));
    assert_eq!(
        (unclipped[0], unclipped[1], unclipped[2]),
        (50.0, -1.0, 1.0)
    );
    let share = |values: &[f32]| {
        let positive = |values: &[f32]| values.iter().map(|v| v.max(0.0)).sum::<f32>();
        positive(&values[..1]) / positive(values)
    };
    assert!((share(&unclipped) - 100.0 / 296.0).abs() < 1e-6);
    assert!((share(&map.scaled(Sign::All)) - 1.0 / 99.0).abs() < 1e-6);
    let empty = HeatMap::from_values(&[0.0; 4], [1, 2, 2]).unwrap();
    assert_eq!(
        (empty.scale(Sign::All), empty.unclipped(0.0)),
        (0.0, vec![0.0; 4])
    );
}

#[test]
fn means_of_maps_are_means_of_their_attributions() {
    let first = attribution((0..12).map(|v| v as f32).collect(), [3, 2, 2]);
    let second = attribution(vec![0.5; 4], [1, 2, 2]);
    let maps = [&first, &second].map(|one| HeatMap::from_attribution(one).unwrap());
    let mean = HeatMap::mean_of_maps(&maps).unwrap();
    assert_eq!(mean, HeatMap::mean([&first, &second]).unwrap());
    assert_eq!(mean.values(), [6.25, 7.75, 9.25, 10.75]);
    assert!(HeatMap::mean_of_maps([]).is_err());
    let wide = HeatMap::from_values(&[1.0; 4], [1, 1, 4]).unwrap();
    assert!(HeatMap::mean_of_maps([&maps[0], &wide]).is_err());
    assert!(HeatMap::from_values(&[1.0; 4], [1, 2, 3]).is_err());
}

#[test]
fn cropping_takes_the_photographs_part_and_nothing_beyond_the_map() {
    let values: Vec<f32> = (0..12).map(|v| v as f32).collect();
    let attribution = Attribution::new(values, [1, 3, 4], 66.0, 0.0).unwrap();
    let map = HeatMap::from_attribution(&attribution).unwrap();
    let content = |left, top, width, height| ContentBox {
        left,
        top,
        width,
        height,
    };
    let cropped = map.crop(content(1, 1, 2, 2)).unwrap();
    assert_eq!((cropped.width(), cropped.height()), (2, 2));
    assert_eq!(cropped.values(), [5.0, 6.0, 9.0, 10.0]);
    for outside in [
        content(0, 0, 5, 1),
        content(0, 2, 1, 2),
        content(0, 0, 0, 1),
    ] {
        assert!(map.crop(outside).is_err());
    }
}
