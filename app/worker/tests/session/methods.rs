//! Every method of explanation, maps that grow, and the path point by point.

use genoderm_protocol::{
    Baseline, Event, ExplainSettings, Explanation, FailureKind, Method, Phase, Request, Trace,
    envelope,
};
use js_sys::ArrayBuffer;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::bundle::{self, SIZE, photo_bmp};
use crate::engine::Engine;
use crate::{classify, failure, load};

const PIXELS: usize = (SIZE * SIZE) as usize;

/// Shaders and the GPU's own rounding may differ between one way of computing and another.
const TOLERANCE: f32 = if cfg!(feature = "webgpu") { 2e-3 } else { 1e-4 };

async fn ready() -> Engine {
    let engine = Engine::serving(bundle::files().await);
    engine.ask(load(1), &[]).await;
    let photo = photo_bmp(40, 30);
    engine.ask(classify(2), &[&photo]).await;
    engine
}

fn settings(method: Method) -> ExplainSettings {
    ExplainSettings {
        // Few, so that the test is quick where there is no GPU.
        steps: 2,
        samples: 2,
        noise: 0.2,
        baseline: Baseline::Blurred,
        ..ExplainSettings::of_method(method, "focused", "NF1")
    }
}

async fn explained(
    engine: &Engine,
    id: u32,
    settings: ExplainSettings,
) -> (Explanation, Vec<ArrayBuffer>) {
    let (answer, buffers) = engine.ask(Request::Explain { id, settings }, &[]).await;
    let Event::Explained { explanation, .. } = answer else {
        panic!("{answer:?}");
    };
    (explanation, buffers)
}

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

/// The largest difference as a share of the largest value of `b`.
fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let largest = b.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let pairs = a.iter().zip(b);
    let difference = pairs.fold(0.0_f32, |most, (a, b)| most.max((a - b).abs()));
    difference / largest
}

