"""Golden vectors: what an engine must reproduce from the shipped file.

One JSON line each: text, spans, the ids that the encoder sees, where the spans
went, and the logits before calibration; of whole articles, all of our own
writing, the attributions. An engine that keeps to the arithmetic of exact.py
has the same logits to the places given here.
"""

import gzip
import io
import json
from pathlib import Path

from . import guards
from .corpus import Paired, Toned
from .polnear import KINDS
from .reference import Scorer
from .text import passage

STORIES = Path(__file__).parents[2] / "testdata" / "stories"


def write(scorer: Scorer, tones: list[Toned], pairs: list[Paired], into: Path) -> int:
    """The guards' sentences first, then dev, then stories; returns the number
    of lines."""
    asked = [("tone", t, [at]) for t, at in guards.lengths().values()]
    asked += [("tone", *_filled(s, n)) for s, n in zip(guards.SWAPPED, guards.NAMES)]
    asked += [("tone", s.text, [s.target]) for s in tones] + [("direction", s.text, [s.p, s.q]) for s in pairs]
    stories = [p.read_text(encoding="utf-8") for p in sorted(STORIES.glob("*.txt"))]
    with gzip.GzipFile(into, "wb", mtime=0) as z, io.TextIOWrapper(z, encoding="utf-8") as f:
        for task, text, spans in asked:
            marks = scorer.header["marks"]["tone" if task == "tone" else "pair"]
            seen = passage(scorer.pieces, text, spans, marks, scorer.header["window"]["passage"])
            logits = scorer.tone_logits(text, *spans) if task == "tone" else scorer.pair_logits(text, *spans)
            row = {"task": task, "text": text, "spans": [[s.start, s.end] for s in spans], "ids": seen.ids, "at": seen.at}
            f.write(json.dumps(row | {"logits": [round(float(x), 5) for x in logits]}, ensure_ascii=False) + "\n")
        for text in stories:
            found = [{k: [[s.start, s.end] for s in getattr(a, k)] for k in KINDS} for a in scorer.attributions(text)]
            f.write(json.dumps({"task": "voices", "text": text, "attributions": found}, ensure_ascii=False) + "\n")
    return len(asked) + len(stories)


def _filled(sentence: str, name: str):
    text, at = guards.fill(sentence, name)
    return text, [at]
