//! Tails and quantiles of the distributions that the tests need.
//!
//! `statrs` computes them. Quantiles of Student's t and of F are found here by halving an interval on its
//! tails: the Newton steps of its own (AS 109) need not end where the starting point is far off.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;

/// `P(Z <= z)` of a standard normal Z.
pub fn normal_cdf(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// `P(Z > z)` of a standard normal Z, without loss of digits in the tail.
pub fn normal_tail(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// The z with `P(Z <= z) = probability`, which is above 0 and below 1; infinite outside.
pub fn normal_quantile(probability: f64) -> f64 {
    if probability <= 0.0 {
        f64::NEG_INFINITY
    } else if probability >= 1.0 {
        f64::INFINITY
    } else {
        Normal::standard().inverse_cdf(probability)
    }
}

/// `P(T > t)` of Student's t with `df` above 0.
pub fn t_tail(t: f64, df: f64) -> f64 {
    if t.is_infinite() {
        return if t > 0.0 { 0.0 } else { 1.0 };
    }
    let half = 0.5 * beta_reg(df / 2.0, 0.5, df / (df + t * t));
    if t > 0.0 { half } else { 1.0 - half }
}

/// `P(|T| > |t|)` of Student's t: the p value of a two-sided test.
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    2.0 * t_tail(t.abs(), df)
}

/// The t with `P(T <= t) = probability`, which is above 0 and below 1.
pub fn t_quantile(probability: f64, df: f64) -> f64 {
    // The square of t with df degrees of freedom is F with 1 and df.
    let tail = 2.0 * probability.min(1.0 - probability);
    let size = f_upper_quantile(tail, 1.0, df).sqrt();
    if probability < 0.5 { -size } else { size }
}

/// `P(F > f)` of Fisher's F with `between` and `within` degrees of freedom.
pub fn f_tail(f: f64, between: f64, within: f64) -> f64 {
    if f <= 0.0 {
        1.0
    } else if f.is_infinite() {
        0.0
    } else {
        let whole = within + between * f;
        // From the side that keeps the digits.
        if between * f < within {
            1.0 - beta_reg(between / 2.0, within / 2.0, between * f / whole)
        } else {
            beta_reg(within / 2.0, between / 2.0, within / whole)
        }
    }
}

/// The f with `P(F > f) = tail`, which is above 0 and below 1: the value that tables of F print.
///
/// Degrees of freedom need not be whole. Values above e^700 or below e^-700 end there.
pub fn f_upper_quantile(tail: f64, between: f64, within: f64) -> f64 {
    let (mut low, mut high) = (-700.0_f64, 700.0_f64);
    // 64 halvings of 1400 leave less than the spacing of doubles.
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if f_tail(middle.exp(), between, within) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
    (0.5 * (low + high)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, theirs: f64) {
        assert!(
            (ours / theirs - 1.0).abs() < 1e-9,
            "{ours:e} is not {theirs:e}"
        );
    }

    /// scipy.stats 1.17: norm, t and f, their sf and isf.
    #[test]
    fn tails_and_quantiles_are_scipys() {
        close(normal_tail(8.0), 6.220960574271785e-16);
        close(normal_quantile(0.975), 1.959963984540054);
        close(t_two_sided(12.43, 29.0), 3.8338653599434733e-13);
        close(t_quantile(0.975, 29.0), 2.045229642132703);
        close(t_quantile(0.025, 1.0), -12.706204736174694);
        close(t_quantile(0.975, 2e6), 1.9599651706763748);
        close(f_upper_quantile(0.025, 29.0, 60.0), 1.824626013213438);
        close(f_upper_quantile(0.025, 1.3, 2.7), 20.115621870906537);
        assert!(t_quantile(0.5, 3.0).abs() < 1e-9);
    }

    #[test]
    fn tails_undo_quantiles_for_odd_degrees_of_freedom() {
        for between in [0.3, 1.0, 2.5, 29.0, 4000.0] {
            for within in [0.3, 1.0, 7.7, 60.0, 4000.0] {
                for tail in [0.005, 0.025, 0.5, 0.975] {
                    let f = f_upper_quantile(tail, between, within);
                    assert!(
                        (f_tail(f, between, within) - tail).abs() < 1e-9,
                        "{between} {within} {tail} {f}"
                    );
                }
            }
        }
    }

    #[test]
    fn ends_are_values() {
        assert_eq!(t_two_sided(f64::INFINITY, 3.0), 0.0);
        assert_eq!(t_two_sided(0.0, 3.0), 1.0);
        assert_eq!(f_tail(0.0, 2.0, 3.0), 1.0);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }
}
