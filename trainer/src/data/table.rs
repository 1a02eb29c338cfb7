//! `manifest.csv`: one row a picture. A picture that serves both sets has one row for each.
//!
//! | column | meaning |
//! |---|---|
//! | `image` | picture file, relative to the folder of the manifest, or absolute |
//! | `set` | `panoramic` (the whole photograph) or `focused` (the lesion) |
//! | `label` | key of the condition |
//! | `source` | the photograph or person it comes from; never in two splits or folds |
//! | `split` | `train` or `test` |
//! | `fold` | fold of a training row, from 0; may be empty or absent |
//! | `mask` | lesion mask, as `image`; may be empty or absent |
//! | `tone` | Fitzpatrick skin type 1-6; may be empty or absent |

use std::collections::BTreeMap;

use crate::data::csv_table::{CsvCells, CsvTable};
use crate::data::{PictureSet, Row, RowError, Split};
use crate::error::{Error, Result};

/// Columns that must be there.
const REQUIRED: [&str; 5] = ["image", "set", "label", "source", "split"];

/// Columns that are written.
const COLUMNS: [&str; 8] = [
    "image", "set", "label", "source", "split", "fold", "mask", "tone",
];

/// Reads all rows, or lists every fault in the order of the lines.
pub(super) fn parse(bytes: &[u8]) -> std::result::Result<Vec<Row>, Vec<RowError>> {
    let mut table = CsvTable::read(bytes, &REQUIRED)?;
    let mut rows = Vec::new();
    let mut faults = std::mem::take(&mut table.faults);
    let mut seen: BTreeMap<(&str, PictureSet), u64> = BTreeMap::new();
    for cells in table.rows() {
        match parse_row(&cells) {
            Ok(row) => {
                if let Some(earlier) = seen.insert((cells.get("image"), row.set), row.line) {
                    let cause = format!("`{}` is already on line {earlier}", row.image);
                    faults.push(cells.fault("image", cause));
                }
                rows.push(row);
            }
            Err(mut more) => faults.append(&mut more),
        }
    }
    if faults.is_empty() {
        Ok(rows)
    } else {
        faults.sort_by_key(|fault| fault.line);
        Err(faults)
    }
}

fn parse_row(cells: &CsvCells<'_>) -> std::result::Result<Row, Vec<RowError>> {
    let mut faults = Vec::new();
    let mut fault = |column: &str, cause: String| faults.push(cells.fault(column, cause));
    for name in ["image", "label", "source"] {
        if cells.get(name).is_empty() {
            fault(name, "is empty".into());
        }
    }
    let set = cells.get("set").parse::<PictureSet>();
    if let Err(cause) = &set {
        fault("set", cause.clone());
    }
    let split = match cells.get("split") {
        "train" => Some(Split::Train),
        "test" => Some(Split::Test),
        other => {
            fault("split", format!("`{other}` is neither train nor test"));
            None
        }
    };
    let fold = match cells.get("fold") {
        "" => None,
        text => match text.parse::<usize>() {
            Ok(fold) if fold < 100 => Some(fold),
            _ => {
                let cause = format!("`{text}` is not a whole number from 0 to 99");
                fault("fold", cause);
                None
            }
        },
    };
    if split == Some(Split::Test) && fold.is_some() {
        fault(
            "fold",
            "a test row belongs to no fold: leave it empty".into(),
        );
    }
    let tone = parse_tone(cells.get("tone")).unwrap_or_else(|cause| {
        fault("tone", cause);
        None
    });
    match (set, split) {
        (Ok(set), Some(split)) if faults.is_empty() => Ok(Row {
            line: cells.line,
            image: cells.get("image").into(),
            set,
            label: cells.get("label").into(),
            source: cells.get("source").into(),
            split,
            fold,
            mask: cells.optional("mask").map(String::from),
            tone,
        }),
        _ => Err(faults),
    }
}

/// A Fitzpatrick skin type; an empty cell is none.
pub(super) fn parse_tone(text: &str) -> std::result::Result<Option<u8>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<u8>() {
        Ok(tone) if (1..=6).contains(&tone) => Ok(Some(tone)),
        _ => Err(format!("`{text}` is not a Fitzpatrick type from 1 to 6")),
    }
}

/// The text of a manifest with these rows.
pub(super) fn format(rows: &[Row]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(Error::internal)?;
    write_rows(writer, &COLUMNS, rows)
}

