//! Names of tensors: how other code bases call them, and what timm does.

use std::collections::BTreeMap;

use super::encoding::is_counter;
use super::{StateDict, WeightError};

/// Whose names a checkpoint used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// timm's, which are geffnet's too: `conv_stem.weight`, `blocks.0.0.conv_dw.weight`.
    Timm,
    /// torchvision's: `features.0.0.weight`, `features.1.0.block.0.0.weight`, `classifier.1.weight`.
    Torchvision,
    /// The paper's authors': geffnet's under `enet.`, and the classifier under `myfc.`.
    Authors,
    /// The package EfficientNet-PyTorch's: `_conv_stem.weight`, `_blocks.0._depthwise_conv.weight`, `_fc.weight`.
    EfficientNetPytorch,
}

/// What wrappers put before every name: data-parallel training, compiled modules, Lightning.
const WRAPPERS: [&str; 3] = ["module.", "_orig_mod.", "model."];
const AUTHORS_NETWORK: &str = "enet.";
const AUTHORS_CLASSIFIER: &str = "myfc.";

/// What turns one checkpoint's names into timm's.
struct Renaming {
    naming: Naming,
    /// Length of what wrappers put before every name.
    wrapped: usize,
    /// Stage and place of each block, where blocks are counted through.
    blocks: Vec<(usize, usize)>,
}

impl Renaming {
    fn of(dict: &StateDict) -> Self {
        let mut names: Vec<&str> = dict.keys().filter(|name| !is_counter(name)).collect();
        let mut wrapped = 0;
        while let Some(wrapper) = WRAPPERS.iter().find(|wrapper| {
            !names.is_empty() && names.iter().all(|name| name.starts_with(*wrapper))
        }) {
            wrapped += wrapper.len();
            for name in &mut names {
                *name = &name[wrapper.len()..];
            }
        }
        let starts = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
        let naming = if starts("features.") {
            Naming::Torchvision
        } else if starts(AUTHORS_NETWORK) {
            Naming::Authors
        } else if starts("_blocks.") {
            Naming::EfficientNetPytorch
        } else {
            Naming::Timm
        };
        Self {
            naming,
            wrapped,
            blocks: stages_of_blocks(dict, wrapped),
        }
    }

    /// timm's name, or the one without wrappers where no rule covers it.
    fn timm(&self, name: &str) -> String {
        let name = &name[self.wrapped..];
        match self.naming {
            Naming::Timm => None,
            Naming::Torchvision => torchvision_to_timm(name),
            Naming::Authors => authors_to_timm(name),
            Naming::EfficientNetPytorch => efficientnet_pytorch_to_timm(name, &self.blocks),
        }
        .unwrap_or_else(|| name.to_owned())
    }
}

/// Gives all tensors timm's names and drops the counters of batches. Names that no rule covers stay as they are, and
/// are found as surplus later.
///
/// # Errors
/// Two tensors get the same name.
pub fn into_timm_names(dict: StateDict) -> Result<(StateDict, Naming), WeightError> {
    let renaming = Renaming::of(&dict);
    let mut renamed = StateDict::new();
    for (name, tensor) in dict.into_iter().filter(|(name, _)| !is_counter(name)) {
        let name = renaming.timm(&name);
        if renamed.contains(&name) {
            return Err(WeightError::Duplicate { name });
        }
        renamed.insert(name, tensor);
    }
    Ok((renamed, renaming.naming))
}

impl StateDict {
    /// Number of classes of the checkpoint's classifier, whosever names it uses; `None` when it has none.
    pub fn classes(&self) -> Option<usize> {
        let renaming = Renaming::of(self);
        let mut tensors = self.iter().filter(|(name, _)| !is_counter(name));
        let (_, bias) = tensors.find(|(name, _)| renaming.timm(name) == "classifier.bias")?;
        bias.shape.first().copied()
    }
}

fn authors_to_timm(name: &str) -> Option<String> {
    if let Some(rest) = name.strip_prefix(AUTHORS_CLASSIFIER) {
        return Some(format!("classifier.{rest}"));
    }
    name.strip_prefix(AUTHORS_NETWORK).map(str::to_owned)
}

