//! Wrong use and bad input: exit code 2 and a message that says what to do.

use std::fs;

use crate::support::{argument, photos, refuse, refuse_in_one_line};

/// A folder with the given `manifest.csv`.
fn manifest(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("manifest.csv"), text).unwrap();
    folder
}

const HEADER: &str = "image,set,label,source,split,fold,mask,tone\n";

#[test]
fn missing_arguments_are_named() {
    assert!(refuse(&["train", "--out", "run"]).contains("--data"));
    assert!(refuse(&["predict", "a.jpg"]).contains("--model"));
    assert!(refuse(&["evaluate", "--data", "photos"]).contains("--run"));
    assert!(refuse(&["dance"]).contains("dance"));
    assert!(refuse(&["predict", "a.jpg", "--weights", "w.pth"]).contains("--arch"));
}

#[test]
fn files_that_do_not_exist_are_named() {
    for arguments in [
        vec!["data", "check", "--data", "no-such-folder"],
        vec![
            "train",
            "--preset",
            "demo",
            "--data",
            "no-such-folder",
            "--out",
            "no-run",
        ],
        vec!["evaluate", "--run", "no-such-folder", "--data", "photos"],
        vec!["export", "--run", "no-such-folder", "--out", "no-bundle"],
        vec!["predict", "--model", "no-such-folder", "a.jpg"],
        vec![
            "explain",
            "--model",
            "no-such-folder",
            "--target",
            "NF1",
            "--out",
            "a.png",
            "a.jpg",
        ],
    ] {
        let said = refuse_in_one_line(&arguments);
        assert!(said.contains("no-such-folder"), "{said}");
    }
    let said = refuse_in_one_line(&[
        "predict",
        "--arch",
        "efficientnet_b0",
        "--weights",
        "no-such.safetensors",
        "a.jpg",
    ]);
    assert!(said.contains("no-such.safetensors"), "{said}");
}

#[test]
fn every_bad_row_of_a_manifest_is_listed() {
    let folder = manifest(&format!(
        "{HEADER}a.jpg,focused,NF1,p1,train,0,,7\nb.jpg,wide,NF1,p2,train,0,,1\nc.jpg,focused,NF1,p3\n"
    ));
    let data = argument(folder.path());
    let out = folder.path().join("run");
    let said = refuse(&[
        "train",
        "--preset",
        "demo",
        "--data",
        data,
        "--out",
        argument(&out),
    ]);
    assert!(said.contains("3 faults"), "{said}");
    assert!(said.contains("line 2, column tone: `7`"), "{said}");
    assert!(said.contains("line 3, column set: `wide`"), "{said}");
    assert!(said.contains("line 4: has 4 cells"), "{said}");
    assert!(!out.exists());
}

#[test]
fn unknown_labels_broken_pictures_and_leaks_stop_a_training_before_it_starts() {
    let train = |rows: &str| {
        let folder = manifest(&format!("{HEADER}{rows}"));
        fs::write(folder.path().join("a.jpg"), "no picture").unwrap();
        let out = folder.path().join("run");
        let data = argument(folder.path());
        let said = refuse(&[
            "train",
            "--preset",
            "demo",
            "--data",
            data,
            "--out",
            argument(&out),
        ]);
        assert!(!out.exists(), "a refused training left a folder behind");
        said
    };
    let said = train("a.jpg,focused,NF9,p1,train,0,,\nb.jpg,focused,NF1,p2,train,1,,\n");
    assert!(said.contains("line 2, column label: `NF9`"), "{said}");
    let said = train("a.jpg,focused,NF1,p1,train,0,,\nb.jpg,focused,NF1,p2,train,1,,\n");
    assert!(said.contains("2 broken pictures"), "{said}");
    assert!(said.contains("a.jpg") && said.contains("b.jpg"), "{said}");
    let said = train("a.jpg,focused,NF1,p1,train,0,,\nb.jpg,focused,NF1,p1,test,,,\n");
    assert!(said.contains("line 3, column source"), "{said}");
}

#[test]
fn data_check_lists_faults_and_counts_pictures() {
    let folder = manifest(&format!("{HEADER}a.jpg,focused,NF1,p1,train,0,m.png,\n"));
    fs::write(folder.path().join("a.jpg"), "").unwrap();
    let output = crate::support::genoderm(&["data", "check", "--data", argument(folder.path())])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let table = crate::support::text(&output.stdout);
    assert!(table.contains("line 2, column image"), "{table}");
    assert!(table.contains("line 2, column mask"), "{table}");
    assert!(table.contains("NF1"), "{table}");
    let good = crate::support::succeed(&["data", "check", "--data", argument(photos())]);
    assert!(good.ends_with("no faults\n"), "{good}");
}

