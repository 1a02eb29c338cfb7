//! Choosing a region of the photograph: the rectangle that the reader is making, and the view that they make it in.
//! Geometry only; the editor is in `components/crop`, and what happens on its keys and buttons in `session/crop.rs`.

mod draft;
mod view;

pub use draft::{Draft, Handle, MOST_DEGREES};
pub use view::{LARGEST, Movement, View};

/// An open editor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crop {
    /// The rectangle.
    pub draft: Draft,
    /// The part of the photograph that is on screen.
    pub view: View,
}

impl Crop {
    /// The rectangle on screen: left, top, width and height in shares of the stage, before its turn.
    pub fn on_stage(&self) -> [f64; 4] {
        let [x, y, width, height] = self.draft.fractions();
        let (left, top) = self.view.to_stage(x, y);
        [left, top, width * self.view.zoom, height * self.view.zoom]
    }

    /// Shows more or less, about a point of the stage.
    pub fn zoom(&mut self, zoom: f64, about: (f64, f64)) {
        self.view = self.view.zoomed(zoom, about);
    }

    /// Shows more or less, about the rectangle's centre.
    pub fn zoom_on_draft(&mut self, zoom: f64) {
        let (x, y) = self.draft.centre();
        self.view = self.view.centred(zoom, (x, y));
    }

    /// Moves the view as far as the rectangle's centre needs to be seen.
    pub fn follow(&mut self) {
        let (x, y) = self.draft.centre();
        let (left, top) = self.view.to_stage(x, y);
        let seen = |place: f64| (0.1..=0.9).contains(&place);
        if !(seen(left) && seen(top)) {
            self.view = self.view.centred(self.view.zoom, (x, y));
        }
    }
}
