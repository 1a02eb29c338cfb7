//! `genoderm data preview`, from outside.

use std::fs;

use crate::support::{argument, photos, refuse, refuse_in_one_line, succeed};

#[test]
fn a_sheet_is_written_and_its_columns_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sheet.png");
    let base = [
        "data",
        "preview",
        "--data",
        argument(photos()),
        "--size",
        "64",
        "--cell",
        "32",
    ];
    let said = succeed(&[&base[..], &["--out", argument(&out), "--rows", "3"]].concat());
    assert!(
        said.starts_with("wrote ") && said.contains("3 pictures in 8 columns"),
        "{said}"
    );
    assert!(said.contains("row 3: "), "{said}");
    let sheet = image::open(&out).unwrap();
    assert_eq!((sheet.width(), sheet.height()), (8 * 36, 3 * 36));
    let first = fs::read(&out).unwrap();
    succeed(&[&base[..], &["--out", argument(&out), "--rows", "3"]].concat());
    assert_eq!(fs::read(&out).unwrap(), first);
    let said = succeed(&[&base[..], &["--out", argument(&out), "--each"]].concat());
    assert!(said.contains("column 1: as it is\n"), "{said}");
    assert!(said.ends_with("column 17: cutout\n"), "{said}");
}

#[test]
fn a_plan_and_wrong_use() {
    let folder = tempfile::tempdir().unwrap();
    let (out, config) = (
        folder.path().join("sheet.png"),
        folder.path().join("plan.toml"),
    );
    let (out, config) = (argument(&out), argument(&config));
    let base = [
        "data",
        "preview",
        "--data",
        argument(photos()),
        "--out",
        out,
        "--size",
        "64",
    ];
    fs::write(config, "preset = \"demo\"\n").unwrap();
    let said = succeed(&[&base[..], &["--config", config, "--each"]].concat());
    assert!(said.ends_with("column 6: contrast\n"), "{said}");
    // The plan says what is shown; the command line goes over it.
    fs::write(
        config,
        "preset = \"demo\"\nset = \"panoramic\"\ntraining_size = 80\nsize = 48\n",
    )
    .unwrap();
    let short = &base[..base.len() - 2];
    let said = succeed(&[short, &["--config", config]].concat());
    assert!(said.contains("changed at 80 px"), "{said}");
    assert!(said.contains("row 1: panoramic/"), "{said}");
    assert_eq!(image::open(out).unwrap().width(), 8 * 52);
    let over = ["--config", config, "--set", "focused", "--cell", "32"];
    let said = succeed(&[&base[..], &over].concat());
    assert!(said.contains("changed at 64 px"), "{said}");
    assert!(said.contains("row 1: focused/"), "{said}");
    assert_eq!(image::open(out).unwrap().width(), 8 * 36);
    fs::remove_file(out).unwrap();
    fs::write(
        config,
        "preset = \"demo\"\n[augmentation.clahe]\nclip = [0.5, 4.0]\n",
    )
    .unwrap();
    let said = refuse_in_one_line(&[&base[..], &["--config", config]].concat());
    assert!(
        said.contains("augmentation.clahe: clip[0] is 0.5"),
        "{said}"
    );
    let said = refuse_in_one_line(&["data", "preview", "--data", "no-such-folder", "--out", out]);
    assert!(said.contains("no-such-folder"), "{said}");
    let said = refuse(&[&base[..], &["--augmentation", "strong"]].concat());
    assert!(said.contains("paper-text"), "{said}");
    let said = refuse(&[&base[..], &["--each", "--columns", "3"]].concat());
    assert!(said.contains("--columns"), "{said}");
    assert!(!std::path::Path::new(out).exists());
}
