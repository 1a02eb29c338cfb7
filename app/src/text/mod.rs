//! Every sentence of the page, in one place: a file for each language, and the words on the conditions beside them.
//!
//! A language is one [`Text`], whose fields the English table names: leaving a sentence out does not compile. Gaps are
//! written `{name}` and filled by [`fill`], so that a translator may move them; words that depend on a number are a
//! [`Plural`]. The engine's causes of failure, phases and menus come as plain kinds, and get their words at the end of this file.
//!
//! A new language: a file beside `german.rs`, one beside `conditions/german.rs`, and an entry in `crate::language`.

mod conditions;
mod english;
mod german;
mod table;

use genoderm_protocol::{
    Backend, Baseline, EngineInfo, ExplainSettings, FailureKind, Method, Phase,
};

use crate::language;
use crate::state::{BOTH, FOCUSED, PANORAMIC};

pub use conditions::Condition;
pub use english::{ENGLISH, Text};
pub use german::GERMAN;
pub use table::Plural;

/// The sentences in the reader's language. Whatever calls this reactively is called again when the language changes.
pub fn text() -> &'static Text {
    language::current().text()
}

/// What is said about the label of this key; `None` for labels that the page knows nothing of.
pub fn condition(key: &str) -> Option<&'static Condition> {
    text().conditions.get(key)
}

/// Replaces each `{name}` by its value.
pub fn fill<V: AsRef<str>>(template: &str, values: &[(&str, V)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |filled, (name, value)| {
            filled.replace(&format!("{{{name}}}"), value.as_ref())
        })
}

/// Alternatives in the middle of a sentence: `NF1`, `NF1 or ML`, `NF1, ML or TSC`.
pub fn alternatives(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => {
            let most = most.join(text().list_separator);
            fill(
                text().list_alternative,
                &[("most", most.as_str()), ("last", last.as_str())],
            )
        }
    }
}

/// A set of networks, or both, by the photographs that they are for.
pub fn kind_name(set: &str) -> String {
    match set {
        FOCUSED => text().kind_focused.to_owned(),
        PANORAMIC => text().kind_panoramic.to_owned(),
        BOTH => text().both_kind.to_owned(),
        other => other.to_owned(),
    }
}

/// The engine's kind in the middle of a sentence.
pub fn engine_name(backend: Backend) -> &'static str {
    match backend {
        Backend::Cpu => text().engine_cpu,
        Backend::Webgpu => text().engine_webgpu,
    }
}

/// What an engine computes on: the graphics card's own name, or words for the processor.
pub fn device_name(engine: &EngineInfo) -> String {
    match engine.backend {
        Backend::Cpu => {
            let workers = text().workers_count.form(engine.workers as u64);
            let count = engine.workers.to_string();
            let workers = fill(workers, &[("count", &count)]);
            format!("{}, {workers}", text().device_cpu)
        }
        Backend::Webgpu => engine.device.clone(),
    }
}

/// What happened, and what to do.
pub fn failure_sentence(kind: FailureKind) -> &'static str {
    let text = text();
    match kind {
        FailureKind::EmptyFile => text.failure_empty_file,
        FailureKind::UnsupportedFile => text.failure_unsupported_file,
        FailureKind::BrokenFile => text.failure_broken_file,
        FailureKind::TooLarge => text.failure_too_large,
        FailureKind::OutOfMemory => text.failure_out_of_memory,
        FailureKind::Download => text.failure_download,
        FailureKind::NotKept => text.failure_not_kept,
        FailureKind::Checksum => text.failure_checksum,
        FailureKind::BadBundle => text.failure_bad_bundle,
        FailureKind::NoDevice => text.failure_no_device,
        FailureKind::DeviceLost => text.failure_device_lost,
        FailureKind::WorkerLost => text.worker_lost,
        FailureKind::GoldenMismatch => text.failure_golden_mismatch,
        FailureKind::Cancelled => text.failure_cancelled,
        FailureKind::NotLoaded => text.failure_not_loaded,
        FailureKind::NoPhoto => text.failure_no_photo,
        FailureKind::BadRequest => text.failure_bad_request,
        FailureKind::Internal => text.failure_internal,
    }
}

/// Why the page left the graphics card.
pub fn fall_back_sentence(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::NoDevice => text().fell_back_no_device,
        FailureKind::DeviceLost => text().fell_back_lost,
        FailureKind::GoldenMismatch => text().fell_back_golden,
        FailureKind::OutOfMemory => text().fell_back_memory,
        _ => text().fell_back_crash,
    }
}

/// What the engine is doing.
pub fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::StartingDevice => text().phase_starting_device,
        Phase::Downloading => text().phase_downloading,
        Phase::Checking => text().phase_checking,
        Phase::Classifying => text().phase_classifying,
        Phase::Explaining => text().phase_explaining,
    }
}

/// A method of explanation in a menu.
pub fn method_name(method: Method) -> &'static str {
    match method {
        Method::IntegratedGradients => text().method_ig,
        Method::SmoothGrad => text().method_smooth,
        Method::GradCam => text().method_grad_cam,
        Method::Occlusion => text().method_occlusion,
    }
}

/// What a method does, in a sentence.
pub fn method_hint(method: Method) -> &'static str {
    match method {
        Method::IntegratedGradients => text().method_ig_hint,
        Method::SmoothGrad => text().method_smooth_hint,
        Method::GradCam => text().method_grad_cam_hint,
        Method::Occlusion => text().method_occlusion_hint,
    }
}

/// How a map was computed, in a sentence.
pub fn how_computed(settings: &ExplainSettings) -> String {
    let sentence = match settings.method {
        Method::IntegratedGradients => text().method_ig_how,
        Method::SmoothGrad => text().method_smooth_how,
        Method::GradCam => text().method_grad_cam_how,
        Method::Occlusion => text().method_occlusion_how,
    };
    let values = [
        ("steps", settings.steps.to_string()),
        ("samples", settings.samples.to_string()),
        ("baseline", baseline_name(settings.baseline).to_owned()),
    ];
    fill(sentence, &values)
}

/// A comparison picture in a menu.
pub fn baseline_name(baseline: Baseline) -> &'static str {
    match baseline {
        Baseline::Zero => text().baseline_zero,
        Baseline::Black => text().baseline_black,
        Baseline::White => text().baseline_white,
        Baseline::Blurred => text().baseline_blurred,
    }
}

#[cfg(test)]
mod tests;
