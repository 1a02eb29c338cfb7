//! A sheet of pictures and what augmentation makes of them, to look at.

use std::collections::BTreeMap;

use genoderm_model::preprocess::{Fit, Photo, Preprocessing};
use image::imageops::replace;
use image::{Rgb, RgbImage};
use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::augment::{Augmentation, Picture};
use crate::data::{Manifest, PictureSet, Row, Split, decode};
use crate::error::{Error, Result};
use crate::seed;

/// Largest side of a sheet, pixels.
const LARGEST: u64 = 16_384;
/// White between the pictures, pixels.
const GAP: u32 = 4;

/// What a sheet shows.
#[derive(Clone, Copy, Debug)]
pub struct PreviewPlan {
    /// Panoramic or focused pictures.
    pub set: PictureSet,
    /// The changes.
    pub augmentation: Augmentation,
    /// How a picture that is not square becomes one.
    pub fit: Fit,
    /// One column for each transform alone instead of `columns` of them together.
    pub each: bool,
    /// The same seed gives the same sheet.
    pub seed: u64,
    /// Pictures, at least 1.
    pub rows: usize,
    /// Changed versions of each picture, at least 1.
    pub columns: usize,
    /// Side at which pictures are changed, pixels.
    pub size: u32,
    /// Side of the pictures on the sheet, as that of a network's input, pixels.
    pub cell: u32,
}

/// A sheet and what it shows.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The pictures, one below another.
    pub sheet: RgbImage,
    /// File and label of the picture of each row.
    pub rows: Vec<String>,
    /// What was done in each column.
    pub columns: Vec<String>,
}

/// Draws training pictures of a manifest, of as many labels as possible, before and after changes.
///
/// # Errors
///
/// [`Error::Input`] when a parameter of the augmentation is out of its range, when there is nothing to
/// show or the sheet would be too large; [`Error::Io`] or [`Error::Content`] for a picture that cannot
/// be read.
pub fn preview(manifest: &Manifest, plan: &PreviewPlan) -> Result<Preview> {
    if let Some(fault) = plan.augmentation.fault() {
        return Err(Error::input(fault));
    }
    let transforms = plan.augmentation.transforms();
    if plan.each && transforms.is_empty() {
        return Err(Error::input(
            "this augmentation has no transforms to show one by one",
        ));
    }
    let rows = choose(manifest, plan)?;
    let columns: Vec<String> = match plan.each {
        true => transforms.iter().map(|step| step.name().into()).collect(),
        false => (1..=plan.columns)
            .map(|index| format!("change {index}"))
            .collect(),
    };
    let columns: Vec<String> = std::iter::once("as it is".into()).chain(columns).collect();
    let side = |count: usize| count as u64 * u64::from(plan.cell + GAP);
    let (width, height) = (side(columns.len()), side(rows.len()));
    if width.max(height) > LARGEST {
        return Err(Error::input(format!(
            "the sheet would have {width} x {height} pixels, of at most {LARGEST}: ask for fewer or smaller pictures"
        )));
    }
    let strips: Result<Vec<Vec<Photo>>> = rows
        .par_iter()
        .enumerate()
        .map(|(index, row)| strip(manifest, row, index, plan))
        .collect();
    Ok(Preview {
        sheet: lay_out(&strips?, width as u32, height as u32, plan.cell),
        rows: rows
            .iter()
            .map(|row| format!("{} ({})", row.image, row.label))
            .collect(),
        columns,
    })
}

/// Training pictures by chance: a first one of each label, then a second one of each.
fn choose<'a>(manifest: &'a Manifest, plan: &PreviewPlan) -> Result<Vec<&'a Row>> {
    let mut rows: Vec<&Row> = manifest
        .rows
        .iter()
        .filter(|row| row.set == plan.set && row.split == Split::Train)
        .collect();
    if rows.is_empty() {
        return Err(Error::input(format!(
            "{}: no {} pictures for training",
            manifest.path.display(),
            plan.set
        )));
    }
    rows.shuffle(&mut seed::generator(&[plan.seed]));
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    rows.sort_by_cached_key(|row| {
        let count = seen.entry(&row.label).or_default();
        *count += 1;
        *count
    });
    rows.truncate(plan.rows);
    Ok(rows)
}

