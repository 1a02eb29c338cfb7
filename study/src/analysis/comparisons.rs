//! Who is better: groups against each other in one view, and both views of one group.

use serde::Serialize;

use super::finding::Finding;
use super::plan::AnalysisPlan;
use crate::answers::Group;
use crate::counted::{Part, Study};
use crate::error::Result;
use crate::statistics::{
    BootstrapInterval, Differences, Estimate, FiveNumbers, McNemar, NonInferiority, PairedCounts,
    PairedProportions, Readers, TTest, difference_for_others, holm, mcnemar_of, non_inferiority,
    paired_t,
};
use crate::survey::View;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Two groups in one view.
    Groups,
    /// Panoramic against focused images, of one group.
    Views,
}

/// A comparison of two parts; every difference is first less second, as a share (-1 to 1).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What is compared.
    pub question: Question,
    /// One side.
    pub first: Part,
    /// The other side.
    pub second: Part,
    /// Surveys that both sides answered.
    pub surveys: Vec<String>,
    /// Difference of the accuracies of each of them.
    pub differences: Vec<f64>,
    /// What the box plot of the differences draws.
    pub box_plot: Finding<FiveNumbers>,
    /// The paired t test over surveys, which takes them as independent: the paper's.
    pub paired_t: Finding<TTest>,
    /// Its p value after Holm's correction over all comparisons; `None` where there is no test.
    pub paired_t_holm: Option<f64>,
    /// The difference for other readers and photographs: what stands where a mixed model would.
    pub for_others: Finding<TTest>,
    /// Its p value after Holm's correction over all comparisons; `None` where there is no test.
    pub for_others_holm: Option<f64>,
    /// Interval of the difference when readers and photographs are drawn anew.
    pub bootstrap: Finding<BootstrapInterval>,
    /// McNemar's test within each set of surveys, in which every photograph occurs once; of two models, and of
    /// both views of one, a single test, since their answers are the same in all sets.
    pub mcnemar: Vec<SetMcNemar>,
    /// Whether the first is not worse than the second by the margin, or both are equivalent, over surveys.
    pub non_inferiority: Finding<NonInferiority>,
    /// The same for other readers and photographs.
    pub non_inferiority_for_others: Finding<NonInferiority>,
    /// The same on the photographs of the first set, for models; people have no such pairs.
    pub non_inferiority_on_images: Option<Finding<PairedProportions>>,
    /// How many surveys would find the planned difference with the planned power, if differences deviate as
    /// they did here.
    pub surveys_needed: Finding<usize>,
}

/// McNemar's test in one set of surveys.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetMcNemar {
    /// The set, from 1.
    pub set: usize,
    /// Photographs that both sides answered.
    pub pairs: usize,
    /// The test.
    #[serde(flatten)]
    pub test: McNemar,
    /// The mid-p value after Holm's correction over the sets.
    pub mid_p_holm: f64,
}

/// All pairs of groups in each view, then both views of each group.
pub(super) fn all(study: &Study<'_>, plan: &AnalysisPlan, groups: &[Group]) -> Vec<Comparison> {
    let part = |group: &Group, view| Part {
        group: group.clone(),
        view,
    };
    let mut pairs = Vec::new();
    for (index, first) in groups.iter().enumerate() {
        for second in &groups[index + 1..] {
            for view in View::BOTH {
                pairs.push((Question::Groups, part(first, view), part(second, view)));
            }
        }
    }
    for group in groups {
        let [focused, panoramic] = View::BOTH.map(|view| part(group, view));
        pairs.push((Question::Views, panoramic, focused));
    }
    let mut all: Vec<Comparison> = pairs
        .into_iter()
        .map(|(question, first, second)| compare(study, plan, question, first, second))
        .collect();
    let corrected = corrected(all.iter().map(|one| &one.paired_t));
    let corrected_for_others = self::corrected(all.iter().map(|one| &one.for_others));
    for (one, (over_surveys, for_others)) in all
        .iter_mut()
        .zip(corrected.into_iter().zip(corrected_for_others))
    {
        one.paired_t_holm = over_surveys;
        one.for_others_holm = for_others;
    }
    all
}

/// Holm's correction over the tests that there are.
fn corrected<'t>(tests: impl Iterator<Item = &'t Finding<TTest>>) -> Vec<Option<f64>> {
    let p: Vec<Option<f64>> = tests.map(|test| test.value().map(|test| test.p)).collect();
    let there: Vec<f64> = p.iter().flatten().copied().collect();
    let mut adjusted = holm(&there).unwrap_or_default().into_iter();
    p.iter().map(|p| p.and_then(|_| adjusted.next())).collect()
}

