//! Gradients of the operations.
//!
//! The states of the backward passes hold the inputs themselves: all but SiLU are too costly to be computed again, and
//! SiLU's input is the one thing that it needs.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Flex, TensorMetadata};
use burn::tensor::Shape;

use super::Geometry;
use super::backend::{Bias, NetworkOperations};
use super::kernels::{batch_norm, depthwise, planes, pointwise, silu, storage};

type Primitive = FloatTensor<Flex>;

impl<C: CheckpointStrategy> NetworkOperations for Autodiff<Flex, C> {
    fn network_silu(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        match Silu.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(x.clone(), Flex::network_silu(x)),
            OpsKind::UnTracked(prep) => prep.finish(Flex::network_silu(x)),
        }
    }

    fn network_pointwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Bias<Self>,
    ) -> FloatTensor<Self> {
        let bias = constant(bias);
        let ((x, node), (weight, weight_node)) = (x.into_parts(), weight.into_parts());
        match Pointwise
            .prepare::<C>([node, weight_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                let state = (x.clone(), weight.clone());
                prep.finish(state, Flex::network_pointwise(x, weight, bias))
            }
            OpsKind::UnTracked(prep) => prep.finish(Flex::network_pointwise(x, weight, bias)),
        }
    }

    fn network_depthwise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Bias<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        let bias = constant(bias);
        let ((x, node), (weight, weight_node)) = (x.into_parts(), weight.into_parts());
        match Depthwise
            .prepare::<C>([node, weight_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                let state = (x.clone(), weight.clone(), geometry);
                prep.finish(state, Flex::network_depthwise(x, weight, bias, geometry))
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(Flex::network_depthwise(x, weight, bias, geometry))
            }
        }
    }

    fn network_gate(x: FloatTensor<Self>, gates: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((x, node), (gates, gates_node)) = (x.into_parts(), gates.into_parts());
        match Gate
            .prepare::<C>([node, gates_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                prep.finish((x.clone(), gates.clone()), Flex::network_gate(x, gates))
            }
            OpsKind::UnTracked(prep) => prep.finish(Flex::network_gate(x, gates)),
        }
    }

    fn network_spatial_mean(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        match SpatialMean.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(x.shape(), Flex::network_spatial_mean(x)),
            OpsKind::UnTracked(prep) => prep.finish(Flex::network_spatial_mean(x)),
        }
    }

    fn network_batch_norm_train(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        activate: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (x, node) = x.into_parts();
        let (gamma, gamma_node) = gamma.into_parts();
        let (beta, beta_node) = beta.into_parts();
        let layer = batch_norm::Layer::new(x.shape().dims(), epsilon, activate);
        let (output, mean, variance) = Flex::network_batch_norm_train(
            x.clone(),
            gamma.clone(),
            beta.clone(),
            epsilon,
            activate,
        );
        let output = match BatchNormTrain
            .prepare::<C>([node, gamma_node, beta_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                let state = BatchNormState {
                    x,
                    gamma,
                    beta,
                    mean: mean.clone(),
                    variance: variance.clone(),
                    layer,
                };
                prep.finish(state, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(output),
        };
        (output, Self::from_inner(mean), Self::from_inner(variance))
    }
}

fn constant<C: CheckpointStrategy>(bias: Bias<Autodiff<Flex, C>>) -> Bias<Flex> {
    match bias.tensor() {
        None => Bias::Absent,
        Some(tensor) => Bias::Constant(tensor.into_primitive()),
    }
}

#[derive(Debug)]
struct Silu;

impl Backward<Flex, 1> for Silu {
    type State = Primitive;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let x = ops.state;
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            let shape = x.shape();
            let values = silu::backward(&storage::values(&x), &storage::values(&gradient));
            storage::tensor(values, shape)
        });
    }
}

#[derive(Debug)]
struct Pointwise;

