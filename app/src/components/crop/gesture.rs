//! What pointers do on the stage: one moves the rectangle, a handle or the view; two zoom; two taps take all of it.
//!
//! Every movement is measured from where it began, so that a pointer that ran past an edge and comes back finds the handle
//! where it left it.

use crate::crop::{Crop, Handle};

/// Two taps are a double tap within this time, in milliseconds.
const DOUBLE_TAP: f64 = 350.0;
/// A pointer that moved less than this is still a tap, in pixels of the screen.
const STILL: f64 = 8.0;
/// Two taps are a double tap within this distance, in pixels of the screen.
const SAME_PLACE: f64 = 28.0;

/// What a pointer took hold of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grip {
    /// The rectangle.
    Frame,
    /// One of its handles.
    Handle(Handle),
    /// The photograph around it.
    View,
}

/// A pointer on the stage.
#[derive(Clone, Copy, Debug)]
struct Pointer {
    id: i32,
    began: (f64, f64),
    now: (f64, f64),
}

/// The pointers that are down. Places are pixels of the stage.
#[derive(Clone, Debug, Default)]
pub struct Gesture {
    pointers: Vec<Pointer>,
    grip: Option<Grip>,
    began: Option<Crop>,
    last_tap: Option<(f64, (f64, f64))>,
    moved: bool,
}

impl Gesture {
    /// A pointer comes down.
    pub fn press(&mut self, id: i32, place: (f64, f64), grip: Grip, crop: Crop) {
        match self.pointers.len() {
            0 => {
                self.grip = Some(grip);
                self.began = Some(crop);
                self.moved = false;
            }
            1 => {
                // Two fingers zoom. What the first did until then was no wish of its own.
                self.grip = None;
                self.moved = true;
                if let Some(first) = self.pointers.first_mut() {
                    first.began = first.now;
                }
            }
            _ => return,
        }
        self.pointers.push(Pointer {
            id,
            began: place,
            now: place,
        });
    }

    /// A pointer moves; what becomes of the editor on a stage of this size.
    pub fn move_to(&mut self, id: i32, place: (f64, f64), stage: (f64, f64)) -> Option<Crop> {
        let pointer = self.pointers.iter_mut().find(|pointer| pointer.id == id)?;
        pointer.now = place;
        let mut crop = self.began?;
        match self.pointers.as_slice() {
            [pointer] => {
                let (x, y) = (place.0 - pointer.began.0, place.1 - pointer.began.1);
                if !self.moved && x.hypot(y) < STILL {
                    return None;
                }
                self.moved = true;
                let (across, down) = (x / stage.0, y / stage.1);
                let zoom = crop.view.zoom;
                match self.grip? {
                    Grip::Frame => crop.draft.move_by(across / zoom, down / zoom),
                    Grip::Handle(handle) => crop.draft.drag(handle, across / zoom, down / zoom),
                    Grip::View => crop.view = crop.view.dragged(across, down),
                }
            }
            [one, other] => {
                let apart = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1).max(1.0);
                let middle = |a: (f64, f64), b: (f64, f64)| {
                    ((a.0 + b.0) / 2.0 / stage.0, (a.1 + b.1) / 2.0 / stage.1)
                };
                let spread = apart(one.now, other.now) / apart(one.began, other.began);
                let (from, to) = (middle(one.began, other.began), middle(one.now, other.now));
                let view = crop.view.zoomed(crop.view.zoom * spread, from);
                crop.view = view.dragged(to.0 - from.0, to.1 - from.1);
            }
            _ => return None,
        }
        Some(crop)
    }

    /// A pointer goes up at a time in milliseconds. True where it was the second of two taps.
    pub fn release(&mut self, id: i32, time: f64) -> bool {
        let Some(place) = self.pointers.iter().position(|pointer| pointer.id == id) else {
            return false;
        };
        let pointer = self.pointers.remove(place);
        if !self.pointers.is_empty() {
            // The finger that is left holds nothing.
            self.began = None;
            return false;
        }
        let was_tap = !self.moved;
        (self.grip, self.began) = (None, None);
        if !was_tap {
            self.last_tap = None;
            return false;
        }
        let twice = self.last_tap.is_some_and(|(before, (x, y))| {
            let apart = (pointer.now.0 - x).hypot(pointer.now.1 - y);
            time - before <= DOUBLE_TAP && apart <= SAME_PLACE
        });
        self.last_tap = (!twice).then_some((time, pointer.now));
        twice
    }

    /// Whether something was dragged, whose new place a screen reader should be told.
    pub fn has_moved(&self) -> bool {
        self.moved
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::crop::{Draft, View};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const STAGE: (f64, f64) = (200.0, 100.0);

    fn half() -> Crop {
        let mut draft = Draft::whole(400, 200);
        draft.set_size(Some(0.5), Some(0.5));
        let view = View::WHOLE;
        Crop { draft, view }
    }

    #[test]
    fn a_pointer_that_ran_past_the_edge_finds_the_rectangle_again() {
        let mut gesture = Gesture::default();
        gesture.press(1, (100.0, 50.0), Grip::Frame, half());
        let far = gesture.move_to(1, (900.0, 50.0), STAGE).unwrap();
        assert_eq!(far.draft.fractions(), [0.5, 0.25, 0.5, 0.5]);
        let back = gesture.move_to(1, (120.0, 50.0), STAGE).unwrap();
        assert!((back.draft.fractions()[0] - 0.35).abs() < 1e-9);
    }

    #[test]
    fn two_fingers_zoom_the_view_and_leave_the_rectangle() {
        let mut gesture = Gesture::default();
        gesture.press(1, (90.0, 50.0), Grip::Frame, half());
        gesture.press(2, (110.0, 50.0), Grip::Frame, half());
        let pinched = gesture.move_to(2, (130.0, 50.0), STAGE).unwrap();
        assert_eq!(pinched.view.zoom, 2.0);
        assert_eq!(pinched.draft, half().draft);
        assert!(!gesture.release(1, 0.0));
        assert!(gesture.move_to(2, (10.0, 10.0), STAGE).is_none());
        assert!(!gesture.release(2, 10.0));
    }

    #[test]
    fn only_two_quick_taps_at_one_place_are_a_double_tap() {
        let mut gesture = Gesture::default();
        let mut tap = |place, time| {
            gesture.press(1, place, Grip::View, half());
            gesture.release(1, time)
        };
        assert!(!tap((10.0, 10.0), 1_000.0));
        assert!(tap((12.0, 10.0), 1_200.0));
        assert!(!tap((12.0, 10.0), 1_300.0));
        assert!(!tap((12.0, 10.0), 2_300.0));
        assert!(!tap((90.0, 10.0), 2_400.0));
    }
}
