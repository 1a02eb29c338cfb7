//! The works that are measured, each as the programs do it.

mod augmentation;
mod networks;
mod photograph;
mod training;

use anyhow::{Result, bail};

use crate::contest::{Case, Work};

/// Gets a work ready: files are read and networks built here, outside of what is measured.
pub fn prepare(case: &Case) -> Result<Box<dyn Work>> {
    Ok(match case.work.as_str() {
        "forward" => Box::new(networks::Forward::new(case)?),
        "gradients" => Box::new(networks::Gradients::new(case)?),
        "training" => Box::new(training::Training::new(case)?),
        "photograph" => Box::new(photograph::Photograph::new(case)?),
        "augmentation" => Box::new(augmentation::Augmenting::new(case)?),
        other => bail!("there is no native work called {other}"),
    })
}
