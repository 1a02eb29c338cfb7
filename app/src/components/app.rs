//! The whole page.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::answer::AnswerPanel;
use super::batch::BatchPanel;
use super::card::LabelCard;
use super::cases::CasesPanel;
use super::chooser::Chooser;
use super::compare::ComparePanel;
use super::focus::CHOOSER;
use super::gate::Gate;
use super::header::Header;
use super::in_language::in_language;
use super::keep::KeepPanel;
use super::kept_answer::KeptAnswer;
use super::messages::{Announcer, ErrorMessage};
use super::model_card::ModelCard;
use super::model_panel::ModelPanel;
use super::offline::UpdateBanner;
use super::photograph::PhotoPanel;
use super::print::PrintReport;
use super::provenance::Provenance;
use super::samples::Samples;
use super::survey::SurveyPanel;
use crate::language;
use crate::state::{AppState, BOTH};
use crate::text::text;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    language::begin();
    let state = AppState::new();
    provide_context(state);
    state.begin();
    take_pastes(state);

    let opened = move || state.photo.with(Option::is_some);
    // Two answers take more room than the photograph.
    let both = Memo::new(move |_| opened() && state.kind_now().as_deref() == Some(BOTH));
    // Who reloaded the page in the midst of a survey need not look for it.
    let begun = untrack(|| state.survey.stored.with(Option::is_some));
    let surveying = move || state.survey.is_open();
    view! {
        <a class="skip-link" href="#main">{move || text().skip_to_main}</a>
        <Gate />
        <Header />
        // The order is that of reading and of the Tab key; the style sheet places the panels side by side.
        <main class="layout" class:opened=opened class:both=move || both.get() class:surveying=surveying id="main" tabindex="-1">
            {in_language(|| view! { <UpdateBanner /> })}
            {begun.then(|| in_language(|| view! { <SurveyPanel first=true /> }))}
            {in_language(|| view! { <ModelPanel /> })}
            <ModelCard />
            <ErrorMessage />
            {in_language(|| view! { <PhotoPanel /> })}
            <div class="answer-column">
                {in_language(|| view! { <AnswerPanel /> })}
                {in_language(|| view! { <KeptAnswer /> })}
                {in_language(|| view! { <LabelCard /> })}
                {in_language(|| view! { <KeepPanel /> })}
            </div>
            {in_language(|| view! { <ComparePanel /> })}
            {in_language(|| view! { <BatchPanel /> })}
            <section class="panel chooser-panel" id=CHOOSER tabindex="-1" aria-labelledby="chooser-title">
                <h2 id="chooser-title">
                    {move || if opened() { text().step_photo_again } else { text().step_photo }}
                </h2>
                <Chooser />
                <Samples />
            </section>
            {in_language(|| view! { <CasesPanel /> })}
            {(!begun).then(|| in_language(|| view! { <SurveyPanel first=false /> }))}
            {in_language(|| view! { <Provenance /> })}
        </main>
        <footer class="footer">
            <p>{move || text().footer}</p>
        </footer>
        <Announcer />
        <PrintReport />
    }
}

/// Pasted images are opened wherever the focus is.
fn take_pastes(state: AppState) {
    window_event_listener(ev::paste, move |event| {
        let Some(data) = event.clipboard_data() else {
            return;
        };
        match data.files() {
            Some(files) if files.length() > 0 => {
                event.prevent_default();
                state.open_files(Some(files));
            }
            // Words for the note.
            _ if is_field(&event) => {}
            _ => state.announcement.set(text().no_image_pasted.to_owned()),
        }
    });
}

/// Whether words are written there.
fn is_field(event: &ev::ClipboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| {
        let field = target.closest("input, textarea, [contenteditable]");
        field.is_ok_and(|field| field.is_some())
    })
}
