//! One answer of one reader.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What readers are compared by: `geneticist`, `paediatrician`, `model`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Group(pub String);

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who answers: a person, or a model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reader {
    /// A pseudonym, unique within a study.
    pub name: String,
    /// The group.
    pub group: Group,
}

/// One row of a table of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Name of the survey.
    pub survey: String,
    /// Who answers.
    pub reader: Reader,
    /// The image, as the survey names it.
    pub image: String,
    /// The label that was chosen; `None` where the question was left out.
    pub answer: Option<String>,
}
