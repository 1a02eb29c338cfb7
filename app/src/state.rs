//! What the page knows at any moment. Views read these signals; only [`crate::session`] writes them, but for the
//! few that are bound to a control.

use genoderm_protocol::{
    Backend, Baseline, BundleInfo, Classification, EngineInfo, ExplainSettings, Explanation,
    LabelInfo, Progress, Region, SetAnswer,
};
use leptos::prelude::*;
use web_sys::Blob;

use crate::batch::Batch;
use crate::camera::Camera;
use crate::cases::Cases;
use crate::compare::Compare;
use crate::crop::Crop;
use crate::engine_client::EngineClient;
use crate::joining::Joining;
use crate::lesion::Lesion;
use crate::manifest::ModelSummary;
use crate::map_choice::MapChoice;
use crate::network::RequestCounter;
use crate::offline::Offline;
use crate::overlay::Heat;
use crate::own_model::OwnModel;
use crate::path::Path;
use crate::probe::{DeviceProbe, Reason};
use crate::problem::Problem;
use crate::samples::{Sample, Samples};
use crate::session::Patience;
use crate::survey::SurveyMode;
use crate::text::{condition, text};
use crate::workers::Workers;

/// The set for close-ups, which is asked unless the reader says otherwise.
pub const FOCUSED: &str = "focused";
/// The set for whole photographs.
pub const PANORAMIC: &str = "panoramic";
/// The kind that asks both: the whole photograph, and a close-up of it.
pub const BOTH: &str = "both";
/// The key of the label for all other conditions.
pub const REMAINDER: &str = "EverythingElse";

/// How far the engine has come.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineState {
    /// The browser is being asked what it offers.
    Probing,
    /// Chosen, but nothing is downloaded.
    Idle,
    /// The worker's program is on its way.
    Starting,
    /// The bundle is being downloaded, built or checked.
    Loading(Progress),
    /// Photographs can be classified.
    Ready,
    /// It does not run.
    Failed,
}

impl EngineState {
    /// Whether a load is under way.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Starting | Self::Loading(_))
    }
}

/// The opened photograph.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// The file's name, shown to the reader only; a sample is named by what it shows.
    pub name: String,
    /// A `blob:` address for the preview.
    pub preview: String,
    /// Which of the page's own pictures it is; `None` for the reader's.
    pub sample: Option<Sample>,
}

/// How far the photograph's classification has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// No photograph, or its classification failed.
    None,
    /// The photograph waits for the engine.
    Waiting,
    /// The networks run; `None` before the first says how far it is.
    Running(Option<Progress>),
    /// Done.
    Done(Classification),
}

/// How far the explanation has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Map {
    /// None was asked for.
    None,
    /// Gradients are being computed for the label of this key.
    Running(String, Option<Progress>),
    /// Done: the heat itself is in [`AppState::heat`].
    Done(Explanation),
}

/// A running worker, and which of the page's requests it is working on.
pub struct Engine {
    /// The worker.
    pub client: EngineClient,
    /// Counts workers: a late message of an ended worker must not be taken for one of this.
    pub generation: u32,
    /// The number of the last `Load`.
    pub load: Option<u32>,
    /// The number of the `Join` that is under way.
    pub join: Option<u32>,
    /// The number of the `Classify` that is under way.
    pub classify: Option<u32>,
    /// The number of the `Explain` that is under way.
    pub explain: Option<u32>,
    /// The number of the `Trace` that is under way.
    pub trace: Option<u32>,
    /// The number of the `Classify` of a batch that is under way.
    pub batch: Option<u32>,
    /// The number of the `Classify` or `Explain` of a survey that is under way.
    pub survey: Option<u32>,
    /// The number of the `Upright` of a case that is being saved.
    pub upright: Option<u32>,
}

