//! A model's answers as sheets: it answers every survey, each image always alike.

use std::collections::BTreeMap;

use super::row::Reader;
use super::sheet::Sheet;
use crate::survey::Surveys;

/// The sheets of a model, one for each survey, given the position of its answer's label for each image.
///
/// # Errors
/// The names of the images that are asked about and have no answer, in their order.
pub fn model_sheets(
    surveys: &Surveys,
    model: &Reader,
    answers: &BTreeMap<String, usize>,
) -> Result<Vec<Sheet>, Vec<String>> {
    let questions = || surveys.surveys.iter().flat_map(|survey| &survey.questions);
    let mut missing: Vec<String> = questions()
        .filter(|question| !answers.contains_key(&question.image))
        .map(|question| question.image.clone())
        .collect();
    if !missing.is_empty() {
        missing.sort();
        missing.dedup();
        return Err(missing);
    }
    let sheet = |(index, survey): (usize, &crate::Survey)| Sheet {
        survey: index,
        reader: model.clone(),
        answers: survey
            .questions
            .iter()
            .map(|question| answers.get(&question.image).copied())
            .collect(),
    };
    Ok(surveys.surveys.iter().enumerate().map(sheet).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Group;
    use crate::example::test_images;
    use crate::survey::{SurveyPlan, make_surveys};

    #[test]
    fn every_survey_gets_a_sheet_and_missing_images_are_named() {
        let surveys = make_surveys(&test_images(2, 8), &SurveyPlan::default()).unwrap();
        let model = Reader {
            name: "model".to_owned(),
            group: Group("model".to_owned()),
        };
        let images = test_images(2, 8);
        let mut answers: BTreeMap<String, usize> = images
            .iter()
            .map(|image| (image.image.clone(), 1))
            .collect();
        let sheets = model_sheets(&surveys, &model, &answers).unwrap();
        assert_eq!(sheets.len(), surveys.surveys.len());
        assert!(
            sheets
                .iter()
                .all(|sheet| sheet.answered() == sheet.answers.len())
        );
        answers.remove(&images[3].image);
        let missing = model_sheets(&surveys, &model, &answers).unwrap_err();
        assert_eq!(missing, [images[3].image.clone()]);
    }
}
