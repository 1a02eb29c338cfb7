//! Names of tensors: how other code bases call them, and what timm does.

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
}

/// What wrappers put before every name: data-parallel training, and compiled modules.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];
const AUTHORS_NETWORK: &str = "enet.";
const AUTHORS_CLASSIFIER: &str = "myfc.";

/// Gives all tensors timm's names and drops the counters of batches. Names that no rule covers stay as they are, and
/// are found as surplus later.
///
/// # Errors
/// Two tensors get the same name.
pub fn into_timm_names(dict: StateDict) -> Result<(StateDict, Naming), WeightError> {
    let mut tensors: Vec<_> = dict
        .into_iter()
        .filter(|(name, _)| !is_counter(name))
        .collect();
    while let Some(wrapper) = WRAPPERS.iter().find(|wrapper| {
        !tensors.is_empty() && tensors.iter().all(|(name, _)| name.starts_with(*wrapper))
    }) {
        for (name, _) in &mut tensors {
            name.drain(..wrapper.len());
        }
    }
    let starts = |prefix: &str| tensors.iter().any(|(name, _)| name.starts_with(prefix));
    let naming = if starts("features.") {
        Naming::Torchvision
    } else if starts(AUTHORS_NETWORK) {
        Naming::Authors
    } else {
        Naming::Timm
    };
    let mut renamed = StateDict::new();
    for (name, tensor) in tensors {
        let name = match naming {
            Naming::Timm => None,
            Naming::Torchvision => torchvision_to_timm(&name),
            Naming::Authors => authors_to_timm(&name),
        }
        .unwrap_or(name);
        if renamed.contains(&name) {
            return Err(WeightError::Duplicate { name });
        }
        renamed.insert(name, tensor);
    }
    Ok((renamed, naming))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
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