/// The text of a manifest with `rows` at its end; everything that is there stays as it is, columns
/// that Genoderm does not know included.
///
/// # Errors
///
/// The faults of the text that is there.
pub(super) fn extend(bytes: &[u8], rows: &[Row]) -> std::result::Result<Vec<u8>, Vec<RowError>> {
    let table = CsvTable::read(bytes, &REQUIRED)?;
    let header: Vec<&str> = table.header.iter().map(String::as_str).collect();
    let mut text = bytes.to_vec();
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    let more = write_rows(csv::Writer::from_writer(Vec::new()), &header, rows);
    let more = more.map_err(|error| {
        vec![RowError {
            line: 1,
            column: String::new(),
            cause: error.to_string(),
        }]
    })?;
    text.extend(more);
    Ok(text)
}

fn write_rows(mut writer: csv::Writer<Vec<u8>>, columns: &[&str], rows: &[Row]) -> Result<Vec<u8>> {
    for row in rows {
        let cells = columns.iter().map(|column| cell(row, column));
        writer.write_record(cells).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

fn cell(row: &Row, column: &str) -> String {
    match column {
        "image" => row.image.clone(),
        "set" => row.set.to_string(),
        "label" => row.label.clone(),
        "source" => row.source.clone(),
        "split" => match row.split {
            Split::Train => "train".into(),
            Split::Test => "test".into(),
        },
        "fold" => row.fold.map(|fold| fold.to_string()).unwrap_or_default(),
        "mask" => row.mask.clone().unwrap_or_default(),
        "tone" => row.tone.map(|tone| tone.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HEADER: &str = "image,set,label,source,split,fold,mask,tone\n";

    fn faults(rows: &str) -> Vec<String> {
        let text = format!("{HEADER}{rows}");
        let faults = parse(text.as_bytes()).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_good_row_keeps_every_cell() {
        let text = format!("{HEADER}a.jpg,focused,NF1,p1,train,3,m.png,6\n");
        let row = parse(text.as_bytes()).unwrap().remove(0);
        assert_eq!(row.line, 2);
        assert_eq!(row.set, PictureSet::Focused);
        assert_eq!((row.fold, row.tone), (Some(3), Some(6)));
        assert_eq!(row.mask.as_deref(), Some("m.png"));
    }

    #[test]
    fn optional_columns_may_be_absent() {
        let text = "split,source,label,set,image\ntest,p1,NF1,panoramic,a.jpg\n";
        let rows = parse(text.as_bytes()).unwrap();
        assert_eq!((rows[0].fold, rows[0].tone), (None, None));
    }

    #[test]
    fn all_bad_rows_are_listed_with_line_and_column() {
        let found = faults(
            "a.jpg,wide,NF1,p1,train,0,,1\n\
             b.jpg,focused,NF1,p1,train,0,,1\n\
             c.jpg,focused,,p1,validate,x,,9\n\
             d.jpg,focused,NF1\n\
             e.jpg,focused,NF1,p2,test,0,,\n\
             b.jpg,focused,NF1,p1,train,0,,1\n",
        );
        let expected = [
            "line 2, column set: `wide` is neither panoramic nor focused",
            "line 4, column label: is empty",
            "line 4, column split: `validate` is neither train nor test",
            "line 4, column fold: `x` is not a whole number from 0 to 99",
            "line 4, column tone: `9` is not a Fitzpatrick type from 1 to 6",
            "line 5: has 3 cells where the header has 8",
            "line 6, column fold: a test row belongs to no fold: leave it empty",
            "line 7, column image: `b.jpg` is already on line 3",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_missing_column_is_named() {
        let faults = parse(b"image,set,label,split\n").unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].column, "source");
    }

    #[test]
    fn a_picture_may_serve_each_set_once() {
        let text =
            format!("{HEADER}a.jpg,focused,NF1,p1,train,0,,\na.jpg,panoramic,NF1,p1,train,0,,\n");
        assert_eq!(parse(text.as_bytes()).unwrap().len(), 2);
    }

    #[test]
    fn written_rows_are_read_again() {
        let text = format!(
            "{HEADER}\"a, \"\"b\"\".jpg\",focused,NF1,p1,train,3,m.png,6\nc.jpg,panoramic,IP,p2,test,,,\n"
        );
        let rows = parse(text.as_bytes()).unwrap();
        assert_eq!(parse(&format(&rows).unwrap()).unwrap(), rows);
    }

    #[test]
    fn rows_are_added_without_touching_what_is_there() {
        let text = "split,site,image,set,label,source\ntrain,Basle,a.jpg,focused,NF1,p1";
        let rows = parse(format!("{HEADER}b.jpg,focused,IP,p2,train,,,\n").as_bytes()).unwrap();
        let whole = String::from_utf8(extend(text.as_bytes(), &rows).unwrap()).unwrap();
        assert_eq!(whole, format!("{text}\ntrain,,b.jpg,focused,IP,p2\n"));
    }
}
