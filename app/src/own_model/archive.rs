//! A zip file that is read in pieces: the table of contents first, then one file at a time, so that never more than one is in
//! memory and a hostile one is refused before it fills it.
//!
//! The `zip` crate reads from something that has all bytes at once, which a browser's file has not. It gets what is there
//! already, and an error for what is not; the piece that it wanted is then fetched, and it is asked again.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use genoderm_protocol::envelope;
use js_sys::ArrayBuffer;
use web_sys::Blob;
use zip::ZipArchive;

use super::tree::part_of;
use crate::problem::Problem;

/// Bytes of a piece.
const PIECE: u64 = 1 << 20;
/// The most pieces that the table of contents may take.
const MOST_PIECES: usize = 32;
/// The most files that a zip file may have.
const MOST_FILES: usize = 10_000;
/// What every zip file begins with: a file in it, or the end of an empty one.
const BEGINNINGS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// Room for what a compressed file needs where it does not become smaller.
const OVERHEAD: u64 = 64 << 10;

/// An open zip file.
pub struct Archive {
    file: Blob,
    contents: ZipArchive<Pieces>,
    pieces: Pieces,
}

impl Archive {
    /// Reads the table of contents.
    ///
    /// # Errors
    /// What the reader is told when this is no zip file, a damaged one, or one of too many files.
    pub async fn open(file: Blob) -> Result<Self, Problem> {
        let beginning = envelope::bytes_of(&part_of(&file, 0, 4).await?);
        if !BEGINNINGS.contains(&&beginning[..]) {
            return Err(not_zip());
        }
        let pieces = Pieces::of(file.size() as u64);
        for _ in 0..MOST_PIECES {
            match ZipArchive::new(pieces.clone()) {
                Ok(contents) if contents.len() > MOST_FILES => break,
                Ok(contents) => {
                    return Ok(Self {
                        file,
                        contents,
                        pieces,
                    });
                }
                Err(error) => match pieces.missing() {
                    Some(start) if pieces.fetch(&file, start, start + PIECE).await? => {}
                    _ => {
                        leptos::logging::warn!("zip: {error}");
                        return Err(not_zip());
                    }
                },
            }
        }
        Err(not_zip())
    }

    /// Path and number of every file; paths that are not Unicode are left out.
    pub fn names(&self) -> Vec<(String, usize)> {
        (0..self.contents.len())
            .filter_map(|number| {
                let name = self.contents.name_for_index(number)?.ok()?;
                Some((name.into_owned(), number))
            })
            .collect()
    }

    /// A file's bytes, unpacked. Of one that has more than `limit`, one byte more is unpacked.
    ///
    /// # Errors
    /// What the reader is told when it is damaged, locked, or packed in a way that is not known here.
    pub async fn bytes(&self, number: usize, limit: u64) -> Result<ArrayBuffer, Problem> {
        // The copy shares the table of contents.
        let mut contents = self.contents.clone();
        let read = loop {
            let unpacked = match contents.by_index(number) {
                Ok(mut file) => {
                    let packed = file.compressed_size();
                    match file.data_start() {
                        // All of it at once: unpacking cannot be taken up in its middle.
                        Some(start) if !self.pieces.has(start, packed) => {
                            Err(Missing::Range(start, packed))
                        }
                        _ => {
                            let mut bytes = Vec::new();
                            let end = limit.saturating_add(1);
                            let read = file.by_ref().take(end).read_to_end(&mut bytes);
                            read.map(|_| bytes)
                                .map_err(|error| Missing::Nothing(error.to_string()))
                        }
                    }
                }
                Err(error) => Err(match self.pieces.missing() {
                    Some(start) => Missing::Range(start, PIECE),
                    None => Missing::Nothing(error.to_string()),
                }),
            };
            match unpacked {
                Ok(bytes) => break Ok(bytes),
                Err(Missing::Range(start, length)) => {
                    if length > limit.saturating_add(OVERHEAD).max(PIECE) {
                        break Err("more packed bytes than it may have".to_owned());
                    }
                    let end = start.saturating_add(length);
                    if !self.pieces.fetch(&self.file, start, end).await? {
                        break Err("it ends too early".to_owned());
                    }
                }
                Err(Missing::Nothing(error)) => break Err(error),
            }
        };
        // The next file is somewhere else.
        self.pieces.forget();
        match read {
            Ok(bytes) => Ok(envelope::buffer_of(&bytes)),
            Err(error) => {
                leptos::logging::warn!("zip: {error}");
                Err(Problem::Sentence(|text| text.own_unreadable))
            }
        }
    }
}

