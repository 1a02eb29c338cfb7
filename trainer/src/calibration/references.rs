//! What guards compare pictures with: how one network sees those that it learnt from.

use genoderm_model::calibration::{
    CentreBuilder, FoldOutput, FoldReference, GuardInput, TextureBuilder, Wanted,
};
use genoderm_model::preprocess::Photo;

use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::inference::Classifier;
use crate::training::TrainConfig;

/// How many pictures are read at once.
pub(super) const PICTURES_IN_MEMORY: usize = 256;

/// What is known of the pictures that the networks of some folds learnt from, in the order of the folds.
#[derive(Default)]
pub(super) struct References {
    centres: Vec<FoldReference>,
    textures: Vec<FoldReference>,
}

impl References {
    /// What a score of this input compares with; empty where it needs nothing.
    pub fn of(&self, input: GuardInput) -> &[FoldReference] {
        match input {
            GuardInput::Answer => &[],
            GuardInput::Features => &self.centres,
            GuardInput::Texture => &self.textures,
        }
    }

    /// Adds those of other folds behind these.
    pub fn append(&mut self, other: Self) {
        self.centres.extend(other.centres);
        self.textures.extend(other.textures);
    }

    /// One fold's, from pictures that its network learnt from; `done` is called after each.
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
            let outputs = outputs_of(classifier, dataset, portion, Wanted::ALL)?;
            for (index, output) in portion.iter().zip(outputs) {
                centres.add(dataset.examples[*index].label, &output.features);
                texture.add(&output.texture);
                done();
            }
        }
        match (centres.finish(), texture.finish()) {
            (Some(centres), Some(texture)) => Ok(Self {
                centres: vec![FoldReference::Centres(centres)],
                textures: vec![FoldReference::Texture(texture)],
            }),
            _ => Err(Error::input(
                "the run has too few pictures of its own labels to learn from",
            )),
        }
    }
}

/// What a network says of some pictures of a dataset.
pub(super) fn outputs_of(
    classifier: &Classifier,
    dataset: &Dataset,
    indices: &[usize],
    wanted: Wanted,
) -> Result<Vec<FoldOutput>> {
    let photos = dataset.photos(indices)?;
    let photos: Vec<&Photo> = photos.iter().map(AsRef::as_ref).collect();
    classifier.outputs(&photos, wanted, |_| {})
}
