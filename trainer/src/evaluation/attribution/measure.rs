//! Runs every measure on pictures of every label.

use std::ops::ControlFlow;

use burn::tensor::Device;
use genoderm_model::attribution::{Baseline, HeatMap, IntegratedGradients, Method};
use genoderm_model::ensemble::softmax_at_temperature;
use genoderm_model::preprocess::{ContentBox, Photo, Preprocessing};
use rand::seq::SliceRandom;

use crate::data::{Dataset, decode};
use crate::error::{Error, Result};
use crate::evaluation::attribution::report::PictureMeasures;
use crate::evaluation::attribution::{
    AttributionReport, CASCADE, Grid, Lesion, Part, SanityFigure, blend, localise, shuffled,
};
use crate::explain::{ExplainPlan, attribute, explain_photo};
use crate::inference::{Classifier, Ensemble};
use crate::seed;

/// Tells these random numbers from other uses of a seed.
const RANDOM_ORDER: u64 = 42;

/// How much to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributionPlan {
    /// Most pictures, taken evenly from the labels.
    pub pictures: usize,
    /// Steps of Integrated Gradients.
    pub steps: usize,
    /// What maps compare a picture with.
    pub baseline: Baseline,
    /// Seed of the random orders and of the randomised networks.
    pub seed: u64,
}

/// Measures the maps of the true labels: Integrated Gradients of the logit, as `genoderm explain` draws
/// them.
///
/// Localisation, deletion and insertion are those of the mean map and the mean probability of all
/// folds (the plain mean: which folds are sure may change while parts are exchanged); the sanity
/// check is that of the first fold. `right` tells of each picture of the dataset whether the ensemble
/// answers it rightly. `progress` is called with pictures done and in all.
///
/// # Errors
///
/// A wrong number of steps, a picture or mask that cannot be read, a mask of another size.
pub fn measure(
    ensemble: &Ensemble,
    dataset: &Dataset,
    right: &[bool],
    plan: &AttributionPlan,
    device: &Device,
    mut progress: impl FnMut(usize, usize),
) -> Result<AttributionReport> {
    let indices = choose(dataset, ensemble.labels.len(), plan.pictures);
    let Some((_, first)) = ensemble.folds.first() else {
        return Err(Error::internal("an ensemble without folds"));
    };
    let gradients = IntegratedGradients {
        steps: plan.steps,
        ..IntegratedGradients::default()
    };
    let rule = gradients.quadrature;
    let measurer = Measurer {
        ensemble,
        randomised: CASCADE
            .iter()
            .map(|part| {
                let network = shuffled(first.network(), *part, plan.seed)?;
                Ok((*part, first.with_network(network)))
            })
            .collect::<Result<Vec<_>>>()?,
        preprocessing: ensemble.preprocessing()?,
        explain: ExplainPlan {
            target: String::new(),
            method: Method::IntegratedGradients(gradients),
            baseline: plan.baseline,
            region: None,
        },
        seed: plan.seed,
        device,
    };
    let mut measures = Vec::with_capacity(indices.len());
    progress(0, indices.len());
    for index in &indices {
        let right = right.get(*index).copied().unwrap_or(false);
        measures.push(PictureMeasures {
            right,
            ..measurer.picture(dataset, *index)?
        });
        progress(measures.len(), indices.len());
    }
    let method = format!(
        "Integrated Gradients of the true label's logit, {}, baseline {}",
        rule.name(),
        match plan.baseline {
            Baseline::Zero => "zero after normalisation",
            other => other.name(),
        }
    );
    let labels = &ensemble.labels;
    Ok(AttributionReport::of(labels, method, plan.steps, &measures))
}

/// Reads the masks of all pictures that [`measure`] would take, before hours of other work.
///
/// # Errors
///
/// A picture or mask that cannot be read, a mask of another size.
pub fn require_masks(ensemble: &Ensemble, dataset: &Dataset, plan: &AttributionPlan) -> Result<()> {
    let preprocessing = ensemble.preprocessing()?;
    let indices = choose(dataset, ensemble.labels.len(), plan.pictures);
    let examples = indices.iter().map(|index| &dataset.examples[*index]);
    examples
        .filter(|example| example.mask.is_some())
        .try_for_each(|example| {
            Lesion::read(example, &decode(&example.file)?, &preprocessing).map(drop)
        })
}

/// Pictures taken in turn from each label, in the order of the dataset.
fn choose(dataset: &Dataset, labels: usize, most: usize) -> Vec<usize> {
    let mut by_label: Vec<Vec<usize>> = vec![Vec::new(); labels];
    for (index, example) in dataset.examples.iter().enumerate() {
        by_label[example.label].push(index);
    }
    let longest = by_label.iter().map(Vec::len).max().unwrap_or(0);
    let mut chosen: Vec<usize> = (0..longest)
        .flat_map(|turn| by_label.iter().filter_map(move |label| label.get(turn)))
        .copied()
        .take(most)
        .collect();
    chosen.sort_unstable();
    chosen
}

/// What is the same for all pictures.
struct Measurer<'a> {
    ensemble: &'a Ensemble,
    /// The first network with ever more weights shuffled.
    randomised: Vec<(Part, Classifier)>,
    preprocessing: Preprocessing,
    explain: ExplainPlan,
    seed: u64,
    device: &'a Device,
}

