//! A whole session of the engine in a web worker, request by request: what the page gets for good and bad input.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bundle;
mod engine;
#[cfg(not(feature = "webgpu"))]
mod joining;
mod methods;
#[cfg(not(feature = "webgpu"))]
mod pool;
mod traces;

use bundle::{SIZE, photo_bmp};
use engine::{Engine, MANIFEST_URL};
use genoderm_model::ensemble;
#[cfg(not(feature = "webgpu"))]
use genoderm_model::preprocess::{DecodeLimits, decode_photo};
use genoderm_protocol::{
    Backend, Baseline, Event, ExplainSettings, Failure, FailureKind, Method, Phase, Region,
    Request, envelope,
};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

// What does not touch the device is tested on the CPU only: without a GPU, every load takes long on WebGPU.

const BACKEND: Backend = if cfg!(feature = "webgpu") {
    Backend::Webgpu
} else {
    Backend::Cpu
};

fn load(id: u32) -> Request {
    Request::Load {
        id,
        bundle_url: MANIFEST_URL.into(),
        version: Some("1 2".into()),
        first: None,
        workers: 1,
    }
}

fn classify(id: u32) -> Request {
    Request::Classify {
        id,
        set: None,
        region: None,
    }
}

fn failure(event: &Event) -> &Failure {
    match event {
        Event::Failed { failure, .. } => failure,
        other => panic!("not a failure: {other:?}"),
    }
}

