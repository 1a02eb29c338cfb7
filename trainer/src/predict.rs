//! Classifying photographs: the answers as data, as a table and as JSON.

use std::path::{Path, PathBuf};

use genoderm_model::preprocess::{Photo, Preprocessing, Region};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::data::load_region;
use crate::error::{Error, Result};
use crate::inference::{Ensemble, PhotoAnswer, Views};

/// The answer on one file.
#[derive(Clone, Debug)]
pub struct FileAnswer {
    /// The file as it was named.
    pub file: PathBuf,
    /// The folds' answers and the decision.
    pub answer: PhotoAnswer,
}

/// One label in the order of the answer's probabilities.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedLabel {
    /// Key of the label.
    pub label: String,
    /// Its name for people.
    pub name: String,
    /// 0 to 1.
    pub probability: f32,
}

/// Classifies files, looking at each, or at this region of each, in the given views.
///
/// # Errors
///
/// [`Error::Input`] lists every file that cannot be read as a photograph; none is classified then.
pub fn predict(
    ensemble: &Ensemble,
    files: &[PathBuf],
    region: Option<&Region>,
    views: Views,
) -> Result<Vec<FileAnswer>> {
    let photos = load_all(files, region, &ensemble.preprocessing()?)?;
    let references: Vec<&Photo> = photos.iter().collect();
    let answers = ensemble.answer_views(&references, views, |_| {})?;
    let pairs = files.iter().cloned().zip(answers);
    Ok(pairs
        .map(|(file, answer)| FileAnswer { file, answer })
        .collect())
}

fn load_all(
    files: &[PathBuf],
    region: Option<&Region>,
    preprocessing: &Preprocessing,
) -> Result<Vec<Photo>> {
    let mut photos = Vec::new();
    let mut faults = Vec::new();
    for file in files {
        match load_region(Path::new(file), region, preprocessing) {
            Ok(photo) => photos.push(photo),
            Err(error) if error.exit_code() == 2 => faults.push(error.to_string()),
            Err(error) => return Err(error),
        }
    }
    if faults.is_empty() {
        Ok(photos)
    } else {
        Err(Error::input(faults.join("\n")))
    }
}

/// The answers as CSV: the file as it was named, the set, the most probable label, and each label's
/// probability.
///
/// # Errors
///
/// Only failures of ours.
pub fn as_table(answers: &[FileAnswer], ensemble: &Ensemble) -> Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["image", "set", "answer"];
    header.extend(ensemble.labels.keys());
    table.write_record(&header).map_err(Error::internal)?;
    for one in answers {
        let first = one.ranking(ensemble).into_iter().next();
        let mut cells = vec![
            one.file.display().to_string(),
            ensemble.set.clone(),
            first.map_or_else(String::new, |first| first.label),
        ];
        let probabilities = &one.answer.decision.probabilities;
        cells.extend(probabilities.iter().map(f32::to_string));
        table.write_record(&cells).map_err(Error::internal)?;
    }
    table.into_inner().map_err(Error::internal)
}

impl FileAnswer {
    /// The labels from the most to the least probable.
    pub fn ranking(&self, ensemble: &Ensemble) -> Vec<RankedLabel> {
        let decision = &self.answer.decision;
        decision
            .ranking()
            .into_iter()
            .filter_map(|index| {
                let label = ensemble.labels.get(index)?;
                Some(RankedLabel {
                    label: label.key.clone(),
                    name: label.name.clone(),
                    probability: decision.probabilities[index],
                })
            })
            .collect()
    }

    /// The answer for programs.
    pub fn to_json(&self, ensemble: &Ensemble) -> Value {
        let decision = &self.answer.decision;
        let probabilities: Map<String, Value> = ensemble
            .labels
            .keys()
            .zip(&decision.probabilities)
            .map(|(key, probability)| (key.to_string(), json!(probability)))
            .collect();
        json!({
            "file": self.file.display().to_string(),
            "set": ensemble.set,
            "folds": self.answer.folds,
            "probabilities": probabilities,
            "ranking": self.ranking(ensemble),
            "voted": decision.voted,
            "fallback": decision.fallback,
            "prediction_set": self.answer.prediction_set.as_ref().map(|set| json!({
                "coverage": set.coverage,
                "labels": self.set_keys(ensemble),
            })),
            "guard": self.answer.guard,
        })
    }

    /// Keys of the labels in the prediction set, the most probable first; empty without one.
    fn set_keys(&self, ensemble: &Ensemble) -> Vec<String> {
        let set = self.answer.prediction_set.iter();
        set.flat_map(|set| &set.labels)
            .filter_map(|index| ensemble.labels.get(*index))
            .map(|label| label.key.clone())
            .collect()
    }

    /// The answer for people: the most probable labels, one a line.
    pub fn to_text(&self, ensemble: &Ensemble, labels: usize) -> String {
        let mut text = format!("{}\n", self.file.display());
        for row in self.ranking(ensemble).into_iter().take(labels) {
            text.push_str(&format!(
                "  {:>5.1}%  {:<14}  {}\n",
                100.0 * row.probability,
                row.label,
                row.name
            ));
        }
        let decision = &self.answer.decision;
        let count = decision.voted.len();
        let voted = decision.voted.iter().filter(|voted| **voted).count();
        let note = if decision.fallback {
            format!("  no fold of {count} is sure: this is the plain mean")
        } else {
            format!("  {voted} of {count} folds voted")
        };
        text.push_str(&note);
        if let Some(set) = &self.answer.prediction_set {
            text.push_str(&format!(
                "\n  with {} coverage: {}",
                percent(set.coverage),
                alternatives(&self.set_keys(ensemble))
            ));
        }
        if let Some(verdict) = &self.answer.guard {
            let said = match verdict.accepted {
                true => "this looks like the photographs of skin that the model knows",
                false => "this does not look like a photograph of skin: do not use the answer",
            };
            text.push_str(&format!(
                "\n  {said} ({} {:.3}, accepted from {:.3})",
                verdict.kind, verdict.score, verdict.threshold
            ));
        }
        text
    }
}

/// A share in percent, without a fraction where there is none: `90%`, `97.5%`.
fn percent(share: f64) -> String {
    // Rounded to a thousandth of a percent: 0.9 has no exact binary form.
    format!("{}%", (share * 1e5).round() / 1e3)
}

/// `NF1`, `NF1 or ML`, `NF1, ML or TSC`.
fn alternatives(keys: &[String]) -> String {
    match keys {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_read_as_a_sentence() {
        let words = |keys: &[&str]| {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_string()).collect();
            alternatives(&keys)
        };
        assert_eq!(words(&["NF1"]), "NF1");
        assert_eq!(words(&["NF1", "ML"]), "NF1 or ML");
        assert_eq!(words(&["NF1", "ML", "TSC"]), "NF1, ML or TSC");
        assert_eq!(
            (percent(0.9), percent(0.975)),
            ("90%".into(), "97.5%".into())
        );
    }
}
