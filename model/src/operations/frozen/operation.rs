//! The frozen network as an extension of burn's backends.

use std::fmt;
use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Dispatch, Flex, TensorMetadata, backend_extension,
};
use burn::tensor::Tensor;

use super::network::{FrozenNetwork, Maps, Size, Tape};
use super::passes;
use crate::operations::kernels::storage;

/// A packed network; copies are the same.
#[derive(Clone)]
pub(crate) struct Frozen(Arc<FrozenNetwork>);

impl Frozen {
    /// Of a packed network.
    pub fn new(network: FrozenNetwork) -> Self {
        Self(Arc::new(network))
    }
}

impl fmt::Debug for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frozen({} features)", self.0.features())
    }
}

/// What the frozen network adds to burn's CPU backend. All tensors are f32.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait FrozenOperations: Backend {
    /// The means of the last feature maps: `[n, 3, h, w]` to `[n, features]`.
    fn frozen_embedding(x: FloatTensor<Self>, network: Frozen) -> FloatTensor<Self>;

    /// The last feature maps, which have no gradient: `[n, 3, h, w]` to `[n, features, h', w']`.
    fn frozen_feature_maps(x: FloatTensor<Self>, network: Frozen) -> FloatTensor<Self>;

    /// The maps after the stem, those after so many blocks, and the means of the last ones; none has a gradient.
    fn frozen_watched_maps(
        x: FloatTensor<Self>,
        network: Frozen,
        blocks: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// The pictures of a batch, one by one, and their size.
fn pictures(x: &[f32], shape: [usize; 4]) -> (impl Iterator<Item = &[f32]>, Size) {
    let [_, channels, height, width] = shape;
    let length = (channels * height * width).max(1);
    (x.chunks_exact(length), [height, width])
}

/// Channels that lie side by side as planes, at the end of `planes`.
fn append_planes(maps: &Maps, planes: &mut Vec<f32>) {
    let pixels = maps.values.len() / maps.channels.max(1);
    let start = planes.len();
    planes.resize(start + maps.values.len(), 0.0);
    for (pixel, values) in maps.values.chunks_exact(maps.channels.max(1)).enumerate() {
        for (channel, value) in values.iter().enumerate() {
            planes[start + channel * pixels + pixel] = *value;
        }
    }
}

/// The embedding of each picture, and what their gradients need where that is `kept`.
fn run(x: &FloatTensor<Flex>, network: &Frozen, is_kept: bool) -> (FloatTensor<Flex>, Vec<Tape>) {
    let values = storage::values(x);
    let shape = x.shape().dims();
    let (pictures, size) = pictures(&values, shape);
    let features = network.0.features();
    let mut embeddings = Vec::with_capacity(shape[0] * features);
    let mut tapes = Vec::new();
    for picture in pictures {
        let mut tape = is_kept.then(Tape::default);
        let (maps, _) = network
            .0
            .forward(picture, size, tape.as_mut(), &mut |_, _| {});
        embeddings.extend(passes::mean(&maps, features));
        tapes.extend(tape);
    }
    (
        storage::tensor(embeddings, [shape[0], features].into()),
        tapes,
    )
}

impl FrozenOperations for Flex {
    fn frozen_embedding(x: FloatTensor<Self>, network: Frozen) -> FloatTensor<Self> {
        run(&x, &network, false).0
    }

    fn frozen_feature_maps(x: FloatTensor<Self>, network: Frozen) -> FloatTensor<Self> {
        let values = storage::values(&x);
        let shape = x.shape().dims();
        let (pictures, size) = pictures(&values, shape);
        let channels = network.0.features();
        let (mut planes, mut found) = (Vec::new(), [0, 0]);
        for picture in pictures {
            let (values, size) = network.0.forward(picture, size, None, &mut |_, _| {});
            let maps = Maps {
                values: &values,
                size,
                channels,
            };
            append_planes(&maps, &mut planes);
            found = size;
        }
        let [height, width] = found;
        storage::tensor(planes, [shape[0], channels, height, width].into())
    }

    fn frozen_watched_maps(
        x: FloatTensor<Self>,
        network: Frozen,
        blocks: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let values = storage::values(&x);
        let shape = x.shape().dims();
        let (pictures, size) = pictures(&values, shape);
        let features = network.0.features();
        let mut embeddings = Vec::with_capacity(shape[0] * features);
        let mut watched = [
            (0, Vec::new(), [shape[0], 0, 0, 0]),
            (blocks, Vec::new(), [shape[0], 0, 0, 0]),
        ];
        for picture in pictures {
            let (maps, _) = network.0.forward(picture, size, None, &mut |done, maps| {
                for (after, planes, shape) in &mut watched {
                    if *after == done {
                        append_planes(&maps, planes);
                        *shape = [shape[0], maps.channels, maps.size[0], maps.size[1]];
                    }
                }
            });
            embeddings.extend(passes::mean(&maps, features));
        }
        let [stem, stage] = watched.map(|(_, planes, shape)| storage::tensor(planes, shape.into()));
        (
            stem,
            stage,
            storage::tensor(embeddings, [shape[0], features].into()),
        )
    }
}

impl<C: CheckpointStrategy> FrozenOperations for Autodiff<Flex, C> {
    fn frozen_embedding(x: FloatTensor<Self>, network: Frozen) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        match Embedding.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (embeddings, tapes) = run(&x, &network, true);
                let state = State {
                    network,
                    tapes: Arc::new(tapes),
                    shape: x.shape().dims(),
                };
                prep.finish(state, embeddings)
            }
            OpsKind::UnTracked(prep) => prep.finish(Flex::frozen_embedding(x, network)),
        }
    }

    fn frozen_feature_maps(x: FloatTensor<Self>, network: Frozen) -> FloatTensor<Self> {
        let (x, _) = x.into_parts();
        Self::from_inner(Flex::frozen_feature_maps(x, network))
    }

    fn frozen_watched_maps(
        x: FloatTensor<Self>,
        network: Frozen,
        blocks: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (x, _) = x.into_parts();
        let (stem, stage, embeddings) = Flex::frozen_watched_maps(x, network, blocks);
        (
            Self::from_inner(stem),
            Self::from_inner(stage),
            Self::from_inner(embeddings),
        )
    }
}

