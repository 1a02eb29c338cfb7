//! The epochs of each fold.

use maud::{Markup, html};

use crate::error::Result;
use crate::evaluation::{EpochPoint, EvaluationDetails, FoldTraining};
use crate::html::plot::{Axes, Look, Series, canvas, legend, lines};

pub(super) fn section(details: &EvaluationDetails) -> Result<Markup> {
    let folds: Vec<&FoldTraining> = details
        .training
        .iter()
        .filter(|fold| !fold.epochs.is_empty())
        .collect();
    if folds.is_empty() {
        return Ok(html! {});
    }
    let last = folds
        .iter()
        .map(|fold| fold.epochs.len())
        .max()
        .unwrap_or(1);
    let finite = |value: &f64| value.is_finite();
    let losses = folds.iter().flat_map(|fold| &fold.epochs);
    let highest = losses
        .flat_map(|epoch| [epoch.training_loss, epoch.validation_loss])
        .filter(finite)
        .fold(0.1, f64::max);
    let axes = |y: [f64; 2], y_title, percent| Axes {
        x: [1.0, last.max(2) as f64],
        x_title: "epoch",
        y,
        y_title,
        percent: [false, percent],
    };
    let loss = plot(
        &folds,
        "Loss of each epoch and fold; bold on the fold's own pictures, thin on those learnt from",
        &axes([0.0, 1.05 * highest], "loss", false),
        &[|epoch| epoch.validation_loss, |epoch| epoch.training_loss],
    )?;
    let accuracy = plot(
        &folds,
        "Balanced accuracy of each epoch on each fold's own pictures",
        &axes([0.0, 1.0], "balanced accuracy", true),
        &[|epoch| epoch.validation_balanced_accuracy],
    )?;
    let names: Vec<_> = folds
        .iter()
        .enumerate()
        .map(|(index, fold)| (Look::of(index), format!("fold {}", fold.fold)))
        .collect();
    Ok(html! {
        section {
            h2 { "Training" }
            p {
                "Each fold was validated on pictures that it has not learnt from; the epoch with the best balanced accuracy was kept."
            }
            div.plots {
                figure {
                    figcaption { "Loss: bold on validation, thin on training pictures" }
                    (loss)
                    (legend(&names))
                }
                figure {
                    figcaption { "Balanced accuracy on validation pictures" }
                    (accuracy)
                    (legend(&names))
                }
            }
        }
    })
}

/// One curve of each kind and fold; only the first kind is bold.
fn plot(
    folds: &[&FoldTraining],
    label: &str,
    axes: &Axes<'_>,
    kinds: &[fn(&EpochPoint) -> f64],
) -> Result<Markup> {
    let mut curves = Vec::new();
    for (kind, value) in kinds.iter().enumerate().rev() {
        for (index, fold) in folds.iter().enumerate() {
            let points = fold.epochs.iter().map(|row| (row.epoch as f64, value(row)));
            let points: Vec<(f64, f64)> = points.filter(|point| point.1.is_finite()).collect();
            curves.push((points, index, kind > 0));
        }
    }
    let series: Vec<Series<'_>> = curves
        .iter()
        .map(|(points, index, faint)| Series {
            points,
            look: Look::of(*index),
            faint: *faint,
            radii: &[],
        })
        .collect();
    canvas(440, 320, label, |area| lines(area, axes, &series, false))
}
