//! Wrong use of `genoderm data`.

use std::fs;

use super::split::both_sets;

#[test]
fn wrong_use_of_data_is_one_line() {
    let mut folder = both_sets();
    fs::create_dir_all(folder.path("empty")).unwrap();
    folder.draw("strange/NF9/a.jpg");
    folder.write("labels.json", "[]");
    folder.write("bare.csv", "image,label\n");
    for (command, part) in [
        (
            "data split --folder @photos --out @new",
            "IP has 6; NF1 has 6",
        ),
        (
            "data split --folder @empty --out @new",
            "no pictures in folders named after labels",
        ),
        ("data split --folder @nowhere --out @new", "nowhere"),
        (
            "data split --folder @bare.csv --out @new",
            "is not a folder",
        ),
        ("data split --folder @strange --out @new", "no labels: NF9"),
        (
            "data split --folder @photos --out @new --labels @labels.json",
            "genoderm data labels",
        ),
        (
            "data split --folder @photos --out @new --labels owns",
            "own, paper, or a file",
        ),
        (
            "data split --csv @bare.csv --out @new",
            "the table has no rows",
        ),
        ("data split --csv @nowhere.csv --out @new", "nowhere.csv"),
        (
            "data split --folder @photos --out @bare.csv --test-per-label 1",
            "bare.csv",
        ),
        ("data check --data @nowhere", "nowhere"),
        (
            "data import-authors --csv @nowhere.csv --images @photos --out @new",
            "nowhere.csv",
        ),
        (
            "data import-authors --csv @bare.csv --images @nowhere --out @new",
            "nowhere",
        ),
        (
            "data import-isic --csv @nowhere.csv --images @photos --out @new",
            "nowhere.csv",
        ),
        ("data labels --out @labels.json", "already exists"),
    ] {
        let said = folder.refuse_in_one_line(command);
        assert!(said.contains(part), "{command}\n{said}");
        assert!(!folder.path("new").exists(), "{command}");
    }
    for (command, part) in [
        ("data split --out @new", "--folder"),
        ("data split --folder a --csv b --out @new", "--csv"),
        ("data split --folder a --out @new --folds 1", "--folds"),
        (
            "data split --folder a --out @new --distance 200",
            "--distance",
        ),
        ("data import-authors --images a --out @new", "--csv"),
        ("data import-isic --out @new", "--csv"),
    ] {
        assert!(folder.refuse(command).contains(part), "{command}");
    }
    // Broken pictures are named, all of them, and left out when that is asked for.
    folder.write("photos/focused/IP/IP1_3.jpg", "no picture");
    folder.write("photos/focused/NF1/NF12_3.jpg", "");
    let split = "data split --folder @photos --out @new --test-per-label 1 --folds 2";
    let said = folder.refuse(split);
    assert!(said.contains("2 broken pictures"), "{said}");
    assert!(
        said.contains("IP1_3.jpg") && said.contains("NF12_3.jpg"),
        "{said}"
    );
    assert!(!folder.path("new").exists());
    let said = folder.succeed(&format!("{split} --skip-broken"));
    assert!(said.contains("left out: focused/IP/IP1_3.jpg"), "{said}");
}
