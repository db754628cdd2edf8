"""From logits of windows to attributions; numpy, shared by the trained model
and by the shipped one."""

from collections.abc import Callable

import numpy as np

from .polnear import KINDS, Attribution, Window
from .text import Span


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


Joiner = Callable[[str, tuple[int, int], list[tuple[int, int]]], np.ndarray]


def attributions(windows: list[Window], tags: list[np.ndarray], joiners: list[Joiner]) -> list[Attribution]:
    """Each content that starts in the core of its window, with the source and
    the cue that it joins best; contents of one cue and source are one
    attribution. A joiner gives the scores of none and of each candidate of a content."""
    made: dict = {}
    for window, logits, joiner in zip(windows, tags, joiners, strict=True):
        where = lambda s: Span(window.offsets[s[0] - 1].start, window.offsets[s[1] - 2].end)
        found = spans(logits)
        for content in found["content"]:
            if not window.core[0] <= content[0] < window.core[1]:
                continue
            side = {}
            for kind in ("source", "cue"):
                best = int(joiner(kind, content, found[kind]).argmax()) - 1
                side[kind] = [where(found[kind][best])] if best >= 0 else []
            key = (side["cue"][0], *side["source"]) if side["cue"] else where(content)
            if key in made:
                made[key].content.append(where(content))
            else:
                made[key] = Attribution(side["source"], side["cue"], [where(content)])
    return list(made.values())
