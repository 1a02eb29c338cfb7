//! McNemar's test: two readers (or a reader and the model) on the same photographs.

use serde::Serialize;
use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

/// McNemar's test of the pairs in which only one side is right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct McNemar {
    /// How often only the first was right.
    pub only_first: usize,
    /// How often only the second was right.
    pub only_second: usize,
    /// Two-sided exact p value, 0 to 1.
    pub exact: f64,
    /// Two-sided mid-p value, 0 to 1: less cautious than the exact one, and still hardly ever above its level.
    pub mid_p: f64,
}

/// Tests whether both are right equally often, from the discordant pairs.
///
/// Under the hypothesis each of them falls to either side with probability 1/2 (McNemar 1947). The mid-p
/// value counts half of the probability of what was seen (Fagerland, Lydersen and Laake 2013, BMC Medical
/// Research Methodology 13:91). Without discordant pairs nothing speaks against the hypothesis: both are 1.
///
/// Pairs must be of different photographs: of several readers' answers to one, use the bootstrap or
/// [`difference_for_others`](super::difference_for_others).
pub fn mcnemar(only_first: usize, only_second: usize) -> McNemar {
    let discordant = only_first.saturating_add(only_second) as u64;
    let fewer = only_first.min(only_second) as u64;
    let (exact, mid_p) = match Binomial::new(0.5, discordant) {
        Ok(binomial) if discordant > 0 => {
            let exact = (2.0 * binomial.cdf(fewer)).min(1.0);
            let seen = binomial.pmf(fewer);
            // In the middle what was seen is one point, not one in each tail.
            let half = if only_first == only_second {
                seen / 2.0
            } else {
                seen
            };
            (exact, exact - half)
        }
        _ => (1.0, 1.0),
    };
    McNemar {
        only_first,
        only_second,
        exact,
        mid_p,
    }
}

/// Counts pairs of "was right" and tests them.
pub fn mcnemar_of(pairs: impl IntoIterator<Item = (bool, bool)>) -> McNemar {
    let (mut only_first, mut only_second) = (0, 0);
    for pair in pairs {
        match pair {
            (true, false) => only_first += 1,
            (false, true) => only_second += 1,
            _ => {}
        }
    }
    mcnemar(only_first, only_second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden};

    #[test]
    fn exact_and_mid_p_values() {
        for case in golden().mcnemar {
            let ours = mcnemar(case.first, case.second);
            close(ours.exact, case.exact, 1e-9);
            close(ours.mid_p, case.mid_p, 1e-9);
            assert!(ours.mid_p <= ours.exact && ours.exact <= 1.0);
        }
    }

    #[test]
    fn only_discordant_pairs_count() {
        let pairs = [(true, true), (true, false), (false, false), (true, false)];
        assert_eq!(mcnemar_of(pairs), mcnemar(2, 0));
        assert_eq!(mcnemar_of([(true, true)]).mid_p, 1.0);
    }
}
