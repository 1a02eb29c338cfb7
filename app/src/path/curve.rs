//! The score along the path as a drawing: two lines in a box, and a point that is looked at.

use super::Walk;

/// The box, in units of the drawing.
pub const WIDTH: f64 = 320.0;
/// Its height.
pub const HEIGHT: f64 = 120.0;
/// Room around the lines for their width and the dot.
const MARGIN: f64 = 8.0;

/// The lines of a path's scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    lowest: f64,
    highest: f64,
}

impl Curve {
    /// The drawing of a path, as large as its lines need.
    pub fn of(walk: &Walk) -> Self {
        let values = scores(walk).chain(sums(walk)).map(|(_, value)| value);
        let finite = values.filter(|value| value.is_finite());
        let (lowest, highest) = finite.fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        Self { lowest, highest }
    }

    /// The `viewBox`.
    pub fn view_box(&self) -> String {
        format!("0 0 {WIDTH} {HEIGHT}")
    }

    /// The score of the picture, from the baseline to the photograph, as the `points` of a line.
    pub fn score_line(&self, walk: &Walk) -> String {
        self.line(scores(walk))
    }

    /// The baseline's score and the sum so far.
    pub fn sum_line(&self, walk: &Walk) -> String {
        self.line(sums(walk))
    }

    /// Where the score of the picture at a point is.
    pub fn place(&self, walk: &Walk, step: usize) -> (f64, f64) {
        self.at((walk.position(step), f64::from(walk.logit(step))))
    }

    fn line(&self, values: impl Iterator<Item = (f64, f64)>) -> String {
        let places = values.map(|value| {
            let (x, y) = self.at(value);
            format!("{x:.2},{y:.2}")
        });
        places.collect::<Vec<_>>().join(" ")
    }

    fn at(&self, (share, value): (f64, f64)) -> (f64, f64) {
        let range = self.highest - self.lowest;
        // A score that does not change lies in the middle.
        let height = if range > 0.0 {
            ((value - self.lowest) / range).clamp(0.0, 1.0)
        } else {
            0.5
        };
        let along = |share: f64, length: f64| MARGIN + share * (length - 2.0 * MARGIN);
        (along(share, WIDTH), along(1.0 - height, HEIGHT))
    }
}

fn scores(walk: &Walk) -> impl Iterator<Item = (f64, f64)> {
    let trace = &walk.trace;
    let points = trace
        .points
        .iter()
        .map(|point| (point.position, f64::from(point.logit)));
    [(0.0, f64::from(trace.baseline_logit))]
        .into_iter()
        .chain(points)
        .chain([(1.0, f64::from(trace.logit))])
}

fn sums(walk: &Walk) -> impl Iterator<Item = (f64, f64)> {
    let start = f64::from(walk.trace.baseline_logit);
    let points = (0..walk.count()).map(move |step| (walk.covered(step), start + walk.sum(step)));
    [(0.0, start)].into_iter().chain(points)
}

#[cfg(test)]
mod tests {
    use super::super::walk::tests::walk;
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn both_lines_begin_at_the_baseline_and_the_score_ends_at_the_photograph() {
        let walk = walk();
        let curve = Curve::of(&walk);
        let scores = curve.score_line(&walk);
        assert_eq!(scores, "8.00,112.00 84.00,60.00 236.00,34.00 312.00,8.00");
        let sums = curve.sum_line(&walk);
        assert!(sums.starts_with("8.00,112.00 "), "{sums}");
        assert!(sums.ends_with(" 312.00,21.00"), "{sums}");
        assert_eq!(curve.place(&walk, 1), (236.0, 34.0));
    }

    #[test]
    fn a_score_that_never_changes_is_a_line_in_the_middle() {
        let mut walk = walk();
        walk.trace.points.clear();
        walk.trace.logit = walk.trace.baseline_logit;
        let curve = Curve::of(&walk);
        assert_eq!(curve.score_line(&walk), "8.00,60.00 312.00,60.00");
    }
}