#[wasm_bindgen_test]
async fn a_photograph_is_classified_and_explained() {
    let engine = Engine::serving(bundle::files().await);
    let (loaded, _) = engine.ask(load(1), &[]).await;
    let Event::Loaded {
        bundle,
        engine: info,
        ..
    } = loaded
    else {
        panic!("{loaded:?}");
    };
    console_log!("{}: loaded in {:.0} ms", info.device, info.load_ms);
    assert_eq!(info.golden.networks, 2);
    assert!(info.golden.worst <= 1e-5, "{}", info.golden.worst);
    assert_eq!(bundle.sets[0].folds, [0, 3]);
    assert_eq!(bundle.labels.len(), 7);
    let downloads = engine.progress(1, Phase::Downloading);
    assert!(downloads.windows(2).all(|two| two[0].done < two[1].done));
    assert_eq!(downloads.last().unwrap().done, bundle.total_bytes);
    assert_eq!(downloads.last().unwrap().total, bundle.total_bytes);

    let photo = photo_bmp(40, 20);
    let (answer, _) = engine.ask(classify(2), &[&photo]).await;
    let Event::Classified { classification, .. } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(
        (classification.photo.width, classification.photo.height),
        (40, 20)
    );
    console_log!("{:?}", classification.timings);
    let set = &classification.sets[0];
    assert!(!set.fallback && set.votes() > 0);
    for (fold, expected) in set.folds.iter().zip(bundle::logits_of(&photo).await) {
        for (logit, expected) in fold.logits.iter().zip(&expected) {
            assert!((logit - expected).abs() < 1e-4 * expected.abs().max(1.0));
        }
        let probabilities = ensemble::softmax_at_temperature(&fold.logits, bundle.temperature);
        assert_eq!(fold.probabilities, probabilities);
    }
    let total: f32 = set.ranking.iter().map(|label| label.probability).sum();
    assert!((total - 1.0).abs() < 1e-5);
    assert!(
        set.ranking
            .is_sorted_by(|a, b| a.probability >= b.probability)
    );

    let mut settings = ExplainSettings::new("focused", "NF1");
    settings.steps = 3;
    settings.baseline = Baseline::Blurred;
    let (answer, buffers) = engine.ask(Request::Explain { id: 3, settings }, &[]).await;
    let Event::Explained { explanation, .. } = answer else {
        panic!("{answer:?}");
    };
    console_log!("explained in {:.0} ms", explanation.total_ms);
    assert_eq!((explanation.width, explanation.height), (SIZE, SIZE));
    assert_eq!(explanation.settings.folds.as_deref(), Some(&[0, 3][..]));
    let place = bundle.label("NF1").unwrap().0;
    for (fold, classified) in explanation.folds.iter().zip(&set.folds) {
        assert!((fold.logit - classified.logits[place]).abs() < 1e-4);
    }
    let pixels = (SIZE * SIZE) as usize;
    assert_eq!(envelope::bytes_of(&buffers[0]).len(), 4 * pixels);
    let heat = envelope::floats_of(&buffers[1]);
    assert_eq!(heat.len(), pixels);
    // A heat of 1 is the scale; outliers beyond it are few.
    assert!(explanation.scale > 0.0);
    assert!(heat.iter().any(|value| value.abs() == 1.0));
    let outliers = heat.iter().filter(|value| value.abs() > 1.0).count();
    assert!(outliers < pixels / 50, "{outliers}");
    let gap = explanation.completeness_gap.unwrap();
    assert!(
        explanation
            .folds
            .iter()
            .all(|fold| fold.completeness_gap.unwrap() <= gap)
    );
    // The GPU takes the three points of a fold at once.
    let steps: Vec<u64> = engine
        .progress(3, Phase::Explaining)
        .iter()
        .map(|p| p.done)
        .collect();
    let expected: &[u64] = if BACKEND == Backend::Cpu {
        &[0, 1, 2, 3, 4, 5, 6]
    } else {
        &[0, 3, 6]
    };
    assert_eq!(steps, expected);
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn a_region_is_what_close_ups_are_cut_from() {
    let engine = Engine::serving(bundle::files().await);
    engine.ask(load(1), &[]).await;
    let photo = photo_bmp(40, 20);
    let region = |x: f64, width: f64, degrees: f64| Region {
        x,
        y: 0.25,
        width,
        height: 0.5,
        degrees,
    };
    let ask = |region| Request::Classify {
        id: 2,
        set: None,
        region: Some(region),
    };
    let (event, _) = engine.ask(ask(region(0.25, 0.5, 0.0)), &[&photo]).await;
    let Event::Classified { classification, .. } = event else {
        panic!("{event:?}");
    };
    // The photograph is still told as a whole.
    assert_eq!(
        (classification.photo.width, classification.photo.height),
        (40, 20)
    );
    let set = &classification.sets[0];
    assert_eq!(set.region, Some(region(0.25, 0.5, 0.0)));
    let whole = bundle::logits_of(&photo).await;
    assert_ne!(set.folds[0].logits, whole[0]);

    let mut settings = ExplainSettings::new("focused", "NF1");
    settings.steps = 2;
    let (event, _) = engine.ask(Request::Explain { id: 3, settings }, &[]).await;
    let Event::Explained { explanation, .. } = event else {
        panic!("{event:?}");
    };
    let seen = explanation.folds[0].logit;
    assert!(
        set.folds[0]
            .logits
            .iter()
            .any(|logit| (logit - seen).abs() < 1e-4)
    );

    for bad in [
        region(0.75, 0.5, 0.0),
        region(0.0, 1.0, 20.0),
        region(0.5, 0.0, 0.0),
    ] {
        let (event, _) = engine.ask(ask(bad), &[&photo]).await;
        assert_eq!(failure(&event).kind, FailureKind::BadRequest);
    }
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn a_bad_file_is_named_by_its_cause_and_the_next_one_works() {
    let engine = Engine::serving(bundle::files().await);
    engine.ask(load(1), &[]).await;
    let good = photo_bmp(30, 30);
    let mut huge = good.clone();
    huge[18..22].copy_from_slice(&10_000_u32.to_le_bytes());
    huge[22..26].copy_from_slice(&10_000_u32.to_le_bytes());
    let cases: [(&[u8], FailureKind); 4] = [
        (b"", FailureKind::EmptyFile),
        (
            b"Dear diary, today I saw a mole.",
            FailureKind::UnsupportedFile,
        ),
        (&good[..200], FailureKind::BrokenFile),
        (&huge, FailureKind::TooLarge),
    ];
    for (file, kind) in cases {
        let (event, _) = engine.ask(classify(2), &[file]).await;
        assert_eq!(failure(&event).kind, kind, "{event:?}");
    }
    let (event, _) = engine.ask(classify(3), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::BadRequest);
    // The failing files have pushed out what was there before, so there is nothing to explain.
    let settings = ExplainSettings::new("focused", "NF1");
    let (event, _) = engine.ask(Request::Explain { id: 4, settings }, &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::NoPhoto);
    let (event, _) = engine.ask(classify(5), &[&good]).await;
    assert!(
        matches!(event, Event::Classified { id: 5, .. }),
        "{event:?}"
    );
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn a_bundle_that_the_page_hands_over_is_checked_as_a_fetched_one() {
    let files = bundle::files().await;
    // Nothing is to be had from the server.
    let engine = Engine::serving(Vec::new());
    let loaded = engine.ask_handing(1, &files).await;
    assert!(matches!(loaded, Event::Loaded { .. }), "{loaded:?}");
    let photo = photo_bmp(30, 30);
    let (answer, _) = engine.ask(classify(2), &[&photo]).await;
    assert!(matches!(answer, Event::Classified { .. }), "{answer:?}");

    let shard = files
        .iter()
        .position(|(name, _)| name.ends_with(".safetensors"))
        .unwrap();
    let mut damaged = files.clone();
    *damaged[shard].1.last_mut().unwrap() ^= 1;
    let event = engine.ask_handing(3, &damaged).await;
    assert_eq!(failure(&event).kind, FailureKind::Checksum);
    let mut longer = files.clone();
    longer[shard].1.push(0);
    let event = engine.ask_handing(4, &longer).await;
    assert_eq!(failure(&event).kind, FailureKind::Checksum);
    let mut missing = files.clone();
    missing.remove(shard);
    let event = engine.ask_handing(5, &missing).await;
    assert_eq!(failure(&event).kind, FailureKind::Download);

    // Cancelled while it waits for a file that never comes.
    engine.post(Request::LoadHanded { id: 6, workers: 1 }, &[]);
    engine.post_later(Request::Cancel { id: 6 }, 100);
    let (event, _) = engine.wait(6).await;
    assert_eq!(failure(&event).kind, FailureKind::Cancelled);
    // What nobody waits for is passed over.
    engine.post(Request::Hand { id: 6 }, &[&photo]);
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn the_upright_png_has_the_pixels_of_the_photograph() {
    let engine = Engine::serving(Vec::new());
    let photo = photo_bmp(41, 23);
    let (event, buffers) = engine.ask(Request::Upright { id: 1 }, &[&photo]).await;
    let Event::Upright { photo: size, .. } = event else {
        panic!("{event:?}");
    };
    assert_eq!((size.width, size.height), (41, 23));
    let png = envelope::bytes_of(&buffers[0]);
    let limits = DecodeLimits::default();
    assert!(decode_photo(&png, &limits).unwrap() == decode_photo(&photo, &limits).unwrap());
    let (event, _) = engine
        .ask(Request::Upright { id: 2 }, &[b"no photograph"])
        .await;
    assert_eq!(failure(&event).kind, FailureKind::UnsupportedFile);
    let (event, _) = engine.ask(Request::Upright { id: 3 }, &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::BadRequest);
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn requests_that_make_no_sense_are_refused() {
    let engine = Engine::serving(bundle::files().await);
    let (event, _) = engine.ask(classify(1), &[&photo_bmp(30, 30)]).await;
    assert_eq!(failure(&event).kind, FailureKind::NotLoaded);
    engine.ask(load(2), &[]).await;
    engine.ask(classify(3), &[&photo_bmp(30, 30)]).await;
    let settings = ExplainSettings::new("focused", "NF1");
    let refused = [
        ExplainSettings {
            set: "moon".into(),
            ..settings.clone()
        },
        ExplainSettings {
            target: "GOUT".into(),
            ..settings.clone()
        },
        ExplainSettings {
            steps: 0,
            ..settings.clone()
        },
        ExplainSettings {
            steps: 100_000,
            ..settings.clone()
        },
        ExplainSettings {
            method: Method::SmoothGrad,
            samples: 0,
            ..settings.clone()
        },
        ExplainSettings {
            method: Method::SmoothGrad,
            samples: ExplainSettings::MAX_SAMPLES + 1,
            ..settings.clone()
        },
        ExplainSettings {
            method: Method::SmoothGrad,
            noise: -0.1,
            ..settings.clone()
        },
        ExplainSettings {
            method: Method::SmoothGrad,
            noise: f64::NAN,
            ..settings.clone()
        },
        ExplainSettings {
            folds: Some(vec![7]),
            ..settings.clone()
        },
        ExplainSettings {
            folds: Some(vec![]),
            ..settings
        },
    ];
    for settings in refused {
        let (event, _) = engine.ask(Request::Explain { id: 4, settings }, &[]).await;
        let failure = failure(&event);
        assert_eq!(failure.kind, FailureKind::BadRequest, "{event:?}");
        assert!(
            !failure.detail.is_empty() && !failure.detail.contains('\n'),
            "{event:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn a_cancel_that_arrives_during_an_explanation_is_seen_at_once() {
    let engine = Engine::serving(bundle::files().await);
    engine.ask(load(1), &[]).await;
    let photo = photo_bmp(30, 30);
    engine.ask(classify(2), &[&photo]).await;
    let mut settings = ExplainSettings::new("focused", "NF1");
    settings.steps = 1000;
    // The one that waits is cancelled too, before it begins.
    engine.post(
        Request::Explain {
            id: 3,
            settings: settings.clone(),
        },
        &[],
    );
    engine.post(Request::Explain { id: 4, settings }, &[]);
    // These arrive as tasks of their own, as messages from the page do.
    engine.post_later(Request::Cancel { id: 4 }, 50);
    engine.post_later(Request::Cancel { id: 3 }, 150);
    let (event, _) = engine.wait(3).await;
    assert_eq!(failure(&event).kind, FailureKind::Cancelled);
    assert_eq!(
        failure(&engine.wait(4).await.0).kind,
        FailureKind::Cancelled
    );
    let steps = engine.progress(3, Phase::Explaining).last().unwrap().done;
    assert!((1..1000).contains(&steps), "{steps}");
    assert!(engine.progress(4, Phase::Explaining).is_empty());
    let (event, _) = engine.ask(classify(5), &[&photo]).await;
    assert!(matches!(event, Event::Classified { .. }), "{event:?}");
}

#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn a_bundle_that_is_not_what_was_published_is_refused() {
    let mut damaged = bundle::files().await;
    let byte = damaged[0].1.last_mut().unwrap();
    *byte ^= 1;
    let engine = Engine::serving(damaged);
    let (event, _) = engine.ask(load(1), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::Checksum);
    assert!(failure(&event).detail.contains("focused-0"), "{event:?}");

    let mut longer = bundle::files().await;
    longer[0].1.push(0);
    let engine = Engine::serving(longer);
    let (event, _) = engine.ask(load(1), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::Checksum);

    let mut missing = bundle::files().await;
    missing.remove(1);
    let engine = Engine::serving(missing);
    let (event, _) = engine.ask(load(1), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::Download);

    let mut nonsense = bundle::files().await;
    nonsense.last_mut().unwrap().1 = b"{}".to_vec();
    let engine = Engine::serving(nonsense);
    let (event, _) = engine.ask(load(1), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::BadBundle);

    let engine = Engine::serving(bundle::files_with_wrong_golden().await);
    let (event, _) = engine.ask(load(1), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::GoldenMismatch);
    // None of them left a bundle behind.
    let (event, _) = engine.ask(classify(2), &[&photo_bmp(30, 30)]).await;
    assert_eq!(failure(&event).kind, FailureKind::NotLoaded);
}

/// Of the GPU's memory nothing is known here, and without a GPU this takes minutes.
#[cfg(not(feature = "webgpu"))]
#[wasm_bindgen_test]
async fn memory_stays_flat_over_many_photographs() {
    let engine = Engine::serving(bundle::files().await);
    engine.ask(load(1), &[]).await;
    let mut settings = ExplainSettings::new("focused", "TSC");
    settings.steps = 2;
    let mut after_warming_up = 0;
    for round in 0..120_u32 {
        // Never twice the same size: nothing may be kept for one that was seen.
        let photo = photo_bmp(200 + round, 300 - round);
        let (event, _) = engine.ask(classify(2), &[&photo]).await;
        assert!(matches!(event, Event::Classified { .. }), "{event:?}");
        if round % 10 == 0 {
            let explain = Request::Explain {
                id: 3,
                settings: settings.clone(),
            };
            let (event, _) = engine.ask(explain, &[]).await;
            assert!(matches!(event, Event::Explained { .. }), "{event:?}");
        }
        engine.forget_events();
        if round == 20 {
            after_warming_up = engine::wasm_memory_bytes();
        }
    }
    assert_eq!(engine::wasm_memory_bytes(), after_warming_up);
}
