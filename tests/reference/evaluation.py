"""Figures of made-up answers by scikit-learn, and rank correlations by scipy."""

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    precision_recall_fscore_support,
    roc_auc_score,
    top_k_accuracy_score,
)

from output import numbers, write

PICTURES, LABELS = 40, 7


def answers(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities rounded to 1/32, so that pictures tie, and targets; the first four of a row differ."""
    targets = np.arange(PICTURES) % LABELS
    rows = []
    while len(rows) < PICTURES:
        noise = random.normal(size=LABELS) + 1.5 * (np.arange(LABELS) == targets[len(rows)])
        row = np.exp(noise) / np.exp(noise).sum()
        row = np.round(row * 32) / 32
        best = np.sort(row)[::-1]
        if (np.diff(best[:4]) < 0).all():
            rows.append(row)
    return np.asarray(rows), targets


def all_evaluation() -> None:
    random = np.random.default_rng(20210701)
    probabilities, targets = answers(random)
    answered = probabilities.argmax(axis=1)
    precision, recall, f1, _ = precision_recall_fscore_support(targets, answered, zero_division=np.nan)
    one = (targets[:, None] == np.arange(LABELS)).astype(int)
    auroc = [roc_auc_score(one[:, label], probabilities[:, label]) for label in range(LABELS)]
    correlations = []
    for levels in (1000, 5):
        first = np.round(random.normal(size=30) * levels) / levels
        second = np.round((first + random.normal(size=30)) * levels) / levels
        first, second = first.astype(np.float32), second.astype(np.float32)
        correlations.append(
            {
                "one": [float(value) for value in first],
                "other": [float(value) for value in second],
                "correlation": float(spearmanr(first, second).statistic),
            }
        )
    write(
        "evaluation",
        {
            "probabilities": [numbers(row) for row in probabilities],
            "targets": [int(target) for target in targets],
            "auroc": [float(value) for value in auroc],
            "macro_auroc": float(np.mean(auroc)),
            "accuracy": float(accuracy_score(targets, answered)),
            "balanced_accuracy": float(balanced_accuracy_score(targets, answered)),
            "top_3": float(top_k_accuracy_score(targets, probabilities, k=3, labels=range(LABELS))),
            "precision": [float(value) for value in precision],
            "recall": [float(value) for value in recall],
            "f1": [float(value) for value in f1],
            "spearman": correlations,
        },
    )