/// One picture as it is and after each column's changes.
fn strip(manifest: &Manifest, row: &Row, index: usize, plan: &PreviewPlan) -> Result<Vec<Photo>> {
    let file = manifest.file(&row.image);
    let preprocessing = Preprocessing {
        fit: plan.fit,
        ..Preprocessing::imagenet(plan.cell)
    };
    let photo = preprocessing
        .square_of(&decode(&file)?, plan.size)
        .map_err(Error::content(&file))?;
    let transforms = plan.augmentation.transforms();
    let count = if plan.each {
        transforms.len()
    } else {
        plan.columns
    };
    let as_it_is = photo.resize_square(plan.cell).map_err(Error::internal);
    let changed = (0..count).map(|column| {
        let random = &mut seed::generator(&[plan.seed, index as u64, column as u64]);
        let mut change = |photo: &Photo, after_resize: bool| {
            let mut picture = Picture::from_photo(photo);
            match (
                plan.each.then(|| transforms.get(column)).flatten(),
                after_resize,
            ) {
                (Some(step), _) if step.after_resize() == after_resize => {
                    step.apply(&mut picture, random);
                }
                (Some(_), _) => (),
                (None, false) => plan.augmentation.apply(&mut picture, random),
                (None, true) => plan.augmentation.apply_after_resize(&mut picture, random),
            }
            picture.into_photo()
        };
        change(&photo, false)
            .and_then(|photo| photo.resize_square(plan.cell))
            .and_then(|photo| change(&photo, true))
            .map_err(Error::internal)
    });
    std::iter::once(as_it_is).chain(changed).collect()
}

