//! Calibration of a tiny run, and what of it reaches a bundle.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{argument, json as read_json, photos, refuse, refuse_in_one_line, succeed};

const PLAN: &str = r#"
preset = "demo"
size = 48
batch = 25
folds = 2
label_smoothing = 0.0
dropout = 0.0
"#;

/// Two folds of a tiny network, trained once for all tests of this process.
pub fn run() -> &'static Path {
    static RUN: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, run) = RUN.get_or_init(|| {
        let root = tempfile::tempdir().unwrap();
        let plan = root.path().join("plan.toml");
        fs::write(&plan, PLAN).unwrap();
        let run = root.path().join("run");
        succeed(&[
            "train",
            "--config",
            argument(&plan),
            "--data",
            argument(photos()),
            "--out",
            argument(&run),
            "--epochs",
            "4",
        ]);
        (root, run)
    });
    run
}

/// A copy of the run, to be damaged or calibrated.
pub fn copy_of_run(folder: &Path) -> PathBuf {
    let copy = folder.join("run");
    for place in ["", "fold-0", "fold-1"] {
        fs::create_dir_all(copy.join(place)).unwrap();
        for entry in fs::read_dir(run().join(place)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap();
                fs::copy(&path, copy.join(place).join(name)).unwrap();
            }
        }
    }
    copy
}

/// Pictures that show no skin.
fn not_skin() -> &'static Path {
    static FOLDER: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, folder) = FOLDER.get_or_init(|| {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("drawn");
        succeed(&[
            "synth",
            "--out",
            argument(&out),
            "--per-label",
            "2",
            "--size",
            "64",
            "--not-skin",
            "15",
        ]);
        (root, out.join("not-skin"))
    });
    folder
}

/// The labels in the order of the outputs.
const LABELS: [&str; 7] = ["EverythingElse", "HMI", "IP", "MA", "ML", "NF1", "TSC"];

/// True label and probabilities of every out-of-fold picture.
fn out_of_fold(run: &Path) -> Vec<(usize, Vec<f64>)> {
    let mut rows = Vec::new();
    for fold in 0..2 {
        let text = fs::read_to_string(run.join(format!("fold-{fold}/validation.csv"))).unwrap();
        let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let header = lines.next().unwrap();
        let column = |name: &str| header.iter().position(|cell| *cell == name).unwrap();
        for cells in lines {
            let truth = cells[column("label")];
            let truth = LABELS.iter().position(|label| *label == truth).unwrap();
            let numbers = LABELS.map(|label| cells[column(label)].parse().unwrap());
            rows.push((truth, numbers.to_vec()));
        }
    }
    rows
}

