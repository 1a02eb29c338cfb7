//! The engine with a pool: several members answer as one worker alone does. The members are in this worker; that they work
//! in workers of their own is tested in the page.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use genoderm_engine::{
    Session,
    pool::{Member, Post, Server, Starter},
};
use genoderm_protocol::{
    Classification, Event, ExplainSettings, Failure, FailureKind, Method, Phase, Request, Trace,
    envelope,
};
use js_sys::ArrayBuffer;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::bundle::{self, photo_bmp};
use crate::engine::{Engine, MANIFEST_URL};
use crate::methods::{TOLERANCE, difference, explained, ready, settings};
use crate::{BACKEND, classify, failure};

type Members = Rc<RefCell<Vec<Member>>>;

/// Members in this worker, and a way to them.
fn members_here() -> (Starter, Members) {
    let members = Members::default();
    let started = Rc::clone(&members);
    let starter: Starter = Rc::new(move || {
        let server: Rc<RefCell<Option<Server>>> = Rc::default();
        let other_end = Rc::clone(&server);
        let member = Member::new(Box::new(move |json: &str, buffers: &[ArrayBuffer]| {
            let (message, _) = envelope::pack(json, buffers);
            let server = other_end.borrow().clone();
            server.ok_or("not there")?.take(&message);
            Ok(())
        }));
        let engine = member.downgrade();
        let post: Post = Rc::new(move |json: &str, buffers: &[ArrayBuffer]| {
            let (message, _) = envelope::pack(json, buffers);
            engine.with(|member| member.hear(&message));
        });
        let started_server = Server::new(Session::new(BACKEND), post);
        started_server.announce();
        server.replace(Some(started_server));
        started.borrow_mut().push(member.clone());
        Ok(member)
    });
    (starter, members)
}

fn load(id: u32, workers: usize) -> Request {
    Request::Load {
        id,
        bundle_url: MANIFEST_URL.into(),
        version: Some("1 2".into()),
        first: None,
        workers,
    }
}

/// An engine with so many workers that has classified the photograph of [`ready`].
async fn pooled(workers: usize) -> (Engine, Members) {
    let (starter, members) = members_here();
    let engine = Engine::pooled(bundle::files().await, starter);
    let (event, _) = engine.ask(load(1, workers), &[]).await;
    let Event::Loaded { engine: info, .. } = event else {
        panic!("{event:?}");
    };
    assert_eq!(info.workers, workers);
    assert_eq!(info.golden.networks, 2);
    assert!(info.golden.worst <= 1e-5);
    engine.ask(classify(2), &[&photo_bmp(40, 30)]).await;
    (engine, members)
}

