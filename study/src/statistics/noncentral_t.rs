//! The noncentral t distribution: that of t when the true mean difference is not zero.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::ln_gamma;

use super::distribution::normal_cdf;

/// Beyond this shift all of the distribution lies above any critical value of use.
const LARGEST_SHIFT: f64 = 200.0;

/// `P(T <= t)` of noncentral t with `df` above 0 degrees of freedom, shifted by `shift`; 0 to 1.
///
/// The series of Lenth 1989 (AS 243, Applied Statistics 38:185), a Poisson mixture of beta distributions.
/// Its terms are summed where the Poisson weights are (Benton and Krishnamoorthy 2003), since those of
/// the first terms vanish for large shifts. Absolute error below 1e-10. Shifts above 200 count as 200.
pub fn noncentral_t_cdf(t: f64, df: f64, shift: f64) -> f64 {
    let shift = shift.clamp(-LARGEST_SHIFT, LARGEST_SHIFT);
    if t < 0.0 {
        return 1.0 - positive(-t, df, -shift);
    }
    positive(t, df, shift)
}

/// The same for `t` that is not negative.
fn positive(t: f64, df: f64, shift: f64) -> f64 {
    if t.is_infinite() {
        return 1.0;
    }
    let below_zero = normal_cdf(-shift);
    let x = t * t / (df + t * t);
    let rate = shift * shift / 2.0;
    if rate == 0.0 {
        return (below_zero + 0.5 * beta_reg(0.5, df / 2.0, x)).min(1.0);
    }
    // Twelve standard deviations around the Poisson mean, and some more where that is small.
    let reach = 12.0 * rate.sqrt() + 40.0;
    let first = (rate - reach).max(0.0).floor() as u32;
    let last = (rate + reach).ceil() as u32;
    let mut sum = 0.0;
    for term in first..=last {
        let j = f64::from(term);
        let even = (j * rate.ln() - rate - ln_gamma(j + 1.0)).exp();
        let odd =
            shift / std::f64::consts::SQRT_2 * (j * rate.ln() - rate - ln_gamma(j + 1.5)).exp();
        sum += even * beta_reg(j + 0.5, df / 2.0, x) + odd * beta_reg(j + 1.0, df / 2.0, x);
    }
    (below_zero + 0.5 * sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::golden;
    use crate::statistics::distribution::t_tail;

    #[test]
    fn values_are_scipys() {
        for case in golden().power.noncentral_t {
            let ours = noncentral_t_cdf(case.t, case.df, case.shift);
            assert!((ours - case.cdf).abs() < 1e-9, "{case:?}: {ours}");
        }
    }

    #[test]
    fn without_a_shift_it_is_students_t() {
        for t in [-3.0, -0.5, 0.0, 0.5, 3.0] {
            let ours = noncentral_t_cdf(t, 7.0, 0.0);
            assert!((ours - (1.0 - t_tail(t, 7.0))).abs() < 1e-12);
        }
    }

    #[test]
    fn far_shifts_are_values() {
        assert_eq!(noncentral_t_cdf(2.0, 29.0, 1e9), 0.0);
        assert_eq!(noncentral_t_cdf(2.0, 29.0, -1e9), 1.0);
        assert_eq!(noncentral_t_cdf(f64::INFINITY, 29.0, 1.0), 1.0);
    }
}
