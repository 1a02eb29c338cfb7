//! The learning rate: one epoch at the base rate, then a cosine from its multiple down to zero.

/// The schedule of the paper's code (a warm-up of one epoch, then cosine annealing).
///
/// Epoch 1 has rate `base`; epoch `e >= 2` has
/// `multiplier * base * (1 + cos(pi * (e - 2) / (epochs - 1))) / 2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUpCosine {
    /// Rate of the first epoch.
    pub base: f64,
    /// Peak rate over base rate; 10 in the paper's code.
    pub multiplier: f64,
    /// How many epochs the whole training has.
    pub epochs: usize,
}

impl WarmUpCosine {
    /// Rate of an epoch, counted from 1.
    pub fn rate(&self, epoch: usize) -> f64 {
        if epoch <= 1 {
            return self.base;
        }
        let share = (epoch - 2) as f64 / self.epochs.saturating_sub(1).max(1) as f64;
        self.multiplier * self.base * (1.0 + (std::f64::consts::PI * share).cos()) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paper's focused set: base 3e-5, 30 epochs.
    const FOCUSED: WarmUpCosine = WarmUpCosine {
        base: 3e-5,
        multiplier: 10.0,
        epochs: 30,
    };

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * b.abs().max(1e-5)
    }

    #[test]
    fn the_first_epoch_is_at_base_and_the_second_at_the_peak() {
        assert!(close(FOCUSED.rate(1), 3e-5));
        assert!(close(FOCUSED.rate(2), 3e-4));
    }

    #[test]
    fn later_epochs_follow_the_cosine_over_29_epochs() {
        for epoch in 2..=30 {
            let angle = std::f64::consts::PI * (epoch as f64 - 2.0) / 29.0;
            assert!(close(FOCUSED.rate(epoch), 3e-4 * (1.0 + angle.cos()) / 2.0));
        }
        // The last epoch is one step before zero: 3e-4 * (1 + cos(28/29 pi)) / 2.
        assert!((FOCUSED.rate(30) - 8.793e-7).abs() < 1e-9);
    }

    #[test]
    fn trainings_of_one_or_two_epochs_have_finite_rates() {
        for epochs in 1..=2 {
            let schedule = WarmUpCosine { epochs, ..FOCUSED };
            for epoch in 1..=epochs {
                assert!(schedule.rate(epoch) > 0.0 && schedule.rate(epoch).is_finite());
            }
        }
    }
}
