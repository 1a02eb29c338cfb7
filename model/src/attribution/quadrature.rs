//! Quadrature rules on [0, 1]: where along the path the gradient is taken, and with which weight.

use core::num::NonZeroUsize;
use core::{fmt, str::FromStr};

use gauss_quad::GaussLegendre;
use serde::{Deserialize, Serialize};

use super::AttributionError;

/// Most steps that a rule accepts; far more than any attribution needs, and small enough to allocate.
pub const MAX_STEPS: usize = 10_000;

/// One evaluation of the integrand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Position on the path from the baseline (0) to the input (1); captum's `alpha`.
    pub position: f64,
    /// Share in the sum; captum's `step size`.
    pub weight: f64,
}

/// Rule that approximates the integral of the gradient along the path, as captum defines it.
///
/// Gauss-Legendre with n steps is exact for polynomials of degree 2n - 1 and is the one to use; the Riemann sums are
/// there to compare with other work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quadrature {
    /// Gauss-Legendre nodes and weights, moved from [-1, 1] to [0, 1].
    #[default]
    GaussLegendre,
    /// Equal weights 1/n at i/n, i = 0..n-1.
    RiemannLeft,
    /// Equal weights 1/n at (i+1)/n.
    RiemannRight,
    /// Equal weights 1/n at (i+1/2)/n.
    RiemannMiddle,
    /// Positions i/(n-1), weights 1/n with the two end weights halved. As in captum the weights sum to 1 - 1/n, not
    /// to 1 (0.98 for 50 steps), so attributions are too small by that factor and the completeness gap shows it.
    RiemannTrapezoid,
}

impl Quadrature {
    /// All rules, the recommended one first.
    pub const ALL: [Self; 5] = [
        Self::GaussLegendre,
        Self::RiemannLeft,
        Self::RiemannRight,
        Self::RiemannMiddle,
        Self::RiemannTrapezoid,
    ];

    /// Name in files and on the command line: `gauss-legendre`, `riemann-left`, ...
    pub fn name(self) -> &'static str {
        match self {
            Self::GaussLegendre => "gauss-legendre",
            Self::RiemannLeft => "riemann-left",
            Self::RiemannRight => "riemann-right",
            Self::RiemannMiddle => "riemann-middle",
            Self::RiemannTrapezoid => "riemann-trapezoid",
        }
    }

    /// Fewest steps: 1 for Gauss-Legendre, 2 for the Riemann sums.
    pub fn min_steps(self) -> usize {
        match self {
            Self::GaussLegendre => 1,
            _ => 2,
        }
    }

    /// The `steps` nodes in ascending order of position.
    ///
    /// Positions and weights are f64; captum rounds the Riemann positions to f32.
    ///
    /// # Errors
    ///
    /// [`AttributionError::Steps`] outside [`min_steps`](Self::min_steps) to [`MAX_STEPS`].
    pub fn nodes(self, steps: usize) -> Result<Vec<Node>, AttributionError> {
        let out_of_range = AttributionError::Steps {
            rule: self.name(),
            min: self.min_steps(),
            max: MAX_STEPS,
            steps,
        };
        let Some(degree) = NonZeroUsize::new(steps) else {
            return Err(out_of_range);
        };
        if !(self.min_steps()..=MAX_STEPS).contains(&steps) {
            return Err(out_of_range);
        }
        let n = steps as f64;
        let riemann = |first: f64, interval: f64| {
            (0..steps)
                .map(|i| Node {
                    position: (i as f64 + first) / interval,
                    weight: 1.0 / n,
                })
                .collect::<Vec<_>>()
        };
        Ok(match self {
            Self::GaussLegendre => GaussLegendre::new(degree)
                .into_iter()
                .map(|(node, weight)| Node {
                    position: 0.5 * (1.0 + node),
                    weight: 0.5 * weight,
                })
                .collect(),
            Self::RiemannLeft => riemann(0.0, n),
            Self::RiemannRight => riemann(1.0, n),
            Self::RiemannMiddle => riemann(0.5, n),
            Self::RiemannTrapezoid => {
                let mut nodes = riemann(0.0, n - 1.0);
                if let Some(first) = nodes.first_mut() {
                    first.weight /= 2.0;
                }
                if let Some(last) = nodes.last_mut() {
                    last.weight /= 2.0;
                }
                nodes
            }
        })
    }
}

