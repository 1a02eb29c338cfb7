//! Checksums of shards: SHA-256, as 64 lower-case hexadecimal digits.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{BundleError, ShardInfo};

/// Number of digits in a checksum.
pub(super) const HEX_DIGITS: usize = 64;

/// Bytes that are digested at once: a browser runs a function as it compiled it first, in haste, until it is called again.
const PIECE: usize = 64 * 1024;

/// SHA-256 of `bytes` as lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    bytes.chunks(PIECE).for_each(|piece| hasher.update(piece));
    digest_hex(&hasher.finalize())
}

/// A digest as lower-case hexadecimal digits.
pub fn digest_hex(digest: &[u8]) -> String {
    let mut hex = String::with_capacity(HEX_DIGITS);
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

impl ShardInfo {
    /// What the manifest says about a shard with these bytes.
    pub(super) fn of(file: String, bytes: &[u8]) -> Self {
        Self {
            file,
            bytes: bytes.len() as u64,
            sha256: sha256_hex(bytes),
        }
    }

    /// Checks that these are the bytes that the manifest promises: first their number, then their
    /// SHA-256.
    ///
    /// # Errors
    ///
    /// [`BundleError::Shard`] with the name of the file and whether it is cut off, too long or
    /// changed.
    pub fn verify(&self, bytes: &[u8]) -> Result<(), BundleError> {
        self.verify_digest(bytes.len() as u64, &sha256_hex(bytes))
    }

    /// [`verify`](Self::verify) for `found` bytes of which someone else computed the SHA-256, in lower-case hexadecimal
    /// digits.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn verify_digest(&self, found: u64, sha256: &str) -> Result<(), BundleError> {
        let cause = if found < self.bytes {
            format!("it is cut off: {found} of {} bytes", self.bytes)
        } else if found > self.bytes {
            format!("it has {found} bytes instead of {}", self.bytes)
        } else if sha256 != self.sha256 {
            "its contents have changed (the SHA-256 is another)".to_owned()
        } else {
            return Ok(());
        };
        Err(BundleError::Shard {
            file: self.file.clone(),
            cause,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_matches_the_standards_example() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
