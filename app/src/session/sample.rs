//! Opening one of the pictures that come with the page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::fetch;
use crate::lesion::Lesion;
use crate::problem::Problem;
use crate::samples::{Sample, Truth};
use crate::state::AppState;
use crate::text::{fill, text};

impl AppState {
    /// Fetches a sample and opens it. Picture and mask are both there before it counts as opened: from then on the page
    /// makes no request.
    pub fn open_sample(self, sample: Sample) {
        let number = self.next_number();
        self.asked_for.set_value(number);
        spawn_local(async move {
            let picture = fetch::blob(&Sample::address(&sample.file)).await;
            let lesion = match &sample.mask {
                Some(mask) => Lesion::fetch(&Sample::address(mask)).await.map(Some),
                None => Ok(None),
            };
            if self.asked_for.get_value() != number {
                return;
            }
            match picture {
                Ok(blob) => {
                    self.open(blob, String::new(), Some(sample));
                    // A picture is worth opening without its mask too.
                    match lesion {
                        Ok(lesion) => self.lesion.set(lesion),
                        Err(detail) => leptos::logging::warn!("no mask: {detail}"),
                    }
                }
                Err(detail) => {
                    leptos::logging::warn!("{detail}");
                    let problem = Problem::Sentence(|text| text.sample_failed);
                    self.error.set(Some(problem));
                }
            }
        });
    }

    /// What a sample shows, in a few words.
    pub fn sample_name(self, sample: &Sample) -> String {
        match &sample.truth {
            Truth::Label(key) => fill(
                text().sample_name,
                &[("label", self.label_name(key).as_str())],
            ),
            Truth::NotSkin => text().sample_name_not_skin.to_owned(),
        }
    }
}
