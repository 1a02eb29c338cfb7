//! The ordered list of the labels that a model's outputs stand for.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::table::{ROWS, Row};

/// One condition that a model can name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Label {
    /// Short, stable identifier, as written in tables and file names: `NF1`.
    pub key: String,
    /// Name for people: "Neurofibromatosis type 1".
    pub name: String,
    /// Numbers in the catalogue Online Mendelian Inheritance in Man (OMIM); empty where none
    /// applies.
    #[serde(default)]
    pub mim: Vec<u32>,
    /// Symbols of the genes; empty where none, or no single one, is known.
    #[serde(default)]
    pub genes: Vec<String>,
    /// One sentence about what the skin shows.
    #[serde(default)]
    pub description: String,
    /// `true` for a condition that the model is meant to recognise, `false` for an auxiliary class
    /// that only helps training and is left out of balanced accuracies.
    #[serde(default = "is_own_by_default")]
    pub own: bool,
}

fn is_own_by_default() -> bool {
    true
}

/// What is wrong with a list of labels.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// The list has no label.
    #[error("the list of labels is empty")]
    Empty,
    /// Two labels have the same key.
    #[error("the label key `{key}` appears more than once")]
    DuplicateKey {
        /// The repeated key.
        key: String,
    },
    /// A key is empty, longer than [`Label::MAX_KEY_LEN`] bytes, or has control characters or
    /// spaces at its ends.
    #[error("the key of label {index} (counted from 0) is not usable: {cause}")]
    BadKey {
        /// Position in the list.
        index: usize,
        /// What is wrong with it.
        cause: &'static str,
    },
    /// A label has no name to show.
    #[error("the label `{key}` has no name")]
    NoName {
        /// Key of the nameless label.
        key: String,
    },
}

impl Label {
    /// Longest key accepted, in bytes.
    pub const MAX_KEY_LEN: usize = 64;

    fn from_row(row: &Row) -> Self {
        Self {
            key: row.key.to_owned(),
            name: row.name.to_owned(),
            mim: row.mim.to_vec(),
            genes: row.genes.iter().map(|&gene| gene.to_owned()).collect(),
            description: row.description.to_owned(),
            own: row.own,
        }
    }

    fn check(&self, index: usize) -> Result<(), LabelError> {
        let bad_key = |cause| Err(LabelError::BadKey { index, cause });
        if self.key.is_empty() {
            return bad_key("it is empty");
        }
        if self.key.len() > Self::MAX_KEY_LEN {
            return bad_key("it is longer than 64 bytes");
        }
        if self.key.chars().any(char::is_control) {
            return bad_key("it holds a control character");
        }
        if self.key.trim() != self.key {
            return bad_key("it starts or ends with a space");
        }
        if self.name.trim().is_empty() {
            return Err(LabelError::NoName {
                key: self.key.clone(),
            });
        }
        Ok(())
    }
}

/// The labels of a model in the order of its outputs: never empty, every key once.
///
/// In JSON it is the plain list of its labels; reading one that breaks the rules is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Label>", into = "Vec<Label>")]
pub struct LabelRegistry {
    labels: Vec<Label>,
}

impl LabelRegistry {
    /// Checks a list of labels and keeps its order.
    ///
    /// # Errors
    ///
    /// When the list is empty, a key is unusable or repeated, or a name is missing.
    pub fn new(labels: Vec<Label>) -> Result<Self, LabelError> {
        if labels.is_empty() {
            return Err(LabelError::Empty);
        }
        let mut seen = HashSet::new();
        for (index, label) in labels.iter().enumerate() {
            label.check(index)?;
            if !seen.insert(label.key.as_str()) {
                return Err(LabelError::DuplicateKey {
                    key: label.key.clone(),
                });
            }
        }
        Ok(Self { labels })
    }

    /// The seven conditions of the study: EverythingElse, HMI, IP, MA, ML, NF1, TSC.
    pub fn own() -> Self {
        Self::from_rows(|row| row.own)
    }

    /// The seven conditions and the nine auxiliary classes, in the order of the authors' sixteen
    /// outputs.
    pub fn paper() -> Self {
        Self::from_rows(|_| true)
    }

    fn from_rows(wanted: impl Fn(&Row) -> bool) -> Self {
        Self {
            labels: ROWS
                .iter()
                .filter(|row| wanted(row))
                .map(Label::from_row)
                .collect(),
        }
    }

    /// Number of labels, at least 1.
    #[allow(clippy::len_without_is_empty)] // a registry is never empty
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Position of the label with this exact key.
    pub fn index_of(&self, key: &str) -> Option<usize> {
        self.labels.iter().position(|label| label.key == key)
    }

