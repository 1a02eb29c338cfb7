//! What a training that failed leaves behind, and how a run is gone on with.

use std::fs;
use std::path::Path;

use crate::support::{argument, json, photos, refuse_in_one_line, succeed};

const TINY: &str = "--preset demo --size 32 --batch 12 --augmentation none --epochs 1 --folds 2";

fn arguments<'a>(out: &'a Path, options: &'a str) -> Vec<&'a str> {
    let mut arguments = vec![
        "train",
        "--data",
        argument(photos()),
        "--out",
        argument(out),
    ];
    arguments.extend(options.split_whitespace());
    arguments
}

#[test]
fn a_diverged_network_is_not_kept() {
    let work = tempfile::tempdir().unwrap();
    let run = work.path().join("run");
    let options = format!("{TINY} --fold 0 --lr 1e30");
    let said = refuse_in_one_line(&arguments(&run, &options));
    assert!(
        said.contains("the loss became") && said.contains("--lr"),
        "{said}"
    );
    for kept in ["best.safetensors", "validation.csv", "checkpoint-0001"] {
        assert!(!run.join("fold-0").join(kept).exists(), "{kept}");
    }
}

#[test]
fn a_run_is_gone_on_with_by_its_own_plan_and_its_weights_fit_their_architecture_only() {
    let work = tempfile::tempdir().unwrap();
    let run = work.path().join("run");
    // A number that JSON does not give back to the last bit.
    let options = format!("{TINY} --fold 0 --lr 1.4285714285714287e-05");
    succeed(&arguments(&run, &options));
    let plan = fs::read(run.join("config.json")).unwrap();

    succeed(&arguments(&run, "--resume --fold 1"));
    assert_eq!(fs::read(run.join("config.json")).unwrap(), plan);
    assert_eq!(json(&run.join("fold-1/done.json"))["epochs"], 1);
    let again = format!("{options} --resume");
    succeed(&arguments(&run, &again));
    let other = format!("{again} --label-smoothing 0.5");
    let said = refuse_in_one_line(&arguments(&run, &other));
    assert!(said.contains("another label_smoothing"), "{said}");

    let weights = run.join("fold-0").join("best.safetensors");
    let misfit = work.path().join("misfit");
    let options = format!(
        "{TINY} --arch efficientnet_b1 --pretrained {}",
        argument(&weights)
    );
    let said = refuse_in_one_line(&arguments(&misfit, &options));
    assert!(said.contains("best.safetensors"), "{said}");
    assert!(!misfit.exists(), "a refused training left its folder");
}

#[test]
fn a_fold_that_is_taken_is_found_before_another_is_trained() {
    let work = tempfile::tempdir().unwrap();
    let run = work.path().join("run");
    let said = succeed(&arguments(&run, &format!("{TINY} --fold 1")));
    assert!(said.contains("weights: random"), "{said}");
    assert!(!said.contains("warning"), "{said}");
    let taken = fs::File::open(run.join("fold-1/lock")).unwrap();
    taken.lock().unwrap();
    let all = format!("{TINY} --resume");
    let said = refuse_in_one_line(&arguments(&run, &all));
    assert!(
        said.contains("another process is training") && said.contains("fold-1"),
        "{said}"
    );
    assert!(!run.join("fold-0/metrics.csv").exists());
    drop(taken);
    succeed(&arguments(&run, &all));
    assert!(run.join("fold-0/done.json").is_file());
}