async fn classified(engine: &Engine) -> Classification {
    match engine.ask(classify(3), &[&photo_bmp(60, 20)]).await.0 {
        Event::Classified { classification, .. } => classification,
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
async fn several_answer_as_one() {
    let alone = classified(&ready().await).await;
    for workers in [2, 3, 5] {
        let (engine, members) = pooled(workers).await;
        assert_eq!(members.borrow().len(), workers);
        let shared = classified(&engine).await;
        assert_eq!(shared.sets[0].folds, alone.sets[0].folds);
        assert_eq!(shared.sets[0].ranking, alone.sets[0].ranking);
        let steps = engine.progress(3, Phase::Classifying);
        let done: Vec<u64> = steps.iter().map(|step| step.done).collect();
        assert_eq!(done, [0, 1, 2]);
    }
}

#[wasm_bindgen_test]
async fn one_that_never_starts_is_gone_on_without() {
    for (silent, left) in [(1, 2), (2, 1)] {
        let (starter, _members) = members_here();
        let asked = Cell::new(0);
        let some_silent: Starter = Rc::new(move || {
            asked.set(asked.get() + 1);
            match asked.get() <= silent {
                true => Ok(Member::new(Box::new(|_, _| Ok(())))),
                false => starter(),
            }
        });
        let engine = Engine::pooled(bundle::files().await, some_silent);
        let (event, _) = engine.ask(load(1, 3), &[]).await;
        let Event::Loaded { engine: info, .. } = event else {
            panic!("{event:?}");
        };
        assert_eq!(info.workers, left);
        engine.ask(classify(2), &[&photo_bmp(40, 30)]).await;
        assert!(classified(&engine).await.sets[0].ranking.len() > 1);
    }
}

#[wasm_bindgen_test]
async fn parts_of_every_method_make_the_map_of_one_worker() {
    let alone = ready().await;
    let (engine, _members) = pooled(3).await;
    for (id, method) in (10..).zip(Method::ALL) {
        let mut settings = settings(method);
        settings.refine = true;
        settings.steps = 3;
        settings.folds = (method == Method::Occlusion).then(|| vec![3]);
        let (expected, map) = explained(&alone, id, settings.clone()).await;
        let (found, shared) = explained(&engine, id, settings).await;
        assert_eq!(found.settings, expected.settings);
        assert_eq!(found.folds.len(), expected.folds.len());
        for (a, b) in found.folds.iter().zip(&expected.folds) {
            assert_eq!(
                (a.fold, a.logit, a.baseline_logit),
                (b.fold, b.logit, b.baseline_logit)
            );
        }
        let [a, b] = [&shared, &map].map(|buffers| envelope::floats_of(&buffers[1]));
        // Of these made-up weights Grad-CAM sees nothing that speaks for the label.
        let off = if a == b { 0.0 } else { difference(&a, &b) };
        assert!(off < TOLERANCE, "{method:?}: {off}");
        let [a, b] = [&engine, &alone].map(|engine| engine.progress(id, Phase::Explaining));
        assert_eq!(a.last(), b.last(), "{method:?}");
        assert!(a.is_sorted_by_key(|step| step.done));
        // What grew ends as what is told at the end.
        let grown = engine.refinements(id);
        let Some((last, buffers)) = grown.last() else {
            assert_eq!(method, Method::GradCam);
            continue;
        };
        assert_eq!(last.done, last.total);
        let off = difference(
            &envelope::floats_of(&buffers[1]),
            &envelope::floats_of(&shared[1]),
        );
        assert!(off < TOLERANCE, "{method:?}: {off}");
    }
}

#[wasm_bindgen_test]
async fn a_trace_comes_from_the_member_that_has_the_network() {
    let alone = ready().await;
    let (engine, _members) = pooled(2).await;
    let mut settings = settings(Method::IntegratedGradients);
    settings.folds = Some(vec![3]);
    let traced = async |engine: &Engine| -> (Box<Trace>, Vec<ArrayBuffer>) {
        let settings = settings.clone();
        let request = Request::Trace {
            id: 20,
            settings,
            points: 4,
        };
        match engine.ask(request, &[]).await {
            (Event::Traced { trace, .. }, frames) => (trace, frames),
            (other, _) => panic!("{other:?}"),
        }
    };
    let (expected, frames) = traced(&alone).await;
    let (found, shared) = traced(&engine).await;
    assert_eq!(found.points, expected.points);
    assert_eq!(
        (found.fold, found.completeness_gap),
        (3, expected.completeness_gap)
    );
    for (a, b) in shared.iter().zip(&frames) {
        assert_eq!(envelope::bytes_of(a), envelope::bytes_of(b));
    }
    assert_eq!(
        engine.progress(20, Phase::Explaining).last().unwrap().done,
        4
    );
}

#[wasm_bindgen_test]
async fn cancelling_stops_all_and_the_next_request_is_answered() {
    let (engine, _members) = pooled(3).await;
    let long = ExplainSettings {
        steps: 200,
        ..settings(Method::IntegratedGradients)
    };
    engine.post(
        Request::Explain {
            id: 30,
            settings: long,
        },
        &[],
    );
    engine.post_later(Request::Cancel { id: 30 }, 100);
    let (event, _) = engine.wait(30).await;
    assert_eq!(failure(&event).kind, FailureKind::Cancelled);
    let short = settings(Method::IntegratedGradients);
    let (explanation, _) = explained(&engine, 31, short).await;
    assert_eq!(explanation.folds.len(), 2);
}

#[wasm_bindgen_test]
async fn a_member_that_breaks_is_told_and_not_waited_for() {
    let (engine, members) = pooled(2).await;
    let long = ExplainSettings {
        steps: 200,
        ..settings(Method::IntegratedGradients)
    };
    engine.post(
        Request::Explain {
            id: 40,
            settings: long,
        },
        &[],
    );
    let broken = members.borrow()[1].clone();
    let cancel_rest = members.borrow()[0].clone();
    engine
        .after(100, move || {
            broken.break_off(Failure::new(FailureKind::OutOfMemory, "no memory"));
            cancel_rest.cancel();
        })
        .await;
    let (event, _) = engine.wait(40).await;
    let failure_of = failure(&event);
    assert_eq!(failure_of.kind, FailureKind::WorkerLost);
    assert!(failure_of.detail.contains("no memory"));
    let (event, _) = engine.ask(classify(41), &[&photo_bmp(40, 30)]).await;
    assert_eq!(failure(&event).kind, FailureKind::WorkerLost);
    // A load with one worker needs no pool.
    let (event, _) = engine.ask(load(42, 1), &[]).await;
    assert!(matches!(event, Event::Loaded { engine, .. } if engine.workers == 1));
    let (event, _) = engine.ask(classify(43), &[&photo_bmp(40, 30)]).await;
    assert!(matches!(event, Event::Classified { .. }));
}

#[wasm_bindgen_test]
async fn members_check_what_they_build() {
    let (starter, _members) = members_here();
    let engine = Engine::pooled(bundle::files_with_wrong_golden().await, starter);
    let (event, _) = engine.ask(load(1, 2), &[]).await;
    assert_eq!(failure(&event).kind, FailureKind::GoldenMismatch);
    let (event, _) = engine.ask(classify(2), &[&photo_bmp(40, 30)]).await;
    assert_eq!(failure(&event).kind, FailureKind::NotLoaded);
}

#[wasm_bindgen_test]
async fn where_members_cannot_be_started_one_works_alone() {
    let starter: Starter = Rc::new(|| Err("refused".into()));
    let engine = Engine::pooled(bundle::files().await, starter);
    let (event, _) = engine.ask(load(1, 4), &[]).await;
    assert!(matches!(event, Event::Loaded { engine, .. } if engine.workers == 1));
}
