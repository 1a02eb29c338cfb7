//! What made-up readers answer, and what the statistics find in it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::{SimulatedGroup, Simulation, simulate};
use crate::answers::{COMPLETE_ABOVE, read_sheets, select, write_answers};
use crate::counted::{Part, Study};
use crate::example::test_images;
use crate::simulate::reader_correlation;
use crate::statistics::{
    CrossedBootstrap, Differences, IccForm, MeanSquares, Readers, difference_for_others, holm, icc,
    krippendorff_alpha, mcnemar_of, paired_t,
};
use crate::survey::{SurveyPlan, View, make_surveys};

fn group(name: &str, focused: f64, panoramic: f64, reader_correlation: f64) -> SimulatedGroup {
    SimulatedGroup {
        name: name.to_owned(),
        focused,
        panoramic,
        reader_correlation,
        model: name == "model",
    }
}

fn simulation(groups: Vec<SimulatedGroup>, seed: u64) -> Simulation {
    Simulation {
        groups,
        photograph_correlation: 0.2,
        view_correlation: 0.1,
        left_out: 0.0,
        seed,
    }
}

/// Duong et al. 2021: accuracies of the model, and of the groups by their differences to it; the
/// paediatricians' deviation from that of the differences.
fn papers_groups() -> Vec<SimulatedGroup> {
    let paediatricians = reader_correlation(0.441, 0.142, 28).unwrap();
    vec![
        group("model", 0.814, 0.814, 0.0),
        group("geneticist", 0.596, 0.687, 0.02),
        group("paediatrician", 0.441, 0.527, paediatricians),
    ]
}

#[test]
fn with_the_papers_means_the_whole_way_finds_its_effects() {
    let surveys = make_surveys(&test_images(7, 20), &SurveyPlan::default()).unwrap();
    let drawn = simulate(&surveys, &simulation(papers_groups(), 7)).unwrap();
    assert_eq!(drawn.len(), 90);

    // Through the table that readers send, and back.
    let rows: Vec<crate::Answer> = drawn.iter().flat_map(|s| s.rows(&surveys)).collect();
    let read = read_sheets(&surveys, &write_answers(&rows)).unwrap();
    assert_eq!(read, drawn);
    let counted = select(read, COMPLETE_ABOVE).counted;
    let study = Study::new(&surveys, &counted);

    let part = Part::new;
    let (focused, panoramic) = (View::Focused, View::Panoramic);
    let published = [
        (
            part("model", focused),
            part("paediatrician", focused),
            0.373,
        ),
        (
            part("model", panoramic),
            part("paediatrician", panoramic),
            0.287,
        ),
        (part("model", focused), part("geneticist", focused), 0.218),
        (
            part("model", panoramic),
            part("geneticist", panoramic),
            0.127,
        ),
        (
            part("geneticist", focused),
            part("paediatrician", focused),
            0.156,
        ),
        (
            part("geneticist", panoramic),
            part("paediatrician", panoramic),
            0.160,
        ),
        (
            part("geneticist", panoramic),
            part("geneticist", focused),
            0.0905,
        ),
        (
            part("paediatrician", panoramic),
            part("paediatrician", focused),
            0.0857,
        ),
    ];
    let mut p = Vec::new();
    for (first, second, mean) in &published {
        let table = study.table(&[first.clone(), second.clone()]);
        let (a, b): (Vec<f64>, Vec<f64>) = table.iter().map(|(_, row)| (row[0], row[1])).unzip();
        let test = paired_t(Differences::of(&a, &b).unwrap(), 0.95).unwrap();
        let distance = (test.estimate.value - mean).abs();
        // The model has one accuracy on these photographs, 0.814 give or take 0.033.
        assert!(
            distance < 3.0 * test.estimate.standard_error.hypot(0.033),
            "{mean}: {test:?}"
        );
        p.push(test.p);

        let readers = |part: &Part| {
            let fixed = part.group.0 == "model";
            let readers = if fixed {
                Readers::Fixed
            } else {
                Readers::Sample
            };
            study.readings(part, readers).unwrap()
        };
        let (first, second) = (readers(first), readers(second));
        let others = difference_for_others(&first, &second).unwrap();
        assert!(others.test(0.95).unwrap().p < 0.01, "{mean}: {others:?}");
        if *mean > 0.3 {
            let drawn = CrossedBootstrap {
                drawings: 200,
                seed: 1,
            }
            .interval(
                &study.reader_strata(),
                &study.photograph_strata(),
                0.95,
                |drawing| Some(drawing.accuracy(&first)? - drawing.accuracy(&second)?),
            )
            .unwrap();
            assert!(drawn.interval.low > 0.2 && drawn.interval.holds(others.value));
        }
    }
    assert!(holm(&p).unwrap().iter().all(|p| *p < 0.01), "{p:?}");

    let rows: Vec<Vec<f64>> = study
        .table(&[
            part("model", focused),
            part("geneticist", focused),
            part("paediatrician", focused),
        ])
        .into_iter()
        .map(|(_, row)| row)
        .collect();
    let ours = icc(&MeanSquares::of(&rows).unwrap(), IccForm::OneWay, 0.95).unwrap();
    // Groups differ far more than surveys, so the one-way coefficient is negative, as in the paper.
    assert!(ours.single.value < 0.0);
    let counts = study.counts(&study.groups(), focused);
    assert!(krippendorff_alpha(&counts).unwrap().alpha > 0.1);
    let pairs = study.pairs(
        &part("model", focused),
        &part("paediatrician", focused),
        |s| s.set == 1,
    );
    assert_eq!(pairs.len(), 140);
    assert!(mcnemar_of(pairs).mid_p < 0.001);
}

