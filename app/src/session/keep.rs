//! What the reader takes along of an answer: report, pictures, table.

use genoderm_protocol::{Explanation, SetAnswer};
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use crate::batch::as_csv;
use crate::engine_client::describe;
use crate::keep::download::{save, save_text};
use crate::keep::picture::{self, Look};
use crate::keep::report::{Report, ReportedAnswer, ReportedExplanation, ReportedModel, Shown};
use crate::problem::Problem;
use crate::state::{Answer, AppState, Map};
use crate::text::text;

/// The moment, in UTC (ISO 8601).
pub fn now() -> String {
    String::from(Date::new_0().to_iso_string())
}

impl AppState {
    /// The report of the open photograph; `None` while there is no answer.
    pub fn report(self) -> Option<Report> {
        let Answer::Done(classification) = self.answer.get_untracked() else {
            return None;
        };
        let (engine, bundle) = self.loaded.get_untracked()?;
        let summary = self.summary.get_untracked().and_then(Result::ok);
        let classified = self.answered.get_untracked();
        let reported = |answer: SetAnswer| {
            let sets = summary.iter().flat_map(|summary| &summary.sets);
            let set = sets.into_iter().find(|set| set.name == answer.set);
            ReportedAnswer {
                classified: classified.clone(),
                threshold: bundle.threshold,
                temperature: set.map_or(f64::from(bundle.temperature), |set| set.temperature),
                preliminary: answer.is_preliminary(),
                answer,
                timings: classification.timings,
            }
        };
        let mut answers = classification.sets.into_iter();
        let first = reported(answers.next()?);
        let further: Vec<_> = answers.map(reported).collect();
        let model = ReportedModel {
            name: bundle.name,
            own: self.own.name.with_untracked(Option::is_some),
            format_version: summary.as_ref().map_or(0, |model| model.format_version),
            notice: bundle.notice,
            architecture: bundle.architecture,
            input_size: bundle.size,
            encoding: bundle.encoding,
            licence: bundle.licence,
            labels: bundle.labels.into_iter().map(|label| label.key).collect(),
            files: summary.map(|model| model.files).unwrap_or_default(),
        };
        let explanation = self.finished_map().map(|explanation| ReportedExplanation {
            explanation,
            shown: Shown {
                opacity: self.opacity.get_untracked(),
                positive_only: self.positive_only.get_untracked(),
                grey: self.grey.get_untracked(),
            },
        });
        let status = format!("{} {}", text().status_title, text().status_body);
        let note = self.note.get_untracked();
        Some(Report::new(
            now(),
            status,
            model,
            engine,
            (first, further),
            explanation,
            &note,
        ))
    }

    /// Saves the report as JSON.
    pub fn save_report(self) {
        let Some(report) = self.report() else { return };
        let saved = report
            .to_json()
            .map_err(|error| JsValue::from_str(&error.to_string()))
            .and_then(|json| save_text(&json, "application/json", "genoderm-report.json"));
        self.tell_saved(saved);
    }

    /// Saves the map as a PNG of the size that it has on this screen, over the photograph or alone.
    pub fn save_picture(self, with_photo: bool) {
        let Some(explanation) = self.finished_map() else {
            return;
        };
        let Some(size) = picture::size_on_screen() else {
            return;
        };
        let opacity = f64::from(self.opacity.get_untracked()) / 100.0;
        let (map, outline) = untrack(|| (self.map_region(), self.seen_region()));
        let (kind, look) = if with_photo {
            let grey = self.grey.get_untracked();
            (
                "overlay",
                Look {
                    photo: true,
                    grey,
                    opacity,
                    map,
                    outline,
                },
            )
        } else {
            (
                "map",
                Look {
                    photo: false,
                    grey: false,
                    opacity: 1.0,
                    map,
                    outline: None,
                },
            )
        };
        let name = format!("genoderm-{kind}-{}.png", explanation.settings.target);
        spawn_local(async move {
            let saved = picture::png(size, look).await;
            self.tell_saved(saved.and_then(|png| save(&png, &name)));
        });
    }

    /// Saves the table of the batch as CSV.
    pub fn save_table(self) {
        let case = untrack(|| self.batch.case_answer());
        let table = as_csv(&self.batch.outcomes(), case.as_ref());
        self.tell_saved(save_text(
            &table,
            "text/csv;charset=utf-8",
            "genoderm-batch.csv",
        ));
    }

    /// Opens the browser's print dialog, in which the report can be saved as PDF too.
    pub fn print_report(self) {
        if let Err(error) = window().print() {
            self.tell_saved(Err(error));
        }
    }

    fn finished_map(self) -> Option<Explanation> {
        match self.map.get_untracked() {
            Map::Done(explanation) => Some(explanation),
            Map::None | Map::Running(..) => None,
        }
    }

    pub(super) fn tell_saved(self, saved: Result<(), JsValue>) {
        match saved {
            Ok(()) => self.announcement.set(text().saved.to_owned()),
            Err(error) => {
                leptos::logging::warn!("save: {}", describe(&error));
                self.error
                    .set(Some(Problem::Sentence(|text| text.not_saved)));
            }
        }
    }
}
