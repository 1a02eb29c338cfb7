//! Persons or photographs that several pictures come from.

use maud::{Markup, html};

use crate::evaluation::display::{percent, range};
use crate::evaluation::{EvaluationDetails, SourceRow};

/// Most sources in the table; the JSON beside the page has all of them.
const MOST_ROWS: usize = 20;

/// The figures of all sources together, and those of the worst with several pictures.
pub(super) fn section(details: &EvaluationDetails) -> Markup {
    let sources = &details.report.sources;
    let rows = worst_first(&details.source_list);
    html! {
        section {
            h2 { "Sources" }
            p {
                "The pictures come from " strong { (sources.sources) } " sources (persons or photographs), at most "
                (sources.most_pictures) " from one. With every source counting the same, accuracy is "
                strong { (percent(Some(sources.accuracy))) }
                @if sources.accuracy_interval.is_some() {
                    " (95%: " (range(sources.accuracy_interval)) "%)"
                }
                "."
            }
            @if !rows.is_empty() { (table(&rows)) }
        }
    }
}

/// Sources with several pictures: one picture alone says nothing about its source.
fn worst_first(list: &[SourceRow]) -> Vec<&SourceRow> {
    let mut rows: Vec<&SourceRow> = list.iter().filter(|row| row.pictures > 1).collect();
    rows.sort_by(|a, b| {
        a.share()
            .total_cmp(&b.share())
            .then(b.pictures.cmp(&a.pictures))
    });
    rows
}

fn table(rows: &[&SourceRow]) -> Markup {
    let shown = rows.len().min(MOST_ROWS);
    html! {
        div.scroll tabindex="0" {
            table {
                caption {
                    @if shown < rows.len() {
                        "The worst " (shown) " of " (rows.len()) " sources with several pictures"
                    } @else {
                        "Sources with several pictures, the worst first"
                    }
                }
                thead {
                    tr {
                        th scope="col" { "source" }
                        th.number scope="col" { "pictures" }
                        th.number scope="col" { "right" }
                        th.number scope="col" { "accuracy" }
                    }
                }
                tbody {
                    @for row in &rows[..shown] {
                        tr {
                            th scope="row" { (row.source) }
                            td.number { (row.pictures) }
                            td.number { (row.right) }
                            td.number { (percent(Some(row.share()))) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::sample::sample_details;

    fn row(source: &str, pictures: usize, right: usize) -> SourceRow {
        SourceRow {
            source: source.into(),
            pictures,
            right,
        }
    }

    #[test]
    fn the_worst_come_first_and_single_pictures_not_at_all() {
        let list = [
            row("good", 2, 2),
            row("single", 1, 0),
            row("half", 4, 2),
            row("bad", 2, 0),
            row("worst", 3, 0),
        ];
        let names = |rows: Vec<&SourceRow>| -> Vec<String> {
            rows.iter().map(|row| row.source.clone()).collect()
        };
        assert_eq!(names(worst_first(&list)), ["worst", "bad", "half", "good"]);
    }

    #[test]
    fn of_many_sources_twenty_are_shown_and_without_any_there_is_no_table() {
        let mut details = sample_details();
        details.source_list = (0..30).map(|i| row(&format!("p{i}"), 30, i)).collect();
        let text = section(&details).into_string();
        assert!(text.contains("The worst 20 of 30 sources"), "{text}");
        assert_eq!(text.matches("<th scope=\"row\">").count(), 20);
        assert!(text.contains(">p19<") && !text.contains(">p20<"), "{text}");
        details.source_list = vec![row("p", 1, 0)];
        let text = section(&details).into_string();
        assert!(!text.contains("<table>"), "{text}");
    }
}
