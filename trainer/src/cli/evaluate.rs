//! `genoderm evaluate`

use std::io::Write;
use std::path::PathBuf;

use burn::tensor::Device;
use clap::{Args, ValueEnum};
use genoderm_model::labels::LabelRegistry;

use crate::cli::shared::{DeviceArgument, print};
use crate::data::{Dataset, Manifest, PictureSet, Selection, Split};
use crate::error::{Error, Result};
use crate::evaluation::attribution::{AttributionPlan, measure};
use crate::evaluation::html::{draw_mistakes, render};
use crate::evaluation::{
    Bootstrap, EvaluationDetails, EvaluationOptions, EvaluationReport, FoldTraining, OutOfFold,
    answer_all_views, write_author_tables,
};
use crate::files;
use crate::inference::{BundleFolder, Ensemble, Views};
use crate::output::{require_file, require_new_folder};
use crate::training::{Progress, RunFolder};

/// Which pictures of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Those that no network has learnt from.
    Test,
    /// Those for training; of a run's own data, learnt from by all folds but one.
    Train,
    /// Both: for data that the networks have never seen.
    All,
}

/// Measure a run or a bundle on the test pictures
///
/// Prints accuracy, balanced accuracy, AUROC, calibration and the confusion of the folds together and of
/// each alone, and by skin tone where the manifest has it. Intervals are those of a bootstrap over
/// sources, since pictures of one person are alike.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a run
    #[arg(
        long,
        value_name = "RUN",
        required_unless_present = "model",
        conflicts_with = "model"
    )]
    run: Option<PathBuf>,
    /// Folder of a bundle
    #[arg(long, value_name = "BUNDLE")]
    model: Option<PathBuf>,
    /// Folder of manifest.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Use only these folds of the run; several with commas [default: all finished]
    #[arg(long, value_name = "K", value_delimiter = ',', requires = "run")]
    folds: Vec<usize>,
    /// The bundle's set [default: its first]
    #[arg(long, value_enum, value_name = "SET", requires = "model")]
    set: Option<PictureSet>,
    /// Which pictures of the manifest
    #[arg(long, value_enum, default_value = "test", value_name = "PART")]
    split: Part,
    /// Measure only on pictures with these labels; several with commas [default: all]
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    labels: Vec<String>,
    /// Leave broken pictures out instead of stopping, and name them
    #[arg(long)]
    skip_broken: bool,
    /// Average each network's probabilities over 8 views (turned and mirrored); 8 times slower
    #[arg(long)]
    tta: bool,
    /// Drawings of the bootstrap that intervals are made of; 0 for no intervals
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    bootstrap: u32,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Measure attribution maps too: do they lie on the lesion masks, and does the answer depend on them
    #[arg(long)]
    attribution: bool,
    /// Most pictures for --attribution, taken evenly from the labels
    #[arg(long, default_value_t = 35, value_name = "N", requires = "attribution",
        value_parser = clap::value_parser!(u32).range(1..))]
    attribution_pictures: u32,
    /// Steps of Integrated Gradients for --attribution and the maps of --html
    #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    map_steps: u32,
    /// Save every number as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a report with plots and the worst mistakes, and its numbers as JSON beside it
    #[arg(long, value_name = "FILE.html")]
    html: Option<PathBuf>,
    /// How many of the worst mistakes the report shows; 0 for a report without photographs
    #[arg(long, default_value_t = 12, value_name = "N", requires = "html")]
    mistakes: usize,
    /// Write predictions as the authors' tables (final_prediction.csv and others) into a new folder
    #[arg(long, value_name = "DIR")]
    authors_csv: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArgument,
}

impl Arguments {
    pub(super) fn run(self) -> Result<()> {
        self.check_places()?;
        let device = self.device.open()?;
        let run = self.run.as_deref().map(RunFolder::open).transpose()?;
        let ensemble = self.ensemble(run.as_ref(), &device)?;
        let set: PictureSet = ensemble.set.parse().map_err(|error: String| {
            Error::input(format!("cannot tell which pictures to measure on: {error}"))
        })?;
        let manifest = Manifest::read(&self.data)?;
        let dataset = self.dataset(&manifest, set, &ensemble)?;
        // Read before hours of work: it may be that they are of another run.
        let out_of_fold = match (&run, &self.authors_csv) {
            (Some(run), Some(_)) => OutOfFold::of_run(run, &ensemble.labels)?,
            _ => Vec::new(),
        };

        let views = Views::of_flag(self.tta);
        let total = dataset.examples.len() * ensemble.folds.len();
        let bar = Progress::detect().count("classifying", total);
        let answers = answer_all_views(&ensemble, &dataset, views, |done| {
            bar.set_position(done as u64);
        })?;
        bar.finish_and_clear();
        let options = EvaluationOptions {
            split: self.split_name(),
            bootstrap: Bootstrap {
                replicates: self.bootstrap as usize,
                seed: self.seed,
            },
            views,
        };
        let report = EvaluationReport::with_options(&ensemble, &dataset, &answers, &options);
        print(&report.to_string())?;
        if let Some(folder) = &self.authors_csv {
            let labels = &ensemble.labels;
            write_author_tables(
                folder,
                labels,
                &dataset,
                &answers,
                &out_of_fold,
                &manifest,
                set,
            )?;
        }
        let mut details = EvaluationDetails::of(&ensemble, &dataset, &answers, report);
        if let Some(run) = &run {
            let folds: Vec<usize> = ensemble.folds.iter().map(|(fold, _)| *fold).collect();
            details.training = FoldTraining::of_run(run, &folds)?;
        }
        if self.attribution {
            let found = self.measure_attribution(&ensemble, &dataset, &device)?;
            print(&format!("\n{found}"))?;
            details.attribution = Some(found);
        }
        self.save(&ensemble, &dataset, &details, &device)
    }

