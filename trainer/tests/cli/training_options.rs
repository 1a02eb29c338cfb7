//! Each option of `genoderm train` reaches the plan, and the plan is trained.

use serde_json::json;

use crate::support::{argument, json, photos, succeed};

#[test]
fn all_options_together_train_and_are_written_down() {
    let work = tempfile::tempdir().unwrap();
    let run = work.path().join("run");
    let options = "--preset demo --size 32 --training-size 48 --fit pad --augmentation none \
        --balanced --batch 12 --accumulate 3 --precision bf16 --own-weight 2 --label-smoothing 0.2 \
        --dropout 0.1 --clip-norm 2.5 --ema 0.5 --epochs 2 --patience 1 --lr 0.0002 \
        --warm-up-multiplier 4 --warm-up-epochs 2 --final-lr 0.00001 --weight-decay 0.02 \
        --folds 2 --fold 1 --devices 0 --seed 9";
    let mut arguments = vec![
        "train",
        "--data",
        argument(photos()),
        "--out",
        argument(&run),
    ];
    arguments.extend(options.split_whitespace());
    let said = succeed(&arguments);
    assert!(said.contains("fold 1 epoch   2/2"), "{said}");

    let config = json(&run.join("config.json"));
    for (name, value) in [
        ("size", json!(32)),
        ("training_size", json!(48)),
        ("fit", json!("pad")),
        ("balanced", json!(true)),
        ("batch", json!(12)),
        ("accumulate", json!(3)),
        ("precision", json!("bf16")),
        ("own_weight", json!(2.0)),
        ("dropout", json!(0.1)),
        ("clip_norm", json!(2.5)),
        ("ema_decay", json!(0.5)),
        ("epochs", json!(2)),
        ("patience", json!(1)),
        ("learning_rate", json!(0.0002)),
        ("warm_up_multiplier", json!(4.0)),
        ("warm_up_epochs", json!(2)),
        ("final_learning_rate", json!(0.00001)),
        ("folds", json!(2)),
        ("seed", json!(9)),
    ] {
        assert_eq!(config[name], value, "{name}");
    }
    for (name, value) in [("label_smoothing", 0.2), ("weight_decay", 0.02)] {
        let found = config[name].as_f64().unwrap();
        assert!((found - value).abs() < 1e-6, "{name} is {found}");
    }
    let changes = config["augmentation"].as_object().unwrap();
    assert!(changes.contains_key("transpose"));
    assert_eq!(changes["transpose"], 0.0);
    // Two epochs of warm-up: the base rate, then half-way to four times as much.
    let rates = crate::end_to_end::column(&run, 1, "learning_rate");
    assert_eq!(rates[0], 0.0002);
    assert!((rates[1] - 0.0005).abs() < 1e-12, "{rates:?}");
}

#[test]
fn zero_turns_options_off_that_a_file_turned_on() {
    let work = tempfile::tempdir().unwrap();
    let (run, plan) = (work.path().join("run"), work.path().join("plan.toml"));
    let text = "preset = \"demo\"\nsize = 32\nepochs = 1\nbalanced = true\nclip_norm = 1.0\n\
        ema_decay = 0.9\ntraining_size = 64\npatience = 3\n";
    std::fs::write(&plan, text).unwrap();
    let options = "--balanced false --clip-norm 0 --ema 0 --training-size 0 --patience 0 \
        --folds 2 --fold 0";
    let mut arguments = vec![
        "train",
        "--config",
        argument(&plan),
        "--data",
        argument(photos()),
    ];
    arguments.extend(["--out", argument(&run)]);
    arguments.extend(options.split_whitespace());
    succeed(&arguments);
    let config = json(&run.join("config.json"));
    assert_eq!(config["balanced"], false);
    for name in ["clip_norm", "ema_decay", "training_size", "patience"] {
        assert!(config[name].is_null(), "{name}");
    }
}