/// All signals of the page. Cheap to copy; every component gets it from the context.
#[derive(Clone, Copy)]
pub struct AppState {
    /// What the browser said about its graphics card.
    pub probe: RwSignal<Option<DeviceProbe>>,
    /// The reader's choice of engine; `None` leaves it to the probe.
    pub picked: RwSignal<Option<Backend>>,
    /// The engine in use, and why.
    pub backend: RwSignal<Option<(Backend, Reason)>>,
    /// How far the engine has come.
    pub engine: RwSignal<EngineState>,
    /// The model's size and notice, known before it is downloaded; an error text where it could not be read.
    pub summary: RwSignal<Option<Result<ModelSummary, String>>>,
    /// How many workers share the work on the processor.
    pub workers: Workers,
    /// A model of the reader's own.
    pub own: OwnModel,
    /// Bytes of the chosen engine's program as the server sends it; `None` where it does not say.
    pub engine_bytes: RwSignal<Option<u64>>,
    /// What of the page is kept on this device.
    pub offline: RwSignal<Offline>,
    /// What the engine said when it was ready.
    pub loaded: RwSignal<Option<(EngineInfo, BundleInfo)>>,
    /// Model bytes downloaded so far by the running engine.
    pub bytes_loaded: RwSignal<u64>,
    /// How the networks after the first come.
    pub joining: RwSignal<Joining>,
    /// How fast they come, for a photograph that may wait for them.
    pub patience: StoredValue<Patience>,
    /// Whether an open photograph waits for all networks of its set, as the reader wished.
    pub whole_first: StoredValue<bool>,
    /// The opened photograph.
    pub photo: RwSignal<Option<Photo>>,
    /// Its pixels across and down, as the browser shows it; `None` where it cannot.
    pub photo_size: RwSignal<Option<(u32, u32)>>,
    /// The part of it that the networks for close-ups see; `None` for all of it.
    pub region: RwSignal<Option<Region>>,
    /// The editor of that part, while it is open.
    pub crop: RwSignal<Option<Crop>>,
    /// Its classification.
    pub answer: RwSignal<Answer>,
    /// When it was answered, in UTC (ISO 8601).
    pub answered: RwSignal<String>,
    /// What the reader noted about it, for the report.
    pub note: RwSignal<String>,
    /// The camera, while its view is open.
    pub camera: Camera,
    /// Photographs that were opened together.
    pub batch: Batch,
    /// A survey that a reader answers beside the model.
    pub survey: SurveyMode,
    /// Cases that were saved on this device.
    pub cases: Cases,
    /// The kind of photograph that the reader chose, which is the name of a set of networks, or [`BOTH`].
    pub kind: RwSignal<Option<String>>,
    /// The kind of the opened sample, which counts until the reader chooses another.
    pub sample_kind: RwSignal<Option<String>>,
    /// The key of the label whose card is shown; `None` for the most probable.
    pub card: RwSignal<Option<String>>,
    /// The explanation.
    pub map: RwSignal<Map>,
    /// The explanation's heat.
    pub heat: RwSignal<Option<Heat>>,
    /// Method, networks, colours, region.
    pub map_choice: MapChoice,
    /// The path of Integrated Gradients, for those who want to see how a map comes about.
    pub path: Path,
    /// A map that is held beside the next one.
    pub compare: Compare,
    /// Steps of Integrated Gradients.
    pub steps: RwSignal<usize>,
    /// Baseline of Integrated Gradients.
    pub baseline: RwSignal<Baseline>,
    /// Opacity of the map, 0 to 100.
    pub opacity: RwSignal<u32>,
    /// Whether only evidence for the label is shown.
    pub positive_only: RwSignal<bool>,
    /// Whether the photograph is shown in grey beneath the map.
    pub grey: RwSignal<bool>,
    /// The pictures that come with the page.
    pub samples: RwSignal<Samples>,
    /// Where the opened sample's lesion was drawn.
    pub lesion: RwSignal<Option<Lesion>>,
    /// Whether its outline is shown.
    pub show_lesion: RwSignal<bool>,
    /// Whether the model card is open.
    pub model_card: RwSignal<bool>,
    /// What went wrong last.
    pub error: RwSignal<Option<Problem>>,
    /// What a screen reader is told.
    pub announcement: RwSignal<String>,
    /// Network requests of the page.
    pub requests: RequestCounter,
    /// The photograph's file. It is read when the engine is ready for it.
    pub file: StoredValue<Option<Blob>, LocalStorage>,
    /// The number of the last sample or file that the reader asked for: a slower one must not replace it.
    pub asked_for: StoredValue<u32>,
    /// The worker.
    pub worker: StoredValue<Option<Engine>, LocalStorage>,
    /// The last number given to a request or a worker.
    pub last_number: StoredValue<u32>,
}

