//! What the measures found, averaged over pictures.

use genoderm_model::labels::LabelRegistry;
use serde::Serialize;

use crate::evaluation::attribution::{CASCADE, Localisation, SanityFigure, area_under};

/// The measures of all pictures and of each label's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributionReport {
    /// How maps were made, in words.
    pub method: String,
    /// Steps of the path integral.
    pub steps: usize,
    /// Share of the picture exchanged at each value of the curves, 0 to 1.
    pub exchanged: Vec<f64>,
    /// All pictures.
    pub overall: AttributionFigures,
    /// Those that the ensemble answers rightly.
    pub right: AttributionFigures,
    /// The pictures of each label.
    pub labels: Vec<LabelAttribution>,
}

/// The measures of one label's pictures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelAttribution {
    /// Key of the label.
    pub label: String,
    /// The measures.
    #[serde(flatten)]
    pub figures: AttributionFigures,
}

/// Means over pictures; `None` where no picture has a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributionFigures {
    /// Pictures measured.
    pub pictures: usize,
    /// Those of them with a lesion mask.
    pub masks: usize,
    /// Share of the picture that is lesion: the chance level of the next two.
    pub lesion_area: Option<f64>,
    /// Share of the positive attribution on the lesion.
    pub energy_inside: Option<f64>,
    /// Share of maps whose strongest pixel is on the lesion.
    pub pointing_game: Option<f64>,
    /// The label's probability while the most important parts are deleted: lower is better.
    pub deletion: PerturbationFigures,
    /// The label's probability while the most important parts are inserted: higher is better.
    pub insertion: PerturbationFigures,
    /// Likeness of maps to those of randomised networks: lower is better.
    pub sanity: Vec<SanityFigure>,
    /// Mean distance between the sum of a map and the difference of logits that it explains.
    pub completeness_gap: f64,
}

/// A mean curve and its area.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PerturbationFigures {
    /// Area under the curve, 0 to 1.
    pub area: f64,
    /// The area when parts are exchanged in a random order: the chance level.
    pub random_area: f64,
    /// Mean probability at each step.
    pub curve: Vec<f64>,
    /// That of the random order.
    pub random_curve: Vec<f64>,
}

/// What was measured on one picture.
#[derive(Clone, Debug)]
pub(crate) struct PictureMeasures {
    pub label: usize,
    pub right: bool,
    pub localisation: Option<Localisation>,
    /// Probabilities by the map and in random order.
    pub deletion: [Vec<f64>; 2],
    pub insertion: [Vec<f64>; 2],
    pub sanity: Vec<SanityFigure>,
    pub completeness_gap: f64,
}

impl AttributionReport {
    pub(crate) fn of(
        labels: &LabelRegistry,
        method: String,
        steps: usize,
        measures: &[PictureMeasures],
    ) -> Self {
        let all: Vec<&PictureMeasures> = measures.iter().collect();
        let overall = AttributionFigures::of(&all);
        let right: Vec<&PictureMeasures> = measures.iter().filter(|p| p.right).collect();
        let last = overall.deletion.curve.len().saturating_sub(1).max(1) as f64;
        let of_label = |(index, key): (usize, &str)| {
            let members: Vec<&PictureMeasures> = all
                .iter()
                .copied()
                .filter(|picture| picture.label == index)
                .collect();
            (!members.is_empty()).then(|| LabelAttribution {
                label: key.to_owned(),
                figures: AttributionFigures::of(&members),
            })
        };
        Self {
            method,
            steps,
            exchanged: (0..overall.deletion.curve.len())
                .map(|step| step as f64 / last)
                .collect(),
            labels: labels.keys().enumerate().filter_map(of_label).collect(),
            right: AttributionFigures::of(&right),
            overall,
        }
    }
}

