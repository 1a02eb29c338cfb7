//! A split into training folds and test that cannot leak, from a folder or a table of pictures.

mod absent;
mod candidate;
mod choose;
mod folder;
mod grouping;
mod pairing;
mod panoramic;
mod report;
mod table;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use genoderm_model::labels::LabelRegistry;

use crate::data::fingerprint::{Fingerprint, Step, fingerprints};
use crate::data::folds::deal_folds;
use crate::data::paths::{future_folder, name_in_manifest};
use crate::data::{LabelCounts, Manifest, PictureSet, Row, Split};
use crate::error::{Error, Result};
use crate::files;
use candidate::{Candidate, Collected};
use choose::{Piece, Place, choose_tests};
use grouping::{group, without_copies};
use pairing::photographs;

pub use report::{LeftOut, LookAlike, SplitReport};

/// Where the pictures are listed.
#[derive(Clone, Debug)]
pub enum SplitInput {
    /// `DIR/<LABEL>/...`, or `DIR/panoramic/<LABEL>/...` and `DIR/focused/<LABEL>/...`.
    Folder(PathBuf),
    /// A CSV file, and the folder that its paths start from (its own without one).
    Table {
        /// The file.
        csv: PathBuf,
        /// Folder that relative paths start from.
        images: Option<PathBuf>,
    },
}

impl SplitInput {
    /// What messages call it.
    fn path(&self) -> &Path {
        match self {
            SplitInput::Folder(path) | SplitInput::Table { csv: path, .. } => path,
        }
    }
}

/// How to split.
#[derive(Clone, Debug)]
pub struct SplitOptions {
    /// The pictures.
    pub input: SplitInput,
    /// Folder of the manifest.
    pub out: PathBuf,
    /// Set of the pictures for which nothing else is said.
    pub set: PictureSet,
    /// Labels that may occur; the own ones are tested.
    pub labels: LabelRegistry,
    /// Test photographs of each own label.
    pub test_per_label: usize,
    /// Folds of the training pictures, at least 2.
    pub folds: usize,
    /// Decides everything that is random.
    pub seed: u64,
    /// Pictures whose hashes differ in at most this many bits are of one source; `None` for no
    /// such search.
    pub near_duplicates: Option<u32>,
    /// Takes sub-folders of a label's folder for persons.
    pub person_folders: bool,
    /// Leaves broken pictures out instead of failing.
    pub skip_broken: bool,
}

/// Finds the pictures, groups, splits and writes `manifest.csv` and `split.json`.
///
/// Each own label gets `test_per_label` test photographs, each of another source and with one picture
/// in each set that there is. Every other picture of these sources is left out. The other sources
/// are dealt into folds, stratified by label.
///
/// # Errors
///
/// [`Error::Manifest`] with every bad row of a table; [`Error::Input`] for broken pictures, pictures
/// with two labels, or labels with too few photographs. Nothing is written then.
pub fn split(options: &SplitOptions, step: Step<'_>) -> Result<SplitReport> {
    files::refuse_existing(&options.out.join("manifest.csv"))?;
    let out = future_folder(&options.out)?;
    let Collected {
        candidates,
        mut notes,
    } = match &options.input {
        SplitInput::Folder(folder) => {
            folder::collect(folder, options.set, &options.labels, options.person_folders)?
        }
        SplitInput::Table { csv, images } => {
            table::collect(csv, images.as_deref(), options.set, &options.labels)?
        }
    };
    let refuse = |cause: String| {
        let path = options.input.path().display();
        Error::input(format!("{path}: {cause}"))
    };
    // Copies and broken pictures become no rows, but they tell what the others belong to.
    let (prints, mut left_out) = open(options, &candidates, step)?;
    let kept = without_copies(&candidates, &prints, &mut left_out)?;
    let photographs = photographs(&candidates, &prints, &mut notes)
        .map_err(|faults| refuse(faults.join("\n  ")))?;
    let (sources, look_alikes) = group(&candidates, &prints, &photographs, options.near_duplicates);
    let pieces: Vec<Piece<'_>> = kept
        .iter()
        .map(|index| Piece {
            label: &candidates[*index].label,
            set: candidates[*index].set,
            photograph: &photographs[*index],
            source: &sources[*index],
        })
        .collect();
    notes.extend(absent_labels(&pieces, &options.labels));
    let places = choose_tests(&pieces, options)
        .map_err(|cause| refuse(format!("{cause}{}", persons_of(options, &candidates))))?;
    let mut rows = Vec::new();
    let mut unnamed = Vec::new();
    for (index, place) in kept.iter().zip(&places) {
        let (candidate, source) = (&candidates[*index], &sources[*index]);
        let split = match place {
            Place::Train => Split::Train,
            Place::Test => Split::Test,
            Place::LeftOut => {
                left_out.push(LeftOut {
                    image: candidate.name.clone(),
                    cause: format!("its source {source} is for testing"),
                });
                continue;
            }
        };
        match row(candidate, source, split, &out) {
            Ok(row) => rows.push(row),
            Err(cause) => unnamed.push(format!("{}: {cause}", candidate.file.display())),
        }
    }
    if !unnamed.is_empty() {
        return Err(Error::input(unnamed.join("\n")));
    }
    let plan = deal_folds(&rows, options.folds, options.seed);
    for (row, fold) in rows.iter_mut().zip(plan.of_row) {
        row.fold = fold;
    }
    let filled: BTreeSet<usize> = rows.iter().filter_map(|row| row.fold).collect();
    if filled.len() < options.folds {
        return Err(refuse(format!(
            "too few sources for {} folds: {} (--folds takes a smaller number)",
            options.folds,
            filled.len()
        )));
    }
    let report = SplitReport {
        manifest: options.out.join("manifest.csv"),
        seed: options.seed,
        folds: options.folds,
        counts: LabelCounts::of(&rows),
        sources: report::sources_of(&rows, options.folds),
        look_alikes,
        left_out,
        notes,
    };
    // The manifest comes last: where it is, the report is too.
    files::create_folder(&options.out)?;
    files::write_json(&options.out.join("split.json"), &report)?;
    Manifest::create(&options.out, &rows)?;
    Ok(report)
}

