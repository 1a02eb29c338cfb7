//! The network of inference and attribution: batch normalisation is multiplied into the convolutions.
//!
//! With running statistics a batch normalisation is an affine map per channel, `y = g (x - m) / sqrt(v + eps) + b`, and
//! so it disappears into the linear layer before it: `w' = w s`, `b' = b - m s` with `s = g / sqrt(v + eps)`.

use burn::module::Module;
use burn::nn::{BatchNorm, Linear};
use burn::tensor::Tensor;

use super::block::Block;
use super::convolution::Convolution;
use super::network::EfficientNet;
use super::squeeze_excite::SqueezeExcite;
use crate::calibration::map_statistics;
#[cfg(feature = "flex")]
use crate::operations::{
    frozen::{self, Frozen},
    ours,
};
use crate::operations::{silu, spatial_mean};

/// EfficientNet without batch normalisation, dropout or training path: logits depend on the input alone, on every
/// device.
///
/// Parameters are constants on the plain device. Images on the plain device give logits; images on its autodiff twin
/// give logits whose gradient with respect to the images can be taken.
#[derive(Module, Debug)]
pub struct FoldedEfficientNet {
    stem: Convolution,
    blocks: Vec<FoldedBlock>,
    head: Convolution,
    classifier: Linear,
    /// How many blocks the first stage has.
    first_stage: usize,
    /// The same network as one operation, on the processor.
    #[cfg(feature = "flex")]
    #[module(skip)]
    packed: Option<Frozen>,
}

#[derive(Module, Debug)]
struct FoldedBlock {
    expansion: Option<Convolution>,
    depthwise: Convolution,
    gates: SqueezeExcite,
    projection: Convolution,
    residual: bool,
}

impl FoldedEfficientNet {
    /// Folds a network. On a GPU nothing is read back, so it works in a browser too; on the processor the weights are
    /// [packed](Self::pack).
    pub fn new(network: &EfficientNet) -> Self {
        let network = network.for_inference();
        let folded = Self {
            stem: fold(&network.conv_stem, &network.bn1),
            blocks: network
                .blocks
                .iter()
                .flatten()
                .map(FoldedBlock::new)
                .collect(),
            head: fold(&network.conv_head, &network.bn2),
            classifier: network.classifier.no_grad(),
            first_stage: network.blocks.first().map_or(0, Vec::len),
            #[cfg(feature = "flex")]
            packed: None,
        };
        folded.pack()
    }

    /// Lays the present weights out for the processor's kernels, where that is the device and they are f32. To be called
    /// again after the weights were changed.
    #[must_use]
    pub fn pack(self) -> Self {
        #[cfg(feature = "flex")]
        return Self {
            packed: packing::pack(&self),
            ..self
        };
        #[cfg(not(feature = "flex"))]
        self
    }

    /// Gives back the memory of the layers that the packed network replaces. For programs that neither change weights nor use
    /// another device: f32 images on the processor are all that such a network takes. Without a packed network it does nothing.
    #[must_use]
    pub fn only_packed(self) -> Self {
        #[cfg(feature = "flex")]
        if self.packed.is_some() {
            return Self {
                stem: self.stem.emptied(),
                blocks: Vec::new(),
                head: self.head.emptied(),
                ..self
            };
        }
        self
    }

    /// The packed network, if images like these go through it.
    #[cfg(feature = "flex")]
    fn packed(&self, images: &Tensor<4>) -> Option<&Frozen> {
        self.packed.as_ref().filter(|_| ours(images))
    }

