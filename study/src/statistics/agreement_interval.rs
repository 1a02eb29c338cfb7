//! How far kappa or alpha would move with other photographs.

use super::crossed_bootstrap::{BootstrapInterval, CrossedBootstrap, Strata};
use crate::error::{Result, even};

/// The bootstrap interval of a figure of agreement (kappa, alpha) over photographs.
///
/// `counts` has a row for each photograph, as for [`krippendorff_alpha`](super::krippendorff_alpha), and
/// `photographs` says which of them can stand for another (those of one label). Readers are not drawn:
/// one who is drawn twice would agree with himself. Drawings in which the figure is undefined are left
/// out and counted. `confidence` is above 0 and below 1.
///
/// # Errors
/// Numbers of rows and photographs that differ, and those of [`CrossedBootstrap::interval`].
pub fn agreement_interval(
    counts: &[Vec<usize>],
    photographs: &Strata,
    bootstrap: &CrossedBootstrap,
    confidence: f64,
    figure: impl Fn(&[Vec<usize>]) -> Result<f64>,
) -> Result<BootstrapInterval> {
    even("photographs", counts.len(), photographs.members())?;
    let same_readers = Strata::of([0]);
    bootstrap.interval(&same_readers, photographs, confidence, |drawing| {
        let mut drawn = Vec::with_capacity(counts.len());
        for (row, times) in counts.iter().zip(&drawing.photographs) {
            drawn.extend(std::iter::repeat_n(row.clone(), *times as usize));
        }
        figure(&drawn).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::golden;
    use crate::statistics::{fleiss_kappa, krippendorff_alpha};

    #[test]
    fn intervals_of_kappa_and_alpha_hold_them() {
        let raters = golden().raters;
        let mut counts = vec![vec![0; 7]; 35];
        for (row, answers) in counts.iter_mut().zip(&raters.answers) {
            answers.iter().for_each(|answer| row[*answer] += 1);
        }
        let labels = Strata::of((0..35).map(|photograph| photograph % 7));
        let bootstrap = CrossedBootstrap {
            drawings: 300,
            seed: 1,
        };
        let kappa = |counts: &[Vec<usize>]| Ok(fleiss_kappa(counts)?.kappa);
        let ours = agreement_interval(&counts, &labels, &bootstrap, 0.95, kappa).unwrap();
        assert!(ours.interval.holds(raters.fleiss) && ours.undefined == 0);
        let alpha = |counts: &[Vec<usize>]| Ok(krippendorff_alpha(counts)?.alpha);
        let ours = agreement_interval(&counts, &labels, &bootstrap, 0.95, alpha).unwrap();
        assert!(ours.interval.holds(raters.alpha));
        assert!(ours.interval.high - ours.interval.low > 0.02);

        let few = Strata::of([0, 0]);
        assert!(agreement_interval(&counts, &few, &bootstrap, 0.95, alpha).is_err());
        // One label only: there is no alpha in any drawing.
        let same = [vec![2, 0], vec![3, 0]];
        assert!(agreement_interval(&same, &few, &bootstrap, 0.95, alpha).is_err());
    }
}
