"""Cases for the text side of an engine: what WordPieces, passage, windows and
decode answer. An engine that agrees on all of them sees what was trained.

    python -m train.cases --wheels WHEELS --into ../encoder/testdata

Offsets are bytes here, since engines count so. The sentences are our own.
"""

import argparse
import gzip
import json
import random
from itertools import groupby
from pathlib import Path

import numpy as np

from . import decode, guards, reference
from .encoder import pretrained
from .polnear import KINDS, Article, windows
from .text import Span, WordPieces, passage

WHO = [*guards.NAMES, "the prime minister", "Jean-Luc Désiré", "São Paulo’s mayor", "O’Brien & Sons", "U.S. Rep. J.D. Łukasz", "Ørsted A/S", "Zoë", "Türkiye", "İzmir's governor", "Straße AG"]
DID = "praised accused met sued underestimated congratulated re-elected counter-attacked (reluctantly) blames outmanoeuvred misremembered".split()
WHAT = ["the E.U. at 9:30 a.m.", "$1.2bn of debt -- 3,451 pages", "“a very fine deal”", 'the "so-called" deal', "#MeToo and @nobody", "a 10% cut (Q3/2024)", "COVID-19's antibodies", "https://news.example.org/a_b?c=1&d=%20", "unconstitutionality", "Kim Jong-un’s sister", "café society", "the naïve résumé", "… and so on!", "xylophonists’ e-mails <b>bold</b>", "2024-11-05T09:00Z", "the pan-European half-truths"]
END = [".", "!", "?", ",” he said.", " – again…", "; nobody laughed.", ": 'Why?'", ".\n\nMore soon.", ""]
ODD = ["😀", "👩‍👩‍👧", "🇺🇸", "❤️", "é", "e\u0301", "\u0323\u0301", "Å", "ﬁ", "ß", "İ", "ı", "Σς", "中", "日本語", "東京タワー", "豈", "한국", "\u1112\u1161\u11ab", "हिन्दी", "ภาษาไทย", "العربية", "עִברית", "Привет", "ё", "й", "\u00a0", "\u2009", "\u3000", "\u2028", "\u0085", "\u200b", "\u200d", "\ufeff", "\u00ad", "\0", "\x07", "\x7f", "\t", "\r\n", "\ufffd", "\ue000", "\U000f0000", "\U0001d15e", "\u0301\U0001d165", "\u2e43", "\u1df6\u0301", "€", "½", "²", "ª", "№", "™", "≠", "\u037e", "\u1fef", "\u212a", "\uf900", "\U0002f800", "·", "、", "‐", "—", "‘", "„", "«", "[SEP]", "[CLS]", "[MASK]", "<s>", "</s>", "<pad>", "##ing", "[UNK]", "a" * 99, "b" * 100, "c" * 101, "é" * 100, "é" * 101, "un" * 80, "𝐁𝐨𝐥𝐝", "Ａｂｃ", "ⅷ", "ǅ"]


def texts(r: random.Random) -> list[str]:
    plain = [f"{w} {d} {r.choice(WHAT)}{e}" for w in WHO for d in r.sample(DID, 4) for e in r.sample(END, 4)]
    plain = [p[0].upper() + p[1:] if r.random() < 0.8 else p.upper() for p in r.sample(plain, 760)] + [s.format(n) for s, n in zip(guards.SWAPPED * 4, guards.NAMES)]

    def spoiled(p: str) -> str:
        for _ in range(r.randrange(1, 6)):
            at = r.randrange(len(p) + 1)
            p = p[:at] + r.choice(ODD) + p[at:]
        return p

    planes = [(0, 0x300), (0x300, 0x370), (0x370, 0x2000), (0x2000, 0x3400), (0x3400, 0xD800), (0xE000, 0x10000), (0x10000, 0x20000), (0x20000, 0x110000)]
    wild = ["".join(chr(r.randrange(*r.choice(planes))) for _ in range(r.randrange(1, 24))) for _ in range(350)]
    marks = ["".join(r.choice("aé \u1100\u0301\u0323\u0327\u0345\u08d4\u1df6\u302e\U0001d165\U0001d15e\U0001d16d\U0001e944\u0f73\u0344") for _ in range(r.randrange(2, 12))) for _ in range(120)]
    rows = ["x".join(map(chr, range(at, at + 64))) for at in range(0, 0x3000, 64)]
    return ["", " ", *plain, *map(spoiled, r.choices(plain, k=500)), *wild, *marks, *rows, *ODD]


def in_bytes(text: str):
    at = [0]
    for c in text:
        at.append(at[-1] + len(c.encode()))
    return lambda s: [at[s.start], at[s.end]]


