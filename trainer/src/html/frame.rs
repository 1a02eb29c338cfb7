//! The frame of a page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("report.css");

/// Even when the page is opened from a disk, it may load nothing but what is in it.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/// A page with a title, a header and its sections.
pub(crate) fn page(title: &str, header: Markup, sections: Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="generator" content=(concat!("genoderm ", env!("CARGO_PKG_VERSION")));
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header)
                main { (sections) }
                footer {
                    p { "Written by genoderm " (env!("CARGO_PKG_VERSION")) ". Research and education only: not a medical device." }
                }
            }
        }
    };
    page.into_string()
}

/// The names of open elements at the end, and whether every end tag fitted.
#[cfg(test)]
pub(crate) fn unbalanced(page: &str) -> Option<String> {
    let void = ["meta", "img", "br", "hr", "link", "input"];
    let mut open: Vec<String> = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>')?;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let name = |tag: &str| tag.split([' ', '/', '\n']).next().unwrap_or("").to_owned();
        if tag.starts_with('!') || tag.ends_with('/') {
            continue;
        } else if let Some(closed) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(closed) {
                return Some(format!("</{closed}> closes something else"));
            }
        } else if !void.contains(&name(tag).as_str()) {
            open.push(name(tag));
        }
    }
    (!open.is_empty()).then(|| format!("open at the end: {open:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_and_crossing_elements_are_found() {
        assert_eq!(unbalanced("<p><b>x</b></p>"), None);
        assert!(unbalanced("<p><b>x</p></b>").is_some());
        assert!(unbalanced("<p>").is_some());
        let page = page("a <b>", html! { header { "h" } }, html! { section { "s" } });
        assert_eq!(unbalanced(&page), None);
        assert!(page.contains("<title>a &lt;b&gt;</title>"));
    }
}
