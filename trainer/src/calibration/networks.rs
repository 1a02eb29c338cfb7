//! The parts of a calibration that run the networks: guards compared, and the calibrated ensemble on test
//! pictures.

use std::path::Path;
use std::slice::from_ref;

use burn::tensor::Device;
use genoderm_model::calibration::{
    FoldOutput, FoldReference, Guard, GuardInput, GuardScore, Wanted,
};
use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::Photo;

use crate::calibration::ensemble_fit::{Answered, decision_at};
use crate::calibration::guards::half_of;
use crate::calibration::references::{PICTURES_IN_MEMORY, References, outputs_of};
use crate::calibration::{
    CalibratePlan, EnsembleFit, GuardFigures, NotSkin, Reliability, SetFigures, SingleFit,
    TestFigures,
};
use crate::data::{Dataset, FoldPlan, Manifest, Selection, Split};
use crate::error::{Error, Result};
use crate::evaluation::{Unseen, answer_all, require_unseen};
use crate::inference::{Ensemble, PhotoAnswer};
use crate::training::{Progress, RunFolder, TrainConfig};

/// Guards compared, and what each fold compares pictures with.
#[derive(Default)]
pub(super) struct Compared {
    /// Figures of all guards on the pictures to choose by.
    pub figures: Vec<GuardFigures>,
    /// The same guards on the other half of the pictures; empty when there are too few to share out.
    pub held_out: Vec<GuardFigures>,
    folds: Vec<usize>,
    references: References,
    pub pictures: usize,
}

impl Compared {
    /// What a guard needs of each fold; nothing where it needs nothing.
    pub fn references_of(&self, guard: Option<Guard>) -> Vec<(usize, FoldReference)> {
        let input = guard.map_or(GuardInput::Answer, |guard| guard.score.input());
        let references = self.references.of(input).iter().cloned();
        self.folds.iter().copied().zip(references).collect()
    }
}

/// The networks of the run with the manifest that they learnt from.
pub(super) struct Networks<'a> {
    pub ensemble: Ensemble,
    manifest: Manifest,
    folds: FoldPlan,
    config: &'a TrainConfig,
    progress: &'a Progress,
}

impl<'a> Networks<'a> {
    /// Loads them, if something is asked that needs them.
    pub fn open(
        plan: &CalibratePlan,
        run: &RunFolder,
        config: &'a TrainConfig,
        device: &Device,
        progress: &'a Progress,
    ) -> Result<Option<Self>> {
        let is_needed = plan.not_skin.is_some() || plan.test || plan.held_out.is_some();
        if !is_needed && plan.data.is_none() {
            return Ok(None);
        }
        let known = run.data()?;
        let folder = plan.data.clone().unwrap_or_else(|| known.folder.into());
        let manifest = Manifest::read(&folder)?;
        if manifest.sha256 != known.manifest_sha256 {
            return Err(Error::input(format!(
                "{} is not the manifest that {} learnt from: name that folder with --data",
                manifest.path.display(),
                plan.run.display()
            )));
        }
        if !is_needed {
            return Ok(None);
        }
        Ok(Some(Self {
            ensemble: Ensemble::of_run(run, &[], device)?,
            folds: FoldPlan::of(&manifest, config.folds, config.seed)?,
            manifest,
            config,
            progress,
        }))
    }

