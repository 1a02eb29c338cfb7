//! A folder of small drawn pictures, and commands run on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{argument, genoderm, refuse, refuse_in_one_line, succeed};

/// A picture of coloured spots that no other seed's resembles.
fn picture(seed: u32) -> RgbImage {
    let value = |x: u32, y: u32, channel: u32| {
        let mut mixed = seed ^ (x * 7919) ^ (y * 104_729) ^ (channel * 1_299_709);
        for _ in 0..3 {
            mixed = (mixed ^ (mixed >> 15))
                .wrapping_mul(0x2C1B_3C6D)
                .wrapping_add(seed);
        }
        (mixed >> 24) as u8
    };
    let coarse = RgbImage::from_fn(16, 16, |x, y| Rgb([0, 1, 2].map(|c| value(x, y, c))));
    resize(&coarse, 60, 48, FilterType::CatmullRom)
}

fn save(file: &Path, picture: &RgbImage, quality: u8) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(picture)
        .unwrap();
    fs::write(file, bytes).unwrap();
}

/// A folder in which pictures are drawn.
pub struct Folder {
    root: TempDir,
    next: u32,
}

impl Folder {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        Self { root, next: 0 }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Draws a picture unlike all others.
    pub fn draw(&mut self, name: &str) {
        self.next += 1;
        save(&self.path(name), &picture(self.next), 90);
    }

    /// Saves a picture again, a little smaller and of another quality.
    pub fn save_again(&self, from: &str, to: &str) {
        let original = image::open(self.path(from)).unwrap().to_rgb8();
        let smaller = resize(&original, 54, 43, FilterType::Triangle);
        save(&self.path(to), &smaller, 75);
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Runs a command in which `@name` stands for a path of this folder.
    pub fn arguments(&self, command: &str) -> Vec<String> {
        let words = command.split_whitespace();
        let path = |word: &str| match word.strip_prefix('@') {
            Some(name) => argument(&self.path(name)).to_string(),
            None => word.to_string(),
        };
        words.map(path).collect()
    }

    pub fn succeed(&self, command: &str) -> String {
        let arguments = self.arguments(command);
        succeed(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub fn refuse(&self, command: &str) -> String {
        let arguments = self.arguments(command);
        refuse(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub fn refuse_in_one_line(&self, command: &str) -> String {
        let arguments = self.arguments(command);
        refuse_in_one_line(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The report of `data check --json`, faults or not.
    pub fn check(&self, data: &str) -> Value {
        let arguments = self.arguments(&format!("data check --json --data @{data}"));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = genoderm(&arguments).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let clean = report["faults"].as_array().unwrap().is_empty();
        assert_eq!(output.status.code(), Some(if clean { 0 } else { 2 }));
        report
    }

    /// The rows of a manifest, by column.
    pub fn rows(&self, data: &str) -> Vec<BTreeMap<String, String>> {
        let text = fs::read_to_string(self.path(data).join("manifest.csv")).unwrap();
        let mut lines = text.lines().map(|line| line.split(','));
        let header: Vec<&str> = lines.next().unwrap().collect();
        let row = |cells: std::str::Split<'_, char>| {
            let cells = header.iter().zip(cells);
            cells
                .map(|(name, cell)| (name.to_string(), cell.to_string()))
                .collect()
        };
        lines.map(row).collect()
    }

    /// The cells of the row whose image ends as given.
    pub fn row(&self, data: &str, image: &str) -> BTreeMap<String, String> {
        let rows = self.rows(data).into_iter();
        let mut rows = rows.filter(|row| row["image"].ends_with(image));
        let row = rows.next().unwrap();
        assert!(rows.next().is_none(), "{image} is there twice");
        row
    }
}
