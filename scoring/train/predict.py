"""What a trained model says, in batches, as probabilities and attributions."""

import numpy as np
import torch

from . import decode
from .fit import autocast
from .model import Model, Sample
from .polnear import Article, Attribution, KINDS, windows
from .text import WordPieces


@torch.no_grad()
def logits(model: Model, samples: list[Sample], pad: int, size: int = 32) -> np.ndarray:
    """Rows of tone or direction logits, in the order of samples of one task."""
    model.eval()
    order = sorted(range(len(samples)), key=lambda i: len(samples[i].ids))
    rows: list = [None] * len(samples)
    for low in range(0, len(order), size):
        chunk = order[low : low + size]
        batch = [samples[i] for i in chunk]
        with autocast():
            x = model.encode(batch, pad)
        for i, row in zip(chunk, model.judge(x, batch).float().cpu().numpy(), strict=True):
            rows[i] = row
    return np.array(rows)


@torch.no_grad()
def attributions(model: Model, pieces: WordPieces, text: str) -> list[Attribution]:
    return decode.attributions(*heads(model, pieces, text))


@torch.no_grad()
def heads(model: Model, pieces: WordPieces, text: str, size: int = 8):
    """Windows, their tags and their joiners: what decode makes attributions of."""
    model.eval()
    cut = windows(pieces, Article("", text, []))
    tags, joiners = [], []
    for low in range(0, len(cut), size):
        batch = [Sample("attribution", w.ids) for w in cut[low : low + size]]
        with autocast():
            x = model.encode(batch, pieces.pad)
        for i, s in enumerate(batch):
            tags.append(model.tags(x[i, : len(s.ids)]).view(-1, len(KINDS), 3).float().cpu().numpy())
            joiners.append(_joiner(model, x[i]))
    return cut, tags, joiners


def _joiner(model: Model, x):
    @torch.no_grad()
    def join(kind, content, others):
        return model.join[kind](x, content, others).float().cpu().numpy()

    return join


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
