//! `genoderm study`: from test pictures to a report, and what is refused on the way.

mod chain;
mod making;
mod scoring;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{argument, json, refuse, succeed};

pub const LABELS: [&str; 7] = ["HMI", "IP", "MA", "ML", "NF1", "Other", "TSC"];

/// A folder in which studies are made.
pub struct Work {
    root: TempDir,
}

impl Work {
    /// A folder `data` with test photographs of labels, each in both views, and one for training.
    pub fn with(labels: &[&str], photographs: usize) -> Self {
        let work = Self {
            root: tempfile::tempdir().unwrap(),
        };
        let mut rows = String::from("image,set,label,source,split,fold,mask,tone\n");
        for (place, label) in labels.iter().enumerate() {
            for photograph in 0..=photographs {
                for (view, set) in ["panoramic", "focused"].iter().enumerate() {
                    let name = format!("{set}/{label}/{label}-{photograph}.png");
                    let colour = [place as u8 * 30, photograph as u8 * 10, view as u8 * 200];
                    let file = work.path(&format!("data/{name}"));
                    fs::create_dir_all(file.parent().unwrap()).unwrap();
                    RgbImage::from_pixel(24, 24, Rgb(colour))
                        .save(&file)
                        .unwrap();
                    let split = if photograph == photographs {
                        "train,0"
                    } else {
                        "test,"
                    };
                    rows += &format!("{name},{set},{label},{label}-{photograph},{split},,\n");
                }
            }
        }
        fs::create_dir_all(work.path("data")).unwrap();
        fs::write(work.path("data/manifest.csv"), rows).unwrap();
        work
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Arguments in which `@name` stands for a path here, also after `=`.
    fn arguments(&self, command: &str) -> Vec<String> {
        let words = command.split_whitespace();
        let word = |word: &str| match word.split_once('@') {
            Some((before, name)) => format!("{before}{}", argument(&self.path(name))),
            None => word.to_string(),
        };
        ["study".to_string()]
            .into_iter()
            .chain(words.map(word))
            .collect()
    }

    pub fn succeed(&self, command: &str) -> String {
        let arguments = self.arguments(command);
        succeed(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub fn refuse(&self, command: &str) -> String {
        let before = self.everything();
        let arguments = self.arguments(command);
        let said = refuse(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        // Nothing is left behind by what was refused.
        assert_eq!(self.everything(), before, "{said}");
        said
    }

    /// Names of all files.
    fn everything(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                }
                found.push(path);
            }
        }
        let mut found = Vec::new();
        walk(self.root.path(), &mut found);
        found.sort();
        found
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn json(&self, name: &str) -> Value {
        json(&self.path(name))
    }

    /// The rows of a CSV file, by column.
    pub fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let text = self.read(name);
        let mut lines = text.lines().map(|line| line.split(','));
        let header: Vec<&str> = lines.next().unwrap().collect();
        lines
            .map(|cells| {
                let cells = header.iter().zip(cells);
                cells
                    .map(|(name, cell)| (name.to_string(), cell.to_string()))
                    .collect()
            })
            .collect()
    }

    /// A table in which `reader` of `group` answers surveys rightly, leaving out the first `skip` questions.
    pub fn answers(&self, reader: &str, group: &str, surveys: &[usize], skip: usize) -> String {
        let made = self.json("study/surveys.json");
        let mut text = String::from("survey,reader,group,image,answer\n");
        for survey in surveys {
            let survey = &made["surveys"][survey];
            let name = survey["name"].as_str().unwrap();
            for (index, question) in survey["questions"].as_array().unwrap().iter().enumerate() {
                let image = question["image"].as_str().unwrap();
                let answer = match index < skip {
                    true => "",
                    false => question["label"].as_str().unwrap(),
                };
                text += &format!("{name},{reader},{group},{image},{answer}\n");
            }
        }
        text
    }
}
