//! Confusion matrices as heat maps, and the same numbers as a table.

use maud::{Markup, html};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use crate::error::Result;
use crate::html::plot::{Area, canvas, failed, font, units};

/// Cells take more of this colour with their share.
const CELL: RGBColor = RGBColor(20, 105, 100);
/// Opacity of a cell of 100%: the page's ink stays readable on it (4.5 : 1), light or dark.
const STRONGEST: f64 = 0.7;

/// A heat map of shares with the names of rows and columns; rows have as many shares as there are columns.
pub(crate) fn heat_map(
    title: &str,
    rows: &[&str],
    columns: &[&str],
    shares: &[Vec<f64>],
) -> Result<Markup> {
    let longest = |names: &[&str]| {
        let lengths = names.iter().map(|name| name.chars().count());
        u32::try_from(lengths.max().unwrap_or(0).min(20)).unwrap_or(20)
    };
    let cell = if columns.len() > 10 { 38 } else { 52 };
    let left = 12 + 8 * longest(rows);
    let top = 12 + 6 * longest(columns);
    let count = |names: &[&str]| u32::try_from(names.len()).unwrap_or(0);
    // Slanted names reach beyond the last column.
    let right = 5 * longest(columns);
    let width = left + cell * count(columns) + right;
    let height = top + cell * count(rows) + 4;
    let right_share = rows.iter().zip(shares).enumerate();
    let diagonal: Vec<String> = right_share
        .map(|(index, (name, row))| format!("{name} {:.0}%", 100.0 * row[index]))
        .collect();
    let label = format!("{title}. Answered rightly: {}.", diagonal.join(", "));
    canvas(width, height, &label, |area| {
        let (left, top, cell) = (units(left), units(top), units(cell));
        for (y, (name, row)) in rows.iter().zip(shares).enumerate() {
            let y = i32::try_from(y).unwrap_or(0);
            let middle = (left - units(6), top + y * cell + cell / 2);
            let style = font(13, HPos::Right, VPos::Center);
            area.draw_text(&short(name), &style, middle)
                .map_err(failed)?;
            for (x, share) in row.iter().enumerate() {
                let x = i32::try_from(x).unwrap_or(0);
                draw_cell(area, (left + x * cell, top + y * cell), cell, *share)?;
            }
        }
        for (x, name) in columns.iter().enumerate() {
            let x = i32::try_from(x).unwrap_or(0);
            let position = (left + x * cell + cell / 2, top - units(6));
            let style = font(13, HPos::Left, VPos::Bottom);
            area.draw_text(&short(name), &style, position)
                .map_err(failed)?;
        }
        Ok(())
    })
    .map(slanted_columns)
}

/// Turns the columns' names: the drawing library knows quarter turns only.
fn slanted_columns(markup: Markup) -> Markup {
    maud::PreEscaped(slant(&markup.0))
}

/// Adds a rotation to every text that is anchored at its start, which only columns' names are.
fn slant(svg: &str) -> String {
    let mut turned = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(start) = rest.find("<text ") {
        let end = rest[start..]
            .find('>')
            .map_or(rest.len(), |end| start + end);
        let tag = &rest[start..end];
        turned.push_str(&rest[..end]);
        if tag.contains("text-anchor=\"start\"") {
            let number = |name: &str| {
                let value = tag.split(&format!(" {name}=\"")).nth(1)?;
                value.split('"').next()
            };
            if let (Some(x), Some(y)) = (number("x"), number("y")) {
                turned.push_str(&format!(" transform=\"rotate(-40,{x},{y})\""));
            }
        }
        rest = &rest[end..];
    }
    turned.push_str(rest);
    turned
}

fn draw_cell(area: &Area<'_>, (x, y): (i32, i32), side: i32, share: f64) -> Result<()> {
    let inner = [(x + 2, y + 2), (x + side - 2, y + side - 2)];
    let ground = CELL.mix(0.06 + (STRONGEST - 0.06) * share).filled();
    area.draw(&Rectangle::new(inner, ground)).map_err(failed)?;
    if share <= 0.0 {
        return Ok(());
    }
    let middle = (x + side / 2, y + side / 2);
    let style = font(13, HPos::Center, VPos::Center);
    area.draw_text(&format!("{:.0}", 100.0 * share), &style, middle)
        .map_err(failed)
}

/// Long keys would leave no room for the cells.
fn short(name: &str) -> String {
    if name.chars().count() <= 20 {
        return name.to_owned();
    }
    name.chars().take(19).chain(['…']).collect()
}

/// The same as a table that unfolds, in percent.
pub(crate) fn share_table(
    caption: &str,
    rows: &[&str],
    columns: &[&str],
    shares: &[Vec<f64>],
) -> Markup {
    html! {
        details {
            summary { "The same as a table" }
            div.scroll tabindex="0" {
                table {
                    caption { (caption) }
                    thead {
                        tr {
                            th scope="col" { "true label" }
                            @for name in columns { th.number scope="col" { (name) } }
                        }
                    }
                    tbody {
                        @for (name, row) in rows.iter().zip(shares) {
                            tr {
                                th scope="row" { (name) }
                                @for share in row { td.number { (format!("{:.1}", 100.0 * share)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_names_of_columns_are_slanted() {
        let shares = [vec![0.75, 0.25], vec![0.0, 1.0]];
        let map = heat_map("t", &["A", "B"], &["A", "B"], &shares).unwrap();
        assert_eq!(map.0.matches("rotate(-40,").count(), 2);
        assert!(map.0.contains("Answered rightly: A 75%, B 100%."));
        // Three cells have a number: zero has none.
        assert_eq!(map.0.matches("text-anchor=\"middle\"").count(), 3);
    }
}
