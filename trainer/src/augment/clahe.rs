//! Contrast-limited adaptive histogram equalisation of the lightness (Zuiderveld 1994).

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::augment::lab::LAB;
use crate::augment::padded::Edge;
use crate::augment::transform::{outside, within};
use crate::augment::{Picture, Transform};

/// Draws the limit of the contrast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clahe {
    /// How often, 0 to 1.
    pub probability: f64,
    /// Smallest and largest limit: how many times its even share a level may count.
    pub clip: [f64; 2],
    /// Tiles in a row and in a column.
    pub tiles: usize,
}

/// Equalises the lightness within `tiles` x `tiles` parts of the picture and blends between them;
/// no level counts more than `clip` times its even share. Colours keep their a and b
/// (`cv2.createCLAHE` on L of `cv2.COLOR_RGB2LAB`).
pub fn equalize_lightness(picture: &mut Picture, clip: f64, tiles: usize) {
    let side = picture.side();
    if side == 0 || tiles == 0 {
        return;
    }
    let lab = &*LAB;
    let mut lightness = Vec::with_capacity(side * side);
    for pixel in picture.values_mut().chunks_exact_mut(3) {
        pixel.copy_from_slice(&lab.of_rgb([pixel[0], pixel[1], pixel[2]]));
        lightness.push(pixel[0]);
    }
    let tables = tables(&lightness, side, clip, tiles);
    let neighbours = neighbours(side, tiles);
    let rows = picture.values_mut().chunks_exact_mut(side * 3);
    for (row, vertical) in rows.zip(&neighbours) {
        let table = |row: usize| &tables[row * tiles..(row + 1) * tiles];
        let (above, below) = (table(vertical.before), table(vertical.after));
        for (pixel, horizontal) in row.chunks_exact_mut(3).zip(&neighbours) {
            let level = usize::from(pixel[0]);
            let along = |tables: &[[u8; 256]]| {
                let [before, after] = [horizontal.before, horizontal.after]
                    .map(|tile| f32::from(tables[tile][level]));
                before + (after - before) * horizontal.share
            };
            let (above, below) = (along(above), along(below));
            let level = (above + (below - above) * vertical.share + 0.5) as u8;
            pixel.copy_from_slice(&lab.to_rgb([level, pixel[1], pixel[2]]));
        }
    }
}

/// The tiles between which a row or column lies, and the weight of the second one.
struct Neighbours {
    before: usize,
    after: usize,
    share: f32,
}

/// Side of a tile: when the tiles do not fill the picture evenly, mirrored pixels fill the last ones.
fn tile_side(side: usize, tiles: usize) -> usize {
    side.div_ceil(tiles)
}

fn neighbours(side: usize, tiles: usize) -> Vec<Neighbours> {
    let tile = tile_side(side, tiles) as f32;
    let neighbours = |place: usize| {
        // In tiles, 0 at the centre of the first.
        let place = (place as f32 / tile - 0.5).clamp(0.0, (tiles - 1) as f32);
        let before = place as usize;
        Neighbours {
            before,
            after: (before + 1).min(tiles - 1),
            share: place - before as f32,
        }
    };
    (0..side).map(neighbours).collect()
}

/// For each tile, row by row, what every level becomes.
fn tables(lightness: &[u8], side: usize, clip: f64, tiles: usize) -> Vec<[u8; 256]> {
    let tile = tile_side(side, tiles);
    let area = tile * tile;
    let limit = ((clip * area as f64 / 256.0) as u32).max(1);
    let places: Vec<usize> = (0..tile * tiles)
        .map(|place| Edge::Mirror.index(place as isize, side))
        .collect();
    let mut tables = Vec::with_capacity(tiles * tiles);
    for rows in places.chunks_exact(tile) {
        for columns in places.chunks_exact(tile) {
            let mut counts = [0; 256];
            for row in rows {
                let row = &lightness[row * side..(row + 1) * side];
                for column in columns {
                    counts[usize::from(row[*column])] += 1;
                }
            }
            limit_counts(&mut counts, limit);
            tables.push(cumulative(&counts, area));
        }
    }
    tables
}

/// Cuts counts off at the limit and deals what was cut off out evenly.
fn limit_counts(counts: &mut [u32; 256], limit: u32) {
    let mut excess = 0;
    for count in counts.iter_mut() {
        excess += count.saturating_sub(limit);
        *count = (*count).min(limit);
    }
    let (each, rest) = (excess / 256, excess as usize % 256);
    counts.iter_mut().for_each(|count| *count += each);
    // The rest goes to levels at even distances.
    let stride = (256 / rest.max(1)).max(1);
    let levels = counts.iter_mut().step_by(stride).take(rest);
    levels.for_each(|count| *count += 1);
}

/// The share of pixels up to each level, as a level.
fn cumulative(counts: &[u32; 256], area: usize) -> [u8; 256] {
    let scale = 255.0 / area as f32;
    let mut below = 0;
    counts.map(|count| {
        below += count;
        (below as f32 * scale).round_ties_even() as u8
    })
}

impl Transform for Clahe {
    fn name(&self) -> &'static str {
        "clahe"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        equalize_lightness(picture, within(self.clip, random), self.tiles);
    }

    fn fault(&self) -> Option<String> {
        let [least, most] = self.clip;
        outside(&[
            ("clip[0]", least, 1.0, 256.0),
            ("clip[1]", most, least, 256.0),
            ("tiles", self.tiles as f64, 1.0, 64.0),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::goldens::{Goldens, largest_difference, photograph, shaded};

    #[test]
    fn agrees_with_opencv_whether_or_not_the_tiles_fill_the_picture() {
        let goldens = Goldens::load();
        for (name, side, clip, tiles) in [("clahe_40", 40, 3.3, 8), ("clahe_37", 37, 1.7, 8)] {
            let mut picture = shaded(side);
            equalize_lightness(&mut picture, clip, tiles);
            let difference = largest_difference(&picture, &goldens.picture(name));
            assert!(difference <= 2, "{name}: {difference}");
        }
        let mut picture = photograph(32);
        equalize_lightness(&mut picture, 2.5, 4);
        let difference = largest_difference(&picture, &goldens.picture("clahe_photograph"));
        assert!(difference <= 2, "{difference}");
    }

    #[test]
    fn what_is_cut_off_is_dealt_out() {
        let mut counts = [0; 256];
        counts[10] = 1000;
        limit_counts(&mut counts, 100);
        assert_eq!(counts.iter().sum::<u32>(), 1000);
        // 900 = 3 * 256 + 132: every level gets 3, and 132 of them one more.
        assert!(counts[0] == 4 && counts[255] == 3, "{counts:?}");
        assert_eq!(counts.iter().filter(|count| **count == 4).count(), 132 - 1);
        assert_eq!(counts[10], 104);
    }

    #[test]
    fn tiny_pictures_and_many_tiles_do_no_harm() {
        for side in 1..5 {
            let mut picture = photograph(side);
            equalize_lightness(&mut picture, 2.0, 8);
            assert_eq!(picture.values().len(), side * side * 3);
        }
    }
}
