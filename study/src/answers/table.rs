//! Tables of answers as CSV: `survey,reader,group,image,answer`.

use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};

use super::error::{AnswersError, RowError};
use super::row::{Answer, Group, Reader};

/// The columns; a table may have them in another order, and further ones.
const COLUMNS: [&str; 5] = ["survey", "reader", "group", "image", "answer"];

/// Reads a table of answers, each with its line.
///
/// Commas or semicolons between columns (as spreadsheets of some languages write), a byte order mark and
/// space around values are allowed. An empty answer is a question that was left out.
///
/// # Errors
/// Columns that are missing or named twice; every row with too few or too many values, or with an empty
/// survey, reader, group or image.
pub fn read_answers(text: &str) -> Result<Vec<(u64, Answer)>, AnswersError> {
    let (answers, faults) = parse(text)?;
    AnswersError::unless(faults, answers)
}

/// Rows with their lines, and what is wrong with the others.
type Parsed = (Vec<(u64, Answer)>, Vec<RowError>);

/// Reads as much as can be read.
///
/// # Errors
/// Only a header that is wrong.
pub(super) fn parse(text: &str) -> Result<Parsed, AnswersError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') && !header.contains(',') {
        b';'
    } else {
        b','
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let whole = |cause: String| AnswersError {
        rows: vec![RowError { line: 1, cause }],
    };
    let header = reader.headers().map_err(|e| whole(e.to_string()))?.clone();
    let mut places = [0; 5];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let mut found = header
            .iter()
            .enumerate()
            .filter(|(_, name)| *name == column);
        match (found.next(), found.next()) {
            (Some((index, _)), None) => *place = index,
            (None, _) => {
                return Err(whole(format!(
                    "the column `{column}` is missing; a table of answers has {}",
                    COLUMNS.join(", ")
                )));
            }
            _ => return Err(whole(format!("the column `{column}` occurs twice"))),
        }
    }

    let mut answers = Vec::new();
    let mut faults = Vec::new();
    let mut record = StringRecord::new();
    let mut lines = Lines {
        text: text.as_bytes(),
        byte: 0,
        line: 1,
    };
    loop {
        let line = lines.at(reader.position().byte());
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => match answer(&record, header.len(), places) {
                Ok(answer) => answers.push((line, answer)),
                Err(cause) => faults.push(RowError { line, cause }),
            },
            Err(error) => {
                // Text is valid UTF-8 and rows may have any length, so this is no single bad row.
                let cause = error.to_string();
                faults.push(RowError { line, cause });
                break;
            }
        }
    }
    Ok((answers, faults))
}

/// Counts the lines before each row: the reader of CSV counts neither the second half of a line end nor
/// the empty lines that it will skip.
struct Lines<'t> {
    text: &'t [u8],
    /// How far lines are counted.
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line, from 1, of the row that begins at this byte or after line ends there. Bytes may only grow.
    fn at(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.byte) {
            if self.byte >= start && !matches!(next, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*next == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

fn answer(record: &StringRecord, columns: usize, places: [usize; 5]) -> Result<Answer, String> {
    if record.len() != columns {
        return Err(format!(
            "there are {} values for {columns} columns",
            record.len()
        ));
    }
    let [survey, reader, group, image, answer] =
        places.map(|place| record.get(place).unwrap_or_default().to_owned());
    for (name, value) in COLUMNS.iter().zip([&survey, &reader, &group, &image]) {
        if value.is_empty() {
            return Err(format!("the column `{name}` is empty"));
        }
    }
    Ok(Answer {
        survey,
        reader: Reader {
            name: reader,
            group: Group(group),
        },
        image,
        answer: (!answer.is_empty()).then_some(answer),
    })
}

/// Writes answers as a table that [`read_answers`] reads.
pub fn write_answers<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    // Writing into memory cannot fail; rows have one length.
    let _ = writer.write_record(COLUMNS);
    for answer in answers {
        let _ = writer.write_record([
            answer.survey.as_str(),
            answer.reader.name.as_str(),
            answer.reader.group.0.as_str(),
            answer.image.as_str(),
            answer.answer.as_deref().unwrap_or_default(),
        ]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let row = |image: &str, answer: Option<&str>| Answer {
            survey: "S01".to_owned(),
            reader: Reader {
                name: "R, \"one\"".to_owned(),
                group: Group("geneticist".to_owned()),
            },
            image: image.to_owned(),
            answer: answer.map(str::to_owned),
        };
        let rows = [row("a;b.jpg", Some("NF1")), row("ü.jpg", None)];
        let text = write_answers(&rows);
        let read: Vec<(u64, Answer)> = read_answers(&text).unwrap();
        assert_eq!(read, [(2, rows[0].clone()), (3, rows[1].clone())]);
    }

    #[test]
    fn tables_of_spreadsheets_are_read() {
        let text = "\u{feff}note;answer;image;group;reader;survey\r\n;NF1; a.jpg ;g;r;S01\r\n\r\n;;b.jpg;g;r;S01\r\n";
        let read = read_answers(text).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].1.image, "a.jpg");
        assert_eq!(
            read[1],
            (
                4,
                Answer {
                    answer: None,
                    ..read[1].1.clone()
                }
            )
        );
    }

    #[test]
    fn every_bad_row_is_named() {
        let text = "survey,reader,group,image,answer\nS01,r,g,a.jpg\nS01,,g,a.jpg,NF1\nS01,r,g,a.jpg,NF1\nS01,r,g,,NF1\n";
        let error = read_answers(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2: there are 4 values for 5 columns\nline 3: the column `reader` is empty\nline 5: the column `image` is empty"
        );
        let missing = read_answers("survey,reader,image,answer\n").unwrap_err();
        assert!(
            missing.to_string().contains("`group` is missing"),
            "{missing}"
        );
        let twice = read_answers("survey,reader,group,image,answer,answer\n").unwrap_err();
        assert!(twice.to_string().contains("`answer` occurs twice"));
        assert!(read_answers("").is_err());
        // A quotation mark that is never closed swallows the rest, which is then no row of five.
        let open = format!(
            "{}\nS01,\"r,g,a.jpg,NF1\nS01,r,g,b.jpg,NF1\n",
            COLUMNS.join(",")
        );
        assert!(
            read_answers(&open)
                .unwrap_err()
                .to_string()
                .starts_with("line 2: ")
        );
        assert_eq!(
            read_answers("survey,reader,group,image,answer\n"),
            Ok(vec![])
        );
    }
}
