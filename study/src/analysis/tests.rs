//! The whole analysis: what it finds in made-up studies, and what it says where there is nothing to find.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::answers::{Group, Reader, Sheet};
use crate::counted::{Part, Study};
use crate::example::test_images;
use crate::simulate::{SimulatedGroup, Simulation, simulate};
use crate::statistics::CrossedBootstrap;
use crate::survey::{SurveyPlan, Surveys, View, make_surveys};

fn plan() -> AnalysisPlan {
    AnalysisPlan {
        models: vec![Group("model".to_owned())],
        bootstrap: CrossedBootstrap {
            drawings: 200,
            seed: 1,
        },
        ..AnalysisPlan::default()
    }
}

fn group(name: &str, focused: f64, panoramic: f64) -> SimulatedGroup {
    SimulatedGroup {
        name: name.to_owned(),
        focused,
        panoramic,
        reader_correlation: if name == "model" { 0.0 } else { 0.03 },
        model: name == "model",
    }
}

fn simulated(surveys: &Surveys, left_out: f64) -> Vec<Sheet> {
    let plan = Simulation {
        groups: vec![
            group("model", 0.81, 0.81),
            group("geneticist", 0.60, 0.69),
            group("paediatrician", 0.44, 0.53),
        ],
        photograph_correlation: 0.2,
        view_correlation: 0.1,
        left_out,
        seed: 7,
    };
    simulate(surveys, &plan).unwrap()
}

/// Every number anywhere in a value is finite: JSON writes others as null.
fn no_nulls(value: &serde_json::Value, path: &str, allowed: &[&str]) {
    match value {
        serde_json::Value::Null => {
            let name = path.rsplit('.').next().unwrap();
            assert!(allowed.contains(&name), "{path} is null");
        }
        serde_json::Value::Array(items) => {
            items.iter().for_each(|item| no_nulls(item, path, allowed));
        }
        serde_json::Value::Object(fields) => fields
            .iter()
            .for_each(|(name, item)| no_nulls(item, &format!("{path}.{name}"), allowed)),
        _ => {}
    }
}

#[test]
fn a_whole_study_has_every_figure() {
    let surveys = make_surveys(&test_images(7, 20), &SurveyPlan::default()).unwrap();
    let sheets = simulated(&surveys, 0.0);
    let analysis = analyse(&Study::new(&surveys, &sheets), &plan()).unwrap();
    assert_eq!(
        (analysis.surveys, analysis.sets, analysis.photographs),
        (30, 6, 140)
    );
    let names: Vec<&str> = analysis.groups.iter().map(|g| g.group.0.as_str()).collect();
    assert_eq!(names, ["model", "geneticist", "paediatrician"]);
    // The model's 140 images count once, the people's in each of six surveys.
    assert_eq!(analysis.groups[0].views[0].score.questions, 140);
    assert_eq!(analysis.groups[1].views[0].score.questions, 840);
    assert_eq!(analysis.scores.len(), 180);

    let sides: Vec<(String, String)> = analysis
        .comparisons
        .iter()
        .map(|one| {
            let name = |part: &Part| format!("{} {}", part.group, part.view);
            (name(&one.first), name(&one.second))
        })
        .collect();
    assert_eq!(sides.len(), 9);
    assert_eq!(sides[0].0, "model focused");
    assert_eq!(sides[8].0, "paediatrician panoramic");
    for one in &analysis.comparisons {
        assert_eq!(one.surveys.len(), 30);
        let models = one.first.group.0 == "model" && one.second.group.0 == "model";
        let found = one.for_others_holm.unwrap() < 0.05;
        assert_eq!(found, !models, "{one:?}");
        assert_eq!(one.mcnemar.len(), if models { 1 } else { 6 });
        assert!(one.mcnemar.iter().all(|set| set.pairs == 140));
        assert_eq!(one.non_inferiority_on_images.is_some(), models);
        assert!(one.paired_t_holm.unwrap() >= one.paired_t.value().unwrap().p);
        assert!(one.surveys_needed.value().unwrap() > &2);
    }
    // Two views among three groups, then both views of each group.
    assert_eq!(analysis.correlations.len(), 5);
    assert!(
        analysis.correlations[0]
            .one_way
            .value()
            .unwrap()
            .single
            .value
            < 0.0
    );
    assert_eq!(analysis.agreement.len(), 6);
    for one in &analysis.agreement {
        let alpha = one.alpha.value().unwrap().alpha;
        assert!((alpha - one.kappa.value().unwrap().kappa).abs() < 0.01);
        assert!(one.kappa_test.value().unwrap().interval.holds(alpha));
        assert!(one.alpha_bootstrap.value().unwrap().interval.holds(alpha));
    }
    assert_eq!(analysis.agreement[4].readers, 12);
    assert_eq!(analysis.power.surveys_needed, Finding::Value(32));
    let json = serde_json::to_value(&analysis).unwrap();
    no_nulls(&json, "", &["non_inferiority_on_images"]);
}