    /// Refuses results that could not be written, before the work that leads to them.
    fn check_places(&self) -> Result<()> {
        for file in [&self.json, &self.html].into_iter().flatten() {
            require_file(file, &[self.data.join("manifest.csv")])?;
        }
        let beside = self.html.as_ref().map(|html| html.with_extension("json"));
        let numbers = self.json.as_ref().or(beside.as_ref());
        if self.html.is_some() && numbers == self.html.as_ref() {
            return Err(Error::input(
                "--html and the JSON beside it would be one file: let --html end in .html",
            ));
        }
        match &self.authors_csv {
            Some(folder) => require_new_folder(folder),
            None => Ok(()),
        }
    }

    fn ensemble(&self, run: Option<&RunFolder>, device: &Device) -> Result<Ensemble> {
        match (run, &self.model) {
            (Some(run), _) => Ensemble::of_run(run, &self.folds, device),
            (None, Some(model)) => {
                let set = self.set.map(|set| set.to_string());
                Ensemble::of_bundle(&BundleFolder::open(model)?, set.as_deref(), device)
            }
            (None, None) => Err(Error::input(
                "say what to measure: --run RUN or --model BUNDLE",
            )),
        }
    }

    fn dataset(
        &self,
        manifest: &Manifest,
        set: PictureSet,
        ensemble: &Ensemble,
    ) -> Result<Dataset> {
        let selection = Selection {
            set,
            split: match self.split {
                Part::Test => Some(Split::Test),
                Part::Train => Some(Split::Train),
                Part::All => None,
            },
            labels: &ensemble.labels,
            preprocessing: ensemble.preprocessing()?,
            training_size: None,
            memory: Selection::MEMORY,
            skip_broken: self.skip_broken,
        };
        let folds: Vec<Option<usize>> = manifest.rows.iter().map(|row| row.fold).collect();
        let dataset = if self.labels.is_empty() {
            Dataset::load(manifest, &folds, selection)?
        } else {
            require_known(&self.labels, &ensemble.labels)?;
            let mut some = manifest.clone();
            some.rows.retain(|row| self.labels.contains(&row.label));
            let folds: Vec<Option<usize>> = some.rows.iter().map(|row| row.fold).collect();
            Dataset::load(&some, &folds, selection)?
        };
        if dataset.examples.is_empty() {
            return Err(Error::input(format!(
                "{}: no picture is left to measure on: {} are broken",
                manifest.path.display(),
                dataset.skipped.len()
            )));
        }
        if !dataset.skipped.is_empty() {
            // A line that nobody reads is no reason to stop.
            let _ = writeln!(
                std::io::stderr(),
                "{} broken pictures left out:\n  {}",
                dataset.skipped.len(),
                dataset.skipped.join("\n  ")
            );
        }
        Ok(dataset)
    }

    fn split_name(&self) -> String {
        let value = self.split.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn measure_attribution(
        &self,
        ensemble: &Ensemble,
        dataset: &Dataset,
        device: &Device,
    ) -> Result<crate::evaluation::attribution::AttributionReport> {
        let plan = AttributionPlan {
            pictures: self.attribution_pictures as usize,
            steps: self.map_steps as usize,
            seed: self.seed,
        };
        let bar = Progress::detect().count("measuring maps", 0);
        let found = measure(ensemble, dataset, &plan, device, |done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        found
    }

    fn save(
        &self,
        ensemble: &Ensemble,
        dataset: &Dataset,
        details: &EvaluationDetails,
        device: &Device,
    ) -> Result<()> {
        if let Some(file) = &self.html {
            let bar = Progress::detect().count("drawing mistakes", 0);
            let pictures = draw_mistakes(
                ensemble,
                dataset,
                details,
                self.mistakes,
                self.map_steps as usize,
                device,
                |done, total| {
                    bar.set_length(total as u64);
                    bar.set_position(done as u64);
                },
            )?;
            bar.finish_and_clear();
            files::write(file, render(details, &pictures)?.as_bytes())?;
        }
        let beside = self.html.as_ref().map(|html| html.with_extension("json"));
        match self.json.as_ref().or(beside.as_ref()) {
            Some(file) => files::write_json(file, details),
            None => Ok(()),
        }
    }
}

fn require_known(keys: &[String], labels: &LabelRegistry) -> Result<()> {
    match keys.iter().find(|key| labels.index_of(key).is_none()) {
        None => Ok(()),
        Some(key) => {
            let known: Vec<&str> = labels.keys().collect();
            Err(Error::input(format!(
                "--labels {key}: the model knows {}",
                known.join(", ")
            )))
        }
    }
}
