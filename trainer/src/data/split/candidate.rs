//! A picture that was found and may become a row of the manifest.

use std::path::PathBuf;

use crate::data::PictureSet;

/// A picture and what its place or its row says about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    /// Panoramic or focused.
    pub set: PictureSet,
    /// Key of the condition.
    pub label: String,
    /// As written in the table, or below the folder.
    pub name: String,
    /// Line of the table; 0 in a folder.
    pub line: u64,
    /// The file, absolute.
    pub file: PathBuf,
    /// What pictures of one photograph have in common in their names.
    pub stem: String,
    /// Name of the photograph, when nothing better is known.
    pub photograph: String,
    /// The photograph, as the table says.
    pub source: Option<String>,
    /// The person.
    pub person: Option<String>,
    /// Where the photograph was published.
    pub url: Option<String>,
    /// Lesion mask.
    pub mask: Option<PathBuf>,
    /// Fitzpatrick skin type, 1 to 6.
    pub tone: Option<u8>,
}

/// All pictures of a folder or table.
pub(super) struct Collected {
    /// Sorted, so that nothing depends on the order of a folder or of rows.
    pub candidates: Vec<Candidate>,
    /// What was seen besides.
    pub notes: Vec<String>,
}
