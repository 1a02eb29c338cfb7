//! Telling file formats apart by their first bytes, whatever the name of the file says.

use image::ImageFormat;

use super::PhotoError;

/// The formats that are read.
const READ: [ImageFormat; 6] = [
    ImageFormat::Jpeg,
    ImageFormat::Png,
    ImageFormat::WebP,
    ImageFormat::Bmp,
    ImageFormat::Tiff,
    ImageFormat::Gif,
];

/// The format of a file's bytes.
///
/// # Errors
///
/// [`PhotoError::UnsupportedFormat`] with a name for what the file is, where its first bytes tell.
pub(super) fn recognise(bytes: &[u8]) -> Result<ImageFormat, PhotoError> {
    image::guess_format(bytes)
        .ok()
        .filter(|format| READ.contains(format))
        .ok_or_else(|| PhotoError::UnsupportedFormat {
            found: describe(bytes).to_owned(),
        })
}

/// The name that people know a format by.
pub(super) fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::WebP => "WebP",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::Gif => "GIF",
        _ => "image",
    }
}

/// What people most often choose by mistake.
fn describe(bytes: &[u8]) -> &'static str {
    if bytes.get(4..8) == Some(b"ftyp") {
        return match bytes.get(8..12) {
            Some(b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1") => {
                "An HEIC photograph (the usual format of iPhones)"
            }
            Some(b"avif" | b"avis") => "An AVIF image",
            Some(b"crx ") => "A camera's raw image",
            _ => "A video",
        };
    }
    if bytes.get(128..132) == Some(b"DICM") {
        return "A DICOM file";
    }
    if bytes.starts_with(b"%PDF") {
        return "A PDF document";
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return "A ZIP archive or office document";
    }
    if bytes.starts_with(b"\xFF\x0A") || bytes.starts_with(b"\0\0\0\x0CJXL ") {
        return "A JPEG XL image";
    }
    if bytes.starts_with(b"\0\0\0\x0CjP  ") {
        return "A JPEG 2000 image";
    }
    let start = bytes.trim_ascii_start();
    if start.starts_with(b"<svg") || start.starts_with(b"<?xml") || start.starts_with(b"<!DOCTYPE")
    {
        return "A drawing or web page";
    }
    "This kind of file"
}

/// Whether a JPEG file lacks the marker that ends it, as a partly copied one does.
///
/// The decoder would fill the missing part with grey without a word, and a grey patch has a
/// diagnosis as well. Only what follows the first scan is searched: a thumbnail in the metadata has
/// its own end.
pub(super) fn is_cut_off_jpeg(bytes: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xDA;
    const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];
    let mut position = 2; // after the start of the image
    while let Some(&[first, marker, high, low]) =
        bytes.get(position..).and_then(|b| b.first_chunk())
    {
        if first != 0xFF {
            break; // not a well-formed list of segments: the decoder will say so
        }
        if marker == START_OF_SCAN {
            let scan = &bytes[position..];
            return !scan.windows(2).any(|pair| pair == END_OF_IMAGE);
        }
        position += match marker {
            0xFF => 1,               // a fill byte
            0x01 | 0xD0..=0xD8 => 2, // markers without a length
            _ => 2 + usize::from(u16::from_be_bytes([high, low])),
        };
    }
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn frequent_mistakes_are_named() {
        let cases: [(&[u8], &str); 5] = [
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
            (b"%PDF-1.7 ...", "PDF"),
            (b"\0\0\0\x20ftypisom\0\0\0\0", "video"),
            (b"  <svg xmlns=", "drawing"),
            (b"some notes about a patient", "This kind of file"),
        ];
        for (bytes, expected) in cases {
            let message = recognise(bytes).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
            assert!(message.contains("JPEG or PNG"), "{message}");
        }
        let mut dicom = vec![0; 128];
        dicom.extend(b"DICM");
        assert!(recognise(&dicom).unwrap_err().to_string().contains("DICOM"));
    }

    #[test]
    fn formats_that_the_decoder_knows_but_we_do_not_read_are_refused() {
        assert!(recognise(b"qoif\0\0\0\x01\0\0\0\x01\x03\0").is_err());
    }
}
