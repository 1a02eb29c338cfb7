//! An analysis as CSV tables, for spreadsheets and other programs. Shares are 0 to 1, differences -1 to 1; a
//! statistic that is undefined leaves its cells empty, and the JSON says why.

use std::path::Path;

use genoderm_study::ImageAnswers;
use genoderm_study::analysis::{Analysis, Finding};
use genoderm_study::statistics::{Icc, Interval, TTest};

use super::csv_text::{Table, cell};
use super::words::comparison;
use crate::error::Result;
use crate::files;

/// Writes all tables into a new folder, whole or not at all. `images` are the answers about each image.
///
/// # Errors
///
/// [`Error::Input`](crate::Error::Input) when the folder exists.
pub fn write_tables(analysis: &Analysis, images: &[ImageAnswers], folder: &Path) -> Result<()> {
    let tables = [
        ("scores.csv", scores(analysis)?),
        ("labels.csv", labels(analysis)?),
        ("confusion.csv", confusion(analysis)?),
        ("comparisons.csv", comparisons(analysis)?),
        ("differences.csv", differences(analysis)?),
        ("mcnemar.csv", mcnemar(analysis)?),
        ("correlations.csv", correlations(analysis)?),
        ("agreement.csv", agreement(analysis)?),
        ("images.csv", image_answers(&analysis.labels, images)?),
    ];
    files::write_folder(folder, |folder| {
        for (name, bytes) in &tables {
            files::write(&folder.join(name), bytes)?;
        }
        Ok(())
    })
}

fn ends(interval: Option<Interval>) -> [String; 2] {
    [
        cell(interval.map(|i| i.low)),
        cell(interval.map(|i| i.high)),
    ]
}

fn scores(analysis: &Analysis) -> Result<Vec<u8>> {
    let columns = [
        "survey",
        "set",
        "reader",
        "group",
        "view",
        "right",
        "answered",
        "questions",
        "accuracy",
    ];
    let mut table = Table::new(&columns)?;
    for row in &analysis.scores {
        table.row([
            row.survey.clone(),
            row.set.to_string(),
            row.reader.clone(),
            row.group.0.clone(),
            row.view.to_string(),
            row.score.right.to_string(),
            row.score.answered.to_string(),
            row.score.questions.to_string(),
            cell(row.score.accuracy()),
        ])?;
    }
    table.bytes()
}

fn labels(analysis: &Analysis) -> Result<Vec<u8>> {
    let columns = [
        "group",
        "view",
        "label",
        "questions",
        "answered",
        "right",
        "accuracy",
        "low",
        "high",
    ];
    let mut table = Table::new(&columns)?;
    for group in &analysis.groups {
        for part in &group.views {
            for label in &part.labels {
                let share = label.share.value();
                let [low, high] = ends(share.map(|share| share.interval));
                table.row([
                    group.group.0.clone(),
                    part.view.to_string(),
                    label.label.clone(),
                    label.questions.to_string(),
                    share.map_or(0, |share| share.total).to_string(),
                    share.map_or(0, |share| share.right).to_string(),
                    cell(share.map(|share| share.value)),
                    low,
                    high,
                ])?;
            }
        }
    }
    table.bytes()
}

fn confusion(analysis: &Analysis) -> Result<Vec<u8>> {
    let mut table = Table::new(&["group", "view", "label", "answer", "count", "share"])?;
    for group in &analysis.groups {
        for part in &group.views {
            let Some(confusion) = part.confusion.value() else {
                continue;
            };
            let rows = confusion.counts().iter().zip(&part.confusion_shares);
            for (label, (counts, shares)) in analysis.labels.iter().zip(rows) {
                for (answer, (count, share)) in
                    analysis.labels.iter().zip(counts.iter().zip(shares))
                {
                    table.row([
                        &group.group.0,
                        &part.view.to_string(),
                        label,
                        answer,
                        &count.to_string(),
                        &share.to_string(),
                    ])?;
                }
            }
        }
    }
    table.bytes()
}

/// Difference, interval, statistic, degrees of freedom and p of a test.
fn test_cells(test: &Finding<TTest>, holm: Option<f64>) -> [String; 7] {
    let test = test.value();
    let [low, high] = ends(test.map(|test| test.interval));
    [
        cell(test.map(|test| test.estimate.value)),
        low,
        high,
        cell(test.map(|test| test.t)),
        cell(test.map(|test| test.estimate.df)),
        cell(test.map(|test| test.p)),
        cell(holm),
    ]
}

