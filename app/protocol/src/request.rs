//! What the page asks of the engine.

use serde::{Deserialize, Serialize};

use crate::{ExplainSettings, MessageError, Region};

/// A request of the page. `id` is chosen by the page, and every event about the request carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Request {
    /// Start the device, download the bundle, build its networks, run the golden check.
    /// Ends in [`Loaded`](crate::Event::Loaded), when all of them are there, or the first one that was asked for.
    /// A second `Load` replaces the first bundle and frees its memory.
    Load {
        /// The page's number for this request.
        id: u32,
        /// Address of the bundle's `manifest.json`. Relative addresses are resolved by the worker against its OWN
        /// script, so the page had better send an absolute one, from `new URL("bundle/manifest.json", document.baseURI)`.
        bundle_url: String,
        /// Appended to every address as `?v=...`, so that a new release is never mixed with cached files of an old one.
        version: Option<String>,
        /// The set whose first network is enough to begin with; the others come by [`Request::Join`]. `None` loads all
        /// networks; a set that the bundle does not have stands for the bundle's first.
        #[serde(default)]
        first: Option<String>,
        /// Workers that share the work on the processor; 1 (or 0) for the engine's own alone.
        #[serde(default = "one")]
        workers: usize,
    },
    /// Download, build and check the next network that is missing. Ends in [`Joined`](crate::Event::Joined). When it
    /// fails or is cancelled, the networks that are there go on answering.
    Join {
        /// The page's number for this request.
        id: u32,
        /// The set whose networks come first; `None` for the bundle's order.
        set: Option<String>,
        /// Take the network's files from what the browser keeps for use without a network, and make no request. Where they
        /// are not kept, the request fails as [`FailureKind::NotKept`](crate::FailureKind::NotKept).
        kept_only: bool,
    },
    /// As [`Request::Load`], for a bundle that the page holds itself and that is on no server. The engine asks for each file
    /// by [`Wanted`](crate::Event::Wanted), and gets it by [`Request::Hand`].
    LoadHanded {
        /// The page's number for this request.
        id: u32,
        /// As in [`Request::Load`].
        #[serde(default = "one")]
        workers: usize,
    },
    /// The file that the engine asked for is buffer 0 of the envelope; no buffer says that there is none. Acts at once, whatever
    /// the engine is doing, and has no answer of its own.
    Hand {
        /// The `LoadHanded` that it is for.
        id: u32,
    },
    /// Turn the photograph whose file bytes are buffer 0 of the envelope into a PNG of its upright pixels, as the networks get
    /// them, and nothing else of the file. Ends in [`Upright`](crate::Event::Upright). Needs no bundle.
    Upright {
        /// The page's number for this request.
        id: u32,
    },
    /// Classify the photograph whose file bytes (JPEG, PNG, WebP, BMP, TIFF, GIF) are buffer 0 of the envelope.
    /// Ends in [`Classified`](crate::Event::Classified). The photograph is kept for [`Request::Explain`] until the
    /// next `Classify` (also a failing one) or [`Request::Forget`].
    Classify {
        /// The page's number for this request.
        id: u32,
        /// The set of networks to ask, such as `focused`; `None` asks every set of the bundle.
        set: Option<String>,
        /// The part of the photograph that close-ups are cut from; `None` for all of it. The set `panoramic` sees the whole
        /// photograph in any case. A region that leaves the photograph, or has no size, is a `BadRequest`.
        #[serde(default)]
        region: Option<Region>,
    },
    /// Explain a label's logit for what the set saw of the photograph that was classified last.
    /// Ends in [`Explained`](crate::Event::Explained), with two buffers (see [`Explanation`](crate::Explanation)).
    Explain {
        /// The page's number for this request.
        id: u32,
        /// What to explain, and how.
        settings: ExplainSettings,
    },
    /// Show how Integrated Gradients comes about, for the photograph that was classified last and one network: the first
    /// of `settings.folds`, or else of the set. Ends in [`Traced`](crate::Event::Traced), with three buffers (see
    /// [`Trace`](crate::Trace)).
    Trace {
        /// The page's number for this request.
        id: u32,
        /// What to explain. The method must be Integrated Gradients; `steps` and `refine` are not looked at.
        settings: ExplainSettings,
        /// Points of the path, [`ExplainSettings::MIN_TRACE_POINTS`] to [`ExplainSettings::MAX_TRACE_POINTS`].
        points: usize,
    },
    /// Stop the request `id`, running or waiting; it then ends in `Failed` of kind `Cancelled`.
    /// An unknown or finished id is ignored: it was a race, not an error.
    Cancel {
        /// The request to stop.
        id: u32,
    },
    /// Drop the last photograph and everything computed from it. Has no answer.
    Forget,
}

