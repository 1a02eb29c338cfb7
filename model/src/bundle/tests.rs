//! Bundles written and read again, damaged, forged and from other versions.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    BundleError, BundleInfo, BundleManifest, BundleWriter, Decision, FORMAT_VERSION, MANIFEST_FILE,
    MAX_SHARD_BYTES, Provenance, golden_photo, safeguards_of_set, weights_of_fold,
};
use crate::calibration::{
    Conformal, ConformalScore, FoldCentres, FoldReference, Guard, GuardInput, GuardModel,
    GuardScore, Safeguards, TextureModel,
};
use crate::labels::LabelRegistry;
use crate::preprocess::Preprocessing;
use crate::weights::{Encoding, StateDict, WeightTensor};

const LABELS: usize = 7;

fn info(encoding: Encoding) -> BundleInfo {
    BundleInfo {
        name: "test".into(),
        description: String::new(),
        notice: "For tests only.".into(),
        architecture: "efficientnet_b0".into(),
        preprocessing: Preprocessing::imagenet(32),
        labels: LabelRegistry::own(),
        encoding,
        decision: Decision::default(),
        temperature: 1.5,
        evaluation: json!({"accuracy": 0.8, "anything": [null, {"a": 1}]}),
        licence: "CC0-1.0".into(),
        provenance: Provenance {
            software: "genoderm".into(),
            version: "0.1.0".into(),
            data: "synthetic".into(),
            commands: vec!["genoderm synth".into()],
        },
    }
}

fn tensor(shape: &[usize], seed: usize) -> WeightTensor {
    let count: usize = shape.iter().product();
    WeightTensor {
        shape: shape.to_vec(),
        values: (0..count)
            .map(|i| ((i * 31 + seed * 17) % 255) as f32 / 127.0 - 1.0)
            .collect(),
    }
}

fn weights(seed: usize) -> StateDict {
    StateDict::from_iter([
        ("conv.weight".to_owned(), tensor(&[8, 3, 3, 3], seed)),
        ("bn.running_mean".to_owned(), tensor(&[8], seed + 1)),
        (
            "classifier.weight".to_owned(),
            tensor(&[LABELS, 8], seed + 2),
        ),
        ("classifier.bias".to_owned(), tensor(&[LABELS], seed + 3)),
    ])
}

type Files = Vec<(String, Vec<u8>)>;

/// A bundle with two sets of two and one folds, and the weights as a reader will see them.
fn bundle(encoding: Encoding) -> (Files, Vec<StateDict>) {
    let mut writer = BundleWriter::new(info(encoding));
    let mut stored = Vec::new();
    for (set, fold) in [("focused", 0), ("focused", 3), ("panoramic", 1)] {
        stored.push(writer.add_fold(set, fold, &weights(stored.len())).unwrap());
        writer.golden_logits(set, vec![0.25; LABELS]);
    }
    (writer.finish().unwrap(), stored)
}

fn file<'a>(files: &'a Files, name: &str) -> &'a [u8] {
    let found = files.iter().find(|(file, _)| file == name);
    &found.unwrap_or_else(|| panic!("{name} is missing")).1
}

fn read(files: &Files) -> Result<Vec<StateDict>, BundleError> {
    let manifest = BundleManifest::parse(file(files, MANIFEST_FILE))?;
    let mut found = Vec::new();
    for fold in manifest.sets.iter().flat_map(|set| &set.folds) {
        let shards: Vec<&[u8]> = fold
            .shards
            .iter()
            .map(|shard| file(files, &shard.file))
            .collect();
        found.push(weights_of_fold(&manifest, fold, &shards)?);
    }
    Ok(found)
}

#[test]
fn what_is_written_is_read_in_every_encoding() {
    for encoding in [Encoding::F32, Encoding::F16, Encoding::Int8] {
        let (files, stored) = bundle(encoding);
        assert_eq!(read(&files).unwrap(), stored, "{encoding}");
        if encoding == Encoding::F32 {
            assert_eq!(stored[1], weights(1));
        }
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "focused-0.safetensors",
                "focused-3.safetensors",
                "panoramic-1.safetensors",
                "manifest.json"
            ]
        );
        let manifest = BundleManifest::parse(file(&files, MANIFEST_FILE)).unwrap();
        assert_eq!(manifest.encoding, encoding);
        assert_eq!(manifest.temperature, 1.5);
        assert_eq!(manifest.evaluation["anything"][1]["a"], 1);
        assert_eq!(manifest.set("focused").unwrap().folds[1].fold, 3);
        assert_eq!(manifest.golden.expected("focused", 1), Some(&[0.25; 7][..]));
        let total: usize = files[..3].iter().map(|(_, bytes)| bytes.len()).sum();
        assert_eq!(manifest.total_bytes(), total as u64);
        assert_eq!(golden_photo(&manifest).unwrap().width(), 8);
    }
}

