//! Smaller copies beside the files, `.br` and `.gz`, which hosts send to browsers that can unpack them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};

use crate::files::all_files;

/// Brotli's highest quality: a tenth fewer bytes than with 9, for half a minute of a build.
const BROTLI_QUALITY: i32 = 11;
/// The largest window that every browser accepts (2^24 bytes): engines repeat themselves over long distances.
const BROTLI_WINDOW: i32 = 24;
/// A file whose copy would save less than this share is sent as it is: JPEGs, PNGs and weights.
const WORTHWHILE: f64 = 0.1;
/// Smaller files fit into one packet anyway.
const SMALLEST: usize = 1_024;

/// Writes the copies of all files in `folder`. Those of files that are the same in `earlier`, the page as it was built
/// last, are taken from there.
pub fn write(folder: &Path, earlier: &Path) -> Result<()> {
    let mut files = all_files(folder, &[])?;
    // The largest takes as long as all others together, so it must not be the last to begin.
    files.sort_by_key(|file| file.metadata().map_or(0, |metadata| metadata.len()));
    let waiting = Mutex::new(files);
    let next = || waiting.lock().ok().and_then(|mut files| files.pop());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(file) = next() {
                        compress(&file, folder, earlier)
                            .with_context(|| format!("cannot compress {}", file.display()))?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| bail!("a compressing thread fell over"))
        })
    })
}

/// Writes the brotli copy of a file, unless there is one.
pub fn write_brotli(file: &Path) -> Result<()> {
    let copy = with_ending(file, "br");
    if copy.is_file() {
        return Ok(());
    }
    Ok(fs::write(copy, brotli(&fs::read(file)?)?)?)
}

/// What makes the bytes of a file smaller.
type Coding = fn(&[u8]) -> Result<Vec<u8>>;

fn compress(file: &Path, folder: &Path, earlier: &Path) -> Result<()> {
    let content = fs::read(file)?;
    if content.len() < SMALLEST {
        return Ok(());
    }
    let before = earlier.join(file.strip_prefix(folder).unwrap_or(file));
    let unchanged = fs::read(&before).is_ok_and(|old| old == content);
    let codings: [(&str, Coding); 2] = [("br", brotli), ("gz", gzip)];
    for (ending, pack) in codings {
        let (old, new) = (with_ending(&before, ending), with_ending(file, ending));
        if unchanged && old.is_file() {
            fs::copy(old, new)?;
            continue;
        }
        let packed = pack(&content)?;
        if packed.len() as f64 <= content.len() as f64 * (1.0 - WORTHWHILE) {
            fs::write(new, packed)?;
        }
    }
    Ok(())
}

/// `index.html` with `br` is `index.html.br`.
fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    // The encoder writes no time, so that the same page is the same bytes.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Read;

    use super::*;

    fn built(folder: &Path, earlier: &Path) {
        fs::write(folder.join("page.js"), "let a = 1;\n".repeat(500)).unwrap();
        fs::write(folder.join("tiny.js"), "let a = 1;\n").unwrap();
        // Xorshift: what has no pattern cannot be made smaller.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let noise: Vec<u8> = (0..4_096)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect();
        fs::write(folder.join("weights"), noise).unwrap();
        write(folder, earlier).unwrap();
    }

    #[test]
    fn copies_unpack_to_the_file_and_are_made_where_they_save_something() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        built(root, Path::new("nowhere"));
        let wanted = fs::read(root.join("page.js")).unwrap();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(
            &mut &fs::read(root.join("page.js.br")).unwrap()[..],
            &mut unpacked,
        )
        .unwrap();
        assert_eq!(unpacked, wanted);
        unpacked.clear();
        flate2::read::GzDecoder::new(&fs::read(root.join("page.js.gz")).unwrap()[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, wanted);
        for none in ["tiny.js.br", "weights.br", "weights.gz"] {
            assert!(!root.join(none).exists(), "{none}");
        }
    }

    #[test]
    fn the_copy_of_an_unchanged_file_is_taken_over_and_that_of_a_changed_one_is_not() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        built(old.path(), Path::new("nowhere"));
        fs::write(old.path().join("page.js.br"), "of last time").unwrap();
        fs::remove_file(old.path().join("page.js.gz")).unwrap();
        built(new.path(), old.path());
        let copy = |name: &str| fs::read(new.path().join(name)).unwrap();
        assert_eq!(copy("page.js.br"), b"of last time");
        assert!(
            !copy("page.js.gz").is_empty(),
            "a copy that was lost is not made again"
        );

        fs::write(old.path().join("page.js"), "something else").unwrap();
        fs::remove_file(new.path().join("page.js.br")).unwrap();
        built(new.path(), old.path());
        assert_ne!(copy("page.js.br"), b"of last time");
    }
}
