//! How far two regions of a photograph are the same: what the reader drew, what the map is strongest in, the drawn lesion.
//!
//! The measure is the intersection over the union (IoU): the area in both by the area in either, 0 to 1. A map has no border.
//! For comparison with a region it gets the one that lets both cover the same area: its strongest pixels, as many as lie in
//! the region. Only what speaks for the label counts.

use crate::overlay::Heat;

/// Rows and columns where there is no map to count pixels of.
const FINE: u32 = 128;

/// What is compared of one photograph; `None` where one of the two is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlaps {
    /// The reader's region and the map's strongest pixels.
    pub region_map: Option<f64>,
    /// What a map that does not care would have in the first place, with a region of this size.
    pub by_chance: Option<f64>,
    /// The reader's region and the lesion.
    pub region_lesion: Option<f64>,
    /// The map's strongest pixels, as many as lie in the lesion, and the lesion.
    pub map_lesion: Option<f64>,
}

/// Whether a point lies in a region, in shares of the photograph.
pub type Inside<'a> = &'a dyn Fn(f64, f64) -> bool;

impl Overlaps {
    /// Compares a region, a map of the whole photograph and a lesion, as far as they are there.
    pub fn of(region: Option<Inside>, heat: Option<&Heat>, lesion: Option<Inside>) -> Self {
        let (width, height) = heat.map_or((FINE, FINE), |heat| (heat.width, heat.height));
        let region = region.map(|inside| Pixels::inside(width, height, inside));
        let lesion = lesion.map(|inside| Pixels::inside(width, height, inside));
        let with_map = |area: Option<&Pixels>| {
            let (heat, area) = (heat?, area?);
            area.overlap(&Pixels::strongest(heat, area.count()))
        };
        Self {
            region_map: with_map(region.as_ref()),
            by_chance: region
                .as_ref()
                .filter(|area| heat.is_some() && area.count() > 0)
                .map(|area| chance(area.share())),
            region_lesion: region
                .as_ref()
                .zip(lesion.as_ref())
                .and_then(|(region, lesion)| region.overlap(lesion)),
            map_lesion: with_map(lesion.as_ref()),
        }
    }
}

/// What two areas, each this share of the picture and thrown onto it at random, have in common: `share`² in both and
/// `2 share - share`² in either.
fn chance(share: f64) -> f64 {
    share / (2.0 - share)
}

/// Some of a picture's pixels, row by row.
struct Pixels(Vec<bool>);

impl Pixels {
    /// Those whose middle lies inside.
    fn inside(width: u32, height: u32, inside: Inside) -> Self {
        let middle = |place: u32, length: u32| (f64::from(place) + 0.5) / f64::from(length);
        let rows = (0..height).flat_map(|row| {
            (0..width).map(move |column| (middle(column, width), middle(row, height)))
        });
        Self(rows.map(|(x, y)| inside(x, y)).collect())
    }

    /// The strongest of a map, so many, or all that speak for the label if those are fewer. Of equal ones the upper count.
    fn strongest(heat: &Heat, count: usize) -> Self {
        let mut order: Vec<usize> = (0..heat.values.len())
            .filter(|place| heat.values[*place] > 0.0)
            .collect();
        let stronger = |one: &usize, other: &usize| {
            let values = heat.values[*other].total_cmp(&heat.values[*one]);
            values.then(one.cmp(other))
        };
        if (1..order.len()).contains(&count) {
            order.select_nth_unstable_by(count - 1, stronger);
        }
        let mut chosen = vec![false; heat.values.len()];
        for place in order.into_iter().take(count) {
            chosen[place] = true;
        }
        Self(chosen)
    }

    fn count(&self) -> usize {
        self.0.iter().filter(|inside| **inside).count()
    }

    fn share(&self) -> f64 {
        self.count() as f64 / self.0.len().max(1) as f64
    }

    /// Pixels in both by pixels in either; `None` where there are none.
    fn overlap(&self, other: &Self) -> Option<f64> {
        let pairs = || self.0.iter().zip(&other.0);
        let both = pairs().filter(|(one, other)| **one && **other).count();
        let either = pairs().filter(|(one, other)| **one || **other).count();
        (either > 0).then(|| both as f64 / either as f64)
    }
}

/// The mean of the values that are there, and how many they are; `None` without any.
pub fn mean(values: impl IntoIterator<Item = Option<f64>>) -> Option<(f64, usize)> {
    let values: Vec<f64> = values.into_iter().flatten().collect();
    (!values.is_empty()).then(|| {
        (
            values.iter().sum::<f64>() / values.len() as f64,
            values.len(),
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn left(x: f64, _: f64) -> bool {
        x < 0.5
    }

    #[test]
    fn as_many_pixels_as_the_region_has_are_taken_from_the_map() {
        // Of four pixels the left two are the region; the map's strongest two are the upper two.
        let heat = Heat::new(2, 2, vec![3.0, 2.0, 1.0, -9.0]).unwrap();
        let found = Overlaps::of(Some(&left), Some(&heat), None);
        assert_eq!(found.region_map, Some(1.0 / 3.0));
        assert_eq!(found.by_chance, Some(1.0 / 3.0));
        assert_eq!((found.region_lesion, found.map_lesion), (None, None));
        let equal = Heat::new(2, 2, vec![1.0; 4]).unwrap();
        let found = Overlaps::of(Some(&left), Some(&equal), None);
        assert_eq!(found.region_map, Some(1.0 / 3.0));
        let same = Heat::new(2, 2, vec![1.0, -5.0, 0.5, 0.0]).unwrap();
        let found = Overlaps::of(Some(&left), Some(&same), Some(&left));
        assert_eq!(found.region_map, Some(1.0));
        assert_eq!(
            (found.region_lesion, found.map_lesion),
            (Some(1.0), Some(1.0))
        );
    }

    #[test]
    fn what_speaks_against_the_label_and_nan_are_in_no_overlap() {
        let against = Heat::new(2, 1, vec![-1.0, f32::NAN]).unwrap();
        assert_eq!(
            Overlaps::of(Some(&left), Some(&against), None).region_map,
            Some(0.0)
        );
        let nowhere = |_: f64, _: f64| false;
        let empty = Overlaps::of(Some(&nowhere), Some(&against), None);
        assert_eq!((empty.region_map, empty.by_chance), (None, None));
    }

    #[test]
    fn regions_are_compared_without_a_map_too() {
        let right = |x: f64, _: f64| x >= 0.5;
        let found = Overlaps::of(Some(&left), None, Some(&right));
        assert_eq!(found.region_lesion, Some(0.0));
        assert_eq!((found.region_map, found.by_chance), (None, None));
        let all = |_: f64, _: f64| true;
        let found = Overlaps::of(Some(&left), None, Some(&all));
        assert_eq!(found.region_lesion, Some(0.5));
    }

    #[test]
    fn the_mean_is_of_what_is_there() {
        assert_eq!(mean([Some(0.5), None, Some(1.0)]), Some((0.75, 2)));
        assert_eq!(mean([None, None]), None);
    }
}
