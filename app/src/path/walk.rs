//! What a path says in numbers: how much each step adds to the score, how much is there, how much is missing.

use genoderm_protocol::Trace;

use super::Frames;
use crate::overlay::Heat;

/// The share of a map's strength that is drawn in less than full colour, as the engine has it for maps.
const WITHIN_COLOURS: f64 = 0.99;

/// A path with the sums over its pixels, in logits.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// What the engine said.
    pub trace: Trace,
    /// The running sum after each point, all pixels added up.
    sums: Vec<f64>,
    /// The strength that is shown in full colour in the running sums, in units of the trace's scale. The last one is then
    /// coloured as the map of the same settings.
    limit: f32,
}

impl Walk {
    /// Measures a path; `None` where a frame is missing.
    pub fn new(trace: Trace, frames: &Frames) -> Option<Self> {
        let count = trace.points.len();
        let scale = f64::from(trace.scale);
        let sums: Option<Vec<f64>> = (0..count)
            .map(|step| Some(total(&frames.sum(step)?) * scale))
            .collect();
        let last = frames.sum(count.checked_sub(1)?)?;
        Some(Self {
            sums: sums?,
            limit: limit(&last),
            trace,
        })
    }

    /// How many points it has.
    pub fn count(&self) -> usize {
        self.trace.points.len()
    }

    /// How far a point is from the baseline, 0 to 1.
    pub fn position(&self, step: usize) -> f64 {
        let point = self.trace.points.get(step);
        point.map_or(0.0, |point| point.position)
    }

    /// The label's score for the picture at a point.
    pub fn logit(&self, step: usize) -> f32 {
        let point = self.trace.points.get(step);
        point.map_or(self.trace.baseline_logit, |point| point.logit)
    }

    /// The share of the path that the sum up to a point stands for, 0 to 1: the weights added up.
    pub fn covered(&self, step: usize) -> f64 {
        let points = self.trace.points.iter().take(step + 1);
        points.map(|point| point.weight).sum()
    }

    /// The sum up to and with a point.
    pub fn sum(&self, step: usize) -> f64 {
        self.sums.get(step).copied().unwrap_or_default()
    }

    /// What a point adds to it.
    pub fn added(&self, step: usize) -> f64 {
        let before = step.checked_sub(1).map_or(0.0, |before| self.sum(before));
        self.sum(step) - before
    }

    /// The whole change of the score, from the baseline to the photograph.
    pub fn change(&self) -> f64 {
        f64::from(self.trace.logit) - f64::from(self.trace.baseline_logit)
    }

    /// What is missing from the whole change after a point.
    pub fn missing(&self, step: usize) -> f64 {
        self.change() - self.sum(step)
    }

    /// A running sum as it is drawn: in units of the last one's strength.
    pub fn coloured(&self, mut sum: Heat) -> Heat {
        if self.limit > 0.0 {
            for value in &mut sum.values {
                *value /= self.limit;
            }
        }
        sum
    }
}

fn total(heat: &Heat) -> f64 {
    heat.values.iter().map(|value| f64::from(*value)).sum()
}

/// The smallest strength at which the ascending sum of strengths reaches [`WITHIN_COLOURS`] of all; 0 for a map without any.
fn limit(heat: &Heat) -> f32 {
    let mut strengths: Vec<f32> = heat.values.iter().map(|value| value.abs()).collect();
    strengths.sort_unstable_by(f32::total_cmp);
    let wanted = WITHIN_COLOURS * strengths.iter().map(|value| f64::from(*value)).sum::<f64>();
    let mut sum = 0.0;
    let found = strengths.iter().find(|strength| {
        sum += f64::from(**strength);
        sum >= wanted
    });
    found.or(strengths.last()).copied().unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use genoderm_protocol::{ExplainSettings, TracePoint};

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Two points of two pixels.
    pub fn trace() -> Trace {
        let point = |position, weight, logit| TracePoint {
            position,
            weight,
            logit,
        };
        Trace {
            settings: ExplainSettings::new("focused", "NF1"),
            fold: 1,
            width: 2,
            height: 1,
            scale: 2.0,
            points: vec![point(0.25, 0.4, 1.0), point(0.75, 0.6, 2.0)],
            logit: 3.0,
            baseline_logit: -1.0,
            completeness_gap: 0.5,
            total_ms: 1.0,
        }
    }

    /// That path, after which half a logit is missing.
    pub fn walk() -> Walk {
        Walk {
            trace: trace(),
            sums: vec![1.0, 3.5],
            limit: 0.5,
        }
    }

    #[test]
    fn steps_add_up_to_the_sum_and_the_rest_is_missing() {
        let walk = walk();
        assert_eq!((walk.added(0), walk.added(1)), (1.0, 2.5));
        assert_eq!(walk.change(), 4.0);
        assert_eq!((walk.missing(0), walk.missing(1)), (3.0, 0.5));
        assert!((walk.covered(0) - 0.4).abs() < 1e-9 && (walk.covered(1) - 1.0).abs() < 1e-9);
        assert_eq!(walk.logit(1), 2.0);
        assert_eq!(walk.position(0), 0.25);
    }

    #[test]
    fn a_step_that_is_not_there_changes_nothing() {
        let walk = walk();
        assert_eq!(
            (walk.sum(9), walk.logit(9), walk.position(9)),
            (0.0, -1.0, 0.0)
        );
    }

    #[test]
    fn sums_are_coloured_by_the_strength_that_outliers_exceed() {
        let mut values = vec![0.01; 1_000];
        values[0] = -0.05;
        let heat = Heat::new(1_000, 1, values).unwrap();
        assert_eq!(limit(&heat), 0.01);
        let lonely = Heat::new(2, 1, vec![-0.5, 0.0]).unwrap();
        assert_eq!(limit(&lonely), 0.5);
        assert_eq!(walk().coloured(lonely).values, [-1.0, 0.0]);
        assert_eq!(limit(&Heat::new(1, 1, vec![0.0]).unwrap()), 0.0);
    }
}
