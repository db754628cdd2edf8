"""A trained model to the tensors and the header of the file that ships."""

import numpy as np
from torch import nn

from . import corpus, packing
from .model import RANKS, REACH, Model
from .polnear import KINDS
from .samples import PAIR_MARKS
from .text import WordPieces

SMALLEST = 64  # outputs of a matrix worth quantising


def tensors(model: Model) -> dict[str, np.ndarray]:
    """int8 for embeddings of words and for the large matrices, float32 for the
    rest."""
    made = {}
    for name, module in model.named_modules():
        layer, _, part = name.rpartition(".")
        if part in ("key", "value"):
            continue
        weights = {n: p.detach().float().cpu().numpy() for n, p in module.named_parameters(recurse=False)}
        if isinstance(module, nn.Linear) and module.out_features >= SMALLEST:
            if part == "query":  # the three products read one input, so they are one
                name, three = f"{layer}.qkv", [model.get_submodule(f"{layer}.{p}") for p in ("query", "key", "value")]
                weights = {n: np.concatenate([getattr(m, n).detach().float().cpu().numpy() for m in three]) for n in ("weight", "bias")}
            codes, scale = packing.quantise(weights["weight"], packing.MOST)
            made |= {f"{name}.codes": packing.pack(codes), f"{name}.scale": scale, f"{name}.start": packing.start(codes)}
            made[f"{name}.bias"] = weights["bias"]
        elif name == "encoder.words":
            made[f"{name}.codes"], made[f"{name}.scale"] = packing.quantise(weights["weight"])
        else:
            made |= {f"{name}.{n}": w for n, w in weights.items()}
    return made


def header(name: str, model: Model, pieces: WordPieces, mark: str, calibration: dict) -> dict:
    """mark is the token put around a target of tone, "" for none."""
    return {
        "name": name,
        "shape": model.encoder.shape.json() | {"reach": REACH, "ranks": RANKS},
        "vocabulary": pieces.vocabulary,
        "control": {"begin": pieces.begin, "end": pieces.end, "pad": pieces.pad},
        "marks": {"tone": mark, "pair": PAIR_MARKS},
        "window": {"passage": 256, "article": 254, "stride": 190},
        "labels": {"tone": corpus.TONES, "direction": corpus.DIRECTIONS, "tags": KINDS},
        "calibration": calibration,
    }