/// Workers of a page that does not say how many.
fn one() -> usize {
    1
}

impl Request {
    /// The id of the request that this one is, or is about; `None` for [`Request::Forget`].
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        match self {
            Self::Load { id, .. }
            | Self::LoadHanded { id, .. }
            | Self::Hand { id }
            | Self::Upright { id }
            | Self::Join { id, .. }
            | Self::Classify { id, .. }
            | Self::Explain { id, .. }
            | Self::Trace { id, .. }
            | Self::Cancel { id } => Some(*id),
            Self::Forget => None,
        }
    }

    /// As it is posted.
    ///
    /// # Errors
    /// When the value cannot be written as JSON, which no request of ours is.
    pub fn to_json(&self) -> Result<String, MessageError> {
        Ok(serde_json::to_string(self)?)
    }

    /// From what was posted.
    ///
    /// # Errors
    /// When the text is not one of these requests.
    pub fn from_json(text: &str) -> Result<Self, MessageError> {
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn requests_survive_the_journey_and_keep_their_wire_names() {
        let request = Request::Load {
            id: 7,
            bundle_url: "http://127.0.0.1/bundle/manifest.json".into(),
            version: None,
            first: Some("focused".into()),
            workers: 2,
        };
        let json = request.to_json().unwrap();
        assert_eq!(
            json,
            r#"{"type":"load","id":7,"bundleUrl":"http://127.0.0.1/bundle/manifest.json","version":null,"first":"focused","workers":2}"#
        );
        assert_eq!(Request::from_json(&json).unwrap(), request);
        let request = Request::from_json(r#"{"type":"load-handed","id":8}"#).unwrap();
        assert_eq!(request, Request::LoadHanded { id: 8, workers: 1 });
        assert_eq!(
            Request::from_json(r#"{"type":"forget"}"#).unwrap().id(),
            None
        );
    }

    #[test]
    fn a_page_may_leave_out_the_settings_it_does_not_care_about() {
        let request = Request::from_json(
            r#"{"type":"explain","id":3,"settings":{"set":"focused","target":"NF1"}}"#,
        )
        .unwrap();
        assert_eq!(
            request,
            Request::Explain {
                id: 3,
                settings: ExplainSettings::new("focused", "NF1")
            }
        );
    }

    #[test]
    fn a_trace_is_asked_for_by_points() {
        let request = Request::from_json(
            r#"{"type":"trace","id":4,"settings":{"set":"focused","target":"NF1"},"points":16}"#,
        )
        .unwrap();
        assert_eq!(request.id(), Some(4));
        let settings = ExplainSettings::new("focused", "NF1");
        assert_eq!(
            request,
            Request::Trace {
                id: 4,
                settings,
                points: 16
            }
        );
    }

    #[test]
    fn a_photograph_is_asked_about_as_a_whole_unless_a_region_is_named() {
        let asked = |json: &str| match Request::from_json(json).unwrap() {
            Request::Classify { region, .. } => region,
            other => panic!("{other:?}"),
        };
        assert_eq!(asked(r#"{"type":"classify","id":3,"set":null}"#), None);
        let region = Region {
            x: 0.1,
            y: 0.2,
            width: 0.3,
            height: 0.4,
            degrees: 0.0,
        };
        let json = r#"{"type":"classify","id":3,"set":null,"region":{"x":0.1,"y":0.2,"width":0.3,"height":0.4}}"#;
        assert_eq!(asked(json), Some(region));
    }

    #[test]
    fn nonsense_is_an_error_and_not_a_panic() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"type":"fly","id":1}"#,
            r#"{"type":"load","id":-1}"#,
            r#"{"type":"explain","id":1,"settings":{"set":"a","target":"b","method":"lime"}}"#,
        ] {
            assert!(Request::from_json(text).is_err(), "{text}");
        }
    }
}
