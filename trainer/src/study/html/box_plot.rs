//! Box plots, one below the other, with every value as a dot.

use genoderm_study::statistics::FiveNumbers;
use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use crate::error::Result;
use crate::html::plot::{Area, INK, Look, canvas, failed, font, units};
use crate::study::words::{percent, points};

/// One box with its name.
pub(super) struct BoxRow {
    /// What it is of.
    pub name: String,
    /// What is drawn.
    pub numbers: FiveNumbers,
    /// All values, drawn as dots.
    pub values: Vec<f64>,
}

/// What the horizontal axis is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Shares from 0 to 100%.
    Share,
    /// Differences of shares in percentage points, with a line at 0.
    Difference,
}

/// Height of a row, and of the axis below, pixels: a name, a box, its dots.
const ROW: u32 = 58;
const AXIS: u32 = 26;
/// Middle of the box in its row.
const BOX: u32 = 30;
/// Room to the left and to the right of the axis, and the width of the whole.
const SIDE: u32 = 20;
const WIDTH: u32 = 620;
/// The longest name that is written whole.
const LONGEST_NAME: usize = 70;

/// The widest range that is drawn whole; ends are multiples of a tenth.
fn range(rows: &[BoxRow], scale: Scale) -> (f64, f64) {
    if scale == Scale::Share {
        return (0.0, 1.0);
    }
    let values = rows.iter().flat_map(|row| row.values.iter().copied());
    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    // A hair beyond the last value, so that a dot at the end is whole.
    let low = ((low - 0.01) * 10.0).floor() / 10.0;
    let high = ((high + 0.01) * 10.0).ceil() / 10.0;
    (low, high.max(low + 0.1))
}

/// Draws the boxes with a common axis.
pub(super) fn box_plots(title: &str, rows: &[BoxRow], scale: Scale) -> Result<Markup> {
    let spoken: Vec<String> = rows.iter().map(|row| in_words(row, scale)).collect();
    let label = format!("{title}. {}", spoken.join("; "));
    let count = u32::try_from(rows.len()).unwrap_or(0);
    let ground = 6 + ROW * count;
    let (low, high) = range(rows, scale);
    let x = move |value: f64| {
        let width = f64::from(units(WIDTH - 2 * SIDE));
        units(SIDE) + ((value - low) / (high - low) * width) as i32
    };
    canvas(WIDTH, ground + AXIS, &label, |area| {
        axis(area, (low, high), scale, rows.len(), x)?;
        for (index, row) in rows.iter().enumerate() {
            let top = units(6) + i32::try_from(index).unwrap_or(0) * units(ROW);
            draw_row(area, row, top, x)?;
        }
        Ok(())
    })
}

fn in_words(row: &BoxRow, scale: Scale) -> String {
    let numbers = &row.numbers;
    let word = |value: f64| match scale {
        Scale::Share => percent(Some(value)),
        Scale::Difference => points(value),
    };
    format!(
        "{}: median {}, quartiles {} and {}",
        row.name,
        word(numbers.median),
        word(numbers.lower_quartile),
        word(numbers.upper_quartile)
    )
}

