//! MODEL_CARD.md: what the bundle is, how good it is and what it does not do, for people.

use std::fmt::{Result, Write};

use super::card_calibration::calibration;
use super::measure::MeasuredRun;
use super::stored_run::StoredRun;
use super::{EncodingChoice, ExportPlan};
use crate::evaluation::{Figures, Unseen};
use crate::training::TrainConfig;

/// The card as Markdown.
///
/// `files` are the bundle's other files with their bytes.
pub(super) fn write(
    plan: &ExportPlan,
    runs: &[StoredRun],
    measured: &[MeasuredRun],
    files: &[(String, Vec<u8>)],
) -> String {
    let mut card = String::new();
    // Writing to a string cannot fail.
    let _ = fill(&mut card, plan, runs, measured, files);
    card
}

fn fill(
    card: &mut String,
    plan: &ExportPlan,
    runs: &[StoredRun],
    measured: &[MeasuredRun],
    files: &[(String, Vec<u8>)],
) -> Result {
    writeln!(card, "# Model card: {}\n", line(&plan.name))?;
    for text in [
        format!("**{}**", line(&plan.notice)),
        line(&plan.description),
    ] {
        if !text.trim_matches('*').is_empty() {
            writeln!(card, "{text}\n")?;
        }
    }
    overview(card, plan, runs, files)?;
    for run in runs {
        let set = run.config.set.to_string();
        writeln!(card, "\n## {set} pictures\n")?;
        match measured.iter().find(|known| known.report.set == set) {
            Some(known) => figures(card, plan, known)?,
            None => writeln!(
                card,
                "Not measured: the bundle was exported without test pictures (`--data`)."
            )?,
        }
        calibration(card, run, measured.iter().find(|m| m.report.set == set))?;
    }
    limits(card, runs)?;
    if !plan.commands.is_empty() {
        writeln!(card, "\n## How it was made\n\n```")?;
        for command in &plan.commands {
            writeln!(card, "{}", line(command))?;
        }
        writeln!(card, "```")?;
    }
    Ok(())
}

fn overview(
    card: &mut String,
    plan: &ExportPlan,
    runs: &[StoredRun],
    files: &[(String, Vec<u8>)],
) -> Result {
    let mut row = |name: &str, value: String| writeln!(card, "| {name} | {} |", cell(&value));
    row("", String::new())?;
    row("---", "---".to_owned())?;
    for run in runs {
        let config = &run.config;
        let folds: Vec<String> = run.folds.iter().map(|(f, _)| f.fold.to_string()).collect();
        row(
            "Networks",
            format!(
                "{} at {} x {} pixels for {} pictures, folds {} of a cross-validation in {}",
                config.architecture,
                config.size,
                config.size,
                config.set,
                folds.join(", "),
                run.fold_count
            ),
        )?;
        row("Training", training(config))?;
    }
    if let Some(run) = runs.first() {
        let labels: Vec<String> = run
            .config
            .labels
            .iter()
            .map(|label| format!("{} ({})", label.key, label.name))
            .collect();
        row("Labels", labels.join(", "))?;
    }
    if !plan.data_description.is_empty() {
        row("Trained on", plan.data_description.clone())?;
    }
    let shards = files
        .iter()
        .filter(|(name, _)| name.ends_with(".safetensors"));
    let bytes: usize = shards.map(|(_, bytes)| bytes.len()).sum();
    let stored = match plan.encoding {
        EncodingChoice::F16 => "half precision",
        EncodingChoice::Int8 => "8 bits each with one scale for each output channel",
        EncodingChoice::F32 => "32 bits each, as trained",
    };
    row("Weights", format!("{:.2} MB, {stored}", bytes as f64 / 1e6))?;
    row(
        "Answer",
        "mean of the probabilities of the networks whose highest probability is at least 0.5; if none is, \
         the plain mean, and the answer says so"
            .to_owned(),
    )?;
    if !plan.licence.is_empty() {
        row("Licence", plan.licence.clone())?;
    }
    row(
        "Made with",
        format!("genoderm {}", env!("CARGO_PKG_VERSION")),
    )
}

