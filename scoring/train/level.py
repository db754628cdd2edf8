"""Biases fitted on dev: what the losses do not ask for.

Training draws rare directions more often than they are and counts tokens one by
one; what is wanted is macro F1 of pairs and F1 of whole attributions. So a bias
is put on the directions, on the tags of sources and contents, and on "no source",
by climbing; they end up in the model's own biases and cost an engine nothing.
Cues are left as they are: the figure does not ask for them, and would trade them
away.
"""

from functools import cache

import numpy as np
import torch

from . import decode, measure, predict, samples
from .model import Model
from .polnear import KINDS, Article
from .text import WordPieces

FOLDS = 5
MOVED = (0, 2, 5, 6)  # outside of source and of content, begin of content, no source


def climb(score, size: int, moved: tuple[int, ...], steps: tuple[float, ...], least: float) -> np.ndarray:
    """Biases, from zeros, that one step either way improves by no more than
    least; steps shrink."""
    found = np.zeros(size)
    best = score(found)
    for step in steps:
        for i in [i for i in moved for _ in range(2)]:
            for way in (-step, step):
                tried = found.copy()
                tried[i] += way
                if (now := score(tried)) > best + least:
                    best, found = now, tried
                    break
    return found


def directions(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    macro = lambda b: measure.macro_f1((logits + b).argmax(1), labels, logits.shape[1])[0]
    return climb(macro, logits.shape[1], tuple(range(logits.shape[1])), (0.4, 0.2, 0.1), 1e-4)


def attributions(articles: list[Article], heads: list) -> np.ndarray:
    """Of heads (windows, tags, joiners) an article: biases of the outside of
    each kind, of the begin of each, and of none for source and cue."""
    want = [a.attributions for a in articles]

    def score(b: np.ndarray) -> float:
        return measure.of_attributions([decode.attributions(*biased(h, b)) for h in heads], want, rounds=0)["f1"]

    return climb(score, 2 * len(KINDS) + 2, MOVED, (1.0, 0.5), 5e-4)


def biased(heads, b: np.ndarray):
    windows, tags, joiners = heads
    extra = np.zeros((len(KINDS), 3), np.float32)
    extra[:, 0], extra[:, 1] = b[: len(KINDS)], b[len(KINDS) : 2 * len(KINDS)]

    def shifted(joiner):
        def join(kind, content, others):
            scores = joiner(kind, content, tuple(others)).copy()
            scores[0] += b[-2] if kind == "source" else b[-1]
            return scores

        return join

    return windows, [t + extra for t in tags], [shifted(j) for j in joiners]


def run(model: Model, pieces: WordPieces, sets) -> dict:
    """The biases, and the figures of each fifth of dev under those of the
    rest."""
    asked = [samples.direction(pieces, s) for s in sets.direction[1]]
    logits, labels = predict.logits(model, asked, pieces.pad), np.array([s.label for s in sets.direction[1]])
    fold = np.arange(len(labels)) % FOLDS
    crossed = logits.copy()
    for f in range(FOLDS):
        crossed[fold == f] += directions(logits[fold != f], labels[fold != f])

    dev = sets.attribution[1]
    heads = []
    for a in dev:
        windows, tags, joiners = predict.heads(model, pieces, a.text)
        heads.append((windows, tags, [cache(j) for j in joiners]))
    got = []
    for f in range(FOLDS):
        rest = [i for i in range(len(dev)) if i % FOLDS != f]
        b = attributions([dev[i] for i in rest], [heads[i] for i in rest])
        got += [(i, decode.attributions(*biased(heads[i], b))) for i in range(f, len(dev), FOLDS)]
    return {
        "direction": directions(logits, labels).tolist(), "attribution": attributions(dev, heads).tolist(),
        "crossed": {
            "direction": measure.of_classes(predict.softmax(crossed), labels),
            "attribution": measure.of_attributions([g for _, g in sorted(got)], [a.attributions for a in dev]),
        },
    }


@torch.no_grad()
def put(model: Model, found: dict) -> Model:
    model.direction.out.bias += torch.tensor(found["direction"]).to(model.direction.out.bias)
    b, tags = found["attribution"], model.tags.bias.view(len(KINDS), 3)
    tags[:, 0] += torch.tensor(b[: len(KINDS)]).to(tags)
    tags[:, 1] += torch.tensor(b[len(KINDS) : 2 * len(KINDS)]).to(tags)
    for kind, bias in zip(("source", "cue"), b[-2:], strict=True):
        model.join[kind].none.bias += bias
    return model
