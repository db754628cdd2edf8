"""The samples of a run, the teachers trained on them, and their figures."""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import corpus, measure, polnear, predict, samples
from .encoder import Encoder, pretrained
from .fit import Plan, batches, fit
from .model import Model, Sample
from .text import WordPieces


@dataclass(frozen=True)
class Sets:
    """Train and dev of the three sets; the split's seed is not the models'."""

    tone: tuple[list[corpus.Toned], list[corpus.Toned]]
    direction: tuple[list[corpus.Paired], list[corpus.Paired]]
    attribution: tuple[list[polnear.Article], list[polnear.Article]]

    def head(self, train: int | None, dev: int | None) -> "Sets":
        """The first samples of each; of articles, a tenth of that number."""
        tenth = lambda n: n and -(-n // 10)
        cut = lambda pair, scale: (pair[0][: scale(train)], pair[1][: scale(dev)])
        return Sets(cut(self.tone, lambda n: n), cut(self.direction, lambda n: n), cut(self.attribution, tenth))


def read(data: Path, lists: Path, seed: int = 13) -> Sets:
    tones = corpus.news_mtsc(data / "newsmtsc" / "train.jsonl.gz")
    pairs = corpus.dse(data / "dse" / "train.tsv.gz") + corpus.dse(data / "dse" / "valid.tsv.gz")
    articles = [a for part in ("train", "dev") for a in polnear.articles(data / "polnear" / f"{part}.jsonl.gz")]
    return Sets(
        corpus.split(tones, seed, 0.1, lists / "tone.txt"),
        corpus.split(pairs, seed, 0.1, lists / "direction.txt"),
        corpus.split(articles, seed, 0.08, lists / "attribution.txt"),
    )


@dataclass(frozen=True)
class Options:
    """How much of what a model sees, cycle after cycle. An amount is passes over
    the train part of a task; a fraction draws so much of it."""

    cycles: tuple[dict[str, float], ...]
    swap: float = 0.3
    smoothing: float = 0.1
    mark: str = samples.TONE_MARK
    blind: bool = False


def gather(pieces: WordPieces, sets: Sets, o: Options, seed: int, cycle: int = 0) -> list[list[Sample]]:
    """The batches of a cycle, pass after pass."""
    todo = []
    amounts = o.cycles[cycle]
    passes = max(1, int(np.ceil(max(amounts.values()))))
    for n in range(passes):
        rng = random.Random(f"{seed}/{n}" if cycle == 0 else f"{seed}/{cycle}/{n}")
        of_pass: list[Sample] = []
        for task, amount in amounts.items():
            share = min(1.0, max(0.0, amount - n))
            if share == 0:
                continue
            if task == "tone":
                made = [samples.tone(pieces, s, o.mark, o.smoothing, o.blind) for s in _draw(samples.swap_names(sets.tone[0], o.swap, rng), share, rng)]
            elif task == "direction":
                made = [samples.direction(pieces, s, o.smoothing) for s in _draw(samples.balance(sets.direction[0], rng), share, rng)]
            else:
                made = _draw([w for a in sets.attribution[0] for w in samples.attribution(pieces, a, rng)], share, rng)
            of_pass += made
        todo += batches(of_pass, Plan.batch, rng)
    return todo


def _draw(items: list, share: float, rng: random.Random) -> list:
    return rng.sample(items, round(len(items) * share)) if share < 1 else items


def teachers(work: Path, wheels: Path, name: str, sets: Sets, o: Options, plan: Plan, seeds: int, log=print) -> tuple[list[Model], WordPieces]:
    """A model a seed: the mean of the weights at the ends of its cycles, in each
    of which the rate rises once and falls to zero (Izmailov et al., UAI 2018)."""
    models = []
    for seed in range(seeds):
        encoder, vocabulary = pretrained(wheels, name)
        pieces = WordPieces(vocabulary)
        torch.manual_seed(seed)  # of the heads' start
        model, ends = Model(encoder), []
        for cycle in range(len(o.cycles)):
            todo = gather(pieces, sets, o, seed, cycle)
            log(f"teacher {name} {seed}, cycle {cycle}: {len(todo)} batches, {sum(len(s.ids) for b in todo for s in b)} tokens", flush=True)
            model = fit(model, todo, pieces.pad, plan, work / f"teacher-{name}-{seed}" / f"cycle-{cycle}", seed, log)
            ends.append({k: v.detach().clone() for k, v in model.state_dict().items()})
        model.load_state_dict(mean(ends))
        models.append(model)
    return models, pieces


def mean(states: list[dict]) -> dict:
    return {k: sum(s[k] for s in states) / len(states) for k in states[0]}


def small(model: Model, layers: int) -> Encoder:
    """A student's start: that many of the model's layers, evenly spread."""
    total = model.encoder.shape.layers
    return model.encoder.shorten([round(i * (total - 1) / max(1, layers - 1)) for i in range(layers)])


TASKS = ("tone", "direction", "attribution")


def figures(models: list[Model], pieces: WordPieces, sets: Sets, o: Options, tasks: tuple[str, ...] = TASKS) -> dict:
    """Figures on dev; of several models, with the mean of their probabilities
    (attribution: the first alone)."""
    found = {}
    asked = {
        "tone": [samples.tone(pieces, s, o.mark, 0.0, o.blind) for s in sets.tone[1]],
        "direction": [samples.direction(pieces, s) for s in sets.direction[1]],
    }
    for task, these in ((t, s) for t, s in asked.items() if t in tasks):
        p = np.mean([predict.softmax(predict.logits(m, these, pieces.pad)) for m in models], axis=0)
        found[task] = measure.of_classes(p, np.array([int(s.want.argmax()) for s in these]))
    if "attribution" in tasks:
        dev = sets.attribution[1]
        got = [predict.attributions(models[0], pieces, a.text) for a in dev]
        found["attribution"] = measure.of_attributions(got, [a.attributions for a in dev])
    return found