impl Backward<Flex, 2> for Pointwise {
    type State = (Primitive, Primitive);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, weight_node] = ops.parents;
        let gradient = grads.consume::<Flex>(&ops.node);
        let gradient = storage::values(&gradient);
        let (x, weight) = ops.state;
        let size = pointwise::Size::new(x.shape().dims(), weight.shape().dims());
        if let Some(node) = x_node {
            let values = pointwise::input_gradient(&storage::values(&weight), &gradient, size);
            grads.register::<Flex>(node.id, storage::tensor(values, x.shape()));
        }
        if let Some(node) = weight_node {
            let values = pointwise::weight_gradient(&storage::values(&x), &gradient, size);
            grads.register::<Flex>(node.id, storage::tensor(values, weight.shape()));
        }
    }
}

#[derive(Debug)]
struct Depthwise;

impl Backward<Flex, 2> for Depthwise {
    type State = (Primitive, Primitive, Geometry);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, weight_node] = ops.parents;
        let gradient = grads.consume::<Flex>(&ops.node);
        let gradient = storage::values(&gradient);
        let (x, weight, geometry) = ops.state;
        let size = depthwise::Size::new(x.shape().dims(), weight.shape().dims(), geometry);
        if let Some(node) = x_node {
            let values = depthwise::input_gradient(&storage::values(&weight), &gradient, size);
            grads.register::<Flex>(node.id, storage::tensor(values, x.shape()));
        }
        if let Some(node) = weight_node {
            let values = depthwise::weight_gradient(&storage::values(&x), &gradient, size);
            grads.register::<Flex>(node.id, storage::tensor(values, weight.shape()));
        }
    }
}

#[derive(Debug)]
struct Gate;

impl Backward<Flex, 2> for Gate {
    type State = (Primitive, Primitive);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, gates_node] = ops.parents;
        let gradient = grads.consume::<Flex>(&ops.node);
        let (x, gates) = ops.state;
        let gradient = storage::values(&gradient);
        if let Some(node) = x_node {
            let values = planes::scale(&gradient, &storage::values(&gates));
            grads.register::<Flex>(node.id, storage::tensor(values, x.shape()));
        }
        if let Some(node) = gates_node {
            let pixels = gradient.len() / gates.shape().num_elements().max(1);
            let values = planes::products(&storage::values(&x), &gradient, pixels);
            grads.register::<Flex>(node.id, storage::tensor(values, gates.shape()));
        }
    }
}

#[derive(Debug)]
struct SpatialMean;

impl Backward<Flex, 1> for SpatialMean {
    type State = Shape;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let shape = ops.state;
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            let [.., height, width] = shape.dims::<4>();
            let values = planes::spread(&storage::values(&gradient), height * width);
            storage::tensor(values, shape)
        });
    }
}

#[derive(Debug)]
struct BatchNormTrain;

#[derive(Clone, Debug)]
struct BatchNormState {
    x: Primitive,
    gamma: Primitive,
    beta: Primitive,
    mean: Primitive,
    variance: Primitive,
    layer: batch_norm::Layer,
}

impl Backward<Flex, 3> for BatchNormTrain {
    type State = BatchNormState;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, gamma_node, beta_node] = ops.parents;
        let gradient = grads.consume::<Flex>(&ops.node);
        let state = ops.state;
        let channels = state.gamma.shape();
        let gradients = batch_norm::backward(
            &storage::values(&state.x),
            &storage::values(&gradient),
            batch_norm::Channels {
                gamma: &storage::values(&state.gamma),
                beta: &storage::values(&state.beta),
                mean: &storage::values(&state.mean),
                variance: &storage::values(&state.variance),
            },
            state.layer,
        );
        if let Some(node) = x_node {
            grads.register::<Flex>(node.id, storage::tensor(gradients.x, state.x.shape()));
        }
        if let Some(node) = gamma_node {
            grads.register::<Flex>(node.id, storage::tensor(gradients.gamma, channels.clone()));
        }
        if let Some(node) = beta_node {
            grads.register::<Flex>(node.id, storage::tensor(gradients.beta, channels));
        }
    }
}
