//! The sections of the page and its header.

use genoderm_study::analysis::Analysis;
use maud::{Markup, html};

use super::{agreement, comparisons, evidence, groups, labels, planning};
use crate::error::Result;
use crate::html::frame;

/// The report as one HTML file, which loads nothing from elsewhere.
///
/// # Errors
///
/// Only failures of the drawing library.
pub fn render(analysis: &Analysis) -> Result<String> {
    let sections = html! {
        (groups::section(analysis)?)
        (comparisons::section(analysis)?)
        (evidence::not_worse(analysis))
        (evidence::mcnemar(analysis))
        (labels::section(analysis)?)
        (agreement::answers(analysis))
        (agreement::surveys(analysis))
        (planning::section(analysis))
        (groups::surveys(analysis))
    };
    Ok(frame::page("Reader study", header(analysis), sections))
}

fn header(analysis: &Analysis) -> Markup {
    let names: Vec<&str> = analysis
        .groups
        .iter()
        .map(|group| group.group.0.as_str())
        .collect();
    html! {
        header {
            p.kicker { "Genoderm reader study" }
            h1 { (names.join(", ")) }
            p {
                (analysis.surveys) " surveys in " (analysis.sets) " sets, "
                (analysis.photographs) " photographs in two views, "
                (analysis.labels.len()) " labels. Intervals have "
                (format!("{}%", (1000.0 * analysis.plan.confidence).round() / 10.0)) " confidence."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use genoderm_study::analysis::{AnalysisPlan, analyse};
    use genoderm_study::statistics::CrossedBootstrap;
    use genoderm_study::{
        Group, Question, Sheet, SimulatedGroup, Simulation, Study, SurveyPlan, Surveys, View,
        make_surveys, simulate,
    };

    use super::*;
    use crate::html::frame::unbalanced;

    fn surveys() -> Surveys {
        let mut images = Vec::new();
        for label in ["NF1", "A <b> & label", "TSC"] {
            for photograph in 0..8 {
                for view in View::BOTH {
                    images.push(Question {
                        image: format!("{view}/{label}-{photograph}.jpg"),
                        label: label.to_owned(),
                        view,
                        source: format!("{label}-{photograph}"),
                    });
                }
            }
        }
        make_surveys(&images, &SurveyPlan::default()).unwrap()
    }

    fn page(surveys: &Surveys, sheets: &[Sheet]) -> String {
        let plan = AnalysisPlan {
            models: vec![Group("model".to_owned())],
            bootstrap: CrossedBootstrap {
                drawings: 100,
                seed: 1,
            },
            ..AnalysisPlan::default()
        };
        let analysis = analyse(&Study::new(surveys, sheets), &plan).unwrap();
        render(&analysis).unwrap()
    }

    fn simulated(surveys: &Surveys) -> Vec<Sheet> {
        let group = |name: &str, accuracy: f64| SimulatedGroup {
            name: name.to_owned(),
            focused: accuracy,
            panoramic: accuracy,
            reader_correlation: 0.0,
            model: name == "model",
        };
        let plan = Simulation {
            groups: vec![group("model", 0.8), group("peo<ple>", 0.5)],
            photograph_correlation: 0.2,
            view_correlation: 0.1,
            left_out: 0.02,
            seed: 3,
        };
        simulate(surveys, &plan).unwrap()
    }

    #[test]
    fn every_section_is_there_and_names_are_escaped() {
        let surveys = surveys();
        let page = page(&surveys, &simulated(&surveys));
        assert_eq!(unbalanced(&page), None);
        for heading in [
            "How good each group is",
            "Who is better",
            "Not worse, or equal?",
            "The same photographs",
            "What is taken for what",
            "Do readers give the same answers?",
            "Are surveys hard for everyone?",
            "How large must a study be?",
            "Every survey",
        ] {
            assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
        }
        assert!(page.contains("peo&lt;ple&gt;") && !page.contains("peo<ple>"));
        assert!(page.contains("A &lt;b&gt; &amp; label") && !page.contains("A <b>"));
        for forbidden in [
            "http://", "https://", "<script", "<link", "url(", " href=", "NaN",
        ] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        let count = |what: &str| page.matches(what).count();
        assert_eq!(count("<table>"), count("<caption>"));
        assert_eq!(count("<svg"), count("aria-label="));
        assert!(count("<svg") >= 6);
    }

    #[test]
    fn one_sheet_gives_a_page_that_says_why_there_is_so_little() {
        let surveys = surveys();
        let sheets = simulated(&surveys);
        let person = sheets
            .iter()
            .filter(|s| s.reader.group.0 != "model")
            .take(1);
        let one: Vec<Sheet> = person.cloned().collect();
        let page = page(&surveys, &one);
        assert_eq!(unbalanced(&page), None);
        assert!(page.contains("needs at least 2 pairs, and there are 1"));
        let words = page.split(|letter: char| !letter.is_alphanumeric());
        let numbers_gone_wrong = words.filter(|word| ["NaN", "inf"].contains(word));
        assert_eq!(numbers_gone_wrong.count(), 0);
    }
}
