//! The figures: at a glance, of each fold, label and skin tone.

use maud::{Markup, html};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use crate::error::Result;
use crate::evaluation::display::{area, area_range, percent, range, recall_in_words};
use crate::evaluation::{EvaluationDetails, EvaluationReport, Figures, LabelFigures};
use crate::html::plot::{Axes, INK, Look, Series, canvas, failed, font, legend, lines, units};

/// The main figures of the ensemble.
pub(super) fn glance(report: &EvaluationReport) -> Markup {
    let figures = &report.ensemble;
    let intervals = figures.intervals.as_ref();
    let in_percent = |interval: Option<[f64; 2]>| interval.map(|i| format!("{}%", range(Some(i))));
    let card = |name: &str, value: String, interval: Option<String>, what: &str| {
        html! {
            div.card {
                dt { (name) }
                dd.value { (value) }
                @if let Some(interval) = interval { dd { "95%: " (interval) } }
                dd.soft { (what) }
            }
        }
    };
    html! {
        section {
            h2 { "At a glance" }
            dl.cards {
                (card("Accuracy", percent(Some(figures.accuracy)),
                    in_percent(intervals.map(|i| i.accuracy)), "right answers"))
                (card("Balanced accuracy", percent(Some(figures.balanced_accuracy)),
                    in_percent(intervals.map(|i| i.balanced_accuracy)), "mean recall of the own labels"))
                (card("AUROC", area(figures.auroc),
                    intervals.map(|i| area_range(i.auroc)), "mean of the own labels, each against the rest"))
                (card("Top 3", percent(Some(figures.top_3)),
                    in_percent(intervals.map(|i| i.top_3)), "true label among the first three"))
                (card("Calibration error", format!("{:.3}", figures.calibration_error), None,
                    "expected, 15 bins; 0 is perfect"))
            }
            p.hint { (how_intervals_were_made(report)) }
        }
    }
}

fn how_intervals_were_made(report: &EvaluationReport) -> String {
    if report.ensemble.intervals.is_none() {
        return "No intervals were asked for, or all pictures come from one source.".into();
    }
    let sources = &report.sources;
    let unit = match sources.most_pictures {
        1 => "each with one picture".to_owned(),
        most => format!("with up to {most} pictures each"),
    };
    format!(
        "95% intervals: percentiles of {} drawings with replacement of the {} sources, {unit} (seed {}). \
         Pictures of one source are alike, so they are drawn together.",
        report.bootstrap.replicates, sources.sources, report.bootstrap.seed
    )
}

/// The ensemble, each fold, and each skin tone.
pub(super) fn groups(report: &EvaluationReport) -> Markup {
    html! {
        section {
            h2 { "Folds" }
            (group_table("The folds together and each alone",
                std::iter::once(("ensemble".to_owned(), &report.ensemble))
                    .chain(report.folds.iter().map(|g| (format!("fold {}", g.group), &g.figures)))))
        }
        @if !report.skin_tones.is_empty() {
            section {
                h2 { "Skin tones" }
                p { "The ensemble by Fitzpatrick skin type. Few pictures make wide intervals: compare those first." }
                (group_table("The ensemble by Fitzpatrick skin type",
                    report.skin_tones.iter().map(|g| (format!("type {}", g.group), &g.figures))))
            }
        }
    }
}

fn group_table<'a>(caption: &str, rows: impl Iterator<Item = (String, &'a Figures)>) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "" span.visually-hidden { "group" } }
                        th.number scope="col" { "pictures" }
                        th.number scope="col" { "accuracy" }
                        th.number scope="col" { "95% (Wilson)" }
                        th.number scope="col" { "balanced" }
                        th.number scope="col" { "95%" }
                        th.number scope="col" { "top 3" }
                        th.number scope="col" { "AUROC" }
                        th.number scope="col" { "ECE" }
                    }
                }
                tbody {
                    @for (name, figures) in rows {
                        tr {
                            th scope="row" { (name) }
                            td.number { (figures.pictures) }
                            td.number { (percent(Some(figures.accuracy))) }
                            td.number.soft { (range(Some(figures.accuracy_interval))) }
                            td.number { (percent(Some(figures.balanced_accuracy))) }
                            td.number.soft {
                                (range(figures.intervals.as_ref().map(|i| i.balanced_accuracy)))
                            }
                            td.number { (percent(Some(figures.top_3))) }
                            td.number { (area(figures.auroc)) }
                            td.number { (format!("{:.3}", figures.calibration_error)) }
                        }
                    }
                }
            }
        }
    }
}

/// Each label's figures, recalls with intervals, and ROC curves.
pub(super) fn labels(details: &EvaluationDetails) -> Result<Markup> {
    let rows = &details.report.ensemble.labels;
    let with_pictures: Vec<&LabelFigures> = rows.iter().filter(|row| row.pictures > 0).collect();
    Ok(html! {
        section {
            h2 { "Labels" }
            (label_table(rows))
            div.plots {
                figure {
                    figcaption { "Recall of each label with its 95% interval (Wilson)" }
                    (recalls(&with_pictures)?)
                }
                (roc(details)?)
            }
        }
    })
}

