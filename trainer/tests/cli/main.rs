//! The command line, from outside: help texts, wrong use, and the whole path from synthetic pictures
//! to a bundle's answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod calibration;
mod data;
mod end_to_end;
mod evaluation;
mod going_on;
mod help;
mod interruption;
mod preview;
mod region;
mod safety;
mod seen;
mod study;
mod support;
mod training_options;
mod wrong_use;
