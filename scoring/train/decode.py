"""From logits of windows to attributions, and what a join is told of where
spans lie; numpy, shared by the trained model and by the shipped one."""

from collections.abc import Callable

import numpy as np

from .polnear import KINDS, Attribution, Window
from .text import BETWEEN, PARAGRAPH, POINTED, WITHIN, Span

LEAST = 2  # tokens of a content; of those of one token few are anybody's words
# What speaks for a source and a cue that nothing parts ("Seoul said"), in logits;
# the figures on dev hardly change from 2 to 4.
ADJOINING = 3.0
ACROSS = 2.0  # what speaks against either for each blank line before the content, or behind
# What is put on the tags of a kind, in logits, beside what training made of them:
# on beginning, on going on, and on ending before a next word rather than at
# punctuation. Chosen on dev; half as much and twice as much do nearly as well.
LEAN = {"source": (0.0, 1.0, 0.0), "cue": (1.0, 0.0, 0.0), "content": (0.0, 0.0, -1.0)}
OUTSIDE, BEGIN, INSIDE = range(3)


def spans(logits: np.ndarray, edges: list[int]) -> dict[str, list[tuple[int, int]]]:
    """Token spans by kind: those of the most likely tags (Viterbi 1967) from
    logits, length x kinds x (outside, begin, inside). No span cuts a word or goes
    across a blank line, no source holds a cue; begin and end tokens of the window
    belong to none. edges are those of the tokens without these two; that of the
    first is not looked at, since a window may begin anywhere, or end."""
    found = {name: _trace(logits[:, kind].tolist(), edges, *LEAN[name]) for kind, name in enumerate(KINDS)}
    for cue in found["cue"]:
        found["source"] = [_without(s, cue) for s in found["source"]]
    return found


def _without(s: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """What a span has before another that begins in it, or after one that it
    begins in."""
    if s[0] < other[0] < s[1]:
        return s[0], other[0]
    if other[0] <= s[0] < other[1] < s[1]:
        return other[1], s[1]
    return s


def _trace(logits: list[list[float]], edges: list[int], on_begin: float, on_inside: float, on_end: float) -> list[tuple[int, int]]:
    never, last = float("-inf"), len(logits) - 1
    best, came = [0.0, never, never], [None]  # came: of each token and tag, the tag before it

    def ended(edge):
        tag = INSIDE if best[INSIDE] > best[BEGIN] else BEGIN
        return {WITHIN: never, BETWEEN: best[tag] + on_end}.get(edge, best[tag]), tag

    for t in range(1, last):
        edge, (out, begin, inside) = edges[t - 1] if t > 1 else POINTED, logits[t]
        score, open_tag = ended(edge)
        score, before = (score, open_tag) if score > best[OUTSIDE] else (best[OUTSIDE], OUTSIDE)
        going = never if edge == PARAGRAPH else best[open_tag]
        came.append((before, before, open_tag))
        best = [score + out, never if edge == WITHIN else score + (begin + on_begin), going + (inside + on_inside)]
    score, tag = ended(POINTED)
    tag = tag if score > best[OUTSIDE] else OUTSIDE
    runs, end = [], None
    for t in range(last - 1, 0, -1):
        if tag != OUTSIDE and end is None:
            end = t + 1
        if tag == BEGIN:
            runs.append((t, end))
            end = None
        tag = came[t][tag]
    return runs[::-1]


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
    where = lambda window, s: Span(window.offsets[s[0] - 1].start, window.offsets[s[1] - 2].end)
    heard, made = [], {}
    for window, logits, joiner in zip(windows, tags, joiners, strict=True):
        found = spans(logits, window.edges)
        contents, said = [where(window, s) for s in found["content"]], []
        for content in found["content"]:
            if not window.core[0] <= content[0] < window.core[1] or content[1] - content[0] < LEAST:
                continue
            far = lambda kind: np.array([0, *(blank_lines(window.edges, content, c) for c in found[kind])], np.float32)
            of_source, of_cue = (joiner(kind, content, found[kind]) - np.float32(ACROSS) * far(kind) for kind in ("source", "cue"))
            i, j = pair(of_source, of_cue, found["source"], found["cue"])
            said.append((where(window, content), *([where(window, found[k][n])] if n >= 0 else [] for k, n in (("source", i), ("cue", j)))))
        heard.append((said, contents))
    for n, (said, _) in enumerate(heard):
        for content, source, cue in said:
            content = _stitched(content, windows[n:], [contents for _, contents in heard[n + 1 :]])
            made.setdefault((*cue, *source) if cue else (content, None), Attribution(source, cue, [])).content.append(content)
    return list(made.values())


def _stitched(content: Span, windows: list[Window], later: list[list[Span]]) -> Span:
    """A content that its window, the first, cuts short, as far as the windows
    after it say."""
    for window, contents in zip(windows, later):
        if content.end != window.offsets[-1].end:
            break
        content = Span(content.start, max([content.end, *(c.end for c in contents if c.start < content.end)]))
    return content


def blank_lines(edges: list[int], a: tuple[int, int], b: tuple[int, int]) -> int:
    """Between two spans of a window with such edges."""
    a, b = sorted((a, b))
    return sum(edges[t - 1] == PARAGRAPH for t in range(a[1], b[0] + 1))


def pair(of_source: np.ndarray, of_cue: np.ndarray, sources: list, cues: list) -> tuple[int, int]:
    """The numbers of the source and of the cue that together fit best, -1 for
    none, from the scores of none and of each."""
    both = of_source[:, None] + of_cue
    for i, source in enumerate(sources, 1):
        for j, cue in enumerate(cues, 1):
            if gap(source, cue) <= 0:
                both[i, j] += ADJOINING
    i, j = np.unravel_index(both.argmax(), both.shape)
    return int(i) - 1, int(j) - 1
