//! What a person sees while a network trains: bars in a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressStyle};

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

    /// Says something once.
    pub fn note(&self, text: &str) {
        line(text);
    }

    /// A bar over a countable job, shown in terminals only.
    pub fn count(&self, what: &str, length: usize) -> ProgressBar {
        if !self.bars {
            return ProgressBar::hidden();
        }
        styled(length).with_message(what.to_string())
    }

    /// Bars over a fold's epochs and over the steps of each, of which `done` epochs are behind us.
    pub(crate) fn fold(&self, fold: usize, epochs: usize, steps: usize, done: usize) -> FoldBar {
        let together = self.bars.then(MultiProgress::new);
        let bar = |length: usize| match &together {
            Some(together) => together.add(styled(length)),
            None => ProgressBar::hidden(),
        };
        let (all, epoch) = (bar(epochs * steps), bar(steps));
        all.set_message(format!("fold {fold}"));
        all.set_position((done * steps) as u64);
        // What an earlier process did says nothing about this one's speed.
        all.reset_eta();
        FoldBar {
            together,
            all,
            epoch,
            fold,
            epochs,
        }
    }
}

fn styled(length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    match ProgressStyle::with_template("{msg:24} {wide_bar} {pos}/{len} {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The bars of one fold's training.
pub(crate) struct FoldBar {
    together: Option<MultiProgress>,
    all: ProgressBar,
    epoch: ProgressBar,
    fold: usize,
    epochs: usize,
}

impl FoldBar {
    /// An epoch begins, counted from 1.
    pub(crate) fn begin(&self, epoch: usize) {
        self.epoch.reset();
        self.epoch.set_message(format!("epoch {epoch}"));
    }

    /// A step is done.
    pub(crate) fn advance(&self, loss: f64) {
        self.all
            .set_message(format!("fold {} loss {loss:.3}", self.fold));
        self.all.inc(1);
        self.epoch.inc(1);
    }

    /// An epoch is done: one line that stays.
    pub(crate) fn end(&self, state: &Checkpoint) {
        let text = summary(self.fold, self.epochs, state);
        match &self.together {
            Some(together) => together.suspend(|| line(&text)),
            None => line(&text),
        }
    }

    /// The fold is done.
    pub(crate) fn finish(&self) {
        self.epoch.finish_and_clear();
        self.all.finish_and_clear();
    }
}

/// The line on the last finished epoch, with the time that all others would take at its mean speed.
fn summary(fold: usize, epochs: usize, state: &Checkpoint) -> String {
    let Some(figures) = state.figures.last() else {
        return String::new();
    };
    let best = match state.best_epoch == figures.epoch {
        true => " (best)",
        false => "",
    };
    let seconds: f64 = state.figures.iter().map(|row| row.seconds).sum();
    let to_come = epochs.saturating_sub(figures.epoch) as f64;
    let left = seconds / state.figures.len() as f64 * to_come;
    let left = match Duration::try_from_secs_f64(left) {
        Ok(left) if to_come > 0.0 => format!(", {} left", HumanDuration(left)),
        _ => String::new(),
    };
    format!(
        "fold {fold} epoch {:>3}/{epochs}  rate {:.1e}  loss {:.4}  accuracy {:.3}  validation loss {:.4}  accuracy {:.3}  balanced {:.3}{best}  {:.1} s{left}",
        figures.epoch,
        figures.learning_rate,
        figures.training_loss,
        figures.training_accuracy,
        figures.validation_loss,
        figures.validation_accuracy,
        figures.validation_balanced_accuracy,
        figures.seconds,
    )
}

/// A reader that has gone away (`| head`) is no reason to stop a training.
fn line(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::EpochFigures;

    fn figures(epoch: usize) -> EpochFigures {
        EpochFigures {
            epoch,
            learning_rate: 1e-3,
            training_loss: 1.0,
            training_accuracy: 0.5,
            validation_loss: 1.0,
            validation_accuracy: 0.5,
            validation_balanced_accuracy: 0.5,
            seconds: 60.0,
        }
    }

    #[test]
    fn the_line_on_an_epoch_tells_the_time_left() {
        let state = Checkpoint {
            epoch: 2,
            best_epoch: 2,
            figures: vec![figures(1), figures(2)],
            ..Checkpoint::default()
        };
        let text = summary(3, 12, &state);
        assert!(
            text.starts_with("fold 3 epoch   2/12  rate 1.0e-3"),
            "{text}"
        );
        assert!(text.ends_with("(best)  60.0 s, 10 minutes left"), "{text}");
        assert!(summary(3, 2, &state).ends_with("60.0 s"));
    }
}
