//! `genoderm data import-isic`.

use std::fs;

use serde_json::Value;

use super::folder::Folder;

const ISIC: &str = "image_name,patient_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target,tfrecord,width,height\n";

fn isic_row(name: &str, patient: &str, diagnosis: &str, tfrecord: i32) -> String {
    format!("{name},{patient},male,45.0,torso,{diagnosis},benign,0,{tfrecord},1024,768\n")
}

/// The two years' layouts beside each other.
fn isic() -> Folder {
    let mut folder = Folder::new();
    let old = [
        ("ISIC_01", "NV", 0),
        ("ISIC_02", "MEL", 5),
        ("ISIC_03", "VASC", 26),
        ("ISIC_04", "NV", -1),
    ];
    let mut rows = ISIC.to_string();
    for (name, diagnosis, tfrecord) in old {
        rows += &isic_row(name, "-1", diagnosis, tfrecord);
        if tfrecord >= 0 {
            folder.draw(&format!("2019/train/{name}.jpg"));
        }
    }
    folder.write("2019/train.csv", &rows);
    let new = [
        ("ISIC_11", "IP_7", "seborrheic keratosis", 13),
        ("ISIC_12", "IP_7", "cafe-au-lait macule", 13),
        ("ISIC_13", "IP_8", "melanoma", 14),
    ];
    let mut rows = ISIC.to_string();
    for (name, patient, diagnosis, tfrecord) in new {
        rows += &isic_row(name, patient, diagnosis, tfrecord);
        folder.draw(&format!("2020/train/{name}.jpg"));
    }
    folder.write("2020/train.csv", &rows);
    folder
}

#[test]
fn isic_pictures_serve_both_sets_and_join_a_manifest() {
    let folder = isic();
    let import = "data import-isic --csv @2019/train.csv --csv @2020/train.csv --out @new";
    let said = folder.succeed(import);
    assert!(said.contains("1 row with a negative tfrecord"), "{said}");
    let rows = folder.rows("new");
    assert_eq!(rows.len(), 12);
    assert!(rows.iter().all(|row| row["split"] == "train"));
    let found = |image: &str, set: &str| {
        let row = rows
            .iter()
            .find(|row| row["image"].ends_with(image) && row["set"] == set);
        let row = row.unwrap();
        let cell = |name: &str| row[name].clone();
        [cell("label"), cell("source"), cell("fold")]
    };
    for set in ["panoramic", "focused"] {
        assert_eq!(found("01.jpg", set), ["nevus", "ISIC_01", "1"]);
        assert_eq!(found("02.jpg", set), ["melanoma", "ISIC_02", "0"]);
        assert_eq!(found("03.jpg", set), ["VASC", "ISIC_03", "0"]);
        assert_eq!(found("11.jpg", set), ["BKL", "IP_7", "2"]);
        assert_eq!(found("12.jpg", set), ["unknown", "IP_7", "2"]);
        assert_eq!(found("13.jpg", set), ["melanoma", "IP_8", "4"]);
    }
    assert_eq!(folder.check("new")["faults"], Value::Array(vec![]));

    // Added to somebody's manifest, whose own column and number of folds stay.
    let mine = "image,set,label,source,split,fold,site\n\
                a.jpg,focused,NF1,a,train,0,Basle\n\
                b.jpg,focused,NF1,b,train,1,Berne\n\
                c.jpg,focused,NF1,c,test,,Basle\n";
    let mut folder = folder;
    for name in ["a", "b", "c"] {
        folder.draw(&format!("mine/{name}.jpg"));
    }
    folder.write("mine/manifest.csv", mine);
    let append = "data import-isic --csv @2019/train.csv --csv @2020/train.csv --out @mine --append --set focused";
    let said = folder.succeed(append);
    assert!(said.contains("2 folds"), "{said}");
    let whole = fs::read_to_string(folder.path("mine/manifest.csv")).unwrap();
    assert!(whole.starts_with(mine), "{whole}");
    let rows = folder.rows("mine");
    assert_eq!(rows.len(), 9);
    assert!(
        rows[3..]
            .iter()
            .all(|row| ["0", "1"].contains(&&*row["fold"]))
    );
    assert_eq!(folder.check("mine")["faults"], Value::Array(vec![]));
    let said = folder.refuse_in_one_line(append);
    assert!(said.contains("it has 6 of these already"), "{said}");
    assert_eq!(
        fs::read_to_string(folder.path("mine/manifest.csv")).unwrap(),
        whole
    );
}

#[test]
fn every_bad_row_of_the_isic_tables_is_listed() {
    let folder = isic();
    let bad = [
        isic_row("ISIC_01", "-1", "wart", 0),
        isic_row("ISIC_99", "-1", "NV", 0),
        isic_row("ISIC_02", "-1", "NV", 0).replace(",0,1024", ",-7,1024"),
        isic_row("../secret", "-1", "NV", 0),
        isic_row("ISIC_03", "-1", "NV", 0),
        isic_row("ISIC_03", "-1", "NV", 0),
    ];
    folder.write("2019/bad.csv", &format!("{ISIC}{}", bad.concat()));
    let said = folder.refuse("data import-isic --csv @2019/bad.csv --out @new");
    for part in [
        "5 faults",
        "line 2, column diagnosis: `wart` is not one of AK",
        "line 3, column image_name: there is no picture",
        "line 4, column tfrecord: `-7` is less than -1",
        "line 5, column image_name: `../secret` is a path",
        "line 7, column image_name: `ISIC_03` is already on line 6",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(!folder.path("new").exists());
    let said =
        folder.refuse_in_one_line("data import-isic --csv @2019/train.csv --out @new --append");
    assert!(said.contains("manifest.csv"), "{said}");
}
