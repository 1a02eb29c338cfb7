//! From a map to what the page shows.

use genoderm_model::attribution::{self, Attribution, HeatMap};
use genoderm_protocol::{ExplainSettings, Explanation, FoldExplanation, Sign, envelope};
use js_sys::ArrayBuffer;

use super::plan::Plan;

/// The two buffers of a map: the overlay, RGBA, and the heat in units of its scale, not clipped.
pub(super) fn buffers(heat: &HeatMap, sign: Sign) -> Vec<ArrayBuffer> {
    let rgba = heat.rgba(match sign {
        Sign::Both => attribution::Sign::All,
        Sign::Positive => attribution::Sign::Positive,
    });
    let values: Vec<u8> = heat
        .unclipped(scale(heat))
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    vec![envelope::buffer_of(&rgba), envelope::buffer_of(&values)]
}

/// The contribution that a heat of 1 stands for.
pub(super) fn scale(heat: &HeatMap) -> f32 {
    heat.scale(attribution::Sign::All)
}

/// All of the answer but its pixels.
pub(super) fn answer(
    mut settings: ExplainSettings,
    plan: &Plan<'_>,
    attributions: &[Attribution],
    heat: &HeatMap,
    total_ms: f64,
) -> Explanation {
    let folds: Vec<FoldExplanation> = plan
        .networks
        .iter()
        .zip(attributions)
        .map(|(network, attribution)| FoldExplanation {
            fold: network.fold,
            logit: attribution.logit_input,
            baseline_logit: attribution.completeness.map(|found| found.logit_baseline),
            completeness_gap: attribution.completeness.map(|found| found.gap),
        })
        .collect();
    settings.folds = Some(folds.iter().map(|fold| fold.fold).collect());
    let gaps = folds.iter().filter_map(|fold| fold.completeness_gap);
    Explanation {
        settings,
        width: heat.width() as u32,
        height: heat.height() as u32,
        scale: scale(heat),
        logit: folds.iter().map(|fold| fold.logit).sum::<f32>() / folds.len() as f32,
        completeness_gap: gaps.reduce(f32::max),
        folds,
        total_ms,
    }
}