/// torchvision numbers everything: `features` holds the stem (0), the stages (1 to 7) and the last convolution (8); a
/// `block` holds expansion (not in stage 1), depthwise convolution, squeeze-excite and projection; a layer holds the
/// convolution (0) and its norm (1).
fn torchvision_to_timm(name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["features", "0", "0", kind] => Some(format!("conv_stem.{kind}")),
        ["features", "0", "1", kind] => Some(format!("bn1.{kind}")),
        ["features", "8", "0", kind] => Some(format!("conv_head.{kind}")),
        ["features", "8", "1", kind] => Some(format!("bn2.{kind}")),
        ["classifier", "1", kind] => Some(format!("classifier.{kind}")),
        ["features", stage, index, "block", position, layer, kind] => {
            let stage = stage
                .parse::<usize>()
                .ok()
                .filter(|s| (1..=7).contains(s))?;
            let expands = stage > 1;
            let position = position.parse::<usize>().ok()? + usize::from(!expands);
            let layer = match (position, *layer, expands) {
                (0, "0", true) => "conv_pw",
                (0, "1", true) => "bn1",
                (1, "0", _) => "conv_dw",
                (1, "1", true) => "bn2",
                (1, "1", false) => "bn1",
                (2, "fc1", _) => "se.conv_reduce",
                (2, "fc2", _) => "se.conv_expand",
                (3, "0", true) => "conv_pwl",
                (3, "1", true) => "bn3",
                (3, "0", false) => "conv_pw",
                (3, "1", false) => "bn2",
                _ => return None,
            };
            Some(format!("blocks.{}.{index}.{layer}.{kind}", stage - 1))
        }
        _ => None,
    }
}

/// The last convolution of a block, whose number of outputs is that of its stage.
fn projection(name: &str) -> Option<usize> {
    let (block, layer) = name.strip_prefix("_blocks.")?.split_once('.')?;
    (layer == "_project_conv.weight").then(|| block.parse().ok())?
}

/// EfficientNet-PyTorch counts the blocks through. All blocks of a stage have the same number of outputs, and
/// neighbouring stages differ in it.
fn stages_of_blocks(dict: &StateDict, wrapped: usize) -> Vec<(usize, usize)> {
    let outputs: BTreeMap<usize, Option<&usize>> = dict
        .iter()
        .filter_map(|(name, tensor)| {
            Some((projection(name.get(wrapped..)?)?, tensor.shape.first()))
        })
        .collect();
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut earlier = None;
    for outputs in outputs.into_values() {
        places.push(match places.last() {
            Some((stage, index)) if earlier == Some(outputs) => (*stage, index + 1),
            Some((stage, _)) => (stage + 1, 0),
            None => (0, 0),
        });
        earlier = Some(outputs);
    }
    places
}

