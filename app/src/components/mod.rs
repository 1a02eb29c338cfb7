//! What the reader sees: one file for each part of the page, from the top of the page to its foot.
//! Components read the signals of `AppState` and call its methods; they keep no state that another part needs.
//! Sentences come from `text`, numbers pass through `format`, colours and sizes are in `www/styles.css`.
//!
//! Stable `data-testid`s for the browser tests, with the attributes that carry exact values:
//!
//! | test id | element |
//! |---|---|
//! | `status-note` | the header's "research and education" note; `model-notice` is the manifest's own notice |
//! | `engine-status` | `data-state` = probing, idle, starting, loading, ready, failed; `data-engine` = cpu, webgpu |
//! | `engine-select` | select: auto, cpu, webgpu; `engine-reason` is the sentence beside it |
//! | `load-model`, `cancel-load`, `load-progress` | buttons, and a `progress` element in bytes while downloading |
//! | `model-size` | `data-bytes` |
//! | `choose-file` | the file input; `drop-zone` takes drops (so does the whole page), pastes are taken anywhere |
//! | `sample-0`, `sample-1`, ... | buttons, in the order of samples.json |
//! | `photo`, `close-photo` | the preview image; the button that closes it |
//! | `error-message`, `dismiss-error` | the alert (absent while there is none); its button |
//! | `announcement` | the live region |
//! | `classify-status` | while the photograph waits or is being classified |
//! | `result-list` | `ol`; `data-set`, `data-fallback` = true, false |
//! | `result-row` | `li`; `data-label`, `data-probability` (all digits of the `f32`) |
//! | `set-select` | only where the bundle has several sets |
//! | `fallback-note` | only where no network voted |
//! | `guard-note` | only where the guard does not take the picture for skin; `data-kind`, `data-score` |
//! | `prediction-set` | only where the bundle is calibrated for it; `data-coverage`, `data-labels` (keys with spaces between) |
//! | `fold-row` | `data-fold`, `data-voted`, `data-first` (label key), `data-probability` |
//! | `votes` | the networks' agreement; `data-votes`, `data-count` |
//! | `explain-KEY`, `about-KEY` | buttons of each result row |
//! | `label-card` | `data-label` |
//! | `steps`, `baseline` | selects of the explanation's settings (in `explain-settings`, a closed `details`) |
//! | `explain-progress`, `cancel-explain` | while an explanation is computed |
//! | `explanation` | shown with a finished map; `data-label`, `data-steps`, `data-baseline` |
//! | `overlay-canvas` | the map over the photograph, at the networks' input size |
//! | `opacity`, `positive-only`, `grey`, `hide-map` | the map's controls |
//! | `completeness-gap` | `data-gap`, `data-logit` |
//! | `request-count` | `data-count`, empty while no photograph is open |
//! | `bytes-loaded`, `golden-check`, `engine-row` | rows of the provenance panel; `data-bytes`, `data-worst` |

mod answer;
mod app;
mod card;
mod chooser;
mod explanation;
mod focus;
mod folds;
mod header;
mod limits;
mod messages;
mod model_panel;
mod photograph;
mod provenance;
mod samples;

pub use app::App;
