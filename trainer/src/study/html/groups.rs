//! How good each group is, over all surveys and in each.

use std::collections::BTreeMap;

use genoderm_study::View;
use genoderm_study::analysis::{Analysis, PartFigures};
use genoderm_study::statistics::FiveNumbers;
use maud::{Markup, html};

use super::box_plot::{BoxRow, Scale, box_plots};
use super::parts::{cells, level};
use crate::error::Result;
use crate::study::words::{NONE, percent, percent_range};

/// Accuracies of groups: cards, a table, box plots.
pub(super) fn section(analysis: &Analysis) -> Result<Markup> {
    let mut rows = Vec::new();
    for view in View::BOTH {
        for group in &analysis.groups {
            let own = analysis.scores.iter();
            let own = own.filter(|score| score.group == group.group && score.view == view);
            let values: Vec<f64> = own.filter_map(|score| score.score.accuracy()).collect();
            if let Ok(numbers) = FiveNumbers::of(&values) {
                rows.push(BoxRow {
                    name: format!("{}, {view}", group.group),
                    numbers,
                    values,
                });
            }
        }
    }
    Ok(html! {
        section {
            h2 { "How good each group is" }
            dl.cards {
                @for group in &analysis.groups {
                    div.card {
                        dt { (group.group) }
                        @for part in &group.views {
                            dd.value { (percent(part.mean)) }
                            dd.soft { (part.view) }
                        }
                        dd.soft { (sheets(group.sheets, group.model)) }
                    }
                }
            }
            (table(analysis))
            p.hint {
                "Accuracy is the mean over surveys, deviation that of the surveys. The first interval holds for other readers \
                 and photographs (of a model, for other photographs), the second is that of the bootstrap, which draws both \
                 anew. Balanced: mean of the labels' accuracies."
            }
            figure.wide.boxes {
                figcaption { "Accuracy in each survey" }
                div.scroll tabindex="0" { (box_plots("Accuracy in each survey", &rows, Scale::Share)?) }
            }
        }
    })
}

fn sheets(count: usize, model: bool) -> String {
    match (model, count) {
        (true, _) => "a model".into(),
        (false, 1) => "1 survey".into(),
        (false, count) => format!("{count} surveys"),
    }
}

fn table(analysis: &Analysis) -> Markup {
    let level = level(analysis.plan.confidence);
    let row = |part: &PartFigures| {
        html! {
            td.number { (percent(part.mean)) }
            td.number { (part.deviation.map_or(NONE.into(), |d| format!("{:.1}", 100.0 * d))) }
            (cells(&part.for_others, 1, |test| html! { td.number.soft { (percent_range(&test.interval)) } }))
            (cells(&part.bootstrap, 1, |found| html! { td.number.soft { (percent_range(&found.interval)) } }))
            td.number { (percent(part.balanced_accuracy)) }
            td.number { (part.score.right) " of " (part.score.answered) }
            td.number { (part.score.questions - part.score.answered) }
        }
    };
    html! {
        div.scroll tabindex="0" {
            table {
                caption { "Accuracy; of a model each picture counts once among the answers" }
                thead {
                    tr {
                        th scope="col" { "group" }
                        th scope="col" { "view" }
                        th.number scope="col" { "accuracy" }
                        th.number scope="col" { "deviation" }
                        th.number scope="col" { (level) ", for others" }
                        th.number scope="col" { (level) ", bootstrap" }
                        th.number scope="col" { "balanced" }
                        th.number scope="col" { "right answers" }
                        th.number scope="col" { "left out" }
                    }
                }
                tbody {
                    @for group in &analysis.groups {
                        @for part in &group.views {
                            tr {
                                th scope="row" { (group.group) }
                                td { (part.view) }
                                (row(part))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Accuracies of a survey, in words, by group and view.
type Accuracies<'a> = BTreeMap<(&'a str, View), String>;

/// Every survey's accuracies, to unfold.
pub(super) fn surveys(analysis: &Analysis) -> Markup {
    let mut rows: BTreeMap<(usize, &str), Accuracies<'_>> = BTreeMap::new();
    for score in &analysis.scores {
        rows.entry((score.set, &score.survey)).or_default().insert(
            (&score.group.0, score.view),
            percent(score.score.accuracy()),
        );
    }
    html! {
        section {
            h2 { "Every survey" }
            details {
                summary { "Accuracy of each survey" }
                div.scroll tabindex="0" {
                    table {
                        caption { "Accuracy of each survey" }
                        thead {
                            tr {
                                th scope="col" { "survey" }
                                th.number scope="col" { "set" }
                                @for group in &analysis.groups {
                                    @for view in View::BOTH {
                                        th.number scope="col" { (group.group) ", " (view) }
                                    }
                                }
                            }
                        }
                        tbody {
                            @for ((set, survey), found) in &rows {
                                tr {
                                    th scope="row" { (survey) }
                                    td.number { (set) }
                                    @for group in &analysis.groups {
                                        @for view in View::BOTH {
                                            td.number {
                                                (found.get(&(group.group.0.as_str(), view)).map_or(NONE, String::as_str))
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p.hint { "The same by reader, label and picture is in the tables of --csv and in the JSON." }
        }
    }
}
