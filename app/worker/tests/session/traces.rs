//! The path point by point.

use genoderm_protocol::{
    Baseline, Event, ExplainSettings, FailureKind, Method, Phase, Quadrature, Request, Trace,
    envelope,
};
use js_sys::ArrayBuffer;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::bundle::{self, SIZE, photo_bmp};
use crate::engine::Engine;
use crate::methods::{PIXELS, TOLERANCE, difference, explained, ready, settings};
use crate::{classify, failure, load};

async fn traced(
    engine: &Engine,
    id: u32,
    settings: ExplainSettings,
    points: usize,
) -> (Box<Trace>, Vec<ArrayBuffer>) {
    let request = Request::Trace {
        id,
        settings,
        points,
    };
    let (answer, buffers) = engine.ask(request, &[]).await;
    let Event::Traced { trace, .. } = answer else {
        panic!("{answer:?}");
    };
    (trace, buffers)
}

#[wasm_bindgen_test]
async fn a_trace_ends_in_the_map_of_the_same_steps() {
    let engine = ready().await;
    let points = 5;
    let mut settings = settings(Method::IntegratedGradients);
    let (trace, buffers) = traced(&engine, 10, settings.clone(), points).await;
    console_log!("traced in {:.0} ms", trace.total_ms);
    assert_eq!((trace.width, trace.height), (SIZE, SIZE));
    // Without a choice it is the first network of the set.
    assert_eq!(
        (trace.fold, trace.settings.folds.as_deref()),
        (0, Some(&[0][..]))
    );
    assert_eq!(trace.points.len(), points);
    assert_eq!(buffers.len(), 3);
    let pictures = envelope::bytes_of(&buffers[0]);
    assert_eq!(pictures.len(), points * PIXELS * 4);
    assert!(pictures.chunks_exact(4).all(|pixel| pixel[3] == 255));
    let (gradients, sums) = (
        envelope::floats_of(&buffers[1]),
        envelope::floats_of(&buffers[2]),
    );
    assert_eq!(
        (gradients.len(), sums.len()),
        (points * PIXELS, points * PIXELS)
    );
    assert!(trace.scale > 0.0);
    let weights: f64 = trace.points.iter().map(|point| point.weight).sum();
    assert!((weights - 1.0).abs() < 1e-9);
    assert!(trace.points.is_sorted_by(|a, b| a.position < b.position));

    // Each running sum is the one before and the weighted gradient.
    let mut sum = vec![0.0; PIXELS];
    for (index, point) in trace.points.iter().enumerate() {
        let frame = index * PIXELS..(index + 1) * PIXELS;
        for (sum, gradient) in sum.iter_mut().zip(&gradients[frame.clone()]) {
            *sum += *gradient * point.weight as f32;
        }
        assert!(difference(&sum, &sums[frame]) < 1e-4);
    }

    settings.steps = points;
    settings.folds = Some(vec![trace.fold]);
    let (explanation, map) = explained(&engine, 11, settings).await;
    let logits = |logit: f32| logit * trace.scale;
    let last: Vec<f32> = sums[(points - 1) * PIXELS..]
        .iter()
        .map(|v| logits(*v))
        .collect();
    let heat = envelope::floats_of(&map[1]);
    let heat: Vec<f32> = heat.iter().map(|value| value * explanation.scale).collect();
    assert!(
        difference(&last, &heat) < TOLERANCE,
        "{}",
        difference(&last, &heat)
    );
    assert!((trace.logit - explanation.logit).abs() < 1e-3);
    assert!((trace.baseline_logit - explanation.folds[0].baseline_logit.unwrap()).abs() < 1e-3);
    assert!((trace.completeness_gap - explanation.completeness_gap.unwrap()).abs() < 1e-2);

    let steps = engine.progress(10, Phase::Explaining);
    assert_eq!(steps.last().unwrap().done, points as u64);
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn the_pictures_of_a_trace_go_from_the_baseline_to_the_photograph() {
    let engine = ready().await;
    let mut settings = settings(Method::IntegratedGradients);
    settings.baseline = Baseline::Black;
    settings.quadrature = Quadrature::RiemannTrapezoid;
    settings.folds = Some(vec![3, 0]);
    let (trace, buffers) = traced(&engine, 10, settings, 3).await;
    assert_eq!(trace.fold, 3);
    let pictures = envelope::bytes_of(&buffers[0]);
    let colours: Vec<&[u8]> = pictures.chunks_exact(4).map(|pixel| &pixel[..3]).collect();
    let (black, rest) = colours.split_at(PIXELS);
    let (half, whole) = rest.split_at(PIXELS);
    assert!(black.iter().all(|pixel| *pixel == [0, 0, 0]));
    assert!(whole.iter().any(|pixel| pixel[0] > 200));
    for (half, whole) in half
        .iter()
        .flat_map(|p| *p)
        .zip(whole.iter().flat_map(|p| *p))
    {
        assert!((2 * i32::from(*half) - i32::from(*whole)).abs() <= 1);
    }
    // The ends of this rule are the ends of the path.
    assert!((trace.points[0].logit - trace.baseline_logit).abs() < 1e-4);
    assert!((trace.points[2].logit - trace.logit).abs() < 1e-4);
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn traces_that_make_no_sense_are_refused() {
    let engine = Engine::serving(bundle::files().await);
    let trace = |id, settings, points| Request::Trace {
        id,
        settings,
        points,
    };
    let good = || settings(Method::IntegratedGradients);
    let (event, _) = engine.ask(trace(1, good(), 5), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::NotLoaded);
    engine.ask(load(2), &[]).await;
    let (event, _) = engine.ask(trace(3, good(), 5), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::NoPhoto);
    engine.ask(classify(4), &[&photo_bmp(30, 30)]).await;
    let unknown_label = ExplainSettings {
        target: "GOUT".into(),
        ..good()
    };
    for (settings, points, named) in [
        (good(), 0, "2 to 64"),
        (good(), 1, "2 to 64"),
        (good(), 65, "2 to 64"),
        (good(), usize::MAX >> 1, "2 to 64"),
        (unknown_label, 5, "GOUT"),
        (settings(Method::Occlusion), 5, "occlusion"),
        (settings(Method::SmoothGrad), 5, "smooth-grad"),
        (settings(Method::GradCam), 5, "grad-cam"),
    ] {
        let (event, _) = engine.ask(trace(5, settings, points), &[]).await;
        let failure = failure(&event);
        assert_eq!(failure.kind, FailureKind::BadRequest, "{event:?}");
        assert!(failure.detail.contains(named), "{event:?}");
    }
}
