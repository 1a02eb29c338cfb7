//! The browser's database of saved cases (IndexedDB).
//!
//! Two stores under the same keys: `cases` has what the list shows, `contents` the photographs and maps, so that the list is
//! read without them. Both are always changed in one transaction: a case is there as a whole or not at all. A connection is
//! open for one task only, so that windows do not stand in each other's way.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, select};
use idb::event::VersionChangeEvent;
use idb::{
    Database, DatabaseEvent, Error, Event, Factory, ObjectStoreParams, Request, Transaction,
    TransactionMode, TransactionResult,
};
use js_sys::{ArrayBuffer, Object, Promise, Reflect};
use leptos::prelude::{set_timeout, window};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, Url};

use super::preview::png_blob;
use super::record::SavedCase;
use crate::problem::Problem;

const NAME: &str = "genoderm";
/// Raised when the stores change. A page that meets a higher one leaves it alone.
const VERSION: u32 = 1;
const CASES: &str = "cases";
const CONTENTS: &str = "contents";
/// How long another window may keep the database from being opened.
const PATIENCE: Duration = Duration::from_secs(5);

/// A line of the list.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// The case's key.
    pub id: u32,
    /// The case; `None` for one that this version of the page cannot read.
    pub case: Option<SavedCase>,
    /// Bytes that it takes.
    pub bytes: u64,
    /// A `blob:` address of its small picture.
    pub preview: Option<String>,
}

impl Entry {
    /// Gives the memory of the small picture back.
    pub fn release(&self) {
        if let Some(preview) = &self.preview {
            let _ = Url::revoke_object_url(preview);
        }
    }
}

/// What is large about a case.
pub struct Content {
    /// The upright photograph as a PNG without metadata.
    pub photo: ArrayBuffer,
    /// The map's values as little-endian `f32`.
    pub heat: Option<ArrayBuffer>,
}

/// Saves a case, in the place of the one of this key if one is given, and returns its key.
///
/// # Errors
/// What the reader is told; then nothing was changed.
pub async fn save(
    id: Option<u32>,
    case: &SavedCase,
    content: &Content,
    preview: Option<&ArrayBuffer>,
) -> Result<u32, Problem> {
    let json = case.to_json().map_err(|_| refused())?;
    let heat_bytes = content.heat.as_ref().map_or(0, ArrayBuffer::byte_length);
    let small_bytes = preview.map_or(0, ArrayBuffer::byte_length);
    let bytes = f64::from(content.photo.byte_length())
        + f64::from(heat_bytes)
        + f64::from(small_bytes)
        + json.len() as f64;
    let entry = object(&[
        ("case", json.into()),
        ("bytes", bytes.into()),
        ("preview", optional(preview)),
    ]);
    let content = object(&[
        ("photo", content.photo.clone().into()),
        ("heat", optional(content.heat.as_ref())),
    ]);
    let database = open(true).await?.ok_or_else(refused)?;
    let saved = change(&database, async |transaction| {
        let key = id.map(JsValue::from);
        let key = transaction
            .object_store(CASES)?
            .put(&entry, key.as_ref())?
            .await?;
        transaction
            .object_store(CONTENTS)?
            .put(&content, Some(&key))?
            .await?;
        Ok(key)
    })
    .await;
    database.close();
    key_of(&saved?).ok_or_else(refused)
}

/// All cases, the newest first. Makes no database where there is none.
///
/// # Errors
/// What the reader is told.
pub async fn list() -> Result<Vec<Entry>, Problem> {
    let Some(database) = open(false).await? else {
        return Ok(Vec::new());
    };
    let read = async {
        let transaction = database.transaction(&[CASES], TransactionMode::ReadOnly)?;
        let store = transaction.object_store(CASES)?;
        let (keys, values) = (store.get_all_keys(None, None)?, store.get_all(None, None)?);
        Ok((keys.await?, values.await?))
    };
    let read = read.await.map_err(|error| told(&error));
    database.close();
    let (keys, values) = read?;
    let mut entries: Vec<_> = keys.iter().zip(&values).filter_map(entry).collect();
    let saved = |entry: &Entry| entry.case.as_ref().map(|case| case.saved.clone());
    entries.sort_by_key(|entry| std::cmp::Reverse((saved(entry), entry.id)));
    Ok(entries)
}