impl fmt::Display for Quadrature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Quadrature {
    type Err = AttributionError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|rule| rule.name() == name)
            .ok_or_else(|| AttributionError::UnknownName {
                kind: "quadrature rule",
                choices: Self::ALL.map(Self::name).join(", "),
                name: name.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use super::*;

    #[derive(Deserialize)]
    struct GoldenRule {
        alphas: Vec<f64>,
        step_sizes: Vec<f64>,
    }

    /// captum's name of a rule.
    fn captum_name(rule: Quadrature) -> String {
        match rule {
            Quadrature::GaussLegendre => "gausslegendre".to_owned(),
            other => other.name().replace('-', "_"),
        }
    }

    #[test]
    fn nodes_equal_captums() {
        let golden: BTreeMap<String, BTreeMap<usize, GoldenRule>> = serde_json::from_str(
            include_str!("../../../tests/reference/goldens/captum_quadrature.json"),
        )
        .unwrap();
        for rule in Quadrature::ALL {
            // captum's Riemann positions went through float32.
            let tolerance = match rule {
                Quadrature::GaussLegendre => 1e-14,
                _ => 6e-8,
            };
            for (steps, expected) in &golden[&captum_name(rule)] {
                let nodes = rule.nodes(*steps).unwrap();
                assert_eq!(nodes.len(), expected.alphas.len());
                for (node, (alpha, size)) in nodes
                    .iter()
                    .zip(expected.alphas.iter().zip(&expected.step_sizes))
                {
                    assert!(
                        (node.position - alpha).abs() < tolerance,
                        "{rule} {steps}: {node:?} {alpha}"
                    );
                    assert!(
                        (node.weight - size).abs() < 1e-14,
                        "{rule} {steps}: {node:?} {size}"
                    );
                }
            }
        }
    }

    #[test]
    fn gauss_legendre_is_exact_up_to_its_degree() {
        // The integral of x^k over [0, 1] is 1/(k+1); 4 nodes are exact up to k = 7 and not beyond.
        let nodes = Quadrature::GaussLegendre.nodes(4).unwrap();
        let error = |k: i32| {
            let sum: f64 = nodes.iter().map(|n| n.weight * n.position.powi(k)).sum();
            (sum - 1.0 / f64::from(k + 1)).abs()
        };
        assert!((0..=7).all(|k| error(k) < 1e-15));
        assert!(error(8) > 1e-6);
    }

    #[test]
    fn weights_sum_to_one_except_the_trapezoids() {
        for rule in Quadrature::ALL {
            for steps in [2, 3, 50, 75, 1000] {
                let sum: f64 = rule.nodes(steps).unwrap().iter().map(|n| n.weight).sum();
                let expected = match rule {
                    Quadrature::RiemannTrapezoid => 1.0 - 1.0 / steps as f64,
                    _ => 1.0,
                };
                assert!((sum - expected).abs() < 1e-12, "{rule} {steps}: {sum}");
            }
        }
    }

    #[test]
    fn impossible_step_counts_are_errors() {
        for rule in Quadrature::ALL {
            for steps in [0, rule.min_steps() - 1, MAX_STEPS + 1, usize::MAX] {
                assert!(rule.nodes(steps).is_err(), "{rule} {steps}");
            }
            assert_eq!(rule.nodes(MAX_STEPS).unwrap().len(), MAX_STEPS);
        }
    }

    #[test]
    fn names_survive_a_round_trip() {
        for rule in Quadrature::ALL {
            assert_eq!(rule.to_string().parse::<Quadrature>().unwrap(), rule);
            assert_eq!(serde_json::to_string(&rule).unwrap(), format!("\"{rule}\""));
        }
        let message = "simpson".parse::<Quadrature>().unwrap_err().to_string();
        assert!(message.contains("riemann-middle") && message.contains("simpson"));
    }
}