#[test]
fn readers_have_their_accuracy_spread_and_holes() {
    let plan = SurveyPlan {
        sets: 60,
        ..SurveyPlan::default()
    };
    let surveys = make_surveys(&test_images(7, 20), &plan).unwrap();
    let correlation = reader_correlation(0.44, 0.142, 28).unwrap();
    let simulation = Simulation {
        photograph_correlation: 0.0,
        left_out: 0.02,
        ..simulation(vec![group("g", 0.44, 1.0, correlation)], 3)
    };
    let drawn = simulate(&surveys, &simulation).unwrap();
    assert_eq!(drawn, simulate(&surveys, &simulation).unwrap());
    let study = Study::new(&surveys, &drawn);
    let accuracies: Vec<f64> = study
        .accuracies(&Part::new("g", View::Focused))
        .into_values()
        .collect();
    let n = accuracies.len() as f64;
    let mean = accuracies.iter().sum::<f64>() / n;
    let deviation = (accuracies.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / n).sqrt();
    // 300 readers: the mean is known to 0.008, the deviation to 0.006.
    assert!((mean - 0.44).abs() < 0.025, "{mean}");
    assert!((deviation - 0.142).abs() < 0.02, "{deviation}");
    let always = study.accuracies(&Part::new("g", View::Panoramic));
    assert!(always.values().all(|accuracy| *accuracy == 1.0));
    let holes: usize = drawn.iter().map(|s| s.answers.len() - s.answered()).sum();
    let share = holes as f64 / (300.0 * 56.0);
    assert!((share - 0.02).abs() < 0.005, "{share}");
}

/// Where groups are equal, about 5% of studies must find a difference at a level of 5%, also where readers
/// and photographs differ much; counting answers as independent finds far more.
#[test]
fn the_analysis_of_readers_and_photographs_keeps_its_level() {
    let plan = SurveyPlan {
        per_label: 5,
        sets: 4,
        ..SurveyPlan::default()
    };
    let surveys = make_surveys(&test_images(2, 20), &plan).unwrap();
    let (mut found, mut found_by_pairs) = (0, 0);
    for seed in 0..400 {
        let groups = vec![group("a", 0.6, 0.6, 0.3), group("b", 0.6, 0.6, 0.3)];
        let drawn = simulate(&surveys, &simulation(groups, seed)).unwrap();
        let study = Study::new(&surveys, &drawn);
        let (a, b) = (Part::new("a", View::Focused), Part::new("b", View::Focused));
        let readings = |part| study.readings(part, Readers::Sample).unwrap();
        let others = difference_for_others(&readings(&a), &readings(&b)).unwrap();
        found += usize::from(others.test(0.95).unwrap().p < 0.05);
        found_by_pairs += usize::from(mcnemar_of(study.pairs(&a, &b, |_| true)).mid_p < 0.05);
    }
    // 5% of 400 is 20, with a standard deviation of 4.4.
    assert!((5..=32).contains(&found), "{found}");
    assert!(found_by_pairs > 60, "{found_by_pairs}");
}

#[test]
fn a_model_gives_one_answer_to_each_image_and_bad_plans_are_refused() {
    let surveys = make_surveys(&test_images(2, 8), &SurveyPlan::default()).unwrap();
    let plan = simulation(vec![group("model", 0.5, 0.5, 0.0)], 1);
    let drawn = simulate(&surveys, &plan).unwrap();
    let mut answers: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    for sheet in &drawn {
        let questions = &surveys.surveys[sheet.survey].questions;
        for (question, answer) in questions.iter().zip(&sheet.answers) {
            assert_eq!(answers.entry(&question.image).or_insert(*answer), answer);
        }
    }
    let refused = |change: fn(&mut Simulation)| {
        let mut bad = plan.clone();
        change(&mut bad);
        simulate(&surveys, &bad).unwrap_err().to_string()
    };
    assert!(refused(|p| p.groups[0].focused = 1.2).contains("from 0 to 1, and is 1.2"));
    assert!(refused(|p| p.left_out = f64::NAN).contains("from 0 to 1"));
    assert!(refused(|p| p.view_correlation = 0.9).contains("more than 1"));
    assert!(refused(|p| p.groups.push(p.groups[0].clone())).contains("names must differ"));
}
