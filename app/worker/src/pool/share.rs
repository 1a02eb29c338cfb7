//! Who does what: networks lie end to end on a line that is cut into as many equal lengths as there are members. A member
//! holds the networks that its length touches, so that memory grows by less than one network for each member, and every
//! member has the same share of an attribution by all networks.

use std::ops::Range;

/// The members that hold a network, of `folds` networks and `members` members; never empty.
pub(crate) fn holders(fold: usize, folds: usize, members: usize) -> Range<usize> {
    let (folds, members) = (folds.max(1), members.max(1));
    let first = (fold * members / folds).min(members - 1);
    let end = ((fold + 1) * members).div_ceil(folds);
    first..end.clamp(first + 1, members)
}

/// How the pieces of the work on one network are cut among its holders: by the lengths that they have of it, or evenly where
/// it is asked alone. Members without a piece are left out.
pub(crate) fn parts(
    pieces: usize,
    fold: usize,
    folds: usize,
    members: usize,
    alone: bool,
) -> Vec<(usize, Range<usize>)> {
    let holders = holders(fold, folds, members);
    let count = holders.len();
    // The end of a holder's length, in pieces: member `m` ends at `(m + 1) * folds / members` networks.
    let end = |place: usize, member: usize| {
        if alone {
            (place + 1) * pieces / count
        } else {
            let networks = (member + 1) as f64 * folds as f64 / members as f64 - fold as f64;
            (networks.clamp(0.0, 1.0) * pieces as f64).round() as usize
        }
    };
    let mut first = 0;
    let mut found = Vec::with_capacity(count);
    for (place, member) in holders.enumerate() {
        let end = if place + 1 == count {
            pieces
        } else {
            end(place, member).clamp(first, pieces)
        };
        if first < end {
            found.push((member, first..end));
        }
        first = end;
    }
    found
}

/// How many tasks each member has.
pub(crate) struct Load(Vec<usize>);

impl Load {
    /// None yet.
    pub fn new(members: usize) -> Self {
        Self(vec![0; members])
    }

    /// The one of these members with the fewest tasks gets one more.
    pub fn give(&mut self, holders: Range<usize>) -> usize {
        let least = holders.min_by_key(|member| self.0.get(*member).copied().unwrap_or(usize::MAX));
        let least = least.unwrap_or(0);
        if let Some(tasks) = self.0.get_mut(least) {
            *tasks += 1;
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_network_has_a_holder_and_every_member_a_network() {
        for folds in 1..8 {
            for members in 1..17 {
                let mut held = vec![0; members];
                for fold in 0..folds {
                    let holders = holders(fold, folds, members);
                    assert!(!holders.is_empty() && holders.end <= members);
                    holders.for_each(|member| held[member] += 1);
                }
                assert!(
                    held.iter().all(|networks| *networks > 0),
                    "{folds} {members}"
                );
                let copies: usize = held.iter().sum();
                assert!(copies < folds + members, "{folds} {members}: {copies}");
            }
        }
    }

    #[test]
    fn parts_cover_all_pieces_once_and_all_members_work_alike() {
        for (folds, members, pieces) in [(5, 2, 50), (5, 8, 50), (1, 4, 10), (2, 2, 7), (5, 16, 30)]
        {
            let mut work = vec![0; members];
            for fold in 0..folds {
                let mut next = 0;
                for (member, part) in parts(pieces, fold, folds, members, false) {
                    assert_eq!(part.start, next);
                    next = part.end;
                    work[member] += part.len();
                }
                assert_eq!(next, pieces);
            }
            let (least, most) = (work.iter().min(), work.iter().max());
            assert!(most <= least.map(|least| least + 2).as_ref(), "{work:?}");
        }
    }

    #[test]
    fn a_network_that_is_asked_alone_is_cut_evenly() {
        assert_eq!(parts(9, 2, 5, 2, true), [(0, 0..4), (1, 4..9)]);
        assert_eq!(parts(9, 0, 5, 2, true), [(0, 0..9)]);
        // Grad-CAM is one piece.
        assert_eq!(parts(1, 0, 1, 4, true).len(), 1);
    }

    #[test]
    fn networks_go_to_the_member_with_the_least_to_do() {
        let mut load = Load::new(2);
        let given: Vec<usize> = (0..5).map(|fold| load.give(holders(fold, 5, 2))).collect();
        assert_eq!(given, [0, 0, 1, 1, 1]);
    }
}
