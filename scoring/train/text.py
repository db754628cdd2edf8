"""Text to tokens: word pieces with offsets, and spans mapped onto them.

Offsets count code points, half open. No text makes a control token: "[SEP]" in
a stranger's text is a bracket, a word and a bracket.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

SURROGATE = re.compile("[\ud800-\udfff]")
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’–—…"  # pieces that are no words; others are too rare to matter
LINKS = ".,-/&"  # make one word of two they touch: "U.S.", "1,600", "re-elected"
WITHIN, BETWEEN, POINTED, PARAGRAPH = range(4)  # edges


@dataclass(frozen=True)
class Span:
    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Tokens:
    """The pieces of one text, without begin and end: ids and offsets."""

    ids: list[int]
    spans: list[Span]

    def covering(self, span: Span) -> tuple[int, int]:
        """Tokens [first, last) that overlap span, or the nearest one if none do
        (a span of white space or of characters that the normaliser drops). An
        empty text has none: (0, 0)."""
        first = bisect_right(self.spans, span.start, key=lambda s: s.end)
        last = bisect_left(self.spans, span.end, key=lambda s: s.start)
        if first < last:
            return first, last
        if not self.spans:
            return 0, 0
        near = min(range(len(self.spans)), key=lambda i: max(self.spans[i].start - span.end, span.start - self.spans[i].end))
        return near, near + 1


class WordPieces:
    """Lower-case word pieces over a vocabulary, as BERT and MPNet cut them."""

    def __init__(self, vocabulary: list[str]):
        self.vocabulary = vocabulary
        ids = {w: i for i, w in enumerate(vocabulary)}

        def first(*names):
            return next(ids[n] for n in names if n in ids)

        self.begin = first("[CLS]", "<s>")
        self.end = first("[SEP]", "</s>")
        self.pad = first("[PAD]", "<pad>")
        self.mark = {m: ids[m] for m in "*@#"}
        self.points = {ids[p]: p for p in PUNCTUATION if p in ids}
        self._tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
        self._tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        self._tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()

    def cut(self, text: str) -> Tokens:
        """A lone surrogate, which JSON can spell but no text has, counts as one
        replacement character."""
        text = SURROGATE.sub("\ufffd", text)
        e = self._tokenizer.encode(text, add_special_tokens=False)
        return Tokens(e.ids, [Span(a, b) for a, b in e.offsets])

    def edges(self, text: str, tokens: Tokens) -> list[int]:
        """What parts each token from the one before it: WITHIN a word nothing
        does, BETWEEN two words meet, POINTED is where there is punctuation or the
        text begins, PARAGRAPH is a blank line."""
        spans, n = tokens.spans, len(tokens.ids)
        point = [self.points.get(i, "") for i in tokens.ids]
        word = lambda i: 0 <= i < n and not point[i]
        touches = lambda i: 0 < i < n and spans[i].start <= spans[i - 1].end
        link = lambda i: point[i] and point[i] in LINKS and touches(i) and word(i - 1) and touches(i + 1) and word(i + 1)

        def ends_initial(i):
            """The stop of a letter by itself: of an initial, or the last of an acronym."""
            alone = touches(i) and word(i - 1) and spans[i - 1].end - spans[i - 1].start == 1
            return point[i] == "." and alone and not (touches(i - 1) and word(i - 2))

        def edge(i):
            if touches(i) and word(i - 1) and word(i) or link(i) or link(i - 1) or ends_initial(i):
                return WITHIN
            if text[spans[i - 1].end : spans[i].start].count("\n") > 1:
                return PARAGRAPH
            return BETWEEN if word(i) and (word(i - 1) or ends_initial(i - 1)) else POINTED

        return [edge(i) if i else POINTED for i in range(n)]


@dataclass(frozen=True)
class Passage:
    """What the encoder sees: ids with begin and end, and where each asked span
    went, as token ranges [first, last) in ids. A range is (0, 1), the begin
    token, where the text is empty."""

    ids: list[int]
    at: list[tuple[int, int]]


def passage(pieces: WordPieces, text: str, spans: list[Span], marks: str, limit: int = 256) -> Passage:
    """Cuts text and puts marks[i] before and after spans[i]; a space or a
    shorter marks marks nothing. A text above limit tokens keeps the part around
    its first span; a span outside that part moves to its nearest token."""
    tokens = pieces.cut(text)
    ranges = [tokens.covering(s) for s in spans]
    room = limit - 2 - 2 * len(spans)
    low = 0
    if len(tokens.ids) > room:
        middle = sum(ranges[0]) // 2 if ranges else 0
        low = min(max(0, middle - room // 2), len(tokens.ids) - room)
    high = min(len(tokens.ids), low + room)
    ids, at = [pieces.begin], [(0, 1)] * len(spans)
    starts, ends = {}, {}
    for i, (a, b) in enumerate(ranges):
        if high > low:
            a = min(max(a, low), high - 1)
            b = min(max(b, a + 1), high)
            starts.setdefault(a, []).append(i)
            ends.setdefault(b, []).append(i)
    opened = {}

    def mark(i):
        if i < len(marks) and marks[i] != " ":
            ids.append(pieces.mark[marks[i]])

    for t in range(low, high + 1):
        for i in reversed(ends.get(t, [])):
            at[i] = (opened[i], len(ids))
            mark(i)
        for i in starts.get(t, []):
            mark(i)
            opened[i] = len(ids)
        if t < high:
            ids.append(tokens.ids[t])
    ids.append(pieces.end)
    return Passage(ids, at)