fn lay_out(strips: &[Vec<Photo>], width: u32, height: u32, cell: u32) -> RgbImage {
    let mut sheet = RgbImage::from_pixel(width, height, Rgb([255; 3]));
    let place = |index: usize| i64::from(GAP / 2) + index as i64 * i64::from(cell + GAP);
    for (row, strip) in strips.iter().enumerate() {
        for (column, photo) in strip.iter().enumerate() {
            let pixels = photo.pixels().to_vec();
            if let Some(tile) = RgbImage::from_raw(photo.width(), photo.height(), pixels) {
                replace(&mut sheet, &tile, place(column), place(row));
            }
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn manifest(folder: &std::path::Path) -> Manifest {
        let mut table = "image,set,label,source,split,fold,mask,tone\n".to_string();
        for (index, label) in ["NF1", "NF1", "NF1", "TSC", "MA"].iter().enumerate() {
            let file = format!("{index}.png");
            let value = 40 * index as u8;
            let image = RgbImage::from_fn(32, 32, |x, y| Rgb([value, 8 * x as u8, 8 * y as u8]));
            image.save(folder.join(&file)).unwrap();
            table += &format!("{file},focused,{label},p{index},train,,,\n");
        }
        table += "9.png,focused,HMI,p9,test,,,\n";
        std::fs::write(folder.join("manifest.csv"), table).unwrap();
        Manifest::read(folder).unwrap()
    }

    fn plan() -> PreviewPlan {
        PreviewPlan {
            set: PictureSet::Focused,
            augmentation: Augmentation::paper(),
            fit: Fit::Stretch,
            each: false,
            seed: 1,
            rows: 4,
            columns: 3,
            size: 64,
            cell: 20,
        }
    }

    #[test]
    fn a_sheet_has_the_pictures_and_their_changes() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = manifest(folder.path());
        let shown = preview(&manifest, &plan()).unwrap();
        assert_eq!(shown.sheet.dimensions(), (4 * 24, 4 * 24));
        assert_eq!(shown.columns.len(), 4);
        let labels = |label: &str| shown.rows.iter().filter(|row| row.contains(label)).count();
        // Each label once before any comes twice, and no test picture.
        assert_eq!((labels("NF1"), labels("TSC"), labels("MA")), (2, 1, 1));
        assert_eq!(preview(&manifest, &plan()).unwrap().sheet, shown.sheet);
        let other = preview(&manifest, &PreviewPlan { seed: 2, ..plan() }).unwrap();
        assert_ne!(other.sheet, shown.sheet);
        let none = PreviewPlan {
            augmentation: Augmentation::none(),
            ..plan()
        };
        let unchanged = preview(&manifest, &none).unwrap().sheet;
        for y in 0..96 {
            for x in 0..24 {
                assert_eq!(unchanged.get_pixel(x, y), shown.sheet.get_pixel(x, y));
                assert_eq!(unchanged.get_pixel(x, y), unchanged.get_pixel(x + 48, y));
            }
        }
    }

    #[test]
    fn a_long_picture_is_padded_where_the_plan_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let white = RgbImage::from_pixel(64, 32, Rgb([255; 3]));
        white.save(folder.path().join("long.png")).unwrap();
        let table = "image,set,label,source,split\nlong.png,focused,NF1,p,train\n";
        std::fs::write(folder.path().join("manifest.csv"), table).unwrap();
        let manifest = Manifest::read(folder.path()).unwrap();
        let corner = |fit: Fit| {
            let plan = PreviewPlan { fit, ..plan() };
            let sheet = preview(&manifest, &plan).unwrap().sheet;
            *sheet.get_pixel(GAP / 2, GAP / 2)
        };
        assert_eq!(corner(Fit::Stretch), Rgb([255; 3]));
        // ImageNet's mean colour.
        assert_eq!(corner(Fit::Pad), Rgb([124, 116, 104]));
    }

    #[test]
    fn each_transform_alone_has_its_column() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = manifest(folder.path());
        let plan = PreviewPlan {
            each: true,
            augmentation: Augmentation::paper_text(),
            ..plan()
        };
        let shown = preview(&manifest, &plan).unwrap();
        assert_eq!(shown.columns.len(), 12);
        assert_eq!(
            shown.columns[..3],
            ["as it is", "transpose", "vertical_flip"]
        );
        let pixel = |column: u32, x: u32, y: u32| shown.sheet.get_pixel(24 * column + 2 + x, 2 + y);
        assert_eq!(pixel(1, 3, 11), pixel(0, 11, 3));
        assert_eq!(pixel(2, 3, 11), pixel(0, 3, 8));
    }

    #[test]
    fn what_cannot_be_shown_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = manifest(folder.path());
        let refuse = |plan: PreviewPlan| preview(&manifest, &plan).unwrap_err();
        let panoramic = PreviewPlan {
            set: PictureSet::Panoramic,
            ..plan()
        };
        assert!(
            refuse(panoramic)
                .to_string()
                .contains("no panoramic pictures")
        );
        let nothing = PreviewPlan {
            augmentation: Augmentation::none(),
            each: true,
            ..plan()
        };
        assert!(refuse(nothing).to_string().contains("no transforms"));
        let large = PreviewPlan {
            columns: 100,
            cell: 1024,
            ..plan()
        };
        assert!(refuse(large).to_string().contains("at most 16384"));
        let mut wrong = plan();
        wrong.augmentation.cutout.share = 3.0;
        assert!(
            refuse(wrong)
                .to_string()
                .contains("augmentation.cutout: share")
        );
        std::fs::write(folder.path().join("3.png"), "no picture").unwrap();
        let broken = refuse(PreviewPlan { rows: 5, ..plan() });
        assert!(broken.to_string().contains("3.png"));
        assert_eq!(broken.exit_code(), 2);
    }
}