    fn selection(&self, split: Split, skip_broken: bool) -> Result<Selection<'_>> {
        Ok(Selection {
            set: self.config.set,
            split: Some(split),
            labels: &self.config.labels,
            preprocessing: self.ensemble.preprocessing()?,
            training_size: None,
            memory: Selection::MEMORY,
            skip_broken,
        })
    }

    fn dataset(&self, split: Split, skip_broken: bool) -> Result<Dataset> {
        let selection = self.selection(split, skip_broken)?;
        self.load(&self.manifest, &self.folds.of_row, selection)
    }

    fn load(
        &self,
        manifest: &Manifest,
        folds: &[Option<usize>],
        selection: Selection<'_>,
    ) -> Result<Dataset> {
        let dataset = Dataset::load(manifest, folds, selection)?;
        for cause in &dataset.skipped {
            self.progress.note(&format!("skipped: {cause}"));
        }
        Ok(dataset)
    }

    /// Scores held-out pictures of skin and pictures without skin with every guard.
    pub fn compare_guards(&self, plan: &CalibratePlan, fit: &SingleFit) -> Result<Compared> {
        let Some(folder) = &plan.not_skin else {
            return Ok(Compared::default());
        };
        let others = NotSkin::open(folder, self.ensemble.preprocessing()?, plan.skip_broken)?;
        for cause in &others.skipped {
            self.progress.note(&format!("skipped: {cause}"));
        }
        let dataset = self.dataset(Split::Train, plan.skip_broken)?;
        let temperature = fit.temperature;
        let skin_count = dataset.examples.len();
        let total = self.ensemble.folds.len() * (skin_count + others.files.len());
        let bar = self.progress.count("comparing guards", total);
        let mut folds = Vec::new();
        let mut references = References::default();
        let mut skin = Scores::default();
        let mut other = [Scores::default(), Scores::default()];
        let half = |place: usize| half_of(place, others.files.len());
        let mut by_picture: Vec<Vec<FoldOutput>> = vec![Vec::new(); others.files.len()];
        for (fold, classifier) in &self.ensemble.folds {
            let own = own_pictures(&dataset, &self.config.labels, *fold);
            let known = References::learn(classifier, &dataset, &own.learnt, self.config, || {
                bar.inc(1);
            })?;
            for portion in own.held_out.chunks(PICTURES_IN_MEMORY) {
                for output in outputs_of(classifier, &dataset, portion, Wanted::ALL)? {
                    skin.add(temperature, from_ref(&output), &known)?;
                    bar.inc(1);
                }
            }
            let mut place = 0;
            for portion in others.files.chunks(PICTURES_IN_MEMORY) {
                let photos = others.photos(portion)?;
                let photos: Vec<&Photo> = photos.iter().collect();
                for output in classifier.outputs(&photos, Wanted::ALL, |_| {})? {
                    other[half(place)].add(temperature, from_ref(&output), &known)?;
                    by_picture[place].push(output);
                    place += 1;
                    bar.inc(1);
                }
            }
            folds.push(*fold);
            references.append(known);
        }
        let mut together = [Scores::default(), Scores::default()];
        for (place, outputs) in by_picture.iter().enumerate() {
            together[half(place)].add(temperature, outputs, &references)?;
        }
        bar.finish_and_clear();
        let on_half = |half: usize| {
            let kinds = GuardScore::ALL.into_iter().enumerate();
            kinds
                .map(|(index, score)| {
                    let (skin, other) = (&skin.0[index], &other[half].0[index]);
                    let guard =
                        Guard::fit(score, plan.acceptance, skin).map_err(Error::internal)?;
                    let together = &together[half].0[index];
                    Ok(GuardFigures::of(guard, skin, other, together))
                })
                .collect::<Result<Vec<_>>>()
        };
        let is_shared_out = !together[1].0[0].is_empty();
        Ok(Compared {
            figures: on_half(0)?,
            held_out: match is_shared_out {
                true => on_half(1)?,
                false => Vec::new(),
            },
            folds,
            references,
            pictures: others.files.len(),
        })
    }

    /// Fits the ensemble on all pictures of another manifest, which no network of the run may have learnt from.
    pub fn fit_ensemble(
        &self,
        plan: &CalibratePlan,
        run: &RunFolder,
        folder: &Path,
    ) -> Result<EnsembleFit> {
        let manifest = Manifest::read(folder)?;
        let instead = "name a folder of pictures that the networks have not seen with --held-out";
        if manifest.sha256 == run.data()?.manifest_sha256 {
            return Err(Error::input(format!(
                "{} is what {} learnt from: {instead}",
                manifest.path.display(),
                run.path().display()
            )));
        }
        let selection = Selection {
            split: None,
            ..self.selection(Split::Train, plan.skip_broken)?
        };
        let dataset = self.load(&manifest, &[], selection)?;
        if let Unseen::OtherNames(_) = require_unseen(run, &manifest, &dataset.examples, instead)? {
            self.progress.note(
                "the pictures that the run learnt from are not at hand: those of --held-out could be compared with \
                 them by name only",
            );
        }
        let own = self.config.own_labels();
        let indices: Vec<usize> = (0..dataset.examples.len())
            .filter(|index| own.contains(&dataset.examples[*index].label))
            .collect();
        let bar = self
            .progress
            .count("calibrating", indices.len() * self.ensemble.folds.len());
        let mut pictures: Vec<Answered> = indices
            .iter()
            .map(|index| (Vec::new(), dataset.examples[*index].label))
            .collect();
        for (_, classifier) in &self.ensemble.folds {
            let mut place = 0;
            for portion in indices.chunks(PICTURES_IN_MEMORY) {
                for output in outputs_of(classifier, &dataset, portion, Wanted::default())? {
                    pictures[place].0.push(output);
                    place += 1;
                    bar.inc(1);
                }
            }
        }
        bar.finish_and_clear();
        EnsembleFit::of(&pictures, plan.score.into(), plan.coverage, manifest.sha256)
    }

    /// Opens the test pictures.
    pub fn test_pictures(&self, plan: &CalibratePlan) -> Result<Dataset> {
        self.dataset(Split::Test, plan.skip_broken)
    }

    /// The ensemble, already calibrated, on the test pictures.
    pub fn measure_test(&self, plan: &CalibratePlan, dataset: &Dataset) -> Result<TestFigures> {
        let total = dataset.examples.len() * self.ensemble.folds.len();
        let bar = self.progress.count("measuring", total);
        let answers = answer_all(&self.ensemble, dataset, |done| {
            bar.set_position(done as u64);
        })?;
        bar.finish_and_clear();
        // Like the pictures of the fit: those of own labels.
        let own = self.config.own_labels();
        let (targets, answers): (Vec<usize>, Vec<PhotoAnswer>) = dataset
            .examples
            .iter()
            .map(|example| example.label)
            .zip(answers)
            .filter(|(label, _)| own.contains(label))
            .unzip();
        let mut before = Vec::with_capacity(answers.len());
        let mut after = Vec::with_capacity(answers.len());
        let mut sets: Vec<&[usize]> = Vec::with_capacity(answers.len());
        for told in &answers {
            let outputs: Vec<FoldOutput> = told
                .folds
                .iter()
                .map(|fold| FoldOutput {
                    logits: fold.logits.clone(),
                    ..FoldOutput::default()
                })
                .collect();
            before.push(decision_at(1.0, &outputs)?.probabilities);
            after.push(told.decision.probabilities.clone());
            sets.extend(
                told.prediction_set
                    .as_ref()
                    .map(|set| set.labels.as_slice()),
            );
        }
        let verdicts: Vec<bool> = answers
            .iter()
            .filter_map(|told| told.guard.map(|verdict| verdict.accepted))
            .collect();
        let accepted = verdicts.iter().filter(|accepted| **accepted).count();
        Ok(TestFigures {
            before: Reliability::of(&before, &targets),
            after: Reliability::of(&after, &targets),
            sets: SetFigures::of(plan.coverage, &sets, &targets),
            accepted: (!verdicts.is_empty()).then(|| accepted as f64 / verdicts.len() as f64),
        })
    }
}

