//! The rectangle that the reader is making. It always lies within the photograph, however it is turned.
//!
//! Lengths are pixels of the photograph, so that turning keeps it a rectangle; what leaves this file is in fractions.

use genoderm_protocol::Region;

/// The shortest side that a reader can make, as a share of the photograph's shorter side.
const SHORTEST: f64 = 0.05;
/// Turns besides quarter turns reach this far to either side, in degrees.
pub const MOST_DEGREES: f64 = 45.0;

/// A corner or an edge: -1, 0 or 1 across and down, in the rectangle's own directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// -1 is the left edge, 1 the right.
    pub across: i8,
    /// -1 is the upper edge, 1 the lower.
    pub down: i8,
}

impl Handle {
    /// All eight, clockwise from the upper left corner.
    pub const ALL: [Self; 8] = [
        Self::new(-1, -1),
        Self::new(0, -1),
        Self::new(1, -1),
        Self::new(1, 0),
        Self::new(1, 1),
        Self::new(0, 1),
        Self::new(-1, 1),
        Self::new(-1, 0),
    ];

    const fn new(across: i8, down: i8) -> Self {
        Self { across, down }
    }
}

/// A rectangle about a centre, before its turn.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rectangle {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// A turned rectangle on a photograph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draft {
    /// The photograph's width and height.
    photo: (f64, f64),
    /// What was last made by other means than turning: turning back gives it back, though it was shrunk in between.
    made: Rectangle,
    quarters: i32,
    degrees: f64,
}

impl Draft {
    /// All of a photograph of so many pixels.
    pub fn whole(width: u32, height: u32) -> Self {
        let photo = (f64::from(width.max(1)), f64::from(height.max(1)));
        let made = Rectangle {
            x: photo.0 / 2.0,
            y: photo.1 / 2.0,
            width: photo.0,
            height: photo.1,
        };
        Self {
            photo,
            made,
            quarters: 0,
            degrees: 0.0,
        }
    }

    /// A region that was chosen before.
    pub fn of_region(width: u32, height: u32, region: Region) -> Self {
        let mut draft = Self::whole(width, height);
        let (across, down) = draft.photo;
        let quarters = (region.degrees / 90.0).round();
        draft.quarters = (quarters as i32).rem_euclid(4);
        draft.degrees = region.degrees - 90.0 * quarters;
        draft.made = Rectangle {
            x: (region.x + region.width / 2.0) * across,
            y: (region.y + region.height / 2.0) * down,
            width: region.width * across,
            height: region.height * down,
        };
        draft
    }

    /// The region; `None` where the rectangle is all of the photograph as it stands.
    pub fn region(&self) -> Option<Region> {
        let [x, y, width, height] = self.fractions();
        let degrees = self.turn();
        let whole = degrees == 0.0 && width > 1.0 - 1e-9 && height > 1.0 - 1e-9;
        (!whole).then_some(Region {
            x,
            y,
            width,
            height,
            degrees,
        })
    }

    /// Left, top, width and height before the turn, in fractions of the photograph.
    pub fn fractions(&self) -> [f64; 4] {
        let Rectangle {
            x,
            y,
            width,
            height,
        } = self.rectangle();
        let (across, down) = self.photo;
        [
            (x - width / 2.0) / across,
            (y - height / 2.0) / down,
            width / across,
            height / down,
        ]
    }

    /// The centre in fractions of the photograph.
    pub fn centre(&self) -> (f64, f64) {
        let Rectangle { x, y, .. } = self.rectangle();
        (x / self.photo.0, y / self.photo.1)
    }

    /// The whole turn, clockwise, more than -180 and at most 225 degrees.
    pub fn turn(&self) -> f64 {
        let quarters = if self.quarters == 3 {
            -1
        } else {
            self.quarters
        };
        f64::from(quarters) * 90.0 + self.degrees
    }

    /// The turn besides quarter turns, -45 to 45 degrees.
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// Turns by another angle than quarter turns do; a rectangle that would leave the photograph is shrunk.
    pub fn set_degrees(&mut self, degrees: f64) {
        if degrees.is_finite() {
            self.degrees = degrees.clamp(-MOST_DEGREES, MOST_DEGREES);
        }
    }

    /// Another side becomes the upper one, clockwise for 1 and anticlockwise for -1; the part that is covered stays.
    pub fn turn_quarter(&mut self, quarters: i32) {
        let made = self.rectangle();
        self.made = Rectangle {
            width: made.height,
            height: made.width,
            ..made
        };
        self.quarters = (self.quarters + quarters).rem_euclid(4);
    }

    /// Moves by fractions of the photograph, as far as it goes.
    pub fn move_by(&mut self, across: f64, down: f64) {
        let made = self.rectangle();
        self.made = self.fitted(Rectangle {
            x: made.x + across * self.photo.0,
            y: made.y + down * self.photo.1,
            ..made
        });
    }

