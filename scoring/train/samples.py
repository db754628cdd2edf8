"""Corpora to samples of the model, with what makes them harder to memorise.

Tone must not be read off WHO the target is: with probability swap a target that
is a name is given the name of another target of the train part, throughout its
sentence. Pairs are doubled by changing p and q, and rare directions are drawn
more often.
"""

import random
import re
from collections import Counter

import torch

from . import corpus
from .model import Sample, wanted
from .polnear import Article, windows
from .text import Span, WordPieces, passage

TONE_MARK, PAIR_MARKS = "*", "@#"
WINDOW = 254  # tokens of an article at once
NAME = re.compile(r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)*")
PRONOUNS = {"He", "She", "I", "They", "We", "It", "You", "His", "Her", "My", "Their"}


def tone(pieces: WordPieces, s: corpus.Toned, mark: str = TONE_MARK, smoothing: float = 0.0, blind: bool = False) -> Sample:
    target = Span(0, len(s.text)) if blind else s.target
    p = passage(pieces, s.text, [target], "" if blind else mark)
    return Sample("tone", p.ids, p.at, wanted(s.label, 3, smoothing), id=s.id)


def direction(pieces: WordPieces, s: corpus.Paired, smoothing: float = 0.0) -> Sample:
    p = passage(pieces, s.text, [s.p, s.q], PAIR_MARKS)
    return Sample("direction", p.ids, p.at, wanted(s.label, 5, smoothing), id=s.id)


def attribution(pieces: WordPieces, article: Article, rng: random.Random) -> list[Sample]:
    """The article once, in windows side by side."""
    made = []
    for w in windows(pieces, article, WINDOW, WINDOW, rng.randrange(WINDOW - WINDOW // 8)):
        want = torch.nn.functional.one_hot(torch.tensor(w.tags()), 3).float()
        made.append(Sample("attribution", w.ids, [], want, w.spans, w.joins, article.id))
    return made


def is_name(mention: str) -> bool:
    return bool(NAME.fullmatch(mention)) and mention not in PRONOUNS


def rename(s: corpus.Toned, name: str) -> corpus.Toned:
    """The sample with its target, wherever it is spelled so, called name."""
    old = s.text[s.target.start : s.target.end]
    pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    before, after = (pattern.sub(lambda _: name, part) for part in (s.text[: s.target.start], s.text[s.target.end :]))
    return corpus.Toned(s.id, s.group, before + name + after, Span(len(before), len(before) + len(name)), s.label)


def swap_names(samples: list[corpus.Toned], chance: float, rng: random.Random) -> list[corpus.Toned]:
    pool = sorted({m for s in samples if is_name(m := s.text[s.target.start : s.target.end])})
    swap = lambda s: is_name(s.text[s.target.start : s.target.end]) and rng.random() < chance
    return [rename(s, rng.choice(pool)) if swap(s) else s for s in samples]


def balance(samples: list[corpus.Paired], rng: random.Random, power: float = 0.5) -> list[corpus.Paired]:
    """As many pairs as given, each also with p and q changed, drawn so that a
    class of n is seen in proportion to n**power."""
    both = samples + [s.swapped() for s in samples]
    count = Counter(s.label for s in both)
    return rng.choices(both, weights=[count[s.label] ** (power - 1) for s in both], k=len(samples))
