//! Tests of the whole drawing path.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::scene::Scene;
use super::*;

fn options(out: &Path, seed: u64) -> SynthOptions {
    SynthOptions {
        out: out.to_path_buf(),
        seed,
        per_label: 7,
        size: 48,
        not_skin: 0,
    }
}

fn all_files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(work)
}

#[test]
fn a_seed_determines_every_byte_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str, seed, threads| {
        let out = folder.path().join(name);
        with_threads(threads, || generate(&options(&out, seed), &|_, _| ())).unwrap();
        all_files(&out)
    };
    let first = draw("first", 11, 1);
    assert!(first == draw("again", 11, 3));
    let other = draw("other", 12, 2);
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    assert!(first != other);
    // Nothing temporary is left behind.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn pictures_without_skin_change_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str, not_skin| {
        let out = folder.path().join(name);
        let options = SynthOptions {
            per_label: 2,
            not_skin,
            ..options(&out, 11)
        };
        let last = std::sync::Mutex::new((0, 0));
        let summary = generate(&options, &|done, total| {
            *last.lock().unwrap() = (done, total)
        })
        .unwrap();
        assert_eq!(*last.lock().unwrap(), (14 + not_skin, 14 + not_skin));
        assert_eq!((summary.photographs, summary.not_skin), (14, not_skin));
        all_files(&out)
    };
    let without = draw("without", 0);
    let mut with = draw("with", 16);
    let more = with.clone();
    with.retain(|name, _| !name.starts_with("not-skin/"));
    assert!(with == without);
    assert_eq!(more.len(), without.len() + 16);
    assert!(more.contains_key("not-skin/0001-text-page.jpg"));
    assert!(more.contains_key("not-skin/0016-text-page.jpg"));
    // More of them leave the first ones as they are.
    let fewer = draw("fewer", 3);
    assert!(fewer.iter().all(|(name, bytes)| more[name] == *bytes));
    let too_many = SynthOptions {
        not_skin: 10_000,
        ..options(&folder.path().join("none"), 1)
    };
    assert!(generate(&too_many, &|_, _| ()).unwrap_err().is_bad_input());
}

#[test]
fn the_manifest_describes_the_files_and_keeps_sources_apart() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("data");
    let reports = std::sync::Mutex::new(Vec::new());
    let summary = generate(&options(&out, 5), &|done, total| {
        reports.lock().unwrap().push((done, total))
    })
    .unwrap();
    assert_eq!(
        (
            summary.labels,
            summary.photographs,
            summary.train,
            summary.test
        ),
        (7, 49, 42, 7)
    );
    let expected: Vec<(usize, usize)> = (0..=49).map(|done| (done, 49)).collect();
    assert_eq!(*reports.lock().unwrap(), expected);

    let mut reader = csv::Reader::from_path(out.join("manifest.csv")).unwrap();
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        header,
        [
            "image", "set", "label", "source", "split", "fold", "mask", "tone"
        ]
    );
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(rows.len(), 98);
    let mut of_source: BTreeMap<&str, BTreeSet<(&str, &str, &str)>> = BTreeMap::new();
    let mut listed = BTreeSet::from(["manifest.csv".to_owned()]);
    for row in &rows {
        let [image, set, label, source, split, fold, mask, tone] = row.as_slice() else {
            panic!("{row:?}")
        };
        assert_eq!(image, &format!("{set}/{label}/{source}.jpg"));
        assert_eq!(split == "test", fold.is_empty());
        assert!(
            split == "test" || (split == "train" && (0..5).contains(&fold.parse::<u32>().unwrap()))
        );
        assert!((1..=6).contains(&tone.parse::<u32>().unwrap()));
        of_source
            .entry(source)
            .or_default()
            .insert((split, fold, tone));
        let picture = image::open(out.join(image)).unwrap();
        let drawn = image::open(out.join(mask)).unwrap();
        assert_eq!(
            (picture.width(), picture.height()),
            (drawn.width(), drawn.height())
        );
        assert_eq!(picture.width().max(picture.height()), 48);
        assert!(
            drawn
                .to_luma8()
                .pixels()
                .all(|p| p.0[0] == 0 || p.0[0] == 255)
        );
        listed.extend([image.clone(), mask.clone()]);
    }
    assert_eq!(of_source.len(), 49);
    assert!(
        of_source.values().all(|places| places.len() == 1),
        "a source is in two places"
    );
    assert_eq!(listed, all_files(&out).into_keys().collect());
}

