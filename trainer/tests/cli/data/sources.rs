//! Which pictures `genoderm data split` keeps together.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::folder::Folder;

/// Four photographs of one label, each with a focused picture.
fn pairs() -> Folder {
    let mut folder = Folder::new();
    for number in 0..4 {
        folder.draw(&format!("photos/panoramic/NF1/p{number}.jpg"));
        folder.draw(&format!("photos/focused/NF1/p{number}.jpg"));
    }
    folder
}

fn copy(folder: &Folder, from: &str, to: &str) {
    fs::copy(folder.path(from), folder.path(to)).unwrap();
}

/// Splits into folds only, so that every picture has a row, and returns the report.
fn split(folder: &Folder, options: &str) -> Value {
    let split = "data split --out @new --test-per-label 0 --folds 2 --json";
    serde_json::from_str(&folder.succeed(&format!("{split} {options}"))).unwrap()
}

fn source(folder: &Folder, image: &str) -> String {
    folder.row("new", image)["source"].clone()
}

#[test]
fn what_is_left_out_still_holds_its_pictures_together() {
    let mut folder = pairs();
    // A crop of the copy is one of the original.
    copy(
        &folder,
        "photos/panoramic/NF1/p0.jpg",
        "photos/panoramic/NF1/twin.jpg",
    );
    folder.draw("photos/focused/NF1/twin_1.jpg");
    // Two crops of a photograph that cannot be read.
    folder.write("photos/panoramic/NF1/mole.jpg", "no picture");
    folder.draw("photos/focused/NF1/mole_1.jpg");
    folder.draw("photos/focused/NF1/mole_2.jpg");
    let report = split(&folder, "--folder @photos --skip-broken");
    assert_eq!(report["left_out"].as_array().unwrap().len(), 2, "{report}");
    assert_eq!(
        source(&folder, "panoramic/NF1/p0.jpg"),
        source(&folder, "/twin_1.jpg")
    );
    assert_eq!(
        source(&folder, "/mole_1.jpg"),
        source(&folder, "/mole_2.jpg")
    );
    assert_eq!(folder.check("new")["faults"], Value::Array(vec![]));
}

#[test]
fn the_person_of_a_copy_in_a_table_counts() {
    let mut folder = Folder::new();
    for name in ["a", "b", "c", "d"] {
        folder.draw(&format!("{name}.jpg"));
    }
    copy(&folder, "a.jpg", "copy.jpg");
    folder.write(
        "table.csv",
        "image,label,person\r\na.jpg,NF1,P1\r\ncopy.jpg,NF1,P2\r\nb.jpg,NF1,P2\r\n\r\nc.jpg,NF1,P3\r\nd.jpg,NF1,\r\n",
    );
    split(&folder, "--csv @table.csv");
    assert_eq!(source(&folder, "/a.jpg"), source(&folder, "/b.jpg"));
    let sources: BTreeSet<String> = ["/a.jpg", "/c.jpg", "/d.jpg"]
        .map(|image| source(&folder, image))
        .into();
    assert_eq!(sources.len(), 3);
}

#[test]
fn a_sub_folder_is_a_person() {
    let mut folder = Folder::new();
    for person in 0..6 {
        for photo in ["a", "b"] {
            folder.draw(&format!("photos/NF1/patient_{person}/{photo}.jpg"));
        }
    }
    let options = "data split --folder @photos --test-per-label 2 --folds 2";
    let said = folder.succeed(&format!("{options} --out @new"));
    assert!(said.contains("persons: 6 sub-folders"), "{said}");
    assert_eq!(folder.rows("new").len(), 2 + 8);
    let sources: BTreeSet<String> = folder
        .rows("new")
        .into_iter()
        .map(|row| row["source"].clone())
        .collect();
    assert_eq!(sources.len(), 6);
    folder.succeed(&format!("{options} --out @apart --no-person-folders"));
    assert_eq!(folder.rows("apart").len(), 12);
    let many = options.replace("label 2", "label 5");
    let said = folder.refuse_in_one_line(&format!("{many} --out @many"));
    assert!(
        said.contains("NF1 has 6") && said.contains("--no-person-folders"),
        "{said}"
    );
}

