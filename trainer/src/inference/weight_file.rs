//! Weight files as other programs write them.

use std::path::Path;

use genoderm_model::weights::StateDict;

use crate::error::{Error, Result};
use crate::files;

/// Reads a `.safetensors` file or a PyTorch `.pth` / `.pt` checkpoint.
///
/// # Errors
///
/// [`Error::Input`] for another extension, [`Error::Content`] for a file that is not what its
/// extension says.
pub fn read_weights(path: &Path) -> Result<StateDict> {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("safetensors") => {
            StateDict::from_safetensors(&files::read(path)?).map_err(Error::content(path))
        }
        Some("pth" | "pt" | "bin" | "tar") => {
            // The checkpoint reader opens the file itself: tell a missing file from a broken one.
            files::read(path)?;
            StateDict::from_pth(path).map_err(Error::content(path))
        }
        _ => Err(Error::input(format!(
            "{}: weights must be a .safetensors, .pth or .pt file",
            path.display()
        ))),
    }
}