/// The last parts of a path, `run/fold-{fold}/best.safetensors`: where a run lies on its maker's machine is nobody's business.
fn ending(file: &str) -> String {
    let parts: Vec<&str> = file.split(['/', '\\']).collect();
    parts[parts.len().saturating_sub(3)..].join("/")
}

fn training(config: &TrainConfig) -> String {
    let start = match &config.pretrained {
        Some(weights) => match weights.sha256.get(..16) {
            Some(checksum) => format!("from weights with SHA-256 {checksum}"),
            None => format!(
                "each fold from weights of its own ({})",
                ending(&weights.file)
            ),
        },
        None => "from random weights".to_owned(),
    };
    format!(
        "{start}, up to {} epochs, batch {}, peak learning rate {:.1e}; the epoch with the best balanced \
         accuracy on the fold's own pictures was kept",
        config.epochs,
        config.batch,
        config.learning_rate * config.warm_up_multiplier
    )
}

fn figures(card: &mut String, plan: &ExportPlan, run: &MeasuredRun) -> Result {
    let report = &run.report;
    writeln!(
        card,
        "Measured with the weights as they are stored on {}. Intervals are 95% Wilson intervals.\n",
        measured_on(report.ensemble.pictures, run.unseen)
    )?;
    writeln!(
        card,
        "| | accuracy | 95% interval | balanced accuracy | among the first 3 | calibration error |"
    )?;
    writeln!(card, "|---|---|---|---|---|---|")?;
    let mut row = |name: String, figures: &Figures| {
        let [low, high] = figures.accuracy_interval;
        writeln!(
            card,
            "| {name} | {} | {} to {} | {} | {} | {:.3} |",
            percent(figures.accuracy),
            percent(low),
            percent(high),
            percent(figures.balanced_accuracy),
            percent(figures.top_3),
            figures.calibration_error
        )
    };
    row(
        format!("ensemble of {}", report.folds.len()),
        &report.ensemble,
    )?;
    for fold in &report.folds {
        row(format!("fold {} alone", fold.group), &fold.figures)?;
    }
    writeln!(
        card,
        "\nNo network reached a probability of {} on {} of the {} pictures; their answers are the plain mean.",
        report.threshold, report.fallbacks, report.ensemble.pictures
    )?;
    if let Some(loss) = &run.loss {
        writeln!(
            card,
            "\nStored as {}, the ensemble answers {} pictures with another label than with the weights as they were \
             trained (accuracy then {}, balanced {}); no probability changes by more than {:.3}.",
            encoding_name(plan.encoding),
            loss.changed_answers,
            percent(loss.accuracy),
            percent(loss.balanced_accuracy),
            loss.largest_change
        )?;
    }
    writeln!(card, "\n| label | pictures | precision | recall | F1 |")?;
    writeln!(card, "|---|---|---|---|---|")?;
    for row in &report.ensemble.labels {
        writeln!(
            card,
            "| {} | {} | {} | {} | {} |",
            cell(&row.label),
            row.pictures,
            row.precision.map_or("-".to_owned(), percent),
            row.recall.map_or("-".to_owned(), percent),
            row.f1.map_or("-".to_owned(), |f1| format!("{f1:.2}"))
        )?;
    }
    confusion(card, run)?;
    tones(card, run)
}

/// What the pictures are, and how far it is known that no network learnt from them.
fn measured_on(pictures: usize, unseen: Unseen) -> String {
    match unseen {
        Unseen::OwnTest => format!("{pictures} test pictures that no network learnt from"),
        Unseen::OtherFiles(learnt) => format!(
            "{pictures} test pictures of another collection than the networks learnt from. None is the same file \
             as one of the {learnt} training pictures; other pictures of the same persons would not be noticed"
        ),
        Unseen::OtherNames(learnt) => format!(
            "{pictures} test pictures of another collection than the networks learnt from. Whether a network \
             learnt from them is not known for certain: only their names could be compared, with those of \
             {learnt} training pictures"
        ),
    }
}