fn axis(
    area: &Area<'_>,
    (low, high): (f64, f64),
    scale: Scale,
    rows: usize,
    x: impl Fn(f64) -> i32,
) -> Result<()> {
    let tops: Vec<i32> = (0..i32::try_from(rows).unwrap_or(0))
        .map(|row| units(6) + row * units(ROW))
        .collect();
    let ground = tops.last().map_or(units(6), |top| top + units(ROW));
    let tenths = ((high - low) * 10.0).round() as i32;
    let step = if tenths > 10 || scale == Scale::Share {
        2
    } else {
        1
    };
    let first = (low * 10.0).round() as i32;
    for tick in (0..=tenths).filter(|tick| (first + tick) % step == 0) {
        let tenth = first + tick;
        let value = f64::from(tenth) / 10.0;
        let zero = scale == Scale::Difference && tenth == 0;
        let style = INK
            .mix(if zero { 0.6 } else { 0.13 })
            .stroke_width(if zero { 3 } else { 1 });
        // Beside each box, but not through the name above it.
        for top in &tops {
            let ends = [top + units(BOX - 11), top + units(ROW - 3)];
            let line = PathElement::new(ends.map(|end| (x(value), end)), style);
            area.draw(&line).map_err(failed)?;
        }
        let text = match scale {
            Scale::Share => format!("{}%", 10 * tenth),
            Scale::Difference if tenth == 0 => "0".into(),
            Scale::Difference => format!("{:+}", 10 * tenth).replace('-', "−"),
        };
        let style = font(12, HPos::Center, VPos::Top);
        area.draw_text(&text, &style, (x(value), ground + units(6)))
            .map_err(failed)?;
    }
    Ok(())
}

fn draw_row(area: &Area<'_>, row: &BoxRow, top: i32, x: impl Fn(f64) -> i32) -> Result<()> {
    let numbers = &row.numbers;
    let colour = Look::of(0).colour;
    // The name stands above its box, so that the axis has the whole width on a small screen too.
    let style = font(13, HPos::Left, VPos::Top);
    area.draw_text(&short(&row.name), &style, (0, top))
        .map_err(failed)?;
    let middle = top + units(BOX);
    let (half, line) = (units(8), colour.stroke_width(4));
    let whisker = |from: f64, to: f64| PathElement::new([(x(from), middle), (x(to), middle)], line);
    area.draw(&whisker(numbers.low_whisker, numbers.lower_quartile))
        .map_err(failed)?;
    area.draw(&whisker(numbers.upper_quartile, numbers.high_whisker))
        .map_err(failed)?;
    let corners = [
        (x(numbers.lower_quartile), middle - half),
        (x(numbers.upper_quartile), middle + half),
    ];
    area.draw(&Rectangle::new(corners, colour.mix(0.25).filled()))
        .map_err(failed)?;
    area.draw(&Rectangle::new(corners, line)).map_err(failed)?;
    let median = x(numbers.median);
    let bar = PathElement::new(
        [(median, middle - half), (median, middle + half)],
        INK.stroke_width(5),
    );
    area.draw(&bar).map_err(failed)?;
    // Dots lie below the box, equal ones side by side as far as there is room.
    let mut sorted = row.values.clone();
    sorted.sort_by(f64::total_cmp);
    let mut stack: (i32, i32) = (i32::MIN, 0);
    for value in sorted {
        let place = x(value);
        stack = if place - stack.0 < units(3) {
            (stack.0, stack.1 + 1)
        } else {
            (place, 0)
        };
        let below = middle + half + units(4) + (stack.1 % 3) * units(4);
        let dot = Circle::new((place, below), 4, INK.mix(0.45).filled());
        area.draw(&dot).map_err(failed)?;
    }
    Ok(())
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn row(name: &str, values: &[f64]) -> BoxRow {
        BoxRow {
            name: name.to_owned(),
            numbers: FiveNumbers::of(values).unwrap(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn plots_say_what_they_show_and_reach_over_all_values() {
        let rows = [row("a", &[-0.31, 0.0, 0.1]), row("b", &[0.2, 0.2, 0.2])];
        assert_eq!(range(&rows, Scale::Difference), (-0.4, 0.3));
        let plot = box_plots("Differences", &rows, Scale::Difference).unwrap();
        let plot = plot.into_string();
        assert!(
            plot.contains("a: median 0.0, quartiles −15.5 and +5.0"),
            "{plot}"
        );
        // The title and six dots.
        assert_eq!(plot.matches("<circle").count(), 6);
        let none = box_plots("Nothing", &[], Scale::Share).unwrap();
        assert!(none.into_string().contains("100%"));
    }
}
