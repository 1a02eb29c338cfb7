//! What pointers do on a stage: one drags, two zoom, and two quick taps are told apart from one.
//!
//! Every movement is measured from where it began, so that a pointer that ran past an edge and comes back finds what it
//! dragged where it left it. What began is the stage's own matter: the gesture only hands it back.

use leptos::prelude::*;
use leptos::{ev, html};

use crate::crop::Movement;

/// Two taps are a double tap within this time, in milliseconds.
const DOUBLE_TAP: f64 = 350.0;
/// A pointer that moved less than this is still a tap, in pixels of the screen.
const STILL: f64 = 8.0;
/// Two taps are a double tap within this distance, in pixels of the screen.
const SAME_PLACE: f64 = 28.0;
/// A key or a button zooms by this factor.
pub const ZOOM: f64 = 1.25;
/// A pixel of the wheel zooms by the exponential of this.
const WHEEL: f64 = 0.002;
/// Pixels in a line, for wheels that count those.
const LINE: f64 = 16.0;

/// A pointer on the stage.
#[derive(Clone, Copy, Debug)]
struct Pointer {
    id: i32,
    began: (f64, f64),
    now: (f64, f64),
}

/// The pointers that are down, and the `T` that they change, as it was before. Places are pixels of the stage.
#[derive(Clone, Debug)]
pub struct Gesture<T> {
    pointers: Vec<Pointer>,
    began: Option<T>,
    last_tap: Option<(f64, (f64, f64))>,
    moved: bool,
}

impl<T> Default for Gesture<T> {
    fn default() -> Self {
        Self {
            pointers: Vec::new(),
            began: None,
            last_tap: None,
            moved: false,
        }
    }
}

impl<T: Clone> Gesture<T> {
    /// A pointer comes down.
    pub fn press(&mut self, id: i32, place: (f64, f64), began: T) {
        match self.pointers.len() {
            0 => {
                self.began = Some(began);
                self.moved = false;
            }
            1 => {
                // Two fingers zoom. What the first did until then was no wish of its own.
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

    /// A pointer moves: what began, and how far it was moved since, on a stage of this size.
    pub fn move_to(
        &mut self,
        id: i32,
        place: (f64, f64),
        stage: (f64, f64),
    ) -> Option<(T, Movement)> {
        let pointer = self.pointers.iter_mut().find(|pointer| pointer.id == id)?;
        pointer.now = place;
        let began = self.began.clone()?;
        let movement = match self.pointers.as_slice() {
            [pointer] => {
                let (x, y) = (place.0 - pointer.began.0, place.1 - pointer.began.1);
                if !self.moved && x.hypot(y) < STILL {
                    return None;
                }
                self.moved = true;
                Movement::Drag {
                    across: x / stage.0,
                    down: y / stage.1,
                }
            }
            [one, other] => {
                let apart = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1).max(1.0);
                let middle = |a: (f64, f64), b: (f64, f64)| {
                    ((a.0 + b.0) / 2.0 / stage.0, (a.1 + b.1) / 2.0 / stage.1)
                };
                let (from, to) = (middle(one.began, other.began), middle(one.now, other.now));
                Movement::Pinch {
                    spread: apart(one.now, other.now) / apart(one.began, other.began),
                    about: from,
                    across: to.0 - from.0,
                    down: to.1 - from.1,
                }
            }
            _ => return None,
        };
        Some((began, movement))
    }

    /// A pointer goes up at a time in milliseconds. True where it was the second of two taps.
    pub fn release(&mut self, id: i32, time: f64) -> bool {
        let Some(place) = self.pointers.iter().position(|pointer| pointer.id == id) else {
            return false;
        };
        let pointer = self.pointers.remove(place);
        // A finger that is left holds nothing.
        self.began = None;
        if !self.pointers.is_empty() {
            return false;
        }
        if self.moved {
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

/// Where a pointer is on a stage, and how large the stage is, in pixels of the screen.
pub fn measure(
    stage: NodeRef<html::Div>,
    event: &ev::MouseEvent,
) -> Option<((f64, f64), (f64, f64))> {
    let area = stage.get_untracked()?.get_bounding_client_rect();
    let place = (
        f64::from(event.client_x()) - area.left(),
        f64::from(event.client_y()) - area.top(),
    );
    Some((place, (area.width().max(1.0), area.height().max(1.0))))
}

/// What a turn of the wheel zooms by.
pub fn wheel_factor(event: &ev::WheelEvent) -> f64 {
    let unit = if event.delta_mode() == 0 { 1.0 } else { LINE };
    (-event.delta_y() * unit * WHEEL).exp()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::crop::View;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const STAGE: (f64, f64) = (200.0, 100.0);

    #[test]
    fn a_drag_is_measured_from_where_it_began() {
        let mut gesture = Gesture::default();
        gesture.press(1, (100.0, 50.0), View::WHOLE);
        assert!(gesture.move_to(1, (103.0, 50.0), STAGE).is_none());
        gesture.move_to(1, (900.0, 50.0), STAGE).unwrap();
        let (began, movement) = gesture.move_to(1, (120.0, 60.0), STAGE).unwrap();
        let (across, down) = (0.1, 0.1);
        assert_eq!(began, View::WHOLE);
        assert_eq!(movement, Movement::Drag { across, down });
        assert!(!gesture.release(1, 0.0) && gesture.has_moved());
    }

    #[test]
    fn two_fingers_zoom_about_their_middle_and_one_that_is_left_does_nothing() {
        let mut gesture = Gesture::default();
        gesture.press(1, (90.0, 50.0), View::WHOLE);
        gesture.press(2, (110.0, 50.0), View::WHOLE);
        let (began, movement) = gesture.move_to(2, (130.0, 50.0), STAGE).unwrap();
        assert_eq!(began.moved(movement).zoom, 2.0);
        assert!(!gesture.release(1, 0.0));
        assert!(gesture.move_to(2, (10.0, 10.0), STAGE).is_none());
        assert!(!gesture.release(2, 10.0));
    }

    #[test]
    fn only_two_quick_taps_at_one_place_are_a_double_tap() {
        let mut gesture = Gesture::default();
        let mut tap = |place, time| {
            gesture.press(1, place, View::WHOLE);
            gesture.release(1, time)
        };
        assert!(!tap((10.0, 10.0), 1_000.0));
        assert!(tap((12.0, 10.0), 1_200.0));
        assert!(!tap((12.0, 10.0), 1_300.0));
        assert!(!tap((12.0, 10.0), 2_300.0));
        assert!(!tap((90.0, 10.0), 2_400.0));
    }
}
