//! The dataset on disk: pictures, masks and `manifest.csv`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::prelude::*;

use super::condition::Condition;
use super::error::SynthError;
use super::not_skin::NotSkinPicture;
use super::photograph::{Photograph, Picture};
use super::plan::{PlannedPhoto, plan};

/// Smallest and largest side of a picture, in pixels.
const SIZES: std::ops::RangeInclusive<u32> = 32..=2048;
/// File numbers have four digits.
const MOST_PER_LABEL: usize = 9999;
const MOST_NOT_SKIN: usize = 9999;
/// Folder of the pictures without skin; the manifest does not list them.
const NOT_SKIN_FOLDER: &str = "not-skin";

/// What to draw and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynthOptions {
    /// Destination folder; it must not exist or be empty.
    pub out: PathBuf,
    /// Everything is determined by this, `per_label` and `size`.
    pub seed: u64,
    /// Photographs of each label, 2 to 9999; about one in six, and at least one, is for testing.
    pub per_label: usize,
    /// Longer side of every picture in pixels, 32 to 2048.
    pub size: u32,
    /// Pictures without skin beside them, 0 to 9999; they change nothing else.
    pub not_skin: usize,
}

/// What was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynthSummary {
    /// Labels.
    pub labels: usize,
    /// Photographs; each has a panoramic and a focused picture.
    pub photographs: usize,
    /// Photographs for training.
    pub train: usize,
    /// Photographs for testing.
    pub test: usize,
    /// Pictures without skin.
    pub not_skin: usize,
}

/// One row of `manifest.csv`.
#[derive(Clone, Debug)]
struct ManifestRow {
    image: String,
    set: String,
    label: String,
    source: String,
    split: String,
    fold: Option<usize>,
    mask: String,
    tone: u8,
}

/// Draws a dataset: `per_label` photographs of each of the seven labels.
///
/// `progress` is called with (photographs done, photographs in all), from several threads. Files are equal byte for
/// byte whatever the number of threads. The folder appears under its name only when it is complete.
///
/// # Errors
/// [`SynthError::is_bad_input`] tells wrong options and destinations from failures of the file system.
pub fn generate(
    options: &SynthOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<SynthSummary, SynthError> {
    check(options)?;
    let out = std::path::absolute(&options.out).map_err(|source| SynthError::Write {
        path: options.out.clone(),
        source,
    })?;
    let (Some(parent), Some(_)) = (out.parent(), out.file_name()) else {
        return Err(SynthError::Options(format!(
            "{} cannot be a dataset folder: choose another",
            out.display()
        )));
    };
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| SynthError::Write { path, source }
    };
    fs::create_dir_all(parent).map_err(failed(parent))?;
    let work = tempfile::Builder::new()
        .prefix(".genoderm-synth-")
        .tempdir_in(parent)
        .map_err(failed(parent))?;
    // A temporary folder is private; a dataset is as readable as any folder.
    let root = work.path().join("dataset");
    for condition in Condition::ALL {
        for folder in ["panoramic", "focused", "masks/panoramic", "masks/focused"] {
            let path = root.join(folder).join(condition.key());
            fs::create_dir_all(&path).map_err(failed(&path))?;
        }
    }
    let photos = plan(options.seed, options.per_label);
    let total = photos.len() + options.not_skin;
    let done = Mutex::new(0usize);
    progress(0, total);
    // Reporting under the lock keeps the counts in order.
    let report = || {
        let mut done = done.lock().unwrap_or_else(|broken| broken.into_inner());
        *done += 1;
        progress(*done, total);
    };
    let rows: Vec<[ManifestRow; 2]> = photos
        .par_iter()
        .map(|planned| {
            let rows = write_photograph(planned, options, &root)?;
            report();
            Ok(rows)
        })
        .collect::<Result<_, SynthError>>()?;
    write_not_skin(options, &root.join(NOT_SKIN_FOLDER), &report)?;
    write_manifest(&rows, &root.join("manifest.csv"))?;
    if out.exists() {
        // It is empty, as checked; somebody may have filled it meanwhile, then this fails.
        fs::remove_dir(&out).map_err(failed(&out))?;
    }
    fs::rename(&root, &out).map_err(failed(&out))?;
    let test = photos.iter().filter(|photo| photo.fold.is_none()).count();
    Ok(SynthSummary {
        labels: Condition::ALL.len(),
        photographs: photos.len(),
        train: photos.len() - test,
        test,
        not_skin: options.not_skin,
    })
}

