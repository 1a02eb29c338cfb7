//! Many pictures on one sheet, to look at.

use image::imageops::{FilterType, replace, resize};
use image::{Rgb, RgbImage};
use rayon::prelude::*;

use super::photograph::{Photograph, Picture};
use super::plan::PlannedPhoto;

/// Which pictures of each photograph a sheet shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetContent {
    /// The whole body part.
    Panoramic,
    /// The close view.
    Focused,
    /// The panoramic picture with the border of its mask drawn in green.
    PanoramicMask,
    /// The close view with the border of its mask drawn in green.
    FocusedMask,
}

/// Draws photographs in rows of `columns`, each fitted into a square of `cell` pixels (at least 1 each).
pub fn contact_sheet(
    photos: &[PlannedPhoto],
    seed: u64,
    size: u32,
    content: SheetContent,
    columns: u32,
    cell: u32,
) -> RgbImage {
    let (columns, cell) = (columns.max(1), cell.max(1));
    let rows = (photos.len() as u32).div_ceil(columns).max(1);
    let tiles: Vec<RgbImage> = photos
        .par_iter()
        .map(|photo| tile(photo, seed, size, content, cell))
        .collect();
    let mut sheet = RgbImage::from_pixel(
        columns * (cell + 4),
        rows * (cell + 4),
        Rgb([255, 255, 255]),
    );
    for (i, tile) in tiles.iter().enumerate() {
        let (x, y) = (i as u32 % columns, i as u32 / columns);
        let left = x * (cell + 4) + 2 + (cell - tile.width()) / 2;
        let top = y * (cell + 4) + 2 + (cell - tile.height()) / 2;
        replace(&mut sheet, tile, i64::from(left), i64::from(top));
    }
    sheet
}

fn tile(photo: &PlannedPhoto, seed: u64, size: u32, content: SheetContent, cell: u32) -> RgbImage {
    let photograph = Photograph::draw(photo, seed, size);
    let (picture, outlined) = match content {
        SheetContent::Panoramic => (&photograph.panoramic, false),
        SheetContent::Focused => (&photograph.focused, false),
        SheetContent::PanoramicMask => (&photograph.panoramic, true),
        SheetContent::FocusedMask => (&photograph.focused, true),
    };
    let image = to_image(picture, outlined);
    let scale = cell as f32 / image.width().max(image.height()).max(1) as f32;
    let side = |pixels: u32| ((pixels as f32 * scale).round() as u32).clamp(1, cell);
    resize(
        &image,
        side(image.width()),
        side(image.height()),
        FilterType::Triangle,
    )
}

fn to_image(picture: &Picture, outlined: bool) -> RgbImage {
    let (width, height) = (picture.width, picture.height);
    let masked = |x: u32, y: u32| {
        let at = (y.min(height - 1) * width + x.min(width - 1)) as usize;
        picture.mask.get(at).is_some_and(|value| *value > 0)
    };
    RgbImage::from_fn(width, height, |x, y| {
        let here = masked(x, y);
        if outlined && (here != masked(x + 1, y) || here != masked(x, y + 1)) {
            return Rgb([0, 255, 60]);
        }
        let at = 3 * (y * width + x) as usize;
        match picture.rgb.get(at..at + 3) {
            Some(&[r, g, b]) => Rgb([r, g, b]),
            _ => Rgb([0, 0, 0]),
        }
    })
}
