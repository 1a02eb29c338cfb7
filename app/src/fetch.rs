//! The page's own few downloads: the model's description, the list of samples, a sample. All relative to the page.

use js_sys::{Promise, Reflect};
use leptos::prelude::{document, window};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, RequestInit, Response};

use crate::engine_client::describe;

/// Fetches a JSON file.
///
/// # Errors
/// When it is not there, or is not what was expected; the text is for a bug report.
pub async fn json<T: DeserializeOwned>(address: &str) -> Result<T, String> {
    let response = get(address).await?;
    let text = JsFuture::from(response.text().map_err(|error| describe(&error))?)
        .await
        .map_err(|error| describe(&error))?;
    serde_json::from_str(&text.as_string().unwrap_or_default())
        .map_err(|error| format!("{address}: {error}"))
}

/// Fetches a file as it is.
///
/// # Errors
/// When it is not there; the text is for a bug report.
pub async fn blob(address: &str) -> Result<Blob, String> {
    blob_of(address, get(address).await?).await
}

async fn blob_of(address: &str, response: Response) -> Result<Blob, String> {
    let blob = JsFuture::from(response.blob().map_err(|error| describe(&error))?)
        .await
        .map_err(|error| describe(&error))?;
    blob.dyn_into()
        .map_err(|_| format!("{address}: not a file"))
}

/// A file of the page that the browser has kept, without a request to the network.
///
/// # Errors
/// When it is not kept; the text is for a bug report.
pub async fn kept_blob(address: &str) -> Result<Blob, String> {
    let options = RequestInit::new();
    // Plain words for two settings, whose types web-sys has behind features of their own.
    for (name, value) in [("cache", "only-if-cached"), ("mode", "same-origin")] {
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let response = window().fetch_with_str_and_init(address, &options);
    blob_of(address, taken(address, response).await?).await
}

/// How large a file is, without fetching it; `None` where the server does not say.
/// A server that compresses sends less.
pub async fn size(address: &str) -> Option<u64> {
    let options = RequestInit::new();
    options.set_method("HEAD");
    let request = window().fetch_with_str_and_init(address, &options);
    let response: Response = JsFuture::from(request).await.ok()?.dyn_into().ok()?;
    let length = response.headers().get("content-length").ok()??;
    length.parse().ok().filter(|_| response.ok())
}

/// The absolute address of something that lies beside the page.
pub fn absolute(address: &str) -> String {
    let base = document().base_uri().ok().flatten();
    base.and_then(|base| web_sys::Url::new_with_base(address, &base).ok())
        .map_or_else(|| address.to_owned(), |url| url.href())
}

async fn get(address: &str) -> Result<Response, String> {
    taken(address, window().fetch_with_str(address)).await
}

async fn taken(address: &str, response: Promise) -> Result<Response, String> {
    let response = JsFuture::from(response)
        .await
        .map_err(|error| format!("{address}: {}", describe(&error)))?;
    let response: Response = response
        .dyn_into()
        .map_err(|_| format!("{address}: no response"))?;
    if response.ok() {
        Ok(response)
    } else {
        Err(format!("{address}: status {}", response.status()))
    }
}
