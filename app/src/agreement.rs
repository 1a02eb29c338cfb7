//! How far two maps of one photograph agree: Spearman's rank correlation over the pixels that both cover.
//!
//! Ranks and not values: methods differ in how steeply their values fall, and a few very strong pixels would decide the rest.

use genoderm_protocol::Region;

use crate::overlay::Heat;
use crate::region::on_part;

/// Points across and down the photograph at which maps of different parts of it are compared.
const GRID: u32 = 192;
/// Where the parts have fewer of these points in common, nothing is said.
const FEWEST: usize = 64;

/// What can be said of two maps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Agreement {
    /// The rank correlation, -1 to 1.
    Of(f64),
    /// They lie on different photographs, so that their pixels show different things.
    OtherPhotograph,
    /// They cover no common part, or one of them has the same value everywhere.
    Unknown,
}

/// A map and where it lies.
pub struct MapOnPhotograph<'a> {
    /// The map.
    pub heat: &'a Heat,
    /// The part of the photograph that it covers; `None` for all of it.
    pub region: Option<Region>,
}

impl MapOnPhotograph<'_> {
    /// The rank correlation of both over the part of a photograph of this shape (width by height) that both cover, -1 to 1;
    /// `None` where there is none. The order of the two does not matter.
    pub fn agreement(&self, other: &MapOnPhotograph<'_>, shape: f64) -> Option<f64> {
        let same_place = self.region == other.region;
        let same_size =
            (self.heat.width, self.heat.height) == (other.heat.width, other.heat.height);
        let pairs: Vec<(f32, f32)> = if same_place && same_size {
            let others = other.heat.values.iter().copied();
            self.heat.values.iter().copied().zip(others).collect()
        } else {
            let both = |point| Some((self.at(shape, point)?, other.at(shape, point)?));
            let common: Vec<_> = points().filter_map(both).collect();
            if common.len() < FEWEST {
                return None;
            }
            common
        };
        let finite = pairs
            .into_iter()
            .filter(|(one, other)| one.is_finite() && other.is_finite());
        let (ones, others): (Vec<f32>, Vec<f32>) = finite.unzip();
        pearson(&ranks(&ones), &ranks(&others))
    }

    /// The map's value at a point of the photograph, in shares of its width and height; `None` outside of the map.
    fn at(&self, shape: f64, point: (f64, f64)) -> Option<f32> {
        let (x, y) = self
            .region
            .map_or(point, |region| on_part(&region, shape, point));
        let place = |share: f64, length: u32| {
            (0.0..1.0)
                .contains(&share)
                .then(|| ((share * f64::from(length)) as usize).min(length as usize - 1))
        };
        let (column, row) = (place(x, self.heat.width)?, place(y, self.heat.height)?);
        let values = &self.heat.values;
        values.get(row * self.heat.width as usize + column).copied()
    }
}

/// The middles of the grid's fields, in shares of the photograph.
fn points() -> impl Iterator<Item = (f64, f64)> {
    let share = |place: u32| (f64::from(place) + 0.5) / f64::from(GRID);
    (0..GRID).flat_map(move |row| (0..GRID).map(move |column| (share(column), share(row))))
}

/// The place of each value in the order of all; equal values share the mean of their places.
fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let mean = before as f64 + (equal.len() as f64 - 1.0) / 2.0;
        equal.iter().for_each(|place| ranks[*place] = mean);
        before += equal.len();
    }
    ranks
}

/// Pearson's correlation; `None` where all values of one side are equal.
fn pearson(ones: &[f64], others: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (middle, other_middle) = (mean(ones), mean(others));
    let (mut both, mut one_alone, mut other_alone) = (0.0, 0.0, 0.0);
    for (one, other) in ones.iter().zip(others) {
        let (one, other) = (one - middle, other - other_middle);
        both += one * other;
        one_alone += one * one;
        other_alone += other * other;
    }
    let spread = (one_alone * other_alone).sqrt();
    (spread > 0.0).then(|| (both / spread).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn heat(width: u32, values: &[f32]) -> Heat {
        Heat::new(width, values.len() as u32 / width, values.to_vec()).unwrap()
    }

    /// The agreement of two maps of the whole photograph.
    fn agreement(ones: &[f32], others: &[f32]) -> Option<f64> {
        let (one, other) = (heat(1, ones), heat(1, others));
        on(&one, None).agreement(&on(&other, None), 1.0)
    }

    fn on(heat: &Heat, region: Option<Region>) -> MapOnPhotograph<'_> {
        MapOnPhotograph { heat, region }
    }

    fn region(x: f64, width: f64) -> Option<Region> {
        Some(Region {
            x,
            y: 0.0,
            width,
            height: 1.0,
            degrees: 0.0,
        })
    }

    #[test]
    fn the_order_of_the_pixels_counts_and_not_how_steeply_they_fall() {
        assert_eq!(
            agreement(&[0.1, 0.2, 0.3, 9.0], &[1.0, 2.0, 3.0, 4.0]),
            Some(1.0)
        );
        assert_eq!(
            agreement(&[4.0, 3.0, 2.0], &[-1.0, 0.0, f32::MAX]),
            Some(-1.0)
        );
        // Worked by hand: ranks 0, 1, 2, 3 and 1, 0, 3, 2.
        let some = agreement(&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 4.0, 3.0]).unwrap();
        assert!((some - 0.6).abs() < 1e-12, "{some}");
        // Ranks 0, 1.5, 1.5, 3 with ties: 4.5 / sqrt(5 * 4.5).
        let tied = agreement(&[1.0, 2.0, 3.0, 4.0], &[0.0, 5.0, 5.0, 6.0]).unwrap();
        assert!((tied - 4.5 / 22.5_f64.sqrt()).abs() < 1e-12, "{tied}");
    }

    #[test]
    fn nothing_is_said_of_an_even_map_or_of_numbers_that_are_none() {
        let steep = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(agreement(&[0.0; 4], &steep), None);
        let broken = [f32::NAN, f32::INFINITY, f32::NAN, 1.0];
        assert_eq!(agreement(&broken, &steep), None);
        assert_eq!(agreement(&[f32::NAN; 4], &steep), None);
    }

    #[test]
    fn maps_of_different_parts_are_compared_where_both_lie() {
        // The whole photograph falls from left to right, and so does the close-up of its right half.
        let (four, two) = (heat(4, &[4.0, 3.0, 2.0, 1.0]), heat(2, &[2.0, 1.0]));
        let whole = on(&four, None);
        let half = on(&two, region(0.5, 0.5));
        for agreement in [whole.agreement(&half, 1.5), half.agreement(&whole, 1.5)] {
            assert!((agreement.unwrap() - 1.0).abs() < 1e-12);
        }
        let left = on(&two, region(0.0, 0.25));
        assert_eq!(left.agreement(&half, 1.5), None);
    }
}
