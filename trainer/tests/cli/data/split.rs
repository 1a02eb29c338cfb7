//! `genoderm data split`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::folder::Folder;
use crate::support::json;

/// Two own labels with six photographs in both sets, and one auxiliary label.
pub fn both_sets() -> Folder {
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

    // Without the search they leak, and the check says which.
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
