//! Photographs that were opened together: a table that fills as they are classified one after another.

use genoderm_protocol::SetAnswer;
use leptos::html;
use leptos::prelude::*;

use super::case_answer::OnePerson;
use super::focus::{BATCH, CHOOSER, focus_later};
use super::joining::MissingSet;
use crate::batch::{BatchRow, Outcome};
use crate::format;
use crate::state::{AppState, is_refused};
use crate::text::{fill, kind_name, text};

/// The panel; nothing while there is no batch.
#[component]
pub fn BatchPanel() -> impl IntoView {
    let state = AppState::get();
    view! {
        <Show when=move || state.batch.is_open()>
            <Panel />
        </Show>
    }
}

#[component]
fn Panel() -> impl IntoView {
    let state = AppState::get();
    let panel = NodeRef::<html::Section>::new();
    panel.on_load(|panel| {
        request_animation_frame(move || {
            let _ = panel.focus();
        });
    });
    let several = move || state.sets().len() > 1;
    let answered = move || {
        let set = state.batch.set.get().unwrap_or_default();
        fill(text().kind_answered, &[("kind", kind_name(&set))])
    };
    view! {
        <section
            node_ref=panel
            class="panel batch-panel"
            id=BATCH
            tabindex="-1"
            aria-labelledby="batch-title"
            data-testid="batch"
            data-running=move || state.batch.running.get().to_string()
        >
            <h2 id="batch-title">{text().batch_title}</h2>
            <HowFar />
            <MissingSet batch=true />
            <Show when=several>
                <p class="hint">{answered}</p>
            </Show>
            <Controls />
            <OnePerson />
            <Table />
        </section>
    }
}

#[component]
fn HowFar() -> impl IntoView {
    let state = AppState::get();
    let count = Memo::new(move |_| state.batch.count());
    let sentence = move || {
        let count = count.get();
        let values = [
            ("done", count.done.to_string()),
            ("failed", count.failed.to_string()),
            ("total", count.total.to_string()),
        ];
        fill(text().batch_progress, &values)
    };
    view! {
        <div class="progress-row">
            <Show when=move || count.get().is_open()>
                <progress
                    aria-label=text().batch_title
                    max=move || count.get().total.to_string()
                    value=move || (count.get().done + count.get().failed).to_string()
                ></progress>
            </Show>
            <span
                class="progress-words"
                data-testid="batch-count"
                data-done=move || count.get().done.to_string()
                data-failed=move || count.get().failed.to_string()
                data-total=move || count.get().total.to_string()
            >
                {sentence}
            </span>
        </div>
    }
}

#[component]
fn Controls() -> impl IntoView {
    let state = AppState::get();
    let running = move || state.batch.running.get();
    let resumable = Memo::new(move |_| !state.batch.running.get() && state.batch.count().is_open());
    view! {
        <div class="actions">
            <Show when=running>
                <button
                    type="button"
                    data-testid="batch-cancel"
                    on:click=move |_| {
                        state.stop_batch();
                        focus_later(BATCH);
                    }
                >
                    {text().batch_cancel}
                </button>
            </Show>
            <Show when=move || resumable.get()>
                <button
                    type="button"
                    data-testid="batch-resume"
                    on:click=move |_| {
                        state.run_batch();
                        focus_later(BATCH);
                    }
                >
                    {text().batch_resume}
                </button>
            </Show>
            <button type="button" data-testid="batch-csv" on:click=move |_| state.save_table()>
                {text().batch_csv}
            </button>
            <button
                type="button"
                class="quiet"
                data-testid="batch-close"
                on:click=move |_| {
                    state.close_batch();
                    focus_later(CHOOSER);
                }
            >
                {text().batch_close}
            </button>
        </div>
    }
}

