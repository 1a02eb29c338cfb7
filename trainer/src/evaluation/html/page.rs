//! The frame of the report.

use maud::{Markup, html};

use crate::error::Result;
use crate::evaluation::EvaluationDetails;
use crate::evaluation::html::mistakes::MistakePictures;
use crate::evaluation::html::{
    calibration, confusion, localisation, mistakes, sources, summary, training,
};
use crate::html::frame;

/// The report as one HTML file.
///
/// `pictures` are those of the first mistakes, in their order; there may be none.
///
/// # Errors
///
/// Only failures of the drawing library.
pub fn render(details: &EvaluationDetails, pictures: &[MistakePictures]) -> Result<String> {
    let report = &details.report;
    let title = format!("{}: evaluation on {} pictures", report.model, report.set);
    let sections = html! {
        (summary::glance(report))
        (summary::groups(report))
        (sources::section(details))
        (summary::labels(details)?)
        (confusion::section(details)?)
        (calibration::section(details)?)
        (localisation::section(details.attribution.as_ref())?)
        (training::section(details)?)
        (mistakes::section(details, pictures))
    };
    Ok(frame::page(&title, header(details, pictures), sections))
}

fn header(details: &EvaluationDetails, pictures: &[MistakePictures]) -> Markup {
    let report = &details.report;
    let split = match report.split.as_str() {
        "all" => "training and test",
        "train" => "training",
        _ => "test",
    };
    html! {
        header {
            p.kicker { "Genoderm evaluation" }
            h1 { (report.model) }
            p {
                (report.ensemble.pictures) " " (report.set) " " (split) " pictures, "
                (report.folds.len()) " folds, " (report.labels.len()) " labels"
                @if report.views > 1 { ", each picture seen in " (report.views) " views whose probabilities are averaged" }
                "."
            }
            @if report.split != "test" {
                p.note { "The networks may have learnt from these pictures: only test pictures tell how good they are." }
            }
            @if !details.left_out.is_empty() {
                div.note {
                    p { (details.left_out.len()) " broken pictures were left out:" }
                    ul { @for cause in &details.left_out { li { (cause) } } }
                }
            }
            @if !pictures.is_empty() {
                p.note { "This file holds photographs: share it like the photographs themselves." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evaluation::sample::sample_details;
    use crate::html::frame::unbalanced;

    fn page() -> String {
        let details = sample_details();
        let picture = |text: &str| format!("data:image/jpeg;base64,{text}");
        let pictures = [MistakePictures {
            photo: picture("AAAA"),
            answer_map: picture("BBBB"),
            label_map: picture("CCCC"),
        }];
        render(&details, &pictures).unwrap()
    }

    #[test]
    fn every_tag_is_closed() {
        assert_eq!(unbalanced(&page()), None);
    }

    #[test]
    fn every_label_and_section_is_there_and_names_are_escaped() {
        let page = page();
        let details = sample_details();
        for label in &details.report.labels {
            assert!(page.contains(label.as_str()), "{label}");
        }
        for heading in [
            "At a glance",
            "Folds",
            "Skin tones",
            "Sources",
            "Labels",
            "What is taken for what",
            "Do probabilities mean what they say?",
            "Can the maps be trusted?",
            "Training",
            "Worst mistakes",
        ] {
            assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
        }
        assert!(page.contains("made &lt;up&gt; &amp; small") && !page.contains("made <up>"));
        assert!(page.contains("NF1 taken for TSC"));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let page = page();
        for forbidden in [
            "http://", "https://", "<script", "<link", "url(", "@import", " href=",
        ] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        let addresses = page.split(" src=\"").skip(1);
        let addresses: Vec<&str> = addresses.collect();
        assert_eq!(addresses.len(), 3);
        assert!(addresses.iter().all(|rest| rest.starts_with("data:image/")));
    }

    #[test]
    fn pictures_and_tables_have_names() {
        let page = page();
        assert_eq!(
            page.matches("<table>").count(),
            page.matches("<caption>").count()
        );
        assert_eq!(
            page.matches("<svg").count(),
            page.matches("aria-label=").count()
        );
        assert_eq!(
            page.matches("<img ").count(),
            page.matches(" alt=\"").count()
        );
        assert!(page.matches("<svg").count() >= 8);
    }

    #[test]
    fn without_attribution_training_and_mistakes_their_sections_are_absent() {
        let mut details = sample_details();
        details.attribution = None;
        details.training.clear();
        details.mistakes.clear();
        let page = render(&details, &[]).unwrap();
        assert!(!page.contains("Can the maps") && !page.contains("<h2>Training"));
        assert!(page.contains("No picture was answered wrongly."));
        assert!(!page.contains("holds photographs"));
    }
}
