//! A calibration as text for a terminal.

use std::fmt;

use crate::calibration::{CalibrationRecord, Reliability, SetFigures};

impl fmt::Display for CalibrationRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let single = &self.out_of_fold;
        writeln!(
            f,
            "{}: temperature {:.3}, from {}",
            self.set,
            self.temperature,
            match &self.held_out {
                Some(held_out) => format!(
                    "the ensemble of {} folds on {} held-out pictures",
                    self.folds.len(),
                    held_out.before.pictures
                ),
                None => format!(
                    "{} out-of-fold pictures of {} folds",
                    single.before.pictures,
                    self.folds.len()
                ),
            }
        )?;
        if self.is_at_end_of_range() {
            writeln!(
                f,
                "this is the end of the range: the pictures are too few, or all right, or no better than chance"
            )?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "                                   accuracy    NLL    ECE"
        )?;
        write_reliability(f, "single networks, as trained", &single.before)?;
        write_reliability(f, "  calibrated", &single.after.reliability)?;
        if let Some(crossed) = &single.cross_fold {
            write_reliability(f, "  calibrated on the other folds", &crossed.reliability)?;
        }
        if let Some(held_out) = &self.held_out {
            write_reliability(f, "ensemble on held-out pictures", &held_out.before)?;
            if let Some(crossed) = &held_out.crossed {
                write_reliability(f, "  calibrated on the other half", &crossed.reliability)?;
            }
        }
        if let Some(test) = &self.test {
            write_reliability(f, "ensemble on test pictures", &test.before)?;
            write_reliability(f, "  calibrated", &test.after)?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "prediction sets at {:.0}% coverage   covered        95%  labels  single",
            100.0 * self.conformal.coverage
        )?;
        if let Some(crossed) = &single.cross_fold {
            write_sets(f, "single networks, other folds", &crossed.sets)?;
        }
        let held_out = self.held_out.as_ref();
        if let Some(crossed) = held_out.and_then(|known| known.crossed.as_ref()) {
            write_sets(f, "ensemble, other half of held-out", &crossed.sets)?;
        }
        if let Some(test) = &self.test {
            write_sets(f, "ensemble on test pictures", &test.sets)?;
        }
        self.write_guards(f)
    }
}

impl CalibrationRecord {
    fn write_guards(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        let Some(first) = self.guards.first() else {
            return write!(f, "no guard: give pictures without skin with --not-skin");
        };
        writeln!(
            f,
            "guards at {:.0}% acceptance by single networks, on {} of {} pictures without skin",
            100.0 * first.guard.acceptance,
            self.chosen_by(),
            self.not_skin
        )?;
        writeln!(
            f,
            "                   AUROC  passed by one  by the ensemble"
        )?;
        for row in &self.guards {
            writeln!(
                f,
                "{:<16}  {:>6.3}  {:>12.1}%  {:>14.1}%{}",
                row.score().to_string(),
                row.auroc,
                100.0 * row.false_acceptance,
                100.0 * row.ensemble_false_acceptance,
                if self.guard.is_some_and(|chosen| row.score() == chosen.score) {
                    "  (chosen)"
                } else {
                    ""
                }
            )?;
        }
        let Some(chosen) = self.guard else {
            return write!(f, "no guard: each lets too many pass (--most-passed)");
        };
        match &self.guard_held_out {
            Some(row) => writeln!(
                f,
                "the chosen one on the other {}: AUROC {:.3}, passed by one {:.1}%, by the ensemble {:.1}%",
                self.not_skin - self.chosen_by(),
                row.auroc,
                100.0 * row.false_acceptance,
                100.0 * row.ensemble_false_acceptance
            )?,
            None => writeln!(
                f,
                "too few to be shared out: the chosen one looks better here than it is"
            )?,
        }
        match self.test.as_ref().and_then(|test| test.accepted) {
            Some(share) => write!(
                f,
                "the ensemble accepts {:.1}% of the test pictures",
                100.0 * share
            ),
            None => write!(f, "threshold {:.4}", chosen.threshold),
        }
    }
}

fn write_reliability(f: &mut fmt::Formatter<'_>, name: &str, figures: &Reliability) -> fmt::Result {
    writeln!(
        f,
        "{name:<33}  {:>7.1}%  {:>5.3}  {:>5.3}",
        100.0 * figures.accuracy,
        figures.nll,
        figures.calibration_error
    )
}

fn write_sets(f: &mut fmt::Formatter<'_>, name: &str, figures: &SetFigures) -> fmt::Result {
    let [low, high] = figures.coverage_interval;
    writeln!(
        f,
        "{name:<33}  {:>7.1}%  {:>4.1}-{:>5.1}  {:>6.2}  {:>5.1}%",
        100.0 * figures.coverage,
        100.0 * low,
        100.0 * high,
        figures.mean_size,
        100.0 * figures.singletons
    )
}