    /// Puts the centre at fractions of the photograph, as near as it goes.
    pub fn set_centre(&mut self, x: Option<f64>, y: Option<f64>) {
        let (old_x, old_y) = self.centre();
        let by = |new: Option<f64>, old: f64| new.map_or(0.0, |new| new - old);
        self.move_by(by(x, old_x), by(y, old_y));
    }

    /// Gives the sides, in fractions of the photograph, about the same centre or as near as it goes.
    pub fn set_size(&mut self, width: Option<f64>, height: Option<f64>) {
        let made = self.rectangle();
        let side = |new: Option<f64>, photo: f64, old: f64| {
            new.map_or(old, |new| (new * photo).clamp(self.shortest(), photo))
        };
        self.made = self.fitted(Rectangle {
            width: side(width, self.photo.0, made.width),
            height: side(height, self.photo.1, made.height),
            ..made
        });
    }

    /// Drags a handle by fractions of the photograph; what lies opposite stays. A side stops at the photograph's edge.
    pub fn drag(&mut self, handle: Handle, across: f64, down: f64) {
        let (sine, cosine) = self.turn().to_radians().sin_cos();
        let (x, y) = (across * self.photo.0, down * self.photo.1);
        let wider = (cosine * x + sine * y) * f64::from(handle.across);
        let taller = (cosine * y - sine * x) * f64::from(handle.down);
        self.grow(handle, wider, 0.0);
        self.grow(handle, 0.0, taller);
    }

    /// Moves one handle's edges outwards, in pixels, or as much of that as there is room for.
    fn grow(&mut self, handle: Handle, wider: f64, taller: f64) {
        let old = self.rectangle();
        let shortest = self.shortest();
        let (sine, cosine) = self.turn().to_radians().sin_cos();
        let grown = |share: f64| {
            let width = (old.width + share * wider).max(shortest.min(old.width));
            let height = (old.height + share * taller).max(shortest.min(old.height));
            let across = (width - old.width) / 2.0 * f64::from(handle.across);
            let down = (height - old.height) / 2.0 * f64::from(handle.down);
            Rectangle {
                x: old.x + cosine * across - sine * down,
                y: old.y + sine * across + cosine * down,
                width,
                height,
            }
        };
        let (mut fits, mut too_far) = (0.0, 1.0);
        if self.holds(&grown(1.0)) {
            fits = 1.0;
        } else {
            // Halved until what is left is less than a thousandth of a pixel on any screen.
            for _ in 0..30 {
                let middle = (fits + too_far) / 2.0;
                if self.holds(&grown(middle)) {
                    fits = middle;
                } else {
                    too_far = middle;
                }
            }
        }
        self.made = grown(fits);
    }

    fn shortest(&self) -> f64 {
        (SHORTEST * self.photo.0.min(self.photo.1)).max(1.0)
    }

    /// How far the turned rectangle reaches from its centre, across and down.
    fn reach(&self, rectangle: &Rectangle) -> (f64, f64) {
        let (sine, cosine) = self.turn().to_radians().sin_cos();
        let (sine, cosine) = (sine.abs(), cosine.abs());
        (
            (rectangle.width * cosine + rectangle.height * sine) / 2.0,
            (rectangle.width * sine + rectangle.height * cosine) / 2.0,
        )
    }

    fn holds(&self, rectangle: &Rectangle) -> bool {
        let (across, down) = self.reach(rectangle);
        // Rounding must not stop a side that lies at the edge already.
        let within = |centre: f64, reach: f64, side: f64| {
            let slack = 1e-9 * side;
            centre - reach >= -slack && centre + reach <= side + slack
        };
        within(rectangle.x, across, self.photo.0) && within(rectangle.y, down, self.photo.1)
    }

    /// The rectangle within the photograph: shrunk if it is too large as it is turned, then moved.
    fn fitted(&self, rectangle: Rectangle) -> Rectangle {
        let (across, down) = self.reach(&rectangle);
        let share = (self.photo.0 / (2.0 * across)).min(self.photo.1 / (2.0 * down));
        // What rounding alone would shrink is left, or it would creep.
        let share = if share > 1.0 - 1e-12 { 1.0 } else { share };
        let (across, down) = (across * share, down * share);
        let place = |centre: f64, reach: f64, side: f64| {
            // `clamp` wants ordered limits, and rounding may cross them.
            centre.min(side - reach).max(reach.min(side / 2.0))
        };
        Rectangle {
            x: place(rectangle.x, across, self.photo.0),
            y: place(rectangle.y, down, self.photo.1),
            width: rectangle.width * share,
            height: rectangle.height * share,
        }
    }

