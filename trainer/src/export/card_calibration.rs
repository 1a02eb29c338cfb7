//! The card's section on temperature, prediction sets and guard.

use std::fmt::{Result, Write};

use super::card::percent;
use super::measure::MeasuredRun;
use super::stored_run::StoredRun;
use crate::calibration::{CalibrationRecord, SingleFigures};

pub(super) fn calibration(
    card: &mut String,
    run: &StoredRun,
    measured: Option<&MeasuredRun>,
) -> Result {
    writeln!(card, "\n### Calibration\n")?;
    let Some(known) = &run.calibration else {
        return writeln!(
            card,
            "Not calibrated: probabilities are the networks' own, and nothing guards against pictures that \
             show no skin."
        );
    };
    let record = &known.record;
    writeln!(
        card,
        "Fitted on {} out-of-fold pictures, each answered by the one network that did not learn from it; \
         several together are usually better than one, so this tends to err on the careful side.\n",
        record.out_of_fold.before.pictures
    )?;
    writeln!(
        card,
        "- Temperature {:.3}. Single networks: calibration error {:.3} before, {:.3} after.",
        record.temperature,
        record.out_of_fold.before.calibration_error,
        crossed(record).reliability.calibration_error
    )?;
    write!(
        card,
        "- Prediction sets with {} coverage: single networks {} with {:.2} labels on average",
        percent(record.conformal.coverage),
        percent(crossed(record).sets.coverage),
        crossed(record).sets.mean_size
    )?;
    match measured.and_then(|run| run.sets.as_ref()) {
        Some(sets) => {
            let [low, high] = sets.coverage_interval;
            writeln!(
                card,
                "; the ensemble on the test pictures {} ({} to {}) with {:.2} labels.",
                percent(sets.coverage),
                percent(low),
                percent(high),
                sets.mean_size
            )?;
        }
        None => writeln!(card, ".")?,
    }
    guard(card, record, measured.and_then(|run| run.accepted))
}

/// The figures on folds that the fit had not seen, where there are any.
fn crossed(record: &CalibrationRecord) -> &SingleFigures {
    let single = &record.out_of_fold;
    single.cross_fold.as_ref().unwrap_or(&single.after)
}

fn guard(card: &mut String, record: &CalibrationRecord, accepted: Option<f64>) -> Result {
    let Some(figures) = record.guard.and(record.guard_figures()) else {
        return writeln!(
            card,
            "- No guard: every picture gets an answer, also one that shows no skin."
        );
    };
    write!(
        card,
        "- Guard against pictures that show no skin: {}, the best of {} on {} such pictures. {} (AUROC {:.3}) the \
         ensemble lets {} pass",
        figures.score(),
        record.guards.len(),
        record.chosen_by(),
        match &record.guard_held_out {
            Some(_) => format!("Of {} others", record.not_skin - record.chosen_by()),
            None => "Of the same ones, which flatters it".to_owned(),
        },
        figures.auroc,
        percent(figures.ensemble_false_acceptance)
    )?;
    match accepted {
        Some(share) => writeln!(
            card,
            " and accepts {} of the test pictures.",
            percent(share)
        ),
        None => writeln!(
            card,
            " and is set to accept {} of pictures of skin.",
            percent(figures.guard.acceptance)
        ),
    }
}
