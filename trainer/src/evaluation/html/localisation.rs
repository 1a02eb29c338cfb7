//! What was measured on attribution maps.

use maud::{Markup, html};

use crate::error::Result;
use crate::evaluation::attribution::{AttributionFigures, AttributionReport, PerturbationFigures};
use crate::evaluation::display::correlation;
use crate::html::plot::{Axes, Look, Series, canvas, legend, lines};

pub(super) fn section(report: Option<&AttributionReport>) -> Result<Markup> {
    let Some(report) = report else {
        return Ok(html! {});
    };
    let overall = &report.overall;
    Ok(html! {
        section {
            h2 { "Can the maps be trusted?" }
            p {
                (report.method) ", " (report.steps) " steps, on " (overall.pictures)
                " pictures; the mean completeness gap is "
                (format!("{:.1e}", overall.completeness_gap)) "."
            }
            (table(report))
            (notes())
            div.plots {
                (curves(report, &overall.deletion, "Deletion",
                    "The most important parts become grey: the faster the probability falls, the better")?)
                (curves(report, &overall.insertion, "Insertion",
                    "The most important parts come back into the blurred picture: the faster it rises, the better")?)
            }
            (sanity(report))
        }
    })
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{:.0}%", 100.0 * value))
}

fn table(report: &AttributionReport) -> Markup {
    let row = |name: &str, found: &AttributionFigures| {
        html! {
            tr {
                th scope="row" { (name) }
                td.number { (found.pictures) }
                td.number { (share(found.energy_inside)) }
                td.number { (share(found.pointing_game)) }
                td.number.soft { (share(found.lesion_area)) }
                td.number { (format!("{:.2}", found.deletion.area)) }
                td.number.soft { (format!("{:.2}", found.deletion.random_area)) }
                td.number { (format!("{:.2}", found.insertion.area)) }
                td.number.soft { (format!("{:.2}", found.insertion.random_area)) }
            }
        }
    };
    html! {
        div.scroll tabindex="0" {
            table {
                caption { "Attribution of each label, beside what chance would reach" }
                thead {
                    tr {
                        th scope="col" { "label" }
                        th.number scope="col" { "pictures" }
                        th.number scope="col" { "energy inside" }
                        th.number scope="col" { "pointing game" }
                        th.number.soft scope="col" { "chance of both" }
                        th.number scope="col" { "deletion" }
                        th.number.soft scope="col" { "random order" }
                        th.number scope="col" { "insertion" }
                        th.number.soft scope="col" { "random order" }
                    }
                }
                tbody {
                    @for label in &report.labels { (row(&label.label, &label.figures)) }
                }
                tfoot {
                    (row("rightly answered", &report.right))
                    (row("all", &report.overall))
                }
            }
        }
    }
}

fn notes() -> Markup {
    html! {
        dl.notes {
            dt { "Energy inside" }
            dd { "Share of the positive attribution on the lesion mask. A map that knows nothing reaches the lesion's share of the picture." }
            dt { "Pointing game" }
            dd { "How often the strongest pixel lies on the lesion." }
            dt { "Deletion, insertion" }
            dd { "Area under the curves below (Petsiuk et al. 2018). A map is worth something where deletion is lower, and insertion higher, than in a random order." }
        }
    }
}

fn curves(
    report: &AttributionReport,
    found: &PerturbationFigures,
    title: &str,
    caption: &str,
) -> Result<Markup> {
    let points = |curve: &[f64]| -> Vec<(f64, f64)> {
        report
            .exchanged
            .iter()
            .copied()
            .zip(curve.iter().copied())
            .collect()
    };
    let (by_map, by_chance) = (points(&found.curve), points(&found.random_curve));
    let line = |points, index, faint| Series {
        points,
        look: Look::of(index),
        faint,
        radii: &[],
    };
    let series = [
        line(by_chance.as_slice(), 6, false),
        line(by_map.as_slice(), 1, false),
    ];
    let axes = Axes::shares("share of the picture exchanged", "probability of the label");
    let label = format!(
        "{title} curve: area {:.2} by the map, {:.2} in a random order",
        found.area, found.random_area
    );
    let plot = canvas(440, 320, &label, |area| lines(area, &axes, &series, false))?;
    let names = [
        (Look::of(1), format!("by the map, area {:.2}", found.area)),
        (
            Look::of(6),
            format!("in a random order, area {:.2}", found.random_area),
        ),
    ];
    Ok(html! {
        figure {
            figcaption { strong { (title) ". " } (caption) "." }
            (plot)
            (legend(&names))
        }
    })
}

fn sanity(report: &AttributionReport) -> Markup {
    html! {
        h3 { "Sanity check with shuffled weights" }
        p {
            "Rank correlation of the first fold's map with that of the same network after weights were shuffled, from the classifier downwards (Adebayo et al. 2018). "
            "A map that depends on what was learnt falls towards 0. In brackets: of the maps without their signs, which stay alike where the picture itself shows through."
        }
        div.scroll tabindex="0" {
            table {
                caption { "Spearman's rank correlation with the maps of randomised networks" }
                thead {
                    tr {
                        th scope="col" { "label" }
                        @for figure in &report.overall.sanity {
                            th.number scope="col" { (figure.part.name()) }
                        }
                    }
                }
                tbody {
                    @for label in &report.labels { (sanity_row(&label.label, &label.figures)) }
                }
                tfoot { (sanity_row("all", &report.overall)) }
            }
        }
    }
}

fn sanity_row(name: &str, found: &AttributionFigures) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            @for figure in &found.sanity {
                td.number {
                    (correlation(figure.spearman)) " (" (correlation(figure.spearman_absolute)) ")"
                }
            }
        }
    }
}
