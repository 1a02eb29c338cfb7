//! What went wrong, as the page keeps it: the words are chosen when it is shown, in the language of that moment.

use genoderm_protocol::FailureKind;

use crate::manifest::FORMAT_VERSION;
use crate::text::{Text, failure_sentence, fall_back_sentence, fill, text};
use crate::{format, joining};

/// Something that the reader is told in an alert.
#[derive(Clone, Copy)]
pub enum Problem {
    /// A failure of the engine.
    Failure(FailureKind),
    /// A sentence without gaps.
    Sentence(fn(&'static Text) -> &'static str),
    /// A file of so many bytes; more than the second number are not accepted.
    FileTooLarge(u64, u64),
    /// A file of this format, which this browser cannot read.
    FormatNotHere(&'static str),
    /// A network after the first could not be used; the others answer.
    NotJoined(FailureKind),
    /// Of a model of the reader's own, so many of so many files are not there.
    FilesMissing(usize, usize),
    /// It is of this version of the bundle's format.
    BundleVersion(u64),
    /// It has so many bytes; more than the second number are not accepted.
    BundleTooLarge(u64, u64),
    /// Of a survey, so many of so many photographs are not there.
    PhotographsMissing(usize, usize),
    /// The graphics card was left; the flag says whether a photograph is open.
    FellBack(FailureKind, bool),
    /// One of several workers broke, and one goes on; the flag is as above.
    WorkerLost(bool),
}

impl Problem {
    /// One or two plain sentences.
    pub fn sentence(self) -> String {
        match self {
            Self::Failure(kind) => failure_sentence(kind).to_owned(),
            Self::Sentence(sentence) => sentence(text()).to_owned(),
            Self::FileTooLarge(size, limit) => {
                let values = [
                    ("size", format::bytes(size)),
                    ("limit", format::bytes(limit)),
                ];
                fill(text().file_too_large, &values)
            }
            Self::FormatNotHere(format) => fill(text().format_not_here, &[("format", format)]),
            Self::NotJoined(kind) => joining::failed_sentence(kind).to_owned(),
            Self::FilesMissing(count, total) => {
                let values = [("count", count.to_string()), ("total", total.to_string())];
                fill(text().own_files_missing.form(count as u64), &values)
            }
            Self::BundleVersion(found) => {
                let values = [
                    ("found", found.to_string()),
                    ("known", FORMAT_VERSION.to_string()),
                ];
                fill(text().own_version, &values)
            }
            Self::BundleTooLarge(size, limit) => {
                let values = [
                    ("size", format::bytes(size)),
                    ("limit", format::bytes(limit)),
                ];
                fill(text().own_too_large, &values)
            }
            Self::PhotographsMissing(count, total) => {
                let values = [("count", count.to_string()), ("total", total.to_string())];
                fill(
                    text().survey_photographs_missing.form(count as u64),
                    &values,
                )
            }
            Self::WorkerLost(false) => text().worker_lost.to_owned(),
            Self::WorkerLost(true) => fill(text().fell_back_kept, &[("why", text().worker_lost)]),
            Self::FellBack(kind, false) => fall_back_sentence(kind).to_owned(),
            Self::FellBack(kind, true) => {
                fill(text().fell_back_kept, &[("why", fall_back_sentence(kind))])
            }
        }
    }
}
