//! Holding a map beside the next one, and looking at both.
//!
//! While one is held its photograph counts as open: the page makes no request until it is let go.

use leptos::prelude::*;
use web_sys::Url;

use crate::compare::{ComparedAnswer, ComparedMap};
use crate::crop::View;
use crate::format;
use crate::state::{AppState, Map, is_refused, known_label};
use crate::text::{fill, text};

impl AppState {
    /// The map that is shown, with its photograph and its answer; `None` while there is none, or while it grows.
    pub fn shown_map(&self) -> Option<ComparedMap> {
        let Map::Done(explanation) = self.map.get() else {
            return None;
        };
        let (photo, heat) = (self.photo.get()?, self.heat.get()?);
        let answer = self.answer_of(&explanation.settings.set)?;
        let key = &explanation.settings.target;
        let ranked = answer.ranking.iter().find(|label| label.key == *key);
        let shape = self.photo_size.get().map_or_else(
            || self.photo_shape(),
            |(width, height)| f64::from(width) / f64::from(height),
        );
        Some(ComparedMap {
            opening: photo.preview.clone(),
            photo,
            shape,
            heat,
            region: answer.region,
            answer: ComparedAnswer {
                probability: ranked
                    .filter(|_| !is_refused(&answer))
                    .map(|label| label.probability),
                sure: !answer.fallback,
                preliminary: answer.is_preliminary(),
            },
            label: self
                .label(key)
                .map_or_else(|| key.clone(), |label| label.name),
            model: self.model_now(),
            explanation,
        })
    }

    /// The map beside the held one: that which is shown, unless it is the held one itself.
    pub fn map_beside_held(&self) -> Option<ComparedMap> {
        let shown = self.shown_map()?;
        self.compare.held.with(|held| {
            let held = held.as_ref()?;
            (!held.is_same_map(&shown)).then_some(shown)
        })
    }

    /// Holds the map that is shown, in the place of one that was held before.
    pub fn hold_map(self) {
        let Some(mut map) = untrack(|| self.shown_map()) else {
            return;
        };
        // The open photograph's own address goes when it is closed.
        let address = self
            .file
            .with_value(|file| Url::create_object_url_with_blob(file.as_ref()?).ok());
        map.photo.preview = address.unwrap_or_default();
        self.release_held();
        let label = self.compared_label(&map);
        self.compare.held.set(Some(map));
        self.announcement
            .set(fill(text().compare_held, &[("label", label)]));
    }

    /// Lets the held map go, and its photograph with it.
    pub fn let_go(self) {
        self.let_go_quietly();
        self.announcement.set(text().compare_gone.to_owned());
        self.go_on();
    }

    /// Forgets the held map.
    pub(super) fn let_go_quietly(self) {
        self.release_held();
        if !untrack(|| self.holds_photographs()) {
            self.requests.photo_closed();
        }
        self.try_joining_again();
    }

    fn release_held(self) {
        let held = self.compare.held.get_untracked();
        if let Some(held) = held {
            let _ = Url::revoke_object_url(&held.photo.preview);
        }
        self.compare.held.set(None);
        self.compare.swapped.set(false);
        self.compare.view.set(View::WHOLE);
    }

    /// The page may have made requests for an engine or its networks meanwhile; from here on it makes none for as long as a
    /// map is held or a survey is open.
    pub(super) fn count_for_held(self) {
        let held = || self.compare.is_held() || self.survey.holds_photographs();
        if untrack(|| held() && !self.requests.is_counting()) {
            self.requests.photo_opened();
        }
    }

    /// Changes what is seen of both photographs.
    pub fn look(self, change: impl FnOnce(&View) -> View) {
        self.compare.view.update(|view| *view = change(view));
    }

    /// Says aloud what is seen of them.
    pub fn tell_look(self) {
        let view = self.compare.view.get_untracked();
        let (across, down) = view.middle();
        let values = [
            ("zoom", format::whole(view.zoom)),
            ("across", format::whole(across)),
            ("down", format::whole(down)),
        ];
        self.announcement.set(fill(text().compare_view, &values));
    }

    /// Changes sides.
    pub fn swap_sides(self) {
        self.compare.swapped.update(|swapped| *swapped = !*swapped);
        self.announcement.set(text().compare_swapped.to_owned());
    }

    /// The photograph of a map, by its name or by what it shows.
    pub fn compared_photo(&self, map: &ComparedMap) -> String {
        match &map.photo.sample {
            Some(sample) => self.sample_name(sample),
            None => map.photo.name.clone(),
        }
    }

    /// The label of a map in the reader's language, even where it is of a model that is not in use any more.
    pub fn compared_label(&self, map: &ComparedMap) -> String {
        known_label(&map.explanation.settings.target).unwrap_or_else(|| map.label.clone())
    }
}
