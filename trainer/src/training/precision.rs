//! In which precision a step computes, and the scaling of the loss that f16 needs.

use std::fmt;

use burn::tensor::{Device, FloatDType};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What the forward and the backward pass compute in.
///
/// Weights, their gradients, batch normalisation, the head, the loss and the optimiser are in f32
/// in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// 16 bits with the range of f32: nothing else changes.
    Bf16,
    /// 16 bits with more digits and less range: the loss is scaled, steps that overflow are left out.
    F16,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Precision::F32 => "f32",
            Precision::Bf16 => "bf16",
            Precision::F16 => "f16",
        })
    }
}

impl Precision {
    /// The type of the pictures that go into the network.
    pub fn dtype(self) -> FloatDType {
        match self {
            Precision::F32 => FloatDType::F32,
            Precision::Bf16 => FloatDType::BF16,
            Precision::F16 => FloatDType::F16,
        }
    }

    /// Makes sure that the device computes in this precision.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when it does not.
    pub fn require(self, device: &Device) -> Result<()> {
        if device.supports_dtype(self.dtype()) {
            return Ok(());
        }
        Err(Error::input(format!(
            "--precision {self}: this device cannot compute in {self}; use --precision f32"
        )))
    }
}

/// The factor of the loss in f16: small gradients would become 0, large ones infinite.
///
/// PyTorch's `GradScaler` with its default values: 65536 at first, halved by a step whose gradients
/// overflow (which is left out), doubled after 2000 steps without.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossScale {
    /// What the loss is multiplied with.
    pub factor: f64,
    /// Steps since the factor changed.
    pub steps: u32,
}

/// Steps without overflow after which the factor grows.
const GROWTH_INTERVAL: u32 = 2000;

impl Default for LossScale {
    fn default() -> Self {
        Self {
            factor: 65536.0,
            steps: 0,
        }
    }
}

impl LossScale {
    /// Takes note of a step whose gradients were finite or not.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when even an unscaled loss overflows: the training has diverged.
    pub fn update(&mut self, finite: bool) -> Result<()> {
        if !finite {
            *self = Self {
                factor: self.factor / 2.0,
                steps: 0,
            };
            if self.factor < 1.0 {
                return Err(Error::input(
                    "the gradients are no longer numbers in f16: use --precision bf16 or f32, or a lower learning rate (--lr)",
                ));
            }
            return Ok(());
        }
        self.steps += 1;
        if self.steps == GROWTH_INTERVAL {
            *self = Self {
                factor: self.factor * 2.0,
                steps: 0,
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_scale_halves_on_overflow_and_doubles_after_2000_steps() {
        let mut scale = LossScale::default();
        scale.update(false).unwrap();
        assert_eq!(scale.factor, 32768.0);
        for _ in 0..1999 {
            scale.update(true).unwrap();
        }
        assert_eq!(scale.factor, 32768.0);
        scale.update(true).unwrap();
        assert_eq!((scale.factor, scale.steps), (65536.0, 0));
        // An overflow begins the count again.
        scale.update(true).unwrap();
        scale.update(false).unwrap();
        assert_eq!((scale.factor, scale.steps), (32768.0, 0));
    }

    #[test]
    fn a_diverged_training_ends() {
        let mut scale = LossScale::default();
        let overflows = (0..100).take_while(|_| scale.update(false).is_ok()).count();
        assert_eq!(overflows, 16);
    }
}
