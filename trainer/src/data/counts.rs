//! How many pictures of each label there are, as a table.

use std::collections::BTreeMap;
use std::fmt;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Table};
use serde::Serialize;

use crate::data::{PictureSet, Row, Split};

/// For each label: panoramic training, panoramic test, focused training, focused test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LabelCounts(BTreeMap<String, [usize; 4]>);

impl LabelCounts {
    /// Counts rows.
    pub fn of(rows: &[Row]) -> Self {
        let mut counts: BTreeMap<String, [usize; 4]> = BTreeMap::new();
        for row in rows {
            let column = match (row.set, row.split) {
                (PictureSet::Panoramic, Split::Train) => 0,
                (PictureSet::Panoramic, Split::Test) => 1,
                (PictureSet::Focused, Split::Train) => 2,
                (PictureSet::Focused, Split::Test) => 3,
            };
            counts.entry(row.label.clone()).or_default()[column] += 1;
        }
        Self(counts)
    }

    /// The four counts of a label, all 0 when it has no pictures.
    pub fn get(&self, label: &str) -> [usize; 4] {
        self.0.get(label).copied().unwrap_or_default()
    }
}

impl fmt::Display for LabelCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = [
            "label",
            "panoramic\ntrain",
            "panoramic\ntest",
            "focused\ntrain",
            "focused\ntest",
        ];
        let mut total = [0; 4];
        for row in self.0.values() {
            for (sum, count) in total.iter_mut().zip(row) {
                *sum += count;
            }
        }
        let all = [("all".to_string(), total)];
        let rows = self.0.iter().map(|(label, row)| (label, *row));
        let rows = rows.chain(all.iter().map(|(label, row)| (label, *row)));
        write_table(
            f,
            &header,
            rows.map(|(label, row)| {
                let counts = row.iter().map(usize::to_string);
                std::iter::once(label.clone()).chain(counts).collect()
            }),
        )
    }
}

/// Writes a table whose first column is text and whose others are numbers; no newline at its end.
pub(super) fn write_table(
    f: &mut fmt::Formatter<'_>,
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> fmt::Result {
    let mut table = Table::new();
    table
        .force_no_tty()
        .load_style(UTF8_FULL_CONDENSED)
        .set_header(header.iter().map(|name| name.to_string()));
    for row in rows {
        let cells = row.into_iter().enumerate().map(|(column, text)| {
            let alignment = match column {
                0 => CellAlignment::Left,
                _ => CellAlignment::Right,
            };
            Cell::new(text).set_alignment(alignment)
        });
        table.add_row(cells.collect::<Vec<Cell>>());
    }
    f.write_str(&table.trim_fmt())
}

/// A number of things: `1 row`, `2 rows`.
pub(super) fn some(count: usize, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    }
}

/// The first few of many names, and how many more there are.
pub(super) fn named(names: &[String]) -> String {
    const MOST: usize = 10;
    let shown = names.iter().take(MOST).cloned().collect::<Vec<_>>();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