/// Probabilities sharpened or flattened: proportional to p^(1 / temperature).
fn at(temperature: f64, probabilities: &[f64]) -> Vec<f64> {
    let powers: Vec<f64> = probabilities
        .iter()
        .map(|p| p.powf(1.0 / temperature))
        .collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

fn predict(bundle: &Path, file: &Path) -> Value {
    let said = succeed(&[
        "predict",
        "--json",
        "--model",
        argument(bundle),
        argument(file),
    ]);
    let answer: Value = serde_json::from_str(&said).unwrap();
    answer["images"][0].clone()
}

#[test]
fn from_a_run_to_a_bundle_that_knows_its_limits() {
    let work = tempfile::tempdir().unwrap();
    let run = copy_of_run(work.path());
    let said = succeed(&[
        "calibrate",
        "--run",
        argument(&run),
        "--data",
        argument(photos()),
        "--not-skin",
        argument(not_skin()),
        "--coverage",
        "0.8",
        "--test",
        // The network has learnt nearly nothing, and neither has its guard.
        "--most-passed",
        "1",
    ]);
    assert!(said.contains("prediction sets at 80% coverage"), "{said}");
    assert!(said.contains("(chosen)"), "{said}");
    let record = read_json(&run.join("calibration.json"));
    the_evaluation_is_calibrated_too(&run, &record);
    the_fit_is_the_best_one(&run, &record);
    the_chosen_guard_lets_least_pass(&record);
    assert_eq!(record["test"]["after"]["pictures"], 7);
    assert_eq!(record["not_skin"], 15);

    let bundle = work.path().join("bundle");
    let said = succeed(&[
        "export",
        "--run",
        argument(&run),
        "--out",
        argument(&bundle),
        "--encoding",
        "int8",
        "--data",
        argument(photos()),
    ]);
    assert!(said.contains("with the run's calibration.json"), "{said}");
    assert!(said.contains("as trained; storing changes"), "{said}");
    let manifest = read_json(&bundle.join("manifest.json"));
    let calibration = &manifest["sets"][0]["calibration"];
    for field in [
        "/temperature",
        "/conformal/threshold",
        "/conformal/coverage",
        "/guard/threshold",
        "/guard/acceptance",
    ] {
        let number = |json: &Value| json.pointer(field).unwrap().as_f64().unwrap();
        let (exported, fitted) = (number(calibration), number(&record));
        // Numbers of JSON may lose their last bit on the way.
        assert!(
            (exported - fitted).abs() <= 1e-12 * fitted.abs(),
            "{field}: {exported} {fitted}"
        );
    }
    assert_eq!(calibration["guard"]["score"], record["guard"]["score"]);
    let measured = &manifest["evaluation"]["focused"];
    assert!(measured["as_trained"]["accuracy"].is_number(), "{measured}");
    assert_eq!(measured["prediction_sets"]["stated"], 0.8);
    the_card_says_what_was_measured(&bundle, measured);
    answers_follow_the_calibration(&bundle, calibration);

    let plain = work.path().join("plain");
    let said = succeed(&[
        "export",
        "--run",
        argument(&run),
        "--out",
        argument(&plain),
        "--no-calibration",
        "--encoding",
        "int8",
    ]);
    assert!(!said.contains("calibration.json"), "{said}");
    assert!(said.contains("warning: what it costs"), "{said}");
    let manifest = read_json(&plain.join("manifest.json"));
    assert!(manifest["sets"][0].get("calibration").is_none());
    let card = fs::read_to_string(plain.join("MODEL_CARD.md")).unwrap();
    assert!(card.contains("Not measured") && card.contains("Not calibrated"));
    let answer = predict(&plain, &not_skin().join("0001-text-page.jpg"));
    assert!(answer["prediction_set"].is_null() && answer["guard"].is_null());
}

/// What is measured is what would be exported.
fn the_evaluation_is_calibrated_too(run: &Path, record: &Value) {
    let work = tempfile::tempdir().unwrap();
    let (page, numbers) = (work.path().join("a.html"), work.path().join("a.json"));
    let evaluate = |more: &[&str]| {
        let mut arguments = vec!["evaluate", "--run", argument(run)];
        arguments.extend(["--data", argument(photos()), "--bootstrap", "0"]);
        arguments.extend(["--html", argument(&page), "--mistakes", "0"]);
        arguments.extend(more);
        (succeed(&arguments), read_json(&numbers))
    };
    let same = |found: &Value, figures: &Value| {
        let error = |figures: &Value| figures["calibration_error"].as_f64().unwrap();
        let (found, known) = (error(&found["ensemble"]), error(figures));
        assert!((found - known).abs() < 1e-6, "{found} {known}");
    };
    let (said, found) = evaluate(&[]);
    assert_eq!(found["temperature"], record["temperature"]);
    let words = format!("Temperature {:.3}", record["temperature"].as_f64().unwrap());
    assert!(said.contains(&words), "{said}");
    assert!(fs::read_to_string(&page).unwrap().contains(&words));
    same(&found, &record["test"]["after"]);
    let (said, found) = evaluate(&["--no-calibration"]);
    assert!(said.contains("not calibrated"), "{said}");
    assert_eq!(found["temperature"], 1.0);
    same(&found, &record["test"]["before"]);
}

/// The temperature has the smallest loss, and the threshold covers as many pictures as it must.
fn the_fit_is_the_best_one(run: &Path, record: &Value) {
    let rows = out_of_fold(run);
    assert_eq!(rows.len(), 49);
    let temperature = record["temperature"].as_f64().unwrap();
    let loss = |temperature: f64| -> f64 {
        let each = rows
            .iter()
            .map(|(truth, row)| -at(temperature, row)[*truth].ln());
        each.sum::<f64>() / rows.len() as f64
    };
    let best = loss(temperature);
    // A network no better than chance gets the highest temperature that there is.
    assert!(best <= loss(1.02 * temperature) || temperature >= 20.0);
    assert!(best <= loss(temperature / 1.02));
    let after = record["out_of_fold"]["after"]["reliability"]["nll"].as_f64();
    assert!((after.unwrap() - best).abs() < 1e-4);
    let before = record["out_of_fold"]["before"]["nll"].as_f64().unwrap();
    assert!((before - loss(1.0)).abs() < 1e-4);

    let threshold = record["conformal"]["threshold"].as_f64().unwrap();
    let conforming = |slack: f64| {
        let score = |truth: usize, row: &[f64]| 1.0 - at(temperature, row)[truth];
        let conform = |(truth, row): &&(usize, Vec<f64>)| score(*truth, row) <= threshold + slack;
        rows.iter().filter(conform).count()
    };
    // The threshold is the score of the picture of rank ceil(50 * 0.8) = 40 of 49, but for rounding.
    assert!(conforming(1e-6) >= 40 && conforming(-1e-6) < 40);
    let folds = record["folds"].as_array().unwrap();
    let pictures = folds.iter().map(|fold| fold["pictures"].as_u64().unwrap());
    assert_eq!(pictures.sum::<u64>(), 49);
}

fn the_chosen_guard_lets_least_pass(record: &Value) {
    let guards = record["guards"].as_array().unwrap();
    assert_eq!(guards.len(), 5);
    let share = |guard: &Value, name: &str| guard[name].as_f64().unwrap();
    let passed = |guard: &Value| {
        share(guard, "false_acceptance").max(share(guard, "ensemble_false_acceptance"))
    };
    let least = guards.iter().map(passed).fold(1.0, f64::min);
    let chosen = guards
        .iter()
        .find(|guard| guard["score"] == record["guard"]["score"])
        .unwrap();
    assert_eq!(passed(chosen), least);
    // It is reported on the pictures that it was not chosen by: 7 of 15.
    let held_out = &record["guard_held_out"];
    assert_eq!(held_out["score"], chosen["score"]);
    assert_eq!(held_out["threshold"], chosen["threshold"]);
    let sevenths = 7.0 * share(held_out, "ensemble_false_acceptance");
    assert!((sevenths - sevenths.round()).abs() < 1e-9, "{held_out}");
    for guard in guards {
        let auroc = guard["auroc"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&auroc), "{guard}");
    }
}