#[test]
fn outside_the_mask_a_lesion_changes_nothing() {
    for (i, condition) in Condition::ALL.into_iter().cycle().take(42).enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(100 + i as u64);
        let scene = Scene::sample(condition, 1 + (i % 6) as u8, 64, &mut rng);
        for view in [&scene.panoramic, &scene.focused] {
            let with = scene.render_with(view, true);
            let without = scene.render_with(view, false);
            let mut changed = 0;
            for ((a, b), mask) in with.light.iter().zip(&without.light).zip(&with.mask) {
                assert!(a.iter().all(|c| c.is_finite()));
                assert!(*mask > 0 || a == b, "{condition:?} {i}");
                changed += usize::from(a != b);
            }
            let masked = with.mask.iter().filter(|m| **m > 0).count();
            assert!(
                changed * 100 >= masked * 97,
                "{condition:?} {i}: {masked} masked, {changed} changed"
            );
            assert!(without.mask.iter().all(|m| *m == 0));
        }
    }
}

#[test]
fn every_condition_shows_a_lesion_in_both_pictures() {
    for planned in plan(21, 6) {
        if planned.condition == Condition::EverythingElse {
            continue;
        }
        let photograph = Photograph::draw(&planned, 21, 96);
        for (name, picture) in [
            ("panoramic", &photograph.panoramic),
            ("focused", &photograph.focused),
        ] {
            let share =
                picture.mask.iter().filter(|m| **m > 0).count() as f32 / picture.mask.len() as f32;
            let least = if name == "focused" { 0.01 } else { 0.001 };
            assert!(
                (least..0.97).contains(&share),
                "{} {name}: {share}",
                planned.source()
            );
        }
    }
}

#[test]
fn drawn_labels_are_the_models_labels() {
    let registry = genoderm_model::labels::LabelRegistry::own();
    let keys: Vec<&str> = registry.iter().map(|label| label.key.as_str()).collect();
    assert_eq!(keys, Condition::ALL.map(Condition::key));
}

#[test]
fn darker_types_make_darker_pictures() {
    let mean = |tone: u8| {
        let mut sum = 0.0;
        for seed in 0..6 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let scene = Scene::sample(Condition::EverythingElse, tone, 32, &mut rng);
            sum += scene.tone.luminance();
        }
        sum
    };
    let means: Vec<f32> = (1..=6).map(mean).collect();
    assert!(means.windows(2).all(|pair| pair[1] < pair[0]), "{means:?}");
}

#[test]
fn wrong_options_and_destinations_are_refused_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let full = folder.path().join("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("mine.txt"), "keep").unwrap();
    let error = generate(&options(&full, 1), &|_, _| ()).unwrap_err();
    assert!(matches!(error, SynthError::NotEmpty(_)) && error.is_bad_input());
    assert!(error.to_string().contains("is not empty"), "{error}");
    assert_eq!(fs::read(full.join("mine.txt")).unwrap(), b"keep");
    let error = generate(&options(&full.join("mine.txt"), 1), &|_, _| ()).unwrap_err();
    assert!(matches!(error, SynthError::NotAFolder(_)));
    let free = folder.path().join("free");
    for (per_label, size) in [(0, 64), (1, 64), (10_000, 64), (4, 0), (4, 1_000_000)] {
        let options = SynthOptions {
            per_label,
            size,
            ..options(&free, 1)
        };
        assert!(matches!(
            generate(&options, &|_, _| ()),
            Err(SynthError::Options(_))
        ));
    }
    // A folder below a file cannot be made.
    let error = generate(&options(&full.join("mine.txt/data"), 1), &|_, _| ()).unwrap_err();
    assert!(matches!(error, SynthError::Write { .. }));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_empty_folder_is_filled() {
    let folder = tempfile::tempdir().unwrap();
    let options = SynthOptions {
        per_label: 2,
        ..options(folder.path(), 1)
    };
    generate(&options, &|_, _| ()).unwrap();
    assert!(folder.path().join("manifest.csv").is_file());
}

#[test]
fn a_contact_sheet_has_a_cell_for_each_photograph() {
    let photos = plan(1, 2);
    let sheet = contact_sheet(&photos, 1, 32, SheetContent::FocusedMask, 7, 40);
    assert_eq!((sheet.width(), sheet.height()), (7 * 44, 2 * 44));
    assert!(sheet.pixels().any(|p| p.0 == [0, 255, 60]));
}
