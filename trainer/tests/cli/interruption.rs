//! A training that is killed, continued, or started twice.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::end_to_end::column;
use crate::support::{argument, photos, refuse_in_one_line, succeed};

fn arguments(run: &Path) -> Vec<String> {
    let fixed = [
        "train",
        "--preset",
        "demo",
        "--data",
        argument(photos()),
        "--size",
        "32",
        "--batch",
        "8",
        "--epochs",
        "4",
        "--folds",
        "2",
        "--fold",
        "0",
        "--out",
        argument(run),
    ];
    fixed.map(String::from).to_vec()
}

fn start(run: &Path) -> Child {
    Command::new(assert_cmd::cargo::cargo_bin!("genoderm"))
        .args(arguments(run))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until a file exists.
fn wait_for(file: &Path) {
    let start = Instant::now();
    while !file.exists() {
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "{}",
            file.display()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_killed_training_goes_on_to_the_same_weights() {
    let work = tempfile::tempdir().unwrap();
    let (whole, broken) = (work.path().join("whole"), work.path().join("broken"));
    let run = |run: &Path, more: &str| {
        let mut arguments = arguments(run);
        arguments.extend(more.split_whitespace().map(String::from));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        succeed(&arguments)
    };
    run(&whole, "");

    let mut child = start(&broken);
    wait_for(&broken.join("fold-0/lock"));
    wait_for(&broken.join("fold-0/checkpoint-0001"));
    // A second process on the same fold is refused while the first one lives.
    let second = arguments(&broken);
    let mut second: Vec<&str> = second.iter().map(String::as_str).collect();
    second.push("--resume");
    let said = refuse_in_one_line(&second);
    assert!(said.contains("another process is training"), "{said}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!broken.join("fold-0/done.json").exists());

    // Going on must be asked for.
    second.pop();
    let said = refuse_in_one_line(&second);
    assert!(said.contains("--resume"), "{said}");
    run(&broken, "--resume");
    let weights = |run: &Path| std::fs::read(run.join("fold-0/best.safetensors")).unwrap();
    assert!(weights(&whole) == weights(&broken), "the weights differ");
    for name in ["training_loss", "validation_loss", "learning_rate"] {
        assert_eq!(column(&whole, 0, name), column(&broken, 0, name), "{name}");
    }

    // A finished fold is not trained again.
    let said = run(&broken, "--resume");
    assert!(said.contains("fold 0 is finished already"), "{said}");
    assert!(said.contains("1 folds"), "{said}");
}
