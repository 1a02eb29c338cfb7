//! Numbers as the reader sees them, in the reader's language.

use crate::text::{fill, text};

/// A number with so many decimals.
pub fn decimal(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('.', text().decimal_mark)
}

/// A share of 0 to 1 as a percentage with so many decimals.
fn percentage(share: f64, decimals: usize) -> String {
    with_percent(&decimal(share * 100.0, decimals))
}

fn with_percent(number: &str) -> String {
    fill(text().percent, &[("number", number)])
}

/// A size in bytes as kB or MB (powers of ten, as browsers and networks count).
pub fn bytes(count: u64) -> String {
    let count = count as f64;
    if count < 1_000.0 {
        format!("{count:.0} B")
    } else if count < 999_500.0 {
        format!("{:.0} kB", count / 1e3)
    } else {
        format!("{} MB", decimal(count / 1e6, 1))
    }
}

/// A probability as a percentage: one decimal, and never "0.0" or "100.0" for what is not quite that.
pub fn percent(probability: f32) -> String {
    let share = f64::from(probability);
    if share > 0.0 && share < 0.001 {
        format!("< {}", percentage(0.001, 1))
    } else if share > 0.999 && share < 1.0 {
        format!("> {}", percentage(0.999, 1))
    } else {
        percentage(share, 1)
    }
}

/// A stated share, such as a coverage, as a percentage without needless digits.
pub fn share(share: f64) -> String {
    // Rounded to a tenth of a percent: 0.9 has no exact binary form.
    let rounded = (share * 1_000.0).round() / 10.0;
    with_percent(&rounded.to_string().replace('.', text().decimal_mark))
}

/// A measured share as a percentage with one decimal, so that those of a table stand under each other.
pub fn measured(share: f64) -> String {
    percentage(share, 1)
}

/// A share as a percentage without decimals.
pub fn whole(share: f64) -> String {
    percentage(share, 0)
}

/// A duration in milliseconds as seconds where that reads better.
pub fn milliseconds(duration: f64) -> String {
    if duration < 1_000.0 {
        format!("{duration:.0} ms")
    } else {
        format!("{} s", decimal(duration / 1e3, 1))
    }
}

/// A small signed number, with the minus sign that readers (and screen readers) expect.
pub fn signed(value: f32) -> String {
    // A value that rounds to nothing has no sign.
    let value = if value.abs() < 0.000_5 { 0.0 } else { value };
    decimal(f64::from(value), 3).replace('-', "\u{2212}")
}

/// A correlation: two decimals, with a minus sign where it has one.
pub fn correlation(value: f64) -> String {
    // One that rounds to nothing has no sign.
    let rounded = (value * 100.0).round() / 100.0 + 0.0;
    decimal(rounded, 2).replace('-', "\u{2212}")
}

/// An angle in whole degrees.
pub fn degrees(angle: f64) -> String {
    // An angle that rounds to nothing has no sign.
    let rounded = angle.round() + 0.0;
    let number = format!("{rounded:.0}").replace('-', "\u{2212}");
    fill(text().crop_degrees, &[("number", number)])
}

/// A very small number by its power of ten, in a form that no line break tears apart.
pub fn scientific(value: f32) -> String {
    format!("{value:.1e}")
        .replace('.', text().decimal_mark)
        .replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn sizes_change_unit_before_they_grow_a_fourth_digit() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_000), "1 kB");
        assert_eq!(bytes(999_499), "999 kB");
        assert_eq!(bytes(999_500), "1.0 MB");
        assert_eq!(bytes(8_388_608), "8.4 MB");
    }

    #[test]
    fn a_tiny_probability_is_not_shown_as_zero() {
        assert_eq!(percent(0.0), "0.0%");
        assert_eq!(percent(0.000_4), "< 0.1%");
        assert_eq!(percent(0.125), "12.5%");
        assert_eq!(percent(0.999_6), "> 99.9%");
        assert_eq!(percent(1.0), "100.0%");
    }

    #[test]
    fn stated_shares_are_short() {
        assert_eq!(share(0.9), "90%");
        assert_eq!(share(0.975), "97.5%");
    }

    #[test]
    fn measured_shares_have_one_decimal() {
        assert_eq!(measured(0.76), "76.0%");
        assert_eq!(measured(1.0), "100.0%");
    }

    #[test]
    fn negative_numbers_carry_a_minus_sign() {
        assert_eq!(signed(-0.25), "\u{2212}0.250");
        assert_eq!(signed(0.25), "0.250");
        assert_eq!(signed(-0.000_1), "0.000");
        assert_eq!(scientific(2.13e-6), "2.1e\u{2212}6");
    }
    #[test]
    fn angles_are_whole_and_carry_a_minus_sign() {
        assert_eq!(degrees(-12.4), "\u{2212}12°");
        assert_eq!(degrees(-0.2), "0°");
    }

    #[test]
    fn correlations_have_two_decimals_and_no_empty_sign() {
        assert_eq!(correlation(0.826), "0.83");
        assert_eq!(correlation(-0.25), "\u{2212}0.25");
        assert_eq!(correlation(-0.001), "0.00");
    }

    #[test]
    fn wholes_have_no_decimals() {
        assert_eq!(whole(0.5), "50%");
        assert_eq!(whole(0.998), "100%");
    }
}