fn the_card_says_what_was_measured(bundle: &Path, measured: &Value) {
    let card = fs::read_to_string(bundle.join("MODEL_CARD.md")).unwrap();
    let accuracy = measured["ensemble"]["accuracy"].as_f64().unwrap();
    let row = format!("| ensemble of 2 | {:.1}% |", 100.0 * accuracy);
    for part in [
        row.as_str(),
        "8 bits each",
        "Stored as int8",
        "Temperature",
        "Prediction sets with 80.0% coverage",
        "| tone | pictures |",
        "## What it does not do",
    ] {
        assert!(card.contains(part), "`{part}` is missing:\n{card}");
    }
}

/// The set holds the labels that conform, or the first; the guard compares with its threshold.
fn answers_follow_the_calibration(bundle: &Path, calibration: &Value) {
    let threshold = calibration["conformal"]["threshold"].as_f64().unwrap();
    let files: Vec<PathBuf> = fs::read_dir(not_skin())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let mut sizes = Vec::new();
    for file in files.iter().take(4) {
        let answer = predict(bundle, file);
        let probabilities = answer["probabilities"].as_object().unwrap();
        let set = answer["prediction_set"]["labels"].as_array().unwrap();
        assert_eq!(set[0], answer["ranking"][0]["label"]);
        for (key, probability) in probabilities {
            let margin = threshold - (1.0 - probability.as_f64().unwrap());
            if margin.abs() < 1e-6 {
                continue;
            }
            let conforms = margin > 0.0;
            let is_first = set[0] == json!(key);
            assert_eq!(set.contains(&json!(key)), conforms || is_first, "{answer}");
        }
        sizes.push(set.len());
        let guard = &answer["guard"];
        let (score, least) = (guard["score"].as_f64(), guard["threshold"].as_f64());
        assert_eq!(guard["accepted"], score >= least, "{guard}");
        let text = succeed(&["predict", "--model", argument(bundle), argument(file)]);
        assert!(text.contains("with 80% coverage: "), "{text}");
        let said = match guard["accepted"].as_bool().unwrap() {
            true => "this looks like",
            false => "this does not look like a photograph of skin",
        };
        assert!(text.contains(said), "{text}");
    }
    assert!(sizes.iter().all(|size| *size >= 1));
}

#[test]
fn temperature_and_sets_need_neither_pictures_nor_networks() {
    let work = tempfile::tempdir().unwrap();
    let run = copy_of_run(work.path());
    let known = read_json(&run.join("data.json"));
    assert!(known["folder"].is_string());
    let nowhere = json!({"folder": "no-such-folder", "manifest_sha256": "", "folds": 2});
    fs::write(run.join("data.json"), nowhere.to_string()).unwrap();
    for fold in 0..2 {
        // Only their checksum is taken.
        fs::write(run.join(format!("fold-{fold}/best.safetensors")), "weights").unwrap();
    }
    let said = succeed(&["calibrate", "--run", argument(&run), "--score", "aps"]);
    assert!(said.contains("no guard"), "{said}");
    let record = read_json(&run.join("calibration.json"));
    assert_eq!(record["conformal"]["score"], "aps");
    assert!(record["guard"].is_null() && record["test"].is_null());
    assert!(!run.join("calibration.safetensors").exists());
}

