//! Taking turns, and what the figures say: medians, and the spread of ratios.

use super::contestant::Contestant;
use super::report::RowResult;
use super::rows::Row;

/// A turn lasts about as long, in milliseconds, so that the shortest works are not measured once only.
const TURN: f64 = 400.0;
/// Times at most in a turn.
const MOST: usize = 50;

/// Warms everyone up, then gives each contestant one turn after the other, as often as the row says.
///
/// A turn's figure is the median of its runs. Machines change their speed from second to second; turns that lie side by
/// side are compared with each other.
pub fn take_turns(row: &Row, contestants: &mut [(usize, Contestant)], result: &mut RowResult) {
    let mut times = vec![1; contestants.len()];
    let mut gone = Vec::new();
    for (place, (position, contestant)) in contestants.iter_mut().enumerate() {
        // Bytes do not get fewer with practice.
        if row.unit != "ms" {
            continue;
        }
        let warm = match row.repetitions {
            1 => contestant.run(1),
            _ => contestant.run(1).and_then(|_| contestant.run(1)),
        };
        match warm {
            Ok(figures) if row.repetitions > 1 => {
                times[place] = ((TURN / median(&figures).max(1e-3)) as usize).clamp(1, MOST);
            }
            Ok(_) => {}
            Err(reason) => {
                result.not_run(*position, reason);
                gone.push(*position);
            }
        }
    }
    for _ in 0..row.repetitions {
        for (place, (position, contestant)) in contestants.iter_mut().enumerate() {
            if gone.contains(position) {
                continue;
            }
            match contestant.run(times[place]) {
                Ok(figures) => result.add(*position, median(&figures)),
                Err(reason) => {
                    result.not_run(*position, reason);
                    gone.push(*position);
                }
            }
        }
    }
}

/// The median; NaN of nothing.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// Ratios of turns that lie side by side.
pub fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter()
        .zip(theirs)
        .map(|(ours, theirs)| ours / theirs)
        .collect()
}

/// The value below which this share of the values lies, interpolated; NaN of nothing.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * sorted.len().saturating_sub(1) as f64;
    let below = sorted.get(place.floor() as usize);
    let above = sorted.get(place.ceil() as usize);
    match (below, above) {
        (Some(below), Some(above)) => below + (above - below) * place.fract(),
        _ => f64::NAN,
    }
}

/// `|one - other| / |other|` in the Euclidean norm; infinite where the lengths differ.
pub fn difference(one: &[f32], other: &[f32]) -> f64 {
    if one.len() != other.len() {
        return f64::INFINITY;
    }
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let pairs = one.iter().zip(other);
    let distance = norm(&mut pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)));
    let length = norm(&mut other.iter().map(|value| f64::from(*value)));
    if distance == 0.0 {
        0.0
    } else {
        distance / length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quartiles_are_interpolated() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.25), 2.0);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn ratios_are_of_neighbours_so_a_slow_minute_cancels() {
        assert_eq!(median(&ratios(&[1.0, 10.0, 1.0], &[2.0, 20.0, 2.0])), 0.5);
    }

    #[test]
    fn answers_of_other_lengths_or_without_numbers_are_never_close() {
        assert_eq!(difference(&[3.0, 4.5], &[3.0, 4.0]), 0.1);
        assert_eq!(difference(&[0.0], &[0.0]), 0.0);
        assert!(difference(&[1.0], &[1.0, 2.0]).is_infinite());
        assert!(difference(&[f32::NAN], &[1.0]).is_nan());
    }
}
