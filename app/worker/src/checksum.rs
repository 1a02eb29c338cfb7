//! Checksums of files: the browser's own where it has them, ours elsewhere.

use genoderm_model::bundle::{BundleError, ShardInfo, digest_hex, sha256_hex};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsValue;

use crate::promise::call;

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
    let bytes = Uint8Array::new_from_slice(bytes);
    let digest = call(&subtle, "digest", &["SHA-256".into(), bytes.into()]).await?;
    Ok(Uint8Array::new(&digest).to_vec())
}