/// A case as a whole; `None` where it is not there any more, or cannot be read.
///
/// # Errors
/// What the reader is told.
pub async fn read(id: u32) -> Result<Option<(SavedCase, Content)>, Problem> {
    let Some(database) = open(false).await? else {
        return Ok(None);
    };
    let key = JsValue::from(id);
    let read = async {
        let transaction = database.transaction(&[CASES, CONTENTS], TransactionMode::ReadOnly)?;
        let entry = transaction.object_store(CASES)?.get(key.clone())?.await?;
        let content = transaction.object_store(CONTENTS)?.get(key)?.await?;
        Ok((entry, content))
    };
    let read = read.await.map_err(|error| told(&error));
    database.close();
    Ok(match read? {
        (Some(entry), Some(content)) => case_of(&entry).zip(content_of(&content)),
        _ => None,
    })
}

/// Deletes a case.
///
/// # Errors
/// What the reader is told; then it is still there.
pub async fn delete(id: u32) -> Result<(), Problem> {
    let Some(database) = open(false).await? else {
        return Ok(());
    };
    let deleted = change(&database, async |transaction| {
        for store in [CASES, CONTENTS] {
            let key = JsValue::from(id);
            transaction.object_store(store)?.delete(key)?.await?;
        }
        Ok(())
    });
    let deleted = deleted.await;
    database.close();
    deleted
}

/// Deletes all cases.
///
/// # Errors
/// What the reader is told; then all are still there.
pub async fn clear() -> Result<(), Problem> {
    let Some(database) = open(false).await? else {
        return Ok(());
    };
    let cleared = change(&database, async |transaction| {
        for store in [CASES, CONTENTS] {
            transaction.object_store(store)?.clear()?.await?;
        }
        Ok(())
    });
    let cleared = cleared.await;
    database.close();
    cleared
}

/// Asks the browser not to throw away what is stored when space becomes scarce. It may refuse.
pub fn ask_to_persist() {
    let asked = window().navigator().storage().persist();
    if let Ok(asked) = asked {
        spawn_local(async move {
            let _ = JsFuture::from(asked).await;
        });
    }
}

/// Opens the database. Unless it may be created, `None` says that there is none.
async fn open(create: bool) -> Result<Option<Database>, Problem> {
    let mut request = Factory::new()
        .and_then(|factory| factory.open(NAME, Some(VERSION)))
        .map_err(|error| told(&error))?;
    let absent = Rc::new(Cell::new(false));
    let is_absent = Rc::clone(&absent);
    request.on_upgrade_needed(move |event| {
        let done = if create {
            make_stores(&event)
        } else {
            // An open that is given up leaves no database behind.
            is_absent.set(true);
            give_up(&event)
        };
        if let Err(error) = done {
            leptos::logging::warn!("saved cases: {error}");
        }
    });
    let opening = Box::pin(request.into_future());
    let timer = Box::pin(JsFuture::from(Promise::new(&mut |resolve, _| {
        let ring = move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        };
        set_timeout(ring, PATIENCE);
    })));
    match select(opening, timer).await {
        Either::Left((Ok(database), _)) => Ok(Some(database)),
        Either::Left((Err(_), _)) if absent.get() => Ok(None),
        Either::Left((Err(error), _)) => Err(told(&error)),
        Either::Right((_, opening)) => {
            // Whoever it waits for may still let go: it must not hold the database then.
            spawn_local(async move {
                if let Ok(database) = opening.await {
                    database.close();
                }
            });
            Err(Problem::Sentence(|text| text.cases_busy))
        }
    }
}

