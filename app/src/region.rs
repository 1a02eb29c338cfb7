//! How much of a map lies in a region: a sample's lesion, or an ellipse that the reader drew.
//!
//! The measure is that of the model card (`genoderm evaluate`): the share of the evidence FOR the label inside the region.

use genoderm_protocol::Region as Part;

use crate::overlay::Heat;

/// The smallest width and height, as a share of the picture: a mere click draws no region.
const SMALLEST: f64 = 0.02;

/// An ellipse by the rectangle around it, in shares of the picture's width and height, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Distance from the left.
    pub left: f64,
    /// Distance from the top.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Default for Region {
    /// The middle of the picture.
    fn default() -> Self {
        Self {
            left: 0.3,
            top: 0.3,
            width: 0.4,
            height: 0.4,
        }
    }
}

impl Region {
    /// The region between two corners, kept inside the picture.
    pub fn between(one: (f64, f64), other: (f64, f64)) -> Self {
        let span = |a: f64, b: f64| {
            let (a, b) = (a.clamp(0.0, 1.0), b.clamp(0.0, 1.0));
            (a.min(b), (a - b).abs())
        };
        let (left, width) = span(one.0, other.0);
        let (top, height) = span(one.1, other.1);
        Self {
            left,
            top,
            width,
            height,
        }
        .inside()
    }

    /// The same region, neither too small nor beyond the picture's border.
    pub fn inside(self) -> Self {
        let width = self.width.clamp(SMALLEST, 1.0);
        let height = self.height.clamp(SMALLEST, 1.0);
        Self {
            left: self.left.clamp(0.0, 1.0 - width),
            top: self.top.clamp(0.0, 1.0 - height),
            width,
            height,
        }
    }

    /// Whether a point lies in it.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        let across = (x - self.left - self.width / 2.0) / (self.width / 2.0);
        let down = (y - self.top - self.height / 2.0) / (self.height / 2.0);
        across * across + down * down <= 1.0
    }
}

/// A point of a map that covers a part of the photograph, in shares of the photograph: the part may be turned, about its own
/// centre and on a photograph of this shape (width by height).
pub fn on_photograph(part: &Part, shape: f64, (x, y): (f64, f64)) -> (f64, f64) {
    let across = (x - 0.5) * part.width * shape;
    let down = (y - 0.5) * part.height;
    let (sine, cosine) = part.degrees.to_radians().sin_cos();
    let centre = (part.x + part.width / 2.0, part.y + part.height / 2.0);
    (
        centre.0 + (across * cosine - down * sine) / shape,
        centre.1 + across * sine + down * cosine,
    )
}

/// The other way: a point of the photograph in shares of the part, 0 to 1 within it.
pub fn on_part(part: &Part, shape: f64, (x, y): (f64, f64)) -> (f64, f64) {
    let across = (x - part.x - part.width / 2.0) * shape;
    let down = y - part.y - part.height / 2.0;
    let (sine, cosine) = part.degrees.to_radians().sin_cos();
    (
        0.5 + (across * cosine + down * sine) / (part.width * shape),
        0.5 + (down * cosine - across * sine) / part.height,
    )
}

/// How much of a map and of the picture a region takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionShare {
    /// The region's share of all evidence for the label, 0 to 1; `None` where nothing speaks for it.
    pub evidence: Option<f64>,
    /// The region's share of the picture, 0 to 1.
    pub area: f64,
}

impl RegionShare {
    /// Measures a region of the photograph, of this shape (width by height), on a map that covers a part of it, or all.
    /// `inside` is asked in shares of the photograph.
    pub fn of_part(
        heat: &Heat,
        part: Option<&Part>,
        shape: f64,
        inside: impl Fn(f64, f64) -> bool,
    ) -> Self {
        Self::of(heat, |x, y| {
            let (x, y) = part.map_or((x, y), |part| on_photograph(part, shape, (x, y)));
            inside(x, y)
        })
    }

    /// Measures a region: `inside` is asked about the middle of each of the map's pixels, in shares of the picture.
    pub fn of(heat: &Heat, inside: impl Fn(f64, f64) -> bool) -> Self {
        let (mut within, mut all, mut pixels) = (0.0, 0.0, 0_u64);
        for (place, value) in heat.values.iter().enumerate() {
            let (column, row) = (place as u32 % heat.width, place as u32 / heat.width);
            let middle = |place: u32, length: u32| (f64::from(place) + 0.5) / f64::from(length);
            let speaks_for = f64::from(value.max(0.0));
            all += speaks_for;
            if inside(middle(column, heat.width), middle(row, heat.height)) {
                within += speaks_for;
                pixels += 1;
            }
        }
        Self {
            evidence: (all > 0.0).then(|| within / all),
            area: pixels as f64 / heat.values.len().max(1) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_what_speaks_for_the_label_counts_and_outliers_count_in_full() {
        let heat = Heat::new(2, 2, vec![6.0, -9.0, 1.0, 1.0]).unwrap();
        let left = RegionShare::of(&heat, |x, _| x < 0.5);
        assert_eq!(left.evidence, Some(7.0 / 8.0));
        assert_eq!(left.area, 0.5);
        let against = Heat::new(1, 1, vec![-1.0]).unwrap();
        assert_eq!(RegionShare::of(&against, |_, _| true).evidence, None);
    }

    #[test]
    fn a_region_that_is_drawn_from_any_corner_stays_in_the_picture() {
        let region = Region::between((0.8, 0.9), (0.2, -3.0));
        let wanted = (0.2, 0.0, 0.6, 0.9);
        let found = (region.left, region.top, region.width, region.height);
        for (found, wanted) in [
            (found.0, wanted.0),
            (found.1, wanted.1),
            (found.2, wanted.2),
            (found.3, wanted.3),
        ] {
            assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
        }
        let click = Region::between((1.0, 1.0), (1.0, 1.0));
        assert!(click.left + click.width <= 1.0 && click.width > 0.0);
    }

    #[test]
    fn a_turned_part_is_where_it_was_cut_out() {
        let part = Part {
            x: 0.25,
            y: 0.0,
            width: 0.5,
            height: 1.0,
            degrees: 90.0,
        };
        // On a photograph twice as wide as high the part is a square, whose upper left corner comes to the upper right.
        let (x, y) = on_photograph(&part, 2.0, (0.0, 0.0));
        assert!((x - 0.75).abs() < 1e-9 && y.abs() < 1e-9, "{x}, {y}");
        let whole = Part {
            x: 0.0,
            y: 0.0,
            width: 1.0,
            height: 1.0,
            degrees: 0.0,
        };
        let (x, y) = on_photograph(&whole, 1.5, (0.2, 0.7));
        assert!((x - 0.2).abs() < 1e-9 && (y - 0.7).abs() < 1e-9);
    }

    #[test]
    fn a_point_finds_its_way_to_the_part_and_back() {
        let part = Part {
            x: 0.3,
            y: 0.2,
            width: 0.4,
            height: 0.5,
            degrees: 33.0,
        };
        let (x, y) = on_part(&part, 1.5, on_photograph(&part, 1.5, (0.1, 0.8)));
        assert!((x - 0.1).abs() < 1e-9 && (y - 0.8).abs() < 1e-9);
    }

    #[test]
    fn an_ellipse_leaves_its_corners_out() {
        let region = Region::default();
        assert!(region.contains(0.5, 0.5) && region.contains(0.31, 0.5));
        assert!(!region.contains(0.31, 0.31));
    }
}
