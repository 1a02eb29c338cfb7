//! Genoderm's page: a thin leptos interface around the engine, which runs in a web worker.
//!
//! A photograph's way: [`session`] takes the file, reads its bytes and posts them to the worker; the worker answers
//! with probabilities and, if asked, with a heat map; [`components`] show the signals in [`state`]. Nothing here
//! computes on the photograph, and nothing sends it anywhere.

mod agreement;
mod batch;
mod camera;
mod case_answer;
mod cases;
mod compare;
mod components;
mod conditions;
mod crop;
mod decode;
mod engine_client;
mod evaluation;
mod fetch;
mod format;
mod joining;
mod keep;
mod language;
mod lesion;
mod manifest;
mod map_choice;
mod network;
mod offline;
mod outcome;
mod overlay;
mod own_model;
mod path;
mod probe;
mod problem;
mod program;
mod region;
mod samples;
mod session;
mod settings;
mod state;
mod survey;
mod text;
mod workers;

pub use components::App;
