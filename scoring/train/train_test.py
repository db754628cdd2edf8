"""The tricky parts. Run from scoring: python -m pytest train"""

import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from . import card, corpus, decode, distil, exact, guards, level, measure, packing, polnear, reference, samples, ship, shipped, teach
from .encoder import Encoder, Shape, relative_buckets
from .fit import Plan, batches, fit
from .model import Model, Sample
from .text import BETWEEN, PARAGRAPH, POINTED, WITHIN, Span, Tokens, WordPieces, passage

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "*", "@", "#", "[", "]", ",", ".", "sep", "trump", "kim", "praised", "said", "##ed", "a", "b", "c", "praise"]
PIECES = WordPieces(WORDS)
SHAPE = Shape(vocabulary=len(WORDS), hidden=64, inner=128, layers=2, middle=1, heads=4, positions=300, epsilon=1e-5, buckets=32)


def model(seed: int = 0) -> Model:
    torch.manual_seed(seed)
    return Model(Encoder(SHAPE)).eval()


def shown(p) -> list[str]:
    return [WORDS[i] for i in p.ids]


class TestText:
    def test_marks_surround_their_spans(self):
        p = passage(PIECES, "Trump praised Kim", [Span(0, 5), Span(14, 17)], "@#")
        assert shown(p) == ["[CLS]", "@", "trump", "@", "praised", "#", "kim", "#", "[SEP]"]
        assert p.at == [(2, 3), (6, 7)]

    def test_no_mark_leaves_the_text_alone(self):
        p = passage(PIECES, "Trump praised Kim", [Span(14, 17)], "")
        assert shown(p) == ["[CLS]", "trump", "praised", "kim", "[SEP]"] and p.at == [(3, 4)]

    def test_control_tokens_in_a_text_are_plain_words(self):
        assert shown(passage(PIECES, "[SEP] Kim", [Span(6, 9)], "")) == ["[CLS]", "[", "sep", "]", "kim", "[SEP]"]

    @pytest.mark.parametrize("text, span", [
        ("", Span(0, 0)), ("   ", Span(1, 2)), ("Trump   Kim", Span(6, 7)), ("\0\0Kim", Span(0, 1)), ("Kim", Span(3, 3)),
        ("e\u0301\u200d\ufffd Kim", Span(1, 3)), ("𝕂im 金", Span(0, 1)), ("Kim " * 900, Span(3596, 3599)), ("😀", Span(0, 1)), ("\ud83d Kim", Span(0, 1)),
    ])
    def test_any_span_gets_tokens_inside_the_passage(self, text, span):
        p = passage(PIECES, text, [span, Span(0, len(text))], "@#")
        assert len(p.ids) <= 256
        assert all(0 <= a < b <= len(p.ids) for a, b in p.at)

    def test_a_long_text_keeps_its_target(self):
        text = "a " * 400 + "Trump" + " b" * 400
        p = passage(PIECES, text, [Span(800, 805)], "*")
        a, b = p.at[0]
        assert [WORDS[i] for i in p.ids[a - 1 : b + 1]] == ["*", "trump", "*"]

    def test_offsets_count_code_points(self):
        tokens = PIECES.cut("😀😀 Kim")
        assert tokens.spans[-1] == Span(3, 6)

    def test_a_span_between_tokens_takes_the_nearest(self):
        tokens = Tokens([1, 2], [Span(0, 3), Span(10, 12)])
        assert tokens.covering(Span(8, 9)) == (1, 2) and tokens.covering(Span(4, 4)) == (0, 1)


