//! Making surveys of a test set, as the paper did: each set of surveys covers all images once.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::SurveyError;
use super::pairing::{Pair, pairs};
use super::types::MOST;
use super::{Question, Survey, Surveys, View};
use crate::random::{Purpose, generator, shuffle};

/// How often a set is dealt anew when it would repeat a survey.
const TRIES: u32 = 1000;

/// In which order a survey shows the two views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// All focused images, then all panoramic ones: the paper's order. What a reader learns from the first
    /// half then always favours panoramic images.
    FocusedFirst,
    /// Every other survey begins with panoramic images, so that half of the readers see either first.
    Balanced,
}

/// What surveys are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyPlan {
    /// Photographs of each label in a survey, each in both views; at least 1.
    pub per_label: usize,
    /// Sets of surveys: how often every image is seen by each group; at least 1.
    pub sets: usize,
    /// Which view comes first.
    pub order: Order,
    /// The same images and seed give the same surveys.
    pub seed: u64,
}

impl Default for SurveyPlan {
    /// The paper's study: 4 photographs of each label, 6 sets, focused images first.
    fn default() -> Self {
        Self {
            per_label: 4,
            sets: 6,
            order: Order::FocusedFirst,
            seed: 0,
        }
    }
}

/// Makes surveys of test images.
///
/// The number of surveys in a set is that of the photographs of each label over `per_label`: 5 for the
/// paper's 20 photographs, so 30 in all. No two surveys show the same photographs. Within a view the order
/// is random. Surveys are called `S01`, `S02`, ... in the order of the sets.
///
/// # Errors
/// Images without exactly one partner; fewer than two labels; labels with different numbers of photographs, or
/// numbers that `per_label` does not divide; settings of 0; a test set too small for surveys that differ.
pub fn make_surveys(images: &[Question], plan: &SurveyPlan) -> Result<Surveys, SurveyError> {
    if plan.per_label == 0 || plan.sets == 0 {
        return Err(SurveyError::one(
            "photographs of each label and sets must be at least 1".to_owned(),
        ));
    }
    let pairs = pairs(images)?;
    let labels: Vec<String> = pairs.keys().cloned().collect();
    if labels.len() < 2 {
        return Err(SurveyError::one(
            "surveys need images of two labels or more".to_owned(),
        ));
    }
    let mut of_labels: Vec<Vec<Pair>> = pairs.into_values().collect();
    let photographs = of_labels[0].len();
    let even = of_labels.iter().all(|pairs| pairs.len() == photographs);
    if !even || !photographs.is_multiple_of(plan.per_label) {
        let counts: Vec<String> = labels
            .iter()
            .zip(&of_labels)
            .map(|(label, pairs)| format!("{label} {}", pairs.len()))
            .collect();
        return Err(SurveyError::one(format!(
            "every label needs equally many photographs, a multiple of {}, and there are: {}",
            plan.per_label,
            counts.join(", ")
        )));
    }

    let in_a_set = photographs / plan.per_label;
    if in_a_set.saturating_mul(plan.sets) > MOST {
        return Err(SurveyError::one(format!(
            "{} sets make more than {MOST} surveys",
            plan.sets
        )));
    }
    let digits = (in_a_set * plan.sets).to_string().len().max(2);
    let mut seen = BTreeSet::new();
    let mut surveys = Vec::new();
    for set in 0..plan.sets {
        let mut random = generator(
            plan.seed,
            Purpose::Surveys,
            u32::try_from(set).unwrap_or(u32::MAX),
        );
        let dealt = deal(&mut of_labels, plan.per_label, &mut seen, &mut random).ok_or_else(|| {
            SurveyError::one(format!(
                "{} sets of surveys that all differ cannot be made of {photographs} photographs of each label: \
                 take fewer sets, or fewer photographs of each label in a survey",
                plan.sets
            ))
        })?;
        for (index, pairs) in dealt.into_iter().enumerate() {
            // Odd numbers of surveys in a set are balanced over two sets.
            let panoramic_first = plan.order == Order::Balanced && (index + set) % 2 == 1;
            let mut views = View::BOTH;
            if panoramic_first {
                views.reverse();
            }
            let mut questions = Vec::with_capacity(2 * pairs.len());
            for view in views {
                let mut half: Vec<Question> =
                    pairs.iter().map(|pair| pair.of(view).clone()).collect();
                shuffle(&mut half, &mut random);
                questions.append(&mut half);
            }
            surveys.push(Survey {
                name: format!("S{:0digits$}", surveys.len() + 1),
                set: set + 1,
                questions,
            });
        }
    }
    Ok(Surveys { labels, surveys })
}

