//! Files that belong together, wherever the reader keeps them: in a folder or in a zip file.

use std::collections::HashMap;

use js_sys::ArrayBuffer;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use super::archive::Archive;
use crate::engine_client::describe;
use crate::problem::Problem;

/// Where the files are, by their names.
enum Place {
    Folder(HashMap<String, File>),
    /// In a zip file, by the number of their entry.
    Zip(Box<Archive>, HashMap<String, usize>),
}

/// Files by their names.
pub struct Tree(Place);

impl Tree {
    /// Of a folder's files, each with its path, those that `name` has a name for.
    pub fn of_folder(files: Vec<(String, File)>, name: impl Fn(&str) -> Option<&str>) -> Self {
        let inside = files
            .into_iter()
            .filter_map(|(path, file)| Some((name(&path)?.to_owned(), file)));
        Self(Place::Folder(inside.collect()))
    }

    /// Of a zip file's `entries` ([`Archive::names`]) those that `name` has a name for.
    pub fn of_zip(
        archive: Archive,
        entries: &[(String, usize)],
        name: impl Fn(&str) -> Option<&str>,
    ) -> Self {
        let inside = entries
            .iter()
            .filter_map(|(path, number)| Some((name(path)?.to_owned(), *number)))
            .collect();
        Self(Place::Zip(Box::new(archive), inside))
    }

    /// Whether there is a file of this name.
    pub fn has(&self, name: &str) -> bool {
        match &self.0 {
            Place::Folder(files) => files.contains_key(name),
            Place::Zip(_, numbers) => numbers.contains_key(name),
        }
    }

    /// A file of a folder, unread.
    pub fn file(&self, name: &str) -> Option<&File> {
        match &self.0 {
            Place::Folder(files) => files.get(name),
            Place::Zip(..) => None,
        }
    }

    /// A file's bytes; `None` where there is no such file. Of one that has more than `limit`, at most one byte more is read,
    /// by which it is known.
    ///
    /// # Errors
    /// What the reader is told when the file cannot be read.
    pub async fn bytes(&self, name: &str, limit: u64) -> Result<Option<ArrayBuffer>, Problem> {
        match &self.0 {
            Place::Folder(files) => match files.get(name) {
                Some(file) => part_of(file, 0, limit.saturating_add(1)).await.map(Some),
                None => Ok(None),
            },
            Place::Zip(archive, numbers) => match numbers.get(name) {
                Some(number) => archive.bytes(*number, limit).await.map(Some),
                None => Ok(None),
            },
        }
    }
}

/// Bytes of a file from `start` to before `end`, as far as it has them.
///
/// # Errors
/// What the reader is told when the browser cannot read it.
pub async fn part_of(file: &Blob, start: u64, end: u64) -> Result<ArrayBuffer, Problem> {
    let read = async {
        let part = file.slice_with_f64_and_f64(start as f64, end as f64)?;
        JsFuture::from(part.array_buffer()).await?.dyn_into()
    };
    read.await.map_err(|error: JsValue| {
        leptos::logging::warn!("own file: {}", describe(&error));
        Problem::Sentence(|text| text.own_unreadable)
    })
}
