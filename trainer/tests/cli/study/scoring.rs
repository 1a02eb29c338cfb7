//! `genoderm study score`: which sheets count, and every bad row by name.

use super::Work;

/// Two labels with eight photographs: six sets of two surveys.
fn made() -> Work {
    let work = Work::with(&["NF1", "TSC"], 8);
    work.succeed("make --data @data --out @study");
    work
}

#[test]
fn the_first_complete_sheet_of_each_survey_and_group_counts() {
    let work = made();
    work.write("a.csv", &work.answers("a", "people", &[0], 1));
    work.write("b.csv", &work.answers("b", "people", &[0], 0));
    work.write("c.csv", &work.answers("c", "people", &[0, 1], 0));
    work.write("d.csv", &work.answers("d", "others", &[1], 0));
    let said =
        work.succeed("score --study @study --out @scored --answers @a.csv @b.csv @c.csv @d.csv");
    assert!(
        said.contains("people: 2 of 12 surveys count, 1 incomplete, 1 more than needed"),
        "{said}"
    );
    assert!(said.contains("others: 1 of 12 surveys count"), "{said}");
    let sheets = work.rows("scored/sheets.csv");
    let status = |reader: &str, survey: &str| {
        let mut rows = sheets.iter();
        let row = rows.find(|row| row["reader"] == reader && row["survey"] == survey);
        row.unwrap()["status"].clone()
    };
    // One of 16 questions is more than 5%.
    assert_eq!(status("a", "S01"), "incomplete");
    assert_eq!(status("b", "S01"), "counted");
    assert_eq!(status("c", "S01"), "surplus");
    assert_eq!(status("c", "S02"), "counted");
    assert_eq!(work.rows("scored/answers.csv").len(), 48);
    let record = work.json("scored/score.json");
    assert_eq!(
        record["groups"]["people"]["missing"]
            .as_array()
            .unwrap()
            .len(),
        10
    );

    work.succeed("score --study @study --out @lenient --complete-above 0.9 --answers @a.csv");
    let said = work.refuse("score --study @study --out @none --answers @a.csv");
    assert!(
        said.contains("no sheet is complete: more than 95%"),
        "{said}"
    );
    assert!(
        work.refuse("score --study @study --out @scored --answers @b.csv")
            .contains("already exists")
    );
}

#[test]
fn every_bad_row_is_named_and_nothing_is_written() {
    let work = made();
    let good = work.answers("a", "people", &[0], 0);
    let mut lines: Vec<String> = good.lines().map(String::from).collect();
    lines[3] = lines[3].replacen("S01", "S99", 1);
    let cells: Vec<&str> = lines[5].split(',').collect();
    lines[5] = format!("{},{},{},{},XYZ", cells[0], cells[1], cells[2], cells[3]);
    lines[7] = "S01,a,people".into();
    let copy = lines[9].clone();
    lines.push(copy);
    work.write("bad.csv", &lines.join("\n"));
    let said = work.refuse("score --study @study --out @scored --answers @bad.csv");
    for (line, cause) in [
        (4, "there is no survey `S99`"),
        (6, "`XYZ` is no label"),
        (8, "there are 3 values for 5 columns"),
        (18, "has answered about image"),
    ] {
        assert!(
            said.contains(&format!("bad.csv: line {line}: ")) && said.contains(cause),
            "{said}"
        );
    }
    assert!(
        said.contains("4 faults") && said.contains("nothing was written"),
        "{said}"
    );

    // What no file alone can tell.
    work.write("one.csv", &good);
    work.write("two.csv", &good.replace("people", "others"));
    let said = work.refuse("score --study @study --out @scored --answers @one.csv @two.csv");
    assert!(
        said.contains("two.csv: reader `a` is in group `others` here and in `people` in"),
        "{said}"
    );
    assert!(said.contains("has answered survey `S01` in"), "{said}");
    let said = work.refuse(
        "score --study @study --out @scored --answers @one.csv --predictions people=@p.csv",
    );
    assert!(said.contains("has the name of a model"), "{said}");
    // An empty sheet, no table, no text, no study.
    let said = work.refuse("score --study @study --out @scored --answers @study/sheets/S01.csv");
    assert!(said.contains("the column `reader` is empty"), "{said}");
    work.write("no.csv", "a,b\n1,2\n");
    let said = work.refuse("score --study @study --out @scored --answers @no.csv");
    assert!(
        said.contains("no.csv: line 1: the column `survey` is missing"),
        "{said}"
    );
    std::fs::write(work.path("latin.csv"), b"survey,reader\nS01,J\xfcrgen\n").unwrap();
    let said = work.refuse("score --study @study --out @scored --answers @latin.csv");
    assert!(said.contains("line 2: is not UTF-8"), "{said}");
    assert!(
        work.refuse("score --study @data --out @scored --answers @one.csv")
            .contains("surveys.json")
    );
    assert!(
        work.refuse("score --study @study --out @scored --answers @gone.csv")
            .contains("gone.csv")
    );
    assert!(
        work.refuse("score --study @study --out @scored")
            .contains("--answers")
    );
}

