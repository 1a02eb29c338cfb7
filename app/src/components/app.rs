//! The whole page.

use leptos::ev;
use leptos::prelude::*;

use super::answer::AnswerPanel;
use super::card::LabelCard;
use super::chooser::Chooser;
use super::focus::CHOOSER;
use super::header::Header;
use super::messages::{Announcer, ErrorMessage};
use super::model_card::ModelCard;
use super::model_panel::ModelPanel;
use super::offline::UpdateBanner;
use super::photograph::PhotoPanel;
use super::provenance::Provenance;
use super::samples::Samples;
use crate::state::AppState;
use crate::text::text;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let state = AppState::new();
    provide_context(state);
    state.begin();
    take_pastes(state);

    let opened = move || state.photo.with(Option::is_some);
    view! {
        <a class="skip-link" href="#main">{text().skip_to_main}</a>
        <Header />
        // The order is that of reading and of the Tab key; the style sheet places the panels side by side.
        <main class="layout" class:opened=opened id="main" tabindex="-1">
            <UpdateBanner />
            <ModelPanel />
            <ModelCard />
            <ErrorMessage />
            <PhotoPanel />
            <div class="answer-column">
                <AnswerPanel />
                <LabelCard />
            </div>
            <section class="panel chooser-panel" id=CHOOSER tabindex="-1" aria-labelledby="chooser-title">
                <h2 id="chooser-title">
                    {move || if opened() { text().step_photo_again } else { text().step_photo }}
                </h2>
                <Chooser />
                <Samples />
            </section>
            <Provenance />
        </main>
        <footer class="footer">
            <p>{text().footer}</p>
        </footer>
        <Announcer />
    }
}

/// A pasted image is opened wherever the focus is.
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
            _ => state.announcement.set(text().no_image_pasted.to_owned()),
        }
    });
}
