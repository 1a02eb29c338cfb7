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
    let fitted = fitted(record);
    match &record.held_out {
        Some(held_out) => writeln!(
            card,
            "Fitted on the ensemble's answers to {} pictures that none of its networks learnt from.\n",
            held_out.before.pictures
        )?,
        None => writeln!(
            card,
            "Fitted on {} out-of-fold pictures, each answered by the one network that did not learn from it; \
             several together are usually better than one, so this tends to err on the careful side.\n",
            record.out_of_fold.before.pictures
        )?,
    }
    let (who, before) = match &record.held_out {
        Some(held_out) => (
            "The ensemble, each half of these pictures with the fit of the other",
            &held_out.before,
        ),
        None => ("Single networks", &record.out_of_fold.before),
    };
    writeln!(
        card,
        "- Temperature {:.3}. {who}: calibration error {:.3} before, {:.3} after.",
        record.temperature, before.calibration_error, fitted.reliability.calibration_error
    )?;
    write!(
        card,
        "- Prediction sets with {} coverage: {} {} with {:.2} labels on average",
        percent(record.conformal.coverage),
        match record.held_out {
            Some(_) => "on those halves",
            None => "single networks",
        },
        percent(fitted.sets.coverage),
        fitted.sets.mean_size
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

/// The figures on pictures that the fit had not seen, where there are any.
fn fitted(record: &CalibrationRecord) -> &SingleFigures {
    match &record.held_out {
        Some(held_out) => held_out.crossed.as_ref().unwrap_or(&held_out.after),
        None => {
            let single = &record.out_of_fold;
            single.cross_fold.as_ref().unwrap_or(&single.after)
        }
    }
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
