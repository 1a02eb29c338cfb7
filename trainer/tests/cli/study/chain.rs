//! The whole way: make, simulate, score, report.

use std::path::Path;

use serde_json::Value;

use super::{LABELS, Work};
use crate::support::{argument, photos, succeed};

/// Duong et al. 2021: mean differences of 30 surveys, as shares.
const PUBLISHED: [(&str, f64); 8] = [
    ("model − paediatrician, focused", 0.373),
    ("model − paediatrician, panoramic", 0.287),
    ("model − geneticist, focused", 0.218),
    ("model − geneticist, panoramic", 0.127),
    ("geneticist − paediatrician, focused", 0.156),
    ("geneticist − paediatrician, panoramic", 0.160),
    ("geneticist: panoramic − focused", 0.0905),
    ("paediatrician: panoramic − focused", 0.0857),
];

#[test]
fn simulated_readers_of_the_paper_show_its_effects() {
    let work = Work::with(&LABELS, 20);
    work.succeed("make --data @data --out @study --seed 1");
    let said = work.succeed("simulate --study @study --out @made-up --seed 7");
    assert!(said.contains("answers.csv, model.csv"), "{said}");
    work.succeed(
        "score --study @study --out @scored --answers @made-up/answers.csv --predictions model=@made-up/model.csv",
    );
    let said = work.succeed(
        "report --scored @scored --html @report.html --json @report.json --csv @tables --bootstrap 300",
    );
    assert!(
        said.contains("30 surveys in 6 sets, 140 photographs, 7 labels"),
        "{said}"
    );

    let report = work.json("report.json");
    let rows = comparisons(&work);
    for (name, mean) in PUBLISHED {
        let row = rows.iter().find(|row| row[0] == name).unwrap();
        let number = |column: usize| row[column].parse::<f64>().unwrap();
        // The paper's difference lies in the interval for other readers and photographs.
        assert!(number(14) <= mean && mean <= number(15), "{row:?}");
        assert!(number(12) < 0.05 && number(19) < 0.05, "{row:?}");
        assert!(said.contains(name), "{said}");
    }
    let focused = &report["groups"][0]["views"][0];
    let accuracy = focused["mean"].as_f64().unwrap();
    // 140 photographs: give or take three times 0.033.
    assert!((accuracy - 0.814).abs() < 0.1, "{accuracy}");
    // Groups differ far more than surveys do.
    let one_way = &report["correlations"][0]["one_way"]["single"]["value"];
    assert!(one_way.as_f64().unwrap() < 0.0);
    let power = report["power"]["normal_power"].as_f64().unwrap();
    assert!((power - 0.9546).abs() < 5e-5, "{power}");
    assert_eq!(report["power"]["surveys_needed"], 32);
    // The model has one answer to each image: a test of its views on images, and a single McNemar's test.
    let own = &report["comparisons"][6];
    assert_eq!(own["mcnemar"].as_array().unwrap().len(), 1);
    assert!(own["non_inferiority_on_images"]["p"].is_number());
    assert_eq!(work.rows("tables/scores.csv").len(), 180);
    assert_eq!(work.rows("tables/images.csv").len(), 280);

    let page = work.read("report.html");
    assert!(page.contains("model − paediatrician, focused") && page.contains("<svg"));
    assert!(!page.contains("NaN") && !page.contains("://"));
    assert!(
        work.refuse("report --scored @scored --csv @tables")
            .contains("already exists")
    );
    // The same seed gives the same report.
    work.succeed("report --scored @scored --json @again.json --bootstrap 300");
    assert_eq!(work.read("report.json"), work.read("again.json"));
}

/// Cells of `comparisons.csv`, whose names hold commas.
fn comparisons(work: &Work) -> Vec<Vec<String>> {
    let text = work.read("tables/comparisons.csv");
    let row = |line: &str| -> Vec<String> {
        match line
            .strip_prefix('"')
            .and_then(|rest| rest.split_once("\","))
        {
            Some((name, rest)) => {
                let cells = rest.split(',').map(String::from);
                std::iter::once(name.to_string()).chain(cells).collect()
            }
            None => line.split(',').map(String::from).collect(),
        }
    };
    let rows: Vec<Vec<String>> = text.lines().map(row).collect();
    assert_eq!(rows[0][12], "surveys_p_holm");
    assert_eq!(rows[0][14], "others_low");
    assert_eq!(rows[0][19], "others_p_holm");
    rows
}

#[test]
fn groups_of_ones_own_and_plans_that_cannot_be() {
    let work = Work::with(&["NF1", "TSC"], 8);
    work.succeed("make --data @data --out @study");
    work.succeed(
        "simulate --study @study --out @a --group experts=0.9,0.95 --group novices=0.5,0.5,0.2 --model net=0.8,0.8 \
         --left-out 0.01 --seed 2",
    );
    let plan = work.json("a/simulation.json");
    assert_eq!(plan["groups"][0]["name"], "net");
    assert!(plan["groups"][2]["reader_correlation"].as_f64().unwrap() > 0.0);
    assert!(work.read("a/net.csv").starts_with("image,set,answer\n"));
    for (arguments, cause) in [
        ("--group a=0.5", "must be NAME=F,P"),
        ("--group a=0.5,0.5,0.9", "group `a`: the standard deviation"),
        ("--group a=0.5,0.5 --group a=0.6,0.6", "names must differ"),
        (
            "--group a=0.5,0.5 --photograph-correlation 0.9 --view-correlation 0.2",
            "more than 1",
        ),
        ("--model ../x=0.5,0.5", "choose one without"),
        ("--model answers=0.5,0.5", "other than answers"),
        ("--left-out 2", "from 0 to 1"),
    ] {
        let said = work.refuse(&format!("simulate --study @study --out @b {arguments}"));
        assert!(said.contains(cause), "{said}");
    }
    assert!(
        work.refuse("simulate --study @data --out @b")
            .contains("surveys.json")
    );
}