impl AppState {
    /// The state of a page that was just opened.
    pub fn new() -> Self {
        Self {
            probe: RwSignal::new(None),
            picked: RwSignal::new(None),
            backend: RwSignal::new(None),
            engine: RwSignal::new(EngineState::Probing),
            summary: RwSignal::new(None),
            workers: Workers::remembered(),
            own: OwnModel::new(),
            engine_bytes: RwSignal::new(None),
            offline: RwSignal::new(Offline::default()),
            loaded: RwSignal::new(None),
            bytes_loaded: RwSignal::new(0),
            joining: RwSignal::new(Joining::Resting),
            patience: StoredValue::new(Patience::default()),
            whole_first: StoredValue::new(false),
            photo: RwSignal::new(None),
            photo_size: RwSignal::new(None),
            region: RwSignal::new(None),
            crop: RwSignal::new(None),
            answer: RwSignal::new(Answer::None),
            answered: RwSignal::new(String::new()),
            note: RwSignal::new(String::new()),
            camera: Camera::new(),
            batch: Batch::new(),
            survey: SurveyMode::new(),
            cases: Cases::new(),
            kind: RwSignal::new(None),
            sample_kind: RwSignal::new(None),
            card: RwSignal::new(None),
            map: RwSignal::new(Map::None),
            heat: RwSignal::new(None),
            map_choice: MapChoice::new(),
            path: Path::new(),
            compare: Compare::new(),
            steps: RwSignal::new(ExplainSettings::new("", "").steps),
            // Of the four, its maps lie on the lesion most often: see MODEL_CARD.md.
            baseline: RwSignal::new(Baseline::Blurred),
            opacity: RwSignal::new(85),
            positive_only: RwSignal::new(false),
            grey: RwSignal::new(false),
            samples: RwSignal::new(Samples::default()),
            lesion: RwSignal::new(None),
            show_lesion: RwSignal::new(false),
            model_card: RwSignal::new(false),
            error: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
            requests: RequestCounter::watch(),
            file: StoredValue::new_local(None),
            asked_for: StoredValue::new(0),
            worker: StoredValue::new_local(None),
            last_number: StoredValue::new(0),
        }
    }

    /// The state that the page provided.
    pub fn get() -> Self {
        expect_context()
    }

    /// Whether any photograph is open, or held for comparison. While one is, the page makes no request.
    pub fn holds_photographs(&self) -> bool {
        self.photo.with(Option::is_some)
            || self.batch.is_open()
            || self.compare.is_held()
            || self.survey.holds_photographs()
    }

    /// A number that was not used before.
    pub fn next_number(&self) -> u32 {
        self.last_number
            .try_update_value(|last| {
                *last = last.wrapping_add(1);
                *last
            })
            .unwrap_or_default()
    }

    /// The answer of one set of networks.
    pub fn answer_of(&self, set: &str) -> Option<SetAnswer> {
        self.answers().into_iter().find(|answer| answer.set == set)
    }

    /// The photograph's width by its height; 1 before it was decoded.
    pub fn photo_shape(&self) -> f64 {
        match self.answer.get() {
            Answer::Done(done) => f64::from(done.photo.width) / f64::from(done.photo.height.max(1)),
            _ => 1.0,
        }
    }

    /// The answer of each set that was asked, in the bundle's order; none before they are there.
    pub fn answers(&self) -> Vec<SetAnswer> {
        match self.answer.get() {
            Answer::Done(classification) => classification.sets,
            _ => Vec::new(),
        }
    }

    /// The key of the label whose card is shown: the one that the reader picked, else the most probable one of the first
    /// answer that is one. Where there is none, nothing is said about a condition that nobody asked for.
    pub fn shown_label(&self) -> Option<String> {
        self.card.get().or_else(|| {
            let answers = self.answers();
            let first = answers.iter().find(|answer| !is_refused(answer))?;
            first.ranking.first().map(|label| label.key.clone())
        })
    }

    /// The part of the photograph that any of the answers is about; `None` where all are about all of it.
    pub fn seen_region(&self) -> Option<Region> {
        let answers = self.answers();
        answers.iter().find_map(|answer| answer.region)
    }

    /// The part of the photograph that the map lies over; `None` for all of it, and without a map.
    pub fn map_region(&self) -> Option<Region> {
        let set = self.map_choice.set.get()?;
        self.answer_of(&set)?.region
    }

    /// The names of the bundle's sets of networks; none while nothing is known about it.
    pub fn sets(&self) -> Vec<String> {
        let loaded = self.loaded.with(|loaded| {
            let (_, bundle) = loaded.as_ref()?;
            let names = bundle.sets.iter().map(|set| set.name.clone());
            Some(names.collect())
        });
        let described = || {
            self.summary.with(|summary| {
                let sets = &summary.as_ref()?.as_ref().ok()?.sets;
                Some(sets.iter().map(|set| set.name.clone()).collect())
            })
        };
        loaded.or_else(described).unwrap_or_default()
    }

