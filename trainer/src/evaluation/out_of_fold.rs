//! `validation.csv` of a run's folds: what each network said of pictures that it has not learnt from.

use std::path::Path;

use genoderm_model::labels::LabelRegistry;

use crate::error::{Error, Result};
use crate::files;
use crate::training::RunFolder;

/// What a fold said about pictures that it has not learnt from.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfFold {
    /// Which fold.
    pub fold: usize,
    /// The file as the manifest names it, and a probability for each label.
    pub rows: Vec<(String, Vec<f32>)>,
}

impl OutOfFold {
    /// Reads the predictions of every finished fold of a run that has them.
    ///
    /// # Errors
    ///
    /// [`Error::Content`] for a table without the run's labels or with what is no number.
    pub fn of_run(run: &RunFolder, labels: &LabelRegistry) -> Result<Vec<Self>> {
        let folds = run.finished_folds()?.into_iter();
        let found = folds.map(|folder| (folder.fold, folder.path().join("validation.csv")));
        found
            .filter(|(_, file)| file.is_file())
            .map(|(fold, file)| Self::read(fold, &file, labels))
            .collect()
    }

    fn read(fold: usize, file: &Path, labels: &LabelRegistry) -> Result<Self> {
        let content = |cause: String| Error::content(file)(cause);
        let bytes = files::read(file)?;
        let mut table = csv::Reader::from_reader(bytes.as_slice());
        let header = table.headers().map_err(|e| content(e.to_string()))?.clone();
        let position = |name: &str| {
            let found = header.iter().position(|cell| cell == name);
            found.ok_or_else(|| content(format!("has no column {name}")))
        };
        let image = position("image")?;
        let columns = labels.keys().map(position).collect::<Result<Vec<_>>>()?;
        let mut rows = Vec::new();
        for record in table.records() {
            let record = record.map_err(|e| content(e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let number = |column: &usize| {
                let text = record.get(*column).unwrap_or("");
                text.parse::<f32>()
                    .map_err(|_| content(format!("line {line}: `{text}` is not a number")))
            };
            let numbers = columns.iter().map(number).collect::<Result<Vec<_>>>()?;
            rows.push((record.get(image).unwrap_or("").to_owned(), numbers));
        }
        Ok(Self { fold, rows })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn validation_tables_are_read_by_their_header() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("validation.csv");
        let labels = LabelRegistry::own();
        let keys: Vec<&str> = labels.keys().collect();
        let header = format!("label,{},image\n", keys.join(","));
        std::fs::write(&file, format!("{header}NF1,0,0,0,0,0,1,0,a.jpg\n")).unwrap();
        let read = OutOfFold::read(2, &file, &labels).unwrap();
        assert_eq!(read.rows[0].0, "a.jpg");
        assert_eq!(read.rows[0].1[5], 1.0);
        std::fs::write(&file, format!("{header}NF1,0,0,x,0,0,1,0,a.jpg\n")).unwrap();
        let message = OutOfFold::read(2, &file, &labels).unwrap_err().to_string();
        assert!(message.contains("line 2: `x`"), "{message}");
        std::fs::write(&file, "image,NF1\n").unwrap();
        let message = OutOfFold::read(2, &file, &labels).unwrap_err().to_string();
        assert!(message.contains("no column EverythingElse"), "{message}");
    }
}
