//! What a person sees while a network trains: a bar in a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

use crate::training::Checkpoint;

/// Where progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    bars: bool,
}

impl Progress {
    /// Bars when the error stream is a terminal, plain lines when it is piped.
    pub fn detect() -> Self {
        Self {
            bars: io::stderr().is_terminal(),
        }
    }

    /// Plain lines only.
    pub fn plain() -> Self {
        Self { bars: false }
    }

    /// Says something once.
    pub fn note(&self, text: &str) {
        line(text);
    }

    /// A bar over a countable job, shown in terminals only.
    pub fn count(&self, what: &str, length: usize) -> ProgressBar {
        if !self.bars {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(length as u64).with_message(what.to_string());
        let template = "{msg:24} {wide_bar} {pos}/{len} {eta}";
        match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }

    pub(crate) fn steps(&self, epoch: usize, length: usize) -> StepBar {
        StepBar {
            bar: self.count(&format!("epoch {epoch}"), length),
            epoch,
        }
    }

    /// One line on a finished epoch.
    pub fn epoch(&self, fold: usize, epochs: usize, state: &Checkpoint) {
        let Some(figures) = state.figures.last() else {
            return;
        };
        line(&format!(
            "fold {fold} epoch {:>3}/{epochs}  rate {:.1e}  loss {:.4}  accuracy {:.3}  validation loss {:.4}  accuracy {:.3}  balanced {:.3}{}  {:.1} s",
            figures.epoch,
            figures.learning_rate,
            figures.training_loss,
            figures.training_accuracy,
            figures.validation_loss,
            figures.validation_accuracy,
            figures.validation_balanced_accuracy,
            if state.best_epoch == figures.epoch {
                " (best)"
            } else {
                ""
            },
            figures.seconds,
        ));
    }
}

/// The bar of one epoch's steps.
pub(crate) struct StepBar {
    bar: ProgressBar,
    epoch: usize,
}

impl StepBar {
    pub(crate) fn advance(&self, loss: f64) {
        self.bar
            .set_message(format!("epoch {} loss {loss:.3}", self.epoch));
        self.bar.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A reader that has gone away (`| head`) is no reason to stop a training.
fn line(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