class TestCorpus:
    @pytest.mark.parametrize("gid, want", [
        ("allsides_1000_401_25_Reality Leigh Winner_0_6", "allsides_401"),
        ("polusa_v1_113704059_-1_35_Northam_148_155", "polusa_v1_113704059"),
        ("allsides_7_8_1_a_b_c_0_6", "allsides_8"),
    ])
    def test_article_of_an_id(self, gid, want):
        assert corpus.article(gid) == want

    def test_an_unknown_id_is_refused(self):
        with pytest.raises(ValueError, match="article of 'x_1': unknown form of id"):
            corpus.article("x_1")

    def test_split_never_parts_a_group_and_is_stable(self, tmp_path):
        made = [corpus.Toned(f"{g}/{n}", f"g{g}", "t", Span(0, 1), 0) for g in range(200) for n in range(3)]
        train, dev = corpus.split(made, 1, 0.2, tmp_path / "dev.txt")
        assert not {s.group for s in train} & {s.group for s in dev}
        assert 60 < len(dev) < 180 and len(train) + len(dev) == 600
        assert corpus.split(made, 2, 0.9, tmp_path / "dev.txt") == (train, dev), "the list decides, not the seed"

    def test_brackets_become_spans(self):
        text, spans = corpus.unbracket("The [Senate]’s [U. S.] aide")
        assert text == "The Senate’s U. S. aide" and [text[s.start : s.end] for s in spans] == ["Senate", "U. S."]

    def test_swapping_a_pair_turns_its_label_and_back(self):
        for label, want in enumerate((0, 2, 1, 4, 3)):
            pair = corpus.Paired("i", "g", "t", Span(0, 1), Span(2, 3), label)
            other = pair.swapped()
            assert (other.label, other.p, other.q) == (want, pair.q, pair.p) and other.swapped().label == label

    def test_balance_gives_a_class_and_its_reverse_alike(self):
        pairs = [corpus.Paired(str(i), "g", "t", Span(0, 1), Span(2, 3), 0 if i % 10 else 1) for i in range(2000)]
        drawn = np.bincount([s.label for s in samples.balance(pairs, random.Random(1))], minlength=5)
        assert abs(drawn[1] - drawn[2]) < 100 and drawn[1] > 300 and drawn[3] == drawn[4] == 0

    def test_renaming_moves_every_spelling_and_the_span(self):
        s = samples.rename(corpus.Toned("i", "g", "Kim met Kim's aide; Kimberly saw Kim.", Span(8, 11), 0), "Ana Duarte")
        assert s.text == "Ana Duarte met Ana Duarte's aide; Kimberly saw Ana Duarte."
        assert s.text[s.target.start : s.target.end] == "Ana Duarte" and s.target.start == 15

    @pytest.mark.parametrize("mention, want", [("Kim", True), ("Kim Jong Un", True), ("He", False), ("the president", False), ("", False)])
    def test_what_is_a_name(self, mention, want):
        assert samples.is_name(mention) is want


ANN = "T1\tSource 0 5\tTrump\nT2\tCue 6 13\tpraised\nT3\tContent 14 17;18 19\tKim\nT9\n a\nE1\tAttribution:T4 Content:T3 Cue:T2 Source:T1\nT4\tAttribution 6 13\tpraised\nE2\tAttribution-no-source:T4 Content:T5\nT5\tContent 0 5\tE3\tx\n"


class TestPolnear:
    def test_standoff_with_line_breaks_and_pieces(self):
        got = polnear.attributions(ANN)
        assert got == [
            polnear.Attribution([Span(0, 5)], [Span(6, 13)], [Span(14, 17), Span(18, 19)]),
            polnear.Attribution([], [], [Span(0, 5)]),
        ]

    def test_windows_answer_for_each_token_once(self):
        text = " ".join(["a"] * 1000)
        seen = []
        for w in polnear.windows(PIECES, polnear.Article("i", text, [])):
            seen += [w.offsets[t - 1].start for t in range(*w.core)]
        assert seen == list(range(0, 2000, 2))

    def test_labels_of_a_window(self):
        a = polnear.Attribution([Span(0, 5)], [Span(6, 13)], [Span(14, 17)])
        (w,) = polnear.windows(PIECES, polnear.Article("i", "Trump praised Kim", [a]))
        assert w.spans == {"source": [(1, 2)], "cue": [(2, 3)], "content": [(3, 4)]}
        assert w.joins == {"source": [(0, 0)], "cue": [(0, 0)]}
        assert w.tags() == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]

    @pytest.mark.parametrize("text", ["", " ", "\0"])
    def test_an_article_of_nothing_has_one_window(self, text):
        (w,) = polnear.windows(PIECES, polnear.Article("i", text, []))
        assert len(w.ids) == 2 and w.offsets == []


