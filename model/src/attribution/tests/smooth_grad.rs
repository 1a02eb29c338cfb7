//! SmoothGrad of functions whose mean under noise is known.

use super::*;
use crate::attribution::{MAX_NOISE, MAX_SAMPLES, NoiseTunnel, SmoothGrad};

fn finish(mut tunnel: NoiseTunnel, golden: &GoldenToy, chunk: usize) -> Attribution {
    let model = toy(&golden.weight);
    while tunnel.done() < tunnel.total() {
        let before = tunnel.done();
        tunnel.advance(&model, chunk).unwrap();
        assert!(tunnel.done() > before);
        pollster::block_on(tunnel.synchronise()).unwrap();
    }
    tunnel.advance(&model, chunk).unwrap();
    pollster::block_on(tunnel.finish(&model)).unwrap()
}

fn start(settings: &SmoothGrad, golden: &GoldenToy, target: usize) -> NoiseTunnel {
    let (input, baseline) = (picture(&golden.input), picture(&golden.baseline));
    settings.start(input, baseline, target).unwrap()
}

#[test]
fn without_noise_it_is_integrated_gradients() {
    let golden = golden();
    let settings = SmoothGrad {
        samples: 3,
        noise: 0.0,
        ..Default::default()
    };
    let found = finish(start(&settings, &golden, 3), &golden, 4);
    let method = IntegratedGradients {
        steps: settings.steps,
        ..Default::default()
    };
    let expected = run(&method, &golden, 3).unwrap();
    assert!(largest_difference(&found.values, &expected.values) < 1e-5);
    assert!((found.logit_input - expected.logit_input).abs() < 1e-6);
    assert_eq!((found.completeness, found.relative_gap()), (None, None));
}

#[test]
fn given_noise_shifts_the_end_of_the_path_and_not_its_beginning() {
    // w x^2: the attribution of a copy is w ((x + e)^2 - b^2), exactly with 2 steps.
    let golden = golden();
    let noises = [0.3_f32, -0.1];
    let noise = noises.map(|noise| picture(&[noise; 12])).to_vec();
    let (input, baseline) = (picture(&golden.input), picture(&golden.baseline));
    let nodes = Quadrature::GaussLegendre.nodes(2).unwrap();
    let tunnel = NoiseTunnel::with_noise(input, baseline, noise, nodes, 1).unwrap();
    assert_eq!(tunnel.total(), 4);
    let found = finish(tunnel, &golden, 1);
    for i in 0..12 {
        let square = |e: f32| (golden.input[i] + e).powi(2) - golden.baseline[i].powi(2);
        let expected = golden.weight[i] * noises.map(square).iter().sum::<f32>() / 2.0;
        assert!((found.values[i] - expected).abs() < 1e-5);
    }
}

#[test]
fn the_mean_over_many_seeded_copies_is_the_expectation() {
    // E[(x + e)^2] = x^2 + s^2 with s = noise times the range of the input.
    let golden = golden();
    let settings = SmoothGrad {
        samples: 1000,
        noise: 0.25,
        seed: 11,
        steps: 2,
        ..Default::default()
    };
    let found = finish(start(&settings, &golden, 1), &golden, 2);
    let largest = golden.input.iter().copied().fold(f32::MIN, f32::max);
    let smallest = golden.input.iter().copied().fold(f32::MAX, f32::min);
    let deviation = 0.25 * (largest - smallest);
    for i in 0..12 {
        let (x, b, w) = (golden.input[i], golden.baseline[i], golden.weight[i]);
        let expected = w * (x * x + deviation * deviation - b * b);
        // Var[(x + e)^2] = 4 x^2 s^2 + 2 s^4.
        let (x2, s2) = (x * x, deviation * deviation);
        let error = w.abs() * ((4.0 * x2 * s2 + 2.0 * s2 * s2) / 1000.0).sqrt();
        let difference = (found.values[i] - expected).abs();
        assert!(difference < 4.5 * error + 1e-5, "{i}: {difference} {error}");
    }
}

#[test]
fn the_same_seed_gives_the_same_map_whatever_the_chunk() {
    let golden = golden();
    let values = |seed, chunk| {
        let settings = SmoothGrad {
            seed,
            ..Default::default()
        };
        finish(start(&settings, &golden, 3), &golden, chunk).values
    };
    let one = values(5, 1);
    assert_eq!(one, values(5, 1));
    for chunk in [0, 3, 10, 1000, usize::MAX] {
        assert!(largest_difference(&one, &values(5, chunk)) < 1e-5);
    }
    assert!(largest_difference(&one, &values(6, 1)) > 1e-3);
}

#[test]
fn the_running_sum_grows_from_zero_to_the_attribution() {
    let golden = golden();
    let model = toy(&golden.weight);
    let mut tunnel = start(&SmoothGrad::default(), &golden, 2);
    let running = |tunnel: &NoiseTunnel| pollster::block_on(tunnel.running_sum()).unwrap();
    assert_eq!(running(&tunnel), [0.0; 12]);
    while tunnel.done() < 75 {
        tunnel.advance(&model, 5).unwrap();
    }
    assert_ne!(running(&tunnel), [0.0; 12]);
    let unfinished = start(&SmoothGrad::default(), &golden, 2);
    assert!(matches!(
        pollster::block_on(unfinished.finish(&model)),
        Err(AttributionError::Unfinished { done: 0, total: 80 })
    ));
    tunnel.advance(&model, 5).unwrap();
    let last = running(&tunnel);
    let found = pollster::block_on(tunnel.finish(&model)).unwrap();
    assert_eq!(last, found.values);
}

#[test]
fn misuse_is_one_clear_error() {
    let golden = golden();
    let refused = |settings: SmoothGrad| {
        let (input, baseline) = (picture(&golden.input), picture(&golden.baseline));
        settings.start(input, baseline, 0).map(drop).unwrap_err()
    };
    for samples in [0, MAX_SAMPLES + 1, usize::MAX] {
        let error = refused(SmoothGrad {
            samples,
            ..Default::default()
        });
        assert!(matches!(error, AttributionError::Samples { .. }));
        assert!(error.to_string().contains(&samples.to_string()), "{error}");
    }
    for noise in [-0.1, f64::NAN, f64::INFINITY, MAX_NOISE + 0.01] {
        let error = refused(SmoothGrad {
            noise,
            ..Default::default()
        });
        assert!(matches!(error, AttributionError::Noise { .. }), "{noise}");
        assert!(error.to_string().contains("from 0 to 1"), "{error}");
    }
    let no_steps = SmoothGrad {
        steps: 0,
        ..Default::default()
    };
    assert!(matches!(refused(no_steps), AttributionError::Steps { .. }));

    let (input, baseline) = (picture(&golden.input), picture(&golden.baseline));
    let nodes = Quadrature::GaussLegendre.nodes(2).unwrap();
    let with_noise = |noise| {
        NoiseTunnel::with_noise(input.clone(), baseline.clone(), noise, nodes.clone(), 0)
            .map(drop)
            .unwrap_err()
    };
    assert!(matches!(
        with_noise(Vec::new()),
        AttributionError::Samples { samples: 0, .. }
    ));
    let wide = Tensor::cat(vec![input.clone(), input.clone()], 3);
    assert!(matches!(
        with_noise(vec![wide]),
        AttributionError::Shape { .. }
    ));
    assert!(matches!(
        SmoothGrad::default().start(input.clone().inner(), baseline.clone().inner(), 0),
        Err(AttributionError::NoGradient { .. })
    ));
}
