//! The sanity check with randomised weights (Adebayo et al. 2018, arXiv:1810.03292): a map that stays
//! the same when the network forgets what it has learnt shows the picture, not the network.
//!
//! Weights are randomised from the classifier downwards (the cascade), by shuffling the values of
//! each tensor, which keeps their distribution. Maps are compared by Spearman's rank correlation, with
//! and without their signs; both must fall towards 0.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Tensor, TensorData};
use genoderm_model::attribution::HeatMap;
use genoderm_model::efficientnet::FoldedEfficientNet;
use rand::Rng;
use rand::seq::SliceRandom;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::evaluation::spearman;
use crate::seed;

/// Tells these random numbers from other uses of a seed.
const SHUFFLE: u64 = 41;

/// How far down from the classifier the weights are randomised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The last linear layer.
    Classifier,
    /// And the last convolution.
    Head,
    /// And the upper half of the blocks.
    UpperBlocks,
    /// Everything.
    All,
}

/// The steps of the cascade.
pub const CASCADE: [Part; 4] = [Part::Classifier, Part::Head, Part::UpperBlocks, Part::All];

impl Part {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Part::Classifier => "classifier",
            Part::Head => "and last convolution",
            Part::UpperBlocks => "and upper half of blocks",
            Part::All => "all weights",
        }
    }

    /// Whether it holds a module of the network: its name and, for a block, its number.
    fn holds(self, module: &str, block: Option<usize>, blocks: usize) -> bool {
        match (module, block) {
            ("classifier", _) => true,
            ("head", _) => self != Part::Classifier,
            ("blocks", Some(block)) if 2 * block >= blocks => {
                matches!(self, Part::UpperBlocks | Part::All)
            }
            _ => self == Part::All,
        }
    }
}

/// How like each other the maps of a network and of its randomised copy are; 1 is equal, 0 unrelated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SanityFigure {
    /// What was randomised.
    pub part: Part,
    /// Rank correlation of the maps; `None` when one of them is flat.
    pub spearman: Option<f64>,
    /// Rank correlation of the maps' strengths, without signs.
    pub spearman_absolute: Option<f64>,
}

impl SanityFigure {
    /// Of maps that cannot be compared.
    pub(crate) fn undefined(part: Part) -> Self {
        Self {
            part,
            spearman: None,
            spearman_absolute: None,
        }
    }

    /// Compares two maps of one size.
    pub fn of(part: Part, one: &HeatMap, other: &HeatMap) -> Self {
        let strengths =
            |map: &HeatMap| -> Vec<f32> { map.values().iter().map(|v| v.abs()).collect() };
        Self {
            part,
            spearman: spearman(one.values(), other.values()),
            spearman_absolute: spearman(&strengths(one), &strengths(other)),
        }
    }
}

/// A copy of the network with the weights of a part shuffled.
///
/// # Errors
///
/// [`Error::Internal`] when the device cannot be read.
pub fn shuffled(network: &FoldedEfficientNet, part: Part, seed: u64) -> Result<FoldedEfficientNet> {
    let mut counter = Shuffler::counting();
    let network = network.clone().map(&mut counter);
    let mut shuffler = Shuffler {
        part: Some(part),
        seed,
        blocks: counter.blocks,
        ..Shuffler::counting()
    };
    let network = network.map(&mut shuffler);
    shuffler.failure.map_or(Ok(network.no_grad().pack()), Err)
}

/// Goes through the tensors of a network and shuffles those of a part.
struct Shuffler {
    /// `None` only counts the blocks.
    part: Option<Part>,
    seed: u64,
    path: Vec<String>,
    blocks: usize,
    tensors: u64,
    failure: Option<Error>,
}

impl Shuffler {
    fn counting() -> Self {
        Self {
            part: None,
            seed: 0,
            path: Vec::new(),
            blocks: 0,
            tensors: 0,
            failure: None,
        }
    }

    /// The number of the block that the path is in.
    fn block(&self) -> Option<usize> {
        match self.path.as_slice() {
            [module, number, ..] if module == "blocks" => number.parse().ok(),
            _ => None,
        }
    }

    fn shuffle<const D: usize>(&mut self, tensor: &Tensor<D>) -> Result<Tensor<D>> {
        let (device, shape) = (tensor.device(), tensor.dims());
        let mut values = tensor
            .clone()
            .try_into_vec_as::<f32>()
            .map_err(Error::internal)?;
        let mut random = seed::generator(&[self.seed, SHUFFLE, self.tensors]);
        if values.len() > 1 {
            values.shuffle(&mut random);
        } else if let Some(value) = values.first_mut() {
            // A single value has no other order: its sign is random.
            *value *= if random.random_bool(0.5) { 1.0 } else { -1.0 };
        }
        Ok(Tensor::from_data(TensorData::new(values, shape), &device))
    }
}

impl ModuleMapper for Shuffler {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
        if let Some(block) = self.block() {
            self.blocks = self.blocks.max(block + 1);
        }
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        self.tensors += 1;
        let module = self.path.first().map_or("", String::as_str);
        let chosen = self
            .part
            .is_some_and(|part| part.holds(module, self.block(), self.blocks));
        if !chosen || self.failure.is_some() {
            return param;
        }
        match self.shuffle(&param.val()) {
            Ok(tensor) => param.map(|_| tensor),
            Err(error) => {
                self.failure = Some(error);
                param
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use burn::tensor::Device;
    use genoderm_model::efficientnet::{Architecture, EfficientNetConfig};

    fn network() -> FoldedEfficientNet {
        let device = Device::flex();
        device.seed(5);
        let architecture: Architecture = "efficientnet_b0".parse().unwrap();
        let network = EfficientNetConfig::new(architecture, 7).init(&device);
        FoldedEfficientNet::new(&network)
    }

    fn logits(network: &FoldedEfficientNet) -> Vec<f32> {
        let image = Tensor::<4>::ones([1, 3, 32, 32], &Device::flex());
        network.forward(image).try_into_vec_as::<f32>().unwrap()
    }

    fn features(network: &FoldedEfficientNet) -> Vec<f32> {
        let image = Tensor::<4>::ones([1, 3, 32, 32], &Device::flex());
        network.embedding(image).try_into_vec_as::<f32>().unwrap()
    }

    #[test]
    fn the_cascade_goes_from_the_classifier_down() {
        let parts = |module, block| CASCADE.map(|part: Part| part.holds(module, block, 16));
        assert_eq!(parts("classifier", None), [true; 4]);
        assert_eq!(parts("head", None), [false, true, true, true]);
        assert_eq!(parts("blocks", Some(8)), [false, false, true, true]);
        assert_eq!(parts("blocks", Some(7)), [false, false, false, true]);
        assert_eq!(parts("stem", None), [false, false, false, true]);
    }

    #[test]
    fn only_the_part_is_shuffled_and_always_in_the_same_way() {
        let network = network();
        let before = (features(&network), logits(&network));
        let classifier = shuffled(&network, Part::Classifier, 1).unwrap();
        assert_eq!(features(&classifier), before.0);
        assert_ne!(logits(&classifier), before.1);
        let all = shuffled(&network, Part::All, 1).unwrap();
        assert_ne!(features(&all), before.0);
        assert!(logits(&all).iter().all(|value| value.is_finite()));
        assert_eq!(
            logits(&shuffled(&network, Part::All, 1).unwrap()),
            logits(&all)
        );
        assert_ne!(
            logits(&shuffled(&network, Part::All, 2).unwrap()),
            logits(&all)
        );
        // The network itself has not changed.
        assert_eq!(logits(&network), before.1);
    }
}