#[test]
fn the_ensemble_is_calibrated_on_pictures_of_its_own() {
    let work = tempfile::tempdir().unwrap();
    let run = copy_of_run(work.path());
    let held_out = not_skin().parent().unwrap();
    let said = succeed(&calibrate_held_out(&run, held_out));
    assert!(
        said.contains("the ensemble of 2 folds on 14 held-out pictures"),
        "{said}"
    );
    let record = read_json(&run.join("calibration.json"));
    let figures = &record["held_out"];
    assert_eq!(figures["before"]["pictures"], 14);
    // 12 of 14: the 0.8 * 15 = 12th smallest score is the threshold.
    let coverage = figures["after"]["sets"]["coverage"].as_f64().unwrap();
    assert!(coverage >= 12.0 / 14.0 - 1e-9, "{coverage}");
    let nll = |place: &Value| place["nll"].as_f64().unwrap();
    assert!(nll(&figures["after"]["reliability"]) <= nll(&figures["before"]) + 1e-9);

    let bundle = work.path().join("bundle");
    succeed(&[
        "export",
        "--run",
        argument(&run),
        "--out",
        argument(&bundle),
    ]);
    let manifest = read_json(&bundle.join("manifest.json"));
    let stored = manifest["sets"][0]["calibration"]["temperature"].as_f64();
    assert_eq!(stored, record["temperature"].as_f64());
    let card = fs::read_to_string(bundle.join("MODEL_CARD.md")).unwrap();
    assert!(
        card.contains("the ensemble's answers to 14 pictures"),
        "{card}"
    );

    // What the networks learnt from is refused, under its own manifest and under another one.
    let own = refuse_in_one_line(&calibrate_held_out(&run, photos()));
    assert!(own.contains("is what"));
    let copied = work.path().join("copied");
    let table = fs::read_to_string(photos().join("manifest.csv")).unwrap();
    let picture = table
        .lines()
        .find(|row| row.starts_with("focused/") && row.contains(",train,"));
    let picture = picture.unwrap().split(',').next().unwrap();
    fs::create_dir(&copied).unwrap();
    fs::copy(photos().join(picture), copied.join("x.jpg")).unwrap();
    let rows = "image,set,label,source,split\nx.jpg,focused,NF1,x,test\n";
    fs::write(copied.join("manifest.csv"), rows).unwrap();
    let other = refuse_in_one_line(&calibrate_held_out(&run, &copied));
    assert!(other.contains("learnt from"));
}

fn calibrate_held_out<'a>(run: &'a Path, held_out: &'a Path) -> [&'a str; 7] {
    let (run, held_out) = (argument(run), argument(held_out));
    [
        "calibrate",
        "--run",
        run,
        "--coverage",
        "0.8",
        "--held-out",
        held_out,
    ]
}

#[test]
fn a_calibration_of_other_networks_is_refused() {
    let work = tempfile::tempdir().unwrap();
    let run = copy_of_run(work.path());
    succeed(&["calibrate", "--run", argument(&run)]);
    let file = run.join("calibration.json");
    let sound = read_json(&file);
    let bundle = work.path().join("bundle");
    let export = || {
        refuse_in_one_line(&[
            "export",
            "--run",
            argument(&run),
            "--out",
            argument(&bundle),
        ])
    };
    let mut other = sound.clone();
    other["folds"][1]["weights_sha256"] = json!("0".repeat(64));
    fs::write(&file, other.to_string()).unwrap();
    let said = export();
    assert!(said.contains("other weights of fold 1"), "{said}");
    assert!(said.contains("--no-calibration"), "{said}");
    let said = refuse_in_one_line(&[
        "evaluate",
        "--run",
        argument(&run),
        "--data",
        argument(photos()),
    ]);
    assert!(said.contains("other weights of fold 1"), "{said}");
    let mut fewer = sound;
    fewer["folds"].as_array_mut().unwrap().pop();
    fs::write(&file, fewer.to_string()).unwrap();
    assert!(export().contains("made without fold 1"));
    fs::write(&file, "{}").unwrap();
    assert!(export().contains("calibration.json"));
    assert!(!bundle.exists());
}

