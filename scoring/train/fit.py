"""Training that can be cut off at any time.

The order of the batches follows from the seed, so a checkpoint needs only the
weights, the optimiser, the random state and the number of the next batch. It is
written beside the old one and renamed over it.
"""

import json
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional as F

from .model import Model, Sample


@dataclass(frozen=True)
class Plan:
    rate: float = 2e-5
    head_rate: float = 5.0  # times rate
    batch: int = 16
    warm: float = 0.06
    decay: float = 0.01
    rdrop: float = 0.0  # weight of the divergence between two passes; 0 for one pass
    every: float = 180.0  # seconds between checkpoints


def batches(samples: list[Sample], size: int, rng: random.Random) -> list[list[Sample]]:
    """Shuffled; of one task each; of similar length inside chunks."""
    made = []
    for task in sorted({s.task for s in samples}):
        own = [s for s in samples if s.task == task]
        rng.shuffle(own)
        n = size // 2 if task == "attribution" else size  # its samples are the longest
        for low in range(0, len(own), n * 50):
            chunk = sorted(own[low : low + n * 50], key=lambda s: len(s.ids))
            made += [chunk[i : i + n] for i in range(0, len(chunk), n)]
    rng.shuffle(made)
    return made


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast():
    return torch.autocast(device().type, dtype=torch.bfloat16)


def fit(model: Model, todo: list[list[Sample]], pad: int, plan: Plan, folder: Path, seed: int, log=print) -> Model:
    """Trains model on the batches todo, or goes on where folder's checkpoint
    says; the result is folder/model.pt. Deterministic but for the arithmetic of
    the device."""
    folder.mkdir(parents=True, exist_ok=True)
    done, half = folder / "model.pt", folder / "checkpoint.pt"
    model.to(device())
    if done.exists():
        model.load_state_dict(torch.load(done, map_location=device(), weights_only=True))
        return model.eval()
    torch.manual_seed(seed)
    # The words stay as pretraining left them: those that the train part lacks
    # keep their place among those that it has.
    model.encoder.words.requires_grad_(False)
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": plan.rate}, {"params": heads, "lr": plan.rate * plan.head_rate}],
        weight_decay=plan.decay, fused=True,
    )
    steps = len(todo)
    slope = lambda i: min((i + 1) / max(1, plan.warm * steps), (steps - i) / max(1, (1 - plan.warm) * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, slope)
    start, seconds = 0, 0.0
    if half.exists():
        c = torch.load(half, map_location=device(), weights_only=True)
        if c["steps"] != steps:
            raise ValueError(f"resume {str(half)!r}: made for {c['steps']} batches, not {steps}; remove it or restore the options")
        model.load_state_dict(c["model"])
        optimiser.load_state_dict(c["optimiser"])
        schedule.load_state_dict(c["schedule"])
        torch.set_rng_state(c["random"].cpu())
        start, seconds = c["next"], c["seconds"]
        log(f"resume at batch {start} of {steps}")
    model.train()
    begun = saved = time.monotonic()
    for i in range(start, steps):
        loss = _loss(model, todo[i], pad, plan)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        now = time.monotonic()
        if i % 20 == 0:
            log(f"batch {i} of {steps} {todo[i][0].task} loss {loss.item():.3f} after {seconds + now - begun:.0f} s", flush=True)
        if now - saved > plan.every:
            save(half, {
                "model": model.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(),
                "random": torch.get_rng_state(), "next": i + 1, "steps": steps, "seconds": seconds + now - begun,
            })
            saved = time.monotonic()
    save(done, model.state_dict())
    seconds += time.monotonic() - begun
    (folder / "fit.json").write_text(json.dumps({"seed": seed, "batches": steps, "seconds": round(seconds), "device": device().type}))
    half.unlink(missing_ok=True)
    return model.eval()


def _loss(model: Model, batch: list[Sample], pad: int, plan: Plan):
    with autocast():
        if not plan.rdrop or batch[0].task == "attribution":
            return model.loss(batch, pad)
        want = torch.stack([s.want for s in batch]).to(device())
        a, b = (model.judge(model.encode(batch, pad), batch).float() for _ in range(2))
        apart = sum(F.kl_div(x.log_softmax(-1), y.softmax(-1), reduction="batchmean") for x, y in ((a, b), (b, a)))
        return (F.cross_entropy(a, want) + F.cross_entropy(b, want)) / 2 + plan.rdrop * apart / 2


def save(path: Path, state) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)