#[test]
fn the_same_weights_make_the_same_files() {
    assert_eq!(bundle(Encoding::Int8).0, bundle(Encoding::Int8).0);
}

#[test]
fn large_weights_are_split_into_shards_within_the_limit() {
    let big = StateDict::from_iter(
        (0..5).map(|i| (format!("w{i}"), tensor(&[700, 1000], i))), // 2.8 MB each in f32
    );
    let mut writer = BundleWriter::new(info(Encoding::F32));
    let stored = writer.add_fold("focused", 0, &big).unwrap();
    assert_eq!(stored, big);
    writer.golden_logits("focused", vec![0.0; LABELS]);
    let files = writer.finish().unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "focused-0-a.safetensors",
            "focused-0-b.safetensors",
            "focused-0-c.safetensors",
            "manifest.json"
        ]
    );
    for (name, bytes) in &files {
        assert!(bytes.len() <= MAX_SHARD_BYTES, "{name}: {}", bytes.len());
    }
    assert_eq!(read(&files).unwrap(), [big]);
}

#[test]
fn a_tensor_beyond_the_limit_gets_a_shard_of_its_own() {
    let huge = StateDict::from_iter([
        ("a".to_owned(), tensor(&[10], 0)),
        ("b".to_owned(), tensor(&[1100, 2000], 1)), // 8.8 MB
        ("c".to_owned(), tensor(&[10], 2)),
    ]);
    let mut writer = BundleWriter::new(info(Encoding::F32));
    writer.add_fold("focused", 0, &huge).unwrap();
    writer.golden_logits("focused", vec![0.0; LABELS]);
    let files = writer.finish().unwrap();
    assert_eq!(files.len(), 4);
    assert_eq!(read(&files).unwrap(), [huge]);
}

#[test]
fn an_incomplete_bundle_is_not_written() {
    assert!(BundleWriter::new(info(Encoding::F16)).finish().is_err());

    let mut without_logits = BundleWriter::new(info(Encoding::F16));
    without_logits.add_fold("focused", 0, &weights(0)).unwrap();
    let error = without_logits.finish().unwrap_err().to_string();
    assert!(error.contains("golden.logits.focused"), "{error}");

    let mut twice = BundleWriter::new(info(Encoding::F16));
    for _ in 0..2 {
        twice.add_fold("focused", 0, &weights(0)).unwrap();
        twice.golden_logits("focused", vec![0.0; LABELS]);
    }
    let error = twice.finish().unwrap_err().to_string();
    assert!(error.contains("sets[0].folds[1].fold"), "{error}");

    let mut unsafe_name = BundleWriter::new(info(Encoding::F16));
    unsafe_name.add_fold("../focused", 0, &weights(0)).unwrap();
    unsafe_name.golden_logits("../focused", vec![0.0; LABELS]);
    assert!(unsafe_name.finish().is_err());
}