fn label_table(rows: &[LabelFigures]) -> Markup {
    let with_interval = |value: String, interval: String| {
        html! {
            td.number { (value) }
            td.number.soft { (interval) }
        }
    };
    html! {
        div.scroll tabindex="0" {
            table {
                caption { "Each label against the rest. Intervals (95%): of recalls Wilson's, of the others the bootstrap's, which has no width at 0 and 100%" }
                thead {
                    tr {
                        th scope="col" { "label" }
                        th.number scope="col" { "pictures" }
                        @for name in ["recall", "precision", "F1", "AUROC"] {
                            th.number scope="col" { (name) }
                            th.number.soft scope="col" { "95%" span.visually-hidden { " of " (name) } }
                        }
                    }
                }
                tbody {
                    @for row in rows {
                        @let found = row.intervals.as_ref();
                        tr {
                            th scope="row" { (row.label) }
                            td.number { (row.pictures) }
                            (with_interval(percent(row.recall), range(row.recall_interval)))
                            (with_interval(percent(row.precision), range(found.and_then(|i| i.precision))))
                            (with_interval(percent(row.f1), range(found.and_then(|i| i.f1))))
                            (with_interval(area(row.auroc), area_range(found.and_then(|i| i.auroc))))
                        }
                    }
                }
            }
        }
    }
}

/// A dot for each label's recall, and its interval as a line.
fn recalls(rows: &[&LabelFigures]) -> Result<Markup> {
    let spoken: Vec<String> = rows.iter().map(|row| recall_in_words(row)).collect();
    let label = format!("Recall of each label: {}", spoken.join(", "));
    let count = u32::try_from(rows.len()).unwrap_or(0);
    let (left, line, bottom) = (130u32, 30u32, 44u32);
    let (width, height) = (440, 8 + line * count + bottom);
    canvas(width, height, &label, |area| {
        let ground = units(8 + line * count);
        let x = |share: f64| units(left) + (share * f64::from(units(width - left - 18))) as i32;
        for tick in 0..=5 {
            let share = f64::from(tick) / 5.0;
            let style = INK.mix(0.13).stroke_width(1);
            area.draw(&PathElement::new(
                [(x(share), units(4)), (x(share), ground)],
                style,
            ))
            .map_err(failed)?;
            let text = format!("{:.0}%", 100.0 * share);
            let style = font(12, HPos::Center, VPos::Top);
            area.draw_text(&text, &style, (x(share), ground + units(6)))
                .map_err(failed)?;
        }
        for (index, row) in rows.iter().enumerate() {
            let y = units(4 + line / 2) + i32::try_from(index).unwrap_or(0) * units(line);
            let name: String = row.label.chars().take(16).collect();
            let style = font(13, HPos::Right, VPos::Center);
            area.draw_text(&name, &style, (units(left - 10), y))
                .map_err(failed)?;
            if let Some([low, high]) = row.recall_interval {
                let style = Look::of(0).colour.mix(0.7).stroke_width(6);
                area.draw(&PathElement::new([(x(low), y), (x(high), y)], style))
                    .map_err(failed)?;
            }
            if let Some(recall) = row.recall {
                let dot = Circle::new((x(recall), y), units(5), Look::of(0).colour.filled());
                area.draw(&dot).map_err(failed)?;
            }
        }
        Ok(())
    })
}

fn roc(details: &EvaluationDetails) -> Result<Markup> {
    let curves: Vec<(String, Vec<(f64, f64)>)> = details
        .roc
        .iter()
        .map(|curve| {
            let points = curve.points.iter().map(|[x, y]| (*x, *y)).collect();
            (curve.label.clone(), points)
        })
        .collect();
    if curves.is_empty() {
        return Ok(html! {});
    }
    let auroc = |key: &str| {
        let rows = &details.report.ensemble.labels;
        let row = rows.iter().find(|row| row.label == key);
        area(row.and_then(|row| row.auroc))
    };
    let series: Vec<Series<'_>> = curves
        .iter()
        .enumerate()
        .map(|(index, (_, points))| Series {
            points,
            look: Look::of(index),
            faint: false,
            radii: &[],
        })
        .collect();
    let names: Vec<(Look, String)> = curves
        .iter()
        .enumerate()
        .map(|(index, (key, _))| (Look::of(index), format!("{key} {}", auroc(key))))
        .collect();
    let spoken: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
    let label = format!("ROC curves, area under each: {}", spoken.join(", "));
    let axes = Axes::shares("false positive rate", "true positive rate");
    let plot = canvas(440, 380, &label, |area| lines(area, &axes, &series, true))?;
    Ok(html! {
        figure {
            figcaption { "ROC curve of each label against the rest, and the area under it" }
            (plot)
            (legend(&names))
        }
    })
}
