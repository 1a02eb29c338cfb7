//! Who is better: differences with their tests, as tables and box plots.

use genoderm_study::analysis::{Analysis, Comparison, Finding};
use genoderm_study::statistics::TTest;
use maud::{Markup, html};

use super::box_plot::{BoxRow, Scale, box_plots};
use super::parts::{cells, level};
use crate::error::Result;
use crate::study::words::{NONE, comparison, degrees, p_value, point_range, points};

pub(super) fn section(analysis: &Analysis) -> Result<Markup> {
    if analysis.comparisons.is_empty() {
        return Ok(html! {});
    }
    let rows: Vec<BoxRow> = analysis
        .comparisons
        .iter()
        .filter_map(|one| {
            Some(BoxRow {
                name: comparison(one),
                numbers: one.box_plot.value()?.clone(),
                values: one.differences.clone(),
            })
        })
        .collect();
    Ok(html! {
        section {
            h2 { "Who is better" }
            p {
                "Differences of accuracies in percentage points; above 0 the first is better. The p value is that of no \
                 difference, two-sided, corrected for all comparisons of the table (Holm)."
            }
            (table(analysis, "For other readers and photographs",
                |one| (&one.for_others, one.for_others_holm)))
            p.hint {
                "Readers and photographs are both a sample (moments of Gallas 2006, in place of a mixed model): what is said holds \
                 for others like them. Models are meant alone. This is the analysis to rely on."
            }
            (table(analysis, "Over surveys: paired t tests, as in the paper",
                |one| (&one.paired_t, one.paired_t_holm)))
            p.hint {
                "Surveys are taken as independent, which they are not: each set covers all photographs once."
            }
            @if !rows.is_empty() {
                figure.wide.boxes {
                    figcaption { "Difference in each survey, percentage points" }
                    div.scroll tabindex="0" {
                        (box_plots("Difference in each survey, percentage points", &rows, Scale::Difference)?)
                    }
                    p.hint {
                        "Box: quartiles and median. Whiskers reach to the last survey within 1.5 times the box. Each dot is a survey."
                    }
                }
            }
        }
    })
}

fn table<'a>(
    analysis: &'a Analysis,
    caption: &str,
    of: impl Fn(&'a Comparison) -> (&'a Finding<TTest>, Option<f64>),
) -> Markup {
    let level = level(analysis.plan.confidence);
    html! {
        div.scroll tabindex="0" {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "comparison" }
                        th.number scope="col" { "difference" }
                        th.number scope="col" { (level) }
                        th.number scope="col" { "t (df)" }
                        th.number scope="col" { "p" }
                        th.number scope="col" { "p, Holm" }
                        th.number scope="col" { (level) ", bootstrap" }
                    }
                }
                tbody {
                    @for one in &analysis.comparisons {
                        @let (test, holm) = of(one);
                        tr {
                            th.name scope="row" { (comparison(one)) }
                            (cells(test, 5, |test| html! {
                                td.number { (points(test.estimate.value)) }
                                td.number.soft { (point_range(&test.interval)) }
                                td.number { (format!("{:.2}", test.t)) " (" (degrees(test.estimate.df)) ")" }
                                td.number { (p_value(test.p)) }
                                td.number { (holm.map_or(NONE.into(), p_value)) }
                            }))
                            (cells(&one.bootstrap, 1, |found| html! {
                                td.number.soft { (point_range(&found.interval)) }
                            }))
                        }
                    }
                }
            }
        }
    }
}
