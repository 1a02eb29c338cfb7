//! What tests of difference leave open: non-inferiority, equivalence, and pairs of answers to one photograph.

use genoderm_study::analysis::{Analysis, Comparison, Finding};
use genoderm_study::statistics::NonInferiority;
use maud::{Markup, html};

use super::parts::{cells, level};
use crate::study::words::{comparison, p_value, point_range, points, size_in_points};

/// Whether the first is not worse, or both are equal, within the margin.
pub(super) fn not_worse(analysis: &Analysis) -> Markup {
    if analysis.comparisons.is_empty() {
        return html! {};
    }
    let margin = analysis.plan.margin;
    let level = level(analysis.plan.confidence);
    let one_sided = (1.0 - analysis.plan.confidence) / 2.0;
    let verdict = |test: &NonInferiority| match test {
        test if test.p_equivalence < one_sided => "equal",
        test if test.interval.low > 0.0 => "better",
        test if test.p < one_sided => "not worse",
        _ => "open",
    };
    let tested = |test: &Finding<NonInferiority>| {
        cells(test, 3, |test| {
            html! {
                td.number { (p_value(test.p)) }
                td.number { (p_value(test.p_equivalence)) }
                td { (verdict(test)) }
            }
        })
    };
    html! {
        section {
            h2 { "Not worse, or equal?" }
            p {
                "A large p of a test of difference is no proof of equality. Here the hypothesis is that the first is worse by "
                (size_in_points(margin)) " points or more: a small p speaks for \u{201c}not worse\u{201d}. Two such tests, one to each side, speak for \
                 \u{201c}equal\u{201d} within these points. Significant below " (format!("{}", (1000.0 * one_sided).round() / 1000.0)) ", one-sided."
            }
            div.scroll tabindex="0" {
                table {
                    caption { "Non-inferiority and equivalence, margin " (size_in_points(margin)) " points" }
                    thead {
                        tr {
                            th scope="col" { "comparison" }
                            th.number scope="col" { "others: p, not worse" }
                            th.number scope="col" { "p, equal" }
                            th scope="col" { "result" }
                            th.number scope="col" { "surveys: p, not worse" }
                            th.number scope="col" { "p, equal" }
                            th scope="col" { "result" }
                        }
                    }
                    tbody {
                        @for one in &analysis.comparisons {
                            tr {
                                th.name scope="row" { (comparison(one)) }
                                (tested(&one.non_inferiority_for_others))
                                (tested(&one.non_inferiority))
                            }
                        }
                    }
                }
            }
            @for one in &analysis.comparisons {
                @if let Some(Finding::Value(test)) = &one.non_inferiority_on_images {
                    p {
                        (comparison(one)) ", on the same " (test.counts.pairs) " photographs: difference "
                        (points(test.difference)) " points, " (level) " " (point_range(&test.interval))
                        ", p of \u{201c}worse by the margin\u{201d} " (p_value(test.p)) " (Tango's score)."
                    }
                }
            }
        }
    }
}

/// McNemar's tests of each set.
pub(super) fn mcnemar(analysis: &Analysis) -> Markup {
    let with_pairs: Vec<&Comparison> = analysis
        .comparisons
        .iter()
        .filter(|one| !one.mcnemar.is_empty())
        .collect();
    if with_pairs.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "The same photographs" }
            p {
                "Pairs of answers to one photograph, of which only one is right (McNemar). Within a set of surveys every photograph \
                 occurs once; tests of different sets share photographs and are corrected together (Holm). Models answer alike in every \
                 set, and are tested once."
            }
            div.scroll tabindex="0" {
                table {
                    caption { "The set with the smallest p value of each comparison" }
                    thead {
                        tr {
                            th scope="col" { "comparison" }
                            th.number scope="col" { "sets" }
                            th.number scope="col" { "pairs" }
                            th.number scope="col" { "only first right" }
                            th.number scope="col" { "only second right" }
                            th.number scope="col" { "p, exact" }
                            th.number scope="col" { "p, mid" }
                            th.number scope="col" { "mid p, Holm" }
                        }
                    }
                    tbody {
                        @for one in with_pairs {
                            @let smallest = one.mcnemar.iter().min_by(|a, b| a.test.mid_p.total_cmp(&b.test.mid_p));
                            @if let Some(set) = smallest {
                                tr {
                                    th.name scope="row" { (comparison(one)) }
                                    td.number { (one.mcnemar.len()) }
                                    td.number { (set.pairs) }
                                    td.number { (set.test.only_first) }
                                    td.number { (set.test.only_second) }
                                    td.number { (p_value(set.test.exact)) }
                                    td.number { (p_value(set.test.mid_p)) }
                                    td.number { (p_value(set.mid_p_holm)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
