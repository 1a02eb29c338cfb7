//! A training that is killed, continued, or started twice.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::end_to_end::column;
use crate::support::{argument, photos, refuse_in_one_line, succeed};

/// A training of everything that a checkpoint must keep; epochs take about a second.
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
        "6",
        "--folds",
        "2",
        "--fold",
        "0",
        "--ema",
        "0.9",
        "--accumulate",
        "2",
        "--balanced",
        "--weight-decay",
        "0.01",
        "--clip-norm",
        "5",
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

/// The epoch of the newest checkpoint.
fn checkpoint_epoch(run: &Path) -> Option<u32> {
    let entries = std::fs::read_dir(run.join("fold-0")).unwrap();
    let epochs = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.strip_prefix("checkpoint-")?.parse().ok()
    });
    epochs.max()
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
    // In the middle of an epoch: one is finished, and half the time of the next one is over.
    let finished = || checkpoint_epoch(&broken);
    let seen = finished();
    while finished() == seen {
        std::thread::sleep(Duration::from_millis(2));
    }
    let whole_epoch = column(&broken, 0, "seconds").last().copied().unwrap();
    std::thread::sleep(Duration::from_secs_f64(whole_epoch / 2.0));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(finished(), seen.map(|epoch| epoch + 1));
    assert!(!broken.join("fold-0/done.json").exists());

    // Going on must be asked for.
    second.pop();
    let said = refuse_in_one_line(&second);
    assert!(said.contains("--resume"), "{said}");
    run(&broken, "--resume");
    for file in ["best.safetensors", "validation.csv"] {
        let bytes = |run: &Path| std::fs::read(run.join("fold-0").join(file)).unwrap();
        assert!(bytes(&whole) == bytes(&broken), "{file} differs");
    }
    for name in ["training_loss", "validation_loss", "learning_rate"] {
        assert_eq!(column(&whole, 0, name), column(&broken, 0, name), "{name}");
    }

    // A finished fold is not trained again.
    let said = run(&broken, "--resume");
    assert!(said.contains("fold 0 is finished already"), "{said}");
    assert!(said.contains("1 folds"), "{said}");
}
