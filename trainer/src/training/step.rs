//! One step of the optimiser: forward and backward passes of a batch's parts, on one device or
//! several, and the change of the weights.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::container::TensorContainer;
use burn::tensor::{Device, FloatDType, Tensor};
use genoderm_model::efficientnet::EfficientNet;

use crate::error::{Error, Result};
use crate::evaluation::argmax;
use crate::inference::rows;
use crate::seed;
use crate::training::gradients::{clip_by_norm, scale, squared_norm};
use crate::training::{Batch, LossScale, Precision, WeightedCrossEntropy, Weights};

/// Tells the uses of the run's seed apart.
const DROPOUT: u64 = 11;

/// What stays the same from step to step.
#[derive(Clone, Debug)]
pub(crate) struct Stepper {
    /// The loss.
    pub loss: WeightedCrossEntropy,
    /// What the passes compute in.
    pub precision: Precision,
    /// Largest norm of all gradients together.
    pub clip_norm: Option<f64>,
    /// Devices with automatic differentiation; the first one keeps the weights.
    pub devices: Vec<Device>,
    /// Seed of the fold.
    pub seed: u64,
}

/// Which step it is: dropout depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// From 1.
    pub epoch: usize,
    /// From 0 in each epoch.
    pub step: usize,
    /// Learning rate.
    pub rate: f64,
}

/// Loss and logits of a step, still on the device: reading them makes it finish what it has begun.
pub(crate) struct Outcome {
    parts: Vec<Part>,
    weight: f64,
}

struct Part {
    loss: Tensor<1>,
    logits: Tensor<2>,
    targets: Vec<usize>,
}

/// Loss and answers of the pictures of a step, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Learnt {
    /// Mean loss, weighted by label.
    pub loss: f64,
    /// The sum of the weights of the true labels.
    pub weight: f64,
    /// How many pictures were answered rightly.
    pub right: usize,
    /// How many there were.
    pub pictures: usize,
}

impl Stepper {
    /// Learns from one batch, which is cut into parts.
    ///
    /// The gradients of the parts are added up; with the mean's divisor taken over all parts, the sum
    /// is the gradient of the whole batch, except that batch normalisation sees one part at a time.
    /// Parts go to the devices in turn. Each device works on a copy of the network; running
    /// statistics are the mean of the copies' afterwards.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when an f16 training has diverged, [`Error::Internal`] when a device fails.
    pub fn run(
        &self,
        weights: Weights,
        loss_scale: &mut LossScale,
        parts: Vec<Batch>,
        moment: Moment,
    ) -> Result<(Weights, Outcome)> {
        let Weights {
            mut network,
            mut optimizer,
            mut average,
        } = weights;
        let replicas = self.replicas(&network);
        let (gradients, outcome) = self.gradients(&network, &replicas, parts, moment, loss_scale);
        if !replicas.is_empty() {
            network = mean_statistics(&network, &replicas);
        }
        if let Some(gradients) = self.usable(&network, gradients, loss_scale)? {
            network = optimizer.step(moment.rate, network, gradients);
            if let Some(average) = &mut average {
                average.update(&network);
            }
        }
        let weights = Weights {
            network,
            optimizer,
            average,
        };
        Ok((weights, outcome))
    }

    /// Copies of the network on all devices but the first.
    pub fn replicas(&self, network: &EfficientNet) -> Vec<EfficientNet> {
        // Clones share their running statistics; the way through `valid` gives each its own.
        let others = self.devices.iter().skip(1);
        others
            .map(|device| network.valid().train().fork(device))
            .collect()
    }

    /// The gradients of all parts, on the first device, times the scale of an f16 loss.
    pub fn gradients(
        &self,
        network: &EfficientNet,
        replicas: &[EfficientNet],
        parts: Vec<Batch>,
        moment: Moment,
        loss_scale: &LossScale,
    ) -> (GradientsParams, Outcome) {
        let places: Vec<(&Device, &EfficientNet)> = self
            .devices
            .iter()
            .zip(std::iter::once(network).chain(replicas))
            .collect();
        let mut sums: Vec<GradientsAccumulator<EfficientNet>> =
            places.iter().map(|_| GradientsAccumulator::new()).collect();
        let weight = parts
            .iter()
            .map(|part| self.loss.weight_of(&part.targets))
            .sum();
        let mut outcome = Outcome {
            parts: Vec::with_capacity(parts.len()),
            weight,
        };
        // Passes are only queued on a GPU: one thread keeps all of them busy, in a fixed order.
        for (index, batch) in parts.into_iter().enumerate() {
            let place = index % places.len();
            let (device, network) = places[place];
            let (epoch, step) = (moment.epoch as u64, moment.step as u64);
            device.seed(seed::derive(&[
                self.seed,
                DROPOUT,
                epoch,
                step,
                index as u64,
            ]));
            let targets = batch.targets.clone();
            let images = batch.images(device).cast(self.precision.dtype());
            let logits = network.forward(images).cast(FloatDType::F32);
            let loss = self.loss.part(logits.clone(), &targets, weight);
            let scaled = match self.precision {
                Precision::F16 => loss.clone().mul_scalar(loss_scale.factor),
                Precision::F32 | Precision::Bf16 => loss.clone(),
            };
            let gradients = GradientsParams::from_grads(scaled.backward(), network);
            sums[place].accumulate(network, gradients);
            outcome.parts.push(Part {
                loss: loss.inner(),
                logits: logits.inner(),
                targets,
            });
        }
        let first = self.devices[0].clone().without_autodiff();
        let mut whole = GradientsAccumulator::new();
        for (sum, (_, replica)) in sums.iter_mut().zip(&places) {
            let gradients = match places.len() {
                1 => sum.grads(),
                _ => sum.grads().to_device(&first, *replica),
            };
            whole.accumulate(network, gradients);
        }
        (whole.grads(), outcome)
    }

