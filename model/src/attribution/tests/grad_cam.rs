//! Grad-CAM of heads whose weights are known.

use super::*;
use crate::attribution::GradCam;

/// Two feature maps of half the picture's size: channel 0's and channel 1's every second pixel.
fn features(pictures: Tensor<4>) -> Tensor<4> {
    pictures.slice([0..1, 0..2]).slice([
        burn::tensor::s![..],
        burn::tensor::s![..],
        burn::tensor::s![..;2],
        burn::tensor::s![..;2],
    ])
}

/// Spatial means, then a linear layer with the weights (2, -1) and (-3, 0.5) and no bias.
fn head(maps: Tensor<4>) -> Tensor<2> {
    let [n, channels, ..] = maps.dims();
    let means: Tensor<2> = maps.mean_dim(3).mean_dim(2).reshape([n, channels]);
    let weights = Tensor::<2>::from_floats([[2.0, -3.0], [-1.0, 0.5]], &device());
    means.matmul(weights)
}

fn picture_4x4() -> (Vec<f32>, Tensor<4>) {
    let values: Vec<f32> = (0..48).map(|v| (v * 7 % 13) as f32 / 4.0 - 1.0).collect();
    let data = TensorData::new(values.clone(), [1, 3, 4, 4]);
    (values, Tensor::from_data(data, &device()))
}

fn run_cam(target: usize) -> Result<Attribution, AttributionError> {
    let mut cam = GradCam::new(picture_4x4().1, target)?;
    assert_eq!((cam.done(), cam.total()), (0, 1));
    cam.advance(&features, &head)?;
    pollster::block_on(cam.synchronise())?;
    assert_eq!(cam.done(), 1);
    cam.advance(&features, &head)?;
    pollster::block_on(cam.finish())
}

#[test]
fn linear_heads_give_their_weighted_maps() {
    let (values, _) = picture_4x4();
    for (target, weights) in [(0, [2.0, -1.0]), (1, [-3.0, 0.5])] {
        let found = run_cam(target).unwrap();
        assert_eq!((found.channels, found.height, found.width), (1, 4, 4));
        assert!(found.completeness.is_none());
        // The weight of a map is that of its mean, spread over its 4 pixels.
        let signed = |row: usize, column: usize| {
            let pixel = 8 * row + 2 * column;
            (weights[0] * values[pixel] + weights[1] * values[16 + pixel]) / 4.0
        };
        let logit: f32 = [(0, 0), (0, 1), (1, 0), (1, 1)]
            .map(|(row, column)| signed(row, column))
            .iter()
            .sum();
        assert!((found.logit_input - logit).abs() < 1e-5);
        // The corners of the larger map are the pixels of the small one.
        for (corner, row, column) in [(0, 0, 0), (3, 0, 1), (12, 1, 0), (15, 1, 1)] {
            let expected = signed(row, column).max(0.0);
            assert!((found.values[corner] - expected).abs() < 1e-5);
        }
        assert!(found.values.iter().all(|value| *value >= 0.0));
    }
}

#[test]
fn misuse_is_one_clear_error() {
    assert!(matches!(
        run_cam(2),
        Err(AttributionError::Target {
            target: 2,
            classes: 2
        })
    ));
    let (_, input) = picture_4x4();
    let two = Tensor::cat(vec![input.clone(), input.clone()], 0);
    assert!(matches!(
        GradCam::new(two, 0),
        Err(AttributionError::Shape { .. })
    ));
    assert!(matches!(
        GradCam::new(input.clone().inner(), 0),
        Err(AttributionError::NoGradient { .. })
    ));
    let unfinished = GradCam::new(input.clone(), 0).unwrap();
    assert!(matches!(
        pollster::block_on(unfinished.finish()),
        Err(AttributionError::Unfinished { done: 0, total: 1 })
    ));
    let constant = |_: Tensor<4>| Tensor::<2>::zeros([1, 2], &device());
    let mut cam = GradCam::new(input.clone(), 0).unwrap();
    assert!(matches!(
        cam.advance(&features, &constant),
        Err(AttributionError::NoGradient { .. })
    ));
    let infinite = |maps: Tensor<4>| head(maps) * f32::INFINITY;
    cam.advance(&features, &infinite).unwrap();
    assert!(matches!(
        pollster::block_on(cam.finish()),
        Err(AttributionError::NotFinite)
    ));
}
