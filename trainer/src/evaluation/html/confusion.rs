//! The confusion matrices as heat maps.

use maud::{Markup, html};

use crate::error::Result;
use crate::evaluation::EvaluationDetails;
use crate::html::heat_map::{heat_map, share_table};

pub(super) fn section(details: &EvaluationDetails) -> Result<Markup> {
    let own = &details.own_confusion;
    let all = &details.report.labels;
    let mut columns: Vec<&str> = own.labels.iter().map(String::as_str).collect();
    let rows = columns.clone();
    let others = own.labels.len() < all.len();
    if others {
        columns.push("others");
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    Ok(html! {
        section {
            h2 { "What is taken for what" }
            p {
                "Rows are true labels, columns the ensemble's answers; numbers are percent of the row."
            }
            figure.wide {
                figcaption { "Own labels" }
                div.scroll tabindex="0" { (heat_map("Confusion of the own labels", &rows, &columns, &own.shares)?) }
                (share_table("Own labels, % of the row", &rows, &columns, &own.shares))
            }
            @if others {
                figure.wide {
                    figcaption { "All labels" }
                    div.scroll tabindex="0" {
                        (heat_map("Confusion of all labels", &all, &all, &details.confusion_shares)?)
                    }
                    (share_table("All labels, % of the row", &all, &all, &details.confusion_shares))
                }
            }
        }
    })
}
