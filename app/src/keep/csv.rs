//! Tables as comma-separated values (RFC 4180): lines end with CRLF, texts stand in quotes.

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A text, which is quoted. One that a spreadsheet would take for a formula gets an apostrophe before it.
    Text(String),
    /// A number as computers write it, which is not quoted.
    Number(String),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number.
    pub fn number(number: impl ToString) -> Self {
        Self::Number(number.to_string())
    }
}

/// The table as one text.
pub fn table(header: &[&str], rows: &[Vec<Cell>]) -> String {
    let header: Vec<_> = header.iter().map(|name| Cell::text(*name)).collect();
    let mut text = String::new();
    for row in std::iter::once(&header).chain(rows) {
        let cells: Vec<_> = row.iter().map(written).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.clone(),
        Cell::Text(text) => {
            let guard = if is_like_a_formula(text) { "'" } else { "" };
            format!("\"{guard}{}\"", text.replace('"', "\"\""))
        }
    }
}

/// Spreadsheets compute what begins like this, even in quotes and after blanks: a file's name must not become a program.
fn is_like_a_formula(text: &str) -> bool {
    let first = text.trim_start_matches(' ').chars().next();
    first.is_some_and(|first| {
        matches!(
            first,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn texts_are_quoted_and_numbers_are_not() {
        let rows = [vec![
            Cell::text("a \"b\", c\nd"),
            Cell::number(0.25),
            Cell::Empty,
        ]];
        assert_eq!(
            table(&["file", "p", "error"], &rows),
            "\"file\",\"p\",\"error\"\r\n\"a \"\"b\"\", c\nd\",0.25,\r\n"
        );
    }

    #[test]
    fn nothing_is_computed_by_a_spreadsheet() {
        for name in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "  =1", "＝1"] {
            assert_eq!(written(&Cell::text(name)), format!("\"'{name}\""));
        }
        assert_eq!(written(&Cell::text("a-1.jpg")), "\"a-1.jpg\"");
    }
}