#[test]
fn damaged_shards_are_named() {
    type Damage = fn(&mut Vec<u8>);
    let (files, _) = bundle(Encoding::F16);
    let damage: [(&str, Damage); 3] = [
        ("changed", |bytes| bytes[200] ^= 1),
        ("cut off", |bytes| bytes.truncate(100)),
        ("instead of", |bytes| bytes.push(0)),
    ];
    for (expected, damage) in damage {
        let mut files = files.clone();
        damage(&mut files[1].1);
        let error = read(&files).unwrap_err().to_string();
        assert!(error.starts_with("focused-3.safetensors: "), "{error}");
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_shard_with_a_right_checksum_and_wrong_contents_is_named_too() {
    let (mut files, _) = bundle(Encoding::F16);
    let forged = b"not safetensors".to_vec();
    let mut manifest = manifest_json(&files);
    manifest["sets"][1]["folds"][0]["shards"][0]["bytes"] = json!(forged.len());
    manifest["sets"][1]["folds"][0]["shards"][0]["sha256"] = json!(super::sha256_hex(&forged));
    files[2].1 = forged;
    files[3].1 = serde_json::to_vec(&manifest).unwrap();
    let error = read(&files).unwrap_err().to_string();
    assert!(
        error.starts_with("panoramic-1.safetensors: not a readable safetensors file"),
        "{error}"
    );
}

#[test]
fn missing_and_superfluous_shards_are_errors() {
    let (files, _) = bundle(Encoding::F16);
    let manifest = BundleManifest::parse(file(&files, MANIFEST_FILE)).unwrap();
    let fold = &manifest.sets[0].folds[0];
    let none: [Vec<u8>; 0] = [];
    let error = weights_of_fold(&manifest, fold, &none).unwrap_err();
    assert_eq!(error.to_string(), "focused-0.safetensors: it is missing");
    let shard = files[0].1.clone();
    assert!(weights_of_fold(&manifest, fold, &[shard.clone(), shard]).is_err());
}

#[test]
fn labels_must_fit_the_networks_outputs() {
    let mut sixteen = info(Encoding::F16);
    sixteen.labels = LabelRegistry::paper();
    let mut writer = BundleWriter::new(sixteen);
    writer.add_fold("focused", 0, &weights(0)).unwrap();
    writer.golden_logits("focused", vec![0.0; 16]);
    let error = read(&writer.finish().unwrap()).unwrap_err().to_string();
    assert!(error.contains("16 entries"), "{error}");
    assert!(error.contains("7 outputs"), "{error}");
}

/// Safeguards of the set `focused`.
fn safeguards(score: GuardScore, folds: usize) -> Safeguards {
    let reference = match score.input() {
        GuardInput::Answer => None,
        GuardInput::Features => Some(FoldReference::Centres(FoldCentres {
            means: (0..3).map(|label| vec![0.5 * label as f32; 1280]).collect(),
            scale: vec![0.75; 1280],
        })),
        GuardInput::Texture => Some(FoldReference::Texture(TextureModel {
            mean: vec![0.25; 96],
            whitening: vec![0.1; 96 * 96],
        })),
    };
    Safeguards {
        conformal: Some(Conformal {
            score: ConformalScore::Aps,
            coverage: 0.9,
            threshold: 0.875,
        }),
        guard: Some(GuardModel {
            guard: Guard {
                score,
                acceptance: 0.95,
                threshold: -2.5,
            },
            references: reference.map_or_else(Vec::new, |reference| vec![reference; folds]),
        }),
    }
}

fn calibrated(score: GuardScore) -> Files {
    let mut writer = BundleWriter::new(info(Encoding::Int8));
    for (set, fold) in [("focused", 0), ("focused", 3), ("panoramic", 1)] {
        writer.add_fold(set, fold, &weights(0)).unwrap();
        writer.golden_logits(set, vec![0.25; LABELS]);
    }
    writer
        .calibrate("focused", 2.5, &safeguards(score, 2))
        .unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_calibration_is_read_as_it_was_written() {
    for score in GuardScore::ALL {
        let files = calibrated(score);
        let manifest = BundleManifest::parse(file(&files, MANIFEST_FILE)).unwrap();
        let [focused, panoramic] = manifest.sets.as_slice() else {
            panic!("{:?}", manifest.sets)
        };
        assert_eq!(manifest.temperature_of(focused), 2.5);
        assert_eq!(manifest.temperature_of(panoramic), 1.5);
        let shard = focused
            .guard_shard()
            .map(|info| file(&files, &info.file).to_vec());
        assert_eq!(shard.is_some(), score.needs_reference());
        let found = safeguards_of_set(&manifest, focused, shard.as_deref()).unwrap();
        assert_eq!(found, safeguards(score, 2));
        let none = safeguards_of_set(&manifest, panoramic, None).unwrap();
        assert_eq!(none, Safeguards::default());
        let total: usize = files[..files.len() - 1].iter().map(|(_, b)| b.len()).sum();
        assert_eq!(manifest.total_bytes(), total as u64);
    }
}

#[test]
fn bundles_from_before_calibration_load() {
    let (files, _) = bundle(Encoding::F16);
    let json = manifest_json(&files);
    assert!(json["sets"][0].get("calibration").is_none());
    let manifest = BundleManifest::parse(file(&files, MANIFEST_FILE)).unwrap();
    assert_eq!(manifest.sets[0].calibration, None);
    assert_eq!(manifest.temperature_of(&manifest.sets[0]), 1.5);
}

#[test]
fn wrong_calibrations_are_refused_with_their_field() {
    let files = calibrated(GuardScore::Mahalanobis);
    for (field, value) in [
        ("temperature", json!(0)),
        ("conformal.coverage", json!(1)),
        ("conformal.threshold", json!(-0.5)),
        ("guard.acceptance", json!(0)),
        ("reference", json!(null)),
        ("reference.file", json!("../x.safetensors")),
        ("reference.file", json!("focused-0.safetensors")),
        ("reference.bytes", json!(0)),
        ("guard.score", json!("energy")),
    ] {
        let mut manifest = manifest_json(&files);
        let pointer = format!("/sets/0/calibration/{}", field.replace('.', "/"));
        *manifest.pointer_mut(&pointer).unwrap() = value;
        let result = BundleManifest::parse(&serde_json::to_vec(&manifest).unwrap());
        let Err(BundleError::BadField { field: found, .. }) = result else {
            panic!("{field}: {result:?}")
        };
        // A guard that needs no reference but has one: it is named.
        let named = if field == "guard.score" {
            "reference"
        } else {
            field
        };
        assert_eq!(found, format!("sets[0].calibration.{named}"));
    }
}

#[test]
fn a_wrong_guard_shard_is_named() {
    let files = calibrated(GuardScore::Cosine);
    let manifest = BundleManifest::parse(file(&files, MANIFEST_FILE)).unwrap();
    let set = &manifest.sets[0];
    let name = &set.guard_shard().unwrap().file;
    assert_eq!(name, "focused-guard.safetensors");
    let read = |shard: Option<&[u8]>| safeguards_of_set(&manifest, set, shard);
    let missing = read(None).unwrap_err().to_string();
    assert_eq!(missing, "focused-guard.safetensors: it is missing");
    let mut changed = file(&files, name).to_vec();
    *changed.last_mut().unwrap() ^= 1;
    let error = read(Some(&changed)).unwrap_err().to_string();
    assert!(error.contains("have changed"), "{error}");

    let mut writer = BundleWriter::new(info(Encoding::F16));
    writer.add_fold("focused", 0, &weights(0)).unwrap();
    assert!(
        writer
            .calibrate("focused", 1.0, &safeguards(GuardScore::Cosine, 2))
            .is_err()
    );
    assert!(
        writer
            .calibrate("panoramic", 1.0, &Safeguards::default())
            .is_err()
    );
}

fn manifest_json(files: &Files) -> Value {
    serde_json::from_slice(file(files, MANIFEST_FILE)).unwrap()
}

/// Parses the manifest of a sound bundle with the value at a JSON pointer replaced.
fn parse_with(pointer: &str, value: Value) -> Result<BundleManifest, BundleError> {
    let mut manifest = manifest_json(&bundle(Encoding::F16).0);
    *manifest.pointer_mut(pointer).unwrap() = value;
    BundleManifest::parse(&serde_json::to_vec(&manifest).unwrap())
}

#[test]
fn other_versions_are_refused_even_if_all_else_differs() {
    let json = br#"{"format_version": 2, "everything": "new"}"#;
    let error = BundleManifest::parse(json).unwrap_err();
    assert_eq!(
        error,
        BundleError::UnknownVersion {
            found: 2,
            supported: FORMAT_VERSION
        }
    );
    assert!(error.to_string().contains("a newer one is needed"));
}

#[test]
fn fields_of_the_future_are_ignored() {
    let (files, _) = bundle(Encoding::F16);
    let before = BundleManifest::parse(file(&files, MANIFEST_FILE)).unwrap();
    let mut manifest = manifest_json(&files);
    manifest["colour"] = json!("blue");
    manifest["sets"][0]["folds"][0]["age"] = json!(3);
    manifest["labels"][0]["orphanet"] = json!([558]);
    let after = BundleManifest::parse(&serde_json::to_vec(&manifest).unwrap()).unwrap();
    assert_eq!(after, before);
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    for name in [
        "../x.safetensors",
        "/etc/x.safetensors",
        "a/b.safetensors",
        "a\\b.safetensors",
        "C:x.safetensors",
        "..%2Fx.safetensors",
        "https://example.org/x.safetensors",
        ".safetensors",
        ".hidden.safetensors",
        "x.safetensors\0",
        "x.safetensors?y",
        "manifest.json",
        "",
        "x",
    ] {
        let result = parse_with("/sets/0/folds/0/shards/0/file", json!(name));
        let Err(BundleError::BadField { field, .. }) = result else {
            panic!("{name:?} was accepted");
        };
        assert_eq!(field, "sets[0].folds[0].shards[0].file");
    }
}

#[test]
fn values_out_of_range_are_refused_with_their_field() {
    let digest = "a".repeat(63);
    for (pointer, value, field) in [
        ("/name", json!(" "), "name"),
        ("/architecture", json!(""), "architecture"),
        ("/architecture", json!("resnet50"), "architecture"),
        ("/preprocessing/size", json!(0), "preprocessing"),
        ("/preprocessing/size", json!(100_000), "preprocessing"),
        ("/preprocessing/std", json!([1, 0, 1]), "preprocessing"),
        ("/decision/threshold", json!(1.5), "decision.threshold"),
        ("/temperature", json!(0), "temperature"),
        ("/temperature", json!(-1), "temperature"),
        ("/temperature", json!(1e300), "temperature"),
        ("/sets", json!([]), "sets"),
        ("/sets/0/name", json!("Focused"), "sets[0].name"),
        ("/sets/1/name", json!("focused"), "sets[1].name"),
        ("/sets/0/folds", json!([]), "sets[0].folds"),
        ("/sets/0/folds/1/fold", json!(0), "sets[0].folds[1].fold"),
        (
            "/sets/0/folds/0/shards",
            json!([]),
            "sets[0].folds[0].shards",
        ),
        (
            "/sets/0/folds/1/shards/0/file",
            json!("focused-0.safetensors"),
            "sets[0].folds[1].shards[0].file",
        ),
        (
            "/sets/0/folds/0/shards/0/bytes",
            json!(0),
            "sets[0].folds[0].shards[0].bytes",
        ),
        (
            "/sets/0/folds/0/shards/0/bytes",
            json!(u64::MAX),
            "sets[0].folds[0].shards[0].bytes",
        ),
        (
            "/sets/0/folds/0/shards/0/sha256",
            json!(digest),
            "sets[0].folds[0].shards[0].sha256",
        ),
        ("/golden/rgb", json!([1, 2, 3]), "golden.rgb"),
        ("/golden/tolerance", json!(0), "golden.tolerance"),
        (
            "/golden/width",
            json!(4_000_000_000_u32),
            "golden.width and golden.height",
        ),
        (
            "/golden/logits/focused",
            json!([[0]]),
            "golden.logits.focused",
        ),
        (
            "/golden/logits/panoramic",
            json!([[0, 1]]),
            "golden.logits.panoramic[0]",
        ),
        (
            "/golden/logits/panoramic",
            json!([[0, 0, 0, 0, 0, 0, 1e39]]),
            "golden.logits.panoramic[0]",
        ),
        (
            "/golden/logits",
            json!({"focused": [[], []]}),
            "golden.logits.focused[0]",
        ),
        ("/golden/logits", json!({"other": []}), "golden.logits"),
    ] {
        match parse_with(pointer, value.clone()) {
            Err(BundleError::BadField { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{pointer} = {value}: {other:?}"),
        }
    }
}

#[test]
fn values_of_another_type_are_refused() {
    for (pointer, value) in [
        ("/labels", json!([])),
        ("/labels/1/key", json!("EverythingElse")),
        ("/labels/1/name", json!("")),
        ("/encoding", json!("f64")),
        ("/golden/rgb/0", json!(256)),
        ("/sets/0/folds/0/fold", json!(-1)),
        ("/name", json!(null)),
    ] {
        let result = parse_with(pointer, value);
        assert!(
            matches!(result, Err(BundleError::NotManifest { .. })),
            "{pointer}: {result:?}"
        );
    }
    assert!(BundleManifest::parse(&vec![b' '; BundleManifest::MAX_BYTES + 1]).is_err());
}

/// Any JSON value, not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z_]{0,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// JSON pointers of every value in a document.
fn pointers(value: &Value, prefix: &str, found: &mut Vec<String>) {
    found.push(prefix.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{prefix}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                pointers(field, &format!("{prefix}/{key}"), found);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_bytes_make_parsing_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(BundleManifest::parse(&bytes).is_err());
    }

    #[test]
    fn no_mutated_manifest_panics_or_passes_inconsistent(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_json()), 1..4),
    ) {
        let mut manifest = manifest_json(&bundle(Encoding::Int8).0);
        manifest["golden"]["rgb"].as_array_mut().unwrap().truncate(3);
        manifest["golden"]["width"] = json!(1);
        manifest["golden"]["height"] = json!(1);
        for (at, value) in changes {
            let mut found = Vec::new();
            pointers(&manifest, "", &mut found);
            *manifest.pointer_mut(&found[at.index(found.len())]).unwrap() = value;
        }
        if let Ok(manifest) = BundleManifest::parse(&serde_json::to_vec(&manifest).unwrap()) {
            prop_assert!(golden_photo(&manifest).is_ok());
            for set in &manifest.sets {
                for index in 0..set.folds.len() {
                    let logits = manifest.golden.expected(&set.name, index).unwrap();
                    prop_assert_eq!(logits.len(), manifest.labels.len());
                }
            }
            for shard in manifest.shards() {
                prop_assert!(!shard.file.contains(['/', '\\', ':']));
            }
        }
    }
}
