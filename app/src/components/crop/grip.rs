//! What a pointer took hold of on the stage: one moves the rectangle, a handle or the view; two zoom the view.

use crate::crop::{Crop, Handle, Movement};

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

impl Grip {
    /// What becomes of the editor, as it was when the pointer came down.
    pub fn apply(self, mut crop: Crop, movement: Movement) -> Crop {
        let zoom = crop.view.zoom;
        match (movement, self) {
            (Movement::Drag { across, down }, Self::Frame) => {
                crop.draft.move_by(across / zoom, down / zoom);
            }
            (Movement::Drag { across, down }, Self::Handle(handle)) => {
                crop.draft.drag(handle, across / zoom, down / zoom);
            }
            (Movement::Drag { .. }, Self::View) | (Movement::Pinch { .. }, _) => {
                crop.view = crop.view.moved(movement);
            }
        }
        crop
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crop::{Draft, View};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn half() -> Crop {
        let mut draft = Draft::whole(400, 200);
        draft.set_size(Some(0.5), Some(0.5));
        let view = View::WHOLE;
        Crop { draft, view }
    }

    #[test]
    fn a_pointer_that_ran_past_the_edge_finds_the_rectangle_again() {
        let drag = |across| Grip::Frame.apply(half(), Movement::Drag { across, down: 0.0 });
        assert_eq!(drag(4.0).draft.fractions(), [0.5, 0.25, 0.5, 0.5]);
        assert!((drag(0.1).draft.fractions()[0] - 0.35).abs() < 1e-9);
    }

    #[test]
    fn two_fingers_zoom_the_view_and_leave_the_rectangle() {
        let pinch = Movement::Pinch {
            spread: 2.0,
            about: (0.5, 0.5),
            across: 0.0,
            down: 0.0,
        };
        let pinched = Grip::Frame.apply(half(), pinch);
        assert_eq!(pinched.view.zoom, 2.0);
        assert_eq!(pinched.draft, half().draft);
    }
}