impl AttributionFigures {
    fn of(pictures: &[&PictureMeasures]) -> Self {
        let located: Vec<Localisation> = pictures.iter().filter_map(|p| p.localisation).collect();
        let sanity = CASCADE.iter().enumerate().map(|(index, part)| {
            let figures = || pictures.iter().filter_map(|p| p.sanity.get(index));
            SanityFigure {
                part: *part,
                spearman: mean(figures().filter_map(|figure| figure.spearman)),
                spearman_absolute: mean(figures().filter_map(|figure| figure.spearman_absolute)),
            }
        });
        Self {
            pictures: pictures.len(),
            masks: located.len(),
            lesion_area: mean(located.iter().map(|found| found.area)),
            energy_inside: mean(located.iter().filter_map(|found| found.energy)),
            pointing_game: mean(located.iter().map(|found| found.pointing)),
            deletion: PerturbationFigures::of(pictures.iter().map(|p| &p.deletion)),
            insertion: PerturbationFigures::of(pictures.iter().map(|p| &p.insertion)),
            sanity: sanity.collect(),
            completeness_gap: mean(pictures.iter().map(|p| p.completeness_gap)).unwrap_or(0.0),
        }
    }
}

impl PerturbationFigures {
    fn of<'a>(curves: impl Iterator<Item = &'a [Vec<f64>; 2]> + Clone) -> Self {
        let [curve, random_curve] =
            [0, 1].map(|kind| mean_curve(curves.clone().map(|pair| &pair[kind])));
        Self {
            area: area_under(&curve),
            random_area: area_under(&random_curve),
            curve,
            random_curve,
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

fn mean_curve<'a>(curves: impl Iterator<Item = &'a Vec<f64>> + Clone) -> Vec<f64> {
    let length = curves.clone().map(Vec::len).min().unwrap_or(0);
    (0..length)
        .filter_map(|step| mean(curves.clone().map(|curve| curve[step])))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn picture(label: usize, area: Option<f64>, curve: [f64; 3]) -> PictureMeasures {
        let flat = vec![0.5; 3];
        PictureMeasures {
            label,
            right: label == 1,
            localisation: area.map(|area| Localisation {
                area,
                energy: Some(2.0 * area),
                pointing: 1.0,
            }),
            deletion: [curve.to_vec(), flat.clone()],
            insertion: [curve.iter().rev().copied().collect(), flat],
            sanity: Vec::new(),
            completeness_gap: 0.25,
        }
    }

    #[test]
    fn means_are_over_the_pictures_that_have_a_value() {
        let measures = [
            picture(1, Some(0.1), [1.0, 0.0, 0.0]),
            picture(1, None, [1.0, 1.0, 0.0]),
            picture(4, Some(0.3), [0.4, 0.2, 0.0]),
        ];
        let labels = LabelRegistry::own();
        let report = AttributionReport::of(&labels, "ig".into(), 5, &measures);
        let overall = &report.overall;
        assert_eq!((overall.pictures, overall.masks), (3, 2));
        assert!((overall.lesion_area.unwrap() - 0.2).abs() < 1e-12);
        assert!((overall.energy_inside.unwrap() - 0.4).abs() < 1e-12);
        assert_eq!((report.right.pictures, report.right.masks), (2, 1));
        assert!((report.right.energy_inside.unwrap() - 0.2).abs() < 1e-12);
        assert_eq!(report.exchanged, [0.0, 0.5, 1.0]);
        let keys: Vec<&str> = report.labels.iter().map(|l| l.label.as_str()).collect();
        assert_eq!(keys, ["HMI", "ML"]);
        let hmi = &report.labels[0].figures;
        assert_eq!(hmi.deletion.curve, [1.0, 0.5, 0.0]);
        assert_eq!((hmi.deletion.area, hmi.deletion.random_area), (0.5, 0.5));
        assert_eq!(hmi.insertion.curve, [0.0, 0.5, 1.0]);
        assert_eq!(hmi.sanity.len(), CASCADE.len());
        assert_eq!(hmi.sanity[0].spearman, None);
    }
}