/// Scores of pictures, by the order of [`GuardScore::ALL`].
#[derive(Default)]
struct Scores([Vec<f64>; GuardScore::ALL.len()]);

impl Scores {
    fn add(
        &mut self,
        temperature: f32,
        outputs: &[FoldOutput],
        references: &References,
    ) -> Result<()> {
        let decision = decision_at(temperature, outputs)?;
        for (scores, kind) in self.0.iter_mut().zip(GuardScore::ALL) {
            let score = kind.of(&decision, outputs, references.of(kind.input()));
            scores.push(score.map_err(Error::internal)?);
        }
        Ok(())
    }
}

/// Pictures of own labels that a fold's network learnt from, and those that it did not.
struct OwnPictures {
    learnt: Vec<usize>,
    held_out: Vec<usize>,
}

fn own_pictures(dataset: &Dataset, labels: &LabelRegistry, fold: usize) -> OwnPictures {
    let is_own = |index: &usize| {
        let label = dataset.examples[*index].label;
        labels.get(label).is_some_and(|label| label.own)
    };
    let (learnt, held_out) = dataset.split_fold(fold);
    OwnPictures {
        learnt: learnt.into_iter().filter(is_own).collect(),
        held_out: held_out.into_iter().filter(is_own).collect(),
    }
}
