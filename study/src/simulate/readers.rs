//! The answers of made-up readers.

use std::collections::BTreeMap;

use rand::Rng;

use super::plan::{SimulatedGroup, Simulation, SimulationError};
use crate::answers::{Group, Reader, Sheet};
use crate::random::{Purpose, generator, normal, position};
use crate::statistics::distribution::normal_quantile;
use crate::survey::{Question, Surveys};

/// Draws a sheet of each group for every survey, in the order of the surveys, then of the groups.
///
/// Wrong answers fall on all other labels equally often. People are called `<group>-<survey>`, a model has the
/// name of its group.
///
/// # Errors
/// A plan that [`Simulation::check`] refuses.
pub fn simulate(surveys: &Surveys, plan: &Simulation) -> Result<Vec<Sheet>, SimulationError> {
    plan.check()?;
    let mut random = generator(plan.seed, Purpose::Simulation, 0);
    let mut ease: BTreeMap<&str, f64> = BTreeMap::new();
    for question in surveys.surveys.iter().flat_map(|survey| &survey.questions) {
        ease.entry(&question.source)
            .or_insert_with(|| normal(&mut random));
    }
    let mut models: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); plan.groups.len()];
    let mut model_views: Vec<BTreeMap<&str, f64>> = vec![BTreeMap::new(); plan.groups.len()];
    let mut sheets = Vec::new();
    for (index, survey) in surveys.surveys.iter().enumerate() {
        for (which, group) in plan.groups.iter().enumerate() {
            let skill = normal(&mut random);
            let mut views: BTreeMap<&str, f64> = BTreeMap::new();
            let views = if group.model {
                &mut model_views[which]
            } else {
                &mut views
            };
            let mut answers = Vec::with_capacity(survey.questions.len());
            for question in &survey.questions {
                let view = *views
                    .entry(&question.source)
                    .or_insert_with(|| normal(&mut random));
                let effects = Effects {
                    skill,
                    ease: ease.get(question.source.as_str()).copied().unwrap_or(0.0),
                    view,
                };
                let drawn = draw(surveys, plan, group, question, &effects, &mut random);
                let left_out = !group.model && random.random::<f64>() < plan.left_out;
                answers.push(if group.model {
                    Some(*models[which].entry(&question.image).or_insert(drawn))
                } else {
                    (!left_out).then_some(drawn)
                });
            }
            let name = if group.model {
                group.name.clone()
            } else {
                format!("{}-{}", group.name, survey.name)
            };
            sheets.push(Sheet {
                survey: index,
                reader: Reader {
                    name,
                    group: Group(group.name.clone()),
                },
                answers,
            });
        }
    }
    Ok(sheets)
}

/// What answers have in common, each standard normal.
struct Effects {
    skill: f64,
    ease: f64,
    view: f64,
}

fn draw(
    surveys: &Surveys,
    plan: &Simulation,
    group: &SimulatedGroup,
    question: &Question,
    effects: &Effects,
    random: &mut impl Rng,
) -> usize {
    // The skill of a model is no chance: its accuracy is what the plan says.
    let of_reader = if group.model {
        0.0
    } else {
        group.reader_correlation
    };
    let rest = 1.0 - of_reader - plan.photograph_correlation - plan.view_correlation;
    let number = of_reader.sqrt() * effects.skill
        + plan.photograph_correlation.sqrt() * effects.ease
        + plan.view_correlation.sqrt() * effects.view
        + rest.max(0.0).sqrt() * normal(random);
    let labels = surveys.labels.len();
    let other = position(random, labels.saturating_sub(1));
    let truth = surveys.label(&question.label).unwrap_or(0);
    if number <= normal_quantile(group.accuracy(question.view)) {
        truth
    } else {
        (truth + 1 + other) % labels.max(1)
    }
}
