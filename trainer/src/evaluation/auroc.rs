//! The area under the ROC curve of one label against all others.

use crate::evaluation::ranks::ascending;

/// Most points of a curve that is exported.
const MOST_POINTS: usize = 200;

/// The probabilities of one label on all pictures, sorted once so that many weightings are cheap.
#[derive(Clone, Debug)]
pub struct RankedScores {
    /// Groups of pictures with equal scores, ascending.
    groups: Vec<Vec<usize>>,
}

impl RankedScores {
    /// Sorts scores; none may be NaN.
    pub fn new(scores: &[f32]) -> Self {
        let groups = ascending(scores)
            .chunk_by(|a, b| scores[*a] == scores[*b])
            .map(<[usize]>::to_vec)
            .collect();
        Self { groups }
    }

    /// The chance that a picture of the label has a higher score than one of another label.
    ///
    /// The rank statistic of Mann and Whitney (1947): ties count one half. `counts` says how often
    /// each picture occurs; `None` when pictures of the label, or all others, are absent.
    pub fn auroc(&self, is_positive: impl Fn(usize) -> bool, counts: &[u32]) -> Option<f64> {
        let (mut positives, mut negatives, mut wins) = (0.0, 0.0, 0.0);
        for group in &self.groups {
            let (mut here, mut others) = (0.0, 0.0);
            for index in group {
                let count = f64::from(counts[*index]);
                if is_positive(*index) {
                    here += count;
                } else {
                    others += count;
                }
            }
            wins += here * (negatives + others / 2.0);
            positives += here;
            negatives += others;
        }
        (positives > 0.0 && negatives > 0.0).then(|| wins / (positives * negatives))
    }

    /// The curve from (0, 0) to (1, 1): false positive rate and true positive rate.
    ///
    /// Points on straight pieces are left out, and of very many every n-th is kept. Empty when
    /// there is no curve.
    pub fn curve(&self, is_positive: impl Fn(usize) -> bool) -> Vec<[f64; 2]> {
        let mut points = vec![[0usize, 0]];
        for group in self.groups.iter().rev() {
            let here = group.iter().filter(|index| is_positive(**index)).count();
            let [negatives, positives] = points[points.len() - 1];
            points.push([negatives + group.len() - here, positives + here]);
        }
        let [negatives, positives] = points[points.len() - 1];
        if negatives == 0 || positives == 0 {
            return Vec::new();
        }
        let corners = thinned(&without_straight_pieces(&points));
        let share =
            |[x, y]: &[usize; 2]| [*x as f64 / negatives as f64, *y as f64 / positives as f64];
        corners.iter().map(share).collect()
    }
}

/// The corners of a rising line, and its ends.
fn without_straight_pieces(points: &[[usize; 2]]) -> Vec<[usize; 2]> {
    let mut corners: Vec<[usize; 2]> = Vec::new();
    for point in points {
        if let [.., before, last] = corners[..] {
            let (ax, ay) = (last[0] - before[0], last[1] - before[1]);
            let (bx, by) = (point[0] - last[0], point[1] - last[1]);
            if ax * by == ay * bx {
                corners.pop();
            }
        }
        corners.push(*point);
    }
    corners
}

/// At most about [`MOST_POINTS`] of the points, with both ends.
fn thinned(points: &[[usize; 2]]) -> Vec<[usize; 2]> {
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let last = points.len().saturating_sub(1);
    let kept = points.iter().enumerate();
    kept.filter(|(index, _)| index % step == 0 || *index == last)
        .map(|(_, point)| *point)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evaluation::golden::golden;

    fn auroc(scores: &[f32], positive: &[bool]) -> Option<f64> {
        RankedScores::new(scores).auroc(|index| positive[index], &vec![1; scores.len()])
    }

    #[test]
    fn perfect_reversed_and_undecided_scores() {
        let positive = [false, false, true, true];
        assert_eq!(auroc(&[0.1, 0.2, 0.3, 0.4], &positive), Some(1.0));
        assert_eq!(auroc(&[0.4, 0.3, 0.2, 0.1], &positive), Some(0.0));
        assert_eq!(auroc(&[0.5; 4], &positive), Some(0.5));
        // Pairs won: (0.3 > 0.1), (0.3 = 0.3) half, (0.4 twice): 3.5 of 4.
        assert_eq!(auroc(&[0.1, 0.3, 0.3, 0.4], &positive), Some(0.875));
        assert_eq!(auroc(&[0.1, 0.2], &[true, true]), None);
        assert_eq!(auroc(&[], &[]), None);
    }

    #[test]
    fn a_count_is_as_good_as_a_copy() {
        let scores = [0.2, 0.9, 0.4, 0.4, 0.7];
        let positive = [false, true, false, true, false];
        let ranked = RankedScores::new(&scores);
        let weighted = ranked.auroc(|index| positive[index], &[2, 0, 1, 3, 1]);
        let copied = auroc(
            &[0.2, 0.2, 0.4, 0.4, 0.4, 0.4, 0.7],
            &[false, false, false, true, true, true, false],
        );
        assert_eq!(weighted, copied);
    }

    #[test]
    fn the_area_agrees_with_scikit_learn() {
        let golden = golden();
        for (label, expected) in golden.auroc.iter().enumerate() {
            let scores: Vec<f32> = golden.probabilities.iter().map(|row| row[label]).collect();
            let positive: Vec<bool> = golden.targets.iter().map(|t| *t == label).collect();
            let found = auroc(&scores, &positive).unwrap();
            assert!(
                (found - expected).abs() < 1e-12,
                "{label}: {found} {expected}"
            );
        }
    }

    #[test]
    fn the_area_under_the_curve_is_the_rank_statistic() {
        let golden = golden();
        for label in 0..golden.auroc.len() {
            let scores: Vec<f32> = golden.probabilities.iter().map(|row| row[label]).collect();
            let ranked = RankedScores::new(&scores);
            let curve = ranked.curve(|index| golden.targets[index] == label);
            assert_eq!((curve[0], *curve.last().unwrap()), ([0.0; 2], [1.0; 2]));
            let area: f64 = curve
                .windows(2)
                .map(|pair| (pair[1][0] - pair[0][0]) * (pair[1][1] + pair[0][1]) / 2.0)
                .sum();
            assert!((area - golden.auroc[label]).abs() < 1e-12);
        }
    }

    #[test]
    fn long_curves_are_thinned_and_keep_their_ends() {
        let scores: Vec<f32> = (0..5000).map(|i| i as f32).collect();
        let curve = RankedScores::new(&scores).curve(|index| index % 3 == 0 || index % 7 == 0);
        assert!(curve.len() <= MOST_POINTS + 1, "{}", curve.len());
        assert_eq!((curve[0], *curve.last().unwrap()), ([0.0; 2], [1.0; 2]));
    }
}
