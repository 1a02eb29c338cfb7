//! The learning rate: a linear warm-up from the base rate, then a cosine from the peak down.

/// The schedule of the paper's code (a warm-up of one epoch, then cosine annealing), with its
/// constants as parameters.
///
/// With `k` warm-up epochs and `peak = multiplier * base`, epoch `e <= k` has
/// `base + (peak - base) * (e - 1) / k`, and a later one
/// `last + (peak - last) * (1 + cos(pi * (e - 1 - k) / (epochs - k))) / 2`.
/// The paper's code has `k = 1` and `last = 0`: epoch 1 is at the base rate, epoch 2 at the peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUpCosine {
    /// Rate of the first epoch.
    pub base: f64,
    /// Peak rate over base rate; 10 in the paper's code.
    pub multiplier: f64,
    /// How many epochs the rate rises; 1 in the paper's code.
    pub warm_up_epochs: usize,
    /// What the cosine falls to, one epoch after the last; 0 in the paper's code.
    pub last: f64,
    /// How many epochs the whole training has.
    pub epochs: usize,
}

impl WarmUpCosine {
    /// The highest rate.
    pub fn peak(&self) -> f64 {
        self.base * self.multiplier
    }

    /// Rate of an epoch, counted from 1.
    pub fn rate(&self, epoch: usize) -> f64 {
        let done = epoch.saturating_sub(1);
        if done < self.warm_up_epochs {
            let share = done as f64 / self.warm_up_epochs as f64;
            return self.base + (self.peak() - self.base) * share;
        }
        let falling = self.epochs.saturating_sub(self.warm_up_epochs).max(1);
        let share = (done - self.warm_up_epochs) as f64 / falling as f64;
        let height = (1.0 + (std::f64::consts::PI * share).cos()) / 2.0;
        self.last + (self.peak() - self.last) * height
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paper's focused set: base 3e-5, 30 epochs.
    const FOCUSED: WarmUpCosine = WarmUpCosine {
        base: 3e-5,
        multiplier: 10.0,
        warm_up_epochs: 1,
        last: 0.0,
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
    fn a_longer_warm_up_rises_in_equal_steps() {
        let schedule = WarmUpCosine {
            warm_up_epochs: 3,
            ..FOCUSED
        };
        for (epoch, rate) in [(1, 3e-5), (2, 1.2e-4), (3, 2.1e-4), (4, 3e-4)] {
            assert!(close(schedule.rate(epoch), rate), "{epoch}");
        }
        let angle = std::f64::consts::PI / 27.0;
        assert!(close(schedule.rate(5), 3e-4 * (1.0 + angle.cos()) / 2.0));
        let at_once = WarmUpCosine {
            warm_up_epochs: 0,
            ..FOCUSED
        };
        assert!(close(at_once.rate(1), 3e-4));
    }

    #[test]
    fn the_cosine_ends_at_the_last_rate() {
        let schedule = WarmUpCosine {
            last: 1e-5,
            ..FOCUSED
        };
        assert!(close(schedule.rate(2), 3e-4));
        assert!(close(schedule.rate(31), 1e-5));
        assert!(schedule.rate(30) > 1e-5);
    }

    #[test]
    fn short_trainings_have_finite_rates() {
        for (epochs, warm_up_epochs) in [(1, 1), (2, 1), (1, 5), (3, 0)] {
            let schedule = WarmUpCosine {
                epochs,
                warm_up_epochs,
                ..FOCUSED
            };
            for epoch in 1..=epochs {
                assert!(schedule.rate(epoch) > 0.0 && schedule.rate(epoch).is_finite());
            }
        }
    }
}
