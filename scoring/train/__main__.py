"""From data to shipped weights, one step after the other.

    cd scoring && python -m train --data DATA --wheels WHEELS --work WORK

Each step leaves its result in WORK and is skipped when that is there; training
goes on from its last checkpoint. To redo a step, remove its result.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from . import calibrate, card, distil, golden, guards, level, measure, samples, ship, shipped, teach
from .fit import Plan, fit
from .model import Model
from .reference import Scorer


def main() -> None:
    o = _options()
    o.work.mkdir(parents=True, exist_ok=True)
    amounts = ({"tone": t, "direction": d, "attribution": a} for t, d, a in zip(o.tone, o.direction, o.attribution, strict=True))
    cycles = tuple({k: v for k, v in amount.items() if v > 0} for amount in amounts)
    how = teach.Options(cycles, o.swap, o.smoothing, "" if o.unmarked else samples.TONE_MARK)
    plan = Plan(rate=o.rate, rdrop=o.rdrop, every=o.every)
    sets = teach.read(o.data, o.work / "dev").head(o.train_limit, o.dev_limit)

    models, pieces = teach.teachers(o.work, o.wheels, o.encoder, sets, how, plan, o.seeds)
    _once(o.work / "teacher.json", lambda: teach.figures(models, pieces, sets, how))
    if o.blind:
        one = teach.Options(({"tone": o.tone[0]},), 0.0, o.smoothing, "", blind=True)
        blind, _ = teach.teachers(o.work / "blind", o.wheels, o.encoder, sets, one, plan, 1)
        _once(o.work / "blind.json", lambda: teach.figures(blind, pieces, sets, one, tasks=("tone",)))

    student = models[0]
    if o.layers or o.seeds > 1:
        layers = o.layers or models[0].encoder.shape.layers
        student = _student(o, layers, models, pieces, sets, how, plan)
        _once(o.work / f"student-{layers}.json", lambda: teach.figures([student], pieces, sets, how))

    _once(o.work / "level.json", lambda: level.run(student, pieces, sets))
    level.put(student, json.loads((o.work / "level.json").read_text()))

    file = o.work / "tonewatch.weights"
    _once(o.work / "ship.json", lambda: _ship(o.encoder, student, pieces, how.mark, sets, file))
    scorer = Scorer(file)
    _once(o.work / "guards.json", lambda: guards.run(lambda text, at: _tone(scorer, text, at)))
    _once(o.work / "golden.json", lambda: golden.write(scorer, sets.tone[1][:350], sets.direction[1][:133], o.work / "golden.jsonl.gz"))
    (o.work / "model-card.md").write_text(card.fill(o.work, scorer.header))


def _student(o, layers, models, pieces, sets, how, plan) -> Model:
    """A copy of some of a teacher's layers and its heads, then distilled."""
    student = Model(teach.small(models[0], layers))
    student.load_state_dict({k: v for k, v in models[0].state_dict().items() if not k.startswith("encoder.")}, strict=False)
    folder = o.work / f"student-{layers}"
    todo = teach.gather(pieces, sets, how, seed=1000)
    if not (folder / "model.pt").exists():
        distil.soften(models, todo, pieces.pad, folder)
    return fit(student, todo, pieces.pad, plan, folder, seed=1000)


def _ship(encoder: str, model: Model, pieces, mark: str, sets: teach.Sets, file: Path) -> dict:
    """Writes the file twice: uncalibrated, to measure the int8 logits of dev,
    and with the temperatures found on them. Figures are cross-fitted."""
    tensors = ship.tensors(model)
    shape = model.encoder.shape
    name = f"{encoder}-{shape.layers}x{shape.hidden}"
    flat = {task: {"temperature": 1.0, "abstain_below": 0.0} for task in ("tone", "direction")}
    shipped.write(file, ship.header(name, model, pieces, mark, flat), tensors)
    scorer, figures, calibration = Scorer(file), {}, {}
    asked = {
        "tone": (lambda s: scorer.tone_logits(s.text, s.target), sets.tone[1]),
        "direction": (lambda s: scorer.pair_logits(s.text, s.p, s.q), sets.direction[1]),
    }
    for task, (ask, dev) in asked.items():
        logits, labels = np.array([ask(s) for s in dev]), np.array([s.label for s in dev])
        t = calibrate.temperature(logits, labels)
        p = calibrate.crossed(logits, labels)
        calibration[task] = {"temperature": t, "abstain_below": calibrate.abstain_below(p, labels)}
        figures[task] = measure.of_classes(p, labels)
    articles = sets.attribution[1]
    figures["attribution"] = measure.of_attributions([scorer.attributions(a.text) for a in articles], [a.attributions for a in articles])
    parts = shipped.write(file, ship.header(name, model, pieces, mark, calibration), tensors)
    return figures | {"megabytes": round(sum(p.stat().st_size for p in parts) / 1e6, 1), "calibration": calibration}


def _tone(scorer: Scorer, text: str, at) -> float:
    p = scorer.calibrated("tone", scorer.tone_logits(text, at))
    return float(p[2] - p[0])


def _once(result: Path, step):
    """Runs a step unless its result is there. The result is written last."""
    if result.exists():
        return
    found = step()
    part = result.with_suffix(".part")
    part.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    part.replace(result)
    print(result.name, json.dumps(found, ensure_ascii=False)[:400], flush=True)


def _options() -> argparse.Namespace:
    p = argparse.ArgumentParser(prog="python -m train", description="Trains, distils, quantises and measures the tone engine's weights.")
    p.add_argument("--data", type=Path, required=True, help="folder with newsmtsc/, dse/ and polnear/")
    p.add_argument("--wheels", type=Path, required=True, help="folder with the wheels of encoders.txt")
    p.add_argument("--work", type=Path, required=True, help="folder for checkpoints and results")
    p.add_argument("--encoder", choices=("mpnet", "minilm"), default="mpnet")
    p.add_argument("--seeds", type=int, default=3, help="teachers to average")
    p.add_argument("--layers", type=int, default=0, help="layers of the student; 0 for as many as the teacher")
    p.add_argument("--tone", type=float, nargs="+", default=[3], help="passes over the targets, in each cycle of the rate")
    p.add_argument("--direction", type=float, nargs="+", default=[2], help="passes over the pairs")
    p.add_argument("--attribution", type=float, nargs="+", default=[3], help="passes over the articles")
    p.add_argument("--rate", type=float, default=2e-5)
    p.add_argument("--swap", type=float, default=0.3, help="chance that a target takes another's name")
    p.add_argument("--smoothing", type=float, default=0.1)
    p.add_argument("--rdrop", type=float, default=0.0, help="weight of the divergence between two passes")
    p.add_argument("--every", type=float, default=180, help="seconds between checkpoints")
    p.add_argument("--unmarked", action="store_true", help="one pass a sentence serves all its targets")
    p.add_argument("--blind", action="store_true", help="also train a model that is not told the target")
    p.add_argument("--train-limit", type=int, help="samples of each set, for a smoke run")
    p.add_argument("--dev-limit", type=int)
    return p.parse_args()


if __name__ == "__main__":
    main()
