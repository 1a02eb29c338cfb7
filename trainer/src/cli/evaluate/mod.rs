//! `genoderm evaluate`

mod input;

use std::path::PathBuf;

use burn::tensor::Device;
use clap::{Args, ValueEnum};
use genoderm_model::attribution::{Baseline, IntegratedGradients, Method};

use self::input::{author_tables, fold_numbers, require_known_as_unseen};
use crate::cli::shared::{DeviceArgument, named, print};
use crate::data::{Dataset, Manifest, PictureSet};
use crate::error::{Error, Result};
use crate::evaluation::attribution::{AttributionPlan, AttributionReport, measure, require_masks};
use crate::evaluation::html::{draw_mistakes, render};
use crate::evaluation::{
    Bootstrap, EvaluationDetails, EvaluationOptions, EvaluationReport, FoldTraining,
    answer_all_views,
};
use crate::explain::ExplainPlan;
use crate::files;
use crate::inference::{Ensemble, Views};
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
/// sources, since pictures of one person are alike. A run that was calibrated is measured at its
/// temperature, as it would be exported.
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
    /// Leave out what `genoderm calibrate` found: the run's probabilities as they were trained
    #[arg(long, requires = "run")]
    no_calibration: bool,
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
    /// What those maps compare a picture with: zero (after normalisation, as the paper), black, white or blurred
    #[arg(long, default_value = "zero", value_name = "BASELINE", value_parser = named::<Baseline>)]
    map_baseline: Baseline,
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
        if let (Some(run), Part::Test) = (&run, self.split) {
            require_known_as_unseen(run, &manifest, &dataset)?;
        }
        // All that can be wrong with the input is found before hours of work.
        let training = match &run {
            Some(run) => FoldTraining::of_run(run, &fold_numbers(&ensemble))?,
            None => Vec::new(),
        };
        let tables = match &self.authors_csv {
            Some(_) => Some(author_tables(
                run.as_ref(),
                &ensemble,
                &dataset,
                &manifest,
                set,
            )?),
            None => None,
        };
        if self.attribution {
            require_masks(&ensemble, &dataset, &self.attribution_plan())?;
        }

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
        let mut details = EvaluationDetails::of(&ensemble, &dataset, &answers, report);
        details.training = training;
        // The figures are kept before what takes longer, and may fail, is drawn from them.
        let numbers = self.numbers();
        if let Some(file) = numbers.as_deref()
            && (!self.attribution || files::can_be_replaced(file))
        {
            files::write_json(file, &details)?;
        }
        if let (Some(folder), Some(tables)) = (&self.authors_csv, &tables) {
            tables.write(folder, ensemble.labels.len(), &answers)?;
        }
        if self.attribution {
            let mut right = vec![true; dataset.examples.len()];
            for mistake in &details.mistakes {
                right[mistake.index] = false;
            }
            let found = self.measure_attribution(&ensemble, &dataset, &right, &device)?;
            print(&format!("\n{found}"))?;
            details.attribution = Some(found);
            if let Some(file) = numbers.as_deref() {
                files::write_json(file, &details)?;
            }
        }
        self.save_page(&ensemble, &dataset, &details, &device)
    }

    /// Where every number goes: the file that was named, or the one beside the page.
    fn numbers(&self) -> Option<PathBuf> {
        let beside = self.html.as_ref().map(|html| html.with_extension("json"));
        self.json.clone().or(beside)
    }

    /// Refuses results that could not be written, before the work that leads to them.
    fn check_places(&self) -> Result<()> {
        for file in [&self.json, &self.html].into_iter().flatten() {
            require_file(file, &[self.data.join("manifest.csv")])?;
        }
        if self.html.is_some() && self.numbers() == self.html {
            return Err(Error::input(
                "--html and the JSON beside it would be one file: let --html end in .html",
            ));
        }
        match &self.authors_csv {
            Some(folder) => require_new_folder(folder),
            None => Ok(()),
        }
    }

    fn split_name(&self) -> String {
        let value = self.split.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn attribution_plan(&self) -> AttributionPlan {
        AttributionPlan {
            pictures: self.attribution_pictures as usize,
            steps: self.map_steps as usize,
            baseline: self.map_baseline,
            seed: self.seed,
        }
    }

    fn measure_attribution(
        &self,
        ensemble: &Ensemble,
        dataset: &Dataset,
        right: &[bool],
        device: &Device,
    ) -> Result<AttributionReport> {
        let plan = self.attribution_plan();
        let bar = Progress::detect().count("measuring maps", 0);
        let found = measure(ensemble, dataset, right, &plan, device, |done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        found
    }

    fn save_page(
        &self,
        ensemble: &Ensemble,
        dataset: &Dataset,
        details: &EvaluationDetails,
        device: &Device,
    ) -> Result<()> {
        let Some(file) = &self.html else {
            return Ok(());
        };
        let bar = Progress::detect().count("drawing mistakes", 0);
        let pictures = draw_mistakes(
            ensemble,
            dataset,
            details,
            self.mistakes,
            &ExplainPlan {
                target: String::new(),
                method: Method::IntegratedGradients(IntegratedGradients {
                    steps: self.map_steps as usize,
                    ..IntegratedGradients::default()
                }),
                baseline: self.map_baseline,
                region: None,
            },
            device,
            |done, total| {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
            },
        )?;
        bar.finish_and_clear();
        files::write(file, render(details, &pictures)?.as_bytes())
    }
}
