//! Pictures that occur twice, or look as if they did.

use std::collections::BTreeMap;

use crate::data::fingerprint::{Fingerprint, HASH_BITS};
use crate::data::near::near_pairs;
use crate::data::{Row, Split};

/// What two alike pictures mean, the worst first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// What is learnt from would be measured on.
    Leak(String),
    /// The same picture has two labels, of which one must be wrong.
    Labels,
    /// The same picture of one set would count twice.
    Twice,
    /// They only look alike; one of the two labels may be wrong.
    OtherLabel,
    /// Alike, but harmless.
    Note,
}

/// A line of the manifest and what is to be said about it.
pub(super) type Remark = (u64, String);

/// Faults and notes on alike pictures, at most one for each row: the worst.
///
/// `files` holds the rows and the fingerprint of each file; pictures whose hashes differ in at most
/// `most` bits are alike.
pub(super) fn compare(
    files: &[(Vec<&Row>, &Fingerprint)],
    most: u32,
) -> (Vec<Remark>, Vec<Remark>) {
    let hashes: Vec<_> = files.iter().map(|(_, print)| print.hash).collect();
    let mut worst: BTreeMap<u64, (Verdict, u32, String)> = BTreeMap::new();
    for pair in near_pairs(&hashes, most) {
        let ((first_rows, first), (second_rows, second)) =
            (&files[pair.first], &files[pair.second]);
        let same = first.sha256 == second.sha256;
        for (a, b) in product(first_rows, second_rows) {
            let (earlier, later) = if a.line < b.line { (a, b) } else { (b, a) };
            let Some(verdict) = judge(earlier, later, same) else {
                continue;
            };
            let known = worst.get(&later.line);
            if known
                .is_none_or(|(other, distance, _)| (&verdict, pair.distance) < (other, *distance))
            {
                let text = describe(earlier, later, &verdict, same, pair.distance);
                worst.insert(later.line, (verdict, pair.distance, text));
            }
        }
    }
    let (notes, faults): (Vec<_>, Vec<_>) = worst
        .into_iter()
        .partition(|(_, (verdict, ..))| *verdict >= Verdict::OtherLabel);
    let remarks = |found: Vec<(u64, (Verdict, u32, String))>| {
        let remarks = found.into_iter().map(|(line, (.., text))| (line, text));
        remarks.collect()
    };
    (remarks(faults), remarks(notes))
}

fn product<'a>(
    first: &'a [&'a Row],
    second: &'a [&'a Row],
) -> impl Iterator<Item = (&'a Row, &'a Row)> {
    first
        .iter()
        .flat_map(move |a| second.iter().map(move |b| (*a, *b)))
}

/// `None` when it is as it should be: two pictures of one source, of which one may be a part of the
/// other.
fn judge(earlier: &Row, later: &Row, same_bytes: bool) -> Option<Verdict> {
    let same_source = earlier.source == later.source;
    let same_set = earlier.set == later.set;
    if earlier.split != later.split {
        let text = "one is for training, the other for testing";
        return Some(Verdict::Leak(text.into()));
    }
    // A network learns from one set, so that only the folds of one set can leak into each other.
    if same_set && earlier.split == Split::Train {
        match (earlier.fold, later.fold) {
            (Some(a), Some(b)) if a != b => {
                let text = format!("they are in folds {a} and {b}: give them one source and fold");
                return Some(Verdict::Leak(text));
            }
            (None, _) | (_, None) if !same_source => {
                let text = "folds could part them: give them one source";
                return Some(Verdict::Leak(text.into()));
            }
            _ => {}
        }
    }
    if earlier.label != later.label {
        Some(match same_bytes {
            true => Verdict::Labels,
            false => Verdict::OtherLabel,
        })
    } else if same_bytes && same_set {
        Some(Verdict::Twice)
    } else if same_source {
        None
    } else {
        Some(Verdict::Note)
    }
}

