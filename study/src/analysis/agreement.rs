//! Agreement of people on the answers themselves: Fleiss' kappa and Krippendorff's alpha.

use serde::Serialize;

use super::finding::Finding;
use super::plan::AnalysisPlan;
use crate::answers::Group;
use crate::counted::{ImageAnswers, Study};
use crate::error::Result;
use crate::statistics::{
    BootstrapInterval, FleissKappa, KrippendorffAlpha, Readers, Strata, TTest, agreement_interval,
    fleiss_estimate, fleiss_kappa, krippendorff_alpha,
};
use crate::survey::View;

/// How far the readers of one group, or of several together, answer alike.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnswerAgreement {
    /// Whose readers.
    pub groups: Vec<Group>,
    /// On which images.
    pub view: View,
    /// The most readers that an image has.
    pub readers: usize,
    /// How many images have that many: kappa is computed of these alone.
    pub whole_images: usize,
    /// Fleiss' kappa.
    pub kappa: Finding<FleissKappa>,
    /// Its standard error and interval over photographs; the test is that it is 0.
    pub kappa_test: Finding<TTest>,
    /// Its interval when photographs are drawn anew.
    pub kappa_bootstrap: Finding<BootstrapInterval>,
    /// Krippendorff's alpha of all images, holes allowed.
    pub alpha: Finding<KrippendorffAlpha>,
    /// Its interval when photographs are drawn anew.
    pub alpha_bootstrap: Finding<BootstrapInterval>,
}

/// Each group of people in each view, then all of them together. A model gives one answer to each image:
/// with itself it agrees always, and so it is in none.
pub(super) fn all(
    study: &Study<'_>,
    plan: &AnalysisPlan,
    groups: &[Group],
) -> Vec<AnswerAgreement> {
    let people: Vec<Group> = groups
        .iter()
        .filter(|group| plan.readers(group) == Readers::Sample)
        .cloned()
        .collect();
    let mut of: Vec<Vec<Group>> = people.iter().map(|group| vec![group.clone()]).collect();
    if people.len() > 1 {
        of.push(people);
    }
    of.iter()
        .flat_map(|groups| View::BOTH.map(|view| agreement(study, plan, groups, view)))
        .collect()
}

fn agreement(
    study: &Study<'_>,
    plan: &AnalysisPlan,
    groups: &[Group],
    view: View,
) -> AnswerAgreement {
    let images = study.image_answers(groups, view);
    let readers = images.iter().map(ImageAnswers::answers).max().unwrap_or(0);
    let whole: Vec<ImageAnswers> = images
        .iter()
        .filter(|image| image.answers() == readers)
        .cloned()
        .collect();
    let counts = |images: &[ImageAnswers]| -> Vec<Vec<usize>> {
        images.iter().map(|image| image.counts.clone()).collect()
    };
    let interval = |images: &[ImageAnswers], figure: fn(&[Vec<usize>]) -> Result<f64>| {
        let labels = Strata::of(images.iter().map(|image| image.truth));
        agreement_interval(
            &counts(images),
            &labels,
            &plan.bootstrap,
            plan.confidence,
            figure,
        )
        .into()
    };
    let test = fleiss_estimate(&counts(&whole)).and_then(|kappa| kappa.test(plan.confidence));
    AnswerAgreement {
        groups: groups.to_vec(),
        view,
        readers,
        whole_images: whole.len(),
        kappa: fleiss_kappa(&counts(&whole)).into(),
        kappa_test: test.into(),
        kappa_bootstrap: interval(&whole, |counts| Ok(fleiss_kappa(counts)?.kappa)),
        alpha: krippendorff_alpha(&counts(&images)).into(),
        alpha_bootstrap: interval(&images, |counts| Ok(krippendorff_alpha(counts)?.alpha)),
    }
}
