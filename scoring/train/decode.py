"""From logits of windows to attributions, and what a join is told of where
spans lie; numpy, shared by the trained model and by the shipped one."""

from collections.abc import Callable

import numpy as np

from .polnear import KINDS, Attribution, Window
from .text import Span

LEAST = 2  # tokens of a content; of those of one token few are anybody's words
# What speaks for a source and a cue that nothing parts ("Seoul said"), in logits;
# the figures on dev hardly change from 1 to 4.
BESIDE = 2.0


def spans(logits: np.ndarray) -> dict[str, list[tuple[int, int]]]:
    """Token spans by kind from logits, length x kinds x (outside, begin,
    inside). An inside without a begin starts a span; begin and end tokens of
    the window belong to none."""
    found = {}
    for kind, name in enumerate(KINDS):
        tags, runs, open_at = logits[:, kind].argmax(-1), [], None
        for t in range(1, len(tags)):
            ends = t == len(tags) - 1 or tags[t] != 2
            if open_at is not None and ends:
                runs.append((open_at, t))
                open_at = None
            if open_at is None and tags[t] != 0 and t < len(tags) - 1:
                open_at = t
        found[name] = runs
    return found


def distance(content: tuple[int, int], other: tuple[int, int], reach: int) -> int:
    """The bucket, of reach, of the tokens between two spans: 0 overlap, then
    powers of two, up to reach/2-1; from reach/2 on the other comes after the content."""
    bucket = min((gap(content, other) + 1).bit_length(), reach // 2 - 1)
    return bucket + (reach // 2 if other[0] >= content[0] else 0)


def gap(a: tuple[int, int], b: tuple[int, int]) -> int:
    """The tokens between two spans; -1 if they overlap."""
    return max(a[0] - b[1], b[0] - a[1], -1)


def ranks(content: tuple[int, int], candidates: list[tuple[int, int]], most: int) -> list[int]:
    """How many candidates are nearer to the content, up to most-1; of two equally
    near ones the first in the text is the nearer."""
    order = sorted(range(len(candidates)), key=lambda i: (gap(content, candidates[i]), candidates[i]))
    return [min(order.index(i), most - 1) for i in range(len(candidates))]


Joiner = Callable[[str, tuple[int, int], list[tuple[int, int]]], np.ndarray]


def attributions(windows: list[Window], tags: list[np.ndarray], joiners: list[Joiner]) -> list[Attribution]:
    """Each content that starts in the core of its window, with the source and
    the cue that it joins best; contents of one cue and source are one
    attribution. A joiner gives the scores of none and of each candidate of a content."""
    made: dict = {}
    for window, logits, joiner in zip(windows, tags, joiners, strict=True):
        where = lambda s: [Span(window.offsets[s[0] - 1].start, window.offsets[s[1] - 2].end)]
        found = spans(logits)
        for content in found["content"]:
            if not window.core[0] <= content[0] < window.core[1] or content[1] - content[0] < LEAST:
                continue
            of_source, of_cue = (joiner(kind, content, found[kind]) for kind in ("source", "cue"))
            i, j = pair(of_source, of_cue, found["source"], found["cue"])
            source, cue = where(found["source"][i]) if i >= 0 else [], where(found["cue"][j]) if j >= 0 else []
            key = (*cue, *source) if cue else (*where(content), None)
            if key in made:
                made[key].content.extend(where(content))
            else:
                made[key] = Attribution(source, cue, where(content))
    return list(made.values())


def pair(of_source: np.ndarray, of_cue: np.ndarray, sources: list, cues: list) -> tuple[int, int]:
    """The numbers of the source and of the cue that together fit best, -1 for
    none, from the scores of none and of each."""
    both = of_source[:, None] + of_cue
    for i, source in enumerate(sources, 1):
        for j, cue in enumerate(cues, 1):
            if gap(source, cue) <= 0:
                both[i, j] += BESIDE
    i, j = np.unravel_index(both.argmax(), both.shape)
    return int(i) - 1, int(j) - 1