#[derive(Debug)]
struct Embedding;

#[derive(Clone)]
struct State {
    network: Frozen,
    tapes: Arc<Vec<Tape>>,
    shape: [usize; 4],
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State({:?}, {:?})", self.network, self.shape)
    }
}

impl Backward<Flex, 1> for Embedding {
    type State = State;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let State {
            network,
            tapes,
            shape,
        } = ops.state;
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            let gradient = storage::values(&gradient);
            let of_pictures = gradient.chunks_exact(network.0.features().max(1));
            let mut images = Vec::with_capacity(shape.iter().product());
            for (tape, gradient) in tapes.iter().zip(of_pictures) {
                images.extend_from_slice(&network.0.backward(tape, gradient));
            }
            storage::tensor(images, shape.into())
        });
    }
}

/// The means of the last feature maps: `[n, 3, h, w]` to `[n, features]`.
pub(crate) fn embedding(images: Tensor<4>, network: &Frozen) -> Tensor<2> {
    let images = images.into_dispatch();
    Tensor::from_dispatch(<Dispatch as FrozenOperations>::frozen_embedding(
        images,
        network.clone(),
    ))
}

/// The last feature maps, without gradient: `[n, 3, h, w]` to `[n, features, h', w']`.
pub(crate) fn feature_maps(images: Tensor<4>, network: &Frozen) -> Tensor<4> {
    let images = images.into_dispatch();
    Tensor::from_dispatch(<Dispatch as FrozenOperations>::frozen_feature_maps(
        images,
        network.clone(),
    ))
}

/// The maps after the stem, those after so many blocks, and the embedding, without gradients.
pub(crate) fn watched_maps(
    images: Tensor<4>,
    network: &Frozen,
    blocks: usize,
) -> (Tensor<4>, Tensor<4>, Tensor<2>) {
    let images = images.into_dispatch();
    let network = network.clone();
    let (stem, stage, embedding) =
        <Dispatch as FrozenOperations>::frozen_watched_maps(images, network, blocks);
    (
        Tensor::from_dispatch(stem),
        Tensor::from_dispatch(stage),
        Tensor::from_dispatch(embedding),
    )
}
