//! Confusion matrices of each group, and the accuracy of each label.

use genoderm_study::View;
use genoderm_study::analysis::{Analysis, Finding};
use maud::{Markup, html};

use crate::error::Result;
use crate::html::heat_map::{heat_map, share_table};
use crate::study::words::{NONE, percent, percent_range};

pub(super) fn section(analysis: &Analysis) -> Result<Markup> {
    let labels: Vec<&str> = analysis.labels.iter().map(String::as_str).collect();
    Ok(html! {
        section {
            h2 { "What is taken for what" }
            p { "Rows are true labels, columns answers; numbers are percent of the row." }
            div.plots {
                @for group in &analysis.groups {
                    @for part in &group.views {
                        @let name = format!("{}, {}", group.group, part.view);
                        figure {
                            figcaption { (name) }
                            @if part.score.answered > 0 {
                                div.scroll tabindex="0" { (heat_map(&name, &labels, &labels, &part.confusion_shares)?) }
                                (share_table(&format!("{name}, % of the row"), &labels, &labels, &part.confusion_shares))
                            } @else {
                                p.soft { "no answers" }
                            }
                        }
                    }
                }
            }
            @for view in View::BOTH { (accuracies(analysis, view)) }
            p.hint {
                "Intervals are Wilson's, which takes answers as independent: those of several readers to one photograph are not, so that \
                 the intervals of people are too narrow."
            }
        }
    })
}

fn accuracies(analysis: &Analysis, view: View) -> Markup {
    let parts: Vec<_> = analysis
        .groups
        .iter()
        .filter_map(|group| {
            let part = group.views.iter().find(|part| part.view == view)?;
            Some((&group.group, part))
        })
        .collect();
    html! {
        div.scroll tabindex="0" {
            table {
                caption { "Accuracy of each label, " (view) " pictures" }
                thead {
                    tr {
                        th scope="col" { "label" }
                        @for (group, _) in &parts {
                            th.number scope="col" { (group) }
                            th.number.soft scope="col" { "interval" span.visually-hidden { " of " (group) } }
                        }
                    }
                }
                tbody {
                    @for (index, label) in analysis.labels.iter().enumerate() {
                        tr {
                            th scope="row" { (label) }
                            @for (_, part) in &parts {
                                @match part.labels.get(index).map(|label| &label.share) {
                                    Some(Finding::Value(share)) => {
                                        td.number { (percent(Some(share.value))) }
                                        td.number.soft { (percent_range(&share.interval)) }
                                    }
                                    _ => {
                                        td.number { (NONE) }
                                        td.number.soft { "no answers" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
