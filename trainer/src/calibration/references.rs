//! What guards compare pictures with: how one network sees those that it learnt from.

use genoderm_model::calibration::{
    CentreBuilder, FoldCentres, FoldOutput, FoldReference, GuardInput, TextureBuilder,
    TextureModel, Wanted,
};
use genoderm_model::preprocess::Photo;

use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::inference::Classifier;
use crate::training::TrainConfig;

/// How many pictures are read at once.
pub(super) const PICTURES_IN_MEMORY: usize = 256;

/// What is known of the pictures that one fold's network learnt from.
#[derive(Clone)]
pub(super) struct References {
    centres: FoldCentres,
    texture: TextureModel,
}

impl References {
    /// What a score of this input compares with.
    pub fn of(&self, input: GuardInput) -> Option<FoldReference> {
        match input {
            GuardInput::Answer => None,
            GuardInput::Features => Some(FoldReference::Centres(self.centres.clone())),
            GuardInput::Texture => Some(FoldReference::Texture(self.texture.clone())),
        }
    }

    /// From pictures that the network learnt from; `done` is called after each.
    pub fn learn(
        classifier: &Classifier,
        dataset: &Dataset,
        learnt: &[usize],
        config: &TrainConfig,
        done: impl Fn(),
    ) -> Result<Self> {
        let architecture = config.architecture()?;
        let mut centres = CentreBuilder::new(config.labels.len(), architecture.feature_count());
        let mut texture = TextureBuilder::new(architecture.texture_count());
        for portion in learnt.chunks(PICTURES_IN_MEMORY) {
            let outputs = outputs_of(classifier, dataset, portion)?;
            for (index, output) in portion.iter().zip(outputs) {
                centres.add(dataset.examples[*index].label, &output.features);
                texture.add(&output.texture);
                done();
            }
        }
        match (centres.finish(), texture.finish()) {
            (Some(centres), Some(texture)) => Ok(Self { centres, texture }),
            _ => Err(Error::input(
                "the run has too few pictures of its own labels to learn from",
            )),
        }
    }
}

/// Everything that a guard may want to know of some pictures.
pub(super) fn outputs_of(
    classifier: &Classifier,
    dataset: &Dataset,
    indices: &[usize],
) -> Result<Vec<FoldOutput>> {
    let photos = dataset.photos(indices)?;
    let photos: Vec<&Photo> = photos.iter().map(AsRef::as_ref).collect();
    classifier.outputs(&photos, Wanted::ALL, |_| {})
}
