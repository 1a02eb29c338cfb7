//! Numbers and comparisons in words, for the terminal and the page.

use genoderm_study::Part;
use genoderm_study::analysis::{Analysis, Comparison, Finding, Question};
use genoderm_study::statistics::{Interval, TTest};

/// What stands where there is no number.
pub(super) const NONE: &str = "–";

/// A share in percent: `81.4%`.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| NONE.into(), |share| format!("{:.1}%", 100.0 * share))
}

/// A difference of shares in percentage points: `+9.1`.
pub(super) fn points(difference: f64) -> String {
    // Rounded to zero it has no sign.
    let rounded = (1000.0 * difference).round() / 10.0;
    match rounded == 0.0 {
        true => "0.0".into(),
        false => format!("{rounded:+.1}").replace('-', "−"),
    }
}

/// A size in percentage points, without a sign: `10`, `7.5`.
pub(super) fn size_in_points(share: f64) -> String {
    format!("{}", (1000.0 * share).round() / 10.0)
}

/// An interval of differences: `+4.2 to +13.9`.
pub(super) fn point_range(interval: &Interval) -> String {
    format!("{} to {}", points(interval.low), points(interval.high))
}

/// An interval of shares: `78.1 to 84.7%`.
pub(super) fn percent_range(interval: &Interval) -> String {
    format!(
        "{:.1} to {:.1}%",
        100.0 * interval.low,
        100.0 * interval.high
    )
}

/// A coefficient: `0.543`.
pub(super) fn coefficient(value: f64) -> String {
    let text = format!("{value:.3}");
    match text.as_str() {
        "-0.000" => "0.000".into(),
        _ => text.replace('-', "−"),
    }
}

/// An interval of coefficients: `0.034 to 0.794`.
pub(super) fn coefficient_range(interval: &Interval) -> String {
    format!(
        "{} to {}",
        coefficient(interval.low),
        coefficient(interval.high)
    )
}

/// A p value: `0.024`, `3.9e-13`; tiny ones are not written as 0.
pub(super) fn p_value(p: f64) -> String {
    match p {
        p if p >= 0.9995 => "1".into(),
        p if p >= 0.001 => format!("{p:.3}"),
        p if p > 0.0 => format!("{p:.1e}"),
        _ => "below 1e-300".into(),
    }
}

/// Degrees of freedom: `29`.
pub(super) fn degrees(df: f64) -> String {
    match df.fract() == 0.0 {
        true => format!("{df:.0}"),
        false => format!("{df:.1}"),
    }
}

/// `model, focused`
pub(super) fn part(part: &Part) -> String {
    format!("{}, {}", part.group, part.view)
}

/// `model − paediatrician, focused` or `geneticist: panoramic − focused`
pub(super) fn comparison(one: &Comparison) -> String {
    let (first, second) = (&one.first, &one.second);
    match one.question {
        Question::Groups => format!("{} − {}, {}", first.group, second.group, first.view),
        Question::Views => format!("{}: {} − {}", first.group, first.view, second.view),
    }
}

/// What the terminal shows of an analysis.
pub fn summary(analysis: &Analysis) -> String {
    let mut text = format!(
        "{} surveys in {} sets, {} photographs, {} labels\n",
        analysis.surveys,
        analysis.sets,
        analysis.photographs,
        analysis.labels.len()
    );
    let confidence = size_in_points(analysis.plan.confidence);
    let longest = analysis
        .groups
        .iter()
        .map(|group| group.group.0.chars().count());
    let width = longest.max().unwrap_or(0).max(5);
    text += &format!("\n{:width$}  surveys  focused  panoramic\n", "group");
    for group in &analysis.groups {
        let [focused, panoramic] =
            [0, 1].map(|view| percent(group.views.get(view).and_then(|part| part.mean)));
        text += &format!(
            "{:width$}  {:>7}  {focused:>7}  {panoramic:>9}\n",
            group.group.0, group.sheets
        );
    }
    let names: Vec<String> = analysis.comparisons.iter().map(comparison).collect();
    if !names.is_empty() {
        text += &format!(
            "\nDifferences in percentage points, {confidence}% intervals, p after Holm's correction\n"
        );
    }
    for (name, one) in names.iter().zip(&analysis.comparisons) {
        let over = |test: &Finding<TTest>, holm: Option<f64>| match test {
            Finding::Value(test) => format!(
                "{:>5} ({}), p {}",
                points(test.estimate.value),
                point_range(&test.interval),
                holm.map_or_else(|| NONE.into(), p_value)
            ),
            Finding::Undefined { undefined } => undefined.clone(),
        };
        text += &format!(
            "{name}\n  over surveys:                 {}\n  for other readers and images: {}\n",
            over(&one.paired_t, one.paired_t_holm),
            over(&one.for_others, one.for_others_holm)
        );
    }
    let power = &analysis.power;
    let design = &analysis.plan.design;
    let number = |finding: &Finding<f64>| match finding {
        Finding::Value(value) => percent(Some(*value)),
        Finding::Undefined { undefined } => undefined.clone(),
    };
    text += &format!(
        "\nPlanned: {} surveys find a difference of {} points (deviation {}) with a power of {}",
        design.surveys,
        size_in_points(design.difference),
        size_in_points(design.deviation),
        number(&power.power)
    );
    if let Finding::Value(needed) = &power.surveys_needed {
        text += &format!("; {} surveys have {}", needed, percent(Some(design.power)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well_at_their_ends() {
        assert_eq!(
            (points(0.0905), points(-0.00001)),
            ("+9.1".into(), "0.0".into())
        );
        assert_eq!(percent(None), NONE);
        assert_eq!(
            (p_value(1.0), p_value(0.0241)),
            ("1".into(), "0.024".into())
        );
        assert_eq!(
            (p_value(3.87e-13), p_value(0.0)),
            ("3.9e-13".into(), "below 1e-300".into())
        );
        assert_eq!(
            (coefficient(-0.315), coefficient(-0.00001)),
            ("−0.315".into(), "0.000".into())
        );
        let interval = Interval {
            low: -0.05,
            high: 0.1,
        };
        assert_eq!(point_range(&interval), "−5.0 to +10.0");
        assert_eq!(
            (size_in_points(0.1), size_in_points(0.075)),
            ("10".into(), "7.5".into())
        );
    }
}