    /// The one set of networks that is asked, which a batch has in any case; `None` while nothing is known about the bundle.
    pub fn set(&self) -> Option<String> {
        choose_set(self.sets(), self.wanted_kind().as_deref())
    }

    /// The kind of photograph that counts: the name of a set, or [`BOTH`].
    pub fn kind_now(&self) -> Option<String> {
        self.wanted_kind()
            .filter(|kind| kind == BOTH && self.offers_both())
            .or_else(|| self.set())
    }

    /// Whether the reader may ask both sets about one photograph. A batch asks one.
    pub fn offers_both(&self) -> bool {
        let sets = self.sets();
        let has = |name: &str| sets.iter().any(|set| set == name);
        let is_batch = self.batch.is_open() && self.photo.with(Option::is_none);
        has(FOCUSED) && has(PANORAMIC) && !is_batch
    }

    /// Whether any of the networks that are asked see a region rather than the whole photograph.
    pub fn takes_regions(&self) -> bool {
        self.kind_now().as_deref() != Some(PANORAMIC)
    }

    fn wanted_kind(&self) -> Option<String> {
        self.sample_kind.get().or_else(|| self.kind.get())
    }

    /// What the bundle says about a label; before it is loaded, what its description says.
    pub fn label(&self, key: &str) -> Option<LabelInfo> {
        let loaded = self.loaded.with(|loaded| {
            let (_, bundle) = loaded.as_ref()?;
            bundle.label(key).map(|(_, label)| label.clone())
        });
        loaded.or_else(|| {
            self.summary.with(|summary| {
                let labels = &summary.as_ref()?.as_ref().ok()?.labels;
                labels.iter().find(|label| label.key == key).cloned()
            })
        })
    }

    /// A label's name in the reader's language; the bundle's own name for labels that the page knows nothing of, and the
    /// key where there is none either.
    pub fn label_name(&self, key: &str) -> String {
        known_label(key)
            .or_else(|| Some(self.label(key)?.name))
            .unwrap_or_else(|| key.to_owned())
    }

    /// A label in a few letters, for where there is no room for its name.
    pub fn label_short(&self, key: &str) -> String {
        // A label without a number in the catalogue of conditions is the remainder, whose key is long.
        let remainder = self
            .label(key)
            .is_some_and(|label| label.own && label.mim.is_empty());
        if remainder {
            text().other_short.to_owned()
        } else {
            key.to_owned()
        }
    }

    /// The engine in use.
    pub fn backend_now(&self) -> Option<Backend> {
        self.backend
            .with_untracked(|backend| backend.as_ref().map(|(backend, _)| *backend))
    }
}

/// A label's name in the reader's language; `None` for labels that the page knows nothing of.
pub fn known_label(key: &str) -> Option<String> {
    let remainder = (key == REMAINDER).then_some(text().other_name);
    let name = condition(key).map(|condition| condition.name).or(remainder);
    name.map(str::to_owned)
}

/// Whether the guard takes the photograph for none of skin.
pub fn is_refused(answer: &SetAnswer) -> bool {
    answer.guard.as_ref().is_some_and(|guard| !guard.accepted)
}

/// The wanted set where the bundle has it, else the one for close-ups, else the first.
fn choose_set(sets: Vec<String>, wanted: Option<&str>) -> Option<String> {
    let place = |name: &str| sets.iter().position(|set| set == name);
    let found = wanted.and_then(place).or_else(|| place(FOCUSED));
    sets.into_iter().nth(found.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn close_ups_are_expected_unless_another_set_is_wanted_and_there() {
        let chosen = |sets: &[&str], wanted| {
            choose_set(sets.iter().map(|set| (*set).to_owned()).collect(), wanted)
        };
        let both = ["panoramic", "focused"];
        assert_eq!(chosen(&both, None).as_deref(), Some("focused"));
        assert_eq!(
            chosen(&both, Some("panoramic")).as_deref(),
            Some("panoramic")
        );
        assert_eq!(chosen(&both, Some("other")).as_deref(), Some("focused"));
        assert_eq!(
            chosen(&["panoramic"], Some("focused")).as_deref(),
            Some("panoramic")
        );
        assert_eq!(chosen(&[], None), None);
    }
}