impl Measurer<'_> {
    fn picture(&self, dataset: &Dataset, index: usize) -> Result<PictureMeasures> {
        let example = &dataset.examples[index];
        let photo = decode(&example.file)?;
        let lesion = Lesion::read(example, &photo, &self.preprocessing)?;
        let input = self
            .preprocessing
            .prepare(&photo)
            .map_err(Error::content(&example.file))?;
        let target = example.label;
        let explanation = explain_photo(
            self.ensemble,
            photo,
            target,
            &self.explain,
            self.device,
            &mut |_, _| {},
        )?;
        let map = explanation.heat.values();
        let grid = Grid::new(self.preprocessing.size as usize);
        let content = explanation.content;
        let cells = grid.cells_of(content);
        let order = grid.order(map, &cells);
        let mut random_order = cells;
        let mut random = seed::generator(&[self.seed, RANDOM_ORDER, index as u64]);
        random_order.shuffle(&mut random);

        let grey = vec![0.0; input.len()];
        let blurred = self.blurred(&input)?;
        let orders = [&order, &random_order];
        let deletion = self.curves(&input, &grey, grid, orders, target)?;
        let insertion = self.curves(&blurred, &input, grid, orders, target)?;

        let own = match explanation.folds.first() {
            Some((_, attribution)) => {
                HeatMap::from_attribution(attribution).and_then(|map| map.crop(content))
            }
            None => return Err(Error::internal("an explanation without folds")),
        }
        .map_err(Error::internal)?;
        let gaps = explanation.folds.iter();
        let gaps: f64 = gaps
            .filter_map(|(_, fold)| fold.completeness)
            .map(|completeness| f64::from(completeness.gap))
            .sum();
        Ok(PictureMeasures {
            label: target,
            right: false,
            localisation: lesion.map(|lesion| localise(map, &lesion)),
            deletion,
            insertion,
            sanity: self.sanity(&explanation.photo, target, content, &own),
            completeness_gap: gaps / explanation.folds.len().max(1) as f64,
        })
    }

    fn blurred(&self, input: &[f32]) -> Result<Vec<f32>> {
        let Preprocessing {
            size, mean, std, ..
        } = self.preprocessing;
        let side = size as usize;
        Baseline::Blurred
            .values(input, side, side, mean, std)
            .map_err(Error::internal)
    }

    /// The label's probability along the way from one picture to another, in both orders.
    fn curves(
        &self,
        from: &[f32],
        to: &[f32],
        grid: Grid,
        orders: [&Vec<usize>; 2],
        target: usize,
    ) -> Result<[Vec<f64>; 2]> {
        let [by_map, by_chance] = orders.map(|order| blend(from, to, grid, order));
        Ok([
            self.probabilities(&by_map, target)?,
            self.probabilities(&by_chance, target)?,
        ])
    }

    /// The label's probability, the plain mean over all folds.
    fn probabilities(&self, inputs: &[Vec<f32>], target: usize) -> Result<Vec<f64>> {
        let mut sums = vec![0.0; inputs.len()];
        for (_, classifier) in &self.ensemble.folds {
            let logits = classifier.logits_of_inputs(inputs)?;
            for (sum, row) in sums.iter_mut().zip(&logits) {
                let probabilities = softmax_at_temperature(row, self.ensemble.temperature);
                *sum += f64::from(probabilities[target]);
            }
        }
        let folds = self.ensemble.folds.len() as f64;
        Ok(sums.into_iter().map(|sum| sum / folds).collect())
    }

    /// Compares the first network's map with those of its randomised copies.
    fn sanity(
        &self,
        photo: &Photo,
        target: usize,
        content: ContentBox,
        own: &HeatMap,
    ) -> Vec<SanityFigure> {
        let compare = |(part, classifier): &(Part, Classifier)| {
            let progress = &mut |_, _| ControlFlow::Continue(());
            // Shuffled weights can overflow; a map without numbers is like no other.
            attribute(
                classifier,
                photo,
                &self.explain,
                target,
                self.device,
                progress,
            )
            .ok()
            .and_then(|attribution| HeatMap::from_attribution(&attribution).ok())
            // Padding is near 0 in every map and would make unrelated ones alike.
            .and_then(|map| map.crop(content).ok())
            .map_or(SanityFigure::undefined(*part), |map| {
                SanityFigure::of(*part, own, &map)
            })
        };
        self.randomised.iter().map(compare).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::data::{Example, Split};

    fn dataset(labels: &[usize]) -> Dataset {
        let photo = Photo::from_rgb8(1, 1, vec![0; 3]).unwrap();
        let example = |label: &usize| Example {
            image: String::new(),
            file: "a.jpg".into(),
            label: *label,
            split: Split::Test,
            fold: None,
            source: String::new(),
            tone: None,
            mask: None,
        };
        let examples = labels.iter().map(|label| (example(label), photo.clone()));
        Dataset::of_photos(examples.collect(), Preprocessing::imagenet(1))
    }

    #[test]
    fn pictures_are_taken_evenly_from_the_labels() {
        let dataset = dataset(&[0, 0, 0, 2, 2, 1]);
        assert_eq!(choose(&dataset, 3, 3), [0, 3, 5]);
        assert_eq!(choose(&dataset, 3, 5), [0, 1, 3, 4, 5]);
        assert_eq!(choose(&dataset, 3, 99).len(), 6);
        assert!(choose(&dataset, 3, 0).is_empty());
    }
}