#[test]
fn predictions_are_read_by_either_name_and_their_faults_are_named() {
    let work = made();
    work.write("a.csv", &work.answers("a", "people", &[0, 1], 0));
    let key = work.rows("study/images.csv");
    // Probabilities by label, names of the manifest, one label that no survey offers.
    let mut table = String::from("image,set,answer,NF1,TSC,IP\n");
    for row in &key {
        let (nf1, tsc) = if row["label"] == "NF1" {
            (0.4, 0.1)
        } else {
            (0.1, 0.4)
        };
        table += &format!("/x/{},{},IP,{nf1},{tsc},0.5\n", row["manifest"], row["set"]);
    }
    work.write("net.csv", &table);
    let score = "score --study @study --answers @a.csv --out @scored --predictions net=@net.csv";
    let said = work.succeed(score);
    assert!(
        said.contains("on 32 images a label that no survey offers was more probable"),
        "{said}"
    );
    let sheets = work.rows("scored/sheets.csv");
    let net: Vec<_> = sheets.iter().filter(|row| row["group"] == "net").collect();
    assert_eq!((net.len(), net[0]["focused"].as_str()), (12, "1"));
    std::fs::remove_dir_all(work.path("scored")).unwrap();

    // So it is where the label is one that only the model has.
    work.write("own.csv", &table.replace(",IP", ",moss"));
    let own = score.replace("net.csv", "own.csv");
    assert!(
        work.succeed(&own)
            .contains("on 32 images a label that no survey offers")
    );
    std::fs::remove_dir_all(work.path("scored")).unwrap();

    // One file for each set, names of the study, and a row about another picture.
    for set in ["focused", "panoramic"] {
        let mut text = String::from("file,set,first_label\nelsewhere.jpg,focused,NF1\n");
        for row in key.iter().filter(|row| row["set"] == set) {
            text += &format!("{},{set},{}\n", row["image"], row["label"]);
        }
        work.write(&format!("{set}.csv"), &text);
    }
    let both = "score --study @study --answers @a.csv --out @scored --predictions net=@focused.csv net=@panoramic.csv";
    assert!(
        work.succeed(both)
            .contains("2 rows are about other pictures")
    );
    std::fs::remove_dir_all(work.path("scored")).unwrap();
    let said = work.refuse(
        "score --study @study --answers @a.csv --out @scored --predictions net=@focused.csv",
    );
    assert!(
        said.contains("no answer about 16 of the 32 images") && said.contains("and 6 more"),
        "{said}"
    );

    let first = &key[0];
    let bad = |text: String, cause: &str| {
        work.write("bad.csv", &text);
        let said = work.refuse(
            "score --study @study --answers @a.csv --out @scored --predictions net=@bad.csv",
        );
        assert!(
            said.contains("bad.csv: line") && said.contains(cause),
            "{said}"
        );
    };
    bad(
        format!("image,answer\n{},XYZ\n", first["image"]),
        "`XYZ` is no label of the surveys",
    );
    bad(
        format!("image,NF1,TSC\n{},0.5,1.5\n", first["image"]),
        "`1.5` is no probability",
    );
    bad(
        format!("image,NF1,TSC\n{},0.5,nan\n", first["image"]),
        "no probability",
    );
    bad(
        table.clone() + table.lines().nth(1).unwrap(),
        "already: a model gives one answer",
    );
    bad(
        format!("image,NF1\n{},0.5\n", first["image"]),
        "neither a column `answer`",
    );
    bad(String::from("answer\nNF1\n"), "no column for the picture");
    bad(
        format!("image,0,1\n{},0.5,0.5\n", first["image"]),
        "only the paper's 7 and 16 labels",
    );
    let said =
        work.refuse("score --study @study --answers @a.csv --out @scored --predictions @net.csv");
    assert!(said.contains("NAME=FILE"), "{said}");
}

#[test]
fn the_authors_numbered_columns_are_the_papers_labels() {
    let work = made();
    let key = work.rows("study/images.csv");
    // ASCII order of the 16: NF1 is 9, TSC 11.
    let mut table = String::from("image_name,filepath,fold");
    (0..16).for_each(|label| table += &format!(",{label}"));
    table += ",true_label_index,predict_label_index\n";
    for row in &key {
        let right = if row["label"] == "NF1" { 9 } else { 11 };
        table += &format!("x,/data/{},5", row["manifest"]);
        (0..16).for_each(|label| table += if label == right { ",0.9" } else { ",0.005" });
        table += &format!(",{right},{right}\n");
    }
    work.write("final_prediction.csv", &table);
    work.succeed("score --study @study --out @scored --predictions net=@final_prediction.csv");
    let sheets = work.rows("scored/sheets.csv");
    assert!(
        sheets
            .iter()
            .all(|row| row["focused"] == "1" && row["panoramic"] == "1")
    );
    assert_eq!(sheets.len(), 12);
}
