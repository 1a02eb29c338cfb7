//! `--region`: only a part of the photograph is looked at.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{argument, refuse_in_one_line, succeed};

fn bundle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/bundle")
}

fn probabilities(file: &Path, more: &[&str]) -> Value {
    let bundle = bundle();
    let mut arguments = vec![
        "predict",
        "--json",
        "--model",
        argument(&bundle),
        argument(file),
    ];
    arguments.extend(more);
    let answer: Value = serde_json::from_str(&succeed(&arguments)).unwrap();
    answer["images"][0]["probabilities"].clone()
}

#[test]
fn a_region_is_answered_as_a_file_of_its_pixels_is() {
    let work = tempfile::tempdir().unwrap();
    let (whole, part, turned) = (
        work.path().join("whole.png"),
        work.path().join("part.png"),
        work.path().join("turned.png"),
    );
    let picture = image::RgbImage::from_fn(200, 100, |x, y| {
        image::Rgb([(x + y) as u8, (x * y / 7) as u8, (2 * y) as u8])
    });
    picture.save(&whole).unwrap();
    let cut = image::imageops::crop_imm(&picture, 50, 20, 80, 60).to_image();
    cut.save(&part).unwrap();
    image::imageops::rotate270(&cut).save(&turned).unwrap();

    let region = ["--region", "0.25,0.2,0.4,0.6"];
    assert_eq!(probabilities(&whole, &region), probabilities(&part, &[]));
    // The same pixels, 60 wide and 80 high about the same centre, whose upper edge is turned to the right.
    let region = ["--region", "0.3,0.1,0.3,0.8,90"];
    assert_eq!(probabilities(&whole, &region), probabilities(&turned, &[]));
    let slanted = ["--region", "0.25,0.2,0.4,0.6,-12.5"];
    assert_ne!(probabilities(&whole, &slanted), probabilities(&part, &[]));

    let bundle = bundle();
    let map = work.path().join("map.png");
    let explain = |region: &str| {
        let mut arguments = vec!["explain", "--json", "--model", argument(&bundle)];
        arguments.extend(["--target", "NF1", "--steps", "2", "--out", argument(&map)]);
        arguments.extend([argument(&whole), "--region", region]);
        let said: Value = serde_json::from_str(&succeed(&arguments)).unwrap();
        said["folds"][0]["logit_input"].as_f64().unwrap()
    };
    let part_logit = explain("0.25,0.2,0.4,0.6");
    let drawn = image::open(&map).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (80, 60));
    assert!((part_logit - explain("0,0,1,1")).abs() > 1e-3);
}

#[test]
fn a_region_that_makes_no_sense_is_refused_in_a_sentence() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("grey.png");
    image::RgbImage::new(40, 30).save(&file).unwrap();
    let bundle = bundle();
    let refused = |more: &[&str]| {
        let mut arguments = vec!["predict", "--model", argument(&bundle), argument(&file)];
        arguments.extend(more);
        refuse_in_one_line(&arguments)
    };
    for region in ["0.5,0.5,0.6,0.1", "0,0,1,1,45", "-0.1,0,0.5,0.5"] {
        let said = refused(&["--region", region]);
        assert!(said.contains("leaves the photograph"), "{said}");
    }
    assert!(refused(&["--region", "0,0,0,1"]).contains("longer than 0"));
    assert!(refused(&["--region", "nan,0,1,1"]).contains("numbers"));
    let said = refused(&["--region", "0,0,1,1", "--set", "panoramic"]);
    assert!(said.contains("--set focused"), "{said}");
}
