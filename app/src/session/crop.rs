//! Choosing the region of the photograph that the networks for close-ups see.

use genoderm_protocol::Region;
use leptos::prelude::*;

use crate::crop::{Crop, Draft, View};
use crate::format;
use crate::state::AppState;
use crate::text::{fill, text};

impl AppState {
    /// Opens the editor on the region that was chosen before, else on all of the photograph.
    pub fn open_crop(self) {
        let Some((width, height)) = self.photo_size.get_untracked() else {
            return;
        };
        let draft = match self.region.get_untracked() {
            Some(region) => Draft::of_region(width, height, region),
            None => Draft::whole(width, height),
        };
        let view = View::WHOLE;
        self.crop.set(Some(Crop { draft, view }));
        self.announcement
            .set(format!("{} {}", text().crop_opened, draft_words(&draft)));
    }

    /// Changes what is being made, if the editor is open.
    pub fn change_crop(self, change: impl FnOnce(&mut Crop)) {
        self.crop.update(|crop| {
            if let Some(crop) = crop {
                change(crop);
            }
        });
    }

    /// Says aloud how the rectangle lies now.
    pub fn tell_crop(self) {
        if let Some(crop) = self.crop.get_untracked() {
            self.announcement.set(draft_words(&crop.draft));
        }
    }

    /// Back to all of the photograph, without leaving the editor.
    pub fn reset_crop(self) {
        self.change_crop(|crop| {
            if let Some((width, height)) = self.photo_size.get_untracked() {
                crop.draft = Draft::whole(width, height);
                crop.view = View::WHOLE;
            }
        });
        self.tell_crop();
    }

    /// Closes the editor and asks the networks about the region.
    pub fn apply_crop(self) {
        let Some(crop) = self.crop.get_untracked() else {
            return;
        };
        self.crop.set(None);
        self.use_region(crop.draft.region());
    }

    /// Closes the editor and leaves everything as it was.
    pub fn cancel_crop(self) {
        self.crop.set(None);
        self.announcement.set(text().crop_cancelled.to_owned());
    }

    /// Asks the networks about all of the photograph again.
    pub fn drop_region(self) {
        self.use_region(None);
    }

    /// Asks the networks for close-ups about another region.
    pub(super) fn use_region(self, region: Option<Region>) {
        if self.region.get_untracked() == region {
            self.announcement.set(text().crop_cancelled.to_owned());
            return;
        }
        self.region.set(region);
        self.ask_again();
    }
}

/// Where a rectangle lies, for readers.
pub fn draft_words(draft: &Draft) -> String {
    let [.., width, height] = draft.fractions();
    words(draft.centre(), (width, height), draft.turn())
}

/// Where a region lies, for readers.
pub fn region_words(region: &Region) -> String {
    let Region {
        x,
        y,
        width,
        height,
        degrees,
    } = *region;
    let centre = (x + width / 2.0, y + height / 2.0);
    words(centre, (width, height), degrees)
}

fn words((x, y): (f64, f64), (width, height): (f64, f64), turn: f64) -> String {
    let values = [
        ("across", format::whole(x)),
        ("down", format::whole(y)),
        ("width", format::whole(width)),
        ("height", format::whole(height)),
        ("turn", format::degrees(turn)),
    ];
    fill(text().crop_value, &values)
}
