//! What the reader sees: one file for each part of the page, from the top of the page to its foot.
//! Components read the signals of `AppState` and call its methods; they keep no state that another part needs.
//! Sentences come from `text`, numbers pass through `format`, colours and sizes are in `www/styles.css`. A part whose words
//! are not in closures is put on the page by `in_language`.
//!
//! Stable `data-testid`s for the browser tests, with the attributes that carry exact values:
//!
//! | test id | element |
//! |---|---|
//! | `gate`, `gate-accept` | the dialog of the first visit (absent later) and its button |
//! | `language`, `gate-language` | selects: en, de; in the header and in the gate |
//! | `status-note` | the header's "research and education" note; `model-notice` is the manifest's own notice |
//! | `engine-status` | `data-state` = probing, idle, starting, loading, ready, failed; `data-engine` = cpu, webgpu |
//! | `engine-select` | select: auto, cpu, webgpu; `engine-reason` is the sentence beside it |
//! | `load-model`, `cancel-load`, `load-progress` | buttons, and a `progress` element in bytes while downloading |
//! | `networks` | once the engine is ready; `data-present`, `data-total`, `data-joining` = resting, running, held, stopped, failed |
//! | `stop-joining`, `load-rest`, `joining-hint`, `joining-progress` | while networks are missing |
//! | `preliminary` | above an answer of a part of the networks; `data-present`, `data-networks` |
//! | `missing-set`, `complete-answer` | where a set may not be fetched unasked; the button that fetches it |
//! | `model-size` | `data-bytes` |
//! | `offline-status` | `data-state` = unknown, unsupported, page, fetching, waiting, failed, complete |
//! | `keep-everything` | the button that keeps what the reader has not used; absent while a photograph is open |
//! | `update-banner`, `take-new-version` | only while a new version waits; its button |
//! | `choose-file` | the file input; `drop-zone` takes drops (so does the whole page), pastes are taken anywhere |
//! | `take-photo` | the file input that opens a phone's camera; shown where fingers are the pointer |
//! | `open-card`, `close-card`, `model-card` | the model card's buttons, and the card (hidden while closed) |
//! | `card-set` | a set's part of it, `data-set`; in it `figure-accuracy`, `figure-top-3`, `figure-ece`, `figure-temperature`, `figure-coverage`, `figure-guard` |
//! | `label-figures`, `tone-figures`, `confusion` | rows of the card's tables, `data-label`, `data-tone`; the matrix |
//! | `samples` | the gallery: `sample-0`, ... and `not-skin-0`, ... are buttons in the order of samples.json |
//! | `failure-0`, ... | buttons of the card's mistakes |
//! | `kind` | radio buttons `kind-focused`, `kind-panoramic`; only where the bundle has several sets |
//! | `truth` | of an opened sample; `data-truth` = a label's key, not-skin; `data-grade` = right, near, wrong |
//! | `show-lesion`, `lesion-canvas` | the switch (only with a mask) and the outline of the drawn lesion |
//! | `photo`, `close-photo` | the preview image; the button that closes it |
//! | `error-message`, `dismiss-error` | the alert (absent while there is none); its button |
//! | `announcement` | the live region |
//! | `classify-status` | while the photograph waits or is being classified |
//! | `result-list` | `ol`; `data-set`, `data-fallback` = true, false |
//! | `result-row` | `li`; `data-label`, `data-probability` (all digits of the `f32`) |
//! | `fallback-note` | only where no network voted |
//! | `guard-note` | only where the guard does not take the picture for skin; `data-kind`, `data-score` |
//! | `refused-ranking` | closed `details` that hold the ranking then |
//! | `prediction-set` | only where the bundle is calibrated for it; `data-coverage`, `data-labels` (keys with spaces between) |
//! | `fold-row` | `data-fold`, `data-voted`, `data-first` (label key), `data-probability` |
//! | `votes` | the networks' agreement; `data-votes`, `data-count` |
//! | `explain-KEY`, `about-KEY` | buttons of each result row |
//! | `label-card` | `data-label`; in it `card-synonyms`, `card-mim`, `card-genes`, `card-inheritance`, `card-skin`, `card-similar`, `card-links` |
//! | `steps`, `baseline` | selects of the explanation's settings (in `explain-settings`, a closed `details`) |
//! | `explain-progress`, `cancel-explain` | while an explanation is computed |
//! | `explanation` | shown with a finished map; `data-label`, `data-steps`, `data-baseline` |
//! | `overlay-canvas` | the map over the photograph, at the networks' input size |
//! | `opacity`, `positive-only`, `grey`, `hide-map` | the map's controls |
//! | `completeness-gap` | `data-gap`, `data-logit` |
//! | `keep` | the panel; `note` is the reader's own, `print-report`, `save-report`, `save-overlay`, `save-map` are buttons |
//! | `report` | what is printed, hidden on the screen; `report-picture`, `report-note` |
//! | `batch` | `data-running`; `batch-count` has `data-done`, `data-failed`, `data-total` |
//! | `batch-cancel`, `batch-resume`, `batch-csv`, `batch-close` | its buttons |
//! | `batch-row` | `data-state` = waiting, running, done, failed; `batch-open-0`, ... are its buttons |
//! | `batch-first`, `batch-possible`, `batch-skin`, `batch-words` | cells of a row; `data-label`, `data-probability` |
//! | `privacy` | closed `details`: `request-row` (`data-address`, `data-by` = page, engine), `requests-summary` (`data-foreign`), `policy`, `kept` (`data-count`), `kept-setting` (`data-name`), `clear-kept` |
//! | `request-count` | `data-count`, empty while no photograph is open |
//! | `bytes-loaded`, `golden-check`, `engine-row` | rows of the provenance panel; `data-bytes`, `data-worst` |

mod answer;
mod app;
mod batch;
mod card;
mod chooser;
mod explanation;
mod focus;
mod folds;
mod gate;
mod header;
mod in_language;
mod joining;
mod keep;
mod kind;
mod language_choice;
mod lesion;
mod limits;
mod messages;
mod model_card;
mod model_panel;
mod offline;
mod photograph;
mod print;
mod privacy;
mod provenance;
mod samples;
mod thumbnail;
mod truth;

pub use app::App;