/// On a narrow screen the style sheet sets each row as a block, so the roles of a table are said aloud.
#[component]
fn Table() -> impl IntoView {
    let state = AppState::get();
    let rows = move || {
        let rows = state.batch.rows.get();
        let rows = rows.into_iter().enumerate();
        rows.map(|(place, row)| view! { <Row place row /> })
            .collect_view()
    };
    view! {
        <table class="batch" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{text().batch_photograph}</th>
                    <th role="columnheader" scope="col">{text().batch_first}</th>
                    <th role="columnheader" scope="col" class="number">{text().batch_probability}</th>
                    <th role="columnheader" scope="col" class="number">{text().batch_possible}</th>
                    <th role="columnheader" scope="col">{text().batch_skin}</th>
                    <td role="cell"></td>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

#[component]
fn Row(place: usize, row: BatchRow) -> impl IntoView {
    let state = AppState::get();
    let BatchRow {
        name,
        preview,
        outcome,
    } = row;
    let no_preview = RwSignal::new(false);
    let open_label = fill(text().batch_open_label, &[("name", &name)]);
    let now = outcome.clone();
    let word = move || {
        now.with(|outcome| match outcome {
            Outcome::Waiting => "waiting",
            Outcome::Running => "running",
            Outcome::Done(_) => "done",
            Outcome::Failed(_) => "failed",
        })
    };
    view! {
        <tr role="row" data-testid="batch-row" data-state=word>
            <th role="rowheader" scope="row">
                <span class="batch-photo">
                    <img
                        src=preview
                        alt=""
                        loading="lazy"
                        decoding="async"
                        width="48"
                        height="48"
                        class:no-picture=move || no_preview.get()
                        on:error=move |_| no_preview.set(true)
                    />
                    <span class="file-name">{name}</span>
                </span>
            </th>
            {move || match outcome.get() {
                Outcome::Done(answer) => view! { <AnswerCells answer /> }.into_any(),
                Outcome::Failed(problem) => {
                    view! { <Words words=problem.sentence() kind="batch-error" /> }.into_any()
                }
                Outcome::Waiting => {
                    view! { <Words words=text().batch_waiting.to_owned() kind="hint" /> }.into_any()
                }
                Outcome::Running => {
                    view! { <Words words=text().classifying.to_owned() kind="working" /> }.into_any()
                }
            }}
            <td role="cell" class="batch-open">
                <button
                    type="button"
                    aria-label=open_label
                    data-testid=format!("batch-open-{place}")
                    on:click=move |_| state.open_from_batch(place)
                >
                    {text().batch_open}
                </button>
            </td>
        </tr>
    }
}

/// A row that has no answer: words in the place of its four cells.
#[component]
fn Words(words: String, kind: &'static str) -> impl IntoView {
    view! {
        <td role="cell" colspan="4" class=kind data-testid="batch-words">
            {words}
        </td>
    }
}

#[component]
fn AnswerCells(answer: SetAnswer) -> impl IntoView {
    let state = AppState::get();
    let name = |key: &str| untrack(|| state.label_name(key));
    let refused = is_refused(&answer);
    let first = answer.ranking.first();
    let words = match first {
        _ if refused => text().batch_refused.to_owned(),
        Some(label) if answer.fallback => fill(text().batch_unsure, &[("label", name(&label.key))]),
        Some(label) => name(&label.key),
        None => String::new(),
    };
    let shown = first.filter(|_| !refused);
    let probability = shown.map(|label| format::percent(label.probability));
    let possible = answer.prediction_set.as_ref().filter(|_| !refused);
    let possible = possible.map(|set| set.labels.len().to_string());
    let skin = match &answer.guard {
        None => text().none_measured,
        Some(_) if refused => text().no,
        Some(_) => text().yes,
    };
    let none = || text().none_measured.to_owned();
    view! {
        <td
            role="cell"
            data-testid="batch-first"
            data-label=first.map(|label| label.key.clone())
            data-probability=first.map(|label| label.probability.to_string())
        >
            {words}
        </td>
        <td role="cell" class="number" data-column=text().batch_probability>
            {probability.unwrap_or_else(none)}
        </td>
        <td role="cell" class="number" data-column=text().batch_possible data-testid="batch-possible">
            {possible.unwrap_or_else(none)}
        </td>
        <td role="cell" data-column=text().batch_skin data-testid="batch-skin">
            {skin}
        </td>
    }
}