fn confusion(card: &mut String, run: &MeasuredRun) -> Result {
    let labels: Vec<String> = run.report.labels.iter().map(|label| cell(label)).collect();
    writeln!(
        card,
        "\nRows are true labels, columns what was answered:\n\n| | {} |",
        labels.join(" | ")
    )?;
    writeln!(card, "|---|{}", "---|".repeat(labels.len()))?;
    let counts = run.report.ensemble.confusion.counts();
    for (label, row) in labels.iter().zip(counts) {
        let row: Vec<String> = row.iter().map(usize::to_string).collect();
        writeln!(card, "| {label} | {} |", row.join(" | "))?;
    }
    Ok(())
}

fn tones(card: &mut String, run: &MeasuredRun) -> Result {
    if run.report.skin_tones.is_empty() {
        return writeln!(
            card,
            "\nThe manifest has no skin tones: nothing is known about differences between them."
        );
    }
    writeln!(
        card,
        "\nBy skin tone (Fitzpatrick 1 to 6; with few pictures the intervals are wide):\n"
    )?;
    writeln!(card, "| tone | pictures | accuracy | 95% interval |")?;
    writeln!(card, "|---|---|---|---|")?;
    for tone in &run.report.skin_tones {
        let [low, high] = tone.figures.accuracy_interval;
        writeln!(
            card,
            "| {} | {} | {} | {} to {} |",
            tone.group,
            tone.figures.pictures,
            percent(tone.figures.accuracy),
            percent(low),
            percent(high)
        )?;
    }
    Ok(())
}

fn limits(card: &mut String, runs: &[StoredRun]) -> Result {
    writeln!(card, "\n## What it does not do\n")?;
    writeln!(
        card,
        "- It is no medical device: do not use its answers for the care of a patient."
    )?;
    writeln!(
        card,
        "- It knows its labels only. Every picture that is answered gets one of them, whatever it shows."
    )?;
    writeln!(
        card,
        "- The figures are for pictures like the test pictures. Other cameras, ages, skin tones and conditions \
         may do worse; by how much is not known."
    )?;
    if runs.iter().any(|run| run.calibration.is_some()) {
        writeln!(
            card,
            "- A stated coverage is an average over pictures like those of the calibration. It is no promise for \
             a single label or person."
        )?;
    }
    writeln!(
        card,
        "- A map of attributions shows what a network used, not the cause of a condition."
    )
}

fn encoding_name(encoding: EncodingChoice) -> &'static str {
    match encoding {
        EncodingChoice::F16 => "f16",
        EncodingChoice::Int8 => "int8",
        EncodingChoice::F32 => "f32",
    }
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

/// Text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_a_table() {
        assert_eq!(cell("a |\n b"), "a \\| b");
        assert_eq!(percent(0.829), "82.9%");
    }

    #[test]
    fn the_makers_folders_stay_at_home() {
        let runs = "run/fold-{fold}/best.safetensors";
        assert_eq!(ending(&format!("/home/someone/{runs}")), runs);
        assert_eq!(
            ending(r"C:\Users\someone\run\fold-0\best.safetensors"),
            "run/fold-0/best.safetensors"
        );
        assert_eq!(ending("best.safetensors"), "best.safetensors");
    }

    #[test]
    fn the_card_claims_no_more_than_is_known() {
        let own = measured_on(140, Unseen::OwnTest);
        assert_eq!(own, "140 test pictures that no network learnt from");
        for unseen in [Unseen::OtherFiles(900), Unseen::OtherNames(900)] {
            let said = measured_on(140, unseen);
            assert!(said.contains("another collection"), "{said}");
            assert!(said.contains("900 training pictures"), "{said}");
            assert!(!said.contains("no network learnt from"), "{said}");
        }
    }
}
