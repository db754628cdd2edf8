"""The arithmetic of the kernels, one operation after the other; numpy.

What encoder/internal/kernel/arithmetic.go says is done here in the same order on
float32, so that the engine and the reference agree to the bit: sums are 32 sums,
folded; products that are added are fused; exp and GELU are polynomials. One thing
numpy cannot do: fma rounds here to a float64 first, and in one of some 10^9 sums
that moves the float32 by its last place.
"""

import numpy as np

GRAIN, SUMS = 16, 32
LEAST = np.float32(2**-100)  # of a row that is not taken for zeros
FURTHEST = np.finfo(np.float32).max
GELU_END = np.float32(5.5)
GELU_TAIL = np.float32([  # a*Phi(-a) in 2a/GELU_END - 1, the constant first: kernel/coefficients.go
    0.00819437, -0.06057798, 0.19126338, -0.3086809, 0.17894758, 0.26041827, -0.6283229, 0.45969734, 0.15138386,
    -0.5452764, 0.27221254, 0.23240207, -0.2569062, -0.03746041, 0.09892437, -0.00052204734, -0.01569692,
])
TAYLOR = np.float32([1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720])
LOG2E, LN2, WHOLE = np.float32(np.log2(np.e)), np.float32(np.log(2)), np.float32(3 << 22)


def fma(a, b, c) -> np.ndarray:
    """a*b + c; the product is exact in float64."""
    sum = np.multiply(a, b, dtype=np.float64)
    sum += c
    return sum.astype(np.float32)


def horner(coefficients: np.ndarray, x: np.ndarray) -> np.ndarray:
    y = coefficients[-1]
    for c in coefficients[-2::-1]:
        y = fma(y, x, c)
    return y


def total(x: np.ndarray, add=np.add) -> np.ndarray:
    """Along the last axis: element i is added to sum i mod SUMS, and these are
    folded by halves."""
    sums = np.zeros((*x.shape[:-1], SUMS), np.float32)
    for at in range(0, x.shape[-1], SUMS):
        part = x[..., at : at + SUMS]
        sums[..., : part.shape[-1]] = add(sums[..., : part.shape[-1]], part)
    while sums.shape[-1] > 1:
        half = sums.shape[-1] // 2
        sums = sums[..., :half] + sums[..., half:]
    return sums[..., 0]


def quantise(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes in [-127, 127], as floats, and one scale a row."""
    most = np.abs(x).max(1)
    zeros = most < LEAST
    inverse = np.where(zeros, np.float32(0), 127 / np.where(zeros, np.float32(1), most))
    return np.rint(x * inverse[:, None]), np.where(zeros, np.float32(0), most / 127)


def multiply(x: np.ndarray, codes: np.ndarray, scale: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Rows of x by a matrix, inputs x outputs. The sum of codes is exact in
    float64, as it is in the int32 of a kernel."""
    rows, row_scale = quantise(x)
    return fma((rows.astype(np.float64) @ codes).astype(np.float32), row_scale[:, None] * scale, bias)


def gelu(x: np.ndarray) -> np.ndarray:
    u = fma(np.minimum(np.abs(x), GELU_END), 2 / GELU_END, -1)
    return np.maximum(x, 0) - horner(GELU_TAIL, u)


def norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, epsilon: float) -> np.ndarray:
    over_width = 1 / np.float32(x.shape[1])
    centred = x - (total(x) * over_width)[:, None]
    variance = total(centred, lambda sums, part: fma(part, part, sums)) * over_width
    over = 1 / np.sqrt(variance + np.float32(epsilon))
    return fma(centred * over[:, None], weight, bias)


def exp(x: np.ndarray) -> np.ndarray:
    """Of x at most 0: 2^n * e^r, |r| <= ln(2)/2."""
    x = np.maximum(x, np.float32(-87))
    n = fma(x, LOG2E, WHOLE)
    r = fma(WHOLE - n, LN2, x)
    return (horner(TAYLOR, r).view(np.uint32) + (n.view(np.uint32) << 23)).view(np.float32)


def softmax(x: np.ndarray, scale) -> np.ndarray:
    """Of x*scale along the last axis. Kernels lengthen it to whole grains, of no
    weight but exp(-87)."""
    keys = x.shape[-1]
    wide = np.full((*x.shape[:-1], -(-keys // GRAIN) * GRAIN), -FURTHEST)
    wide[..., :keys] = x
    e = exp((wide - wide.max(-1, keepdims=True)) * scale)
    return (e * (1 / total(e))[..., None])[..., :keys]


def attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
    """Heads x tokens x width each, the bias heads x queries x keys or None."""
    scale = np.float32(1 / np.sqrt(q.shape[2]))
    scores = products(q, k.swapaxes(1, 2))
    weights = softmax(scores, scale) if bias is None else softmax(fma(scores, scale, bias), 1)
    return products(weights, v)


def products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a b of each head, product after product."""
    c = np.zeros((*a.shape[:2], b.shape[2]), np.float32)
    for column, row in zip(np.ascontiguousarray(a.transpose(2, 0, 1)), np.ascontiguousarray(b.swapaxes(0, 1)), strict=True):
        c = fma(column[:, :, None], row[:, None, :], c)
    return c


def dots(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Rows of x by rows of weight, in four sums, nothing fused: what the engine
    does without a kernel."""
    each = (x[:, None] * weight).reshape(len(x), len(weight), -1, 4)
    sums = np.zeros((len(x), len(weight), 4), np.float32)
    for i in range(each.shape[2]):
        sums += each[:, :, i]
    return sums[..., 0] + sums[..., 1] + sums[..., 2] + sums[..., 3]


def mean(rows: np.ndarray) -> np.ndarray:
    sum = np.zeros_like(rows[0])
    for row in rows:
        sum += row
    return sum / np.float32(len(rows))
