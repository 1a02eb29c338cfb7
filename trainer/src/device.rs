//! The device that computes: the CPU, an NVIDIA GPU through CUDA, or any GPU through wgpu.
//!
//! A GPU is tried out in a child process first: a driver that is missing or broken ends that
//! process, often with a panic on a thread of its own, and this one answers in one line.

use std::fmt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use burn::tensor::{Device, Tensor};
use clap::ValueEnum;

/// How long the trial on a GPU may take: compiling the first kernels is slow on some drivers.
const PROBE_LIMIT: Duration = Duration::from_secs(60);

/// The hidden command that [`open`] runs in a child process.
pub const PROBE_COMMAND: &str = "probe-device";

/// What can be asked for with `--device`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DeviceChoice {
    /// The processor, all cores.
    #[default]
    Cpu,
    /// The first NVIDIA GPU (needs a build with `--features cuda`).
    Cuda,
    /// The best GPU that wgpu finds (needs a build with `--features wgpu`).
    Wgpu,
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DeviceChoice::Cpu => "cpu",
            DeviceChoice::Cuda => "cuda",
            DeviceChoice::Wgpu => "wgpu",
        })
    }
}

/// Why a device cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DeviceError {
    /// The program was built without support for it.
    #[error(
        "--device {0}: this build has no {0} support; build with `cargo build --release -p genoderm-trainer --features {0}` or use --device cpu"
    )]
    NotBuilt(DeviceChoice),
    /// No such device was found on this machine.
    #[error("--device {device}: {cause}; use --device cpu or check the driver")]
    NotFound {
        /// What was asked for.
        device: DeviceChoice,
        /// What is missing.
        cause: String,
    },
    /// There is no device with this number.
    #[error(
        "--devices {index}: {device} has no device {index} that works here ({cause}); the first one is 0"
    )]
    NoIndex {
        /// What was asked for.
        device: DeviceChoice,
        /// Its number.
        index: usize,
        /// What is missing.
        cause: String,
    },
}

/// Opens the device, having made sure that it works.
///
/// # Errors
///
/// [`DeviceError`] when the build has no such back end, or the machine no such device.
pub fn open(choice: DeviceChoice) -> Result<Device, DeviceError> {
    open_index(choice, 0)
}

/// Opens one of several devices of a kind, counted from 0, having made sure that it works.
///
/// # Errors
///
/// As [`open`], and [`DeviceError::NoIndex`] when the kind has no such device.
pub fn open_index(choice: DeviceChoice, index: usize) -> Result<Device, DeviceError> {
    if choice != DeviceChoice::Cpu {
        require_built(choice)?;
        require_files(choice)?;
        require_probe(choice, index)?;
    }
    construct(choice, index)
}

/// Runs one small computation on the device; the body of [`PROBE_COMMAND`].
pub fn probe(choice: DeviceChoice, index: usize) -> Result<(), DeviceError> {
    let device = construct(choice, index)?;
    let sum = Tensor::<1>::ones([16], &device).sum().try_into_data();
    match sum.map(|data| data.iter::<f32>().next()) {
        Ok(Some(16.0)) => Ok(()),
        Ok(other) => Err(DeviceError::NotFound {
            device: choice,
            cause: format!("a sum that should be 16 was {other:?}"),
        }),
        Err(error) => Err(DeviceError::NotFound {
            device: choice,
            cause: error.to_string(),
        }),
    }
}

fn construct(choice: DeviceChoice, index: usize) -> Result<Device, DeviceError> {
    match choice {
        DeviceChoice::Cpu if index == 0 => Ok(Device::flex()),
        DeviceChoice::Cpu => Err(DeviceError::NoIndex {
            device: choice,
            index,
            cause: "the processor is one device with all its cores".into(),
        }),
        #[cfg(feature = "cuda")]
        DeviceChoice::Cuda => Ok(Device::cuda(index)),
        #[cfg(feature = "wgpu")]
        DeviceChoice::Wgpu => Ok(Device::wgpu(match index {
            0 => burn::tensor::DeviceKind::DefaultDevice,
            _ => burn::tensor::DeviceKind::DiscreteGpu(index),
        })),
        #[allow(unreachable_patterns, reason = "reached when a feature is off")]
        other => Err(DeviceError::NotBuilt(other)),
    }
}

fn require_built(choice: DeviceChoice) -> Result<(), DeviceError> {
    let built = match choice {
        DeviceChoice::Cpu => true,
        DeviceChoice::Cuda => cfg!(feature = "cuda"),
        DeviceChoice::Wgpu => cfg!(feature = "wgpu"),
    };
    if built {
        Ok(())
    } else {
        Err(DeviceError::NotBuilt(choice))
    }
}

/// On Linux the driver's device files tell at once that there is no NVIDIA GPU.
fn require_files(choice: DeviceChoice) -> Result<(), DeviceError> {
    let files = ["/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/nvmap"];
    let absent = files
        .iter()
        .all(|file| !std::path::Path::new(file).exists());
    if choice == DeviceChoice::Cuda && cfg!(target_os = "linux") && absent {
        return Err(DeviceError::NotFound {
            device: choice,
            cause: "no NVIDIA GPU on this machine (/dev/nvidiactl is missing)".into(),
        });
    }
    Ok(())
}

fn require_probe(choice: DeviceChoice, index: usize) -> Result<(), DeviceError> {
    let failed = |cause: String| match index {
        0 => DeviceError::NotFound {
            device: choice,
            cause,
        },
        _ => DeviceError::NoIndex {
            device: choice,
            index,
            cause,
        },
    };
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let mut child = Command::new(program)
        .args([PROBE_COMMAND, &choice.to_string(), &index.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                return Err(failed(format!(
                    "a first small computation failed ({status}): no usable driver or GPU"
                )));
            }
            Ok(None) if start.elapsed() < PROBE_LIMIT => thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                // The child is ours and hangs in a driver; the answer does not depend on its end.
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed("a first small computation did not end".into()));
            }
            Err(error) => return Err(failed(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_cpu_computes() {
        probe(DeviceChoice::Cpu, 0).unwrap();
    }

    #[test]
    fn there_is_one_cpu() {
        let message = open_index(DeviceChoice::Cpu, 1).unwrap_err().to_string();
        assert!(
            message.contains("--devices 1: cpu has no device 1"),
            "{message}"
        );
        assert_eq!(message.lines().count(), 1);
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn cuda_that_was_not_built_says_how_to_build_it() {
        let message = open(DeviceChoice::Cuda).unwrap_err().to_string();
        assert!(message.contains("--features cuda"), "{message}");
        assert_eq!(message.lines().count(), 1);
    }
}
