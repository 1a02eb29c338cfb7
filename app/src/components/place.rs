//! Where something lies over the photograph, for the style sheet.

use genoderm_protocol::Region;

/// A region of no size would be infinitely enlarged.
const SMALLEST: f64 = 1e-3;

/// A turned rectangle in the words of CSS: percentages of what it lies on.
pub struct Place {
    /// The left edge.
    pub left: String,
    /// The upper edge.
    pub top: String,
    /// The width.
    pub width: String,
    /// The height.
    pub height: String,
    /// The turn about the centre.
    pub transform: String,
}

impl Place {
    /// The place of a region of the photograph.
    pub fn of(region: &Region) -> Self {
        let sides = [region.x, region.y, region.width, region.height];
        Self::new(sides, region.degrees)
    }

    /// The other way round: the place of the photograph over a region of it that fills what it lies on. It turns about the
    /// region's centre, for which the second value is the `transform-origin`.
    pub fn around(region: &Region) -> (Self, String) {
        let (width, height) = (region.width.max(SMALLEST), region.height.max(SMALLEST));
        let sides = [
            -region.x / width,
            -region.y / height,
            1.0 / width,
            1.0 / height,
        ];
        let centre = (
            region.x + region.width / 2.0,
            region.y + region.height / 2.0,
        );
        let origin = format!("{:.4}% {:.4}%", 100.0 * centre.0, 100.0 * centre.1);
        (Self::new(sides, -region.degrees), origin)
    }

    /// A place by its left, top, width and height before the turn, as shares, and the turn in degrees.
    pub fn new(sides: [f64; 4], degrees: f64) -> Self {
        let [left, top, width, height] = sides.map(|side| format!("{:.4}%", 100.0 * side));
        Self {
            left,
            top,
            width,
            height,
            transform: format!("rotate({degrees:.3}deg)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn around_a_region_the_photograph_is_larger_and_turned_back() {
        let region = Region {
            x: 0.25,
            y: 0.0,
            width: 0.5,
            height: 0.5,
            degrees: 90.0,
        };
        let (place, origin) = Place::around(&region);
        let sides = [place.left, place.top, place.width, place.height];
        assert_eq!(sides, ["-50.0000%", "-0.0000%", "200.0000%", "200.0000%"]);
        assert_eq!(place.transform, "rotate(-90.000deg)");
        assert_eq!(origin, "50.0000% 25.0000%");
    }
}