class TestDecode:
    def spans(self, tags: list[int], edges: list[int], kind: str = "content", weight: float = 5.0):
        logits = np.zeros((len(tags), 3, 3))
        for t, tag in enumerate(tags):
            logits[t, polnear.KINDS.index(kind), tag] = weight
        return decode.spans(logits, edges)[kind]

    def test_tags_make_spans(self):
        assert self.spans([1, 1, 2, 1, 1, 2, 0, 1], [POINTED] * 6) == [(1, 3), (3, 4), (4, 6)], "not the window's ends"

    def test_a_word_is_tagged_as_a_whole(self):
        assert self.spans([0, 0, 1, 2, 2, 0, 0], [POINTED, WITHIN, WITHIN, BETWEEN, POINTED]) == [(1, 5)]
        assert self.spans([0, 1, 2, 0, 0, 0], [POINTED, BETWEEN, WITHIN, WITHIN]) == [(1, 2)]

    def test_no_span_goes_across_a_blank_line(self):
        assert self.spans([0, 1, 2, 2, 2, 0], [POINTED, BETWEEN, PARAGRAPH, BETWEEN]) == [(1, 3), (3, 5)]

    def test_a_content_ends_at_punctuation_rather_than_before_a_word(self):
        doubtful = lambda edge: self.spans([0, 1, 2, 0, 0], [POINTED, BETWEEN, edge], weight=0.8)
        assert doubtful(POINTED) == [(1, 3)] and doubtful(BETWEEN) == [(1, 4)]

    def test_a_source_does_not_end_in_its_cue(self):
        logits = np.zeros((6, 3, 3)) + [3, 0, 0]
        logits[[1, 2, 3], 0, [1, 2, 2]] = logits[[3, 4], 1, [1, 2]] = 9
        assert decode.spans(logits, [POINTED, BETWEEN, BETWEEN, BETWEEN])["source"] == [(1, 3)]

    def test_a_source_in_another_paragraph_counts_for_less(self):
        text = "Trump said b c praise\n\nKim"
        said = polnear.Attribution([Span(23, 26)], [], [Span(11, 21)])
        (w,) = polnear.windows(PIECES, polnear.Article("i", text, [said, polnear.Attribution([Span(0, 5)], [], [Span(11, 21)])]))
        scores = {"source": [0.0, 4.0, 5.5], "cue": [0.0]}  # none, Trump, Kim
        join = lambda kind, content, others: np.array(scores[kind], np.float32)
        (found,) = decode.attributions([w], [5 * np.eye(3)[np.array(w.tags())]], [join])
        assert found.source == [Span(0, 5)]

    def test_a_content_goes_on_in_the_next_window(self):
        text = " ".join(["b"] * 300)
        content = polnear.Attribution([], [], [Span(2 * 150, 2 * 280 - 1)])
        made = polnear.windows(PIECES, polnear.Article("i", text, [content]))
        logits = [5 * np.eye(3)[np.array(w.tags())] for w in made]
        join = lambda kind, content, others: np.array([0.0] + [1.0] * len(others))
        assert made[0].offsets[-1].end < 2 * 280 - 1
        assert decode.attributions(made, logits, [join] * len(made)) == [content]

    def test_a_tagged_window_reads_back(self):
        a = polnear.Attribution([Span(0, 5)], [Span(6, 13)], [Span(14, 19)])
        (w,) = polnear.windows(PIECES, polnear.Article("i", "Trump praised Kim b", [a]))
        logits = np.eye(3)[np.array(w.tags())]
        join = lambda kind, content, others: np.array([0.0] + [1.0] * len(others))
        assert decode.attributions([w], [logits], [join]) == [a]
        (short,) = polnear.windows(PIECES, polnear.Article("i", "Trump praised Kim", [polnear.Attribution([], [], [Span(14, 17)])]))
        assert decode.attributions([short], [np.eye(3)[np.array(short.tags())]], [join]) == [], "a content of one token"

    def test_a_source_beside_its_cue_is_preferred(self):
        sources, cues = [(1, 2), (7, 8)], [(8, 9)]
        of_source, of_cue = np.array([0.0, 1.5, 1.0]), np.array([0.0, 1.0])
        assert decode.pair(of_source, of_cue, sources, cues) == (1, 0)
        assert decode.pair(of_source, of_cue, sources, [(9, 10)]) == (0, 0)
        assert decode.pair(np.array([9.0]), np.array([1.0]), [], []) == (-1, -1)

    def test_distance_tells_sides_and_overlap(self):
        distance = lambda content, other: decode.distance(content, other, 16)
        assert distance((5, 9), (2, 5)) == 1 and distance((5, 9), (9, 10)) == 9
        assert distance((5, 9), (6, 7)) == 8 and distance((500, 501), (1, 2)) == 7

    def test_ranks_tell_near_from_far(self):
        assert decode.ranks((5, 9), [(0, 1), (10, 11), (4, 5), (9, 10), (20, 21)], 4) == [3, 2, 0, 1, 3]


