//! `genoderm data`: imports, splits and checks of small drawn pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{argument, genoderm, json, photos, refuse, refuse_in_one_line, succeed, text};

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
struct Folder {
    root: TempDir,
    next: u32,
}

impl Folder {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        Self { root, next: 0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Draws a picture unlike all others.
    fn draw(&mut self, name: &str) {
        self.next += 1;
        save(&self.path(name), &picture(self.next), 90);
    }

    /// Saves a picture again, a little smaller and of another quality.
    fn save_again(&self, from: &str, to: &str) {
        let original = image::open(self.path(from)).unwrap().to_rgb8();
        let smaller = resize(&original, 54, 43, FilterType::Triangle);
        save(&self.path(to), &smaller, 75);
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Runs a command in which `@name` stands for a path of this folder.
    fn arguments(&self, command: &str) -> Vec<String> {
        let words = command.split_whitespace();
        let path = |word: &str| match word.strip_prefix('@') {
            Some(name) => argument(&self.path(name)).to_string(),
            None => word.to_string(),
        };
        words.map(path).collect()
    }

    fn succeed(&self, command: &str) -> String {
        let arguments = self.arguments(command);
        succeed(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn refuse(&self, command: &str) -> String {
        let arguments = self.arguments(command);
        refuse(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn refuse_in_one_line(&self, command: &str) -> String {
        let arguments = self.arguments(command);
        refuse_in_one_line(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The report of `data check --json`, faults or not.
    fn check(&self, data: &str) -> Value {
        let arguments = self.arguments(&format!("data check --json --data @{data}"));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = genoderm(&arguments).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let clean = report["faults"].as_array().unwrap().is_empty();
        assert_eq!(output.status.code(), Some(if clean { 0 } else { 2 }));
        report
    }

    /// The rows of a manifest, by column.
    fn rows(&self, data: &str) -> Vec<BTreeMap<String, String>> {
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
    fn row(&self, data: &str, image: &str) -> BTreeMap<String, String> {
        let rows = self.rows(data).into_iter();
        let mut rows = rows.filter(|row| row["image"].ends_with(image));
        let row = rows.next().unwrap();
        assert!(rows.next().is_none(), "{image} is there twice");
        row
    }
}

const AUTHORS: &str = "image_name,filepath,patient_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target,tfrecord,is_test,width,height\n";

fn authors_row(path: &str, label: &str, tfrecord: i32, is_test: i32) -> String {
    let name = path.rsplit('/').next().unwrap();
    format!("{name},{path},-1,0,0,none,{label},benign,0,{tfrecord},{is_test},512,512\n")
}

fn focused(label: &str, number: u32) -> String {
    format!("Crop/{label}/TrimWhiteSpaceNoBorder/{label}Slide{number}.jpg")
}

fn panoramic(label: &str, number: u32) -> String {
    format!("Recrop/{label}_recrop/TrimWhiteSpaceNoBorder/{label}_recropSlide{number}.jpg")
}

/// The authors' layout: NF1's numbers pair the sets, IP's do not.
fn authors() -> Folder {
    let mut folder = Folder::new();
    let mut rows = AUTHORS.to_string();
    let mut more = AUTHORS.to_string();
    for number in 1..=6 {
        let tfrecord = if number <= 3 { -2 } else { number as i32 + 7 };
        let test = i32::from(number <= 3);
        for (label, shift) in [("NF1", 0), ("IP", 1)] {
            let crop = focused(label, number);
            folder.draw(&format!("images/{crop}"));
            rows += &authors_row(&format!("/data/someone/{crop}"), label, tfrecord, test);
            let recrop = panoramic(label, number + shift);
            folder.draw(&format!("images/{recrop}"));
            more += &authors_row(&recrop, label, tfrecord, test);
        }
    }
    rows += &authors_row(&focused("NF1", 99), "NF1", -1, 0);
    folder.write("crop.csv", &rows);
    folder.write("recrop.csv", &more);
    folder
}

const IMPORT: &str =
    "data import-authors --csv @crop.csv --csv @recrop.csv --images @images --out @new";

#[test]
fn the_authors_tables_become_a_manifest() {
    let folder = authors();
    let said = folder.succeed(IMPORT);
    assert!(said.contains("share a source: NF1\n"), "{said}");
    assert!(
        said.contains("duplicates: 1 row with tfrecord -1"),
        "{said}"
    );
    let rows = folder.rows("new");
    assert_eq!(rows.len(), 24);
    for row in &rows {
        let file = folder.path("new").join(&row["image"]);
        assert!(file.is_file(), "{row:?}");
        assert!(row["image"].starts_with("../images/"), "{row:?}");
        let set = if row["image"].contains("/Crop/") {
            "focused"
        } else {
            "panoramic"
        };
        assert_eq!(row["set"], set);
    }
    // tfrecord 11 and 12 are in the folds 0 and 2.
    let row = |image: &str| folder.row("new", image);
    let (first, second) = (row("NF1Slide4.jpg"), row("NF1_recropSlide5.jpg"));
    assert_eq!((&*first["split"], &*first["fold"]), ("train", "0"));
    assert_eq!((&*second["split"], &*second["fold"]), ("train", "2"));
    assert_eq!(
        row("NF1Slide4.jpg")["source"],
        row("NF1_recropSlide4.jpg")["source"]
    );
    let test = row("IP_recropSlide2.jpg");
    assert_eq!((&*test["split"], &*test["fold"]), ("test", ""));
    assert_ne!(row("IPSlide2.jpg")["source"], test["source"]);
    let report = folder.check("new");
    assert_eq!(report["faults"], Value::Array(vec![]));
    assert_eq!(report["counts"]["NF1"], serde_json::json!([3, 3, 3, 3]));

    // What is there is not replaced.
    let said = folder.refuse_in_one_line(IMPORT);
    assert!(said.contains("already exists"), "{said}");
}

#[test]
fn copies_stand_alone_and_pairs_can_be_told() {
    let folder = authors();
    folder.succeed(&format!("{IMPORT} --copy --pairs none"));
    fs::remove_dir_all(folder.path("images")).unwrap();
    assert_eq!(folder.check("new")["faults"], Value::Array(vec![]));
    let sources: BTreeSet<String> = folder
        .rows("new")
        .iter()
        .map(|row| row["source"].clone())
        .collect();
    assert_eq!(sources.len(), 24);
}

#[test]
fn pictures_that_look_alike_leave_training_or_change_their_fold() {
    let folder = authors();
    let image = |name: String| format!("images/{name}");
    // A test picture and two training pictures again, as pictures of training in other folds.
    folder.save_again(&image(focused("IP", 1)), &image(focused("IP", 4)));
    folder.save_again(&image(focused("IP", 5)), &image(focused("NF1", 4)));
    folder.succeed(IMPORT);
    let report = folder.check("new");
    let faults = report["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults
            .iter()
            .any(|fault| fault.as_str().unwrap().contains("testing"))
    );
    let said = folder.succeed(&IMPORT.replace("@new", "@grouped --group-near-duplicates"));
    assert!(said.contains("testing: 1 training picture\n"), "{said}");
    assert!(
        said.contains("their source: 1 training picture\n"),
        "{said}"
    );
    assert!(said.contains("IPSlide4.jpg` looks like `"), "{said}");
    assert_eq!(folder.rows("grouped").len(), 23);
    let pair = ["IPSlide5.jpg", "NF1Slide4.jpg"].map(|name| folder.row("grouped", name));
    assert_eq!(pair[0]["source"], pair[1]["source"]);
    assert_eq!(pair[0]["fold"], pair[1]["fold"]);
}

#[test]
fn every_bad_row_of_the_authors_tables_is_listed() {
    let folder = authors();
    let bad = [
        authors_row("/x/Crops/NF1Slide1.jpg", "NF1", 3, 0),
        authors_row(&focused("NF1", 77), "NF1", 3, 0),
        authors_row(&focused("NF1", 1), "NF9", 3, 2),
        authors_row(&focused("NF1", 4), "NF1", 3, 0).replace(",3,0,", ",x,0,"),
        "a,b\n".into(),
        authors_row(&focused("NF1", 5), "NF1", 3, 0),
        authors_row("Crop/../../../secret.jpg", "NF1", 3, 0),
    ];
    folder.write("bad.csv", &format!("{AUTHORS}{}", bad.concat()));
    folder.write("other.csv", "image_name,filepath,diagnosis,is_test\n");
    let command = "data import-authors --images @images --out @new --csv @crop.csv --csv @bad.csv --csv @other.csv";
    let said = folder.refuse(command);
    for part in [
        "bad.csv: 8 faults",
        "line 2, column filepath: `/x/Crops/NF1Slide1.jpg` has neither /Crop/ nor /Recrop/",
        "line 3, column filepath: there is no file",
        "line 4, column diagnosis: `NF9`",
        "line 4, column is_test: `2` is more than 1",
        "line 5, column tfrecord: `x` is not a whole number",
        "line 6: has 2 cells where the header has 13",
        "line 7, column filepath: `",
        "is already on line 10 of",
        "line 8, column filepath: `Crop/../../../secret.jpg` does not lead",
        "other.csv: line 1, column tfrecord: is missing",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(!folder.path("new").exists());
    let said = folder.succeed(
        "data import-authors --images @images --out @new --csv @crop.csv --skip-missing --json",
    );
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["counts"]["IP"], serde_json::json!([0, 0, 3, 3]));
}

const ISIC: &str = "image_name,patient_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target,tfrecord,width,height\n";

fn isic_row(name: &str, patient: &str, diagnosis: &str, tfrecord: i32) -> String {
    format!("{name},{patient},male,45.0,torso,{diagnosis},benign,0,{tfrecord},1024,768\n")
}

/// The two years' layouts beside each other.
fn isic() -> Folder {
    let mut folder = Folder::new();
    let old = [
        ("ISIC_01", "NV", 0),
        ("ISIC_02", "MEL", 5),
        ("ISIC_03", "VASC", 26),
        ("ISIC_04", "NV", -1),
    ];
    let mut rows = ISIC.to_string();
    for (name, diagnosis, tfrecord) in old {
        rows += &isic_row(name, "-1", diagnosis, tfrecord);
        if tfrecord >= 0 {
            folder.draw(&format!("2019/train/{name}.jpg"));
        }
    }
    folder.write("2019/train.csv", &rows);
    let new = [
        ("ISIC_11", "IP_7", "seborrheic keratosis", 13),
        ("ISIC_12", "IP_7", "cafe-au-lait macule", 13),
        ("ISIC_13", "IP_8", "melanoma", 14),
    ];
    let mut rows = ISIC.to_string();
    for (name, patient, diagnosis, tfrecord) in new {
        rows += &isic_row(name, patient, diagnosis, tfrecord);
        folder.draw(&format!("2020/train/{name}.jpg"));
    }
    folder.write("2020/train.csv", &rows);
    folder
}

#[test]
fn isic_pictures_serve_both_sets_and_join_a_manifest() {
    let folder = isic();
    let import = "data import-isic --csv @2019/train.csv --csv @2020/train.csv --out @new";
    let said = folder.succeed(import);
    assert!(said.contains("1 row with a negative tfrecord"), "{said}");
    let rows = folder.rows("new");
    assert_eq!(rows.len(), 12);
    assert!(rows.iter().all(|row| row["split"] == "train"));
    let found = |image: &str, set: &str| {
        let row = rows
            .iter()
            .find(|row| row["image"].ends_with(image) && row["set"] == set);
        let row = row.unwrap();
        let cell = |name: &str| row[name].clone();
        [cell("label"), cell("source"), cell("fold")]
    };
    for set in ["panoramic", "focused"] {
        assert_eq!(found("01.jpg", set), ["nevus", "ISIC_01", "1"]);
        assert_eq!(found("02.jpg", set), ["melanoma", "ISIC_02", "0"]);
        assert_eq!(found("03.jpg", set), ["VASC", "ISIC_03", "0"]);
        assert_eq!(found("11.jpg", set), ["BKL", "IP_7", "2"]);
        assert_eq!(found("12.jpg", set), ["unknown", "IP_7", "2"]);
        assert_eq!(found("13.jpg", set), ["melanoma", "IP_8", "4"]);
    }
    assert_eq!(folder.check("new")["faults"], Value::Array(vec![]));

    // Added to somebody's manifest, whose own column and number of folds stay.
    let mine = "image,set,label,source,split,fold,site\n\
                a.jpg,focused,NF1,a,train,0,Basle\n\
                b.jpg,focused,NF1,b,train,1,Berne\n\
                c.jpg,focused,NF1,c,test,,Basle\n";
    let mut folder = folder;
    for name in ["a", "b", "c"] {
        folder.draw(&format!("mine/{name}.jpg"));
    }
    folder.write("mine/manifest.csv", mine);
    let append = "data import-isic --csv @2019/train.csv --csv @2020/train.csv --out @mine --append --set focused";
    let said = folder.succeed(append);
    assert!(said.contains("2 folds"), "{said}");
    let whole = fs::read_to_string(folder.path("mine/manifest.csv")).unwrap();
    assert!(whole.starts_with(mine), "{whole}");
    let rows = folder.rows("mine");
    assert_eq!(rows.len(), 9);
    assert!(
        rows[3..]
            .iter()
            .all(|row| ["0", "1"].contains(&&*row["fold"]))
    );
    assert_eq!(folder.check("mine")["faults"], Value::Array(vec![]));
    let said = folder.refuse_in_one_line(append);
    assert!(said.contains("it has 6 of these already"), "{said}");
    assert_eq!(
        fs::read_to_string(folder.path("mine/manifest.csv")).unwrap(),
        whole
    );
}

#[test]
fn every_bad_row_of_the_isic_tables_is_listed() {
    let folder = isic();
    let bad = [
        isic_row("ISIC_01", "-1", "wart", 0),
        isic_row("ISIC_99", "-1", "NV", 0),
        isic_row("ISIC_02", "-1", "NV", 0).replace(",0,1024", ",-7,1024"),
        isic_row("../secret", "-1", "NV", 0),
        isic_row("ISIC_03", "-1", "NV", 0),
        isic_row("ISIC_03", "-1", "NV", 0),
    ];
    folder.write("2019/bad.csv", &format!("{ISIC}{}", bad.concat()));
    let said = folder.refuse("data import-isic --csv @2019/bad.csv --out @new");
    for part in [
        "5 faults",
        "line 2, column diagnosis: `wart` is not one of AK",
        "line 3, column image_name: there is no picture",
        "line 4, column tfrecord: `-7` is less than -1",
        "line 5, column image_name: `../secret` is a path",
        "line 7, column image_name: `ISIC_03` is already on line 6",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(!folder.path("new").exists());
    let said =
        folder.refuse_in_one_line("data import-isic --csv @2019/train.csv --out @new --append");
    assert!(said.contains("manifest.csv"), "{said}");
}

/// Two own labels with six photographs in both sets, and one auxiliary label.
fn both_sets() -> Folder {
    let mut folder = Folder::new();
    for label in ["NF1", "IP"] {
        for number in 1..=6 {
            folder.draw(&format!("photos/panoramic/{label}/{label}{number}.jpg"));
            folder.draw(&format!("photos/focused/{label}/{label}{number}.jpg"));
            folder.draw(&format!("photos/focused/{label}/{label}{number}_2.jpg"));
        }
    }
    for number in 1..=4 {
        folder.draw(&format!("photos/panoramic/nevus/mole{number}.jpg"));
    }
    folder.write("photos/notes.txt", "no picture");
    folder
}

#[test]
fn a_folder_is_split_with_one_partner_for_each_test_photograph() {
    let folder = both_sets();
    let split = "data split --folder @photos --out @photos --test-per-label 2 --folds 2 --seed 4";
    let said = folder.succeed(split);
    assert!(said.contains("4 pictures left out"), "{said}");
    let rows = folder.rows("photos");
    let of = |label: &str, set: &str, split: &str| -> Vec<&BTreeMap<String, String>> {
        rows.iter()
            .filter(|row| row["label"] == label && row["set"] == set && row["split"] == split)
            .collect()
    };
    for label in ["NF1", "IP"] {
        let sources = |set, split| -> Vec<&str> {
            of(label, set, split)
                .iter()
                .map(|row| row["source"].as_str())
                .collect()
        };
        let (panoramic, focused) = (sources("panoramic", "test"), sources("focused", "test"));
        assert_eq!(panoramic.len(), 2);
        assert_eq!(panoramic, focused);
        assert_eq!(sources("panoramic", "train").len(), 4);
        assert_eq!(sources("focused", "train").len(), 8);
        assert!(
            sources("focused", "train")
                .iter()
                .all(|source| !panoramic.contains(source))
        );
    }
    assert_eq!(of("nevus", "panoramic", "train").len(), 4);
    assert_eq!(folder.check("photos")["faults"], Value::Array(vec![]));
    assert_eq!(folder.check("photos")["notes"], Value::Array(vec![]));
    let report = json(&folder.path("photos/split.json"));
    assert_eq!(report["sources"]["NF1"], serde_json::json!([2, 2, 2]));
    assert_eq!(report["left_out"].as_array().unwrap().len(), 4);

    // The same seed, the same split; a manifest that is there is not replaced.
    let first = fs::read(folder.path("photos/manifest.csv")).unwrap();
    assert!(folder.refuse_in_one_line(split).contains("already exists"));
    for (seed, same) in [("4", true), ("5", false)] {
        fs::remove_file(folder.path("photos/manifest.csv")).unwrap();
        folder.succeed(&split.replace("--seed 4", &format!("--seed {seed}")));
        assert_eq!(
            fs::read(folder.path("photos/manifest.csv")).unwrap() == first,
            same
        );
    }
    // Training takes it as it is.
    let said = folder.refuse_in_one_line("train --preset demo --data @photos --out @run --fold 7");
    assert!(said.contains("folds 0 to 1"), "{said}");
}

#[test]
fn look_alikes_are_grouped_and_reported_and_checked() {
    let mut folder = Folder::new();
    for number in 0..12 {
        folder.draw(&format!("photos/NF1/a{number}.jpg"));
    }
    // Six pictures have a look-alike under another name, one is there twice.
    for number in 0..6 {
        let (from, to) = (
            format!("photos/NF1/a{number}.jpg"),
            format!("photos/NF1/z{number}.jpg"),
        );
        folder.save_again(&from, &to);
    }
    fs::copy(
        folder.path("photos/NF1/a9.jpg"),
        folder.path("photos/NF1/twin.jpg"),
    )
    .unwrap();
    let split = "data split --folder @photos --out @new --test-per-label 4 --folds 3 --json";
    let report: Value = serde_json::from_str(&folder.succeed(split)).unwrap();
    let pairs: BTreeSet<(String, String)> = report["look_alikes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| {
            assert!(pair["distance"].as_u64().unwrap() <= 48);
            let name = |key: &str| pair[key].as_str().unwrap().to_string();
            (name("first"), name("second"))
        })
        .collect();
    let expected =
        (0..6).map(|number| (format!("NF1/a{number}.jpg"), format!("NF1/z{number}.jpg")));
    assert_eq!(pairs, expected.collect());
    let left_out = report["left_out"].to_string();
    assert!(
        left_out.contains("it is the same file as NF1/a9.jpg"),
        "{left_out}"
    );
    let clean = folder.check("new");
    assert_eq!(clean["faults"], Value::Array(vec![]), "{clean}");

    // Without the search the same pictures leak, and the check says which.
    folder.succeed(
        "data split --folder @photos --out @leaking --test-per-label 4 --folds 3 --no-near-duplicates",
    );
    let report = folder.check("leaking");
    let faults = report["faults"].as_array().unwrap();
    let notes = report["notes"].as_array().unwrap();
    assert_eq!(faults.len() + notes.len(), 6, "{report}");
    assert!(!faults.is_empty());
    for line in faults.iter().chain(notes) {
        assert!(
            line.as_str()
                .unwrap()
                .contains("bits differ) looks like `../photos/NF1/"),
            "{line}"
        );
    }
}

#[test]
fn check_tells_faults_from_notes() {
    let mut folder = Folder::new();
    for name in ["a", "b", "c"] {
        folder.draw(&format!("data/{name}.jpg"));
    }
    folder.save_again("data/a.jpg", "data/a-again.jpg");
    fs::copy(folder.path("data/b.jpg"), folder.path("data/b-again.jpg")).unwrap();
    fs::copy(folder.path("data/c.jpg"), folder.path("data/c-again.jpg")).unwrap();
    folder.write(
        "data/manifest.csv",
        "image,set,label,source,split,fold\n\
         a.jpg,focused,NF1,a,train,0\n\
         a-again.jpg,focused,NF1,a2,train,0\n\
         b.jpg,focused,NF1,b,train,1\n\
         b-again.jpg,focused,NF1,b,train,1\n\
         c.jpg,focused,NF1,c,test,\n\
         c-again.jpg,focused,NF1,c2,train,1\n",
    );
    let report = folder.check("data");
    let lines = |key: &str| -> Vec<String> {
        let lines = report[key].as_array().unwrap().iter();
        lines
            .map(|line| line.as_str().unwrap().to_string())
            .collect()
    };
    let (faults, notes) = (lines("faults"), lines("notes"));
    assert_eq!((faults.len(), notes.len()), (2, 1), "{report}");
    assert!(
        faults[0].starts_with(
            "line 5, column image: `b-again.jpg` is the same file as `b.jpg` of line 4"
        )
    );
    assert!(faults[1].starts_with("line 7, ") && faults[1].contains("the other for testing"));
    assert!(notes[0].starts_with("line 3, ") && notes[0].contains("looks like `a.jpg` of line 2"));
    // Training refuses what has the same source in both splits, but a look-alike only check finds.
    let table = text(
        &genoderm(&["data", "check", "--data", argument(&folder.path("data"))])
            .output()
            .unwrap()
            .stdout,
    );
    assert!(
        table.contains("panoramic") && table.contains("all"),
        "{table}"
    );
    assert!(table.ends_with("2 faults\n"), "{table}");
}

#[test]
fn synthetic_pictures_have_neither_faults_nor_notes() {
    let report = succeed(&["data", "check", "--json", "--data", argument(photos())]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["faults"], Value::Array(vec![]));
    assert_eq!(report["notes"], Value::Array(vec![]));
}

#[test]
fn a_table_is_split_by_person_and_url() {
    let mut folder = Folder::new();
    let mut rows = "image,label,person,url,tone\n".to_string();
    for number in 0..12 {
        folder.draw(&format!("photos/{number}.jpg"));
        // Two pictures a person; the pages join the persons two and two.
        let (person, page) = (number / 2, number / 4);
        let url = if number % 2 == 0 {
            format!("https://example.org/{page}")
        } else {
            String::new()
        };
        rows += &format!("{number}.jpg,NF1,P{person},{url},{}\n", 1 + number % 6);
    }
    folder.write("table.csv", &rows);
    let split = "data split --csv @table.csv --images @photos --out @new --test-per-label 1 --folds 2 --set focused";
    let report = folder.succeed(&format!("{split} --json"));
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["sources"]["NF1"], serde_json::json!([1, 1, 1]));
    assert_eq!(report["left_out"].as_array().unwrap().len(), 3);
    assert_eq!(folder.rows("new").len(), 9);
    assert_eq!(folder.row("new", "/0.jpg")["tone"], "1");
    assert_eq!(folder.check("new")["faults"], Value::Array(vec![]));
}

#[test]
fn every_bad_row_of_a_table_is_listed() {
    let mut folder = Folder::new();
    folder.draw("a.jpg");
    folder.write(
        "table.csv",
        "image,label,set,tone\na.jpg,NF9,wide,7\nb.jpg,NF1,,\n,NF1,,\na.jpg,NF1,,\na.jpg,NF1,,\na.jpg\n",
    );
    let said = folder.refuse("data split --csv @table.csv --out @new");
    for part in [
        "table.csv: 7 faults",
        "line 2, column label: `NF9` is not one of",
        "line 2, column set: `wide`",
        "line 2, column tone: `7`",
        "line 3, column image: there is no file",
        "line 4, column image: is empty",
        "line 6, column image: `a.jpg` is already on line 5",
        "line 7: has 1 cells where the header has 4",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(!folder.path("new").exists());
}

#[test]
fn wrong_use_of_data_is_one_line() {
    let mut folder = both_sets();
    fs::create_dir_all(folder.path("empty")).unwrap();
    folder.draw("strange/NF9/a.jpg");
    folder.write("labels.json", "[]");
    folder.write("bare.csv", "image,label\n");
    for (command, part) in [
        (
            "data split --folder @photos --out @new",
            "IP has 6; NF1 has 6",
        ),
        (
            "data split --folder @empty --out @new",
            "no pictures in folders named after labels",
        ),
        ("data split --folder @nowhere --out @new", "nowhere"),
        (
            "data split --folder @bare.csv --out @new",
            "is not a folder",
        ),
        ("data split --folder @strange --out @new", "no labels: NF9"),
        (
            "data split --folder @photos --out @new --labels @labels.json",
            "genoderm data labels",
        ),
        (
            "data split --folder @photos --out @new --labels owns",
            "own, paper, or a file",
        ),
        (
            "data split --csv @bare.csv --out @new",
            "the table has no rows",
        ),
        ("data split --csv @nowhere.csv --out @new", "nowhere.csv"),
        (
            "data split --folder @photos --out @bare.csv --test-per-label 1",
            "bare.csv",
        ),
        ("data check --data @nowhere", "nowhere"),
        (
            "data import-authors --csv @nowhere.csv --images @photos --out @new",
            "nowhere.csv",
        ),
        (
            "data import-authors --csv @bare.csv --images @nowhere --out @new",
            "nowhere",
        ),
        (
            "data import-isic --csv @nowhere.csv --images @photos --out @new",
            "nowhere.csv",
        ),
        ("data labels --out @labels.json", "already exists"),
    ] {
        let said = folder.refuse_in_one_line(command);
        assert!(said.contains(part), "{command}\n{said}");
        assert!(!folder.path("new").exists(), "{command}");
    }
    for (command, part) in [
        ("data split --out @new", "--folder"),
        ("data split --folder a --csv b --out @new", "--csv"),
        ("data split --folder a --out @new --folds 1", "--folds"),
        (
            "data split --folder a --out @new --distance 200",
            "--distance",
        ),
        ("data import-authors --images a --out @new", "--csv"),
        ("data import-isic --out @new", "--csv"),
    ] {
        assert!(folder.refuse(command).contains(part), "{command}");
    }
    // Broken pictures are named, all of them, and left out when that is asked for.
    folder.write("photos/focused/IP/IP1_3.jpg", "no picture");
    folder.write("photos/focused/NF1/NF12_3.jpg", "");
    let split = "data split --folder @photos --out @new --test-per-label 1 --folds 2";
    let said = folder.refuse(split);
    assert!(said.contains("2 broken pictures"), "{said}");
    assert!(
        said.contains("IP1_3.jpg") && said.contains("NF12_3.jpg"),
        "{said}"
    );
    assert!(!folder.path("new").exists());
    let said = folder.succeed(&format!("{split} --skip-broken"));
    assert!(said.contains("left out: focused/IP/IP1_3.jpg"), "{said}");
}

#[test]
fn one_picture_with_two_labels_is_refused() {
    let folder = both_sets();
    let (from, to) = (
        "photos/panoramic/NF1/NF11.jpg",
        "photos/panoramic/IP/other.jpg",
    );
    fs::copy(folder.path(from), folder.path(to)).unwrap();
    let split = "data split --folder @photos --out @new --test-per-label 1 --folds 2";
    let said = folder.refuse_in_one_line(split);
    assert!(
        said.contains("NF11.jpg` (NF1) is the same file as `"),
        "{said}"
    );
    assert!(!folder.path("new").exists());
}

#[test]
fn new_conditions_need_only_a_label_file() {
    let mut folder = Folder::new();
    folder.succeed("data labels --out @start.json --from paper");
    let mut labels = json(&folder.path("start.json"));
    assert_eq!(labels.as_array().unwrap().len(), 16);
    labels = serde_json::json!([
        {"key": "PSO", "name": "Psoriasis"},
        {"key": "VIT", "name": "Vitiligo", "mim": [606579]},
        {"key": "mole", "name": "Mole", "own": false},
    ]);
    folder.write("labels.json", &labels.to_string());
    for label in ["PSO", "VIT", "mole"] {
        for number in 0..5 {
            folder.draw(&format!("photos/{label}/{number}.jpg"));
        }
    }
    folder.succeed(
        "data split --folder @photos --out @photos --labels @labels.json --test-per-label 1 --folds 2 --set focused",
    );
    let said = folder.refuse_in_one_line("data check --data @photos");
    assert!(said.contains("15 faults"), "{said}");
    folder.succeed("data check --data @photos --labels @labels.json");
    let train = "train --preset demo --data @photos --out @run --epochs 1 --size 32 --batch 4";
    let said = folder.refuse(train);
    assert!(said.contains("column label: `PSO`"), "{said}");
    let train = train.replace("@run", "@mine");
    folder.succeed(&format!("{train} --labels @labels.json"));
    folder.succeed("export --run @mine --out @bundle");
    let manifest = json(&folder.path("bundle/manifest.json")).to_string();
    for part in ["\"PSO\"", "Vitiligo", "606579", "\"own\":false"] {
        assert!(manifest.contains(part), "{part}\n{manifest}");
    }
    assert!(!manifest.contains("NF1"), "{manifest}");
}
