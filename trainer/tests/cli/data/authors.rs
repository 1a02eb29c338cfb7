//! `genoderm data import-authors`.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::folder::Folder;

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
    assert!(said.contains("a source of its own: IP\n"), "{said}");
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

    // What is compared is opened, so that broken pictures show.
    folder.write(&image(focused("NF1", 6)), "no picture");
    let grouped = IMPORT.replace("@new", "@whole --group-near-duplicates");
    let said = folder.refuse(&grouped);
    assert!(
        said.contains("1 broken pictures") && said.contains("NF1Slide6.jpg"),
        "{said}"
    );
    let said = folder.succeed(&format!("{grouped} --skip-broken"));
    assert!(said.contains("1 broken picture: "), "{said}");
    assert_eq!(folder.rows("whole").len(), 22);
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
    // A table that cannot be read hides no other's faults.
    let said = folder.refuse(&command.replace("@other.csv", "@nowhere.csv"));
    assert!(
        said.contains("bad.csv: 8 faults") && said.contains("nowhere.csv"),
        "{said}"
    );
    let said = folder.succeed(
        "data import-authors --images @images --out @new --csv @crop.csv --skip-missing --json",
    );
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["counts"]["IP"], serde_json::json!([0, 0, 3, 3]));
}
