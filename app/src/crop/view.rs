//! Which part of the photograph is on screen.

/// The most that the view can be enlarged.
pub const LARGEST: f64 = 8.0;

/// A part of the photograph of the photograph's own shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// How much it is enlarged, 1 to 8.
    pub zoom: f64,
    /// The left edge in fractions of the photograph.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
}

/// What pointers did on the stage, in shares of its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Movement {
    /// One was dragged.
    Drag {
        /// To the right.
        across: f64,
        /// Down.
        down: f64,
    },
    /// Two moved.
    Pinch {
        /// How much farther apart they are.
        spread: f64,
        /// Where their middle was.
        about: (f64, f64),
        /// How far their middle moved to the right.
        across: f64,
        /// How far it moved down.
        down: f64,
    },
}

impl View {
    /// All of the photograph.
    pub const WHOLE: Self = Self {
        zoom: 1.0,
        x: 0.0,
        y: 0.0,
    };

    /// Where a point of the photograph is on the stage, in shares of the stage.
    pub fn to_stage(self, x: f64, y: f64) -> (f64, f64) {
        ((x - self.x) * self.zoom, (y - self.y) * self.zoom)
    }

    /// The view at another zoom in which the photograph's point under `about`, in shares of the stage, stays there.
    pub fn zoomed(&self, zoom: f64, about: (f64, f64)) -> Self {
        let zoom = limited(zoom);
        let x = self.x + about.0 / self.zoom - about.0 / zoom;
        let y = self.y + about.1 / self.zoom - about.1 / zoom;
        Self { zoom, x, y }.within()
    }

    /// The view at a zoom with a point of the photograph in its middle, as far as the edges let it.
    pub fn centred(&self, zoom: f64, (x, y): (f64, f64)) -> Self {
        let zoom = limited(zoom);
        let half = 0.5 / zoom;
        Self {
            zoom,
            x: x - half,
            y: y - half,
        }
        .within()
    }

    /// The view after the photograph was dragged by a share of the stage.
    pub fn dragged(&self, across: f64, down: f64) -> Self {
        Self {
            x: self.x - across / self.zoom,
            y: self.y - down / self.zoom,
            ..*self
        }
        .within()
    }

    /// The view after pointers moved it.
    pub fn moved(&self, movement: Movement) -> Self {
        match movement {
            Movement::Drag { across, down } => self.dragged(across, down),
            Movement::Pinch {
                spread,
                about,
                across,
                down,
            } => self.zoomed(self.zoom * spread, about).dragged(across, down),
        }
    }

    /// The point of the photograph in the middle of the stage.
    pub fn middle(&self) -> (f64, f64) {
        let half = 0.5 / self.zoom;
        (self.x + half, self.y + half)
    }

    /// How a picture that fills the stage is moved to show the view, in the words of CSS; its origin is the upper left.
    pub fn transform(&self) -> String {
        let (x, y) = (-100.0 * self.x, -100.0 * self.y);
        format!("scale({}) translate({x}%, {y}%)", self.zoom)
    }

    fn within(self) -> Self {
        let last = 1.0 - 1.0 / self.zoom;
        Self {
            x: self.x.clamp(0.0, last),
            y: self.y.clamp(0.0, last),
            ..self
        }
    }
}

fn limited(zoom: f64) -> f64 {
    if zoom.is_finite() {
        zoom.clamp(1.0, LARGEST)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let view = View::WHOLE.zoomed(4.0, (0.75, 0.5));
        let (x, y) = view.to_stage(0.75, 0.5);
        assert!((x - 0.75).abs() < 1e-12 && (y - 0.5).abs() < 1e-12);
        assert_eq!(view.zoomed(1.0, (0.1, 0.9)), View::WHOLE);
    }

    #[test]
    fn what_was_between_two_fingers_stays_between_them() {
        let view = View::WHOLE.moved(Movement::Pinch {
            spread: 4.0,
            about: (0.5, 0.5),
            across: 0.25,
            down: 0.0,
        });
        assert_eq!((view.zoom, view.middle()), (4.0, (0.4375, 0.5)));
        assert_eq!(view.transform(), "scale(4) translate(-31.25%, -37.5%)");
    }

    #[test]
    fn the_view_never_leaves_the_photograph() {
        let view = View::WHOLE.zoomed(2.0, (0.0, 0.0)).dragged(5.0, -0.5);
        assert_eq!((view.x, view.y), (0.0, 0.25));
        let view = view.centred(99.0, (1.0, 1.0));
        assert_eq!((view.zoom, view.x, view.y), (8.0, 0.875, 0.875));
        assert_eq!(View::WHOLE.zoomed(f64::NAN, (0.5, 0.5)), View::WHOLE);
    }
}
