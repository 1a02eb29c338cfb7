"""Goldens of captum's quadrature rules, of Integrated Gradients on closed forms, and of its scaling for display."""

import numpy as np
import torch
from captum.attr import IntegratedGradients
from captum.attr._utils.approximation_methods import SUPPORTED_METHODS, approximation_parameters
from captum.attr._utils.visualization import _normalize_attr

import formula
import output


def quadrature() -> None:
    """Positions and step sizes. captum rounds the Riemann positions to float32; step sizes are float64 here."""
    golden = {}
    for method in SUPPORTED_METHODS:
        step_sizes, alphas = approximation_parameters(method)
        counts = (1, 2, 5, 50, 75) if method == "gausslegendre" else (2, 5, 50, 75)
        golden[method] = {
            str(count): {
                "alphas": [float(f"{value:.16g}") for value in alphas(count)],
                "step_sizes": [float(f"{value:.16g}") for value in step_sizes(count)],
            }
            for count in counts
        }
    output.write("captum_quadrature", golden)


def toy_logits(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Four functions with known integrals: sums of w*x, w*x^2, w*x^4 and w*exp(x)."""
    x = x.flatten(1)
    return torch.stack([(weight * f).sum(1) for f in (x, x**2, x**4, x.exp())], dim=1)


def toy() -> None:
    """Integrated Gradients of `toy_logits` at [1, 3, 2, 2] for every rule and two step counts."""
    shape = (1, 3, 2, 2)
    weight = torch.from_numpy(formula.uniform("toy.weight", 12))
    image = torch.from_numpy(2.0 * formula.uniform("toy.input", 12).reshape(shape))
    baseline = torch.from_numpy(0.5 * formula.uniform("toy.baseline", 12).reshape(shape))
    method = IntegratedGradients(lambda x: toy_logits(x, weight))
    cases = []
    for rule in SUPPORTED_METHODS:
        for steps in (2, 5, 50):
            for target in range(4):
                attribution, delta = method.attribute(
                    image, baseline, target=target, n_steps=steps, method=rule, return_convergence_delta=True
                )
                cases.append({
                    "method": rule, "steps": steps, "target": target,
                    "values": output.numbers(attribution), "convergence_delta": output.number(delta),
                })
    output.write("captum_toy", {
        "shape": list(shape),
        "weight": output.numbers(weight),
        "input": output.numbers(image),
        "baseline": output.numbers(baseline),
        "input_logits": output.numbers(toy_logits(image, weight)),
        "baseline_logits": output.numbers(toy_logits(baseline, weight)),
        "cases": cases,
    })


def scaling() -> None:
    """captum's scaling for display of a small attribution [3, 6, 7] with a few outliers."""
    channels, height, width = 3, 6, 7
    values = formula.uniform("scaling", channels * height * width) ** 3
    values[10] *= 40.0
    values[77] *= -25.0
    attribution = values.reshape(channels, height, width).astype(np.float32).astype(np.float64)
    cases = []
    for sign in ("all", "positive", "negative", "absolute_value"):
        for outlier in (1, 2, 10):
            scaled = _normalize_attr(attribution.sum(axis=0), sign, outlier)
            cases.append({"sign": sign, "outlier_percentile": outlier, "scaled": output.numbers(scaled)})
    output.write("captum_scaling", {
        "channels": channels, "height": height, "width": width,
        "attribution": output.numbers(attribution),
        "cases": cases,
    })


def all_attribution() -> None:
    quadrature()
    toy()
    scaling()
