//! Folds from the numbers of TFRecord files.

/// Fold of each remainder of a TFRecord number by 15, as in the authors' code.
const FOLDS: [usize; 15] = [1, 3, 4, 3, 4, 0, 1, 1, 0, 3, 2, 0, 2, 2, 4];

/// Number of folds.
pub(super) const FOLD_COUNT: usize = 5;

/// The fold, 0 to 4, of a picture in this TFRecord file; `None` for negative numbers, which mark test
/// pictures and duplicates.
pub(super) fn fold_of(tfrecord: i64) -> Option<usize> {
    let remainder = usize::try_from(tfrecord).ok()? % FOLDS.len();
    FOLDS.get(remainder).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fold_has_three_remainders() {
        let members = |fold| {
            (0..15)
                .filter(move |n| fold_of(*n) == Some(fold))
                .collect::<Vec<_>>()
        };
        assert_eq!(members(0), [5, 8, 11]);
        assert_eq!(members(1), [0, 6, 7]);
        assert_eq!(members(2), [10, 12, 13]);
        assert_eq!(members(3), [1, 3, 9]);
        assert_eq!(members(4), [2, 4, 14]);
        assert_eq!(fold_of(26), fold_of(11));
        assert_eq!(fold_of(-2), None);
    }
}