    /// The label at a position.
    pub fn get(&self, index: usize) -> Option<&Label> {
        self.labels.get(index)
    }

    /// The labels in the order of the outputs.
    pub fn iter(&self) -> std::slice::Iter<'_, Label> {
        self.labels.iter()
    }

    /// The keys in the order of the outputs.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(|label| label.key.as_str())
    }
}

impl<'a> IntoIterator for &'a LabelRegistry {
    type Item = &'a Label;
    type IntoIter = std::slice::Iter<'a, Label>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl TryFrom<Vec<Label>> for LabelRegistry {
    type Error = LabelError;

    fn try_from(labels: Vec<Label>) -> Result<Self, LabelError> {
        Self::new(labels)
    }
}

impl From<LabelRegistry> for Vec<Label> {
    fn from(registry: LabelRegistry) -> Self {
        registry.labels
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn own_labels_are_the_seven_of_the_study_in_ascii_order() {
        let registry = LabelRegistry::own();
        let keys: Vec<&str> = registry.keys().collect();
        assert_eq!(
            keys,
            ["EverythingElse", "HMI", "IP", "MA", "ML", "NF1", "TSC"]
        );
        assert!(registry.iter().all(|label| label.own));
    }

    #[test]
    fn paper_labels_are_sorted_as_the_authors_sorted_them() {
        let registry = LabelRegistry::paper();
        let keys: Vec<&str> = registry.keys().collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        assert_eq!(keys, sorted);
        assert_eq!(registry.len(), 16);
        // Fixed points of the authors' numbering (their `final_prediction.csv`).
        assert_eq!(registry.index_of("EverythingElse"), Some(4));
        assert_eq!(registry.index_of("NF1"), Some(9));
        assert_eq!(registry.index_of("TSC"), Some(11));
        assert_eq!(registry.index_of("unknown"), Some(15));
        assert_eq!(registry.iter().filter(|label| label.own).count(), 7);
    }

    #[test]
    fn mim_numbers_are_those_of_the_study() {
        let registry = LabelRegistry::own();
        let mim = |key: &str| &registry.get(registry.index_of(key).unwrap()).unwrap().mim;
        assert_eq!(mim("HMI"), &[300337]);
        assert_eq!(mim("IP"), &[308300]);
        assert_eq!(mim("MA"), &[174800]);
        assert_eq!(mim("ML"), &[151100]);
        assert_eq!(mim("NF1"), &[162200]);
        assert_eq!(mim("TSC"), &[191100, 613254]);
        assert!(mim("EverythingElse").is_empty());
    }

    #[test]
    fn both_built_in_lists_pass_their_own_check() {
        for registry in [LabelRegistry::own(), LabelRegistry::paper()] {
            assert_eq!(LabelRegistry::new(registry.clone().into()), Ok(registry));
        }
    }

    #[test]
    fn json_is_a_plain_list_and_survives_a_round_trip() {
        let registry = LabelRegistry::paper();
        let json = serde_json::to_string(&registry).unwrap();
        assert!(json.starts_with("[{\"key\":\"AK\""));
        assert_eq!(
            serde_json::from_str::<LabelRegistry>(&json).unwrap(),
            registry
        );
    }

    #[test]
    fn a_short_label_of_someone_else_gets_defaults() {
        let registry: LabelRegistry =
            serde_json::from_str(r#"[{"key":"VIT","name":"Vitiligo","extra":1}]"#).unwrap();
        let label = registry.get(0).unwrap();
        assert!(label.own && label.mim.is_empty() && label.genes.is_empty());
    }

    #[test]
    fn unusable_lists_are_refused_with_their_cause() {
        let label = |key: &str| Label {
            key: key.to_owned(),
            name: "name".to_owned(),
            mim: vec![],
            genes: vec![],
            description: String::new(),
            own: true,
        };
        assert_eq!(LabelRegistry::new(vec![]), Err(LabelError::Empty));
        assert_eq!(
            LabelRegistry::new(vec![label("A"), label("B"), label("A")]),
            Err(LabelError::DuplicateKey { key: "A".into() })
        );
        for key in ["", " A", "A\n", &"x".repeat(65)] {
            assert!(matches!(
                LabelRegistry::new(vec![label("A"), label(key)]),
                Err(LabelError::BadKey { index: 1, .. })
            ));
        }
        let nameless = Label {
            name: " ".into(),
            ..label("A")
        };
        assert_eq!(
            LabelRegistry::new(vec![nameless]),
            Err(LabelError::NoName { key: "A".into() })
        );
        assert!(serde_json::from_str::<LabelRegistry>("[]").is_err());
    }
}
