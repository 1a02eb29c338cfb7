//! Where something lies over the photograph, for the style sheet.

use genoderm_protocol::Region;

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
