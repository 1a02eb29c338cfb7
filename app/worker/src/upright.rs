//! `Upright`: a photograph's pixels alone, for a page that wants to keep it. The decoder is the one that the networks get
//! their pixels from, so that a photograph that was kept is answered as it was.

use genoderm_model::preprocess::{DecodeLimits, decode_photo};
use genoderm_protocol::{Failure, FailureKind, PhotoInfo, envelope};
use js_sys::ArrayBuffer;

use crate::{failures, job::Job};

/// Decodes buffer 0 and encodes it as a PNG.
///
/// # Errors
/// Failures of the file.
pub(crate) async fn png_of(
    buffers: Vec<ArrayBuffer>,
    job: &Job,
) -> Result<(PhotoInfo, ArrayBuffer), Failure> {
    let file = buffers
        .first()
        .ok_or_else(|| Failure::new(FailureKind::BadRequest, "no photograph beside the request"))?;
    let photo = {
        let bytes = envelope::bytes_of(file);
        decode_photo(&bytes, &DecodeLimits::default()).map_err(failures::photo)?
    };
    drop(buffers);
    job.breathe().await?;
    let png = photo.to_png().map_err(failures::photo)?;
    let info = PhotoInfo {
        width: photo.width(),
        height: photo.height(),
    };
    Ok((info, envelope::buffer_of(&png)))
}
