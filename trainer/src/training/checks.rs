//! What a plan's numbers must satisfy, whoever wrote them.

use crate::error::{Error, Result};
use crate::training::TrainConfig;

impl TrainConfig {
    /// Checks that every number is in its range.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming the first parameter that is not.
    pub fn validate(&self) -> Result<()> {
        self.architecture()?;
        let faults = [self.input_fault(), self.step_fault(), self.rate_fault()];
        let fault = faults.into_iter().flatten().next().map(str::to_string);
        match fault.or_else(|| self.augmentation.fault()) {
            Some(fault) => Err(Error::input(fault)),
            None if self.own_labels().is_empty() => Err(Error::input(
                "labels has no label with own = true: the best epoch is chosen by those",
            )),
            None => self.require_parts(1),
        }
    }

    /// Checks that a full batch can be cut into the parts of `devices` devices.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when a part would have a single picture.
    pub fn require_parts(&self, devices: usize) -> Result<()> {
        let parts = self.accumulate.saturating_mul(devices);
        if parts.saturating_mul(2) <= self.batch {
            return Ok(());
        }
        Err(Error::input(format!(
            "batch {} cannot be cut into {parts} parts (accumulate {} on {devices} devices): each needs at least 2 pictures",
            self.batch, self.accumulate
        )))
    }

    fn input_fault(&self) -> Option<&'static str> {
        let sides = 16..=1024;
        first_fault(&[
            (
                sides.contains(&self.size),
                "size must be between 16 and 1024 pixels",
            ),
            (
                self.training_size
                    .is_none_or(|size| (16..=2048).contains(&size)),
                "training_size must be between 16 and 2048 pixels",
            ),
            (
                self.folds.is_none_or(|folds| (2..=100).contains(&folds)),
                "folds must be between 2 and 100",
            ),
            (
                share(self.dropout),
                "dropout must be at least 0 and below 1",
            ),
            (
                (1..=64).contains(&self.dropout_masks),
                "dropout_masks must be between 1 and 64",
            ),
        ])
    }

    fn step_fault(&self) -> Option<&'static str> {
        first_fault(&[
            (self.epochs >= 1, "epochs must be at least 1"),
            (
                (2..=4096).contains(&self.batch),
                "batch must be between 2 and 4096: statistics of one picture mean nothing",
            ),
            (self.accumulate >= 1, "accumulate must be at least 1"),
            (
                positive(f64::from(self.own_weight)),
                "own_weight must be above 0",
            ),
            (
                share(f64::from(self.label_smoothing)),
                "label_smoothing must be at least 0 and below 1",
            ),
            (
                self.clip_norm.is_none_or(positive),
                "clip_norm must be above 0",
            ),
            (
                self.ema_decay.is_none_or(share),
                "ema_decay must be at least 0 and below 1",
            ),
        ])
    }

    fn rate_fault(&self) -> Option<&'static str> {
        let peak = self.schedule().peak();
        first_fault(&[
            (
                positive(self.learning_rate),
                "learning_rate must be above 0",
            ),
            (
                positive(self.warm_up_multiplier),
                "warm_up_multiplier must be above 0",
            ),
            (
                (0.0..=peak).contains(&self.final_learning_rate),
                "final_learning_rate must be at least 0 and at most the peak, learning_rate times warm_up_multiplier",
            ),
            (
                (0.0..1.0).contains(&self.weight_decay),
                "weight_decay must be at least 0 and below 1",
            ),
        ])
    }
}

fn first_fault(checks: &[(bool, &'static str)]) -> Option<&'static str> {
    let fault = checks.iter().find(|(holds, _)| !holds);
    fault.map(|(_, message)| *message)
}

/// At least 0 and below 1; not-a-number is not.
fn share(value: f64) -> bool {
    (0.0..1.0).contains(&value)
}

fn positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::training::Preset;

    #[test]
    fn every_device_needs_two_pictures_at_a_time() {
        let config = TrainConfig {
            batch: 8,
            accumulate: 2,
            ..Preset::Demo.config()
        };
        config.require_parts(2).unwrap();
        let message = config.require_parts(3).unwrap_err().to_string();
        assert!(message.contains("batch 8"), "{message}");
        assert!(message.contains("6 parts"), "{message}");
    }
}
