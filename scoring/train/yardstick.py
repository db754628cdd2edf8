"""The yardstick: onnxruntime in int8, on the shipped weights.

    python -m train.yardstick --weights FILE --ids IDS.json

builds the encoder as an ONNX graph from the shipped file, quantises it as
onnxruntime's own tool does (dynamic, per channel), and then answers requests:
one JSON line {"threads", "batch"} on standard input is one run over all
sequences of ids (a list of lists), and its seconds are printed. So whoever asks
can run his own engine in turn with it, on the same machine in the same minute.
What is needed beside requirements.txt is in yardstick.txt.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, save
from onnxruntime.quantization import QuantType, quantize_dynamic

from .reference import Scorer, _buckets

LONGEST = 256


class Graph:
    """Nodes and constants in the making; every method returns a name."""

    def __init__(self):
        self.nodes, self.constants, self.count = [], [], 0

    def constant(self, value: np.ndarray) -> str:
        self.count += 1
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), f"c{self.count}"))
        return f"c{self.count}"

    def node(self, op: str, *inputs: str, **attributes) -> str:
        self.count += 1
        self.nodes.append(helper.make_node(op, list(inputs), [f"n{self.count}"], name=f"n{self.count}", **attributes))
        return f"n{self.count}"

    def linear(self, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
        return self.node("Add", self.node("MatMul", x, self.constant(weight.astype(np.float32))), self.constant(bias))

    def norm(self, x: str, s: Scorer, name: str) -> str:
        weight, bias = (self.constant(s.tensors[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.node("LayerNormalization", x, weight, bias, axis=-1, epsilon=s.shape["epsilon"])


def build(s: Scorer, into: Path) -> None:
    """ids and mask (1 at a token), batch x length -> states of the last layer."""
    g, t, shape = Graph(), s.tensors, s.shape
    heads, width = shape["heads"], shape["hidden"] // shape["heads"]
    words = t["encoder.words.codes"].astype(np.float32) * t["encoder.words.scale"][:, None]
    length = g.node("Gather", g.node("Shape", "ids"), g.constant(np.array([1])))
    upto = lambda table, *axes: g.node("Slice", g.constant(table), g.constant(np.zeros(len(axes), np.int64)),
                                       g.node("Concat", *[length] * len(axes), axis=0), g.constant(np.array(axes)))
    x = g.node("Add", g.node("Gather", g.constant(words), "ids"), upto(t["encoder.places.weight"][:LONGEST], 0))
    x = g.norm(x, s, "encoder.norm")
    away = g.node("Mul", g.node("Sub", g.constant(np.float32(1)), "mask"), g.constant(np.float32(-1e4)))
    bias = g.node("Unsqueeze", away, g.constant(np.array([1, 2])))
    if shape["buckets"]:
        table = t["encoder.relative.weight"][_buckets(LONGEST, shape["buckets"])].transpose(2, 0, 1)[None]
        bias = g.node("Add", upto(table.astype(np.float32), 2, 3), bias)
    split, whole = g.constant(np.array([0, 0, heads, width])), g.constant(np.array([0, 0, shape["hidden"]]))
    matrix = lambda name: (t[f"{name}.codes"] * t[f"{name}.scale"], t[f"{name}.bias"])
    for i in range(shape["layers"]):
        name = f"encoder.layers.{i}"
        weight, shift = matrix(f"{name}.qkv")
        parts = []
        for n, order in enumerate(([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])):
            cut = slice(n * shape["hidden"], (n + 1) * shape["hidden"])
            parts.append(g.node("Transpose", g.node("Reshape", g.linear(x, weight[:, cut], shift[cut]), split), perm=order))
        scores = g.node("Add", g.node("Mul", g.node("MatMul", parts[0], parts[1]), g.constant(np.float32(width**-0.5))), bias)
        y = g.node("MatMul", g.node("Softmax", scores, axis=-1), parts[2])
        y = g.linear(g.node("Reshape", g.node("Transpose", y, perm=[0, 2, 1, 3]), whole), *matrix(f"{name}.mix"))
        x = g.norm(g.node("Add", x, y), s, f"{name}.norm1")
        y = g.linear(x, *matrix(f"{name}.up"))
        erf = g.node("Erf", g.node("Div", y, g.constant(np.float32(2**0.5))))
        y = g.node("Mul", g.node("Mul", y, g.node("Add", erf, g.constant(np.float32(1)))), g.constant(np.float32(0.5)))
        x = g.norm(g.node("Add", x, g.linear(y, *matrix(f"{name}.down"))), s, f"{name}.norm2")
    at = lambda name, kind, *rest: helper.make_tensor_value_info(name, kind, ["batch", "length", *rest])
    graph = helper.make_graph(
        g.nodes, "encoder", [at("ids", TensorProto.INT64), at("mask", TensorProto.FLOAT)],
        [at(x, TensorProto.FLOAT, shape["hidden"])], g.constants,
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), into)


def session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def batches(sequences: list[list[int]], size: int) -> list[dict]:
    """Of similar length, padded to the longest of each."""
    made, order = [], sorted(sequences, key=len)
    for low in range(0, len(order), size):
        chunk = order[low : low + size]
        ids = np.zeros((len(chunk), len(chunk[-1])), np.int64)
        mask = np.zeros(ids.shape, np.float32)
        for i, s in enumerate(chunk):
            ids[i, : len(s)], mask[i, : len(s)] = s, 1
        made.append({"ids": ids, "mask": mask})
    return made


def main() -> None:
    p = argparse.ArgumentParser(prog="python -m train.yardstick", description="Times onnxruntime in int8 on the shipped weights.")
    p.add_argument("--weights", type=Path, required=True)
    p.add_argument("--ids", type=Path, required=True)
    o = p.parse_args()
    scorer, sequences = Scorer(o.weights), json.loads(o.ids.read_text())
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "int8.onnx"
        build(scorer, plain)
        got = session(plain, 1).run(None, batches([sequences[0]], 1)[0])[0][0]
        apart = float(np.abs(got - scorer.encode(sequences[0])).mean() / np.abs(got).mean())
        quantize_dynamic(plain, small, per_channel=True, weight_type=QuantType.QInt8)
        print(json.dumps({"onnxruntime": onnxruntime.__version__, "graph_apart": round(apart, 4)}), flush=True)
        known: dict = {}
        for line in sys.stdin:
            ask = json.loads(line)
            threads, todo = ask["threads"], batches(sequences, ask["batch"])
            if threads not in known:
                known[threads] = session(small, threads)
                known[threads].run(None, todo[0])
            begun = time.perf_counter()
            for b in todo:
                known[threads].run(None, b)
            print(json.dumps({"seconds": time.perf_counter() - begun}), flush=True)


if __name__ == "__main__":
    main()