class TestPacking:
    @pytest.mark.parametrize("n, k", [(64, 4), (1, 1), (65, 7), (128, 384), (100, 30)])
    def test_unpacking_gives_back_what_was_packed(self, n, k):
        codes = np.random.default_rng(0).integers(-127, 128, (n, k)).astype(np.int8)
        assert (packing.unpack(packing.pack(codes), n, k) == codes).all()

    def test_order_of_the_panels(self):
        codes = np.arange(70 * 8).reshape(70, 8).astype(np.int8)
        packed = packing.pack(codes)
        assert packed.shape == (2, 2, 64, 4) and (packed[1, 1, 5] == codes[69, 4:8]).all() and not packed[1, :, 6:].any()

    def test_start_takes_the_offset_out(self):
        rng = np.random.default_rng(0)
        w, x = rng.integers(-127, 128, (70, 96)).astype(np.int8), rng.integers(-127, 128, (3, 96)).astype(np.int8)
        got = packing.start(w) + (x.astype(np.int32) + 128) @ w.T.astype(np.int32)
        assert (got == x.astype(np.int32) @ w.T.astype(np.int32)).all()

    def test_zero_rows_stay_zero(self):
        codes, scale = packing.quantise(np.zeros((2, 3), np.float32))
        assert not codes.any() and not scale.any()


class TestShipped:
    def test_parts_read_back_as_one(self, tmp_path, monkeypatch):
        monkeypatch.setattr(shipped, "FRAME", 512)
        monkeypatch.setattr(shipped, "PART", 1500)
        t = {"a.codes": np.random.default_rng(0).integers(-63, 64, (20, 100)).astype(np.int8), "b": np.float32([[1.5]]), "c.start": np.int32([7, 8])}
        assert len(shipped.write(tmp_path / "w", {"name": "x"}, t)) > 1
        header, got = shipped.read(tmp_path / "w")
        assert header["name"] == "x" and all((got[k] == t[k]).all() and got[k].dtype == t[k].dtype for k in t)

    @pytest.mark.parametrize("at, why", [(0, "not a weights file"), (8, "version 253, want 2"), (60, "header damaged"), (-1, "frame 0 damaged")])
    def test_damage_is_told(self, tmp_path, at, why):
        shipped.write(tmp_path / "w", {}, {"a": np.float32([1])})
        raw = bytearray((tmp_path / "w").read_bytes())
        raw[at] ^= 0xFF
        (tmp_path / "w").write_bytes(raw)
        with pytest.raises(ValueError, match=why):
            shipped.read(tmp_path / "w")

    def test_absent(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="neither a file nor parts"):
            shipped.read(tmp_path / "w")


@pytest.fixture(scope="module")
def scorer(tmp_path_factory):
    file = tmp_path_factory.mktemp("weights") / "w"
    m, calm = model(), {"temperature": 1.0, "abstain_below": 0.0}
    shipped.write(file, ship.header("w", m, PIECES, "*", {"tone": calm, "direction": calm}), ship.tensors(m))
    return reference.Scorer(file), m


