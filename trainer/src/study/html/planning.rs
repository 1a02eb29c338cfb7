//! What a study of this size can find, and how large the next one must be.

use genoderm_study::analysis::{Analysis, Finding};
use maud::{Markup, html};

use super::parts::cells;
use crate::study::words::{comparison, percent, size_in_points};

pub(super) fn section(analysis: &Analysis) -> Markup {
    let design = &analysis.plan.design;
    let power = &analysis.power;
    let shown = |found: &Finding<f64>| match found {
        Finding::Value(value) => percent(Some(*value)),
        Finding::Undefined { undefined } => undefined.clone(),
    };
    let needed = match &power.surveys_needed {
        Finding::Value(surveys) => format!("{surveys}"),
        Finding::Undefined { undefined } => undefined.clone(),
    };
    html! {
        section {
            h2 { "How large must a study be?" }
            p {
                "As planned: " (design.surveys) " surveys, a difference of " (size_in_points(design.difference)) " points, differences of surveys that \
                 deviate by " (size_in_points(design.deviation)) " points."
            }
            dl.cards {
                div.card {
                    dt { "Power" }
                    dd.value { (shown(&power.power)) }
                    dd.soft { "of the paired t test" }
                }
                div.card {
                    dt { "Power, normal" }
                    dd.value { (shown(&power.normal_power)) }
                    dd.soft { "the paper\u{2019}s formula, too high for few surveys" }
                }
                div.card {
                    dt { "Surveys needed" }
                    dd.value { (needed) }
                    dd.soft { "for a power of " (percent(Some(design.power))) }
                }
            }
            @if !analysis.comparisons.is_empty() {
                div.scroll tabindex="0" {
                    table {
                        caption { "Surveys that would find the planned difference, if differences deviate as they did here" }
                        thead {
                            tr {
                                th scope="col" { "comparison" }
                                th.number scope="col" { "surveys needed" }
                            }
                        }
                        tbody {
                            @for one in &analysis.comparisons {
                                tr {
                                    th.name scope="row" { (comparison(one)) }
                                    (cells(&one.surveys_needed, 1, |surveys| html! { td.number { (surveys) } }))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
