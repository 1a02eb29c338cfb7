//! Reliability diagrams.

use maud::{Markup, html};

use crate::error::Result;
use crate::evaluation::display::percent;
use crate::evaluation::{EvaluationDetails, ReliabilityBin};
use crate::html::plot::{Axes, Look, Series, canvas, lines};

pub(super) fn section(details: &EvaluationDetails) -> Result<Markup> {
    let report = &details.report;
    let bins = &report.reliability;
    let points: Vec<(f64, f64)> = bins
        .iter()
        .map(|bin| (bin.probability, bin.accuracy))
        .collect();
    let radii: Vec<u32> = bins
        .iter()
        .map(|bin| radius(bin, report.ensemble.pictures))
        .collect();
    let series = [Series {
        points: &points,
        look: Look::of(0),
        faint: true,
        radii: &radii,
    }];
    let axes = Axes::shares("probability of the answer", "share of right answers");
    let label = format!(
        "Reliability diagram of the ensemble, expected calibration error {:.3}",
        report.ensemble.calibration_error
    );
    let plot = canvas(440, 360, &label, |area| lines(area, &axes, &series, true))?;
    Ok(html! {
        section {
            h2 { "Do probabilities mean what they say?" }
            p {
                "Answers are sorted into 15 bins by their probability. On the dashed line they are as often right as they say; "
                "below it they are too sure. The expected calibration error, the mean distance, is "
                strong { (format!("{:.3}", report.ensemble.calibration_error)) }
                ". No fold reached a probability of " (report.threshold) " on "
                strong { (report.fallbacks) " of " (report.ensemble.pictures) }
                " pictures: the plain mean of all folds answered there."
            }
            p.hint { (report.temperature_in_words()) "." }
            figure {
                figcaption { "Reliability diagram of the ensemble; a dot's area grows with the bin's pictures" }
                (plot)
                details {
                    summary { "The same as a table" }
                    div.scroll tabindex="0" { (table(&report.reliability)) }
                }
            }
        }
    })
}

/// Radius of a bin's dot: its area is in proportion to the share of all pictures.
fn radius(bin: &ReliabilityBin, pictures: usize) -> u32 {
    let share = bin.pictures as f64 / pictures.max(1) as f64;
    (18.0 * share.sqrt()).round().max(3.0) as u32
}

fn table(bins: &[ReliabilityBin]) -> Markup {
    html! {
        table {
            caption { "Bins of the ensemble" }
            thead {
                tr {
                    th scope="col" { "probability" }
                    th.number scope="col" { "pictures" }
                    th.number scope="col" { "mean probability" }
                    th.number scope="col" { "right" }
                }
            }
            tbody {
                @for bin in bins {
                    tr {
                        th scope="row" {
                            (format!("{:.0}-{:.0}%", 100.0 * bin.above, 100.0 * bin.up_to))
                        }
                        td.number { (bin.pictures) }
                        td.number { (percent(Some(bin.probability))) }
                        td.number { (percent(Some(bin.accuracy))) }
                    }
                }
            }
        }
    }
}
