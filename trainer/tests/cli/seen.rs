//! Pictures that a run has learnt from are not measured as test pictures.

use std::fs;
use std::path::Path;

use crate::calibration::{copy_of_run, run};
use crate::support::{argument, genoderm, photos, refuse_in_one_line, succeed, text};

/// A manifest over the photographs of all tests whose training and test pictures have changed places.
fn split_anew(folder: &Path) {
    let table = fs::read_to_string(photos().join("manifest.csv")).unwrap();
    let mut lines = table.lines();
    let mut anew = format!("{}\n", lines.next().unwrap());
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let file = photos().join(cells[0]);
        let split = if cells[4] == "test" { "train" } else { "test" };
        let (file, set, label, source) = (argument(&file), cells[1], cells[2], cells[3]);
        anew += &format!("{file},{set},{label},{source},{split},,,\n");
    }
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("manifest.csv"), anew).unwrap();
}

#[test]
fn training_pictures_of_another_split_are_refused_as_test_pictures() {
    let work = tempfile::tempdir().unwrap();
    let (anew, bundle) = (work.path().join("anew"), work.path().join("bundle"));
    split_anew(&anew);
    let (run, data) = (argument(run()), argument(&anew));
    let evaluate = ["evaluate", "--run", run, "--data", data, "--bootstrap", "0"];
    let export = ["export", "--run", run, "--data", data, "--out"];
    let export = [&export[..], &[argument(&bundle)]].concat();
    for arguments in [&evaluate[..], &export] {
        let said = refuse_in_one_line(arguments);
        assert!(said.contains("49 of 49 test pictures"), "{said}");
        assert!(
            said.contains("the first is ") && said.contains(".jpg"),
            "{said}"
        );
        assert!(said.contains("--data"), "{said}");
    }
    assert!(!bundle.exists());
    let said = succeed(&[&evaluate[..], &["--split", "all"]].concat());
    assert!(
        said.contains("may have learnt from these pictures"),
        "{said}"
    );
}

#[test]
fn an_ensemble_without_some_of_its_folds_is_noted() {
    let work = tempfile::tempdir().unwrap();
    let run = copy_of_run(work.path());
    fs::remove_file(run.join("fold-1/done.json")).unwrap();
    let bundle = work.path().join("bundle");
    let (run, data) = (argument(&run), argument(photos()));
    for arguments in [
        vec!["calibrate", "--run", run],
        vec!["evaluate", "--run", run, "--data", data, "--bootstrap", "0"],
        vec!["export", "--run", run, "--out", argument(&bundle)],
    ] {
        let output = genoderm(&arguments).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let said = text(&output.stdout) + &text(&output.stderr);
        let note = "fold 1 of 2 is not finished";
        assert_eq!(said.matches(note).count(), 1, "{arguments:?}: {said}");
    }
}
