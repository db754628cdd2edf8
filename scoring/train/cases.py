"""Cases for the text side of an engine: what WordPieces, passage, windows and
decode answer. An engine that agrees on all of them sees what was trained.

    python -m train.cases --wheels WHEELS --into ../encoder/testdata

Offsets are bytes here, since engines count so. The sentences are our own.
"""

import argparse
import gzip
import json
import random
from dataclasses import replace
from itertools import accumulate, groupby
from pathlib import Path

import numpy as np

from . import decode, guards
from .encoder import pretrained
from .polnear import KINDS, Article, windows
from .text import Span, WordPieces, passage

WHO = (*guards.NAMES, "the prime minister", "Jean-Luc Désiré", "São Paulo’s mayor", "O’Brien & Sons", "U.S. Rep. J.D. Łukasz", "Ørsted A/S", "Türkiye")
DID = "praised accused met sued underestimated congratulated re-elected (reluctantly) blames outmanoeuvred misremembered".split()
WHAT = (
    "the E.U. at 9:30 a.m.", "$1.2bn of debt -- 3,451 pages", "“a fine deal”", 'the "so-called" deal', "#MeToo and @nobody", "a 10% cut (Q3/2024)",
    "COVID-19's antibodies", "https://news.example.org/a_b?c=1&d=%20", "unconstitutionality", "café society", "… and so on!", "xylophonists’ <b>e-mails</b>",
)
END = (".", "!", "?", ",” he said.", " – again…", "; nobody laughed.", ": 'Why?'", ".\n\nMore soon.", "")
ODD = (
    "😀 👩‍👩‍👧 ❤️ é e\u0301 Å ﬁ ß İ ı Σς 中 日本語 タワー 豈 한국 \u1112\u1161\u11ab हिन्दी ไทย العربية עִברית Привет ё й € ½ ª № ≠ · 、 ‐ — ‘ „ 𝐁𝐨 Ａｂｃ ⅷ ǅ "
    "\u2028 \u0085 \u200b \u200d \ufeff \u00ad \0 \x07 \x7f \ufffd \ue000 \U000f0000 \U0001d15e \u0301\U0001d165 \u2e43 \u037e \u1fef \u212a \U0002f800 "
    "[SEP] [CLS] [MASK] <s> </s> <pad> ##ing [UNK]"
).split(" ") + ["\u00a0", "\u2009", "\u3000", "\t", "\r\n", "a" * 99, "b" * 100, "c" * 101, "é" * 100, "é" * 101, "un" * 80]
MARKS = "aé \u1100\u0301\u0323\u0327\u0345\u08d4\u1df6\u302e\U0001d165\U0001d15e\U0001d16d\U0001e944\u0f73\u0344"
PLANES = (0, 0x300), (0x300, 0x370), (0x370, 0x2000), (0x2000, 0x3400), (0x3400, 0xD800), (0xE000, 0x10000), (0x10000, 0x20000), (0x20000, 0x110000)


def texts(r: random.Random) -> list[str]:
    plain = [f"{w} {d} {r.choice(WHAT)}{e}" for w in WHO for d in r.sample(DID, 4) for e in r.sample(END, 4)]
    plain = [p[0].upper() + p[1:] if r.random() < 0.8 else p.upper() for p in r.sample(plain, 740)]
    plain += [s.format(n) for s, n in zip(guards.SWAPPED * 5, guards.NAMES)]
    spoiled, spoil = r.choices(plain, k=500), lambda s, at: s[:at] + r.choice(ODD) + s[at:]
    for _ in range(3):
        spoiled = [spoil(s, r.randrange(len(s) + 1)) for s in spoiled]
    wild = ["".join(chr(r.randrange(*r.choice(PLANES))) for _ in range(r.randrange(1, 24))) for _ in range(350)]
    marks = ["".join(r.choices(MARKS, k=r.randrange(2, 12))) for _ in range(120)]
    rows = ["x".join(map(chr, range(at, at + 64))) for at in range(0, 0x3000, 64)]
    return ["", " ", *plain, *spoiled, *wild, *marks, *rows, *ODD]


def in_bytes(text: str, spans: list[Span]) -> list[list[int]]:
    at = list(accumulate((len(c.encode()) for c in text), initial=0))
    return [[at[s.start], at[s.end]] for s in spans]