fn make_stores(event: &VersionChangeEvent) -> Result<(), Error> {
    let database = event.database()?;
    let mut counted = ObjectStoreParams::new();
    counted.auto_increment(true);
    database.create_object_store(CASES, counted)?;
    database.create_object_store(CONTENTS, ObjectStoreParams::new())?;
    Ok(())
}

fn give_up(event: &VersionChangeEvent) -> Result<(), Error> {
    match event.target()?.transaction() {
        Some(transaction) => transaction.abort().map(drop),
        None => Ok(()),
    }
}

/// Changes both stores, or neither.
async fn change<T>(
    database: &Database,
    work: impl AsyncFnOnce(&Transaction) -> Result<T, Error>,
) -> Result<T, Problem> {
    let transaction = database
        .transaction(&[CASES, CONTENTS], TransactionMode::ReadWrite)
        .map_err(|error| told(&error))?;
    match work(&transaction).await {
        Ok(done) => match transaction.await {
            Ok(TransactionResult::Committed) => Ok(done),
            // What was accepted and yet not written had no room.
            Ok(TransactionResult::Aborted) => Err(full()),
            Err(error) => Err(told(&error)),
        },
        Err(error) => {
            let problem = told(&error);
            let _ = transaction.abort();
            Err(problem)
        }
    }
}

fn entry((key, value): (&JsValue, &JsValue)) -> Option<Entry> {
    let preview = get(value, "preview").dyn_into::<ArrayBuffer>().ok();
    let blob = preview.and_then(|bytes| png_blob(&bytes).ok());
    Some(Entry {
        id: key_of(key)?,
        case: case_of(value),
        bytes: get(value, "bytes").as_f64().unwrap_or_default() as u64,
        preview: blob.and_then(|blob| Url::create_object_url_with_blob(&blob).ok()),
    })
}

fn case_of(value: &JsValue) -> Option<SavedCase> {
    SavedCase::from_json(&get(value, "case").as_string()?)
}

fn content_of(value: &JsValue) -> Option<Content> {
    Some(Content {
        photo: get(value, "photo").dyn_into().ok()?,
        heat: get(value, "heat").dyn_into().ok(),
    })
}

/// Keys count from 1.
fn key_of(key: &JsValue) -> Option<u32> {
    let key = key.as_f64()?;
    (key >= 1.0 && key <= f64::from(u32::MAX)).then_some(key as u32)
}

fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_default()
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn optional(buffer: Option<&ArrayBuffer>) -> JsValue {
    buffer.map_or(JsValue::UNDEFINED, |buffer| buffer.clone().into())
}

fn refused() -> Problem {
    Problem::Sentence(|text| text.cases_refused)
}

fn full() -> Problem {
    Problem::Sentence(|text| text.cases_full)
}

/// What a failure of the database means to the reader.
fn told(error: &Error) -> Problem {
    leptos::logging::warn!("saved cases: {error}");
    let thrown = match error {
        Error::DomException(exception) => exception.clone().into(),
        Error::AddFailed(thrown)
        | Error::ClearFailed(thrown)
        | Error::DeleteFailed(thrown)
        | Error::GetAllFailed(thrown)
        | Error::GetFailed(thrown)
        | Error::IndexedDbNotFound(thrown)
        | Error::IndexedDbOpenFailed(thrown)
        | Error::ObjectStoreNotFound(thrown)
        | Error::TransactionOpenFailed(thrown)
        | Error::UpdateFailed(thrown) => thrown.clone(),
        _ => JsValue::UNDEFINED,
    };
    let name = thrown
        .dyn_ref::<DomException>()
        .map(DomException::name)
        .unwrap_or_default();
    match name.as_str() {
        "VersionError" => Problem::Sentence(|text| text.cases_newer),
        "QuotaExceededError" => full(),
        _ => refused(),
    }
}
