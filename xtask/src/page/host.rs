//! What a host is told: the headers of every answer, in a file that several static hosts read, and a page of words.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::server::headers;

/// Rules of headers by address, as Netlify, Cloudflare Pages and others read them.
const HEADERS: &str = "_headers";
/// The words, whose source is docs/hosting.md.
const WORDS: &str = "HOSTING.md";

/// Writes both into `folder`. They are no part of the page: the service worker does not list them.
pub fn write(paths: &Paths, folder: &Path) -> Result<()> {
    let source = paths.repository().join("docs").join("hosting.md");
    fs::copy(&source, folder.join(WORDS))
        .with_context(|| format!("cannot copy {}", source.display()))?;
    fs::write(folder.join(HEADERS), rules())?;
    Ok(())
}

/// One rule for all addresses, since no file of the page is an exception.
fn rules() -> String {
    let mut text = String::from("/*\n");
    for (name, value) in headers::of_every_file() {
        text.push_str(&format!("  {name}: {value}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_hold_the_servers_own_headers_one_in_a_line() {
        let text = rules();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.first(), Some(&"/*"));
        assert_eq!(lines.len(), 1 + headers::of_every_file().len());
        assert!(text.contains("  Cache-Control: no-cache\n"));
        assert!(text.contains(headers::CONTENT_SECURITY_POLICY));
    }
}
