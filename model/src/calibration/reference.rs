//! What a fold's guard compares a picture with, and its place in a file.

use super::{FoldCentres, GuardInput, GuardScore, TextureModel};
use crate::efficientnet::Architecture;
use crate::weights::StateDict;

/// What is known of the pictures that one fold's network learnt from.
#[derive(Debug, Clone, PartialEq)]
pub enum FoldReference {
    /// Mean features of the labels.
    Centres(FoldCentres),
    /// Distribution of texture statistics.
    Texture(TextureModel),
}

impl FoldReference {
    /// Adds its tensors, whose names begin with `fold-K.`.
    pub fn store(&self, fold: u32, file: &mut StateDict) {
        match self {
            Self::Centres(centres) => centres.store(fold, file),
            Self::Texture(texture) => texture.store(fold, file),
        }
    }

    /// Reads the references of the folds that a score needs, in their order; none where it needs none.
    ///
    /// # Errors
    ///
    /// When a fold has none, or it is not that of a network of this architecture.
    pub fn load_all(
        file: &StateDict,
        folds: impl IntoIterator<Item = u32>,
        score: GuardScore,
        architecture: Architecture,
    ) -> Result<Vec<Self>, ReferenceError> {
        let load = |fold| match score.input() {
            GuardInput::Answer => None,
            GuardInput::Features => {
                let centres = FoldCentres::load(file, fold, architecture.feature_count());
                Some(centres.map(Self::Centres))
            }
            GuardInput::Texture => {
                let texture = TextureModel::load(file, fold, architecture.texture_count());
                Some(texture.map(Self::Texture))
            }
        };
        folds.into_iter().filter_map(load).collect()
    }
}

/// Why a file holds no references.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReferenceError {
    /// A fold has none.
    #[error("it has no `{name}` for fold {fold}")]
    Missing {
        /// Name of the tensor.
        name: String,
        /// The fold.
        fold: u32,
    },
    /// The numbers do not belong to this network.
    #[error("`{name}` has the shape {found:?}, the network has {features} features")]
    WrongShape {
        /// Name of the tensor.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// Length of the network's vector.
        features: usize,
    },
    /// A number is not one, too large, or a spread that is not positive.
    #[error("tensor `{name}` has values that no network's features have")]
    BadValue {
        /// The tensor.
        name: String,
    },
}

/// Squares of such numbers can be added up without an overflow.
const LARGEST: f32 = 1e15;

impl ReferenceError {
    /// The values of a tensor that must have this shape; a score that is no number would otherwise be found with the
    /// first photograph.
    pub(super) fn read(
        file: &StateDict,
        name: String,
        fold: u32,
        shape: &[usize],
        features: usize,
    ) -> Result<Vec<f32>, Self> {
        let Some(tensor) = file.get(&name) else {
            return Err(Self::Missing { name, fold });
        };
        if tensor.shape != shape || features == 0 {
            return Err(Self::WrongShape {
                name,
                found: tensor.shape.clone(),
                features,
            });
        }
        if !tensor.values.iter().all(is_usable) {
            return Err(Self::BadValue { name });
        }
        Ok(tensor.values.clone())
    }
}

pub(super) fn is_usable(value: &f32) -> bool {
    value.is_finite() && value.abs() < LARGEST
}
