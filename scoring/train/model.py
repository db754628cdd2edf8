"""One encoder, three tasks: tone of a target, direction of a pair, attribution.

Tone reads the mean of the target's tokens and of the sentence; direction that
of p, of q and of the sentence. Attribution reads the middle layer, since whole
articles pass through it and who says what is syntax more than sense: it tags
each token three times (source, cue and content overlap: quotes nest) and joins
each content to one of the sources and cues of its window, or to none.
"""

import math
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional as F

from . import decode
from .encoder import Encoder
from .polnear import KINDS

REACH = 16  # distance buckets of a join, half for each side
RANKS = 8  # of a candidate by its distance, the last for all that follow


@dataclass
class Sample:
    """One input and what is wanted of it. want holds probabilities: of the
    classes, or per token, kind and tag."""

    task: str
    ids: list[int]
    at: list[tuple[int, int]] = field(default_factory=list)
    want: torch.Tensor | None = None
    spans: dict = field(default_factory=dict)
    joins: dict = field(default_factory=dict)
    id: str = ""


class Judge(nn.Module):
    """Means of n places -> hidden -> classes."""

    def __init__(self, hidden: int, places: int, classes: int, drop: float = 0.1):
        super().__init__()
        self.dense, self.out, self.dropout = nn.Linear(hidden * places, hidden), nn.Linear(hidden, classes), nn.Dropout(drop)

    def forward(self, places):
        return self.out(self.dropout(F.gelu(self.dense(self.dropout(places)))))


class Join(nn.Module):
    """Scores each candidate of a content, after the score of none."""

    def __init__(self, hidden: int, width: int = 128):
        super().__init__()
        self.content, self.candidate = nn.Linear(2 * hidden, width), nn.Linear(2 * hidden, width)
        self.none, self.distance, self.rank = nn.Linear(width, 1), nn.Embedding(REACH, 1), nn.Embedding(RANKS, 1)

    def forward(self, x, content: tuple[int, int], candidates: list[tuple[int, int]]):
        """x is length x hidden -> 1 + len(candidates) logits."""
        ends = lambda spans: torch.stack([torch.cat([x[a], x[b - 1]]) for a, b in spans])
        c = self.content(ends([content]))
        scores = [self.none(F.gelu(c))[0]]
        if candidates:
            near = torch.tensor([decode.distance(content, k, REACH) for k in candidates], device=x.device)
            order = torch.tensor(decode.ranks(content, candidates, RANKS), device=x.device)
            fit = self.candidate(ends(candidates)) @ c[0] / math.sqrt(c.shape[1])
            scores.append(fit + self.distance(near)[:, 0] + self.rank(order)[:, 0])
        return torch.cat(scores)


class Model(nn.Module):
    def __init__(self, encoder: Encoder):
        super().__init__()
        h = encoder.shape.hidden
        self.encoder = encoder
        self.tone, self.direction = Judge(h, 2, 3), Judge(h, 3, 5)
        self.tags = nn.Linear(h, 3 * len(KINDS))
        self.join = nn.ModuleDict({"source": Join(h), "cue": Join(h)})

    def encode(self, batch: list[Sample], pad: int):
        device = self.encoder.words.weight.device
        longest = max(len(s.ids) for s in batch)
        ids = torch.tensor([s.ids + [pad] * (longest - len(s.ids)) for s in batch], device=device)
        mask = torch.arange(longest, device=device)[None] < torch.tensor([len(s.ids) for s in batch], device=device)[:, None]
        middle = self.encoder.shape.middle if batch[0].task == "attribution" else None
        return self.encoder(ids, mask, middle).float()

    def judge(self, x, batch: list[Sample]):
        """Logits of the class tasks: of tone or direction, whichever batch is."""
        places = [torch.cat([x[i, a:b].mean(0) for a, b in [*s.at, (0, len(s.ids))]]) for i, s in enumerate(batch)]
        return getattr(self, batch[0].task)(torch.stack(places))

    def loss(self, batch: list[Sample], pad: int):
        x = self.encode(batch, pad)
        if batch[0].task != "attribution":
            want = torch.stack([s.want for s in batch]).to(x.device)
            return F.cross_entropy(self.judge(x, batch), want)
        tags, joins = [], []
        for i, s in enumerate(batch):
            logits = self.tags(x[i, : len(s.ids)]).view(-1, len(KINDS), 3)
            tags.append(-(s.want.to(x.device) * logits.log_softmax(-1)).sum(-1).mean())
            for kind, pairs in s.joins.items():
                for content, answer in pairs:
                    scores = self.join[kind](x[i], s.spans["content"][content], s.spans[kind])
                    joins.append(F.cross_entropy(scores[None], torch.tensor([answer + 1], device=x.device)))
        loss = torch.stack(tags).mean()
        return loss + 0.3 * torch.stack(joins).mean() if joins else loss


def wanted(label: int, classes: int, smoothing: float) -> torch.Tensor:
    """A smoothed one-hot row."""
    row = torch.full((classes,), smoothing / classes)
    row[label] += 1 - smoothing
    return row