/// Deals all photographs into the surveys of one set; `None` if every try repeats a survey.
fn deal(
    of_labels: &mut [Vec<Pair>],
    per_label: usize,
    seen: &mut BTreeSet<Vec<String>>,
    random: &mut impl rand::Rng,
) -> Option<Vec<Vec<Pair>>> {
    for _ in 0..TRIES {
        for pairs in of_labels.iter_mut() {
            shuffle(pairs, random);
        }
        let surveys: Vec<Vec<Pair>> = (0..of_labels[0].len() / per_label)
            .map(|index| {
                let part = index * per_label..(index + 1) * per_label;
                of_labels
                    .iter()
                    .flat_map(|pairs| pairs[part.clone()].to_vec())
                    .collect()
            })
            .collect();
        let keys: Vec<Vec<String>> = surveys
            .iter()
            .map(|pairs| {
                let mut sources: Vec<String> = pairs
                    .iter()
                    .map(|pair| pair.focused.source.clone())
                    .collect();
                sources.sort();
                sources
            })
            .collect();
        if keys.iter().all(|key| !seen.contains(key)) {
            seen.extend(keys);
            return Some(surveys);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::example::test_images;

    #[test]
    fn the_papers_design() {
        let images = test_images(7, 20);
        let made = make_surveys(&images, &SurveyPlan::default()).unwrap();
        made.check().unwrap();
        assert_eq!((made.labels.len(), made.surveys.len()), (7, 30));
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut contents = BTreeSet::new();
        for survey in &made.surveys {
            assert_eq!(survey.questions.len(), 56);
            let (focused, panoramic) = survey.questions.split_at(28);
            assert!(
                focused
                    .iter()
                    .all(|question| question.view == View::Focused)
            );
            let sources = |half: &[Question]| {
                let mut all: Vec<String> = half.iter().map(|q| q.source.clone()).collect();
                all.sort();
                all
            };
            assert_eq!(sources(focused), sources(panoramic));
            for label in &made.labels {
                assert_eq!(focused.iter().filter(|q| q.label == *label).count(), 4);
            }
            assert!(
                contents.insert(sources(focused)),
                "{} occurs twice",
                survey.name
            );
            for question in &survey.questions {
                *seen.entry(&question.image).or_default() += 1;
            }
        }
        assert_eq!(seen.len(), 280);
        assert!(seen.values().all(|times| *times == 6));
        for set in made.surveys.chunks(5) {
            let images: BTreeSet<&str> = set
                .iter()
                .flat_map(|survey| survey.questions.iter().map(|q| q.image.as_str()))
                .collect();
            assert_eq!(images.len(), 280);
        }
    }

    #[test]
    fn the_seed_decides_and_the_order_of_the_images_does_not() {
        let mut images = test_images(3, 8);
        let plan = SurveyPlan::default();
        let made = make_surveys(&images, &plan).unwrap();
        images.reverse();
        assert_eq!(made, make_surveys(&images, &plan).unwrap());
        let other = SurveyPlan { seed: 1, ..plan };
        assert_ne!(made, make_surveys(&images, &other).unwrap());
        // Numbers of this seed: they must stay, so that a study can be made again.
        assert_eq!(made.surveys[0].questions[0].image, FIRST_OF_SEED_0);
    }

    const FIRST_OF_SEED_0: &str = "focused/L2-05.jpg";

    #[test]
    fn a_balanced_order_shows_either_view_first_equally_often() {
        let plan = SurveyPlan {
            order: Order::Balanced,
            ..SurveyPlan::default()
        };
        let made = make_surveys(&test_images(7, 20), &plan).unwrap();
        let panoramic_first = made
            .surveys
            .iter()
            .filter(|survey| survey.questions[0].view == View::Panoramic)
            .count();
        assert_eq!(panoramic_first, 15);
    }

    #[test]
    fn images_that_make_no_surveys_are_named() {
        let fault = |images: &[Question], plan: &SurveyPlan| {
            make_surveys(images, plan).unwrap_err().to_string()
        };
        let plan = SurveyPlan::default();
        let mut images = test_images(2, 8);
        let alone = images.pop().unwrap();
        assert!(fault(&images, &plan).contains(&format!("source `{}` needs one", alone.source)));
        images.push(alone.clone());
        images.push(alone.clone());
        assert!(fault(&images, &plan).contains("occurs twice"));
        images.pop();
        images.last_mut().unwrap().label = "L0".to_owned();
        assert!(fault(&images, &plan).contains("two labels"));

        assert!(fault(&test_images(2, 7), &plan).contains("L0 7, L1 7"));
        assert!(fault(&test_images(1, 8), &plan).contains("two labels or more"));
        assert!(fault(&[], &plan).contains("two labels or more"));
        // Four photographs of each label make one survey only.
        assert!(fault(&test_images(2, 4), &plan).contains("that all differ"));
        let many = SurveyPlan {
            sets: usize::MAX,
            ..plan
        };
        assert!(fault(&test_images(2, 8), &many).contains("more than 10000"));
        let none = SurveyPlan { sets: 0, ..plan };
        assert!(fault(&images, &none).contains("at least 1"));
    }
}