fn compare(
    study: &Study<'_>,
    plan: &AnalysisPlan,
    question: Question,
    first: Part,
    second: Part,
) -> Comparison {
    let table = study.table(&[first.clone(), second.clone()]);
    let names = &study.surveys().surveys;
    let (one, other): (Vec<f64>, Vec<f64>) = table.iter().map(|(_, row)| (row[0], row[1])).unzip();
    let differences: Vec<f64> = one.iter().zip(&other).map(|(a, b)| a - b).collect();
    let summary = Differences::of(&one, &other);
    let one_sided = plan.significance() / 2.0;
    let not_worse = |estimate: Result<Estimate>| -> Finding<NonInferiority> {
        estimate
            .and_then(|estimate| non_inferiority(estimate, plan.margin, one_sided))
            .into()
    };

    let readings = [&first, &second].map(|part| study.readings(part, plan.readers(&part.group)));
    let [ours, theirs] = &readings;
    let both = ours
        .as_ref()
        .and_then(|ours| Ok((ours, theirs.as_ref()?)))
        .map_err(Clone::clone);
    let for_others = both
        .clone()
        .and_then(|(ours, theirs)| difference_for_others(ours, theirs));
    let bootstrap = both.and_then(|(ours, theirs)| {
        plan.bootstrap.interval(
            &study.reader_strata(),
            &study.photograph_strata(),
            plan.confidence,
            |drawing| Some(drawing.accuracy(ours)? - drawing.accuracy(theirs)?),
        )
    });
    let fixed = [&first, &second]
        .iter()
        .all(|part| plan.readers(&part.group) == Readers::Fixed);
    Comparison {
        question,
        surveys: table
            .iter()
            .map(|(survey, _)| names[*survey].name.clone())
            .collect(),
        box_plot: FiveNumbers::of(&differences).into(),
        differences,
        paired_t: summary
            .clone()
            .and_then(|summary| paired_t(summary, plan.confidence))
            .into(),
        paired_t_holm: None,
        for_others: for_others
            .clone()
            .and_then(|estimate| estimate.test(plan.confidence))
            .into(),
        for_others_holm: None,
        bootstrap: bootstrap.into(),
        mcnemar: mcnemar_of_sets(study, &first, &second, fixed),
        non_inferiority: not_worse(summary.clone().map(|summary| summary.estimate())),
        non_inferiority_for_others: not_worse(for_others),
        non_inferiority_on_images: fixed.then(|| on_images(study, plan, &first, &second).into()),
        surveys_needed: summary
            .and_then(|summary| {
                let design = plan.paired_design(summary.deviation);
                design.pairs_for(plan.design.power)
            })
            .into(),
        first,
        second,
    }
}

/// The sets of surveys, from the first.
fn sets(study: &Study<'_>) -> Vec<usize> {
    let surveys = &study.surveys().surveys;
    let mut sets: Vec<usize> = surveys.iter().map(|survey| survey.set).collect();
    sets.sort_unstable();
    sets.dedup();
    sets
}

fn mcnemar_of_sets(study: &Study<'_>, first: &Part, second: &Part, fixed: bool) -> Vec<SetMcNemar> {
    let most = if fixed { 1 } else { usize::MAX };
    let mut tests: Vec<SetMcNemar> = sets(study)
        .into_iter()
        .filter_map(|set| {
            let pairs = study.pairs(first, second, |survey| survey.set == set);
            (!pairs.is_empty()).then(|| SetMcNemar {
                set,
                pairs: pairs.len(),
                test: mcnemar_of(pairs),
                mid_p_holm: 1.0,
            })
        })
        .take(most)
        .collect();
    let p: Vec<f64> = tests.iter().map(|one| one.test.mid_p).collect();
    for (one, adjusted) in tests.iter_mut().zip(holm(&p).unwrap_or_default()) {
        one.mid_p_holm = adjusted;
    }
    tests
}

fn on_images(
    study: &Study<'_>,
    plan: &AnalysisPlan,
    first: &Part,
    second: &Part,
) -> Result<PairedProportions> {
    let set = sets(study).first().copied();
    let pairs = study.pairs(first, second, |survey| Some(survey.set) == set);
    let test = mcnemar_of(pairs.iter().copied());
    let counts = PairedCounts {
        only_first: test.only_first,
        only_second: test.only_second,
        pairs: pairs.len(),
    };
    counts.non_inferiority(plan.margin, plan.significance() / 2.0)
}
