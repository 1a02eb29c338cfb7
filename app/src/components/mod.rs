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
//! | `own-model` | closed `details`: the file inputs `own-folder` (a folder) and `own-zip`; `own-reading` while files are looked through |
//! | `own-in-use` | only with a model of the reader's own; `data-name`; `own-back` is the way back, `own-back-later` stands for it while a photograph is open |
//! | `offline-status` | `data-state` = unknown, unsupported, page, fetching, waiting, failed, complete |
//! | `keep-everything` | the button that keeps what the reader has not used; absent while a photograph is open |
//! | `update-banner`, `take-new-version` | only while a new version waits; its button |
//! | `choose-file` | the file input; `drop-zone` takes drops (so does the whole page), pastes are taken anywhere |
//! | `take-photo` | the file input that opens a phone's camera; shown where fingers are the pointer |
//! | `use-camera` | the button that opens the camera's view; absent where there is no camera |
//! | `camera` | the view; `data-state` = asked, live; in it `camera-picture` (the video), `camera-choice` (only with several), `camera-take`, `camera-close` |
//! | `open-card`, `close-card`, `model-card` | the model card's buttons, and the card (hidden while closed) |
//! | `card-set` | a set's part of it, `data-set`; in it `figure-accuracy`, `figure-top-3`, `figure-ece`, `figure-temperature`, `figure-coverage`, `figure-guard` |
//! | `label-figures`, `tone-figures`, `confusion` | rows of the card's tables, `data-label`, `data-tone`; the matrix |
//! | `samples` | the gallery: `sample-0`, ... and `not-skin-0`, ... are buttons in the order of samples.json |
//! | `failure-0`, ... | buttons of the card's mistakes |
//! | `kind` | radio buttons `kind-focused`, `kind-panoramic`, `kind-both`; only where the bundle has several sets |
//! | `truth` | of an opened sample; `data-truth` = a label's key, not-skin; `data-grade` = right, near, wrong |
//! | `show-lesion`, `lesion-canvas` | the switch (only with a mask) and the outline of the drawn lesion |
//! | `open-crop`, `drop-region` | buttons: the region's editor; back to the whole photograph (only with a region) |
//! | `region-outline` | the chosen region over the photograph |
//! | `crop-frame` | the editor's rectangle, which takes the keys; `data-region` = x, y, width, height, degrees |
//! | `crop-handle-0`, ... | its handles, clockwise from the upper left; `crop-stage` is what they lie on |
//! | `crop-across`, `crop-down`, `crop-width`, `crop-height`, `crop-turn`, `crop-zoom` | sliders, each with buttons `...-less` and `...-more` |
//! | `crop-left`, `crop-right`, `crop-reset`, `crop-apply`, `crop-cancel` | the editor's buttons: quarter turns, all of the photograph, done |
//! | `photo`, `close-photo` | the preview image; the button that closes it |
//! | `error-message`, `dismiss-error` | the alert (absent while there is none); its button |
//! | `announcement` | the live region |
//! | `classify-status` | while the photograph waits or is being classified |
//! | `answer` | one for each set that was asked; `data-set`, `data-region` (absent for the whole photograph); in it `answered-for` |
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
//! | `explanation` | shown with a finished map; `data-label`, `data-set`, `data-steps`, `data-baseline` |
//! | `overlay-canvas` | the map over the photograph, at the networks' input size |
//! | `opacity`, `positive-only`, `grey`, `hide-map` | the map's controls |
//! | `completeness-gap` | `data-gap`, `data-logit` |
//! | `walk-path`, `path-points` | the button and the select of the path of Integrated Gradients; absent with other methods |
//! | `path-progress`, `cancel-path` | while it is walked |
//! | `path` | shown with a path; `data-label`, `data-set`, `data-fold`, `data-points`, `data-logit`, `data-baseline-logit`, `data-gap`; `close-path` closes it |
//! | `path-picture`, `path-gradient`, `path-sum` | canvases of the present step; `path-lesion` is the lesion's outline over each |
//! | `path-slider`, `path-back`, `path-on`, `path-play` | what moves along it; no `path-play` for readers who want no motion |
//! | `path-words` | `data-step`, `data-position`, `data-added`, `data-sum`, `data-missing`, `data-logit` |
//! | `path-curve` | the score along the path |
//! | `path-lesion-share`, `path-region-share` | of the present sum; `data-evidence`, `data-area` |
//! | `hold-map`, `see-comparison` | buttons of a finished map; the first has `data-held` = none, this, other; the second leads to the panel |
//! | `compare` | the panel, while a map is held; `compare-held` and `compare-shown` are its maps in the order on the page, `data-label`, `data-method`, `data-set`, `data-probability`; `compare-missing` stands for the second |
//! | `compare-stage`, `compare-canvas` | in each map: what takes wheel, pointers and keys, `data-view` = zoom, left, top; the map's pixels |
//! | `compare-facts` | the table of what is said of both |
//! | `compare-in`, `compare-out`, `compare-all` | buttons of the view of both |
//! | `agreement` | `data-agreement`: all digits, empty where there is none |
//! | `swap-sides`, `let-go` | buttons |
//! | `keep` | the panel; `note` is the reader's own, `print-report`, `save-report`, `save-overlay`, `save-map` are buttons |
//! | `report` | what is printed, hidden on the screen; `report-picture`, `report-note` |
//! | `batch` | `data-running`; `batch-count` has `data-done`, `data-failed`, `data-total` |
//! | `batch-cancel`, `batch-resume`, `batch-csv`, `batch-close` | its buttons |
//! | `batch-row` | `data-state` = waiting, running, done, failed; `batch-open-0`, ... are its buttons |
//! | `batch-first`, `batch-possible`, `batch-skin`, `batch-words` | cells of a row; `data-label`, `data-probability` |
//! | `one-person` | the batch's checkbox; `case-answer` has `data-counted` (numbers of rows, from 1), `case-answer-row` has `data-label`, `data-probability` |
//! | `save-case-part` | in it `case-name-field`, `save-case` (`data-saved` = true, false) and `case-saved` |
//! | `cases` | the list of saved cases, absent while there is none; `case` (`data-id`) has `case-name`, `open-case` and `delete-case` |
//! | `delete-case-yes`, `delete-case-no` | what `delete-case` asks; likewise for `delete-all-cases` and `clear-cases` |
//! | `kept-answer` | beside the answer of an opened saved case; in it `kept-label`, `kept-verdict` and `kept-model` (`data-same`), `kept-map` |
//! | `kept-cases` | in the privacy panel; `data-count` |
//! | `survey` | the panel of the reader mode; `data-phase` = closed, setting-up, preparing, asking, finished; while it is not closed all else but messages and provenance is hidden |
//! | `open-survey` | the button of its entry; `survey-stored` (`data-answered`, `data-total`) with `forget-survey` where answers are stored |
//! | `survey-built-in`, `survey-from-file`, `survey-folder`, `survey-zip`, `survey-choice`, `survey-questions` | which survey: radio buttons, file inputs, the select of a file's surveys, how many photographs |
//! | `survey-reader`, `survey-group`, `survey-at-the-end`, `survey-after-each`, `survey-may-store` | the other settings |
//! | `survey-start`, `survey-continue`, `survey-leave` | their buttons |
//! | `survey-preparing`, `survey-try-again`, `survey-without-model`, `survey-stop-preparing` | while photographs and model are fetched |
//! | `survey-place` | `data-place` (from 0), `data-answered`, `data-total` |
//! | `survey-question` | `data-image`, `data-place`; in it `survey-photo`, `survey-label-KEY` (radio buttons, in the order of their number keys), `survey-draw` |
//! | `survey-back`, `survey-next`, `survey-finish`, `survey-open-questions`, `survey-close` | the ways on; the last asks as `delete-case` does |
//! | `survey-comparison` | both answers to one photograph; `data-image`, `data-place`, `data-truth`, `data-answer`, `data-model` (keys); in it `survey-verdict`, `survey-model`, `survey-region`, `survey-map`, `survey-lesion` |
//! | `survey-overlap` | `data-region-map`, `data-by-chance`, `data-region-lesion`, `data-map-lesion`: all digits, absent where there is none |
//! | `survey-model-progress` | of a finished survey; `data-settled`, `data-total` |
//! | `survey-accuracy` | rows, `data-part` = all, focused, panoramic; cells `survey-reader-share`, `survey-model-share` with `data-right`, `data-total`, `data-low`, `data-high` |
//! | `survey-left-out` | only where questions were left out; `data-counts` = true, false |
//! | `survey-mean-overlap` | `data-region-map`, `data-count` |
//! | `survey-confusion`, `survey-model-confusion` | the matrices |
//! | `survey-csv`, `survey-description` | buttons that save the table of answers, and the description of the page's own survey |
//! | `survey-line` | rows of all photographs; `data-image`, `data-truth`, `data-answer`; `survey-look-0`, ... are their buttons, `survey-before`, `survey-after` lead to the neighbours |
//! | `privacy` | closed `details`: `request-row` (`data-address`, `data-by` = page, engine), `requests-summary` (`data-foreign`), `policy`, `kept` (`data-count`), `kept-setting` (`data-name`), `clear-kept` |
//! | `request-count` | `data-count`, empty while no photograph is open |
//! | `bytes-loaded`, `golden-check`, `engine-row` | rows of the provenance panel; `data-bytes`, `data-worst` |

mod answer;
mod app;
mod batch;
mod camera;
mod card;
mod case_answer;
mod cases;
mod chooser;
mod compare;
mod confirm;
mod crop;
mod explanation;
mod focus;
mod folder_or_zip;
mod folds;
mod gate;
mod gesture;
mod header;
mod in_language;
mod joining;
mod keep;
mod kept_answer;
mod kind;
mod language_choice;
mod lesion;
mod limits;
mod line_field;
mod map_settings;
mod messages;
mod model_card;
mod model_panel;
mod offline;
mod own_model;
mod painted;
mod path;
mod photograph;
mod place;
mod print;
mod privacy;
mod progress;
mod provenance;
mod region;
mod samples;
mod save_case;
mod survey;
mod thumbnail;
mod truth;
mod worker_choice;

pub use app::App;
