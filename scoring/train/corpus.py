"""The tone and direction sets, and the split of every set by article.

A dev split is a list of ids, drawn once from a seed and written down; every
later step reads the list. What shares an article, or a sentence that recurs
elsewhere, falls on one side.
"""

import csv
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from .text import Span

TONES = ("negative", "neutral", "positive")
DIRECTIONS = ("neutral", "p_pos_q", "q_pos_p", "p_neg_q", "q_neg_p")
SWAPPED = (0, 2, 1, 4, 3)  # the label of a pair once p and q change places


@dataclass(frozen=True)
class Toned:
    """A target in a sentence; label indexes TONES."""

    id: str
    group: str
    text: str
    target: Span
    label: int


@dataclass(frozen=True)
class Paired:
    """Two entities in a sentence; label indexes DIRECTIONS."""

    id: str
    group: str
    text: str
    p: Span
    q: Span
    label: int

    def swapped(self) -> "Paired":
        return Paired(self.id + "/swapped", self.group, self.text, self.q, self.p, SWAPPED[self.label])


def article(gid: str) -> str:
    """The article of a NewsMTSC id: "allsides_1000_401_25_Name_0_6" is sentence
    25 of article 1000 in story 401, "polusa_v1_113704059_-1_35_Name_148_155" is
    sentence 35 of article 113704059. Articles of one AllSides story quote each
    other, so the story is the group."""
    if m := re.match(r"allsides_\d+_(\d+)_", gid):
        return "allsides_" + m[1]
    if m := re.match(r"polusa_(v\d+_\d+)_", gid):
        return "polusa_" + m[1]
    raise ValueError(f"article of {gid!r}: unknown form of id")


def news_mtsc(path: Path) -> list[Toned]:
    samples, home = [], {}
    for line in _lines(path):
        row = json.loads(line)
        text = row["sentence_normalized"]
        group = home.setdefault(_key(text), article(row["primary_gid"]))
        for t in row["targets"]:
            label = {2: 0, 4: 1, 6: 2}[int(t["polarity"])]
            samples.append(Toned(t["Input.gid"], group, text, Span(t["from"], t["to"]), label))
    return samples


def dse(path: Path) -> list[Paired]:
    """The set names no article, so the sentence (with any entities) is the
    group. Of two pairs in brackets the first in the text need not be p: the
    columns say which is."""
    samples = []
    for n, row in enumerate(csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)):
        text, spans = unbracket(row[0])
        names = [text[s.start : s.end] for s in spans]
        if len(spans) != 2 or sorted(names) != sorted(row[1:3]):
            continue
        p, q = spans if names[0] == row[1] else spans[::-1]
        samples.append(Paired(f"{path.name.split('.')[0]}/{n}", _key(text), text, p, q, int(row[3])))
    return samples


def unbracket(text: str) -> tuple[str, list[Span]]:
    """The text without the brackets around entities, and the entities."""
    plain, spans, at = "", [], 0
    for m in re.finditer(r"\[([^\[\]]+)\]", text):
        plain += text[at : m.start()]
        spans.append(Span(len(plain), len(plain) + len(m[1])))
        plain += m[1]
        at = m.end()
    return plain + text[at:], spans


def split(samples: list, seed: int, share: float, into: Path) -> tuple[list, list]:
    """Train and dev by group, of which a share goes to dev; the ids of dev are
    written to a file, and read from it when it is there."""
    if into.exists():
        chosen = set(into.read_text().splitlines())
    else:
        draw = lambda group: int(hashlib.sha256(f"{seed}/{group}".encode()).hexdigest()[:8], 16) / 2**32
        chosen = {s.id for s in samples if draw(s.group) < share}
        into.parent.mkdir(parents=True, exist_ok=True)
        into.write_text("".join(i + "\n" for i in sorted(chosen)))
    return [s for s in samples if s.id not in chosen], [s for s in samples if s.id in chosen]


def _key(text: str) -> str:
    return hashlib.sha256(re.sub(r"\W+", "", text).lower().encode()).hexdigest()[:16]


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as f:
        return f.read().split("\n")[:-1]
