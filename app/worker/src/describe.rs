//! A bundle's manifest in the page's words.

use genoderm_protocol::{BundleInfo, LabelInfo, SetInfo};

use crate::session::LoadedBundle;

/// What a manifest says, without what only the engine needs, and which of its networks are loaded.
pub(crate) fn bundle(bundle: &LoadedBundle) -> BundleInfo {
    let manifest = &bundle.manifest;
    BundleInfo {
        name: manifest.name.clone(),
        description: manifest.description.clone(),
        notice: manifest.notice.clone(),
        architecture: manifest.architecture.clone(),
        size: manifest.preprocessing.size,
        encoding: as_text(&manifest.encoding),
        labels: manifest
            .labels
            .iter()
            .map(|label| LabelInfo {
                key: label.key.clone(),
                name: label.name.clone(),
                mim: label.mim.clone(),
                genes: label.genes.clone(),
                description: label.description.clone(),
                own: label.own,
            })
            .collect(),
        sets: manifest
            .sets
            .iter()
            .zip(&bundle.sets)
            .map(|(set, loaded)| SetInfo {
                name: set.name.clone(),
                folds: set.folds.iter().map(|fold| fold.fold as usize).collect(),
                present: loaded.networks.iter().map(|network| network.fold).collect(),
                bytes: set.total_bytes(),
            })
            .collect(),
        total_bytes: manifest.total_bytes(),
        loaded_bytes: bundle.loaded_bytes(),
        threshold: manifest.decision.threshold,
        temperature: manifest.temperature,
        evaluation: as_json(&manifest.evaluation),
        provenance: as_json(&manifest.provenance),
        licence: manifest.licence.clone(),
    }
}

/// Values of the manifest came from JSON, so they go back into it.
fn as_json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn as_text(value: &impl serde::Serialize) -> String {
    as_json(value).as_str().unwrap_or_default().to_owned()
}
