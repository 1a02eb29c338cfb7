"""The temperature that scipy finds for logits whose labels were drawn from flatter ones."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

import formula
import output

PICTURES, LABELS = 60, 5


def negative_log_likelihood(log_temperature: float, logits: np.ndarray, targets: np.ndarray) -> float:
    """Mean over the pictures, in nats."""
    rows = log_softmax(logits / np.exp(log_temperature), axis=1)
    return float(-rows[np.arange(len(targets)), targets].mean())


def temperature() -> None:
    logits = (6.0 * formula.uniform("temperature.logits", PICTURES * LABELS)).astype(np.float32)
    logits = logits.reshape(PICTURES, LABELS).astype(np.float64)
    # Labels by the inverse of the cumulative probabilities at temperature 2.5.
    drawn = 0.5 + 0.5 * formula.uniform("temperature.labels", PICTURES).astype(np.float64)
    cumulative = np.exp(log_softmax(logits / 2.5, axis=1)).cumsum(axis=1)
    targets = np.minimum((cumulative < drawn[:, None]).sum(axis=1), LABELS - 1)
    found = minimize_scalar(
        negative_log_likelihood, args=(logits, targets), method="bounded",
        bounds=(np.log(0.05), np.log(20.0)), options={"xatol": 1e-12},
    )
    output.write("temperature", {
        "labels": LABELS,
        "logits": output.numbers(logits),
        "targets": [int(target) for target in targets],
        "temperature": output.number(np.exp(found.x)),
        "loss": output.number(found.fun),
        "loss_at_1": output.number(negative_log_likelihood(0.0, logits, targets)),
    })


def all_calibration() -> None:
    temperature()
