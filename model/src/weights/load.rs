//! Between a network and a state dict: strict loading, export, and the names that connect them.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

use super::names::{Naming, into_timm_names};
use super::{MisshapenTensor, StateDict, WeightError, WeightMismatch, WeightTensor};
use crate::efficientnet::{Architecture, EfficientNet, Variant};

const CLASSIFIER_WEIGHT: &str = "classifier.weight";
const CLASSIFIER_BIAS: &str = "classifier.bias";

/// What happens to the classifier of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassifierPolicy {
    /// It must fit like every other tensor.
    Exact,
    /// One of another number of classes, or none at all, leaves the network's own fresh classifier in place: for
    /// fine-tuning.
    Reinitialise,
}

/// What loading did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadReport {
    /// Whose names the checkpoint used.
    pub naming: Naming,
    /// Classes in the checkpoint (0: it has no classifier) and in the network, where the classifier stayed fresh.
    pub classifier_reinitialised: Option<(usize, usize)>,
}

/// The place in the module tree that a traversal has reached.
#[derive(Default)]
struct ModulePath {
    /// Name of each module and type of the one that holds it, `Struct:BatchNorm` for example.
    steps: Vec<(String, String)>,
}

impl ModulePath {
    fn enter(&mut self, name: &str, container: &str) {
        self.steps.push((name.to_owned(), container.to_owned()));
    }

    fn exit(&mut self) {
        self.steps.pop();
    }

    fn container(&self) -> &str {
        self.steps
            .last()
            .map_or("", |(_, container)| container.as_str())
    }

    /// timm's name of the parameter here. burn's differs in batch normalisations only.
    fn timm_name(&self) -> String {
        let is_norm = self.container() == "Struct:BatchNorm";
        let mut names: Vec<&str> = self.steps.iter().map(|(name, _)| name.as_str()).collect();
        if let (true, Some(last)) = (is_norm, names.last_mut()) {
            *last = match *last {
                "gamma" => "weight",
                "beta" => "bias",
                other => other,
            };
        }
        names.join(".")
    }

    /// Whether the parameter here is stored as `[in, out]` where timm has `[out, in]`.
    fn is_transposed(&self, rank: usize) -> bool {
        rank == 2 && self.container() == "Struct:Linear"
    }
}

/// See [`EfficientNet::parameter_shapes`].
pub(crate) fn parameter_shapes(network: &EfficientNet) -> BTreeMap<String, Vec<usize>> {
    #[derive(Default)]
    struct Shapes {
        path: ModulePath,
        found: BTreeMap<String, Vec<usize>>,
    }

    impl ModuleVisitor for Shapes {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.path.enter(name, container);
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }

        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let mut shape = param.lazy_shape().to_vec();
            if self.path.is_transposed(D) {
                shape.reverse();
            }
            self.found.insert(self.path.timm_name(), shape);
        }
    }

    let mut shapes = Shapes::default();
    network.visit(&mut shapes);
    shapes.found
}

/// See [`EfficientNet::state_dict`].
pub(crate) fn state_dict(network: &EfficientNet) -> Result<StateDict, WeightError> {
    #[derive(Default)]
    struct Reader {
        path: ModulePath,
        dict: StateDict,
        failure: Option<WeightError>,
    }

    impl ModuleVisitor for Reader {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.path.enter(name, container);
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }

        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if self.failure.is_some() {
                return;
            }
            let name = self.path.timm_name();
            let mut tensor = param.val();
            if self.path.is_transposed(D) {
                tensor = tensor.transpose();
            }
            let shape = tensor.dims().to_vec();
            match tensor.try_into_vec_as::<f32>() {
                Ok(values) => {
                    self.dict.insert(name, WeightTensor { shape, values });
                }
                Err(error) => {
                    self.failure = Some(WeightError::Unreadable {
                        name,
                        cause: error.to_string(),
                    });
                }
            }
        }
    }

    let mut reader = Reader::default();
    // Validation brings running statistics up to date, which lag one step behind in training.
    network.valid().visit(&mut reader);
    reader.failure.map_or(Ok(reader.dict), Err)
}

