//! Whether pictures that a run is measured on are ones that its networks have learnt from.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::data::{Example, Manifest, Split};
use crate::error::{Error, Result};
use crate::evaluation::OutOfFold;
use crate::files;
use crate::training::{DataRecord, RunFolder};

/// How it is known that no network has learnt from the pictures that a run is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The manifest that the run learnt from keeps them out of the training.
    OwnTest,
    /// Another manifest: none is the same file as one of so many training pictures.
    OtherFiles(usize),
    /// Another manifest, and training pictures are no longer at hand: none has the name of one of so
    /// many, which proves little.
    OtherNames(usize),
}

/// Refuses pictures, the test pictures of `manifest`, that a network of the run has learnt from.
///
/// In another manifest than the run's they may have any name: files are compared by content where
/// the run's training pictures are still where they were, else by name.
///
/// # Errors
///
/// [`Error::Input`] that says how many there are, names the first and ends with `instead`.
pub fn require_unseen(
    run: &RunFolder,
    manifest: &Manifest,
    examples: &[Example],
    instead: &str,
) -> Result<Unseen> {
    let data = run.data()?;
    if manifest.sha256 == data.manifest_sha256 {
        return Ok(Unseen::OwnTest);
    }
    let learnt = Learnt::of(run, &data)?;
    let hashes = learnt.hashes(examples);
    let is_seen = |example: &&Example| {
        learnt.names.contains(&example.image)
            || hash(&example.file).is_some_and(|hash| hashes.contains(&hash))
    };
    let seen: Vec<&Example> = examples.par_iter().filter(is_seen).collect();
    if let Some(first) = seen.first() {
        return Err(Error::input(format!(
            "{}: {} of {} test pictures are among those that {} learnt from, the first is {}: {instead}",
            manifest.path.display(),
            seen.len(),
            examples.len(),
            run.path().display(),
            first.image
        )));
    }
    Ok(match learnt.is_at_hand() {
        true => Unseen::OtherFiles(learnt.files.len()),
        false => Unseen::OtherNames(learnt.files.len() + learnt.names.len()),
    })
}

/// What the networks of a run have learnt from.
struct Learnt {
    /// Files that are still there, with their size in bytes.
    files: Vec<(PathBuf, u64)>,
    /// Names, as in the run's manifest, of the others.
    names: HashSet<String>,
}

impl Learnt {
    /// The training pictures of the run's manifest; when that is gone or has changed, those that the
    /// finished folds were validated on, which all other folds learnt from.
    fn of(run: &RunFolder, data: &DataRecord) -> Result<Self> {
        let config = run.config()?;
        let mut learnt = Self {
            files: Vec::new(),
            names: HashSet::new(),
        };
        let manifest = Manifest::read(Path::new(&data.folder)).ok();
        match manifest.filter(|manifest| manifest.sha256 == data.manifest_sha256) {
            Some(manifest) => {
                let is_learnt_from = |split: Split, set| split == Split::Train && set == config.set;
                let rows = manifest.rows.iter();
                for row in rows.filter(|row| is_learnt_from(row.split, row.set)) {
                    let file = manifest.file(&row.image);
                    match fs::metadata(&file) {
                        Ok(found) => learnt.files.push((file, found.len())),
                        Err(_) => drop(learnt.names.insert(row.image.clone())),
                    }
                }
            }
            None => {
                let folds = OutOfFold::of_run(run, &config.labels)?;
                let rows = folds.into_iter().flat_map(|fold| fold.rows);
                learnt.names.extend(rows.map(|(image, _)| image));
            }
        }
        Ok(learnt)
    }

    /// Whether all that was learnt from could be compared by content.
    fn is_at_hand(&self) -> bool {
        self.names.is_empty() && !self.files.is_empty()
    }