#[test]
fn holes_leave_kappa_its_whole_images_and_alpha_all() {
    let surveys = make_surveys(&test_images(7, 20), &SurveyPlan::default()).unwrap();
    let sheets = simulated(&surveys, 0.03);
    let analysis = analyse(&Study::new(&surveys, &sheets), &plan()).unwrap();
    let one = &analysis.agreement[0];
    assert!(one.readers == 6 && one.whole_images > 90 && one.whole_images < 140);
    assert_eq!(one.alpha.value().unwrap().photographs, 140);
    assert!(one.kappa.value().is_some());
    let part = &analysis.groups[1].views[0];
    assert!(part.score.answered < part.score.questions);
    no_nulls(
        &serde_json::to_value(&analysis).unwrap(),
        "",
        &["non_inferiority_on_images"],
    );
}

/// A sheet with the same answer everywhere, or the truth.
fn sheet(surveys: &Surveys, survey: usize, name: &str, group: &str, right: bool) -> Sheet {
    let questions = surveys.surveys[survey].questions.iter();
    Sheet {
        survey,
        reader: Reader {
            name: name.to_owned(),
            group: Group(group.to_owned()),
        },
        answers: questions
            .map(|question| match right {
                true => surveys.label(&question.label),
                false => Some(0),
            })
            .collect(),
    }
}

#[test]
fn one_reader_and_answers_without_spread_end_in_words() {
    let surveys = make_surveys(&test_images(2, 8), &SurveyPlan::default()).unwrap();
    let mut absent = vec![
        "non_inferiority_on_images",
        "deviation",
        "paired_t_holm",
        "for_others_holm",
        "mean",
        "balanced_accuracy",
        "f",
        "average",
    ];
    // Nobody at all.
    let nobody: [Sheet; 0] = [];
    let analysis = analyse(&Study::new(&surveys, &nobody), &plan()).unwrap();
    assert!(analysis.groups.is_empty() && analysis.comparisons.is_empty());
    // One reader of one survey.
    let one = [sheet(&surveys, 0, "a", "people", true)];
    let analysis = analyse(&Study::new(&surveys, &one), &plan()).unwrap();
    let why = |finding: Option<&str>| finding.unwrap().to_owned();
    let views = &analysis.comparisons[0];
    assert_eq!(
        why(views.paired_t.why_not()),
        "the paired t test needs at least 2 pairs, and there are 1"
    );
    assert!(why(views.for_others.why_not()).contains("at least 2 readers"));
    assert!(why(analysis.correlations[0].agreement.why_not()).contains("at least 2 rows"));
    assert!(why(analysis.agreement[0].kappa.why_not()).contains("at least 2"));
    assert_eq!(analysis.groups[0].views[0].deviation, None);
    no_nulls(&serde_json::to_value(&analysis).unwrap(), "", &absent);
    // Everyone is always right: nothing varies.
    let all: Vec<Sheet> = (0..surveys.surveys.len())
        .flat_map(|survey| {
            ["a", "b"]
                .map(|group| sheet(&surveys, survey, &format!("{group}{survey}"), group, true))
        })
        .collect();
    let analysis = analyse(&Study::new(&surveys, &all), &plan()).unwrap();
    let pair = &analysis.comparisons[0];
    assert!(why(pair.paired_t.why_not()).contains("all differences are the same"));
    assert!(pair.mcnemar.iter().all(|set| set.test.mid_p == 1.0));
    assert!(why(analysis.correlations[0].one_way.why_not()).contains("all values are the same"));
    assert_eq!(analysis.agreement[0].kappa.value().unwrap().kappa, 1.0);
    assert!(analysis.agreement[0].kappa_test.why_not().is_some());
    no_nulls(&serde_json::to_value(&analysis).unwrap(), "", &absent);
    // Everyone gives one and the same answer.
    let all: Vec<Sheet> = (0..surveys.surveys.len())
        .map(|survey| sheet(&surveys, survey, &format!("a{survey}"), "a", false))
        .collect();
    let analysis = analyse(&Study::new(&surveys, &all), &plan()).unwrap();
    assert!(why(analysis.agreement[0].alpha.why_not()).contains("the same label"));
    absent.push("labels");
    no_nulls(&serde_json::to_value(&analysis).unwrap(), "", &absent);
    let refused = AnalysisPlan {
        margin: 2.0,
        ..plan()
    };
    assert!(analyse(&Study::new(&surveys, &all), &refused).is_err());
}

#[test]
fn a_reader_of_two_surveys_with_the_same_photographs_has_no_analysis_of_readers() {
    let surveys = make_surveys(&test_images(2, 8), &SurveyPlan::default()).unwrap();
    let all: Vec<Sheet> = (0..surveys.surveys.len())
        .map(|survey| sheet(&surveys, survey, "a", "people", survey % 2 == 0))
        .collect();
    let study = Study::new(&surveys, &all);
    let analysis = analyse(&study, &plan()).unwrap();
    let why = analysis.groups[0].views[0].for_others.why_not().unwrap();
    assert!(
        why.contains("answers of one reader to one photograph"),
        "{why}"
    );
    assert!(study.table(&[Part::new("people", View::Focused)]).len() > 1);
}