def cut(pieces: WordPieces, text: str) -> dict:
    t = pieces.cut(text)
    return {"text": text, "ids": t.ids, "spans": [*map(in_bytes(text), t.spans)]}


def characters() -> list[str]:
    """What every character does between two letters: runs of code points."""
    pieces = WordPieces("[CLS] [SEP] [PAD] [UNK] * @ # a b ab".split())
    kinds = {2: "space", 1: "word", 3: "apart"}
    kind = lambda c: "dropped" if (t := pieces.cut(f"a{chr(c)}b")).ids == [9] else kinds[len(t.ids)]
    runs = [(k, [*run]) for k, run in groupby((c for c in range(0x110000) if not 0xD800 <= c < 0xE000), kind)]
    return [f"{run[0]:x} {run[-1]:x} {k}" for k, run in runs]


def passages(pieces: WordPieces, some: list[str], r: random.Random):
    for text in some:
        ends = [sorted(r.randrange(len(text) + 1) for _ in range(2)) for _ in range(r.choice([0, 1, 1, 2, 2, 3]))]
        spans, marks, limit = [Span(*e) for e in ends], r.choice(["*", "@#", "", " #", "**@"]), r.choice([256, 256, 24, 12, 9, 8])
        p = passage(pieces, text, spans, marks, limit)
        yield {"text": text, "spans": [*map(in_bytes(text), spans)], "marks": marks, "limit": limit, "ids": p.ids, "at": p.at}


def cuts(pieces: WordPieces, r: random.Random):
    for n in [0, 1, 5, 6, 7, 9, 10, 11, 16, 17, 23, 40]:
        text, (size, stride) = " ".join(r.choice("abcdé") for _ in range(n)), r.choice([(10, 6), (8, 8), (7, 4), (10, 1)])
        made = windows(pieces, Article("", text, []), size, stride)
        yield {"text": text, "size": size, "stride": stride, "windows": [{"ids": w.ids, "spans": [*map(in_bytes(text), w.offsets)], "core": w.core} for w in made]}


def decoded(pieces: WordPieces, r: random.Random):
    """Random logits, and all that the joins were asked and answered."""
    for n in [0, 1, 2, 8, 14, 15, 30, 60] * 2:
        made, rows = windows(pieces, Article("", "a " * n, []), 14, 8), []
        tags = [np.array([[round(r.gauss(0, 1), 1) for _ in range(9)] for _ in w.ids], np.float32).reshape(-1, 3, 3) for w in made]
        for w, t in zip(made, tags):
            spans = [decode.spans(t)[k] for k in KINDS]
            rows.append({"spans": [[s.start, s.end] for s in w.offsets], "core": w.core, "tags": t.ravel().tolist(), "found": spans, "joins": []})

        def joiner(row):
            def join(kind, content, others):
                scores = [round(r.gauss(0, 1), 1) for _ in range(1 + len(others))]
                near, order = [reference._distance(content, o, 16) for o in others], reference._ranks(content, others, 3)
                row["joins"].append({"kind": KINDS.index(kind), "content": content, "others": others, "scores": scores, "distances": near, "ranks": order})
                return np.array(scores, np.float32)
            return join

        found = decode.attributions(made, tags, [joiner(row) for row in rows])
        plain = lambda spans: [[s.start, s.end] for s in spans]
        yield {"windows": rows, "want": [{"source": plain(a.source), "cue": plain(a.cue), "content": plain(a.content)} for a in found]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m train.cases", description="Writes the cases for an engine's text side.")
    parser.add_argument("--wheels", type=Path, required=True, help="as for training, for the vocabulary of mpnet")
    parser.add_argument("--into", type=Path, required=True)
    o = parser.parse_args()
    pieces, r = WordPieces(pretrained(o.wheels, "mpnet")[1]), random.Random(7)
    given = texts(r)
    lines = lambda rows: "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    packed = lambda name, text: (o.into / name).write_bytes(gzip.compress(text.encode(), mtime=0))
    packed("vocabulary.txt.gz", "".join(w + "\n" for w in pieces.vocabulary))
    packed("characters.txt.gz", "".join(w + "\n" for w in characters()))
    packed("pieces.jsonl.gz", lines(cut(pieces, t) for t in given))
    (o.into / "passages.jsonl").write_text(lines(passages(pieces, ["", *r.sample(given[2:1300], 139)], r)), "utf-8")
    (o.into / "windows.jsonl").write_text(lines(cuts(pieces, r)), "utf-8")
    (o.into / "decode.jsonl").write_text(lines(decoded(pieces, r)), "utf-8")


if __name__ == "__main__":
    main()