#[wasm_bindgen_test]
async fn every_method_answers_and_grows_before_it_ends() {
    let engine = ready().await;
    let mut maps: Vec<Vec<f32>> = Vec::new();
    for (id, method) in (10..).zip(Method::ALL) {
        let mut settings = settings(method);
        settings.refine = true;
        // One network's 225 windows are enough without a GPU.
        settings.folds = (method == Method::Occlusion).then(|| vec![3]);
        let (explanation, buffers) = explained(&engine, id, settings).await;
        console_log!("{method:?}: {:.0} ms", explanation.total_ms);
        assert_eq!((explanation.width, explanation.height), (SIZE, SIZE));
        assert_eq!(buffers.len(), 2);
        assert_eq!(envelope::bytes_of(&buffers[0]).len(), 4 * PIXELS);
        let heat = envelope::floats_of(&buffers[1]);
        assert_eq!(heat.len(), PIXELS);
        assert!(heat.iter().all(|value| value.is_finite()));
        let adds_up = method == Method::IntegratedGradients;
        assert_eq!(explanation.completeness_gap.is_some(), adds_up);
        for fold in &explanation.folds {
            assert_eq!(fold.completeness_gap.is_some(), adds_up);
            assert_eq!(fold.baseline_logit.is_some(), adds_up);
        }
        if method == Method::GradCam {
            assert!(heat.iter().all(|value| *value >= 0.0));
        } else {
            assert!(explanation.scale > 0.0);
        }

        let expected_steps = match method {
            Method::IntegratedGradients => 4,
            Method::SmoothGrad => 8,
            Method::GradCam => 2,
            Method::Occlusion => 225,
        };
        let progress = engine.progress(id, Phase::Explaining);
        assert_eq!(progress.last().unwrap().done, expected_steps);
        assert!(progress.iter().all(|step| step.total == expected_steps));
        assert!(progress.windows(2).all(|two| two[0].done < two[1].done));

        let refinements = engine.refinements(id);
        assert_eq!(refinements.is_empty(), !method.can_refine());
        let most = explanation.total_ms / 250.0 + 1.0;
        assert!(refinements.len() as f64 <= most, "{}", refinements.len());
        if let Some((last, buffers)) = refinements.last() {
            assert_eq!((last.done, last.total), (expected_steps, expected_steps));
            assert_eq!((last.width, last.height), (SIZE, SIZE));
            let grown = envelope::floats_of(&buffers[1]);
            let grown: Vec<f32> = grown.iter().map(|value| value * last.scale).collect();
            let heat: Vec<f32> = heat.iter().map(|value| value * explanation.scale).collect();
            assert!(difference(&grown, &heat) < TOLERANCE);
        }
        for (known, other) in maps.iter().zip(Method::ALL) {
            assert_ne!(*known, heat, "{method:?} is {other:?}");
        }
        maps.push(heat);
    }
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn a_map_grows_only_where_that_was_asked_for_and_is_the_same_either_way() {
    let engine = ready().await;
    let mut long = settings(Method::IntegratedGradients);
    long.steps = 300;
    let (_, plain) = explained(&engine, 10, long.clone()).await;
    assert!(engine.refinements(10).is_empty());
    long.refine = true;
    let (explanation, grown) = explained(&engine, 11, long).await;
    let refinements = engine.refinements(11);
    console_log!(
        "{} refinements in {:.0} ms",
        refinements.len(),
        explanation.total_ms
    );
    assert!(
        refinements.len() > 1,
        "the map was never shown before its end"
    );
    assert!(
        refinements
            .windows(2)
            .all(|two| two[0].0.done < two[1].0.done)
    );
    for (plain, grown) in plain.iter().zip(&grown) {
        assert_eq!(envelope::bytes_of(plain), envelope::bytes_of(grown));
    }
    // The last one is the answer, to the bit.
    let (last, buffers) = refinements.last().unwrap();
    assert_eq!(last.scale, explanation.scale);
    for (plain, grown) in plain.iter().zip(buffers) {
        assert_eq!(envelope::bytes_of(plain), envelope::bytes_of(grown));
    }
    // The first one is not.
    let first = envelope::floats_of(&refinements[0].1[1]);
    assert!(difference(&first, &envelope::floats_of(&plain[1])) > 0.01);
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn smooth_grad_answers_the_same_twice() {
    let engine = ready().await;
    let (_, first) = explained(&engine, 10, settings(Method::SmoothGrad)).await;
    let (_, second) = explained(&engine, 11, settings(Method::SmoothGrad)).await;
    assert_eq!(
        envelope::bytes_of(&first[1]),
        envelope::bytes_of(&second[1])
    );
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
    settings.quadrature = genoderm_protocol::Quadrature::RiemannTrapezoid;
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

/// Grad-CAM is one step and has no middle.
#[wasm_bindgen_test]
async fn a_cancel_is_seen_in_the_middle_of_every_method() {
    let engine = ready().await;
    let mut long = settings(Method::SmoothGrad);
    (long.samples, long.steps) = (100, 1000);
    let many = |id, settings| Request::Explain { id, settings };
    let trace = Request::Trace {
        id: 12,
        settings: settings(Method::IntegratedGradients),
        points: 64,
    };
    let requests = [
        (10, many(10, long)),
        (11, many(11, settings(Method::Occlusion))),
        (12, trace),
    ];
    for (id, request) in requests {
        engine.post(request, &[]);
        engine.post_later(Request::Cancel { id }, 60);
        let (event, _) = engine.wait(id).await;
        assert_eq!(failure(&event).kind, FailureKind::Cancelled, "{id}");
        let steps = engine.progress(id, Phase::Explaining);
        let last = steps.last().unwrap();
        assert!(last.done < last.total, "{last:?}");
    }
    // The engine is well afterwards.
    let (explanation, _) = explained(&engine, 13, settings(Method::GradCam)).await;
    assert_eq!(explanation.folds.len(), 2);
}
