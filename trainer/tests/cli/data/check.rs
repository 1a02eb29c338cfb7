//! `genoderm data check` and `genoderm data labels`.

use std::fs;

use serde_json::Value;

use super::folder::Folder;
use crate::support::{argument, genoderm, json, photos, succeed, text};

#[test]
fn check_tells_faults_from_notes() {
    let mut folder = Folder::new();
    for name in ["a", "b", "c"] {
        folder.draw(&format!("data/{name}.jpg"));
    }
    folder.save_again("data/a.jpg", "data/a-again.jpg");
    fs::copy(folder.path("data/b.jpg"), folder.path("data/b-again.jpg")).unwrap();
    fs::copy(folder.path("data/c.jpg"), folder.path("data/c-again.jpg")).unwrap();
    folder.write(
        "data/manifest.csv",
        "image,set,label,source,split,fold\n\
         a.jpg,focused,NF1,a,train,0\n\
         a-again.jpg,focused,NF1,a2,train,0\n\
         b.jpg,focused,NF1,b,train,1\n\
         b-again.jpg,focused,NF1,b,train,1\n\
         c.jpg,focused,NF1,c,test,\n\
         c-again.jpg,focused,NF1,c2,train,1\n",
    );
    let report = folder.check("data");
    let lines = |key: &str| -> Vec<String> {
        let lines = report[key].as_array().unwrap().iter();
        lines
            .map(|line| line.as_str().unwrap().to_string())
            .collect()
    };
    let (faults, notes) = (lines("faults"), lines("notes"));
    assert_eq!((faults.len(), notes.len()), (2, 1), "{report}");
    assert!(
        faults[0].starts_with(
            "line 5, column image: `b-again.jpg` is the same file as `b.jpg` of line 4"
        )
    );
    assert!(faults[1].starts_with("line 7, ") && faults[1].contains("the other for testing"));
    assert!(notes[0].starts_with("line 3, ") && notes[0].contains("looks like `a.jpg` of line 2"));
    // Training refuses what has the same source in both splits, but a look-alike only check finds.
    let table = text(
        &genoderm(&["data", "check", "--data", argument(&folder.path("data"))])
            .output()
            .unwrap()
            .stdout,
    );
    assert!(
        table.contains("panoramic") && table.contains("all"),
        "{table}"
    );
    assert!(table.ends_with("2 faults\n"), "{table}");
}

#[test]
fn synthetic_pictures_have_neither_faults_nor_notes() {
    let report = succeed(&["data", "check", "--json", "--data", argument(photos())]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["faults"], Value::Array(vec![]));
    assert_eq!(report["notes"], Value::Array(vec![]));
}

#[test]
fn new_conditions_need_only_a_label_file() {
    let mut folder = Folder::new();
    folder.succeed("data labels --out @start.json --from paper");
    let mut labels = json(&folder.path("start.json"));
    assert_eq!(labels.as_array().unwrap().len(), 16);
    labels = serde_json::json!([
        {"key": "PSO", "name": "Psoriasis"},
        {"key": "VIT", "name": "Vitiligo", "mim": [606579]},
        {"key": "mole", "name": "Mole", "own": false},
    ]);
    folder.write("labels.json", &labels.to_string());
    for label in ["PSO", "VIT", "mole"] {
        for number in 0..5 {
            folder.draw(&format!("photos/{label}/{number}.jpg"));
        }
    }
    folder.succeed(
        "data split --folder @photos --out @photos --labels @labels.json --test-per-label 1 --folds 2 --set focused",
    );
    let said = folder.refuse_in_one_line("data check --data @photos");
    assert!(said.contains("15 faults"), "{said}");
    folder.succeed("data check --data @photos --labels @labels.json");
    let train = "train --preset demo --data @photos --out @run --epochs 1 --size 32 --batch 4";
    let said = folder.refuse(train);
    assert!(said.contains("column label: `PSO`"), "{said}");
    let train = train.replace("@run", "@mine");
    let train = format!("{train} --labels @labels.json");
    // A picture that broke after the split is named and counted, and passed over when that is asked for.
    folder.write("photos/mole/0.jpg", "no picture");
    let said = folder.refuse(&train);
    assert!(
        said.contains("1 broken pictures") && said.contains("mole/0.jpg"),
        "{said}"
    );
    let said = folder.succeed(&format!("{train} --skip-broken"));
    assert!(said.contains("mole/0.jpg"), "{said}");
    assert!(said.contains("broken pictures skipped: 1"), "{said}");
    folder.succeed("export --run @mine --out @bundle");
    let manifest = json(&folder.path("bundle/manifest.json")).to_string();
    for part in ["\"PSO\"", "Vitiligo", "606579", "\"own\":false"] {
        assert!(manifest.contains(part), "{part}\n{manifest}");
    }
    assert!(!manifest.contains("NF1"), "{manifest}");
}
