"""The reference scorer: reads nothing but the shipped file, needs only numpy
and tokenizers, and says what an engine must say.

    python -m train.reference score  --weights FILE < passages.jsonl
    python -m train.reference voices --weights FILE < articles.jsonl

One JSON line a line read, in order; offsets count code points, half open. A
line that cannot be answered ends the run with its number and the reason. Logits
are those of the engine to the bit: exact.py is how.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from . import decode, exact, packing, shipped
from .polnear import KINDS, Article, Attribution, windows
from .text import Span, WordPieces, passage


class Scorer:
    def __init__(self, path: Path):
        self.header, tensors = shipped.read(path)
        self.shape = self.header["shape"]
        self.pieces = WordPieces(self.header["vocabulary"])
        self.tensors = {n: t for n, t in tensors.items() if not n.endswith(".codes")}
        for name, t in tensors.items():
            if name.endswith(".codes"):
                self.tensors[name] = t if t.ndim == 2 else self._unpacked(name, t, tensors)

    def tone_logits(self, text: str, target: Span) -> np.ndarray:
        p = passage(self.pieces, text, [target], self.header["marks"]["tone"], self.header["window"]["passage"])
        return self._judge("tone", p)

    def pair_logits(self, text: str, p: Span, q: Span) -> np.ndarray:
        return self._judge("direction", passage(self.pieces, text, [p, q], self.header["marks"]["pair"], self.header["window"]["passage"]))

    def calibrated(self, task: str, logits: np.ndarray) -> np.ndarray:
        return _softmax(logits.astype(np.float64) / self.header["calibration"][task]["temperature"])

    def attributions(self, text: str) -> list[Attribution]:
        w = self.header["window"]
        cut = windows(self.pieces, Article("", text, []), w["article"], w["stride"])
        states = [self.encode(c.ids, self.shape["middle"]) for c in cut]
        tags = [self._linear("tags", x).reshape(-1, len(KINDS), 3) for x in states]
        joiners = [lambda kind, content, others, x=x: self._join(kind, x, content, others) for x in states]
        return decode.attributions(cut, tags, joiners)

    def encode(self, ids: list[int], layers: int | None = None) -> np.ndarray:
        """length x hidden, after the first layers or all of them."""
        t, bias = self.tensors, None
        words = t["encoder.words.codes"][ids].astype(np.float32) * t["encoder.words.scale"][ids][:, None]
        x = self._norm("encoder.norm", words + t["encoder.places.weight"][: len(ids)])
        if self.shape["buckets"]:
            bias = t["encoder.relative.weight"][_buckets(len(ids), self.shape["buckets"])].transpose(2, 0, 1)
        for i in range(layers or self.shape["layers"]):
            x = self._layer(f"encoder.layers.{i}", x, bias)
        return x

    def _layer(self, name: str, x: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        heads = lambda y: y.reshape(len(x), self.shape["heads"], -1).swapaxes(0, 1)
        q, k, v = (heads(part) for part in np.split(self._linear(f"{name}.qkv", x), 3, axis=1))
        mixed = exact.attend(q, k, v, bias).swapaxes(0, 1).reshape(len(x), -1)
        x = self._norm(f"{name}.norm1", x + self._linear(f"{name}.mix", mixed))
        return self._norm(f"{name}.norm2", x + self._linear(f"{name}.down", exact.gelu(self._linear(f"{name}.up", x))))

    def _judge(self, task: str, p) -> np.ndarray:
        x = self.encode(p.ids)
        places = np.concatenate([exact.mean(x[a:b]) for a, b in [*p.at, (0, len(p.ids))]])[None]
        return self._linear(f"{task}.out", exact.gelu(self._linear(f"{task}.dense", places)))[0]

    def _join(self, kind: str, x: np.ndarray, content, others) -> np.ndarray:
        ends = lambda spans: np.stack([np.concatenate([x[a], x[b - 1]]) for a, b in spans])
        t, c = self.tensors, self._linear(f"join.{kind}.content", ends([content]))
        scores = [self._linear(f"join.{kind}.none", exact.gelu(c))[0]]
        if others:
            near = [decode.distance(content, o, self.shape["reach"]) for o in others]
            order = decode.ranks(content, others, self.shape["ranks"])
            match = exact.dots(self._linear(f"join.{kind}.candidate", ends(others)), c)[:, 0] * np.float32(1 / np.sqrt(c.shape[1]))
            scores.append(match + t[f"join.{kind}.distance.weight"][near][:, 0] + t[f"join.{kind}.rank.weight"][order][:, 0])
        return np.concatenate(scores)

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        t = self.tensors
        if f"{name}.weight" in t:
            return exact.dots(x, t[f"{name}.weight"]) + t[f"{name}.bias"]
        return exact.multiply(x, t[f"{name}.codes"], t[f"{name}.scale"], t[f"{name}.bias"])

    def _norm(self, name: str, x: np.ndarray) -> np.ndarray:
        return exact.norm(x, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"], self.shape["epsilon"])

    def _unpacked(self, name: str, packed: np.ndarray, tensors: dict) -> np.ndarray:
        """Inputs x outputs. The groups may end in zeros beyond the inputs, which
        only a hidden size not divisible by 4 would show; there is none."""
        n = len(tensors[name.removesuffix("codes") + "scale"])
        return packing.unpack(packed, n, packed.shape[1] * packing.GROUP).T.astype(np.float64)


def _buckets(length: int, buckets: int, furthest: int = 128) -> np.ndarray:
    distance = np.arange(length)[:, None] - np.arange(length)
    half = buckets // 2
    exact = half // 2
    size = np.abs(distance)
    far = exact + (np.log(np.maximum(size, 1).astype(np.float32) / exact) / np.log(furthest / exact) * (half - exact)).astype(int)
    return np.where(distance < 0, half, 0) + np.where(size < exact, size, np.minimum(far, half - 1))


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def score(scorer: Scorer, row: dict) -> dict:
    """One line of the contract of score."""
    text, labels = row["text"], scorer.header["labels"]
    answer = {"id": row["id"], "targets": [], "pairs": []}
    for t in row.get("targets") or []:
        p = scorer.calibrated("tone", scorer.tone_logits(text, _span(text, t)))
        answer["targets"].append({"label": labels["tone"][p.argmax()], "p": _round(p), "tone": round(float(p[2] - p[0]), 6)})
    for pair in row.get("pairs") or []:
        p = scorer.calibrated("direction", scorer.pair_logits(text, _span(text, pair["p"]), _span(text, pair["q"])))
        answer["pairs"].append({"label": labels["direction"][p.argmax()], "p": _round(p)})
    return answer


def voices(scorer: Scorer, row: dict) -> dict:
    """One line of the contract of voices: of a source or cue in several spans
    the whole stretch; of a content the span, or the list of its spans."""
    stretch = lambda spans: {"start": spans[0].start, "end": spans[-1].end} if spans else None
    found = []
    for a in scorer.attributions(row["text"]):
        content = [{"start": s.start, "end": s.end} for s in a.content]
        found.append({"source": stretch(a.source), "cue": stretch(a.cue), "content": content[0] if len(content) == 1 else content})
    return {"id": row["id"], "attributions": found}


def _span(text: str, s: dict) -> Span:
    if not 0 <= s["start"] <= s["end"] <= len(text):
        raise ValueError(f"span [{s['start']},{s['end']}) outside a text of {len(text)} code points")
    return Span(s["start"], s["end"])


def _round(p: np.ndarray) -> list[float]:
    return [round(float(x), 6) for x in p]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m train.reference", description="Scores with the shipped weights.")
    parser.add_argument("command", choices=("score", "voices"))
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--jsonl", action="store_true", help="the only form there is; taken so that commands look alike")
    options = parser.parse_args()
    scorer, answer = Scorer(options.weights), score if options.command == "score" else voices
    for n, line in enumerate(sys.stdin, 1):
        try:
            print(json.dumps(answer(scorer, json.loads(line)), ensure_ascii=False), flush=True)
        except (ValueError, KeyError, TypeError) as e:
            print(f"{options.command}: line {n}: {type(e).__name__}: {e}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