fn describe(earlier: &Row, later: &Row, verdict: &Verdict, same: bool, distance: u32) -> String {
    let likeness = match same {
        true => "is the same file as".to_string(),
        false => format!("({distance} of {HASH_BITS} bits differ) looks like"),
    };
    let consequence = match verdict {
        Verdict::Leak(text) => format!(": {text}"),
        Verdict::Labels => format!(": they are labelled {} and {}", later.label, earlier.label),
        Verdict::OtherLabel => format!(
            ": they are labelled {} and {}, one may be wrong",
            later.label, earlier.label
        ),
        Verdict::Twice => ": it would count twice, remove one".into(),
        Verdict::Note => String::new(),
    };
    format!(
        "column image: `{}` {likeness} `{}` of line {}{consequence}",
        later.image, earlier.image, earlier.line
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::PictureSet;
    use crate::data::fingerprint::PictureHash;

    fn row(line: u64, set: PictureSet, label: &str, source: &str, fold: Option<usize>) -> Row {
        Row {
            line,
            image: format!("{line}.jpg"),
            set,
            label: label.into(),
            source: source.into(),
            split: Split::Train,
            fold,
            mask: None,
            tone: None,
        }
    }

    fn print(sha256: &str) -> Fingerprint {
        Fingerprint {
            sha256: sha256.into(),
            hash: PictureHash::of_bits([1, 2, 3, 4]),
            width: 1,
            height: 1,
        }
    }

    /// What is said of two alike pictures: `F` a fault, `N` a note.
    fn verdict(first: Row, second: Row, same: bool) -> String {
        let prints = [print("a"), print(if same { "a" } else { "b" })];
        let files = [(vec![&first], &prints[0]), (vec![&second], &prints[1])];
        let (faults, notes) = compare(&files, 5);
        let faults = faults.iter().map(|(_, text)| format!("F {text}"));
        let notes = notes.iter().map(|(_, text)| format!("N {text}"));
        faults.chain(notes).collect()
    }

    #[test]
    fn alike_pictures_are_faults_only_where_they_harm() {
        use PictureSet::{Focused as F, Panoramic as P};
        let base = |line| row(line, F, "NF1", "p1", Some(0));
        let with = |set, label, source, fold| row(3, set, label, source, fold);
        for (second, same, start, part) in [
            (with(F, "NF1", "p1", Some(0)), false, "", ""),
            (with(F, "NF1", "p1", Some(0)), true, "F", "count twice"),
            (with(P, "NF1", "p1", Some(1)), true, "", ""),
            (
                with(F, "NF1", "p2", Some(0)),
                false,
                "N",
                "looks like `2.jpg` of line 2",
            ),
            (with(P, "NF1", "p2", Some(1)), false, "N", "looks like"),
            (with(F, "NF1", "p2", Some(1)), false, "F", "folds 0 and 1"),
            (
                with(F, "NF1", "p2", None),
                false,
                "F",
                "folds could part them",
            ),
            (
                with(F, "IP", "p2", Some(0)),
                false,
                "N",
                "labelled IP and NF1",
            ),
            (with(F, "IP", "p1", Some(0)), false, "N", "one may be wrong"),
            (
                with(F, "IP", "p1", Some(0)),
                true,
                "F",
                "labelled IP and NF1",
            ),
            (
                with(P, "IP", "p1", Some(0)),
                true,
                "F",
                "is the same file as",
            ),
        ] {
            let said = verdict(base(2), second.clone(), same);
            assert!(
                said.starts_with(start) && said.contains(part),
                "{second:?} {said}"
            );
            assert_eq!(said.is_empty(), start.is_empty(), "{second:?} {said}");
        }
        let test = Row {
            split: Split::Test,
            fold: None,
            ..with(P, "NF1", "p2", None)
        };
        assert!(verdict(base(2), test, false).contains("the other for testing"));
    }

    #[test]
    fn only_the_worst_is_said_of_a_row() {
        let rows = [
            row(2, PictureSet::Focused, "NF1", "p1", Some(0)),
            row(3, PictureSet::Focused, "NF1", "p2", Some(1)),
            row(4, PictureSet::Focused, "NF1", "p3", Some(0)),
        ];
        let prints = [print("a"), print("b"), print("c")];
        let files: Vec<_> = rows
            .iter()
            .zip(&prints)
            .map(|(row, print)| (vec![row], print))
            .collect();
        let (faults, notes) = compare(&files, 5);
        let lines: Vec<u64> = faults.iter().map(|(line, _)| *line).collect();
        assert_eq!((lines, notes.len()), (vec![3, 4], 0));
    }
}
