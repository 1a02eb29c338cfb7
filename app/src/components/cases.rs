//! Cases that were saved on this device: to be opened again, and to be deleted one by one or all at once.

use leptos::prelude::*;

use super::confirm::Confirmed;
use super::focus::{CASES, CHOOSER, focus_later};
use crate::cases::record::SavedCase;
use crate::cases::store::Entry;
use crate::format;
use crate::state::AppState;
use crate::text::{fill, text};

/// The panel; nothing while there is no saved case.
#[component]
pub fn CasesPanel() -> impl IntoView {
    let state = AppState::get();
    let any = Memo::new(move |_| state.cases.entries.with(|entries| !entries.is_empty()));
    view! {
        <Show when=move || any.get()>
            <section
                class="panel cases-panel"
                id=CASES
                tabindex="-1"
                aria-labelledby="cases-title"
                data-testid="cases"
            >
                <h2 id="cases-title">{text().cases_title}</h2>
                <p class="hint">{text().cases_hint}</p>
                <ul class="cases" aria-labelledby="cases-title">
                    {rows}
                </ul>
                <DeleteAll test_id="delete-all-cases" />
            </section>
        </Show>
    }
}

fn rows() -> impl IntoView {
    let state = AppState::get();
    let entries = state.cases.entries.get();
    entries
        .into_iter()
        .map(|entry| view! { <Row entry /> })
        .collect_view()
}

#[component]
fn Row(entry: Entry) -> impl IntoView {
    let state = AppState::get();
    let Entry {
        id,
        case,
        bytes,
        preview,
    } = entry;
    let name = case.as_ref().map_or_else(
        || text().cases_unreadable.to_owned(),
        |case| case.name.clone(),
    );
    let open_label = fill(text().cases_open_label, &[("name", &name)]);
    let delete_label = fill(text().cases_delete_label, &[("name", &name)]);
    let about = case.as_ref().map(|case| facts(case, bytes));
    let readable = case.is_some();
    let is_open = move || (state.cases.opened.get() == Some(id)).then_some("true");
    view! {
        <li data-testid="case" data-id=id.to_string() aria-current=is_open>
            {preview.map(|address| view! { <img src=address alt="" width="48" height="48" /> })}
            <div class="case-words">
                <span class="file-name" data-testid="case-name">
                    {name.clone()}
                </span>
                <span class="hint">{about}</span>
            </div>
            <div class="actions">
                {readable
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                aria-label=open_label
                                data-testid="open-case"
                                on:click=move |_| state.open_case(id)
                            >
                                {text().cases_open}
                            </button>
                        }
                    })}
                <Confirmed
                    words=text().cases_delete
                    label=delete_label
                    question=fill(text().cases_delete_sure, &[("name", &name)])
                    test_id="delete-case"
                    on_yes=move || {
                        state.delete_case(id);
                        leave(state);
                    }
                />
            </div>
        </li>
    }
}

/// What is said of a case beside its name.
fn facts(case: &SavedCase, bytes: u64) -> String {
    let values = [
        ("day", case.day().to_owned()),
        ("width", case.photo.width.to_string()),
        ("height", case.photo.height.to_string()),
        ("size", format::bytes(bytes)),
        ("model", case.model.name.clone()),
    ];
    fill(text().cases_facts, &values)
}

/// The button that deletes all of them, after it has asked.
#[component]
pub fn DeleteAll(
    /// The button's test id.
    test_id: &'static str,
) -> impl IntoView {
    let state = AppState::get();
    let question = move || {
        let count = state.cases.entries.with_untracked(Vec::len);
        let words = text().cases_delete_all_sure.form(count as u64);
        fill(words, &[("count", count.to_string())])
    };
    view! {
        <div class="actions">
            <Confirmed
                words=text().cases_delete_all
                label=text().cases_delete_all.to_owned()
                question=question()
                test_id
                on_yes=move || {
                    state.clear_cases();
                    focus_later(CHOOSER);
                }
            />
        </div>
    }
}

/// The row is about to vanish with the focus in it.
fn leave(state: AppState) {
    let last = state.cases.entries.with_untracked(Vec::len) <= 1;
    focus_later(if last { CHOOSER } else { CASES });
}
