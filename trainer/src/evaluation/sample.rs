//! A whole report of made-up numbers, for tests of what is printed and drawn.

use crate::evaluation::attribution::{
    AttributionFigures, AttributionReport, CASCADE, LabelAttribution, PerturbationFigures,
    SanityFigure,
};
use crate::evaluation::bootstrap::{Bootstrap, Clusters};
use crate::evaluation::golden::golden;
use crate::evaluation::sources::source_rows;
use crate::evaluation::tally::Tally;
use crate::evaluation::{
    EpochPoint, EvaluationDetails, EvaluationReport, Figures, FoldReliability, FoldTraining,
    GroupFigures, Mistake, OwnConfusion, RocCurve, SourceFigures, reliability,
};
use genoderm_model::labels::LabelRegistry;

/// The golden's answers as the ensemble and both folds; skin tone 3; one training of two epochs.
pub(crate) fn sample_details() -> EvaluationDetails {
    let golden = golden();
    let labels = LabelRegistry::own();
    let keys: Vec<String> = labels.keys().map(String::from).collect();
    let rows: Vec<&[f32]> = golden.probabilities.iter().map(Vec::as_slice).collect();
    let tally = Tally::new(&labels, &rows, &golden.targets);
    let names: Vec<String> = (0..rows.len()).map(|i| (i / 2).to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let clusters = Clusters::of(names.iter().copied());
    let bootstrap = Bootstrap {
        replicates: 50,
        seed: 1,
    };
    let figures =
        Figures::of_tally(&labels, &tally).with_intervals(&tally, &clusters, bootstrap, true);
    let group = |group| GroupFigures {
        group,
        figures: figures.clone(),
    };
    let right: Vec<bool> = tally.sureness.iter().map(|(_, right)| *right).collect();
    let report = EvaluationReport {
        model: "made <up> & small".into(),
        set: "focused".into(),
        split: "test".into(),
        labels: keys.clone(),
        ensemble: figures.clone(),
        folds: vec![group(0), group(1)],
        fallbacks: 9,
        threshold: 0.5,
        temperature: 1.25,
        skin_tones: vec![group(3)],
        sources: SourceFigures::of(&clusters, &right, bootstrap),
        reliability: reliability(&tally.sureness),
        bootstrap,
        views: 1,
        skipped: 0,
    };
    let curve = PerturbationFigures {
        area: 0.25,
        random_area: 0.5,
        curve: vec![0.9, 0.2, 0.1],
        random_curve: vec![0.9, 0.5, 0.1],
    };
    let attribution = AttributionFigures {
        pictures: 4,
        masks: 3,
        lesion_area: Some(0.1),
        energy_inside: Some(0.4),
        pointing_game: Some(0.75),
        deletion: curve.clone(),
        insertion: curve,
        sanity: CASCADE
            .iter()
            .map(|part| SanityFigure {
                part: *part,
                spearman: Some(0.1),
                spearman_absolute: None,
            })
            .collect(),
        completeness_gap: 0.01,
    };
    let epoch = |epoch: usize| EpochPoint {
        epoch,
        training_loss: 2.0 / epoch as f64,
        validation_loss: 2.2 / epoch as f64,
        validation_balanced_accuracy: 0.3,
    };
    EvaluationDetails {
        confusion_shares: figures.confusion.row_shares(),
        own_confusion: OwnConfusion {
            labels: keys.clone(),
            shares: figures.confusion.row_shares(),
        },
        roc: (0..keys.len())
            .map(|label| RocCurve {
                label: keys[label].clone(),
                points: tally.roc_curve(label),
            })
            .collect(),
        fold_reliability: vec![FoldReliability {
            fold: 0,
            bins: reliability(&tally.sureness),
        }],
        source_list: source_rows(&clusters, &names, &right),
        mistakes: vec![Mistake {
            index: 0,
            image: "focused/NF1/0001.jpg".into(),
            label: "NF1".into(),
            label_probability: 0.1,
            answer: "TSC".into(),
            answer_probability: 0.8,
            fallback: false,
        }],
        left_out: Vec::new(),
        attribution: Some(AttributionReport {
            method: "Integrated Gradients".into(),
            steps: 20,
            exchanged: vec![0.0, 0.5, 1.0],
            overall: attribution.clone(),
            right: attribution.clone(),
            labels: keys
                .iter()
                .map(|key| LabelAttribution {
                    label: key.clone(),
                    figures: attribution.clone(),
                })
                .collect(),
        }),
        training: vec![FoldTraining {
            fold: 0,
            epochs: vec![epoch(1), epoch(2)],
        }],
        report,
    }
}
