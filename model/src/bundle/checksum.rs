//! Checksums of shards: SHA-256, as 64 lower-case hexadecimal digits.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{BundleError, ShardInfo};

/// Number of digits in a checksum.
pub(super) const HEX_DIGITS: usize = 64;

/// SHA-256 of `bytes` as lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(HEX_DIGITS);
    for byte in Sha256::digest(bytes) {
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
        let found = bytes.len() as u64;
        let cause = if found < self.bytes {
            format!("it is cut off: {found} of {} bytes", self.bytes)
        } else if found > self.bytes {
            format!("it has {found} bytes instead of {}", self.bytes)
        } else if sha256_hex(bytes) != self.sha256 {
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