/// EfficientNet-PyTorch's blocks of the first stage have no expansion; its norms are numbered from 0 where they have.
fn efficientnet_pytorch_to_timm(name: &str, blocks: &[(usize, usize)]) -> Option<String> {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["_conv_stem", kind] => Some(format!("conv_stem.{kind}")),
        ["_bn0", kind] => Some(format!("bn1.{kind}")),
        ["_conv_head", kind] => Some(format!("conv_head.{kind}")),
        ["_bn1", kind] => Some(format!("bn2.{kind}")),
        ["_fc", kind] => Some(format!("classifier.{kind}")),
        ["_blocks", block, layer, kind] => {
            let (stage, index) = blocks.get(block.parse::<usize>().ok()?)?;
            let layer = match (*layer, *stage > 0) {
                ("_expand_conv", true) => "conv_pw",
                ("_bn0", true) => "bn1",
                ("_depthwise_conv", _) => "conv_dw",
                ("_bn1", true) => "bn2",
                ("_bn1", false) => "bn1",
                ("_se_reduce", _) => "se.conv_reduce",
                ("_se_expand", _) => "se.conv_expand",
                ("_project_conv", true) => "conv_pwl",
                ("_bn2", true) => "bn3",
                ("_project_conv", false) => "conv_pw",
                ("_bn2", false) => "bn2",
                _ => return None,
            };
            Some(format!("blocks.{stage}.{index}.{layer}.{kind}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::efficientnet::{Architecture, EfficientNetConfig};
    use crate::weights::WeightTensor;

    fn renamed(names: &[&str]) -> (Vec<String>, Naming) {
        let tensor = WeightTensor {
            shape: vec![1],
            values: vec![0.0],
        };
        let dict = names
            .iter()
            .map(|name| ((*name).to_owned(), tensor.clone()))
            .collect();
        let (dict, naming) = into_timm_names(dict).unwrap();
        (dict.keys().map(str::to_owned).collect(), naming)
    }

    #[test]
    fn timm_names_stay_and_counters_go() {
        let (names, naming) = renamed(&["bn1.num_batches_tracked", "bn1.weight", "odd"]);
        assert_eq!(names, ["bn1.weight", "odd"]);
        assert_eq!(naming, Naming::Timm);
    }

    #[test]
    fn torchvision_places_depend_on_the_stage() {
        for (theirs, timm) in [
            ("features.0.0.weight", "conv_stem.weight"),
            ("features.1.0.block.0.1.bias", "blocks.0.0.bn1.bias"),
            (
                "features.1.0.block.1.fc1.weight",
                "blocks.0.0.se.conv_reduce.weight",
            ),
            ("features.1.0.block.2.0.weight", "blocks.0.0.conv_pw.weight"),
            (
                "features.7.1.block.3.0.weight",
                "blocks.6.1.conv_pwl.weight",
            ),
            (
                "features.2.0.block.1.1.running_var",
                "blocks.1.0.bn2.running_var",
            ),
            ("classifier.1.bias", "classifier.bias"),
        ] {
            assert_eq!(torchvision_to_timm(theirs).as_deref(), Some(timm));
        }
        for unknown in [
            "features.9.0.block.0.0.weight",
            "features.1.0.block.3.0.weight",
            "features.2.0.block.0.fc1.weight",
            "features.x.0.block.0.0.weight",
            "classifier.0.weight",
        ] {
            assert_eq!(torchvision_to_timm(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_authors_checkpoint_is_geffnet_and_a_classifier() {
        let (names, naming) = renamed(&[
            "module.enet.conv_stem.weight",
            "module.enet.bn1.num_batches_tracked",
            "module.myfc.bias",
        ]);
        assert_eq!(names, ["classifier.bias", "conv_stem.weight"]);
        assert_eq!(naming, Naming::Authors);
    }

    #[test]
    fn lightning_and_compiled_modules_are_unwrapped() {
        for wrapper in ["model.", "_orig_mod.", "model._orig_mod.module."] {
            let names =
                ["conv_stem.weight", "classifier.bias"].map(|name| format!("{wrapper}{name}"));
            let (names, naming) = renamed(&names.each_ref().map(String::as_str));
            assert_eq!(names, ["classifier.bias", "conv_stem.weight"]);
            assert_eq!(naming, Naming::Timm);
        }
    }

    #[test]
    fn classes_are_counted_whosever_names_they_have() {
        let dict = |names: [&str; 2]| {
            let tensor = |shape: Vec<usize>| WeightTensor {
                values: Vec::new(),
                shape,
            };
            let [first, bias] = names.map(str::to_owned);
            StateDict::from_iter([(first, tensor(vec![1])), (bias, tensor(vec![11]))])
        };
        for names in [
            ["conv_stem.weight", "classifier.bias"],
            ["features.0.0.weight", "classifier.1.bias"],
            ["enet.conv_stem.weight", "myfc.bias"],
            ["module.enet.conv_stem.weight", "module.myfc.bias"],
            ["_orig_mod.conv_stem.weight", "_orig_mod.classifier.bias"],
            ["model._blocks.0._bn1.bias", "model._fc.bias"],
        ] {
            assert_eq!(dict(names).classes(), Some(11), "{names:?}");
        }
        assert_eq!(dict(["conv_stem.weight", "head.fc.bias"]).classes(), None);
    }

    /// The names and shapes of EfficientNet-PyTorch's B0, written down from its own count of layers.
    fn efficientnet_pytorch_b0() -> StateDict {
        let mut dict = StateDict::new();
        let mut add = |name: String, shape: &[usize]| {
            let tensor = WeightTensor {
                shape: shape.to_vec(),
                values: Vec::new(),
            };
            dict.insert(name, tensor);
        };
        let norm = |name: &str, channels: usize, add: &mut dyn FnMut(String, &[usize])| {
            for kind in ["weight", "bias", "running_mean", "running_var"] {
                add(format!("{name}.{kind}"), &[channels]);
            }
            add(format!("{name}.num_batches_tracked"), &[]);
        };
        add("_conv_stem.weight".into(), &[32, 3, 3, 3]);
        norm("_bn0", 32, &mut add);
        // Repeats, kernel, expansion, output channels: table 1 of the EfficientNet paper.
        let stages = [
            (1, 3, 1, 16),
            (2, 3, 6, 24),
            (2, 5, 6, 40),
            (3, 3, 6, 80),
            (3, 5, 6, 112),
            (4, 5, 6, 192),
            (1, 3, 6, 320),
        ];
        let (mut block, mut input) = (0, 32);
        for (repeats, kernel, expansion, output) in stages {
            for _ in 0..repeats {
                let layer = |name: &str| format!("_blocks.{block}.{name}");
                let (wide, squeezed) = (input * expansion, input / 4);
                if expansion > 1 {
                    add(layer("_expand_conv.weight"), &[wide, input, 1, 1]);
                    norm(&layer("_bn0"), wide, &mut add);
                }
                add(layer("_depthwise_conv.weight"), &[wide, 1, kernel, kernel]);
                norm(&layer("_bn1"), wide, &mut add);
                add(layer("_se_reduce.weight"), &[squeezed, wide, 1, 1]);
                add(layer("_se_reduce.bias"), &[squeezed]);
                add(layer("_se_expand.weight"), &[wide, squeezed, 1, 1]);
                add(layer("_se_expand.bias"), &[wide]);
                add(layer("_project_conv.weight"), &[output, wide, 1, 1]);
                norm(&layer("_bn2"), output, &mut add);
                (block, input) = (block + 1, output);
            }
        }
        add("_conv_head.weight".into(), &[1280, 320, 1, 1]);
        norm("_bn1", 1280, &mut add);
        add("_fc.weight".into(), &[9, 1280]);
        add("_fc.bias".into(), &[9]);
        dict
    }

    #[test]
    fn efficientnet_pytorchs_names_become_those_of_the_network() {
        let architecture: Architecture = "tf_efficientnet_b0".parse().unwrap();
        let network = EfficientNetConfig::new(architecture, 9).init(&burn::tensor::Device::flex());
        let (dict, naming) = into_timm_names(efficientnet_pytorch_b0()).unwrap();
        assert_eq!(naming, Naming::EfficientNetPytorch);
        let found: BTreeMap<String, Vec<usize>> = dict
            .iter()
            .map(|(name, tensor)| (name.to_owned(), tensor.shape.clone()))
            .collect();
        assert_eq!(found, network.parameter_shapes());
        assert_eq!(efficientnet_pytorch_b0().classes(), Some(9));
    }

    #[test]
    fn a_wrapper_is_taken_off_only_where_all_names_have_it() {
        let (names, _) = renamed(&["module.bn1.weight", "bn1.bias"]);
        assert_eq!(names, ["bn1.bias", "module.bn1.weight"]);
    }

    #[test]
    fn two_tensors_of_one_name_are_refused() {
        let tensor = WeightTensor {
            shape: vec![1],
            values: vec![0.0],
        };
        let dict = ["enet.classifier.bias", "myfc.bias"]
            .map(|name| (name.to_owned(), tensor.clone()))
            .into_iter()
            .collect();
        assert_eq!(
            into_timm_names(dict).unwrap_err(),
            WeightError::Duplicate {
                name: "classifier.bias".into()
            }
        );
    }
}
