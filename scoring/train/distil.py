"""The student learns from the teachers' probabilities on what it will see.

The wanted rows of its batches become a blend of the truth and of the mean of
the teachers, written in shards so that an interruption loses one at most.
"""

from pathlib import Path

import numpy as np
import torch

from . import predict
from .fit import autocast, save
from .model import Model, Sample
from .polnear import KINDS

SHARD = 100  # batches


def soften(teachers: list[Model], todo: list[list[Sample]], pad: int, folder: Path, blend: float = 0.7, log=print) -> None:
    """Replaces want throughout todo by blend of the teachers' mean and 1-blend
    of what it was."""
    folder.mkdir(parents=True, exist_ok=True)
    for low in range(0, len(todo), SHARD):
        shard = folder / f"soft-{low // SHARD:04d}.pt"
        part = todo[low : low + SHARD]
        if not shard.exists():
            save(shard, [_rows(teachers, b, pad) for b in part])
            log(f"soft targets: {low + len(part)} of {len(todo)} batches", flush=True)
        for batch, rows in zip(part, torch.load(shard, weights_only=True), strict=True):
            for s, row in zip(batch, rows, strict=True):
                s.want = blend * row + (1 - blend) * s.want


@torch.no_grad()
def _rows(teachers: list[Model], batch: list[Sample], pad: int) -> list[torch.Tensor]:
    if batch[0].task != "attribution":
        mean = np.mean([predict.softmax(predict.logits(m, batch, pad)) for m in teachers], axis=0)
        return list(torch.from_numpy(mean))
    total = [torch.zeros(len(s.ids), len(KINDS), 3) for s in batch]
    for m in teachers:
        with autocast():
            x = m.eval().encode(batch, pad)
        for i, s in enumerate(batch):
            p = m.tags(x[i, : len(s.ids)]).view(-1, len(KINDS), 3).float().softmax(-1)
            total[i] += p.cpu() / len(teachers)
    return total
