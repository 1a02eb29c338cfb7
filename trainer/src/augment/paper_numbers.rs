//! The numbers of the paper's code and what its text leaves of them, written out once more.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json, to_value};

use crate::augment::Augmentation;

/// What the study's code does, in its order, as its plans would be written.
fn code() -> Value {
    json!({
        "transpose": 0.5,
        "vertical_flip": 0.5,
        "horizontal_flip": 0.5,
        "brightness": { "probability": 0.75, "limit": 0.2 },
        "contrast": { "probability": 0.75, "limit": 0.2 },
        "blur": {
            "probability": 0.7,
            "motion": { "probability": 0.5, "sizes": [3, 5] },
            "median": { "probability": 0.5, "sizes": [3, 5] },
            "gaussian": { "probability": 0.5, "sizes": [3, 5] },
            "noise": { "probability": 0.5, "variance": [5.0, 30.0] },
        },
        "distortion": {
            "probability": 0.7,
            "optical": { "probability": 0.5, "limit": 1.0, "shift": 0.05 },
            "grid": { "probability": 0.5, "steps": 5, "limit": 1.0 },
            "elastic": { "probability": 0.5, "alpha": 3.0, "sigma": 50.0, "affine": 50.0 },
        },
        "clahe": { "probability": 0.7, "clip": [1.0, 4.0], "tiles": 8 },
        "hue_saturation": { "probability": 0.5, "hue": 10.0, "saturation": 20.0, "value": 10.0 },
        "shift_scale_rotate": { "probability": 0.85, "shift": 0.1, "scale": 0.1, "degrees": 15.0 },
        "cutout": { "probability": 0.7, "share": 0.375 },
    })
}

#[test]
fn the_paper_is_the_studys_code() {
    assert_eq!(to_value(Augmentation::paper()).unwrap(), code());
    // One hole of 168 pixels in the network's 448.
    assert_eq!(Augmentation::paper().cutout.share * 448.0, 168.0);
}

#[test]
fn the_papers_text_leaves_out_what_it_does_not_name_and_changes_nothing_else() {
    let mut text = code();
    for unnamed in [
        "/blur/median",
        "/blur/noise",
        "/distortion/elastic",
        "/clahe",
        "/cutout",
    ] {
        text.pointer_mut(unnamed).unwrap()["probability"] = json!(0.0);
    }
    assert_eq!(to_value(Augmentation::paper_text()).unwrap(), text);
}

#[test]
fn the_papers_list_and_what_its_text_names() {
    let names = |augmentation: &Augmentation| -> Vec<&str> {
        let transforms = augmentation.transforms();
        transforms
            .iter()
            .map(|transform| transform.name())
            .collect()
    };
    assert_eq!(
        names(&Augmentation::paper()),
        [
            "transpose",
            "vertical_flip",
            "horizontal_flip",
            "brightness",
            "contrast",
            "blur.motion",
            "blur.median",
            "blur.gaussian",
            "blur.noise",
            "distortion.optical",
            "distortion.grid",
            "distortion.elastic",
            "clahe",
            "hue_saturation",
            "shift_scale_rotate",
            "cutout",
        ]
    );
    assert_eq!(
        names(&Augmentation::paper_text()),
        [
            "transpose",
            "vertical_flip",
            "horizontal_flip",
            "brightness",
            "contrast",
            "blur.motion",
            "blur.gaussian",
            "distortion.optical",
            "distortion.grid",
            "hue_saturation",
            "shift_scale_rotate",
        ]
    );
}
