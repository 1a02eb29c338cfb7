//! `genoderm study make`.

use std::collections::{BTreeMap, BTreeSet};

use super::{LABELS, Work};

#[test]
fn the_papers_surveys_with_names_that_say_nothing() {
    let work = Work::with(&LABELS, 20);
    let said = work.succeed("make --data @data --out @study --seed 3");
    assert!(
        said.contains("30 surveys in 6 sets, 56 questions each, 7 labels, 280 pictures"),
        "{said}"
    );
    let made = work.json("study/surveys.json");
    let surveys = made["surveys"].as_array().unwrap();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for survey in surveys {
        let questions = survey["questions"].as_array().unwrap();
        assert_eq!(questions.len(), 56);
        assert!(
            questions[..28]
                .iter()
                .all(|question| question["view"] == "focused")
        );
        for question in questions {
            *seen
                .entry(question["image"].as_str().unwrap().to_string())
                .or_default() += 1;
        }
    }
    assert_eq!(seen.len(), 280);
    assert!(seen.values().all(|times| *times == 6));

    // The pictures are those of the manifest, byte for byte, and their names do not follow the labels.
    let key = work.rows("study/images.csv");
    assert_eq!(key.len(), 280);
    for row in &key {
        let copy = std::fs::read(work.path("study").join(&row["image"])).unwrap();
        assert_eq!(
            copy,
            std::fs::read(work.path("data").join(&row["manifest"])).unwrap()
        );
        assert!(!row["image"].contains(&row["label"]));
    }
    let first: BTreeSet<&str> = key
        .iter()
        .take(20)
        .map(|row| row["label"].as_str())
        .collect();
    assert!(first.len() > 3, "{first:?}");

    // Sheets have no truth; those of a survey ask in its order.
    let sheet = work.json("study/sheets/S07.json");
    assert_eq!(sheet["labels"].as_array().unwrap().len(), 7);
    assert_eq!(
        sheet["questions"][5]["image"],
        surveys[6]["questions"][5]["image"]
    );
    assert!(sheet["questions"][5].get("label").is_none());
    let rows = work.rows("study/sheets/S07.csv");
    assert_eq!(
        (
            rows.len(),
            rows[3]["answer"].as_str(),
            rows[3]["survey"].as_str()
        ),
        (56, "", "S07")
    );

    // The seed decides.
    work.succeed("make --data @data --out @again --seed 3");
    assert_eq!(
        work.read("study/surveys.json"),
        work.read("again/surveys.json")
    );
    work.succeed("make --data @data --out @other --seed 4");
    assert_ne!(
        work.read("study/surveys.json"),
        work.read("other/surveys.json")
    );
    assert!(
        work.refuse("make --data @data --out @study")
            .contains("already exists")
    );
}

#[test]
fn other_numbers_order_and_names() {
    let work = Work::with(&["NF1", "TSC", "IP"], 9);
    let said = work.succeed(
        "make --data @data --out @study --labels NF1,TSC --per-label 2 --surveys-per-set 4 --sets 3 --order balanced \
         --keep-names",
    );
    assert!(
        said.contains("12 surveys in 3 sets, 8 questions each, 2 labels, 32 pictures"),
        "{said}"
    );
    let made = work.json("study/surveys.json");
    let surveys = made["surveys"].as_array().unwrap();
    let panoramic_first = surveys
        .iter()
        .filter(|survey| survey["questions"][0]["view"] == "panoramic");
    assert_eq!(panoramic_first.count(), 6);
    let image = surveys[0]["questions"][0]["image"].as_str().unwrap();
    assert!(work.path("study").join(image).is_file() && image.contains('/'));
    assert!(!image.starts_with("pictures"), "{image}");
}

#[test]
fn manifests_that_make_no_surveys_are_refused_with_advice() {
    let work = Work::with(&["NF1", "TSC"], 9);
    let said = work.refuse("make --data @data --out @study");
    assert!(
        said.contains("manifest.csv") && said.contains("NF1 9, TSC 9"),
        "{said}"
    );
    assert!(said.contains("--per-label"), "{said}");
    let said = work.refuse("make --data @data --out @study --surveys-per-set 3");
    assert!(said.contains("need 12 of `NF1`, and there are 9"), "{said}");
    let said = work.refuse("make --data @data --out @study --labels NF2");
    assert!(
        said.contains("`NF2`") && said.contains("NF1, TSC"),
        "{said}"
    );
    let said = work.refuse("make --data @data --out @study --per-label 3 --labels NF1");
    assert!(said.contains("two labels or more"), "{said}");
    assert!(
        work.refuse("make --data @data --out @study --sets 0")
            .contains("--sets")
    );
    assert!(
        work.refuse("make --data @nowhere --out @study")
            .contains("nowhere")
    );

    // A photograph without its partner; a broken picture; no test picture at all.
    let whole = work.read("data/manifest.csv");
    let without: Vec<&str> = whole
        .lines()
        .filter(|line| !line.starts_with("focused/NF1/NF1-3."))
        .collect();
    work.write("data/manifest.csv", &without.join("\n"));
    let said = work.refuse("make --data @data --out @study --per-label 3");
    assert!(
        said.contains("`NF1-3` needs one focused and one panoramic"),
        "{said}"
    );
    assert!(said.contains("genoderm data split"), "{said}");
    work.write("data/manifest.csv", &whole);
    work.write("data/focused/TSC/TSC-2.png", "no picture");
    work.write("data/focused/TSC/TSC-4.png", "");
    let said = work.refuse("make --data @data --out @study --per-label 3");
    assert!(
        said.contains("TSC-2.png") && said.contains("TSC-4.png"),
        "{said}"
    );
    work.write("data/manifest.csv", &whole.replace("test,", "train,0"));
    let said = work.refuse("make --data @data --out @study --per-label 3");
    assert!(said.contains("no test picture"), "{said}");
}