fn check(options: &SynthOptions) -> Result<(), SynthError> {
    if !(2..=MOST_PER_LABEL).contains(&options.per_label) {
        return Err(SynthError::Options(format!(
            "{} photographs a label: choose 2 to {MOST_PER_LABEL}, so that there are some to train and some to test",
            options.per_label
        )));
    }
    if !SIZES.contains(&options.size) {
        return Err(SynthError::Options(format!(
            "pictures of {} pixels: choose {} to {}",
            options.size,
            SIZES.start(),
            SIZES.end()
        )));
    }
    if options.not_skin > MOST_NOT_SKIN {
        return Err(SynthError::Options(format!(
            "{} pictures without skin: choose at most {MOST_NOT_SKIN}",
            options.not_skin
        )));
    }
    if options.out.exists() {
        if !options.out.is_dir() {
            return Err(SynthError::NotAFolder(options.out.clone()));
        }
        let mut entries = fs::read_dir(&options.out).map_err(|source| SynthError::Write {
            path: options.out.clone(),
            source,
        })?;
        if entries.next().is_some() {
            return Err(SynthError::NotEmpty(options.out.clone()));
        }
    }
    Ok(())
}

fn write_photograph(
    planned: &PlannedPhoto,
    options: &SynthOptions,
    root: &Path,
) -> Result<[ManifestRow; 2], SynthError> {
    let photograph = Photograph::draw(planned, options.seed, options.size);
    Ok([
        write_picture(planned, "panoramic", &photograph.panoramic, root)?,
        write_picture(planned, "focused", &photograph.focused, root)?,
    ])
}

fn write_picture(
    planned: &PlannedPhoto,
    set: &str,
    picture: &Picture,
    root: &Path,
) -> Result<ManifestRow, SynthError> {
    let (label, source) = (planned.condition.key(), planned.source());
    let row = ManifestRow {
        image: format!("{set}/{label}/{source}.jpg"),
        set: set.to_owned(),
        label: label.to_owned(),
        source,
        split: planned.split().to_owned(),
        fold: planned.fold,
        mask: format!("masks/{set}/{label}/{}.png", planned.source()),
        tone: planned.tone,
    };
    write_encoded(root.join(&row.image), picture.jpeg())?;
    write_encoded(root.join(&row.mask), picture.mask_png())?;
    Ok(row)
}

fn write_encoded(
    path: PathBuf,
    encoded: Result<Vec<u8>, image::ImageError>,
) -> Result<(), SynthError> {
    match encoded {
        Ok(bytes) => fs::write(&path, bytes).map_err(|source| SynthError::Write { path, source }),
        Err(source) => Err(SynthError::Encode { path, source }),
    }
}

/// Draws the pictures without skin, if any are wanted.
fn write_not_skin(
    options: &SynthOptions,
    folder: &Path,
    report: &(dyn Fn() + Sync),
) -> Result<(), SynthError> {
    if options.not_skin == 0 {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|source| SynthError::Write {
        path: folder.to_path_buf(),
        source,
    })?;
    (1..=options.not_skin)
        .into_par_iter()
        .try_for_each(|number| {
            let picture = NotSkinPicture::draw(options.seed, number, options.size);
            write_encoded(folder.join(&picture.name), picture.jpeg())?;
            report();
            Ok(())
        })
}

fn write_manifest(rows: &[[ManifestRow; 2]], path: &Path) -> Result<(), SynthError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |source: std::io::Error| SynthError::Write {
        path: path.to_path_buf(),
        source,
    };
    let mut write = |record: &[&str]| {
        writer
            .write_record(record)
            .map_err(|error| failed(std::io::Error::other(error)))
    };
    write(&[
        "image", "set", "label", "source", "split", "fold", "mask", "tone",
    ])?;
    // Panoramic pictures first, then focused ones.
    for set in 0..2 {
        for row in rows.iter().filter_map(|pair| pair.get(set)) {
            let fold = row.fold.map_or_else(String::new, |fold| fold.to_string());
            let tone = row.tone.to_string();
            write(&[
                &row.image,
                &row.set,
                &row.label,
                &row.source,
                &row.split,
                &fold,
                &row.mask,
                &tone,
            ])?;
        }
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| failed(std::io::Error::other(error.to_string())))?;
    fs::write(path, bytes).map_err(failed)
}
