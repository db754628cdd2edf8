"""Figures: of classes (macro F1, accuracy, Brier) and of attributions."""

import random

import numpy as np

from .polnear import Attribution
from .text import Span


def macro_f1(got: np.ndarray, want: np.ndarray, classes: int) -> tuple[float, list[float]]:
    """Mean and list of the F1 of each class; a class that is neither there nor
    predicted counts 0."""
    each = []
    for c in range(classes):
        hit = int(((got == c) & (want == c)).sum())
        total = int((got == c).sum() + (want == c).sum())
        each.append(2 * hit / total if total else 0.0)
    return float(np.mean(each)), each


def of_classes(p: np.ndarray, want: np.ndarray, rounds: int = 1000, seed: int = 0) -> dict:
    """Figures of probabilities p against labels, with the 95 % interval of the
    macro F1 by bootstrap. Brier sums over the classes: 0 best, 2 worst."""
    got, classes = p.argmax(1), p.shape[1]
    f1, each = macro_f1(got, want, classes)
    rng = np.random.default_rng(seed)
    draws = [macro_f1(got[i], want[i], classes)[0] for i in rng.integers(0, len(want), (rounds, len(want)))]
    return {
        "n": len(want), "macro_f1": round(f1, 4), "interval": [round(float(x), 4) for x in np.quantile(draws, [0.025, 0.975])],
        "f1": [round(x, 4) for x in each], "accuracy": round(float((got == want).mean()), 4),
        "brier": round(float(((p - np.eye(classes)[want]) ** 2).sum(1).mean()), 4),
    }


def of_attributions(got: list[list[Attribution]], want: list[list[Attribution]], seed: int = 0, rounds: int = 1000) -> dict:
    """Per article, what was found and what is true. One matches another if its
    content covers half of the other's and their sources overlap (or both have
    none): recall asks it of the truths, precision of what was found."""
    rows = []
    for g, w in zip(got, want, strict=True):
        rows.append((sum(any(_match(a, b) for a in g) for b in w), len(w), sum(any(_match(b, a) for b in w) for a in g), len(g)))
    f1, recall, precision = _f1(rows)
    rng = random.Random(seed)
    draws = sorted(_f1(rng.choices(rows, k=len(rows)))[0] for _ in range(rounds)) or [f1]
    content = [(sum(any(_covers(a, b) for a in g) for b in w), len(w), sum(any(_covers(b, a) for b in w) for a in g), len(g)) for g, w in zip(got, want)]
    return {
        "articles": len(rows), "n": sum(r[1] for r in rows), "f1": round(f1, 4), "interval": [round(draws[len(draws) * 25 // 1000], 4), round(draws[(len(draws) - 1) * 975 // 1000], 4)],
        "recall": round(recall, 4), "precision": round(precision, 4), "content_f1": round(_f1(content)[0], 4),
    }


def _f1(rows) -> tuple[float, float, float]:
    a, b, c, d = (sum(r[i] for r in rows) for i in range(4))
    recall, precision = a / max(1, b), c / max(1, d)
    return 2 * recall * precision / max(1e-9, recall + precision), recall, precision


def _match(a: Attribution, b: Attribution) -> bool:
    sources = any(s.overlaps(t) for s in a.source for t in b.source) if a.source and b.source else not (a.source or b.source)
    return sources and _covers(a, b)


def _covers(a: Attribution, b: Attribution) -> bool:
    total = sum(s.end - s.start for s in b.content)
    return 2 * sum(_common(s, t) for s in a.content for t in b.content) >= total > 0


def _common(s: Span, t: Span) -> int:
    return max(0, min(s.end, t.end) - max(s.start, t.start))
