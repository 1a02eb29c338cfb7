//! A split into training folds and test that cannot leak, from a folder or a table of pictures.

mod candidate;
mod choose;
mod folder;
mod grouping;
mod pairing;
mod report;
mod table;

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
use grouping::{drop_copies, group};
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
        SplitInput::Folder(folder) => folder::collect(folder, options.set, &options.labels)?,
        SplitInput::Table { csv, images } => {
            table::collect(csv, images.as_deref(), options.set, &options.labels)?
        }
    };
    let (opened, mut left_out) = open(options, candidates, step)?;
    let (candidates, prints) = drop_copies(opened, &mut left_out)?;
    let photographs = photographs(&candidates, &mut notes).map_err(|faults| {
        let faults = faults.join("\n  ");
        Error::input(format!("{}: {faults}", options.input.path().display()))
    })?;
    let (sources, look_alikes) = group(&candidates, &prints, &photographs, options.near_duplicates);
    let pieces: Vec<Piece<'_>> = candidates
        .iter()
        .zip(&photographs)
        .zip(&sources)
        .map(|((candidate, photograph), source)| Piece {
            label: &candidate.label,
            set: candidate.set,
            photograph,
            source,
        })
        .collect();
    let places = choose_tests(&pieces, options)
        .map_err(|cause| Error::input(format!("{}: {cause}", options.input.path().display())))?;
    let mut rows = Vec::new();
    let mut unnamed = Vec::new();
    for ((candidate, source), place) in candidates.iter().zip(&sources).zip(&places) {
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

/// Pictures that can be read.
type Opened = Vec<(Candidate, Fingerprint)>;

/// Opens every picture; the broken ones are refused or left out.
fn open(
    options: &SplitOptions,
    candidates: Vec<Candidate>,
    step: Step<'_>,
) -> Result<(Opened, Vec<LeftOut>)> {
    let files: Vec<PathBuf> = candidates.iter().map(|found| found.file.clone()).collect();
    let (mut opened, mut broken) = (Vec::new(), Vec::new());
    for (candidate, print) in candidates.into_iter().zip(fingerprints(&files, step)) {
        match print {
            Ok(print) => opened.push((candidate, print)),
            Err(error) => broken.push(LeftOut {
                image: candidate.name,
                cause: error.to_string(),
            }),
        }
    }
    if broken.is_empty() || options.skip_broken {
        return Ok((opened, broken));
    }
    let causes: Vec<&str> = broken.iter().map(|left| left.cause.as_str()).collect();
    Err(Error::input(format!(
        "{}: {} broken pictures (--skip-broken leaves them out)\n  {}",
        options.input.path().display(),
        broken.len(),
        causes.join("\n  ")
    )))
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