#[test]
fn parameters_out_of_range_are_named() {
    let out = tempfile::tempdir().unwrap();
    let run = out.path().join("run");
    let base = [
        "train",
        "--preset",
        "demo",
        "--data",
        argument(photos()),
        "--out",
        argument(&run),
    ];
    for (option, value, named) in [
        ("--batch", "1", "batch"),
        ("--size", "8", "size"),
        ("--lr", "-1", "learning_rate"),
        ("--lr", "nan", "learning_rate"),
        ("--arch", "resnet50", "resnet50"),
        ("--folds", "1", "folds"),
        ("--folds", "99", "fold"),
        ("--fold", "5", "folds 0 to 4"),
        ("--labels", "nowhere.json", "nowhere.json"),
        ("--accumulate", "17", "batch 32 cannot be cut into 17 parts"),
        ("--training-size", "8", "training_size"),
        ("--label-smoothing", "1", "label_smoothing"),
        ("--dropout", "-0.1", "dropout"),
        ("--own-weight", "0", "own_weight"),
        ("--clip-norm", "-1", "clip_norm"),
        ("--clip-norm", "inf", "clip_norm"),
        ("--ema", "1", "ema_decay"),
        ("--weight-decay", "2", "weight_decay"),
        ("--final-lr", "1", "final_learning_rate"),
        ("--warm-up-multiplier", "0", "warm_up_multiplier"),
        ("--devices", "1", "--devices 1: cpu has no device 1"),
        ("--devices", "0,0", "named once"),
        ("--pretrained", "nowhere.pth", "nowhere.pth"),
        ("--config", "nowhere.toml", "nowhere.toml"),
    ] {
        let joined = format!("{option}={value}");
        let arguments: Vec<&str> = base.iter().copied().chain([joined.as_str()]).collect();
        let said = refuse_in_one_line(&arguments);
        assert!(said.contains(named), "{option} {value}: {said}");
        assert!(!run.exists(), "{option} {value} left a folder behind");
    }
}

#[test]
fn opacity_is_a_share() {
    for opacity in ["nan", "70", "-0.5"] {
        let option = format!("--opacity={opacity}");
        let said = refuse(&[
            "explain", "--model", "bundle", "--target", "NF1", "--out", "a.png", "a.jpg", &option,
        ]);
        assert!(said.contains("a number from 0 to 1"), "{opacity}: {said}");
    }
}

#[test]
fn settings_of_a_method_are_checked_before_anything_is_read() {
    for (method, option, named) in [
        ("ig", "--steps=0", "between 1 and"),
        ("ig", "--steps=100000", "between 1 and"),
        ("smooth-grad", "--steps=0", "--steps"),
        ("smooth-grad", "--samples=0", "between 1 and 1000"),
        ("smooth-grad", "--samples=1001", "between 1 and 1000"),
        ("smooth-grad", "--noise=-0.1", "from 0 to 1"),
        ("smooth-grad", "--noise=nan", "from 0 to 1"),
        ("smooth-grad", "--noise=1.5", "from 0 to 1"),
        ("ig", "--noise=0.1", "belongs to --method smooth-grad"),
        (
            "occlusion",
            "--samples=4",
            "belongs to --method smooth-grad",
        ),
        (
            "grad-cam",
            "--steps=10",
            "belongs to --method ig or smooth-grad",
        ),
    ] {
        let said = refuse_in_one_line(&[
            "explain", "--model", "bundle", "--target", "NF1", "--out", "a.png", "a.jpg",
            "--method", method, option,
        ]);
        assert!(said.contains(named), "{method} {option}: {said}");
    }
    let said = refuse(&[
        "explain", "--model", "bundle", "--target", "NF1", "--out", "a.png", "a.jpg", "--method",
        "lime",
    ]);
    assert!(said.contains("smooth-grad"), "{said}");
}

#[cfg(not(any(feature = "cuda", feature = "wgpu")))]
#[test]
fn a_device_that_cannot_be_used_is_one_line() {
    for device in ["cuda", "wgpu"] {
        let said =
            refuse_in_one_line(&["predict", "--model", "bundle", "a.jpg", "--device", device]);
        assert!(
            said.contains(device) && said.contains("--device cpu"),
            "{said}"
        );
    }
}

#[test]
fn an_existing_destination_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine"), "keep").unwrap();
    let said = refuse_in_one_line(&[
        "synth",
        "--out",
        argument(folder.path()),
        "--per-label",
        "2",
    ]);
    assert!(said.contains("not empty"), "{said}");
    assert_eq!(
        fs::read_to_string(folder.path().join("mine")).unwrap(),
        "keep"
    );
}
