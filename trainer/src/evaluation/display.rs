//! The report as text for a terminal, 80 columns where the labels' keys allow.

use std::fmt;

use crate::evaluation::attribution::{AttributionFigures, AttributionReport};
use crate::evaluation::{EvaluationReport, Figures, LabelFigures};

/// Most labels whose confusion matrix is printed whole.
const MOST_COLUMNS: usize = 10;

impl fmt::Display for EvaluationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize, word: &str| match count {
            1 => format!("1 {word}"),
            _ => format!("{count} {word}s"),
        };
        writeln!(
            f,
            "{}: {} {} {} of {}, {}{}",
            self.model,
            self.ensemble.pictures,
            self.set,
            match self.split.as_str() {
                "all" => "pictures",
                "train" => "training pictures",
                _ => "test pictures",
            },
            plural(self.sources.sources, "source"),
            plural(self.folds.len(), "fold"),
            match self.views {
                1 => String::new(),
                views => format!(", mean of {views} views"),
            }
        )?;
        if self.split != "test" {
            writeln!(
                f,
                "the networks may have learnt from these pictures: only test pictures count"
            )?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "            accuracy        95%  balanced  top 3    ECE  AUROC"
        )?;
        write_line(f, "ensemble", &self.ensemble)?;
        for fold in &self.folds {
            write_line(f, &format!("fold {}", fold.group), &fold.figures)?;
        }
        for tone in &self.skin_tones {
            write_line(f, &format!("tone {}", tone.group), &tone.figures)?;
        }
        writeln!(f)?;
        self.write_intervals(f)?;
        self.write_labels(f)?;
        writeln!(f)?;
        self.write_confusion(f)?;
        writeln!(f)?;
        write!(
            f,
            "no fold reached {} on {} of {} pictures: the plain mean answered there",
            self.threshold, self.fallbacks, self.ensemble.pictures
        )?;
        write!(f, "\n{}", self.temperature_in_words())
    }
}

impl EvaluationReport {
    pub(crate) fn label_width(&self) -> usize {
        let widths = self.labels.iter().map(|label| label.chars().count());
        widths.max().unwrap_or(0).max(5)
    }

    /// Whether the probabilities are calibrated.
    pub(crate) fn temperature_in_words(&self) -> String {
        match self.temperature {
            1.0 => "Temperature 1: the networks' own probabilities, not calibrated".into(),
            temperature => format!("Temperature {temperature:.3}, from the calibration"),
        }
    }

