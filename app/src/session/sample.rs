//! Opening one of the pictures that come with the page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Blob;

use crate::fetch;
use crate::lesion::Lesion;
use crate::problem::Problem;
use crate::samples::{Sample, Truth};
use crate::state::AppState;
use crate::text::{fill, text};

impl AppState {
    /// Fetches a sample and opens it. Picture and mask are both there before it counts as opened: from then on the page
    /// makes no request. While a map is held none may be made at all, so that only samples that the browser has kept can be
    /// opened, such as those whose small pictures are seen.
    pub fn open_sample(self, sample: Sample) {
        let number = self.next_number();
        self.asked_for.set_value(number);
        spawn_local(async move {
            let picture = self.sample_file(&sample.file).await;
            let lesion = match &sample.mask {
                Some(mask) => match self.sample_file(mask).await {
                    Ok(mask) => Lesion::read(&mask).await.map(Some),
                    Err(detail) => Err(detail),
                },
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
                    let held = untrack(|| self.compare.is_held());
                    self.error.set(Some(Problem::Sentence(if held {
                        |text| text.compare_sample_not_kept
                    } else {
                        |text| text.sample_failed
                    })));
                }
            }
        });
    }

    /// A file of the folder of samples.
    async fn sample_file(self, file: &str) -> Result<Blob, String> {
        let address = Sample::address(file);
        if !untrack(|| self.compare.is_held()) {
            return fetch::blob(&address).await;
        }
        let reading = self.requests.begins_reading(fetch::absolute(&address));
        let blob = fetch::kept_blob(&address).await;
        self.requests.ends_reading(reading);
        blob
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
