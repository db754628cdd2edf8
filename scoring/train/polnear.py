"""Attributions from brat standoff, and their windows of tokens.

An article's annotation has lines of spans ("T3<tab>Content 120 211<tab>text")
and of attributions ("E1<tab>Attribution:T4 Content:T3 Cue:T2 Source:T1"). The
covered text may hold line breaks, so a line is one of ours only if it starts
like one; the text itself is never needed.
"""

import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from .text import Span, Tokens, WordPieces

KINDS = ("source", "cue", "content")


@dataclass(frozen=True)
class Attribution:
    """Who says what: lists of spans in order, source and cue may be empty."""

    source: list[Span]
    cue: list[Span]
    content: list[Span]


@dataclass(frozen=True)
class Article:
    id: str
    text: str
    attributions: list[Attribution]

    @property
    def group(self) -> str:
        return self.id


def articles(path: Path) -> list[Article]:
    with gzip.open(path, "rt", encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    return [Article(r["id"], r["text"], attributions(r["ann"])) for r in rows]


def attributions(annotation: str) -> list[Attribution]:
    spans, events = {}, []
    for line in annotation.split("\n"):
        if m := re.match(r"(T\d+)\t\w[\w-]* ((?:\d+ \d+;?)+)(?:\t|$)", line):
            spans[m[1]] = [Span(*map(int, part.split())) for part in m[2].split(";") if part]
        elif m := re.match(r"E\d+\t(.+)", line):
            events.append(m[1].split())
    found = []
    for event in events:
        parts = {k: [] for k in KINDS}
        for role, _, name in (e.partition(":") for e in event):
            kind = role.rstrip("0123456789").lower()
            if kind in parts:
                parts[kind] += spans.get(name, [])
        if parts["content"]:
            found.append(Attribution(**{k: sorted(v, key=lambda s: s.start) for k, v in parts.items()}))
    return found


@dataclass(frozen=True)
class Window:
    """Part of an article, ready for the encoder. Token numbers count from the
    begin token, which is 0. core is the part that this window answers for:
    contents that start there are read here and nowhere else."""

    ids: list[int]
    offsets: list[Span]  # of ids[1:-1], in the article
    core: tuple[int, int]
    edges: list[int]  # before each of ids[1:-1]
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    joins: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # source, cue: (content, its index or -1)

    def tags(self) -> list[list[int]]:
        """Per token, for each of KINDS: 0 outside, 1 begin, 2 inside."""
        rows = [[0, 0, 0] for _ in self.ids]
        for kind, name in enumerate(KINDS):
            for a, b in self.spans[name]:
                for t in range(a, b):
                    rows[t][kind] = 1 if t == a else rows[t][kind] or 2
        return rows


def windows(pieces: WordPieces, article: Article, size: int = 254, stride: int = 190, shift: int = 0) -> list[Window]:
    """The windows of an article, each stride tokens after the one before; the
    first is cut shift tokens short, so that no two passes of training cut
    alike."""
    tokens = pieces.cut(article.text)
    edges = pieces.edges(article.text, tokens)
    cuts, made = list(range(-shift, max(1, len(tokens.ids) - size + stride), stride)), []
    for n, cut in enumerate(cuts):
        low, high = max(0, cut), min(cut + size, len(tokens.ids))
        margin = (size - stride) // 2
        core = (1 if n == 0 else 1 + margin, 1 + high - low if n == len(cuts) - 1 else 1 + margin + stride)
        spans, joins = _labels(article, tokens, low, high)
        made.append(Window([pieces.begin, *tokens.ids[low:high], pieces.end], tokens.spans[low:high], core, edges[low:high], spans, joins))
    return made


def _labels(article: Article, tokens: Tokens, low: int, high: int):
    spans = {k: [] for k in KINDS}
    joins = {"source": [], "cue": []}

    def place(kind: str, s: Span) -> int:
        a, b = tokens.covering(s)
        a, b = max(a, low), min(b, high)
        if a >= b:
            return -1
        at = (a - low + 1, b - low + 1)
        if at not in spans[kind]:
            spans[kind].append(at)
        return spans[kind].index(at)

    for attribution in article.attributions:
        sides = {k: next((i for s in getattr(attribution, k) if (i := place(k, s)) >= 0), -1) for k in joins}
        for s in attribution.content:
            if (c := place("content", s)) >= 0:
                for k, i in sides.items():
                    joins[k].append((c, i))
    return spans, joins
