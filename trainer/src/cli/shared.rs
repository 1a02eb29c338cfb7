//! Arguments and habits that several commands share.

use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use burn::tensor::Device;
use clap::Args;
use genoderm_model::labels::LabelRegistry;
use genoderm_model::preprocess::{Region, sees_regions};
use serde_json::Value;

use crate::device::{self, DeviceChoice};
use crate::error::{Error, Result};
use crate::files;

/// Which device computes.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct DeviceArgument {
    /// The device that computes
    #[arg(long, value_enum, default_value_t, value_name = "DEVICE")]
    device: DeviceChoice,
}

impl DeviceArgument {
    pub(super) fn open(self) -> Result<Device> {
        Ok(device::open(self.device)?)
    }

    /// Opens several devices of the kind; of no number at all the first one.
    pub(super) fn open_several(self, indices: &[usize]) -> Result<Vec<Device>> {
        if indices.is_empty() {
            return Ok(vec![self.open()?]);
        }
        let twice = |(place, index)| indices[..place].contains(index);
        if let Some((_, index)) = indices.iter().enumerate().find(|one| twice(*one)) {
            return Err(Error::input(format!(
                "--devices {index}: a device can be named once only"
            )));
        }
        let devices = indices.iter();
        devices
            .map(|index| Ok(device::open_index(self.device, *index)?))
            .collect()
    }
}

/// Which part of a photograph is looked at.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct RegionArgument {
    /// Look at a region only: left, top, width and height as fractions of the photograph, then degrees clockwise about its
    /// centre; not for whole photographs (--set panoramic)
    #[arg(long, value_name = "X,Y,W,H[,DEG]", value_parser = named::<Region>, allow_hyphen_values = true)]
    region: Option<Region>,
}

impl RegionArgument {
    /// The region, for networks of this set.
    pub(super) fn for_set(self, set: &str) -> Result<Option<Region>> {
        match self.region {
            Some(_) if !sees_regions(set) => Err(Error::input(format!(
                "--region: the networks of the set {set} look at whole photographs; use --set focused"
            ))),
            region => Ok(region),
        }
    }
}

/// Prints a line; a reader that has gone away (`| head`) is no error.
pub(super) fn print(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

/// Prints a value as indented JSON.
pub(super) fn print_json(value: &Value) -> Result<()> {
    print(&serde_json::to_string_pretty(value).map_err(Error::internal)?)
}

/// Where labels come from: `own`, `paper`, or a JSON file with a list of labels.
pub(super) fn read_labels(choice: &str) -> Result<LabelRegistry> {
    match choice {
        "own" => Ok(LabelRegistry::own()),
        "paper" => Ok(LabelRegistry::paper()),
        file => files::read_json(Path::new(file)).map_err(|error| {
            Error::input(format!(
                "{error} (labels are own, paper, or a file such as `genoderm data labels` writes)"
            ))
        }),
    }
}

/// Parses one of a model type's names, with its own message.
pub(super) fn named<T: FromStr>(text: &str) -> std::result::Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Parses a number from 0 to 1.
pub(super) fn share(text: &str) -> std::result::Result<f32, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("must be a number from 0 to 1".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_numbers_from_0_to_1() {
        assert_eq!(share("0.25"), Ok(0.25));
        assert_eq!((share("0"), share("1")), (Ok(0.0), Ok(1.0)));
        for wrong in ["nan", "inf", "-0.1", "70", "half", ""] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
