//! Ranks of values, and the correlation of ranks.

/// Positions of the values in ascending order.
pub(crate) fn ascending(values: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    order
}

/// Ranks from 1; equal values share the mean of their ranks.
pub fn average_ranks(values: &[f32]) -> Vec<f64> {
    let order = ascending(values);
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        // The mean of start + 1 to start + n.
        let rank = start as f64 + (tied.len() as f64 + 1.0) / 2.0;
        for index in tied {
            ranks[*index] = rank;
        }
        start += tied.len();
    }
    ranks
}

/// Spearman's rank correlation, -1 to 1: Pearson's correlation of the average ranks.
///
/// `None` for different lengths, fewer than two values, or values that are all equal.
pub fn spearman(one: &[f32], other: &[f32]) -> Option<f64> {
    if one.len() != other.len() || one.len() < 2 {
        return None;
    }
    let (one, other) = (average_ranks(one), average_ranks(other));
    // Average ranks always have this mean.
    let mean = (one.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    let spread = (product(&one, &one) * product(&other, &other)).sqrt();
    (spread > 0.0).then(|| (product(&one, &other) / spread).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evaluation::golden::golden;

    #[test]
    fn equal_values_share_their_mean_rank() {
        assert_eq!(
            average_ranks(&[2.0, 1.0, 2.0, 5.0, 2.0]),
            [3.0, 1.0, 3.0, 5.0, 3.0]
        );
        assert_eq!(average_ranks(&[0.0, -0.0]), [1.5, 1.5]);
        assert!(average_ranks(&[]).is_empty());
    }

    #[test]
    fn spearman_sees_order_only() {
        let up = [1.0, 2.0, 3.0, 4.0];
        let steep: Vec<f32> = up.iter().map(|x: &f32| x.exp()).collect();
        assert_eq!(spearman(&up, &steep), Some(1.0));
        let down: Vec<f32> = steep.iter().map(|x| -x).collect();
        assert_eq!(spearman(&up, &down), Some(-1.0));
        assert_eq!(spearman(&up, &[7.0; 4]), None);
        assert_eq!(spearman(&up, &up[..3]), None);
    }

    #[test]
    fn spearman_agrees_with_scipy() {
        for case in &golden().spearman {
            let found = spearman(&case.one, &case.other).unwrap();
            assert!((found - case.correlation).abs() < 1e-12, "{found}");
        }
    }
}
