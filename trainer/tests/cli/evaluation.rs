//! The report of `genoderm evaluate` in all its forms.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{argument, genoderm, json, photos, refuse, refuse_in_one_line, succeed, text};

/// The demonstration bundle of the page: a small network that has learnt something.
fn bundle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/bundle")
}

/// Measures the bundle on the photographs of all tests and returns what was printed.
fn evaluate(more: &[&str]) -> String {
    let bundle = bundle();
    let data = photos();
    let mut arguments = vec![
        "evaluate",
        "--model",
        argument(&bundle),
        "--data",
        argument(data),
    ];
    arguments.extend(more);
    succeed(&arguments)
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap().iter();
    values.map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn the_page_holds_everything_and_the_json_beside_it_every_number() {
    let work = tempfile::tempdir().unwrap();
    let page = work.path().join("report.html");
    let said = evaluate(&[
        "--split",
        "all",
        "--html",
        argument(&page),
        "--mistakes",
        "2",
        "--attribution",
        "--attribution-pictures",
        "7",
        "--map-steps",
        "4",
        "--map-baseline",
        "blurred",
        "--bootstrap",
        "60",
    ]);
    assert!(
        said.contains("may have learnt from these pictures"),
        "{said}"
    );
    assert!(said.contains("attribution, 4 steps"), "{said}");
    let found = json(&work.path().join("report.json"));
    let method = found["attribution"]["method"].as_str().unwrap();
    assert!(method.ends_with("baseline blurred"), "{method}");
    let text = fs::read_to_string(&page).unwrap();
    for label in found["labels"].as_array().unwrap() {
        assert!(text.contains(label.as_str().unwrap()));
    }
    // Three pictures for each of the two mistakes, all of them inside the page.
    let sources: Vec<&str> = text.split(" src=\"").skip(1).collect();
    assert_eq!(sources.len(), 6);
    assert!(
        sources
            .iter()
            .all(|rest| rest.starts_with("data:image/jpeg;base64,/9j/"))
    );
    assert!(!text.contains("http://") && !text.contains("https://"));

    let ensemble = &found["ensemble"];
    let pictures = ensemble["pictures"].as_u64().unwrap() as usize;
    assert_eq!(pictures, 7 * 8);
    let accuracy = ensemble["accuracy"].as_f64().unwrap();
    let [low, high] = numbers(&ensemble["intervals"]["accuracy"])[..] else {
        panic!("no interval");
    };
    assert!(low <= accuracy && accuracy <= high);
    let wrong = found["mistakes"].as_array().unwrap().len();
    assert_eq!(
        wrong,
        pictures - (accuracy * pictures as f64).round() as usize
    );
    for row in found["confusion_shares"].as_array().unwrap() {
        assert!((numbers(row).iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
    let bins = found["reliability"].as_array().unwrap();
    let error: f64 = bins
        .iter()
        .map(|bin| {
            let gap = bin["accuracy"].as_f64().unwrap() - bin["probability"].as_f64().unwrap();
            gap.abs() * bin["pictures"].as_f64().unwrap() / pictures as f64
        })
        .sum();
    assert!((error - ensemble["calibration_error"].as_f64().unwrap()).abs() < 1e-9);
    let sources = found["source_list"].as_array().unwrap();
    assert_eq!(
        sources.len(),
        found["sources"]["sources"].as_u64().unwrap() as usize
    );
    attribution_is_sound(&found["attribution"]);
}

fn attribution_is_sound(found: &Value) {
    assert_eq!(found["labels"].as_array().unwrap().len(), 7);
    let overall = &found["overall"];
    assert_eq!(overall["pictures"], 7);
    assert!(
        overall["masks"].as_u64().unwrap() >= 6,
        "{}",
        overall["masks"]
    );
    for name in ["lesion_area", "energy_inside", "pointing_game"] {
        let share = overall[name].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&share), "{name} {share}");
    }
    let curve = |kind: &str, name: &str| numbers(&overall[kind][name]);
    // Nothing deleted and everything inserted is the picture itself, in any order.
    let whole = curve("deletion", "curve")[0];
    for (kind, name) in [
        ("deletion", "random_curve"),
        ("insertion", "curve"),
        ("insertion", "random_curve"),
    ] {
        let values = curve(kind, name);
        let end = if kind == "deletion" {
            values[0]
        } else {
            values[values.len() - 1]
        };
        assert!((end - whole).abs() < 1e-4, "{kind} {name}");
    }
    assert_eq!(
        curve("deletion", "curve").len(),
        numbers(&found["exchanged"]).len()
    );
    // A network that has forgotten everything has other maps.
    let forgotten = overall["sanity"][3]["spearman"].as_f64().unwrap();
    assert!(forgotten.abs() < 0.5, "{forgotten}");
}

#[test]
fn a_seed_gives_the_same_figures_and_no_drawings_give_no_intervals() {
    let work = tempfile::tempdir().unwrap();
    let figures = |name: &str, more: &[&str]| {
        let file = work.path().join(name);
        let mut arguments = vec!["--json", argument(&file)];
        arguments.extend(more);
        evaluate(&arguments);
        json(&file)
    };
    let first = figures("a", &["--bootstrap", "40", "--seed", "7"]);
    assert_eq!(first, figures("b", &["--bootstrap", "40", "--seed", "7"]));
    let other = figures("c", &["--bootstrap", "40", "--seed", "8"]);
    assert_eq!(first["ensemble"]["accuracy"], other["ensemble"]["accuracy"]);
    assert_ne!(
        first["ensemble"]["intervals"],
        other["ensemble"]["intervals"]
    );
    let none = figures("d", &["--bootstrap", "0"]);
    assert!(none["ensemble"].get("intervals").is_none());
    // Only some labels: the others have no pictures, and the rest is counted as before.
    let some = figures("e", &["--labels", "NF1,TSC", "--bootstrap", "0"]);
    let (before, after) = (
        &none["ensemble"]["confusion"],
        &some["ensemble"]["confusion"],
    );
    assert_eq!((&after[5], &after[6]), (&before[5], &before[6]));
    assert!(numbers(&after[0]).iter().all(|count| *count == 0.0));
}

#[test]
fn with_views_a_turned_photograph_has_the_same_answer() {
    let work = tempfile::tempdir().unwrap();
    let table = fs::read_to_string(photos().join("manifest.csv")).unwrap();
    let name = table.lines().nth(1).unwrap().split(',').next().unwrap();
    let photo = image::open(photos().join(name)).unwrap();
    let (upright, turned) = (work.path().join("a.png"), work.path().join("b.png"));
    photo.save(&upright).unwrap();
    photo.rotate90().save(&turned).unwrap();
    let bundle = bundle();
    let probabilities = |more: &[&str]| -> Vec<Vec<f64>> {
        let mut arguments = vec!["predict", "--json", "--model", argument(&bundle)];
        arguments.extend(more);
        arguments.extend([argument(&upright), argument(&turned)]);
        let said: Value = serde_json::from_str(&succeed(&arguments)).unwrap();
        let images = said["images"].as_array().unwrap().iter();
        images
            .map(|image| numbers(&image["folds"][0]["probabilities"]))
            .collect()
    };
    let difference = |told: Vec<Vec<f64>>| {
        let pairs = told[0].iter().zip(&told[1]);
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    let (plain, averaged) = (
        difference(probabilities(&[])),
        difference(probabilities(&["--tta"])),
    );
    // Resizing may round a grey level differently in the other direction.
    assert!(averaged < 0.01, "{averaged}");
    assert!(plain > 4.0 * averaged, "{plain} {averaged}");
}

#[test]
fn predictions_in_the_authors_layout() {
    let work = tempfile::tempdir().unwrap();
    let (run, tables) = (work.path().join("run"), work.path().join("tables"));
    let data = argument(photos());
    succeed(&[
        "train",
        "--preset",
        "demo",
        "--data",
        data,
        "--size",
        "32",
        "--batch",
        "16",
        "--epochs",
        "1",
        "--folds",
        "2",
        "--out",
        argument(&run),
    ]);
    let (page, measured) = (work.path().join("r.html"), work.path().join("r.json"));
    let evaluate = [
        "evaluate",
        "--run",
        argument(&run),
        "--data",
        data,
        "--authors-csv",
        argument(&tables),
        "--html",
        argument(&page),
        "--mistakes",
        "0",
        "--bootstrap",
        "0",
    ];
    succeed(&evaluate);
    let found = json(&measured);
    assert_eq!(found["training"].as_array().unwrap().len(), 2);
    assert!(
        fs::read_to_string(&page)
            .unwrap()
            .contains("<h2>Training</h2>")
    );

    let read = |name: &str| -> Vec<Vec<String>> {
        let text = fs::read_to_string(tables.join(name)).unwrap();
        let rows = text
            .lines()
            .map(|line| line.split(',').map(String::from).collect());
        rows.collect()
    };
    let mut names: Vec<String> = fs::read_dir(&tables)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "eval_fold_0.csv",
        "eval_fold_1.csv",
        "final_prediction.csv",
        "test_on_fold_5_from_fold_0.csv",
        "test_on_fold_5_from_fold_1.csv",
    ];
    assert_eq!(names, expected);
    let last = read("final_prediction.csv");
    let column = |name: &str| last[0].iter().position(|cell| cell == name).unwrap();
    let pictures = found["ensemble"]["pictures"].as_u64().unwrap() as usize;
    assert_eq!(last.len() - 1, pictures);
    let right = last[1..]
        .iter()
        .filter(|row| row[column("true_label_index")] == row[column("predict_label_index")])
        .count();
    let accuracy = found["ensemble"]["accuracy"].as_f64().unwrap();
    assert_eq!(right, (accuracy * pictures as f64).round() as usize);
    for row in &last[1..] {
        assert_eq!(
            (
                row[column("fold")].as_str(),
                row[column("tfrecord")].as_str()
            ),
            ("5", "-2")
        );
        let sum: f64 = (0..7)
            .map(|l| row[column(&l.to_string())].parse::<f64>().unwrap())
            .sum();
        assert!((sum - 1.0).abs() < 1e-4);
    }
    // Every training picture was out of exactly one fold.
    let manifest = fs::read_to_string(photos().join("manifest.csv")).unwrap();
    let training = manifest
        .lines()
        .filter(|line| line.contains(",focused,") && line.contains(",train,"));
    let out_of_fold = (read("eval_fold_0.csv").len() - 1) + (read("eval_fold_1.csv").len() - 1);
    assert_eq!(out_of_fold, training.count());

    let said = refuse_in_one_line(&evaluate);
    assert!(said.contains("already exists"), "{said}");
    // Predictions of the folds on pictures that this manifest does not have: found before measuring.
    let other = two_photos(str::to_owned);
    let tables = work.path().join("other");
    let output = genoderm(&[
        "evaluate",
        "--run",
        argument(&run),
        "--data",
        argument(other.path()),
        "--authors-csv",
        argument(&tables),
    ])
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    let said = text(&output.stderr);
    assert!(said.contains("give the run's own --data"), "{said}");
    assert!(!tables.exists());
}

/// A copy of two test photographs whose manifest's text is changed.
fn two_photos(change: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let table = fs::read_to_string(photos().join("manifest.csv")).unwrap();
    let mut lines = table.lines();
    let mut text = format!("{}\n", lines.next().unwrap());
    for (index, line) in lines
        .filter(|line| line.contains(",focused,") && line.contains(",test,"))
        .take(2)
        .enumerate()
    {
        let cells: Vec<&str> = line.split(',').collect();
        for (file, name) in [(cells[0], "photo"), (cells[6], "mask")] {
            let to = folder.path().join(format!("{name}{index}"));
            fs::copy(photos().join(file), to).unwrap();
        }
        text += &format!(
            "photo{index},focused,{},s{index},test,,mask{index},\n",
            cells[2]
        );
    }
    fs::write(folder.path().join("manifest.csv"), change(&text)).unwrap();
    folder
}

#[test]
fn wrong_use_is_refused_before_anything_is_computed() {
    let bundle = bundle();
    let work = tempfile::tempdir().unwrap();
    let missing = work.path().join("nowhere").join("report.html");
    let numbers = work.path().join("report.json");
    for (more, named) in [
        (vec!["--labels", "NF9"], "the model knows EverythingElse"),
        (vec!["--html", argument(&missing)], "nowhere does not exist"),
        (vec!["--html", argument(&numbers)], "end in .html"),
        (
            vec!["--authors-csv", argument(work.path())],
            "already exists",
        ),
    ] {
        let mut arguments = vec!["evaluate", "--model", argument(&bundle)];
        arguments.extend(["--data", argument(photos())]);
        arguments.extend(more);
        let said = refuse_in_one_line(&arguments);
        assert!(said.contains(named), "{said}");
    }
    assert!(!numbers.exists());
    for arguments in [
        ["--mistakes", "3"],
        ["--attribution-pictures", "3"],
        ["--map-steps", "0"],
    ] {
        let base = ["evaluate", "--model", "bundle", "--data", "photos"];
        let said = refuse(&[&base[..], &arguments[..]].concat());
        assert!(
            said.contains(arguments[0]) || said.contains("--html"),
            "{said}"
        );
    }
}

#[test]
fn broken_pictures_stop_the_measurement_or_are_left_out_by_name() {
    let bundle = bundle();
    let folder = two_photos(str::to_owned);
    fs::write(folder.path().join("photo1"), "no picture").unwrap();
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("a.json");
    let arguments = [
        "evaluate",
        "--model",
        argument(&bundle),
        "--data",
        argument(folder.path()),
        "--json",
        argument(&file),
    ];
    let said = refuse(&arguments);
    assert!(
        said.contains("photo1") && said.contains("--skip-broken"),
        "{said}"
    );
    assert!(!file.exists());
    let output = genoderm(&[&arguments[..], &["--skip-broken"]].concat())
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(
        text(&output.stderr).contains("photo1"),
        "{}",
        text(&output.stderr)
    );
    let found = json(&file);
    assert_eq!(
        (&found["ensemble"]["pictures"], &found["skipped"]),
        (&1.into(), &1.into())
    );
    assert!(found["left_out"][0].as_str().unwrap().contains("photo1"));

    fs::write(folder.path().join("photo0"), "no picture").unwrap();
    let said = refuse(&[&arguments[..], &["--skip-broken"]].concat());
    assert!(said.contains("no picture is left"), "{said}");
}

#[test]
fn a_mask_of_another_size_is_named() {
    let bundle = bundle();
    let folder = two_photos(str::to_owned);
    image::GrayImage::new(3, 2)
        .save_with_format(folder.path().join("mask1"), image::ImageFormat::Png)
        .unwrap();
    let arguments = [
        "evaluate",
        "--model",
        argument(&bundle),
        "--data",
        argument(folder.path()),
        "--attribution",
        "--map-steps",
        "2",
    ];
    let said = refuse_in_one_line(&arguments);
    assert!(said.contains("mask1") && said.contains("3 x 2"), "{said}");
    // Before anything is measured.
    let output = genoderm(&arguments).output().unwrap();
    assert_eq!(text(&output.stdout), "");
}

/// A device that is always full stands for a disk that fills while the page is drawn.
#[cfg(target_os = "linux")]
#[test]
fn figures_are_kept_when_the_page_cannot_be_written() {
    let bundle = bundle();
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("a.json");
    let said = refuse_in_one_line(&[
        "evaluate",
        "--model",
        argument(&bundle),
        "--data",
        argument(photos()),
        "--bootstrap",
        "0",
        "--mistakes",
        "0",
        "--json",
        argument(&file),
        "--html",
        "/dev/full",
    ]);
    assert!(said.contains("/dev/full"), "{said}");
    assert_eq!(json(&file)["ensemble"]["pictures"], 7);
}
