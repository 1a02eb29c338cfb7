//! From an address to a file below the served folder, and never to any other.

use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

/// A file that may be sent.
#[derive(Debug)]
pub struct ServedFile {
    /// Where it lies: itself, or its smaller copy.
    pub path: PathBuf,
    /// A quoted value that changes with the file, for `ETag`.
    pub tag: String,
    /// What it is once it is unpacked.
    pub media_type: &'static str,
    /// How it is packed, for `Content-Encoding`; `None` where it is sent as it is.
    pub coding: Option<&'static str>,
}

/// Why an address leads to no file.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Broken escapes, or an attempt to leave the folder.
    BadAddress,
    /// No file of that name.
    NotFound,
}

/// Smaller copies by the end of their name and the name of their coding, the smallest first.
const COPIES: [(&str, &str); 2] = [("br", "br"), ("gz", "gzip")];

/// Finds the file for a request's address; folders stand for their index.html. `accepted` is the request's
/// `Accept-Encoding`: where it allows, a smaller copy beside the file stands for it.
pub fn resolve(root: &Path, url: &str, accepted: &str) -> Result<ServedFile, Refusal> {
    let address = url.split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decode(address).ok_or(Refusal::BadAddress)?;
    let relative = decoded.strip_prefix('/').ok_or(Refusal::BadAddress)?;
    if relative.contains(['\\', '\0', ':']) {
        return Err(Refusal::BadAddress);
    }
    let relative = Path::new(relative);
    let plain = |component: Component<'_>| matches!(component, Component::Normal(_));
    if !relative.components().all(plain) {
        return Err(Refusal::BadAddress);
    }

    let mut path = root.join(relative);
    if path.is_dir() {
        path.push("index.html");
    }
    // A link could still point outside.
    let real = path.canonicalize().map_err(|_| Refusal::NotFound)?;
    let real_root = root.canonicalize().map_err(|_| Refusal::NotFound)?;
    if !real.starts_with(&real_root) || !real.is_file() {
        return Err(Refusal::NotFound);
    }
    let (modified, length) = stamp(&real).ok_or(Refusal::NotFound)?;
    let media_type = media_type(&real);
    for (ending, coding) in COPIES {
        let mut copy = real.clone().into_os_string();
        copy.push(format!(".{ending}"));
        let copy = PathBuf::from(copy);
        // A copy that is older than the file is one of another content.
        let current = stamp(&copy).filter(|(made, _)| *made >= modified);
        if let Some((made, length)) = current.filter(|_| allows(accepted, coding)) {
            return Ok(ServedFile {
                tag: tag(made, length),
                path: copy,
                media_type,
                coding: Some(coding),
            });
        }
    }
    Ok(ServedFile {
        tag: tag(modified, length),
        path: real,
        media_type,
        coding: None,
    })
}

/// When a plain file was changed, in nanoseconds, and how long it is.
fn stamp(path: &Path) -> Option<(u128, u64)> {
    // A link could point outside the folder; the file itself was looked at already.
    let metadata = path.symlink_metadata().ok().filter(Metadata::is_file)?;
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |time| time.as_nanos());
    Some((modified, metadata.len()))
}

fn tag(modified: u128, length: u64) -> String {
    format!("\"{length:x}-{modified:x}\"")
}

/// Whether an `Accept-Encoding` names a coding and does not refuse it (`br;q=0`).
fn allows(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(Some(1.0), |weight| weight.parse::<f64>().ok());
        named && weight.is_some_and(|weight| weight > 0.0)
    })
}

/// The media type by the file's ending; browsers compile wasm while it arrives only if it is called `application/wasm`.
pub fn media_type(path: &Path) -> &'static str {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("wasm") => "application/wasm",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Undoes `%xx`; `None` for broken escapes or what is no UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    fn site() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        fs::create_dir_all(root.join("bundle")).unwrap();
        fs::write(root.join("index.html"), "page").unwrap();
        fs::write(root.join("bundle/two words.json"), "{}").unwrap();
        fs::write(folder.path().join("secret.txt"), "outside").unwrap();
        folder
    }

    #[test]
    fn finds_files_folders_and_escaped_names() {
        let folder = site();
        let root = folder.path().join("site");
        for url in [
            "/",
            "/index.html",
            "/?engine=cpu",
            "/bundle/two%20words.json",
        ] {
            assert!(resolve(&root, url, "").is_ok(), "{url}");
        }
        assert_eq!(
            resolve(&root, "/bundle/", "").unwrap_err(),
            Refusal::NotFound
        );
    }

    #[test]
    fn a_smaller_copy_stands_for_the_file_where_the_browser_can_unpack_it() {
        let folder = site();
        let root = folder.path().join("site");
        let coding = |accepted: &str| resolve(&root, "/", accepted).unwrap().coding;
        assert_eq!(coding("gzip, br"), None);
        fs::write(root.join("index.html.br"), "b").unwrap();
        fs::write(root.join("index.html.gz"), "g").unwrap();
        assert_eq!(coding("gzip, deflate, br"), Some("br"));
        assert_eq!(coding("gzip;q=0.5, br;q=0"), Some("gzip"));
        assert_eq!(coding("GZIP"), Some("gzip"));
        assert_eq!(coding("brotli, identity"), None);
        assert_eq!(coding(""), None);
        let packed = resolve(&root, "/", "br").unwrap();
        assert_eq!(packed.media_type, "text/html; charset=utf-8");
        assert_ne!(packed.tag, resolve(&root, "/", "").unwrap().tag);

        // Whoever changes a file by hand is not shown the old one.
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
        let file = fs::File::options()
            .append(true)
            .open(root.join("index.html"))
            .unwrap();
        file.set_modified(later).unwrap();
        assert_eq!(coding("br, gzip"), None);
    }

    #[test]
    fn nothing_outside_the_folder_is_reached() {
        let folder = site();
        let root = folder.path().join("site");
        for url in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/bundle/..%2f..%2fsecret.txt",
            "/..\\secret.txt",
            "//etc/passwd",
            "/%00",
            "/%zz",
            "/%",
            "secret.txt",
        ] {
            assert!(resolve(&root, url, "br").is_err(), "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_not_followed() {
        let folder = site();
        let root = folder.path().join("site");
        std::os::unix::fs::symlink(folder.path().join("secret.txt"), root.join("link.txt"))
            .unwrap();
        assert_eq!(
            resolve(&root, "/link.txt", "").unwrap_err(),
            Refusal::NotFound
        );
        let copy = root.join("index.html.br");
        std::os::unix::fs::symlink(folder.path().join("secret.txt"), copy).unwrap();
        assert_eq!(resolve(&root, "/", "br").unwrap().coding, None);
    }
}