class TestReference:
    def test_int8_is_near_the_trained_model(self, scorer):
        shipped_one, m = scorer
        text, target, other = "Trump praised Kim, a b c.", Span(0, 5), Span(14, 17)
        for got, s in (
            (shipped_one.tone_logits(text, target), samples.tone(PIECES, corpus.Toned("", "", text, target, 0))),
            (shipped_one.pair_logits(text, target, other), samples.direction(PIECES, corpus.Paired("", "", text, target, other, 0))),
        ):
            with torch.no_grad():
                want = m.judge(m.encode([s], PIECES.pad), [s])[0].numpy()
            assert np.abs(got - want).max() < 0.02 and got.std() > 0

    def test_states_and_joins_are_near_too(self, scorer):
        shipped_one, m = scorer
        s = Sample("attribution", [2, 12, 14, 13, 3])
        with torch.no_grad():
            want = m.encode([s], PIECES.pad)[0]
            joined = m.join["cue"](want, (3, 4), [(1, 2), (2, 3)]).numpy()
        got = shipped_one.encode(s.ids, shipped_one.shape["middle"])
        assert np.abs(got - want.numpy()).max() < 0.1
        assert np.abs(shipped_one._join("cue", got, (3, 4), [(1, 2), (2, 3)]) - joined).max() < 0.05

    def test_buckets_are_those_of_training(self):
        assert (reference._buckets(254, 32) == relative_buckets(254, 32).numpy()).all()

    def test_contract(self, scorer):
        row = {"id": 3, "text": "Trump praised Kim", "targets": [{"start": 0, "end": 5}], "pairs": [{"p": {"start": 0, "end": 5}, "q": {"start": 14, "end": 17}}]}
        got = reference.score(scorer[0], row)
        (t,), (p,) = got["targets"], got["pairs"]
        assert got["id"] == 3 and abs(sum(t["p"]) - 1) < 1e-5 and len(p["p"]) == 5
        assert t["label"] == corpus.TONES[int(np.argmax(t["p"]))] and abs(t["tone"] - (t["p"][2] - t["p"][0])) < 1e-5
        assert reference.score(scorer[0], {"id": 4, "text": ""}) == {"id": 4, "targets": [], "pairs": []}
        assert set(reference.voices(scorer[0], {"id": 5, "text": "Trump said a b c."})) == {"id", "attributions"}

    def test_a_span_outside_is_refused(self, scorer):
        with pytest.raises(ValueError, match=r"span \[0,9\) outside a text of 3 code points"):
            reference.score(scorer[0], {"id": 1, "text": "Kim", "targets": [{"start": 0, "end": 9}]})


class TestExact:
    def numbers(self, *shape) -> np.ndarray:
        return np.random.default_rng(0).normal(size=shape).astype(np.float32) * 3

    def test_gelu_is_that_of_training_by_the_kernels_polynomial(self):
        x = np.linspace(-9, 9, 1001).astype(np.float32)
        assert np.abs(exact.gelu(x) - torch.nn.functional.gelu(torch.from_numpy(x)).numpy()).max() < 1e-6
        written = (Path(__file__).parents[1] / "encoder/internal/kernel/coefficients.go").read_text()
        assert (exact.GELU_TAIL == np.float32(re.findall(r"^\t(-?[\d.e-]+),$", written, re.M))).all()

    def test_norm_and_attention_are_those_of_training(self):
        of, functional = torch.from_numpy, torch.nn.functional
        x, w, b = self.numbers(5, 48), self.numbers(48), self.numbers(48) * 2
        want = functional.layer_norm(of(x), (48,), of(w), of(b), 1e-5).numpy()
        assert np.abs(exact.norm(x, w, b, 1e-5) - want).max() < 1e-5
        q, k, v = self.numbers(3, 2, 37, 16)
        for bias in (None, self.numbers(2, 37, 37)):
            want = functional.scaled_dot_product_attention(of(q), of(k), of(v), attn_mask=None if bias is None else of(bias)).numpy()
            assert np.abs(exact.attend(q, k, v, bias) - want).max() < 1e-4

    def test_a_sum_is_of_32_sums_folded(self):
        x = np.zeros(70, np.float32)
        x[[0, 1, 32, 33, 64]] = 1e8, 3, -1e8, 1, 2
        assert exact.total(x) == 6 and exact.total(np.float32([[1e8] + [0] * 15 + [3]]))[0] == 1e8

    def test_codes_go_half_to_even_and_rows_of_nothing_to_zero(self):
        codes, scale = exact.quantise(np.float32([[127, 0.5, 1.5, -2.5], [1e-31, 0, 0, 0]]))
        assert codes.tolist() == [[127, 0, 2, -2], [0] * 4] and scale.tolist() == [1, 0]
        assert codes.dtype == scale.dtype == np.float32


