//! Agreement: on the answers themselves (kappa, alpha), and of accuracies over surveys (ICC).

use genoderm_study::analysis::{Analysis, AnswerAgreement, Finding, SurveyCorrelation};
use genoderm_study::statistics::Icc;
use maud::{Markup, html};

use super::parts::{cells, level, with_interval};
use crate::study::words::{coefficient, coefficient_range};

/// Fleiss' kappa and Krippendorff's alpha.
pub(super) fn answers(analysis: &Analysis) -> Markup {
    if analysis.agreement.is_empty() {
        return html! {};
    }
    let level = level(analysis.plan.confidence);
    let groups = |one: &AnswerAgreement| {
        let names: Vec<&str> = one.groups.iter().map(|group| group.0.as_str()).collect();
        match names.as_slice() {
            [only] => (*only).to_owned(),
            _ => "all people".to_owned(),
        }
    };
    html! {
        section {
            h2 { "Do readers give the same answers?" }
            p {
                "1 is perfect agreement, 0 what chance would give. Kappa (Fleiss) needs equally many readers for each picture and is computed \
                 of the pictures that all of them answered; alpha (Krippendorff) takes all. A model agrees with itself always and is left out."
            }
            div.scroll tabindex="0" {
                table {
                    caption { "Agreement of people on their answers" }
                    thead {
                        tr {
                            th scope="col" { "readers" }
                            th scope="col" { "view" }
                            th.number scope="col" { "of a picture" }
                            th.number scope="col" { "pictures" }
                            th.number scope="col" { "kappa" }
                            th.number.soft scope="col" { (level) }
                            th.number.soft scope="col" { (level) ", bootstrap" }
                            th.number scope="col" { "alpha" }
                            th.number.soft scope="col" { (level) ", bootstrap" }
                        }
                    }
                    tbody {
                        @for one in &analysis.agreement {
                            tr {
                                th scope="row" { (groups(one)) }
                                td { (one.view) }
                                td.number { (one.readers) }
                                td.number { (one.whole_images) }
                                (cells(&one.kappa, 3, |kappa| html! {
                                    td.number { (coefficient(kappa.kappa)) }
                                    (cells(&one.kappa_test, 1, |test| html! {
                                        td.number.soft { (coefficient_range(&test.interval)) }
                                    }))
                                    (cells(&one.kappa_bootstrap, 1, |found| html! {
                                        td.number.soft { (coefficient_range(&found.interval)) }
                                    }))
                                }))
                                (cells(&one.alpha, 2, |alpha| html! {
                                    td.number { (coefficient(alpha.alpha)) }
                                    (cells(&one.alpha_bootstrap, 1, |found| html! {
                                        td.number.soft { (coefficient_range(&found.interval)) }
                                    }))
                                }))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Intraclass correlations.
pub(super) fn surveys(analysis: &Analysis) -> Markup {
    if analysis.correlations.is_empty() {
        return html! {};
    }
    let level = level(analysis.plan.confidence);
    let names = |one: &SurveyCorrelation| {
        let first = one.parts.first();
        let same_group = one
            .parts
            .iter()
            .all(|part| first.is_some_and(|f| f.group == part.group));
        let first = first.map(|part| (part.group.to_string(), part.view.to_string()));
        match (same_group, first) {
            (true, Some((group, _))) => format!("{group}: both views"),
            (false, Some((_, view))) => format!("all groups, {view}"),
            (_, None) => String::new(),
        }
    };
    let form = |found: &Finding<Icc>| {
        cells(found, 2, |icc| {
            with_interval(
                coefficient(icc.single.value),
                coefficient_range(&icc.single.interval),
            )
        })
    };
    html! {
        section {
            h2 { "Are surveys hard for everyone?" }
            p {
                "Intraclass correlations of the surveys\u{2019} accuracies (McGraw and Wong): near 1 where surveys that are easy for one are easy for the \
                 other. They say nothing of agreement on answers."
            }
            div.scroll tabindex="0" {
                table {
                    caption { "Intraclass correlations of single values" }
                    thead {
                        tr {
                            th scope="col" { "of" }
                            th.number scope="col" { "surveys" }
                            th.number scope="col" { "one-way" }
                            th.number.soft scope="col" { (level) }
                            th.number scope="col" { "agreement" }
                            th.number.soft scope="col" { (level) }
                            th.number scope="col" { "consistency" }
                            th.number.soft scope="col" { (level) }
                        }
                    }
                    tbody {
                        @for one in &analysis.correlations {
                            tr {
                                th.name scope="row" { (names(one)) }
                                td.number { (one.surveys) }
                                (form(&one.one_way))
                                (form(&one.agreement))
                                (form(&one.consistency))
                            }
                        }
                    }
                }
            }
        }
    }
}