    fn write_intervals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(intervals) = &self.ensemble.intervals else {
            return Ok(());
        };
        writeln!(
            f,
            "95% intervals of the ensemble, {} drawings of sources (seed {}):",
            self.bootstrap.replicates, self.bootstrap.seed
        )?;
        writeln!(
            f,
            "accuracy {}  balanced {}  top 3 {}  AUROC {}",
            range(Some(intervals.accuracy)),
            range(Some(intervals.balanced_accuracy)),
            range(Some(intervals.top_3)),
            area_range(intervals.auroc)
        )?;
        if self.sources.most_pictures > 1 {
            writeln!(
                f,
                "every source counting the same: accuracy {} ({})",
                percent(Some(self.sources.accuracy)),
                range(self.sources.accuracy_interval)
            )?;
        }
        writeln!(f)
    }

    fn write_labels(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.label_width();
        writeln!(
            f,
            "{:width$}  pictures  recall          95%  precision      F1  AUROC",
            "label"
        )?;
        for row in &self.ensemble.labels {
            writeln!(
                f,
                "{:width$}  {:8}  {:>6}  {:>11}  {:>9}  {:>6}  {:>5}",
                row.label,
                row.pictures,
                percent(row.recall),
                range(row.recall_interval),
                percent(row.precision),
                percent(row.f1),
                area(row.auroc)
            )?;
        }
        Ok(())
    }

    /// The confusion in percent of each row; of many labels only those that have pictures.
    fn write_confusion(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.label_width();
        let confusion = &self.ensemble.confusion;
        let all: Vec<usize> = (0..self.labels.len()).collect();
        let seen = |label: &usize| confusion.truths(*label) > 0;
        let shown: Vec<usize> = match all.len() {
            0..=MOST_COLUMNS => all,
            _ => all.into_iter().filter(seen).take(MOST_COLUMNS).collect(),
        };
        writeln!(
            f,
            "confusion of the ensemble: rows are true labels, columns answers, % of the row"
        )?;
        write!(f, "{:width$}", "")?;
        let keys = shown.iter().map(|label| self.labels[*label].as_str());
        let others = (shown.len() < self.labels.len()).then_some("others");
        for key in keys.chain(others) {
            write!(f, "  {:>4}", key.chars().take(4).collect::<String>())?;
        }
        writeln!(f)?;
        for (label, row) in shown.iter().zip(confusion.row_shares_among(&shown)) {
            write!(f, "{:width$}", self.labels[*label])?;
            for share in row {
                write!(f, "  {:4.0}", 100.0 * share)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for AttributionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.labels.iter().map(|row| row.label.chars().count());
        let width = width.max().unwrap_or(0).max(5);
        writeln!(
            f,
            "attribution, {} steps (in brackets: chance, or a random order)",
            self.steps
        )?;
        writeln!(
            f,
            "{:width$}  pictures     inside  pointing     deletion    insertion  sanity",
            "label"
        )?;
        for row in &self.labels {
            write_attribution(f, &row.label, width, &row.figures)?;
        }
        write_attribution(f, "right", width, &self.right)?;
        write_attribution(f, "all", width, &self.overall)?;
        write!(
            f,
            "sanity: rank correlation with the map of a network of shuffled weights"
        )
    }
}

fn write_attribution(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    width: usize,
    figures: &AttributionFigures,
) -> fmt::Result {
    let whole =
        |share: Option<f64>| share.map_or_else(|| "-".into(), |s| format!("{:.0}%", 100.0 * s));
    let inside = format!(
        "{} ({})",
        whole(figures.energy_inside),
        whole(figures.lesion_area)
    );
    let sanity = figures.sanity.last().and_then(|figure| figure.spearman);
    writeln!(
        f,
        "{name:width$}  {:8}  {inside:>9}  {:>8}  {:.2} ({:.2})  {:.2} ({:.2})  {:>6}",
        figures.pictures,
        whole(figures.pointing_game),
        figures.deletion.area,
        figures.deletion.random_area,
        figures.insertion.area,
        figures.insertion.random_area,
        correlation(sanity)
    )
}

fn write_line(f: &mut fmt::Formatter<'_>, name: &str, figures: &Figures) -> fmt::Result {
    let [low, high] = figures.accuracy_interval;
    writeln!(
        f,
        "{name:<10}  {:>7.1}%  {:>4.1}-{:>5.1}  {:>7.1}%  {:>4.1}%  {:.3}  {:>5}",
        100.0 * figures.accuracy,
        100.0 * low,
        100.0 * high,
        100.0 * figures.balanced_accuracy,
        100.0 * figures.top_3,
        figures.calibration_error,
        area(figures.auroc)
    )
}

/// A share in percent, or a dash where there is none.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".into(), |share| format!("{:.1}%", 100.0 * share))
}

/// An interval of shares in percent, or a dash.
pub(crate) fn range(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(
        || "-".into(),
        |[low, high]| format!("{:.1}-{:.1}", 100.0 * low, 100.0 * high),
    )
}

/// An area under a curve, or a dash.
pub(crate) fn area(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:.3}"))
}

/// An interval of areas under a curve, or a dash.
pub(crate) fn area_range(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(|| "-".into(), |[low, high]| format!("{low:.3}-{high:.3}"))
}

/// A correlation with its sign, or a dash; what rounds to zero has none.
pub(crate) fn correlation(value: Option<f64>) -> String {
    value.map_or_else(
        || "-".into(),
        |value| format!("{:.2}", (100.0 * value).round() / 100.0 + 0.0),
    )
}

/// A label's recall with its interval, for reading aloud.
pub(crate) fn recall_in_words(row: &LabelFigures) -> String {
    match (row.recall, row.recall_interval) {
        (Some(_), Some(interval)) => format!(
            "{} {} ({})",
            row.label,
            percent(row.recall),
            range(Some(interval))
        ),
        _ => format!("{} {}", row.label, percent(row.recall)),
    }
}

#[cfg(test)]
mod tests {
    use crate::evaluation::sample::sample_details;

    #[test]
    fn the_tables_are_readable_at_80_columns() {
        let details = sample_details();
        let text = details.report.to_string();
        for label in &details.report.labels {
            assert!(text.contains(label.as_str()), "{label}\n{text}");
        }
        let attribution = details.attribution.map(|found| found.to_string());
        let attribution = attribution.unwrap_or_default();
        assert!(attribution.contains("NF1"), "{attribution}");
        assert!(
            text.ends_with("\nTemperature 1.250, from the calibration"),
            "{text}"
        );
        for line in text.lines().chain(attribution.lines()) {
            assert!(line.chars().count() <= 80, "{} {line}", line.len());
        }
    }
}
