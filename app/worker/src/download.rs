//! One file from the page's own origin, read as a stream.

use genoderm_protocol::{Failure, FailureKind};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, RequestInit, Response, WorkerGlobalScope};

use crate::job::Job;

/// What may come out of the browser's cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// Whatever HTTP allows.
    Usual,
    /// Nothing: what the cache holds was found to be wrong.
    Renew,
}

/// Memory set aside at once for a file of a promised length; the rest grows as bytes really come.
const RESERVED: u64 = 16 << 20;

/// Fetches `url`. `limit` is the most bytes to take; `arrived` hears how many bytes each piece brings.
///
/// # Errors
/// [`FailureKind::Download`] when the server or the network refuses, [`FailureKind::Checksum`] when the file is longer
/// than `limit`, [`FailureKind::Cancelled`] when the job is.
pub async fn fetch(
    url: &str,
    limit: u64,
    caching: Caching,
    job: &Job,
    arrived: &mut dyn FnMut(u64),
) -> Result<Vec<u8>, Failure> {
    job.check()?;
    let result = stream(url, limit, caching, job, arrived).await;
    // An aborted fetch looks like any failing one: what counts is whether we wanted it.
    job.check()?;
    let bytes = result.map_err(|error| {
        Failure::new(FailureKind::Download, format!("{url}: {}", words(&error)))
    })?;
    bytes.ok_or_else(|| {
        let detail = format!("{url}: longer than the {limit} bytes that it may have");
        Failure::new(FailureKind::Checksum, detail)
    })
}

/// The bytes, or `None` when there are more than `limit`.
async fn stream(
    url: &str,
    limit: u64,
    caching: Caching,
    job: &Job,
    arrived: &mut dyn FnMut(u64),
) -> Result<Option<Vec<u8>>, JsValue> {
    let init = RequestInit::new();
    // Members for which the typed setters would need more features of web-sys.
    Reflect::set(&init, &"credentials".into(), &"same-origin".into())?;
    if caching == Caching::Renew {
        Reflect::set(&init, &"cache".into(), &"reload".into())?;
    }
    if let Some(signal) = job.abort_signal() {
        Reflect::set(&init, &"signal".into(), signal)?;
    }
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response: Response = JsFuture::from(scope.fetch_with_str_and_init(url, &init))
        .await?
        .dyn_into()?;
    if !response.ok() {
        let answer = format!("{} {}", response.status(), response.status_text());
        return Err(format!("the server answers {answer}").into());
    }
    let body = response.body().ok_or("the answer is empty")?;
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into()?;
    let mut bytes = Vec::with_capacity(limit.min(RESERVED) as usize);
    loop {
        let step = JsFuture::from(reader.read()).await?;
        if Reflect::get(&step, &"done".into())?.is_truthy() {
            return Ok(Some(bytes));
        }
        let piece: Uint8Array = Reflect::get(&step, &"value".into())?.dyn_into()?;
        let (start, length) = (bytes.len(), piece.length());
        if start as u64 + u64::from(length) > limit {
            let _ = reader.cancel();
            return Ok(None);
        }
        bytes.resize(start + length as usize, 0);
        piece.copy_to(&mut bytes[start..]);
        arrived(u64::from(length));
    }
}

/// What a JavaScript error says.
pub fn words(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| "unknown cause".into())
}