class TestFit:
    def todo(self):
        made = [samples.tone(PIECES, corpus.Toned(str(i), "", "Trump praised Kim" + " a" * (i % 5), Span(0, 5), i % 3)) for i in range(60)]
        return batches(made, 4, random.Random(0))

    def test_cut_off_and_resumed_equals_one_go(self, tmp_path):
        plan, todo, quiet = Plan(rate=1e-3, every=0.0), self.todo(), lambda *a, **k: None
        whole = fit(model(), todo, 0, plan, tmp_path / "whole", 7, quiet)

        with pytest.raises(KeyboardInterrupt):
            fit(model(), _Interrupted(todo, 9), 0, plan, tmp_path / "cut", 7, quiet)
        again = fit(model(seed=5), todo, 0, plan, tmp_path / "cut", 7, quiet)
        for a, b in zip(whole.state_dict().values(), again.state_dict().values(), strict=True):
            assert torch.equal(a, b)

    def test_a_checkpoint_of_other_options_is_refused(self, tmp_path):
        todo = self.todo()
        with pytest.raises(KeyboardInterrupt):
            fit(model(), _Interrupted(todo, 3), 0, Plan(every=0.0), tmp_path, 7, lambda *a, **k: None)
        with pytest.raises(ValueError, match="made for 15 batches, not 4"):
            fit(model(), todo[:4], 0, Plan(), tmp_path, 7, lambda *a, **k: None)

    def test_soft_targets_survive_a_cut(self, tmp_path):
        first, second = self.todo(), self.todo()
        distil.soften([model()], first, 0, tmp_path, log=lambda *a, **k: None)
        distil.soften([model(seed=9)], second, 0, tmp_path, log=lambda *a, **k: None)
        assert all(torch.equal(a.want, b.want) for x, y in zip(first, second) for a, b in zip(x, y)), "the shard decides"
        assert abs(first[0][0].want.sum().item() - 1) < 1e-5

    def test_all_tasks_have_a_gradient(self):
        m = model().train()
        a = polnear.Article("i", "Trump praised Kim", [polnear.Attribution([Span(0, 5)], [Span(6, 13)], [Span(14, 17)])])
        pair = corpus.Paired("", "", a.text, Span(0, 5), Span(14, 17), 1)
        for batch in ([samples.tone(PIECES, corpus.Toned("", "", a.text, Span(0, 5), 0))], [samples.direction(PIECES, pair)], samples.attribution(PIECES, a, random.Random(0))):
            m.loss(batch, 0).backward()
        assert not [n for n, p in m.named_parameters() if p.grad is None]

    def test_attribution_leaves_the_upper_layers_alone(self):
        m = model().train()
        a = polnear.Article("i", "Trump praised Kim", [polnear.Attribution([Span(0, 5)], [Span(6, 13)], [Span(14, 17)])])
        m.loss(samples.attribution(PIECES, a, random.Random(0)), 0).backward()
        assert {n.split(".")[2] for n, p in m.named_parameters() if n.startswith("encoder.layers.") and p.grad is not None} == {"0"}


class TestCycles:
    def test_each_draws_its_own_amounts_and_order(self):
        toned = [corpus.Toned(str(i), "", "Trump praised Kim", Span(0, 5), i % 3) for i in range(40)]
        sets = teach.Sets((toned, []), ([], []), ([], []))
        o = teach.Options(({"tone": 1.5}, {"tone": 1}), swap=0)
        first, second = ([s.id for b in teach.gather(PIECES, sets, o, 0, cycle) for s in b] for cycle in (0, 1))
        assert len(first) == 60 and sorted(second) == sorted(s.id for s in toned)
        assert second != first[:40]

    def test_the_mean_of_weights(self):
        a, b = model(seed=1), model(seed=2)
        found = teach.mean([a.state_dict(), b.state_dict()])
        assert torch.allclose(found["tags.bias"], (a.tags.bias + b.tags.bias) / 2)
        assert set(found) == set(a.state_dict())


