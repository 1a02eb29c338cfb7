//! Work that is shared: parts of every method add up to the whole.

use core::ops::Range;

use super::*;
use crate::attribution::{Computation, Method, Occlusion, SmoothGrad};
use crate::efficientnet::{EfficientNetConfig, FoldedEfficientNet};

const SIDE: usize = 32;

fn methods() -> [Method; 5] {
    let path = |quadrature| {
        Method::IntegratedGradients(IntegratedGradients {
            steps: 5,
            quadrature,
            ..IntegratedGradients::default()
        })
    };
    [
        path(Quadrature::GaussLegendre),
        path(Quadrature::RiemannTrapezoid),
        Method::SmoothGrad(SmoothGrad {
            samples: 3,
            steps: 2,
            ..SmoothGrad::default()
        }),
        Method::GradCam,
        Method::Occlusion(Occlusion {
            window: 16,
            stride: 8,
        }),
    ]
}

fn network() -> FoldedEfficientNet {
    let config = EfficientNetConfig::new("efficientnet_b0".parse().unwrap(), 3);
    config.init(&Device::flex()).fold_batch_norm()
}

fn square(factor: f32) -> Tensor<4> {
    let values: Vec<f32> = (0..3 * SIDE * SIDE)
        .map(|v| factor * ((v * 13 % 29) as f32 - 14.0))
        .collect();
    Tensor::from_data(TensorData::new(values, [1, 3, SIDE, SIDE]), &device())
}

fn start(method: &Method, part: Range<usize>) -> Result<Computation, AttributionError> {
    method.start_part(square(0.1), square(0.01), 1, part)
}

fn finish(mut computation: Computation, network: &FoldedEfficientNet) -> Attribution {
    while computation.done() < computation.total() {
        computation.advance(network, 2).unwrap();
        pollster::block_on(computation.synchronise()).unwrap();
    }
    pollster::block_on(computation.finish(network)).unwrap()
}

#[test]
fn parts_add_up_to_the_whole() {
    let network = network();
    for method in methods() {
        let pieces = method.pieces(SIDE, SIDE).unwrap();
        let whole = method.start(square(0.1), square(0.01), 1).unwrap();
        let steps = whole.total();
        assert_eq!(steps, pieces * method.steps_of_piece(), "{method}");
        let whole = finish(whole, &network);
        let cut = pieces.div_ceil(3);
        let ranges = [0..cut, cut..pieces];
        let parts = ranges.into_iter().filter(|range| !range.is_empty());
        let parts: Vec<_> = parts.map(|part| start(&method, part).unwrap()).collect();
        let shared: usize = parts.iter().map(Computation::total).sum();
        assert_eq!(shared, steps, "{method}");
        let parts = parts.into_iter().map(|part| finish(part, &network));
        let sum = Attribution::of_parts(parts).unwrap();
        assert_eq!(sum.shape(), whole.shape());
        assert_eq!(sum.logit_input, whole.logit_input);
        let strength = whole
            .values
            .iter()
            .fold(0.0_f32, |most, v| most.max(v.abs()));
        for (a, b) in sum.values.iter().zip(&whole.values) {
            assert!((a - b).abs() <= 1e-5 * strength, "{method}: {a} {b}");
        }
        match (sum.completeness, whole.completeness) {
            (Some(a), Some(b)) => {
                assert_eq!(a.logit_baseline, b.logit_baseline);
                assert!(
                    (a.gap - b.gap).abs() <= 1e-4 * strength.max(1.0),
                    "{method}"
                );
            }
            (a, b) => assert_eq!(a, b, "{method}"),
        }
    }
}

#[test]
fn pieces_are_gradients_copies_and_windows() {
    let pieces = methods().map(|method| method.pieces(SIDE, SIDE).unwrap());
    assert_eq!(pieces, [5, 5, 3, 1, 9]);
}

#[test]
fn a_part_that_is_not_there_is_an_error() {
    for method in methods() {
        let pieces = method.pieces(SIDE, SIDE).unwrap();
        for part in [0..0, 1..1, pieces..pieces + 1, 0..pieces + 1] {
            let error = start(&method, part).map(drop).unwrap_err();
            assert!(matches!(error, AttributionError::Part { .. }), "{error}");
        }
    }
    assert!(matches!(
        Attribution::of_parts([]),
        Err(AttributionError::Empty)
    ));
    let small = Attribution::without_completeness(vec![1.0], [1, 1, 1], 0.0).unwrap();
    let large = Attribution::without_completeness(vec![1.0; 2], [1, 1, 2], 0.0).unwrap();
    assert!(matches!(
        Attribution::of_parts([small, large]),
        Err(AttributionError::Length { .. })
    ));
}