def characters() -> list[str]:
    """What every character does between two letters, by runs of code points."""
    pieces = WordPieces("[CLS] [SEP] [PAD] [UNK] * @ # a b ab".split())
    kind = lambda c: "dropped" if (ids := pieces.cut(f"a{chr(c)}b").ids) == [9] else ["word", "space", "apart"][len(ids) - 1]
    runs = groupby((c for c in range(0x110000) if not 0xD800 <= c < 0xE000), kind)
    return [f"{run[0]:x} {run[-1]:x} {k}" for k, all_of in runs if (run := [*all_of])]


def passages(pieces: WordPieces, some: list[str], r: random.Random):
    for text in some:
        ends = [sorted(r.randrange(len(text) + 1) for _ in range(2)) for _ in range(r.choice([0, 1, 1, 2, 2, 3]))]
        spans, marks, limit = [Span(*e) for e in ends], r.choice(["*", "@#", "", " #", "**@"]), r.choice([256, 256, 24, 12, 9, 8])
        p = passage(pieces, text, spans, marks, limit)
        yield {"text": text, "spans": in_bytes(text, spans), "marks": marks, "limit": limit, "ids": p.ids, "at": p.at}


def cuts(pieces: WordPieces, r: random.Random):
    for n in (0, 1, 5, 6, 7, 9, 10, 11, 16, 17, 23, 40):
        text, (size, stride) = " ".join(r.choices("abcdé", k=n)), r.choice([(10, 6), (8, 8), (7, 4), (10, 1)])
        made = [{"ids": w.ids, "spans": in_bytes(text, w.offsets), "core": w.core} for w in windows(pieces, Article("", text, []), size, stride)]
        yield {"text": text, "size": size, "stride": stride, "windows": made}


def decoded(pieces: WordPieces, r: random.Random):
    """Random logits, and all that the joins were asked and answered."""
    scores = lambda n: [round(r.gauss(0, 1), 1) for _ in range(n)]

    def joiner(asked: list):
        def join(kind, content, others):
            near, order = [decode.distance(content, o, 16) for o in others], decode.ranks(content, others, 3)
            asked.append({"kind": KINDS.index(kind), "content": content, "others": others, "distances": near, "ranks": order, "scores": scores(1 + len(others))})
            return np.array(asked[-1]["scores"], np.float32)
        return join

    for n in (0, 1, 2, 8, 14, 15, 30, 60, 60, 120):
        text = "a " * n
        made = [replace(w, edges=r.choices(range(4), (2, 5, 2, 1), k=len(w.edges))) for w in windows(pieces, Article("", text, []), 14, 8)]
        rows = [{"spans": in_bytes(text, w.offsets), "core": w.core, "edges": w.edges, "tags": scores(9 * len(w.ids)), "joins": []} for w in made]
        tags = [np.array(row["tags"], np.float32).reshape(-1, 3, 3) for row in rows]
        want = decode.attributions(made, tags, [joiner(row["joins"]) for row in rows])
        rows = [row | {"found": [*decode.spans(t, row["edges"]).values()]} for row, t in zip(rows, tags)]
        yield {"windows": rows, "want": [{k: in_bytes(text, getattr(a, k)) for k in KINDS} for a in want]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m train.cases", description="Writes cases for the text side of an engine.")
    parser.add_argument("--wheels", type=Path, required=True, help="as for training, for the vocabulary of mpnet")
    parser.add_argument("--into", type=Path, required=True)
    o = parser.parse_args()
    pieces, r = WordPieces(pretrained(o.wheels, "mpnet")[1]), random.Random(7)
    given = texts(r)
    line = lambda row: (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False, separators=(",", ":"))) + "\n"
    write = lambda name, rows: (o.into / f"{name}.gz").write_bytes(gzip.compress("".join(map(line, rows)).encode(), mtime=0))
    write("vocabulary.txt", pieces.vocabulary)
    write("characters.txt", characters())
    write("pieces.jsonl", ({"text": text, "ids": (t := pieces.cut(text)).ids, "spans": in_bytes(text, t.spans), "edges": pieces.edges(text, t)} for text in given))
    write("passages.jsonl", passages(pieces, ["", *r.sample(given[2:1300], 199)], r))
    write("windows.jsonl", cuts(pieces, r))
    write("decode.jsonl", decoded(pieces, r))


if __name__ == "__main__":
    main()
