use std::collections::BTreeSet;

use super::*;
use crate::language::Language;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Sentences that are the same in German: names, numbers and marks.
const SAME: [&str; 12] = [
    "title",
    "sample_label_not_skin",
    "list_separator",
    "card_mim_gene",
    "explain_shown",
    "none_measured",
    "engine_why",
    "figures_interval",
    "percent",
    "interval",
    "both_words",
    "both_answer",
];

/// The `{name}`s of a sentence.
fn gaps(sentence: &str) -> BTreeSet<&str> {
    let starts = sentence.match_indices('{').map(|(start, _)| start);
    starts
        .filter_map(|start| {
            let rest = &sentence[start..];
            rest.find('}').map(|end| &rest[..=end])
        })
        .collect()
}

#[test]
fn every_language_has_the_same_gaps_in_its_sentences() {
    for language in Language::ALL {
        for ((key, english), (_, other)) in ENGLISH.all().into_iter().zip(language.text().all()) {
            assert_eq!(gaps(english), gaps(other), "{key} in {language:?}");
            assert!(!other.trim().is_empty() || key == "list_separator", "{key}");
        }
    }
}

#[test]
fn no_sentence_was_left_in_english() {
    for ((key, english), (_, german)) in ENGLISH.all().into_iter().zip(GERMAN.all()) {
        assert!(english != german || SAME.contains(&key), "{key}: {german}");
    }
}

#[test]
fn german_readers_are_addressed_formally_and_quoted_in_their_own_way() {
    for (key, german) in GERMAN.all() {
        let words: Vec<&str> = german
            .split(|letter: char| !letter.is_alphabetic())
            .collect();
        for familiar in ["du", "Du", "dir", "dich", "dein", "deine"] {
            assert!(!words.contains(&familiar), "{key}: {german}");
        }
        assert_eq!(
            german.matches('„').count(),
            german.matches('“').count(),
            "{key}: {german}"
        );
        assert!(!german.contains(['"', '”']), "{key}: {german}");
    }
}

#[test]
fn conditions_are_told_in_full_in_every_language() {
    for key in ["HMI", "IP", "MA", "ML", "NF1", "TSC"] {
        let told = |language: Language| language.text().conditions.get(key);
        let (Some(english), Some(german)) = (told(Language::English), told(Language::German))
        else {
            panic!("{key} is not told");
        };
        assert_eq!(english.skin.len(), german.skin.len(), "{key}");
        assert_eq!(english.similar.len(), german.similar.len(), "{key}");
        let lines = |condition: &'static Condition| {
            let lists = condition.skin.iter().chain(condition.similar);
            let single = [condition.description, condition.inheritance];
            lists.copied().chain(single).collect::<Vec<_>>()
        };
        for (one, other) in lines(english).into_iter().zip(lines(german)) {
            assert!(one != other, "{key}: {other}");
        }
    }
    assert!(ENGLISH.conditions.get("BCC").is_none());
}

#[test]
fn one_is_told_from_several() {
    let forms = [0, 1, 2].map(|count| GERMAN.figures_pictures.form(count));
    assert_eq!(
        forms,
        [
            "bei {count} Bildern",
            "bei {count} Bild",
            "bei {count} Bildern"
        ]
    );
}

#[test]
fn gaps_are_filled_wherever_they_stand() {
    assert_eq!(
        fill("{b} of {a}, {b}", &[("a", "2"), ("b", "1")]),
        "1 of 2, 1"
    );
    assert_eq!(fill("nothing", &[("a", "2")]), "nothing");
}

#[test]
fn alternatives_read_as_part_of_a_sentence() {
    let words = ["NF1", "ML", "TSC"].map(String::from);
    assert_eq!(alternatives(&words[..1]), "NF1");
    assert_eq!(alternatives(&words[..2]), "NF1 or ML");
    assert_eq!(alternatives(&words), "NF1, ML or TSC");
}

#[test]
fn every_failure_has_a_sentence_of_its_own() {
    let sentences: BTreeSet<_> = FailureKind::ALL.map(failure_sentence).into();
    assert_eq!(sentences.len(), FailureKind::ALL.len());
    assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
}
