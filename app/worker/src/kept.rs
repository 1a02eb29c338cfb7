//! Reading what the service worker (`www/sw.js`) keeps, without asking it and without any request.
//!
//! Names and addresses are those of that file: one store for each folder that a page lies in, and each file under its
//! checksum. The browser's `CacheStorage` is found by name: the typed one would need more features of web-sys.

use js_sys::{Array, ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The kept file with this SHA-256 (hexadecimal), not checked again; `None` where there is none, or no store at all.
/// `folder` is the address of the page's folder, with a slash at its end.
pub async fn file(folder: &str, sha256: &str) -> Option<Vec<u8>> {
    read(folder, sha256).await.ok().flatten()
}

async fn read(folder: &str, sha256: &str) -> Result<Option<Vec<u8>>, JsValue> {
    let caches = Reflect::get(&js_sys::global(), &"caches".into())?;
    if caches.is_undefined() {
        return Ok(None);
    }
    // `match` with a name, unlike `open`, makes no store where there is none.
    let options = Object::new();
    Reflect::set(
        &options,
        &"cacheName".into(),
        &format!("genoderm {folder}").into(),
    )?;
    let key = format!("{folder}kept/{sha256}");
    let found = call(&caches, "match", &[key.into(), options.into()]).await?;
    if found.is_undefined() {
        return Ok(None);
    }
    let buffer: ArrayBuffer = call(&found, "arrayBuffer", &[]).await?.dyn_into()?;
    Ok(Some(Uint8Array::new(&buffer).to_vec()))
}

/// Calls a method that promises something, and waits for it.
async fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    let arguments: Array = arguments.iter().collect();
    let promise: Promise = method.apply(object, &arguments)?.dyn_into()?;
    JsFuture::from(promise).await
}