    fn rectangle(&self) -> Rectangle {
        self.fitted(self.made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn near(found: [f64; 4], wanted: [f64; 4]) -> bool {
        found
            .iter()
            .zip(wanted)
            .all(|(one, other)| (one - other).abs() < 1e-6)
    }

    /// Whether all corners lie within the photograph.
    fn is_inside(draft: &Draft) -> bool {
        draft.holds(&draft.rectangle())
    }

    fn quarter_of(width: u32, height: u32) -> Draft {
        let mut draft = Draft::whole(width, height);
        draft.set_size(Some(0.5), Some(0.5));
        draft
    }

    #[test]
    fn all_of_the_photograph_is_no_region() {
        let mut draft = Draft::whole(300, 200);
        assert_eq!(draft.region(), None);
        draft.turn_quarter(1);
        assert!(draft.region().is_some());
        draft.turn_quarter(-1);
        assert_eq!(draft.region(), None);
    }

    #[test]
    fn corners_and_edges_move_alone() {
        let corner = Handle::new(1, 1);
        let mut draft = quarter_of(400, 200);
        draft.drag(corner, 0.1, -0.1);
        assert!(near(draft.fractions(), [0.25, 0.25, 0.6, 0.4]));
        draft.drag(Handle::new(0, -1), 0.4, 0.05);
        assert!(near(draft.fractions(), [0.25, 0.3, 0.6, 0.35]));
        // One side stops at the edge, the other goes on.
        draft.drag(corner, 3.0, 0.05);
        assert!(near(draft.fractions(), [0.25, 0.3, 0.75, 0.4]));
    }

    #[test]
    fn a_side_never_vanishes_nor_turns_inside_out() {
        let mut draft = quarter_of(400, 200);
        draft.drag(Handle::new(-1, 0), 2.0, 0.0);
        let [x, _, width, _] = draft.fractions();
        assert!((width * 400.0 - 10.0).abs() < 1e-6, "{width}");
        assert!((x + width - 0.75).abs() < 1e-9);
    }

    #[test]
    fn moving_stops_at_the_edge() {
        let mut draft = quarter_of(400, 200);
        draft.move_by(3.0, -0.1);
        assert!(near(draft.fractions(), [0.5, 0.15, 0.5, 0.5]));
    }

    #[test]
    fn a_turned_rectangle_stays_inside_and_comes_back() {
        let mut draft = Draft::whole(400, 200);
        draft.set_degrees(30.0);
        assert!(is_inside(&draft));
        assert!(draft.fractions()[2] < 0.9);
        draft.set_degrees(0.0);
        assert!(near(draft.fractions(), [0.0, 0.0, 1.0, 1.0]));
        draft.set_degrees(20.0);
        for handle in Handle::ALL {
            draft.drag(handle, 0.4, -0.3);
            assert!(is_inside(&draft), "{handle:?}");
        }
        draft.move_by(-2.0, 2.0);
        assert!(is_inside(&draft));
    }

    #[test]
    fn a_handle_follows_the_pointer_when_turned() {
        let mut draft = quarter_of(400, 200);
        draft.set_degrees(30.0);
        let before = draft.rectangle();
        // Along the turned rectangle's own width.
        let (sine, cosine) = 30_f64.to_radians().sin_cos();
        draft.drag(
            Handle::new(1, 0),
            10.0 * cosine / 400.0,
            10.0 * sine / 200.0,
        );
        let after = draft.rectangle();
        assert!((after.width - before.width - 10.0).abs() < 1e-6);
        assert!((after.height - before.height).abs() < 1e-6);
    }

    #[test]
    fn a_quarter_turn_keeps_what_is_covered() {
        let mut draft = Draft::whole(400, 200);
        draft.turn_quarter(1);
        assert_eq!(draft.turn(), 90.0);
        assert!(is_inside(&draft));
        let Rectangle { width, height, .. } = draft.rectangle();
        assert_eq!((width, height), (200.0, 400.0));
        draft.turn_quarter(-2);
        assert_eq!(draft.turn(), -90.0);
    }

    #[test]
    fn a_region_comes_back_as_it_was() {
        let mut draft = quarter_of(400, 200);
        draft.move_by(0.1, 0.05);
        draft.turn_quarter(-1);
        draft.set_degrees(12.0);
        let region = draft.region();
        let again = region.map(|region| Draft::of_region(400, 200, region));
        assert!(near(
            again.map(|draft| draft.fractions()).unwrap_or_default(),
            draft.fractions()
        ));
        assert_eq!(again.map(|draft| draft.turn()), Some(-78.0));
        assert_eq!(again.map(|draft| draft.degrees()), Some(12.0));
    }

    #[test]
    fn numbers_that_are_none_change_nothing() {
        let mut draft = Draft::whole(0, 0);
        draft.set_degrees(f64::NAN);
        draft.set_size(Some(0.0), Some(-3.0));
        assert!(is_inside(&draft));
    }
}
