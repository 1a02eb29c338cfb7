//! The command line, from outside: help texts, wrong use, and the whole path from synthetic pictures
//! to a bundle's answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod calibration;
mod end_to_end;
mod help;
mod interruption;
mod support;
mod wrong_use;