    /// The gradients to step with: unscaled and clipped; `None` when they overflowed in f16.
    pub fn usable(
        &self,
        network: &EfficientNet,
        mut gradients: GradientsParams,
        loss_scale: &mut LossScale,
    ) -> Result<Option<GradientsParams>> {
        if self.precision == Precision::F16 {
            let device = self.devices[0].clone().without_autodiff();
            let inverse = Tensor::from_floats([(1.0 / loss_scale.factor) as f32], &device);
            gradients = scale(network, gradients, inverse);
            let squares = match squared_norm(network, &gradients) {
                Some(squares) => squares.try_into_scalar::<f32>().map_err(Error::internal)?,
                None => 0.0,
            };
            loss_scale.update(squares.is_finite())?;
            if !squares.is_finite() {
                return Ok(None);
            }
        }
        if let Some(limit) = self.clip_norm {
            gradients = clip_by_norm(network, gradients, limit);
        }
        Ok(Some(gradients))
    }
}

impl Learnt {
    /// Takes another step's pictures in.
    pub fn add(&mut self, other: &Self) {
        let weight = self.weight + other.weight;
        self.loss = (self.loss * self.weight + other.loss * other.weight) / weight;
        self.weight = weight;
        self.right += other.right;
        self.pictures += other.pictures;
    }
}

impl Outcome {
    /// Waits for the device and reads the step's figures.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the device cannot be read.
    pub fn read(self) -> Result<Learnt> {
        let mut learnt = Learnt {
            loss: 0.0,
            weight: self.weight,
            right: 0,
            pictures: 0,
        };
        for part in self.parts {
            let loss = part.loss.try_into_scalar::<f32>();
            learnt.loss += f64::from(loss.map_err(Error::internal)?);
            let answers = rows(part.logits)?;
            let pairs = answers.iter().zip(&part.targets);
            learnt.right += pairs
                .filter(|(row, target)| argmax(row) == **target)
                .count();
            learnt.pictures += part.targets.len();
        }
        Ok(learnt)
    }
}

/// The network with running statistics that are the mean of its own and the replicas'.
fn mean_statistics(network: &EfficientNet, replicas: &[EfficientNet]) -> EfficientNet {
    #[derive(Default)]
    struct Reader {
        path: Vec<String>,
        tensors: TensorContainer<String>,
    }

    impl ModuleVisitor for Reader {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.into());
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }

        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if is_statistic(&self.path) {
                self.tensors.register(self.path.join("."), param.val());
            }
        }
    }

    struct Mean {
        path: Vec<String>,
        others: Vec<TensorContainer<String>>,
    }

    impl ModuleMapper for Mean {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.into());
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }

        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            if !is_statistic(&self.path) {
                return param;
            }
            let name = self.path.join(".");
            let others = self.others.iter_mut();
            let values: Vec<Tensor<D>> = others
                .filter_map(|other| other.remove::<Tensor<D>>(&name))
                .collect();
            param.map(|own| {
                let (device, count) = (own.device(), values.len() + 1);
                let sum = values
                    .into_iter()
                    .fold(own, |sum, value| sum + value.to_device(&device));
                sum.div_scalar(count as f64)
            })
        }
    }

    let read = |replica: &EfficientNet| {
        let mut reader = Reader::default();
        replica.valid().visit(&mut reader);
        reader.tensors
    };
    let mut mean = Mean {
        path: Vec::new(),
        others: replicas.iter().map(read).collect(),
    };
    network.valid().map(&mut mean).train()
}

fn is_statistic(path: &[String]) -> bool {
    let last = path.last().map(String::as_str);
    matches!(last, Some("running_mean" | "running_var"))
}