    /// Checksums of the files that are as large as one of the examples: only those can be equal.
    fn hashes(&self, examples: &[Example]) -> HashSet<String> {
        let sizes = examples.iter().map(|example| fs::metadata(&example.file));
        let sizes: HashSet<u64> = sizes.filter_map(|found| Some(found.ok()?.len())).collect();
        let candidates = self.files.par_iter();
        candidates
            .filter(|(_, size)| sizes.contains(size))
            .filter_map(|(file, _)| hash(file))
            .collect()
    }
}

fn hash(file: &Path) -> Option<String> {
    files::read(file).ok().map(|bytes| files::sha256(&bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::training::Preset;

    const HEADER: &str = "image,set,label,source,split,fold,mask,tone\n";

    /// A folder with a manifest and files whose content is given.
    fn collection(folder: &Path, rows: &[(&str, &str, &str)]) -> Manifest {
        let mut table = HEADER.to_owned();
        for (index, (image, split, content)) in rows.iter().enumerate() {
            table += &format!("{image},focused,NF1,p{index},{split},,,\n");
            files::create_folder(folder).unwrap();
            files::write(&folder.join(image), content.as_bytes()).unwrap();
        }
        files::write(&folder.join("manifest.csv"), table.as_bytes()).unwrap();
        Manifest::read(folder).unwrap()
    }

    fn tests_of(manifest: &Manifest) -> Vec<Example> {
        let rows = manifest.rows.iter().filter(|row| row.split == Split::Test);
        let example = |row: &crate::data::Row| Example {
            image: row.image.clone(),
            file: manifest.file(&row.image),
            label: 5,
            split: row.split,
            fold: None,
            source: row.source.clone(),
            tone: None,
            mask: None,
        };
        rows.map(example).collect()
    }

    #[test]
    fn training_pictures_are_known_by_their_content_and_without_it_by_their_name() {
        let root = tempfile::tempdir().unwrap();
        let own = collection(
            &root.path().join("own"),
            &[
                ("a.jpg", "train", "one"),
                ("b.jpg", "train", "two"),
                ("c.jpg", "test", "six"),
            ],
        );
        let data = DataRecord::of(&root.path().join("own"), &own, 2);
        let config = Preset::Demo.config();
        let run = RunFolder::create(&root.path().join("run"), &config, &data).unwrap();
        let fold = run.fold(0);
        files::create_folder(fold.path()).unwrap();
        let table = "image,label,EverythingElse,HMI,IP,MA,ML,NF1,TSC\na.jpg,NF1,0,0,0,0,0,1,0\n";
        files::write(&fold.path().join("validation.csv"), table.as_bytes()).unwrap();
        files::write(&fold.path().join("done.json"), b"{}").unwrap();
        let judge = |manifest: &Manifest| {
            require_unseen(&run, manifest, &tests_of(manifest), "do something else")
        };
        assert_eq!(judge(&own).unwrap(), Unseen::OwnTest);

        let other = |rows: &[(&str, &str, &str)]| {
            let folder = tempfile::tempdir_in(root.path()).unwrap().keep();
            collection(&folder, rows)
        };
        // Copies under other names, one of them of a test picture, and a name that means nothing.
        let copied = other(&[
            ("x.jpg", "test", "six"),
            ("y.jpg", "test", "two"),
            ("z.jpg", "test", "one"),
            ("a.jpg", "test", "ten"),
        ]);
        let said = judge(&copied).unwrap_err().to_string();
        assert!(said.contains("2 of 4 test pictures"), "{said}");
        assert!(
            said.contains("the first is y.jpg: do something else"),
            "{said}"
        );
        let fresh = other(&[("a.jpg", "test", "ten"), ("q.jpg", "train", "one")]);
        assert_eq!(judge(&fresh).unwrap(), Unseen::OtherFiles(2));

        // The run's own pictures have moved away.
        fs::remove_file(root.path().join("own/manifest.csv")).unwrap();
        let said = judge(&fresh).unwrap_err().to_string();
        assert!(said.contains("1 of 1 test pictures"), "{said}");
        let named = other(&[("q.jpg", "test", "one")]);
        assert_eq!(judge(&named).unwrap(), Unseen::OtherNames(1));
    }
}
