//! The networks after the first: how they come, and what is said of an answer before all have come.

use genoderm_protocol::{FailureKind, Progress, SetAnswer, SetInfo};

use crate::text::text;

/// How the networks after the first come.
#[derive(Clone, Debug, PartialEq)]
pub enum Joining {
    /// Nothing is under way: all are there, there is no engine, or it is at other work.
    Resting,
    /// The next one is on its way; `None` before it says how far.
    Running(Option<Progress>),
    /// They are not kept on this device, and nothing is fetched while a photograph is open.
    Held,
    /// The reader stopped it.
    Stopped,
    /// One could not be used.
    Failed,
}

impl Joining {
    /// Whether it goes on by itself as soon as the engine is free.
    pub fn goes_on(&self) -> bool {
        matches!(self, Self::Resting | Self::Running(_))
    }
}

/// Gaps of the sentences on an answer: `{present}` networks of `{networks}`.
pub fn network_values(answer: &SetAnswer) -> [(&'static str, String); 2] {
    [
        ("present", answer.folds.len().to_string()),
        ("networks", answer.networks.to_string()),
    ]
}

/// About how many bytes of a set are still to come: its networks are equally large.
pub fn missing_bytes(set: &SetInfo) -> u64 {
    let missing = set.folds.len().saturating_sub(set.present.len()) as u64;
    set.bytes * missing / (set.folds.len() as u64).max(1)
}

/// Why a network is not used, in one sentence.
pub fn failed_sentence(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Download => text().fast_failed_download,
        FailureKind::Checksum | FailureKind::BadBundle => text().fast_failed_checksum,
        FailureKind::GoldenMismatch => text().fast_failed_golden,
        _ => text().fast_failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_is_missing_is_measured_by_networks() {
        let set = |present: &[usize]| SetInfo {
            name: "focused".into(),
            folds: vec![0, 1, 2, 3, 4],
            present: present.into(),
            bytes: 1_000,
        };
        assert_eq!(missing_bytes(&set(&[])), 1_000);
        assert_eq!(missing_bytes(&set(&[0, 1])), 600);
        assert_eq!(missing_bytes(&set(&[0, 1, 2, 3, 4])), 0);
    }
}
