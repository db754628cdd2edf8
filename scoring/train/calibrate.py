"""Temperature and abstention, fitted on dev with what ships."""

import numpy as np

from .predict import softmax


def nll(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    p = softmax(logits / temperature)
    return float(-np.log(p[np.arange(len(labels)), labels] + 1e-12).mean())


def temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature of the least negative log likelihood, from 0.25 to 4 in
    steps of 2 %."""
    steps = np.exp(np.arange(np.log(0.25), np.log(4), np.log(1.02)))
    return round(float(min(steps, key=lambda t: nll(logits, labels, t))), 4)


def abstain_below(p: np.ndarray, labels: np.ndarray, wanted: float = 0.9) -> float:
    """The least confidence from which on the answers reach the wanted accuracy;
    1 if none do."""
    confidence, right = p.max(1), p.argmax(1) == labels
    order = np.argsort(-confidence)
    accuracy = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(accuracy >= wanted)
    return round(float(confidence[order[good[-1]]]), 4) if len(good) else 1.0


def crossed(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Probabilities of each half at the temperature of the other half, so that
    the figures of a calibrated model are not measured on what calibrated it."""
    p = np.empty_like(logits, dtype=np.float64)
    for half in (slice(0, None, 2), slice(1, None, 2)):
        other = slice(1 - half.start, None, 2)
        p[half] = softmax(logits[half] / temperature(logits[other], labels[other]))
    return p