/// See [`EfficientNet::load`].
pub(crate) fn load(
    network: EfficientNet,
    dict: StateDict,
    policy: ClassifierPolicy,
) -> Result<(EfficientNet, LoadReport), WeightError> {
    let (mut dict, naming) = into_timm_names(dict)?;
    let architecture = network.config().architecture;
    let variant = match naming {
        Naming::Torchvision => Some(("torchvision's", Variant::Torchvision)),
        // Its weights were taken over from TensorFlow, and so was its padding.
        Naming::EfficientNetPytorch => Some(("EfficientNet-PyTorch's", Variant::TensorFlow)),
        Naming::Timm | Naming::Authors => None,
    };
    if let Some((whose, variant)) = variant {
        let right = Architecture::new(architecture.size(), variant);
        if right != architecture {
            return Err(WeightError::OtherVariant {
                whose,
                network: architecture.to_string(),
                right: right.to_string(),
            });
        }
    }
    let classes = network.config().classes;
    let mut expected = network.parameter_shapes();
    let mut report = LoadReport {
        naming,
        classifier_reinitialised: None,
    };
    if policy == ClassifierPolicy::Reinitialise {
        let theirs = classes_to_replace(&dict, expected.get(CLASSIFIER_WEIGHT));
        if let Some(theirs) = theirs {
            for name in [CLASSIFIER_WEIGHT, CLASSIFIER_BIAS] {
                dict.remove(name);
                expected.remove(name);
            }
            report.classifier_reinitialised = Some((theirs, classes));
        }
    }
    let mismatch = compare(
        &expected,
        &dict,
        format!("{architecture} with {classes} classes"),
    );
    if !mismatch.is_empty() {
        return Err(WeightError::Mismatch(mismatch));
    }
    for (name, tensor) in dict.iter() {
        tensor.check(name)?;
    }
    let mut writer = Writer {
        path: ModulePath::default(),
        dict,
    };
    let network = network.own_running_statistics().map(&mut writer);
    Ok((network, report))
}

/// The number of classes of the checkpoint's classifier where it differs from ours and nothing else does; 0 where there
/// is none.
fn classes_to_replace(dict: &StateDict, ours: Option<&Vec<usize>>) -> Option<usize> {
    let Some(theirs) = dict.get(CLASSIFIER_WEIGHT) else {
        return Some(0);
    };
    match (theirs.shape.as_slice(), ours?.as_slice()) {
        ([their_classes, their_features], [classes, features])
            if their_features == features && their_classes != classes =>
        {
            Some(*their_classes)
        }
        _ => None,
    }
}

fn compare(
    expected: &BTreeMap<String, Vec<usize>>,
    dict: &StateDict,
    network: String,
) -> WeightMismatch {
    let mut mismatch = WeightMismatch {
        network,
        ..WeightMismatch::default()
    };
    for (name, shape) in expected {
        match dict.get(name) {
            None => mismatch.missing.push(name.clone()),
            Some(tensor) if tensor.shape != *shape => mismatch.misshapen.push(MisshapenTensor {
                name: name.clone(),
                expected: shape.clone(),
                found: tensor.shape.clone(),
            }),
            Some(_) => {}
        }
    }
    mismatch.surplus = dict
        .keys()
        .filter(|name| !expected.contains_key(*name))
        .map(str::to_owned)
        .collect();
    mismatch
}

/// Puts tensors into the network. Names and shapes are already known to fit.
struct Writer {
    path: ModulePath,
    dict: StateDict,
}

impl ModuleMapper for Writer {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(tensor) = self.dict.remove(&self.path.timm_name()) else {
            return param; // a classifier that stays fresh
        };
        let data = if self.path.is_transposed(D) {
            transposed(tensor)
        } else {
            TensorData::new(tensor.values, tensor.shape)
        };
        let device = param.lazy_device();
        // Weights live as long as the network: kept apart from the pool of activations.
        let value = device
            .memory_persistent_allocations(data, |data| Tensor::<D>::from_data(data, &device));
        let id = param.id;
        param.transform_for_load(value, id)
    }
}

/// `[out, in]` as `[in, out]`.
fn transposed(tensor: WeightTensor) -> TensorData {
    let (rows, columns) = match tensor.shape.as_slice() {
        [rows, columns] => (*rows, *columns),
        _ => return TensorData::new(tensor.values, tensor.shape),
    };
    let values: Vec<f32> = (0..columns)
        .flat_map(|column| {
            tensor
                .values
                .iter()
                .skip(column)
                .step_by(columns.max(1))
                .copied()
        })
        .collect();
    TensorData::new(values, [columns, rows])
}