/// Opens every picture; a broken one has no fingerprint, and is refused or left out.
fn open(
    options: &SplitOptions,
    candidates: &[Candidate],
    step: Step<'_>,
) -> Result<(Vec<Option<Fingerprint>>, Vec<LeftOut>)> {
    let files: Vec<PathBuf> = candidates.iter().map(|found| found.file.clone()).collect();
    let (mut prints, mut broken) = (Vec::new(), Vec::new());
    for (candidate, print) in candidates.iter().zip(fingerprints(&files, step)) {
        prints.push(match print {
            Ok(print) => Some(print),
            Err(error) => {
                broken.push(LeftOut {
                    image: candidate.name.clone(),
                    cause: error.to_string(),
                });
                None
            }
        });
    }
    if broken.is_empty() || options.skip_broken {
        return Ok((prints, broken));
    }
    let causes: Vec<&str> = broken.iter().map(|left| left.cause.as_str()).collect();
    Err(Error::input(format!(
        "{}: {} broken pictures (--skip-broken leaves them out)\n  {}",
        options.input.path().display(),
        broken.len(),
        causes.join("\n  ")
    )))
}

/// A note on the own labels without a picture.
fn absent_labels(pieces: &[Piece<'_>], labels: &LabelRegistry) -> Option<String> {
    let seen: BTreeSet<&str> = pieces.iter().map(|piece| piece.label).collect();
    let own = labels.iter().filter(|label| label.own);
    let absent: Vec<&str> = own
        .map(|label| label.key.as_str())
        .filter(|label| !seen.contains(label))
        .collect();
    (!absent.is_empty()).then(|| format!("own labels without pictures: {}", absent.join(", ")))
}

/// What to add to a complaint about too few sources when folders were taken for persons.
fn persons_of(options: &SplitOptions, candidates: &[Candidate]) -> &'static str {
    let person = candidates.iter().any(|found| found.person.is_some());
    match (&options.input, person) {
        (SplitInput::Folder(_), true) => {
            "; sub-folders of labels were taken for persons (--no-person-folders: they are none)"
        }
        _ => "",
    }
}

fn row(
    candidate: &Candidate,
    source: &str,
    split: Split,
    out: &Path,
) -> std::result::Result<Row, &'static str> {
    let mask = candidate.mask.as_ref();
    Ok(Row {
        line: candidate.line,
        image: name_in_manifest(&candidate.file, out)?,
        set: candidate.set,
        label: candidate.label.clone(),
        source: source.into(),
        split,
        fold: None,
        mask: mask.map(|mask| name_in_manifest(mask, out)).transpose()?,
        tone: candidate.tone,
    })
}