#[test]
fn bad_input_is_refused_and_nothing_is_written() {
    let work = tempfile::tempdir().unwrap();
    let run = copy_of_run(work.path());
    let calibrate = |more: &[&str]| {
        let mut arguments = vec!["calibrate", "--run", argument(&run)];
        arguments.extend(more);
        refuse(&arguments)
    };
    for (more, expected) in [
        (&["--coverage", "1.5"][..], "--coverage 1.5"),
        (&["--coverage", "nan"], "--coverage NaN"),
        (&["--acceptance", "0"], "--acceptance 0"),
        (&["--coverage", "0.99"], "at least 99 calibration pictures"),
        (&["--not-skin", "no-such-folder"], "no-such-folder"),
        (&["--not-skin", argument(photos())], "holds a manifest.csv"),
        (&["--data", "no-such-folder"], "no-such-folder"),
    ] {
        let said = calibrate(more);
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(said.contains(expected), "{more:?}: {said}");
    }
    let other = not_skin().parent().unwrap();
    let said = calibrate(&["--data", argument(other)]);
    assert!(said.contains("not the manifest that"), "{said}");
    // A manifest without test pictures, known as the run's own.
    let untested = work.path().join("untested");
    fs::create_dir(&untested).unwrap();
    let table = fs::read_to_string(photos().join("manifest.csv")).unwrap();
    let rows = table.lines().filter(|row| !row.contains(",test,"));
    let table = rows.collect::<Vec<_>>().join("\n");
    fs::write(untested.join("manifest.csv"), &table).unwrap();
    let learnt_from = fs::read(run.join("data.json")).unwrap();
    let mut data = read_json(&run.join("data.json"));
    data["manifest_sha256"] = json!(genoderm_model::bundle::sha256_hex(table.as_bytes()));
    fs::write(run.join("data.json"), data.to_string()).unwrap();
    let said = calibrate(&["--test", "--data", argument(&untested)]);
    assert!(said.contains("no focused pictures for testing"), "{said}");
    assert!(!run.join("calibration.json").exists());
    fs::write(run.join("data.json"), learnt_from).unwrap();
    let broken = work.path().join("broken");
    fs::create_dir(&broken).unwrap();
    let said = calibrate(&["--not-skin", argument(&broken)]);
    assert!(said.contains("no pictures"), "{said}");
    fs::write(broken.join("a.jpg"), "no picture").unwrap();
    fs::write(broken.join("b.png"), "").unwrap();
    let said = calibrate(&["--not-skin", argument(&broken)]);
    assert!(said.contains("2 broken pictures"), "{said}");
    assert!(said.contains("a.jpg") && said.contains("b.png"), "{said}");

    let table = run.join("fold-1/validation.csv");
    let header = format!("image,label,{}", LABELS.join(","));
    let rows = "a.jpg,NF9,1,0,0,0,0,0,0\nb.jpg,NF1,1,1,0,0,0,0,0\n";
    fs::write(&table, format!("{header}\n{rows}")).unwrap();
    let said = calibrate(&[]);
    assert!(said.contains("validation.csv: 2 faults"), "{said}");
    assert!(said.contains("line 2, column label: `NF9`"), "{said}");
    assert!(
        said.contains("line 3: its probabilities sum to 2"),
        "{said}"
    );
    fs::copy(run.join("fold-0/validation.csv"), &table).unwrap();
    let said = calibrate(&[]);
    assert!(said.contains("a picture of fold 0 too"), "{said}");
    assert!(!run.join("calibration.json").exists());
    let missing = refuse_in_one_line(&["calibrate", "--run", "no-such-folder"]);
    assert!(missing.contains("no-such-folder"), "{missing}");
}

#[test]
fn an_export_that_cannot_end_does_not_begin() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("file");
    fs::write(&file, "keep").unwrap();
    // The run does not exist either: what is wrong with name and place is found before it is opened.
    let export = |out: &Path, name: &str| {
        refuse_in_one_line(&[
            "export",
            "--run",
            "no-such-run",
            "--out",
            argument(out),
            "--name",
            name,
        ])
    };
    let free = work.path().join("bundle");
    assert!(export(&free, "").contains("--name"));
    assert!(export(&free, " ").contains("--name"));
    assert!(export(&free, &"x".repeat(201)).contains("--name"));
    assert!(export(&file.join("bundle"), "model").contains("file"));
    assert!(export(&file, "model").contains("already exists"));
    assert!(export(&free, "model").contains("no-such-run"));
    assert_eq!(fs::read_dir(work.path()).unwrap().count(), 1);
}