#[test]
fn models_alone_are_compared_and_readers_as_groups_are_refused() {
    let work = Work::with(&["NF1", "TSC"], 8);
    work.succeed("make --data @data --out @study");
    work.succeed("simulate --study @study --out @m --model one=0.9,0.9 --model two=0.6,0.7");
    work.succeed("score --study @study --out @scored --predictions one=@m/one.csv two=@m/two.csv");
    work.succeed("report --scored @scored --json @r.json --html @r.html");
    let report = work.json("r.json");
    assert_eq!(report["comparisons"].as_array().unwrap().len(), 4);
    assert!(report["comparisons"][0]["non_inferiority_on_images"]["interval"]["low"].is_number());
    assert!(report["agreement"].as_array().unwrap().is_empty());

    let mut text = String::from("survey,reader,group,image,answer\n");
    for reader in 0..21 {
        let table = work.answers(&format!("r{reader}"), &format!("g{reader}"), &[0], 0);
        text += table.split_once('\n').unwrap().1;
    }
    work.write("many.csv", &text);
    work.succeed("score --study @study --out @many --answers @many.csv");
    let said = work.refuse("report --scored @many");
    assert!(
        said.contains("21 groups") && said.contains("at most 20"),
        "{said}"
    );
}

/// One reader, one survey: every statistic that cannot be is told in words.
#[test]
fn a_study_of_one_sheet_ends_in_words() {
    let work = Work::with(&["NF1", "TSC"], 8);
    work.succeed("make --data @data --out @study");
    work.write("a.csv", &work.answers("a", "people", &[0], 0));
    work.succeed("score --study @study --out @scored --answers @a.csv");
    let said = work.succeed("report --scored @scored --html @r.html --json @r.json --csv @tables");
    assert!(
        said.contains("needs at least 2 pairs, and there are 1"),
        "{said}"
    );
    let report = work.json("r.json");
    let own = &report["comparisons"][0];
    assert!(undefined(&own["paired_t"]).contains("at least 2 pairs"));
    assert!(undefined(&own["for_others"]).contains("at least 2 readers"));
    assert!(undefined(&report["agreement"][0]["kappa"]).contains("at least 2"));
    for name in ["r.html", "r.json", "tables/comparisons.csv"] {
        let text = work.read(name);
        assert!(!text.contains("NaN") && !text.contains("inf,"), "{name}");
    }
    let page = work.read("r.html");
    assert!(page.contains("the paired t test needs at least 2 pairs, and there are 1"));

    assert!(work.refuse("report --scored @study").contains("score.json"));
    assert!(
        work.refuse("report --scored @scored --margin 0")
            .contains("--margin")
    );
    assert!(
        work.refuse("report --scored @scored --confidence 95")
            .contains("--confidence")
    );
    let same = work.refuse("report --scored @scored --html @x --json @x");
    assert!(same.contains("choose two"), "{same}");
    let said = work.refuse("report --scored @scored --json @scored/score.json");
    assert!(said.contains("would overwrite"), "{said}");
    // A folder that was tampered with.
    work.write(
        "scored/answers.csv",
        "survey,reader,group,image,answer\nS77,a,people,x,NF1\n",
    );
    let said = work.refuse("report --scored @scored");
    assert!(
        said.contains("answers.csv") && said.contains("S77"),
        "{said}"
    );
}

fn undefined(finding: &Value) -> &str {
    finding["undefined"].as_str().unwrap()
}

/// With the demonstration's bundle, which has networks for both sets.
#[test]
fn what_predict_writes_is_scored() {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/bundle");
    let work = Work::with(&[], 0);
    let data = argument(photos());
    work.succeed(&format!(
        "make --data {data} --out @study --per-label 1 --sets 1"
    ));
    let pictures: Vec<String> = work
        .rows("study/images.csv")
        .iter()
        .map(|row| argument(&work.path("study").join(&row["image"])).to_string())
        .collect();
    for set in ["focused", "panoramic"] {
        let table = work.path(&format!("{set}.csv"));
        let mut arguments = vec!["predict", "--model", argument(&bundle), "--set", set];
        arguments.extend(["--csv", argument(&table)]);
        arguments.extend(pictures.iter().map(String::as_str));
        succeed(&arguments);
    }
    // Each network's answers on the other kind of picture are passed over.
    let said = work.succeed(
        "score --study @study --out @scored --predictions net=@focused.csv --predictions net=@panoramic.csv",
    );
    let others = pictures.len();
    assert!(
        said.contains(&format!("{others} rows are about other pictures")),
        "{said}"
    );
    let answers = work.rows("scored/answers.csv");
    let predicted = work.rows("focused.csv");
    let key = work.rows("study/images.csv");
    for row in key.iter().filter(|row| row["set"] == "focused") {
        let of_image = |row: &&std::collections::BTreeMap<String, String>, image: &str| {
            row["image"].ends_with(image)
        };
        let scored = answers
            .iter()
            .find(|one| of_image(one, &row["image"]))
            .unwrap();
        let answer = predicted
            .iter()
            .find(|one| of_image(one, &row["image"]))
            .unwrap();
        assert_eq!(scored["answer"], answer["answer"]);
    }
    assert_eq!(work.rows("scored/sheets.csv").len(), 1);
}
