//! What could be lost: a run that several processes share, a full disk, files written over.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::support::{argument, json, photos, refuse, refuse_in_one_line, succeed, text};

/// A training of a few seconds.
const TINY: [&str; 7] = ["train", "--preset", "demo", "--size", "32", "--batch", "8"];

fn tiny(run: &Path, more: &[&str]) -> Vec<String> {
    let places = ["--data", argument(photos()), "--out", argument(run)];
    let all = TINY.iter().chain(&places).chain(more);
    all.map(|part| (*part).to_string()).collect()
}

fn program() -> &'static Path {
    assert_cmd::cargo::cargo_bin!("genoderm")
}

/// A run of five folds, each trained by a process of its own; all are started at the same moment.
fn five_folds() -> &'static Path {
    static RUN: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, run) = RUN.get_or_init(|| {
        let root = tempfile::tempdir().unwrap();
        let run = root.path().join("new/run");
        photos();
        let start = |fold: usize| -> Child {
            Command::new(program())
                .args(tiny(&run, &["--epochs", "1", "--fold", &fold.to_string()]))
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let children: Vec<Child> = (0..5).map(start).collect();
        for (fold, child) in children.into_iter().enumerate() {
            let output = child.wait_with_output().unwrap();
            assert!(
                output.status.success(),
                "fold {fold}: {}",
                text(&output.stderr)
            );
        }
        (root, run)
    });
    run
}

