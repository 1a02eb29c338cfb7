//! A model of the reader's own: a bundle from a folder or a zip file on this device. Its files are read here, handed to the
//! engine one by one as it asks for them, and checked there as those of the page's own model are. Nothing of it is sent or
//! stored.
//!
//! [`files`] finds the bundle among the files, [`tree`] holds them by their names, [`archive`] reads a zip file in pieces,
//! [`dropped`] a folder that was dropped. The last three serve surveys from files too.

pub mod archive;
pub mod dropped;
pub mod files;
pub mod tree;

use std::rc::Rc;

use leptos::prelude::*;

use crate::manifest::ModelSummary;
use files::Files;

/// What the page knows of the reader's own model. Cheap to copy.
#[derive(Clone, Copy)]
pub struct OwnModel {
    /// Its name; `None` while the page's own model is in use.
    pub name: RwSignal<Option<String>>,
    /// Whether files are being looked through.
    pub reading: RwSignal<bool>,
    /// Its files.
    pub files: StoredValue<Option<Rc<Files>>, LocalStorage>,
    /// What is known of the page's own model, for the way back: no request is needed then.
    pub page_summary: StoredValue<Option<Result<ModelSummary, String>>>,
}

impl OwnModel {
    /// None.
    pub fn new() -> Self {
        Self {
            name: RwSignal::new(None),
            reading: RwSignal::new(false),
            files: StoredValue::new_local(None),
            page_summary: StoredValue::new(None),
        }
    }

    /// Whether one is in use.
    pub fn is_in_use(&self) -> bool {
        self.name.with(Option::is_some)
    }
}
