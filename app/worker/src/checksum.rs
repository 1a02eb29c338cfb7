//! Checksums of files: the browser's own where it has them, ours elsewhere.

use genoderm_model::bundle::{BundleError, ShardInfo, digest_hex, sha256_hex};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Compares a shard with its checksum, as [`ShardInfo::verify`] does.
///
/// # Errors
/// [`BundleError::Shard`] when it is cut off, too long or changed.
pub async fn verify(shard: &ShardInfo, bytes: &[u8]) -> Result<(), BundleError> {
    // `crypto.subtle`, many times as fast, is there on secure origins only.
    let digest = match of_browser(bytes).await {
        Ok(digest) => digest_hex(&digest),
        Err(_) => sha256_hex(bytes),
    };
    shard.verify_digest(bytes.len() as u64, &digest)
}

async fn of_browser(bytes: &[u8]) -> Result<Vec<u8>, JsValue> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    let subtle = Reflect::get(&crypto, &"subtle".into())?;
    let digest: Function = Reflect::get(&subtle, &"digest".into())?.dyn_into()?;
    let algorithm = JsValue::from("SHA-256");
    let digest = {
        // A copy would stay in memory until the browser collects it; `digest` makes one of its own before it returns.
        #[allow(unsafe_code, reason = "a view of a whole file instead of a copy")]
        // SAFETY: the view is gone at the end of this block, and `bytes` is not. Should wasm's memory have grown since it was
        // made, it is empty, which is looked at.
        let view = unsafe { Uint8Array::view(bytes) };
        if view.length() as usize != bytes.len() {
            return Err("the view is no more".into());
        }
        digest.call2(&subtle, &algorithm, &view)?
    };
    let digest = JsFuture::from(digest.dyn_into::<Promise>()?).await?;
    Ok(Uint8Array::new(&digest).to_vec())
}