fn comparisons(analysis: &Analysis) -> Result<Vec<u8>> {
    let mut columns: Vec<String> = [
        "comparison",
        "first_group",
        "first_view",
        "second_group",
        "second_view",
        "surveys",
    ]
    .map(String::from)
    .to_vec();
    for which in ["surveys", "others"] {
        let cells = ["difference", "low", "high", "t", "df", "p", "p_holm"];
        columns.extend(cells.map(|cell| format!("{which}_{cell}")));
    }
    columns.extend(
        [
            "bootstrap_low",
            "bootstrap_high",
            "margin",
            "surveys_p_not_inferior",
            "surveys_p_equivalent",
            "others_p_not_inferior",
            "others_p_equivalent",
            "images_p_not_inferior",
            "surveys_needed",
        ]
        .map(String::from),
    );
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = Table::new(&names)?;
    for one in &analysis.comparisons {
        let mut cells = vec![
            comparison(one),
            one.first.group.0.clone(),
            one.first.view.to_string(),
            one.second.group.0.clone(),
            one.second.view.to_string(),
            one.surveys.len().to_string(),
        ];
        cells.extend(test_cells(&one.paired_t, one.paired_t_holm));
        cells.extend(test_cells(&one.for_others, one.for_others_holm));
        cells.extend(ends(one.bootstrap.value().map(|found| found.interval)));
        cells.push(analysis.plan.margin.to_string());
        for test in [&one.non_inferiority, &one.non_inferiority_for_others] {
            cells.push(cell(test.value().map(|test| test.p)));
            cells.push(cell(test.value().map(|test| test.p_equivalence)));
        }
        let on_images = one.non_inferiority_on_images.as_ref();
        cells.push(cell(on_images.and_then(Finding::value).map(|test| test.p)));
        let needed = one.surveys_needed.value();
        cells.push(needed.map_or_else(String::new, usize::to_string));
        table.row(cells)?;
    }
    table.bytes()
}

fn differences(analysis: &Analysis) -> Result<Vec<u8>> {
    let mut table = Table::new(&["comparison", "survey", "difference"])?;
    for one in &analysis.comparisons {
        for (survey, difference) in one.surveys.iter().zip(&one.differences) {
            table.row([&comparison(one), survey, &difference.to_string()])?;
        }
    }
    table.bytes()
}

fn mcnemar(analysis: &Analysis) -> Result<Vec<u8>> {
    let columns = [
        "comparison",
        "set",
        "pairs",
        "only_first_right",
        "only_second_right",
        "p_exact",
        "p_mid",
        "p_mid_holm",
    ];
    let mut table = Table::new(&columns)?;
    for one in &analysis.comparisons {
        for set in &one.mcnemar {
            table.row([
                comparison(one),
                set.set.to_string(),
                set.pairs.to_string(),
                set.test.only_first.to_string(),
                set.test.only_second.to_string(),
                set.test.exact.to_string(),
                set.test.mid_p.to_string(),
                set.mid_p_holm.to_string(),
            ])?;
        }
    }
    table.bytes()
}

fn correlations(analysis: &Analysis) -> Result<Vec<u8>> {
    let mut table = Table::new(&["of", "surveys", "form", "value", "low", "high", "p"])?;
    for one in &analysis.correlations {
        let parts: Vec<String> = one.parts.iter().map(super::words::part).collect();
        let forms: [(&str, &Finding<Icc>); 3] = [
            ("one_way", &one.one_way),
            ("agreement", &one.agreement),
            ("consistency", &one.consistency),
        ];
        for (form, found) in forms {
            let found = found.value();
            let [low, high] = ends(found.map(|icc| icc.single.interval));
            table.row([
                parts.join("; "),
                one.surveys.to_string(),
                form.to_owned(),
                cell(found.map(|icc| icc.single.value)),
                low,
                high,
                cell(found.map(|icc| icc.p)),
            ])?;
        }
    }
    table.bytes()
}

fn agreement(analysis: &Analysis) -> Result<Vec<u8>> {
    let columns = [
        "groups",
        "view",
        "readers_of_an_image",
        "whole_images",
        "kappa",
        "kappa_standard_error",
        "kappa_low",
        "kappa_high",
        "kappa_bootstrap_low",
        "kappa_bootstrap_high",
        "alpha",
        "alpha_bootstrap_low",
        "alpha_bootstrap_high",
    ];
    let mut table = Table::new(&columns)?;
    for one in &analysis.agreement {
        let groups: Vec<&str> = one.groups.iter().map(|group| group.0.as_str()).collect();
        let test = one.kappa_test.value();
        let mut cells = vec![
            groups.join("; "),
            one.view.to_string(),
            one.readers.to_string(),
            one.whole_images.to_string(),
            cell(one.kappa.value().map(|kappa| kappa.kappa)),
            cell(test.map(|test| test.estimate.standard_error)),
        ];
        cells.extend(ends(test.map(|test| test.interval)));
        cells.extend(ends(
            one.kappa_bootstrap.value().map(|found| found.interval),
        ));
        cells.push(cell(one.alpha.value().map(|alpha| alpha.alpha)));
        cells.extend(ends(
            one.alpha_bootstrap.value().map(|found| found.interval),
        ));
        table.row(cells)?;
    }
    table.bytes()
}

/// How often each image was taken for each label, over all groups.
fn image_answers(labels: &[String], images: &[ImageAnswers]) -> Result<Vec<u8>> {
    let mut columns = vec!["image", "label", "answers", "right"];
    columns.extend(labels.iter().map(String::as_str));
    let mut table = Table::new(&columns)?;
    for image in images {
        let mut cells = vec![
            image.image.clone(),
            labels.get(image.truth).cloned().unwrap_or_default(),
            image.answers().to_string(),
            image.right().to_string(),
        ];
        cells.extend(image.counts.iter().map(usize::to_string));
        table.row(cells)?;
    }
    table.bytes()
}
