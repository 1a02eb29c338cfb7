//! A load of the first network, and the others that join it.

use genoderm_protocol::{BundleInfo, Classification, Event, FailureKind, Phase, Request};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::bundle::{self, photo_bmp};
use crate::engine::{Engine, MANIFEST_URL};
use crate::{classify, failure, load};

fn load_first(id: u32, set: &str) -> Request {
    Request::Load {
        id,
        bundle_url: MANIFEST_URL.into(),
        version: Some("1 2".into()),
        first: Some(set.into()),
        workers: 1,
    }
}

fn join(id: u32, kept_only: bool) -> Request {
    Request::Join {
        id,
        set: Some("focused".into()),
        kept_only,
    }
}

async fn classified(engine: &Engine, photo: &[u8]) -> Classification {
    match engine.ask(classify(9), &[photo]).await.0 {
        Event::Classified { classification, .. } => classification,
        other => panic!("{other:?}"),
    }
}

fn loaded(event: Event) -> Box<BundleInfo> {
    match event {
        Event::Loaded { bundle, .. } => bundle,
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
async fn the_first_network_answers_and_the_answer_is_whole_when_the_other_has_joined() {
    let photo = photo_bmp(40, 20);
    let engine = Engine::serving(bundle::files().await);
    engine.ask(load(1), &[]).await;
    let expected = classified(&engine, &photo).await;

    let engine = Engine::serving(bundle::files().await);
    // A set that the bundle does not have stands for its first.
    let first = loaded(engine.ask(load_first(1, "moon"), &[]).await.0);
    assert_eq!(first.sets[0].present, [0]);
    assert!(first.loaded_bytes < first.total_bytes && !first.is_whole());
    let downloads = engine.progress(1, Phase::Downloading);
    assert_eq!(downloads.last().unwrap().total, first.loaded_bytes);

    let preliminary = classified(&engine, &photo).await;
    assert!(preliminary.sets[0].is_preliminary());
    assert_eq!(preliminary.sets[0].networks, 2);
    assert_eq!(
        preliminary.sets[0].folds[0].logits,
        expected.sets[0].folds[0].logits
    );

    let (event, _) = engine.ask(join(2, false), &[]).await;
    let Event::Joined { bundle, golden, .. } = event else {
        panic!("{event:?}");
    };
    assert!(bundle.is_whole());
    assert_eq!(golden.networks, 2);
    let downloads = engine.progress(2, Phase::Downloading);
    assert_eq!(downloads.last().unwrap().done, bundle.total_bytes);
    assert_eq!(classified(&engine, &photo).await.sets, expected.sets);

    // Where nothing is missing, there is nothing to do.
    let (event, _) = engine.ask(join(3, true), &[]).await;
    assert!(matches!(event, Event::Joined { id: 3, .. }), "{event:?}");
}

#[wasm_bindgen_test]
async fn a_network_that_cannot_join_leaves_the_others() {
    let photo = photo_bmp(30, 30);
    // The second network has the last of the files but for the manifest.
    let mut damaged = bundle::files().await;
    let place = damaged.len() - 2;
    assert!(
        damaged[place].0.starts_with("focused-3"),
        "{}",
        damaged[place].0
    );
    *damaged[place].1.last_mut().unwrap() ^= 1;
    let mut missing = bundle::files().await;
    missing.remove(place);
    let cases = [
        (damaged, FailureKind::Checksum),
        (missing, FailureKind::Download),
        (
            bundle::files_with_wrong_golden().await,
            FailureKind::GoldenMismatch,
        ),
    ];
    for (files, kind) in cases {
        let engine = Engine::serving(files);
        loaded(engine.ask(load_first(1, "focused"), &[]).await.0);
        for id in [2, 3] {
            let (event, _) = engine.ask(join(id, false), &[]).await;
            assert_eq!(failure(&event).kind, kind, "{event:?}");
        }
        assert_eq!(classified(&engine, &photo).await.sets[0].folds.len(), 1);
    }
}

#[wasm_bindgen_test]
async fn without_requests_only_what_is_kept_joins() {
    let engine = Engine::serving(bundle::files().await);
    let (event, _) = engine.ask(join(1, false), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::NotLoaded);
    loaded(engine.ask(load_first(2, "focused"), &[]).await.0);
    let (event, _) = engine.ask(join(3, true), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::NotKept, "{event:?}");
    assert!(engine.progress(3, Phase::Downloading).is_empty());
}
