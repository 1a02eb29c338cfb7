//! What all transforms have in common, and how their parameters are drawn and checked.

use rand::{Rng, RngCore};

use crate::augment::Picture;

/// A change whose parameters are drawn from ranges.
pub trait Transform {
    /// Its place in the configuration below `augmentation`, for example `blur.motion`.
    fn name(&self) -> &'static str;

    /// How often it is applied, 0 to 1; in a choice, its weight relative to the other members.
    fn probability(&self) -> f64;

    /// Draws parameters and changes the picture, whatever the probability.
    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore);

    /// Says which of its own parameters is out of its range, if any.
    fn fault(&self) -> Option<String> {
        None
    }

    /// Whether it changes the network's input instead of the picture at the working size.
    fn after_resize(&self) -> bool {
        false
    }

    /// Of a choice, what it chooses from; otherwise nothing.
    fn members(&self) -> Vec<&dyn Transform> {
        Vec::new()
    }
}

/// True with the given probability; never for a number that is none.
pub(super) fn happens(probability: f64, random: &mut dyn RngCore) -> bool {
    random.random::<f64>() < probability
}

/// A number evenly spread over `-limit..=limit`.
pub(super) fn either_way(limit: f64, random: &mut dyn RngCore) -> f64 {
    limit * random.random_range(-1.0..=1.0)
}

/// A number evenly spread over the range.
pub(super) fn within([least, most]: [f64; 2], random: &mut dyn RngCore) -> f64 {
    least + (most - least) * random.random::<f64>()
}

/// One of the odd numbers of the range, which has odd ends.
pub(super) fn odd_within([least, most]: [usize; 2], random: &mut dyn RngCore) -> usize {
    least + 2 * random.random_range(0..=most.saturating_sub(least) / 2)
}

/// Names the first field whose value is outside its range: `(field, value, least, most)`.
pub(super) fn outside(fields: &[(&str, f64, f64, f64)]) -> Option<String> {
    fields
        .iter()
        .find(|(_, value, least, most)| !(least..=most).contains(&value))
        .map(|(field, value, least, most)| {
            format!("{field} is {value}, not between {least} and {most}")
        })
}

/// Checks the sizes of a blur's window.
pub(super) fn odd_sizes_fault(sizes: [usize; 2]) -> Option<String> {
    let [least, most] = sizes;
    let good = least % 2 == 1 && most % 2 == 1 && 3 <= least && least <= most && most <= 31;
    (!good)
        .then(|| format!("sizes is [{least}, {most}], not two odd numbers from 3 to 31 in order"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed;

    #[test]
    fn drawn_numbers_fill_their_range() {
        let random = &mut seed::generator(&[1]);
        let draws: Vec<f64> = (0..1000).map(|_| within([2.0, 3.0], random)).collect();
        assert!(draws.iter().all(|value| (2.0..3.0).contains(value)));
        assert!(draws.iter().any(|value| *value < 2.02) && draws.iter().any(|value| *value > 2.98));
        let draws: Vec<f64> = (0..1000).map(|_| either_way(2.0, random)).collect();
        assert!(draws.iter().all(|value| value.abs() <= 2.0));
        assert!(draws.iter().any(|value| *value < -1.9) && draws.iter().any(|value| *value > 1.9));
        let mut counts = [0; 8];
        (0..900).for_each(|_| counts[odd_within([3, 7], random)] += 1);
        assert_eq!(
            counts.iter().sum::<usize>(),
            counts[3] + counts[5] + counts[7]
        );
        assert!(
            counts[3] > 200 && counts[5] > 200 && counts[7] > 200,
            "{counts:?}"
        );
    }

    #[test]
    fn a_value_that_is_no_number_is_outside() {
        assert!(outside(&[("a", 0.5, 0.0, 1.0)]).is_none());
        let said = outside(&[("a", 0.5, 0.0, 1.0), ("b", f64::NAN, 0.0, 1.0)]);
        assert_eq!(said.as_deref(), Some("b is NaN, not between 0 and 1"));
        assert!(!happens(f64::NAN, &mut seed::generator(&[2])));
        for sizes in [[1, 3], [3, 4], [5, 3], [3, 33]] {
            assert!(odd_sizes_fault(sizes).is_some(), "{sizes:?}");
        }
        assert!(odd_sizes_fault([3, 31]).is_none());
    }
}
