//! Scores, tables, pairs, readings and counts of small studies.
#![allow(clippy::unwrap_used)]

use super::{Part, Score, Study};
use crate::statistics::{Readers, Readings, Strata};
use crate::survey::{SurveyPlan, Surveys, View, make_surveys};
use std::collections::BTreeMap;

use crate::answers::{Group, Reader, Sheet};
use crate::example::test_images;

fn surveys() -> Surveys {
    make_surveys(&test_images(2, 8), &SurveyPlan::default()).unwrap()
}

/// A sheet that is right about focused images, wrong about panoramic ones, and leaves out what `skip` says.
fn sheet(surveys: &Surveys, survey: usize, name: &str, group: &str, skip: usize) -> Sheet {
    let answer = |(index, question): (usize, &crate::Question)| {
        let truth = surveys.label(&question.label).unwrap();
        let wrong = usize::from(question.view == View::Panoramic);
        (index >= skip).then_some((truth + wrong) % 2)
    };
    let questions = surveys.surveys[survey].questions.iter().enumerate();
    Sheet {
        survey,
        reader: Reader {
            name: name.to_owned(),
            group: Group(group.to_owned()),
        },
        answers: questions.map(answer).collect(),
    }
}

#[test]
fn scores_tables_and_matrices() {
    let surveys = surveys();
    let sheets = [
        sheet(&surveys, 0, "a", "g", 0),
        sheet(&surveys, 1, "b", "g", 2),
        sheet(&surveys, 0, "m", "model", 0),
    ];
    let study = Study::new(&surveys, &sheets);
    assert_eq!(study.groups(), [Group("g".into()), Group("model".into())]);
    let score = study.score(&sheets[1], View::Focused, None);
    assert_eq!((score.right, score.answered, score.questions), (6, 6, 8));
    assert_eq!(
        study.score(&sheets[0], View::Panoramic, Some(1)).questions,
        4
    );
    assert_eq!(Score::default().accuracy(), None);

    let focused = Part::new("g", View::Focused);
    let panoramic = Part::new("g", View::Panoramic);
    let model = Part::new("model", View::Focused);
    assert_eq!(
        study.accuracies(&focused),
        BTreeMap::from([(0, 1.0), (1, 1.0)])
    );
    let table = study.table(&[focused.clone(), panoramic.clone()]);
    assert_eq!(table, [(0, vec![1.0, 0.0]), (1, vec![1.0, 0.0])]);
    assert_eq!(study.table(&[focused.clone(), model.clone()]).len(), 1);
    assert!(study.table(&[]).is_empty());

    let confusion = study.confusion(&panoramic).unwrap();
    assert_eq!(confusion.right(), 0);
    assert_eq!(
        study
            .confusion(&focused)
            .unwrap()
            .unanswered()
            .iter()
            .sum::<usize>(),
        2
    );

    assert_eq!(
        study.pairs(&focused, &model, |_| true),
        vec![(true, true); 8]
    );
    assert_eq!(
        study.pairs(&focused, &panoramic, |s| s.name == "S01").len(),
        8
    );
    let counts = study.counts(&study.groups(), View::Focused);
    assert_eq!(counts.len(), 16);
    assert_eq!(counts.iter().flatten().sum::<usize>(), 22);
}

#[test]
fn readings_number_readers_and_photographs_alike_and_a_model_counts_once() {
    let surveys = surveys();
    let all = surveys.surveys.len();
    let mut sheets: Vec<Sheet> = (0..all)
        .map(|s| sheet(&surveys, s, "m", "model", 0))
        .collect();
    sheets.push(sheet(&surveys, 0, "a", "g", 0));
    let study = Study::new(&surveys, &sheets);
    let model = study
        .readings(&Part::new("model", View::Focused), Readers::Fixed)
        .unwrap();
    assert_eq!((model.list().len(), model.accuracy()), (16, 1.0));
    assert!(
        study
            .readings(&Part::new("model", View::Focused), Readers::Sample)
            .is_err()
    );
    let focused = study
        .readings(&Part::new("g", View::Focused), Readers::Sample)
        .unwrap();
    let panoramic = study
        .readings(&Part::new("g", View::Panoramic), Readers::Sample)
        .unwrap();
    let photographs = |readings: &Readings| {
        let mut all: Vec<usize> = readings.list().iter().map(|r| r.photograph).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(photographs(&focused), photographs(&panoramic));
    assert!(
        study
            .readings(&Part::new("nobody", View::Focused), Readers::Sample)
            .is_err()
    );
    assert_eq!(study.reader_strata(), Strata::of(["g", "model"]));
    assert_eq!(
        study.photograph_strata(),
        Strata::of((0..16).map(|i| i / 8))
    );
}