/// Runs the program with a mask of file permissions.
#[cfg(unix)]
fn succeed_with_umask(umask: &str, arguments: &[&str]) {
    let output = Command::new("sh")
        .args(["-c", "umask \"$1\"; shift; exec \"$@\"", "sh", umask])
        .arg(program())
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[cfg(unix)]
#[test]
fn folds_of_separate_processes_are_gathered_with_the_users_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let work = tempfile::tempdir().unwrap();
    let bundle = work.path().join("bundle");
    let run = argument(five_folds());
    succeed_with_umask("027", &["export", "--run", run, "--out", argument(&bundle)]);
    let manifest = json(&bundle.join("manifest.json"));
    let folds = manifest["sets"][0]["folds"].as_array().unwrap();
    let numbers: Vec<u64> = folds
        .iter()
        .map(|fold| fold["fold"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bundle), 0o750);
    assert_eq!(mode(&bundle.join("manifest.json")), 0o640);
    assert_eq!(fs::read_dir(work.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn figures_go_to_the_standard_output_and_through_links() {
    let run = argument(five_folds());
    let measure = |json: &str| {
        succeed(&[
            "evaluate",
            "--run",
            run,
            "--data",
            argument(photos()),
            "--json",
            json,
        ])
    };
    let said = measure("/dev/stdout");
    let start = said.find("\n{").unwrap();
    let figures: serde_json::Value = serde_json::from_str(&said[start..]).unwrap();
    assert!(figures["ensemble"].is_object());
    assert!(Path::new("/dev/stdout").is_symlink());

    let work = tempfile::tempdir().unwrap();
    let path = |name: &str| work.path().join(name);
    fs::write(path("file.json"), "old").unwrap();
    std::os::unix::fs::symlink("file.json", path("link.json")).unwrap();
    measure(argument(&path("link.json")));
    assert!(path("link.json").is_symlink());
    assert_eq!(json(&path("file.json")), figures);
}

#[test]
fn broken_test_pictures_are_left_out_of_an_export_when_asked() {
    let work = tempfile::tempdir().unwrap();
    let data = work.path().join("photos");
    let manifest = fs::read_to_string(photos().join("manifest.csv")).unwrap();
    let mut broken = None;
    for image in manifest.lines().skip(1) {
        let cells: Vec<&str> = image.split(',').collect();
        if (cells[1], cells[4]) != ("focused", "test") {
            continue;
        }
        let file = data.join(cells[0]);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        if broken.is_none() {
            broken = Some(cells[0].to_string());
            fs::write(file, "no picture").unwrap();
        } else {
            fs::copy(photos().join(cells[0]), file).unwrap();
        }
    }
    let broken = broken.unwrap();
    fs::write(data.join("manifest.csv"), &manifest).unwrap();
    let (run, bundle) = (argument(five_folds()), work.path().join("bundle"));
    let export = [
        "export",
        "--run",
        run,
        "--folds",
        "0",
        "--data",
        argument(&data),
        "--out",
        argument(&bundle),
    ];
    let said = refuse(&export);
    assert!(
        said.contains("1 broken pictures") && said.contains(&broken),
        "{said}"
    );
    assert!(!bundle.exists());
    let said = succeed(
        &export
            .iter()
            .copied()
            .chain(["--skip-broken"])
            .collect::<Vec<_>>(),
    );
    assert!(said.contains("skipped") && said.contains(&broken), "{said}");
    assert!(said.contains("on 6 test pictures"), "{said}");
}

#[test]
fn weights_that_a_configuration_names_are_loaded_and_must_be_the_same() {
    let work = tempfile::tempdir().unwrap();
    let path = |name: &str| work.path().join(name);
    let train = |pretrained: &str| {
        let plan = format!("[pretrained]\n{pretrained}\n");
        fs::write(path("plan.toml"), plan).unwrap();
        let run = path("run");
        let arguments = tiny(&run, &["--config", argument(&path("plan.toml"))]);
        let said = refuse_in_one_line(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!run.exists());
        said
    };
    let weights = path("weights.safetensors");
    let file = format!("file = {weights:?}");
    let said = train(&file);
    assert!(
        said.contains("cannot read") && said.contains("--pretrained"),
        "{said}"
    );
    fs::write(&weights, "no weights").unwrap();
    let said = train(&format!("{file}\nsha256 = \"00\""));
    assert!(
        said.contains("SHA-256") && said.contains("--pretrained"),
        "{said}"
    );
    // Without a checksum the file is read, and found to be none.
    let said = train(&file);
    assert!(
        said.contains("weights.safetensors: ") && !said.contains("SHA-256"),
        "{said}"
    );
}

#[test]
fn a_fold_without_pictures_is_found_before_any_training() {
    let work = tempfile::tempdir().unwrap();
    let path = |name: &str| work.path().join(name);
    let rows = fs::read_to_string(photos().join("manifest.csv")).unwrap();
    let focused = rows.lines().find(|row| row.contains(",focused,")).unwrap();
    let picture = photos().join(focused.split(',').next().unwrap());
    let mut table = String::from("image,set,label,source,split,fold,mask,tone\n");
    // Two pictures each for the first folds, and for the last one a whole photograph only.
    let sets = ["focused", "focused", "focused", "focused", "panoramic"];
    for (row, set) in sets.into_iter().enumerate() {
        let fold = row / 2;
        fs::copy(&picture, path(&format!("{row}.jpg"))).unwrap();
        table.push_str(&format!("{row}.jpg,{set},NF1,p{row},train,{fold},,\n"));
    }
    fs::write(path("manifest.csv"), table).unwrap();
    let run = path("run");
    let data = argument(work.path());
    let arguments = [
        "train",
        "--preset",
        "demo",
        "--data",
        data,
        "--out",
        argument(&run),
    ];
    let said = refuse_in_one_line(&arguments);
    assert!(
        said.contains("fold 2 has 4 pictures to learn from and 0"),
        "{said}"
    );
    assert!(!run.exists());
}

#[test]
fn places_that_cannot_be_written_to_are_found_before_the_work() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("file");
    fs::write(&file, "keep").unwrap();
    let inside = file.join("out");
    let out = argument(&inside);
    let (run, data) = (argument(five_folds()), argument(photos()));
    for arguments in [
        // The models do not exist: the places are looked at first.
        vec![
            "explain", "--model", "no-model", "--target", "NF1", "--out", out, "a.jpg",
        ],
        vec!["evaluate", "--run", "no-run", "--data", data, "--json", out],
        vec!["export", "--run", "no-run", "--out", out],
        vec!["export", "--run", run, "--out", out],
        vec!["train", "--preset", "demo", "--data", data, "--out", out],
        vec!["synth", "--per-label", "2", "--out", out],
    ] {
        let said = refuse_in_one_line(&arguments);
        assert!(said.contains(out), "{arguments:?}: {said}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "keep");
}

#[test]
fn a_photograph_is_not_overwritten_by_its_explanation() {
    let work = tempfile::tempdir().unwrap();
    let photo = work.path().join("photo.png");
    fs::write(&photo, "pixels").unwrap();
    let name = argument(&photo);
    let said = refuse_in_one_line(&[
        "explain", "--model", "no-model", "--target", "NF1", "--out", name, name,
    ]);
    assert!(said.contains("would overwrite"), "{said}");
    assert_eq!(fs::read(&photo).unwrap(), b"pixels");
}

/// Runs a shell script with a small disk of its own mounted on `disk`; `None` where that cannot be
/// done. The disk is gone when the script ends.
#[cfg(target_os = "linux")]
fn on_a_disk(
    options: &str,
    disk: &Path,
    script: &str,
    arguments: &[String],
) -> Option<std::process::Output> {
    let run = |script: &str| {
        Command::new("unshare")
            .args(["--mount", "sh", "-c"])
            .arg(format!(
                "mount -t tmpfs -o \"$OPTIONS\" tmpfs \"$DISK\" || exit 77\n{script}"
            ))
            .arg("sh")
            .arg(program())
            .args(arguments)
            .env("OPTIONS", options)
            .env("DISK", disk)
            .output()
    };
    let can_mount = run("exit 0").is_ok_and(|probe| probe.status.success());
    if !can_mount {
        eprintln!("skipped: this user cannot mount a small disk (needs root and unshare)");
        return None;
    }
    Some(run(script).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_too_small_or_read_only_is_refused_before_training() {
    let disk = tempfile::tempdir().unwrap();
    let arguments = tiny(&disk.path().join("run"), &[]);
    for (options, words) in [
        ("size=1m", ["5 folds need about", "1.0 MB free"]),
        ("size=1m,ro", ["run", "Read-only"]),
    ] {
        let script = "\"$@\"; code=$?; ls -A \"$DISK\"; exit $code";
        let Some(output) = on_a_disk(options, disk.path(), script, &arguments) else {
            return;
        };
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
        assert_eq!(text(&output.stdout), "", "something was left on the disk");
    }
}

/// Fills the disk after the first epoch, frees it again when the training has stopped, and goes on.
#[cfg(target_os = "linux")]
const FILL_THE_DISK: &str = r#"
fold="$DISK/run/fold-0"
"$@" 2>"$DISK/../said" >/dev/null &
training=$!
until [ -e "$fold/checkpoint-0001" ]; do
    kill -0 $training || exit 3
    sleep 0.01
done
cat /dev/zero >"$DISK/filler" 2>/dev/null
wait $training
code=$?
ls -A "$fold"
rm "$DISK/filler"
"$@" --resume >/dev/null || exit 4
cp "$fold/best.safetensors" "$DISK/.."
exit $code
"#;

#[cfg(target_os = "linux")]
#[test]
fn a_training_whose_disk_fills_goes_on_to_the_same_weights() {
    let work = tempfile::tempdir().unwrap();
    let path = |name: &str| work.path().join(name);
    fs::create_dir(path("disk")).unwrap();
    let more = ["--epochs", "3", "--fold", "0"];
    let arguments = tiny(&path("disk/run"), &more);
    let output = on_a_disk("size=240m", &path("disk"), FILL_THE_DISK, &arguments);
    let Some(output) = output else { return };
    let said = fs::read_to_string(path("said")).unwrap();
    assert_eq!(
        output.status.code(),
        Some(2),
        "{said}\n{}",
        text(&output.stderr)
    );
    let last = said.lines().last().unwrap();
    assert!(
        last.contains("No space left") && last.contains("--resume"),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    let left = text(&output.stdout);
    assert!(
        left.contains("checkpoint-0001") && !left.contains("unfinished"),
        "{left}"
    );

    let whole = path("whole");
    let arguments = tiny(&whole, &more);
    succeed(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let weights = |file: PathBuf| fs::read(file).unwrap();
    assert!(
        weights(path("best.safetensors")) == weights(whole.join("fold-0/best.safetensors")),
        "the weights differ"
    );
}

#[test]
fn what_a_killed_process_left_is_cleared_away() {
    let work = tempfile::tempdir().unwrap();
    let run = work.path().join("run");
    let left = run.join("fold-0/.unfinished-abc");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("network.bpk"), "half").unwrap();
    let arguments = tiny(&run, &["--epochs", "1", "--fold", "0"]);
    succeed(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!left.exists() && run.join("fold-0/done.json").is_file());
}
