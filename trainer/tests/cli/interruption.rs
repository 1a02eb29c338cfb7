//! A training that is killed, continued, or started twice.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::end_to_end::column;
use crate::support::{argument, json, photos, refuse_in_one_line, succeed};

/// The longest that an epoch, or the start of a training, can take on a busy machine.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

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
        assert!(start.elapsed() < LONGEST_WAIT, "{}", file.display());
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
    let patience = Instant::now();
    while finished() == seen {
        assert!(patience.elapsed() < LONGEST_WAIT, "no second epoch");
        std::thread::sleep(Duration::from_millis(2));
    }
    let whole_epoch = column(&broken, 0, "seconds").last().copied().unwrap();
    std::thread::sleep(Duration::from_secs_f64(whole_epoch / 2.0));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(finished(), seen.map(|epoch| epoch + 1));
    assert!(!broken.join("fold-0/done.json").exists());

    // A kill may also come before the table of the epochs is written.
    std::fs::remove_file(broken.join("fold-0/metrics.csv")).unwrap();
    the_last_epochs_table_is_written_again(&broken, &work.path().join("short"));
    devices_must_be_as_many_as_before(&broken, &second);
    // Going on must be asked for.
    second.pop();
    let said = refuse_in_one_line(&second);
    assert!(said.contains("--resume"), "{said}");
    assert_eq!(finished(), seen.map(|epoch| epoch + 1));
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

/// Goes on with a copy of the run that has no epoch left to train.
fn the_last_epochs_table_is_written_again(broken: &Path, short: &Path) {
    let epoch = checkpoint_epoch(broken).unwrap();
    let checkpoint = format!("fold-0/checkpoint-{epoch:04}");
    std::fs::create_dir_all(short.join(&checkpoint)).unwrap();
    let mut names = vec!["data.json".to_owned()];
    for entry in std::fs::read_dir(broken.join(&checkpoint)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        names.push(format!("{checkpoint}/{name}"));
    }
    for name in names {
        std::fs::copy(broken.join(&name), short.join(&name)).unwrap();
    }
    let mut plan = json(&broken.join("config.json"));
    plan["epochs"] = epoch.into();
    std::fs::write(short.join("config.json"), plan.to_string()).unwrap();
    let (data, out) = (argument(photos()), argument(short));
    succeed(&[
        "train", "--resume", "--fold", "0", "--data", data, "--out", out,
    ]);
    let epochs: Vec<f64> = (1..=epoch).map(f64::from).collect();
    assert_eq!(column(short, 0, "epoch"), epochs);
    assert!(short.join("fold-0/done.json").is_file());
}

/// On another number of devices, batches would be cut into other parts.
fn devices_must_be_as_many_as_before(broken: &Path, resume: &[&str]) {
    let epoch = checkpoint_epoch(broken).unwrap();
    let file = broken.join(format!("fold-0/checkpoint-{epoch:04}/state.toml"));
    let state = std::fs::read_to_string(&file).unwrap();
    assert!(state.contains("devices = 1"), "{state}");
    std::fs::write(&file, state.replace("devices = 1", "devices = 2")).unwrap();
    let said = refuse_in_one_line(resume);
    assert!(said.contains("begun on 2 devices"), "{said}");
    std::fs::write(&file, state).unwrap();
}