#[test]
fn equal_bytes_are_joined_without_a_search_for_look_alikes() {
    let folder = pairs();
    copy(
        &folder,
        "photos/panoramic/NF1/p0.jpg",
        "photos/focused/NF1/whole.jpg",
    );
    split(&folder, "--folder @photos --no-near-duplicates");
    assert_eq!(
        source(&folder, "panoramic/NF1/p0.jpg"),
        source(&folder, "/whole.jpg")
    );
}

#[test]
fn look_alikes_of_two_labels_are_joined_and_only_noted() {
    let mut folder = pairs();
    fs::create_dir_all(folder.path("photos/panoramic/IP")).unwrap();
    for name in ["x", "y"] {
        folder.draw(&format!("photos/panoramic/IP/{name}.jpg"));
    }
    folder.save_again("photos/panoramic/NF1/p0.jpg", "photos/panoramic/IP/z.jpg");
    let report = split(&folder, "--folder @photos");
    assert_eq!(report["look_alikes"][0]["other_label"], true, "{report}");
    let report = folder.check("new");
    assert_eq!(report["faults"], Value::Array(vec![]));
    let note = report["notes"][0].as_str().unwrap();
    assert!(
        note.contains("labelled") && note.contains("one may be wrong"),
        "{note}"
    );
}

#[test]
fn a_row_may_name_its_photograph_by_the_file() {
    let mut folder = Folder::new();
    for name in ["pan/a", "pan/b", "foc/1", "foc/2", "foc/3", "foc/4"] {
        folder.draw(&format!("{name}.jpg"));
    }
    folder.write(
        "table.csv",
        "image,label,set,source\npan/a.jpg,NF1,panoramic,\npan/b.jpg,NF1,panoramic,\n\
         foc/1.jpg,NF1,focused,pan/a.jpg\nfoc/2.jpg,NF1,focused,a.jpg\n\
         foc/3.jpg,NF1,focused,b\nfoc/4.jpg,NF1,focused,c\n",
    );
    let report = split(&folder, "--csv @table.csv");
    for (crop, photograph) in [("1", "a"), ("2", "a"), ("3", "b")] {
        assert_eq!(
            source(&folder, &format!("foc/{crop}.jpg")),
            source(&folder, &format!("pan/{photograph}.jpg"))
        );
    }
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("their source names: `foc/4.jpg` (c)"),
        "{notes}"
    );
}

#[test]
fn masks_of_one_set_may_lie_in_either_place() {
    let mut folder = Folder::new();
    for name in ["a", "b", "c"] {
        folder.draw(&format!("photos/NF1/{name}.jpg"));
    }
    folder.draw("photos/masks/NF1/a.png");
    folder.draw("photos/masks/focused/NF1/b.png");
    folder.draw("photos/masks/panoramic/NF1/c.png");
    split(&folder, "--folder @photos --set focused");
    let mask = |image: &str| folder.row("new", image)["mask"].clone();
    assert!(mask("/a.jpg").ends_with("masks/NF1/a.png"));
    assert!(mask("/b.jpg").ends_with("masks/focused/NF1/b.png"));
    assert_eq!(mask("/c.jpg"), "");
}

#[test]
fn folds_are_checked_and_absent_labels_noted_without_a_test_too() {
    let folder = pairs();
    let report = split(&folder, "--folder @photos");
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("own labels without pictures: EverythingElse, HMI"),
        "{notes}"
    );
    assert!(!notes.contains("NF1"), "{notes}");
    let split = "data split --folder @photos --out @few --test-per-label 0 --folds 5";
    let said = folder.refuse_in_one_line(split);
    assert!(
        said.contains("one source in each of 5 folds: NF1 has 4"),
        "{said}"
    );
    fs::rename(
        folder.path("photos/panoramic/NF1"),
        folder.path("photos/panoramic/nevus"),
    )
    .unwrap();
    fs::remove_dir_all(folder.path("photos/focused")).unwrap();
    let said = folder.refuse_in_one_line(split);
    assert!(said.contains("too few sources for 5 folds: 4"), "{said}");
    assert!(!folder.path("few").exists());
}
