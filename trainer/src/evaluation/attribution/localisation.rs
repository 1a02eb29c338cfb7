//! Whether a map lies on the lesion.

use crate::evaluation::attribution::Lesion;

/// How much of a map lies on the lesion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Localisation {
    /// Share of the photograph that is lesion: the chance level of the other two.
    pub area: f64,
    /// Share of the positive attribution that lies inside (the energy-based pointing game of Wang
    /// et al. 2020, Score-CAM); `None` for a map without positive values.
    pub energy: Option<f64>,
    /// Whether the strongest pixel lies inside (the pointing game of Zhang et al. 2018, without a
    /// tolerance around the lesion): 1 or 0, in between when several are equally strong.
    pub pointing: f64,
}

/// Measures a map (`values`, one number a pixel, row-major) against the lesion of its picture.
pub fn localise(values: &[f32], lesion: &Lesion) -> Localisation {
    let (mut inside_sum, mut sum) = (0.0, 0.0);
    let strongest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut hits, mut peaks) = (0usize, 0usize);
    for (value, inside) in values.iter().zip(&lesion.inside) {
        let positive = f64::from(value.max(0.0));
        sum += positive;
        if *inside {
            inside_sum += positive;
        }
        if *value == strongest {
            peaks += 1;
            hits += usize::from(*inside);
        }
    }
    Localisation {
        area: lesion.area(),
        energy: (sum > 0.0).then(|| inside_sum / sum),
        pointing: hits as f64 / peaks.max(1) as f64,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn quarter() -> Lesion {
        Lesion {
            inside: (0..16).map(|index| index < 4).collect(),
            shown: 16,
        }
    }

    #[test]
    fn a_map_that_knows_nothing_reaches_the_area() {
        let found = localise(&[0.3; 16], &quarter());
        assert!((found.energy.unwrap() - 0.25).abs() < 1e-12);
        assert_eq!((found.area, found.pointing), (0.25, 0.25));
    }

    #[test]
    fn only_positive_values_are_energy_and_the_strongest_points() {
        let mut map = vec![-5.0; 16];
        (map[0], map[10]) = (1.0, 3.0);
        let found = localise(&map, &quarter());
        assert_eq!((found.energy, found.pointing), (Some(0.25), 0.0));
        map[3] = 4.0;
        let found = localise(&map, &quarter());
        assert_eq!((found.energy, found.pointing), (Some(5.0 / 8.0), 1.0));
        assert_eq!(localise(&[-1.0; 16], &quarter()).energy, None);
    }
}
