//! The reader's language: the browser's wish until the reader chooses one, which is remembered.

use std::sync::LazyLock;

use leptos::prelude::*;

use crate::settings;
use crate::text::{ENGLISH, GERMAN, Text};

/// The setting that remembers the choice.
const SETTING: &str = "language";

/// The language of the page. Outside of any component, since sentences are also needed where no component is: in answers
/// to the worker's messages and after downloads.
static CURRENT: LazyLock<ArcRwSignal<Language>> =
    LazyLock::new(|| ArcRwSignal::new(Language::English));

/// A language that the page is complete in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which is also for readers of all other languages.
    English,
    /// German.
    German,
}

impl Language {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its code in BCP 47, as for `lang` in HTML.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its name in itself: who looks for it cannot read the others.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The page's sentences in it.
    pub fn text(self) -> &'static Text {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }

    /// The language of a BCP 47 tag, whatever its region: `de`, `de-AT`; `None` for one that the page does not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
    }
}

/// The page's language. Whatever calls this reactively is called again when it changes.
pub fn current() -> Language {
    CURRENT.get()
}

/// What a page does before anything is shown: takes the remembered language, else the first of the browser's languages
/// that the page speaks.
pub fn begin() {
    let remembered = settings::read(SETTING).and_then(|tag| Language::from_tag(&tag));
    let language = remembered.or_else(|| first_of(browser_languages()));
    show(language.unwrap_or(Language::English));
}

/// Follows the reader's choice, and remembers it.
pub fn choose(language: Language) {
    settings::write(SETTING, language.code());
    show(language);
}

fn show(language: Language) {
    if let Some(root) = document().document_element() {
        // Screen readers and hyphenation go by it.
        let _ = root.set_attribute("lang", language.code());
    }
    CURRENT.set(language);
}

fn browser_languages() -> Vec<String> {
    let tags = window().navigator().languages();
    tags.iter().filter_map(|tag| tag.as_string()).collect()
}

fn first_of(tags: Vec<String>) -> Option<Language> {
    tags.iter().find_map(|tag| Language::from_tag(tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_first_language_that_the_page_speaks_counts() {
        let first = |tags: &[&str]| first_of(tags.iter().map(|tag| (*tag).to_owned()).collect());
        assert_eq!(first(&["fr-CH", "de-CH", "en"]), Some(Language::German));
        assert_eq!(first(&["EN-gb", "de"]), Some(Language::English));
        assert_eq!(first(&["den", "fr"]), None);
        assert_eq!(first(&[]), None);
    }
}
