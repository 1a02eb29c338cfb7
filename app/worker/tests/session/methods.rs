//! Every method of explanation, maps that grow, and cancelling.

use genoderm_protocol::{
    Baseline, Event, ExplainSettings, Explanation, FailureKind, Method, Phase, Request, envelope,
};
use js_sys::ArrayBuffer;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::bundle::{self, SIZE, photo_bmp};
use crate::engine::Engine;
use crate::{classify, failure, load};

pub const PIXELS: usize = (SIZE * SIZE) as usize;

/// Shaders and the GPU's own rounding may differ between one way of computing and another.
pub const TOLERANCE: f32 = if cfg!(feature = "webgpu") { 2e-3 } else { 1e-4 };

pub async fn ready() -> Engine {
    let engine = Engine::serving(bundle::files().await);
    engine.ask(load(1), &[]).await;
    let photo = photo_bmp(40, 30);
    engine.ask(classify(2), &[&photo]).await;
    engine
}

pub fn settings(method: Method) -> ExplainSettings {
    ExplainSettings {
        // Few, so that the test is quick where there is no GPU.
        steps: 2,
        samples: 2,
        noise: 0.2,
        baseline: Baseline::Blurred,
        ..ExplainSettings::of_method(method, "focused", "NF1")
    }
}

pub async fn explained(
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

/// The largest difference as a share of the largest value of `b`.
pub fn difference(a: &[f32], b: &[f32]) -> f32 {
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
        if let Some(gap) = explanation.completeness_gap {
            // Nothing is clipped: what the page gets adds up.
            let sum: f32 = heat.iter().sum::<f32>() * explanation.scale;
            let folds = explanation.folds.iter();
            let change: f32 = folds
                .map(|fold| fold.logit - fold.baseline_logit.unwrap())
                .sum();
            let change = change / explanation.folds.len() as f32;
            assert!((sum - change).abs() <= gap + 1e-3, "{sum} {change} {gap}");
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