class _Interrupted(list):
    """Batches whose reading is interrupted at one of them."""

    def __init__(self, items, at):
        super().__init__(items)
        self.at = at

    def __getitem__(self, i):
        if i == self.at:
            raise KeyboardInterrupt
        return super().__getitem__(i)


class TestMeasure:
    def test_attributions_are_asked_both_ways(self):
        true = polnear.Attribution([Span(0, 5)], [], [Span(10, 20)])
        half, less = (polnear.Attribution([Span(4, 6)], [], [Span(10, end)]) for end in (15, 14))
        assert measure.of_attributions([[half]], [[true]])["f1"] == 1.0
        got = measure.of_attributions([[less]], [[true]])
        assert (got["recall"], got["precision"]) == (0.0, 1.0)
        stranger = polnear.Attribution([Span(30, 31)], [], [Span(10, 20)])
        assert measure.of_attributions([[stranger]], [[true]])["f1"] == 0.0

    def test_classes(self):
        got = measure.of_classes(np.eye(3)[[0, 0, 2]], np.array([0, 1, 2]))
        assert got["f1"] == [0.6667, 0.0, 1.0] and got["accuracy"] == 0.6667 and got["brier"] == 0.6667


class TestGuards:
    def test_a_tone_read_off_the_name_is_caught(self):
        biased = lambda text, at: -1.0 if "Trump" in text[at.start : at.end] else 0.0
        assert guards.run(biased)["name_swing"] > 0.03 and guards.run(lambda text, at: 0.5)["name_swing"] == 0

    def test_a_blind_tone_fails_the_contrasts(self):
        got = guards.run(lambda text, at: 0.0)
        assert got["contrasts_right"] == 0 and len(got["contrasts_wrong"]) == got["contrasts"]


def test_the_card_says_what_was_not_measured(tmp_path):
    (tmp_path / "teacher.json").write_text(json.dumps({"tone": {"macro_f1": 0.5}}))
    got = card.fill(tmp_path, {k: "x" for k in ("name", "shape", "sha256", "calibration", "marks")})
    assert "0.5" in got and "not measured" in got and "{{" not in got


class TestLevel:
    def test_rare_classes_get_the_bias_that_lifts_macro_f1(self):
        rng = np.random.default_rng(0)
        labels = rng.choice(5, 600, p=[0.6, 0.1, 0.1, 0.1, 0.1])
        logits = np.eye(5)[labels] * 2 + rng.normal(size=(600, 5)) + [0, 3, 0, 0, 0]  # class 1 is drawn too often
        bias = level.directions(logits, labels)
        plain, mended = (measure.macro_f1((logits + b).argmax(1), labels, 5)[0] for b in (0, bias))
        assert bias[1] - bias[0] < -1 and mended > plain + 0.05

    def test_biases_end_up_in_the_model(self):
        m = model().eval()
        s = Sample("attribution", [2, 12, 14, 13, 3])
        with torch.no_grad():
            x = m.encode([s], PIECES.pad)[0]
            tags, none = m.tags(x).view(-1, 3, 3), m.join["cue"](x, (1, 2), [])
            level.put(m, {"direction": [0, 0, 0, 0, 1], "attribution": [-1, 0, 0.5, 0, 0, 2, 0, -3]})
            moved = m.tags(x).view(-1, 3, 3) - tags
            assert torch.allclose(moved[0], torch.tensor([[-1.0, 0, 0], [0, 0, 0], [0.5, 2, 0]]), atol=1e-5)
            assert torch.allclose(m.join["cue"](x, (1, 2), []) - none, torch.tensor([-3.0]), atol=1e-5)
        assert m.direction.out.bias[4] - m.direction.out.bias[3] > 0
