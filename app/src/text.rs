//! Every sentence of the page, in one place and ready for translation.
//!
//! A language is one [`Text`]: leaving a sentence out does not compile. Gaps are written `{name}` and filled by
//! [`fill`], so that a translator may move them. The engine's own words (causes of failure, phases, menus) come from
//! the protocol and pass through the functions at the end of this file.

use genoderm_protocol::{Backend, Baseline, FailureKind, Phase};

macro_rules! sentences {
    ($($key:ident: $english:literal,)*) => {
        /// The page's sentences in one language.
        pub struct Text {
            $(pub $key: &'static str,)*
        }

        /// English, the language that the others are translated from.
        pub const ENGLISH: Text = Text { $($key: $english,)* };
    };
}

/// The sentences in the reader's language.
pub fn text() -> &'static Text {
    &ENGLISH
}

/// Replaces each `{name}` by its value.
pub fn fill<V: AsRef<str>>(template: &str, values: &[(&str, V)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |filled, (name, value)| {
            filled.replace(&format!("{{{name}}}"), value.as_ref())
        })
}

sentences! {
    title: "Genoderm",
    tagline: "Classifies photographs of skin for rare genetic conditions inside your browser, and shows which pixels mattered. The photograph never leaves this device.",
    skip_to_main: "Skip to the content",
    status_title: "For research and education. Not a medical device.",
    status_body: "Do not use its answers for the care of a patient.",

    step_model: "1. The model",
    model_size: "{name}: {size} for the model.",
    model_and_engine_size: "{name}: {size} for the model and at most {engine} for the program that runs it.",
    model_size_unknown: "The size of the model is not known yet.",
    model_missing: "The model's description could not be read. Check the connection, then reload the page.",
    load: "Load the model ({size})",
    load_plain: "Load the model",
    load_again: "Try again",
    cancel: "Cancel",
    load_cancelled: "Loading was cancelled. Nothing is running.",
    load_progress: "{phase}: {done} of {total}",
    load_progress_label: "Loading the model",
    starting: "Starting the engine",
    probing: "Looking at what this device offers",
    not_loaded: "Not loaded yet",
    ready: "Ready, on the {engine}",
    failed: "Not running",
    offline_page: "This page opens without a network. The model is kept on this device once you load it.",
    offline_complete: "This page and its model work without a network. {size} are kept on this device.",
    offline_fetching: "Fetching what is kept on this device: {done} of {total}",
    offline_waiting: "Not everything is kept on this device yet. The rest is fetched when you close the photograph.",
    offline_failed: "Not everything could be kept on this device. Check the connection and the free space.",
    offline_unsupported: "This page needs a network each time: this browser, or a private window, does not let it keep its files.",
    offline_keep_everything: "Offline: keep everything (at most {size} more)",
    offline_ready: "This page and its model work without a network now.",
    update_label: "New version",
    update_offered: "A new version of this page is ready.",
    update_meaning: "Take it when your work is done: the page is reloaded, and an open photograph is closed.",
    update_take: "Reload with the new version",
    engine_label: "Compute on",
    engine_auto: "Automatic",
    engine_cpu: "processor (CPU)",
    engine_webgpu: "graphics card (WebGPU)",
    engine_cpu_option: "Processor (CPU)",
    engine_webgpu_option: "Graphics card (WebGPU)",
    engine_version_mismatch: "The page and its engine come from different versions. Reload the page.",
    engine_did_not_start: "The engine could not be started in this browser. It needs WebAssembly with SIMD: use a current version of Chrome, Edge, Firefox or Safari.",
    engine_stopped: "The engine stopped, perhaps for lack of memory. Your photograph is still here: press “Try again”.",

    reason_gpu: "A graphics card that suits the engine was found ({name}).",
    reason_gpu_unnamed: "A graphics card that suits the engine was found.",
    reason_no_webgpu: "This browser does not offer WebGPU here.",
    reason_no_adapter: "The browser found no graphics card that it may use.",
    reason_software: "The browser only offers an imitated graphics card, which is slower than the processor.",
    reason_no_timestamps: "The graphics card lacks a feature that the engine needs (timestamp queries).",
    reason_small_limits: "The graphics card cannot hold the model's layers in one piece.",
    reason_picked: "You chose it.",
    reason_address: "The page's address asks for it.",
    fell_back_no_device: "The graphics card could not be started, so the processor is used.",
    fell_back_lost: "The graphics card stopped answering, so the processor is used.",
    fell_back_golden: "The graphics card computes wrong numbers for this model, so the processor is used.",
    fell_back_memory: "The graphics card ran out of memory, so the processor is used.",
    fell_back_crash: "The engine for the graphics card stopped, so the processor is used.",
    fell_back_kept: "{why} Your photograph is kept.",

    step_photo: "2. A photograph",
    step_photo_again: "Another photograph",
    choose: "Choose a photograph",
    choose_other: "Choose another photograph",
    choose_hint: "or drop one here, or paste one. JPEG, PNG, WebP, BMP, TIFF or GIF.",
    drop_now: "Let go to open the photograph",
    only_first: "Only the first of the files was opened.",
    no_image_pasted: "What was pasted holds no image.",
    samples: "Or try a drawing",
    samples_note: "Computer drawings that the model never saw in training.",
    samples_not_skin: "Pictures that show no skin",
    sample_label: "{label}, drawing {number}",
    sample_label_kind: "{label}, drawing {number} ({kind})",
    sample_label_not_skin: "Picture {number} that shows no skin",
    sample_name: "A drawing of {label}",
    sample_name_not_skin: "A picture that shows no skin",
    sample_failed: "The sample could not be loaded. Check the connection and try again.",
    file_unreadable: "The browser could not read this file. Choose it again.",
    file_too_large: "This file is {size}, more than the {limit} that the page accepts. Use a smaller image.",
    photo_alt: "The opened photograph",
    kind_legend: "What kind of photograph is it?",
    kind_focused: "Close-up of the finding",
    kind_panoramic: "Whole photograph",
    kind_answered: "Answered by the networks for: {kind}.",
    lesion_show: "Show the drawn lesion",
    lesion_alt: "Outline of the drawn lesion",
    no_preview: "This browser cannot show this kind of file. It may still be possible to classify it.",
    close_photo: "Close the photograph",
    photo_closed: "The photograph was closed.",
    waiting_for_model: "Waiting for the model",
    classifying: "Classifying",
    classifying_progress: "Classifying: network {done} of {total}",

    step_answer: "3. The answer",
    answer_empty: "Open a photograph to see what the model makes of it.",
    answer_unsure: "Done. The model is not sure: no network was confident enough to vote.",
    answer_not_skin: "Done. This does not look like a photograph of skin, so there is no answer.",
    guard_title: "This does not look like a photograph of skin.",
    guard_note: "The model knows nothing else, so it has no answer. If this is skin, try a sharper photograph in even light: a few photographs of skin are refused as well.",
    guard_ranking: "What the networks would have said",
    guard_ranking_note: "They put every picture under one of their conditions, whatever it shows. Do not read this as an answer.",
    verdict_right: "Right.",
    verdict_right_unsure: "Right, though the model is not sure.",
    verdict_near: "Not right, but among the first three.",
    verdict_wrong: "Wrong.",
    truth_label: "This was drawn as {label}.",
    truth_label_refused: "This was drawn as {label}, so it does show skin.",
    truth_not_skin: "This picture shows no skin.",
    truth_not_skin_unguarded: "This picture shows no skin, and this model has no guard against such pictures.",
    prediction_set: "With {coverage} coverage: {labels}.",
    prediction_set_meaning: "Calibrated so that about {coverage} of pictures like those of the calibration have the right answer in such a list; fewer where the networks disagree.",
    list_separator: ", ",
    list_alternative: "{most} or {last}",
    answer_ready: "Done. First: {label}, {percent}.",
    ranking: "Conditions, the most probable first",
    explain: "Explain",
    explain_label: "Explain {label}",
    about_label: "About {label}",
    folds_title: "Do the networks agree?",
    folds_summary: "Sure enough to vote, with at least {threshold}: {votes} of {count}. Putting {label} first: {agree} of {count}.",
    folds_fallback: "Not sure: no network reached {threshold}, so none could vote. The probabilities are the plain mean of all networks. Treat this as no answer.",
    fold_column: "Network",
    fold_first: "First choice",
    fold_probability: "Probability",
    fold_voted: "Voted",
    yes: "yes",
    no: "no",
    timing: "Computed in {total} on the {engine}.",

    other_short: "Other",
    card_title: "About {label}",
    card_mim: "MIM number",
    card_genes: "Genes",
    card_none: "none",
    card_contrast: "This is a contrast class, not one condition.",

    explain_title: "What did the model use?",
    explain_intro: "Press “Explain” beside a condition. The map shows which pixels raised or lowered the model's score for it.",
    explain_note: "A map shows what the model used, not the cause of a condition.",
    explain_options: "Settings of the map",
    steps_label: "Steps",
    steps_hint: "More steps are slower and more exact.",
    baseline_label: "Compared with",
    explaining: "Explaining {label}",
    explain_progress: "Explaining {label}: step {done} of {total}",
    explain_cancelled: "The explanation was cancelled.",
    explain_ready: "The map for {label} lies over the photograph.",
    explain_shown: "Map for {label}",
    opacity: "Opacity of the map",
    positive_only: "Only what speaks for it",
    grey: "Photograph in grey",
    hide_map: "Remove the map",
    legend_for: "speaks for {label}",
    legend_against: "speaks against it",
    overlay_alt: "Map of the pixels that speak for and against {label}",
    gap_label: "Completeness gap",
    gap_value: "{gap} of a score change of {change}",
    gap_good: "Small: the map accounts for nearly all of the score.",
    gap_fair: "Moderate: the map accounts for most of the score. More steps make it smaller.",
    gap_poor: "Large: do not rely on this map. Use more steps.",
    gap_meaning: "The pixels' contributions should add up to the change in the model's score from the comparison picture to the photograph. The gap is what is missing.",

    model_card: "Model card",
    model_card_title: "Model card: {name}",
    model_card_close: "Close the model card",
    model_card_data: "Trained on",
    model_card_networks: "Networks",
    model_card_networks_value: "{architecture} at {size} × {size} pixels, {networks} in all",
    model_card_answer: "Answer",
    model_card_answer_value: "The mean of the networks that are sure enough to vote; of all where none is",
    model_card_licence: "Licence of the weights",
    model_card_not_measured: "Nothing was measured.",
    model_card_limits: "What it does not do",
    model_card_limit_patients: "Its figures hold for pictures like the test pictures, and say nothing about real patients.",
    model_card_limit_labels: "It knows its conditions only. Whatever else a photograph shows, it gets one of them.",
    model_card_limit_coverage: "A stated coverage is an average over many pictures. It is no promise for one condition or one person.",
    model_card_limit_device: "It is no medical device: do not use its answers for the care of a patient.",
    figures_accuracy: "Right answers",
    figures_interval: "95% interval: {low} to {high}",
    figures_pictures: "on {count} pictures",
    figures_top_3: "Right one among the first three",
    figures_calibration: "Calibration error (ECE)",
    figures_calibration_hint: "How far stated probabilities are from the truth, on average",
    figures_temperature: "Temperature",
    figures_temperature_hint: "Scores are divided by it before they become probabilities",
    figures_uncalibrated: "Not calibrated",
    figures_coverage: "Lists that hold the right one",
    figures_coverage_stated: "Stated: {stated}",
    figures_coverage_measured: "Stated: {stated}. 95% interval: {low} to {high}",
    figures_list_size: "{size} conditions in a list, on average",
    figures_guard: "Pictures of skin that the guard accepts",
    figures_guard_kind: "Set to accept {acceptance} ({score})",
    figures_no_guard: "none",
    figures_no_guard_hint: "Pictures that show no skin are answered too",
    figures_guard_title: "Guard",
    figures_fallbacks: "No network was sure on {count} of {pictures} pictures.",
    tones_title: "By skin tone (Fitzpatrick type)",
    tones_type: "Type",
    tones_none: "Not measured by skin tone: nothing is known about differences.",
    labels_title: "By condition",
    labels_condition: "Condition",
    labels_found: "Found",
    labels_precision: "Right when named",
    column_pictures: "Pictures",
    column_accuracy: "Right",
    column_interval: "95% interval",
    interval: "{low} to {high}",
    none_measured: "–",
    confusion_title: "What is taken for what",
    confusion_caption: "Rows are the truth, columns what was answered.",
    confusion_corner: "Truth",
    failures_title: "Mistakes",
    failures_note: "The surest wrong answers on test pictures. Open one to see for yourself.",
    failure_label: "Open this mistake: drawn as {label}, answered {answered} with {percent}",
    failure_drawn: "Drawn as {label}",
    failure_answered: "Answered {answered}, {percent}",

    provenance: "What this page does with your data",
    sent_label: "Data sent off this device",
    sent_none: "none",
    requests_label: "Network requests since the photograph was opened",
    requests_no_photo: "no photograph is open",
    requests_source: "As the browser itself counts them for this page.",
    engine_row: "Engine",
    engine_why: "{engine}. {why}",
    device_row: "Device",
    model_row: "Model",
    model_value: "{name} ({architecture}, {size} × {size} pixels, networks: {folds}, weights as {encoding})",
    bytes_row: "Model bytes loaded",
    golden_row: "Check after loading",
    golden_value: "It answers as where it was trained (networks checked: {networks}; largest difference: {worst}; accepted: {tolerance}).",
    none_yet: "not loaded yet",
    licence_row: "Licence of the weights",
    dismiss: "Dismiss this message",
    footer: "Genoderm re-implements Duong et al. 2021 (HGG Advances 2:100053).",
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

/// The engine's kind in the middle of a sentence.
pub fn engine_name(backend: Backend) -> &'static str {
    match backend {
        Backend::Cpu => text().engine_cpu,
        Backend::Webgpu => text().engine_webgpu,
    }
}

/// What the page says for a failure of the engine.
pub fn failure_sentence(kind: FailureKind) -> &'static str {
    kind.message()
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
    phase.label()
}

/// The choices of a comparison picture, with their words.
pub fn baselines() -> [(Baseline, &'static str); 4] {
    Baseline::ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn gaps_are_filled_wherever_they_stand() {
        assert_eq!(
            fill("{b} of {a}, {b}", &[("a", "2"), ("b", "1")]),
            "1 of 2, 1"
        );
        assert_eq!(fill("nothing", &[("a", "2")]), "nothing");
    }

    #[test]
    fn alternatives_read_as_part_of_a_sentence() {
        let words = ["NF1", "ML", "TSC"].map(String::from);
        assert_eq!(alternatives(&words[..1]), "NF1");
        assert_eq!(alternatives(&words[..2]), "NF1 or ML");
        assert_eq!(alternatives(&words), "NF1, ML or TSC");
    }
}