/// Why a file could not be unpacked yet, or at all.
enum Missing {
    /// These bytes are not there: where they start, and how many they are.
    Range(u64, u64),
    /// No more bytes help.
    Nothing(String),
}

fn not_zip() -> Problem {
    Problem::Sentence(|text| text.own_not_zip)
}

/// What is there of a file. Copies share the pieces, each has a place of its own.
#[derive(Clone)]
struct Pieces {
    size: u64,
    place: u64,
    shared: Rc<RefCell<Shared>>,
}

#[derive(Default)]
struct Shared {
    /// Where each starts, and its bytes.
    pieces: Vec<(u64, Vec<u8>)>,
    /// What was wanted and is not there.
    missing: Option<u64>,
}

impl Pieces {
    fn of(size: u64) -> Self {
        Self {
            size,
            place: 0,
            shared: Rc::default(),
        }
    }

    /// Where the piece starts that was wanted last.
    fn missing(&self) -> Option<u64> {
        self.shared.borrow_mut().missing.take()
    }

    fn forget(&self) {
        self.shared.borrow_mut().pieces.clear();
    }

    /// Whether one piece has so many bytes from `start` on, or all up to the file's end.
    fn has(&self, start: u64, length: u64) -> bool {
        let end = start.saturating_add(length).min(self.size);
        let shared = self.shared.borrow();
        end <= start
            || shared.pieces.iter().any(|(first, bytes)| {
                *first <= start && end <= first.saturating_add(bytes.len() as u64)
            })
    }

    /// Adds these bytes, as far as the file has them. False when it has none of them.
    async fn fetch(&self, file: &Blob, start: u64, end: u64) -> Result<bool, Problem> {
        let bytes = envelope::bytes_of(&part_of(file, start, end.min(self.size)).await?);
        let any = !bytes.is_empty();
        if any {
            self.shared.borrow_mut().pieces.push((start, bytes));
        }
        Ok(any)
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.place >= self.size || into.is_empty() {
            return Ok(0);
        }
        let mut shared = self.shared.borrow_mut();
        // The latest first: it is the largest that holds this place.
        let found = shared.pieces.iter().rev().find_map(|(start, bytes)| {
            let skipped = usize::try_from(self.place.checked_sub(*start)?).ok()?;
            bytes.get(skipped..).filter(|rest| !rest.is_empty())
        });
        let Some(rest) = found else {
            shared.missing = Some(self.place - self.place % PIECE);
            return Err(io::Error::other("not there yet"));
        };
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.place += count as u64;
        Ok(count)
    }
}

impl Seek for Pieces {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.place.checked_add_signed(offset),
        };
        self.place = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.place)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_is_not_there_is_asked_for_by_its_piece() {
        let mut pieces = Pieces::of(3 * PIECE);
        pieces.seek(SeekFrom::End(-5)).unwrap();
        let mut bytes = [0; 8];
        assert!(pieces.read(&mut bytes).is_err());
        assert_eq!(pieces.missing(), Some(2 * PIECE));
        assert_eq!(pieces.missing(), None);
        let piece = vec![7; PIECE as usize];
        pieces.shared.borrow_mut().pieces.push((2 * PIECE, piece));
        assert_eq!(pieces.read(&mut bytes).unwrap(), 5);
        assert_eq!(bytes, [7, 7, 7, 7, 7, 0, 0, 0]);
        assert_eq!(pieces.read(&mut bytes).unwrap(), 0);
        assert!(pieces.has(2 * PIECE + 1, PIECE) && !pieces.has(PIECE, 10));
        assert!(pieces.seek(SeekFrom::Current(i64::MIN)).is_err());
    }
}