    /// Logits of normalised images.
    ///
    /// # Shapes
    /// - `images`: `[n, 3, height, width]`
    /// - output: `[n, classes]`
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        self.classify(self.embedding(images))
    }

    /// The features before the classifier: `[n, 3, height, width]` to `[n, features]`.
    pub fn embedding(&self, images: Tensor<4>) -> Tensor<2> {
        #[cfg(feature = "flex")]
        if let Some(packed) = self.packed(&images) {
            return frozen::embedding(images, packed);
        }
        spatial_mean(self.visit(images, |_, _| {}))
    }

    /// The last feature maps, before the spatial mean: `[n, 3, height, width]` to `[n, features, h, w]`, where h and w are
    /// a 32nd of height and width.
    pub fn feature_maps(&self, images: Tensor<4>) -> Tensor<4> {
        #[cfg(feature = "flex")]
        if let Some(packed) = self.packed(&images) {
            return frozen::feature_maps(images, packed);
        }
        self.visit(images, |_, _| {})
    }

    /// The [`embedding`](Self::embedding), and the statistics of the first feature maps on the way to it: means and
    /// logarithms of spreads of the channels after the stem and after the first stage, `[n, texture statistics]`, see
    /// [`Architecture::texture_count`](super::Architecture::texture_count).
    pub fn embedding_and_texture(&self, images: Tensor<4>) -> (Tensor<2>, Tensor<2>) {
        #[cfg(feature = "flex")]
        if let Some(packed) = self.packed(&images) {
            let (stem, stage, embedding) = frozen::watched_maps(images, packed, self.first_stage);
            let texture = [stem, stage].map(map_statistics);
            return (embedding, Tensor::cat(texture.into(), 1));
        }
        let mut texture = Vec::with_capacity(2);
        let maps = self.visit(images, |blocks, maps| {
            if blocks == 0 || blocks == self.first_stage {
                texture.push(map_statistics(maps.clone()));
            }
        });
        (spatial_mean(maps), Tensor::cat(texture, 1))
    }

    /// Logits of [`feature_maps`](Self::feature_maps): `[n, features, h, w]` to `[n, classes]`.
    pub fn classify_maps(&self, maps: Tensor<4>) -> Tensor<2> {
        self.classify(spatial_mean(maps))
    }

    /// The last feature maps; `visitor` sees the maps after the stem (0 blocks) and after each block (1 and more).
    fn visit(&self, images: Tensor<4>, mut visitor: impl FnMut(usize, &Tensor<4>)) -> Tensor<4> {
        let mut x = silu(self.stem.forward(images));
        visitor(0, &x);
        for (index, block) in self.blocks.iter().enumerate() {
            x = block.forward(x);
            visitor(index + 1, &x);
        }
        silu(self.head.forward(x))
    }

    /// Logits of an [`embedding`](Self::embedding): `[n, features]` to `[n, classes]`.
    pub fn classify(&self, embedding: Tensor<2>) -> Tensor<2> {
        self.classifier.forward(embedding)
    }
}

impl FoldedBlock {
    fn new(block: &Block) -> Self {
        let (expansion, depthwise, projection) = match (&block.conv_pwl, &block.bn3) {
            (Some(conv_pwl), Some(bn3)) => (
                Some(fold(&block.conv_pw, &block.bn1)),
                fold(&block.conv_dw, &block.bn2),
                fold(conv_pwl, bn3),
            ),
            _ => (
                None,
                fold(&block.conv_dw, &block.bn1),
                fold(&block.conv_pw, &block.bn2),
            ),
        };
        Self {
            expansion,
            depthwise,
            gates: block.se.clone().no_grad(),
            projection,
            residual: block.residual(),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let expanded = match &self.expansion {
            Some(expansion) => silu(expansion.forward(input.clone())),
            None => input.clone(),
        };
        let x = self.gates.forward(silu(self.depthwise.forward(expanded)));
        let branch = self.projection.forward(x);
        if self.residual {
            branch + input
        } else {
            branch
        }
    }
}

/// `conv` followed by `norm`, as one convolution with bias.
fn fold(conv: &Convolution, norm: &BatchNorm) -> Convolution {
    let variance = norm.running_var.value_sync();
    let scale = norm.gamma.val() / variance.add_scalar(norm.epsilon).sqrt();
    let bias = norm.beta.val() - norm.running_mean.value_sync() * scale.clone();
    let [channels] = scale.dims();
    let weight = conv.weight.val() * scale.reshape([channels, 1, 1, 1]);
    conv.with_constants(weight, bias)
}

#[cfg(feature = "flex")]
mod packing {
    //! From layers to the packed network.

    use burn::tensor::{DType, Device};

    use super::{Convolution, FoldedBlock, FoldedEfficientNet, Frozen};
    use crate::operations::frozen::{BlockParameters, FrozenNetwork, Parameters};

    /// The network, packed; `None` where it is not on the processor, or not in f32.
    pub fn pack(network: &FoldedEfficientNet) -> Option<Frozen> {
        let weight = network.stem.weight.val();
        if weight.dtype() != DType::F32 || weight.device() != Device::flex() {
            return None;
        }
        let blocks = network.blocks.iter().map(block).collect::<Option<_>>()?;
        let (stem, head) = (parameters(&network.stem)?, parameters(&network.head)?);
        let padding = network.stem.padding();
        Some(Frozen::new(FrozenNetwork::new(
            &stem, blocks, &head, padding,
        )))
    }

    fn block(block: &FoldedBlock) -> Option<BlockParameters> {
        let expansion = match &block.expansion {
            Some(expansion) => Some(parameters(expansion)?),
            None => None,
        };
        Some(BlockParameters {
            expansion,
            depthwise: parameters(&block.depthwise)?,
            stride: block.depthwise.stride(),
            reduce: parameters(&block.gates.conv_reduce)?,
            excite: parameters(&block.gates.conv_expand)?,
            projection: parameters(&block.projection)?,
            residual: block.residual,
        })
    }

    fn parameters(convolution: &Convolution) -> Option<Parameters> {
        let weight = convolution.weight.val();
        let [.., kernel] = weight.dims();
        let bias = convolution.bias.as_ref()?.val();
        Some(Parameters {
            weight: weight.try_into_vec_as::<f32>().ok()?,
            bias: bias.try_into_vec_as::<f32>().ok()?,
            kernel,
        })
    }
}
