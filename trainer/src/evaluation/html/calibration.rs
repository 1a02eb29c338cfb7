//! Reliability diagrams.

use maud::{Markup, html};

use crate::error::Result;
use crate::evaluation::display::percent;
use crate::evaluation::html::plot::{Axes, Series, canvas, colour, legend, lines};
use crate::evaluation::{EvaluationDetails, ReliabilityBin};

pub(super) fn section(details: &EvaluationDetails) -> Result<Markup> {
    let report = &details.report;
    let points = |bins: &[ReliabilityBin]| -> Vec<(f64, f64)> {
        bins.iter()
            .map(|bin| (bin.probability, bin.accuracy))
            .collect()
    };
    let ensemble = points(&report.reliability);
    let folds: Vec<Vec<(f64, f64)>> = details
        .fold_reliability
        .iter()
        .map(|fold| points(&fold.bins))
        .collect();
    let mut series: Vec<Series<'_>> = folds
        .iter()
        .map(|points| Series {
            points,
            colour: colour(6),
            faint: true,
            dots: false,
        })
        .collect();
    series.push(Series {
        points: &ensemble,
        colour: colour(0),
        faint: false,
        dots: true,
    });
    let axes = Axes::shares("probability of the answer", "share of right answers");
    let label = format!(
        "Reliability diagram of the ensemble, expected calibration error {:.3}",
        report.ensemble.calibration_error
    );
    let plot = canvas(440, 360, &label, |area| lines(area, &axes, &series, true))?;
    let names = [
        (colour(0), "ensemble".to_owned()),
        (colour(6), "single folds".to_owned()),
    ];
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
            figure {
                figcaption { "Reliability diagram" }
                (plot)
                (legend(&names))
                details {
                    summary { "The same as a table" }
                    div.scroll tabindex="0" { (table(&report.reliability)) }
                }
            }
        }
    })
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
