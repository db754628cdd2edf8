"""Float weights to int8 and to the order that the kernels read; numpy.

A matrix of N outputs by K inputs has one scale an output: w = code * scale, code
in [-63, 63]. With unsigned bytes on the other side two products then fit 16
bits, so that processors without a 32-bit dot product of bytes are exact too;
the seventh bit costs nothing that can be measured, and the file shrinks by it.
Codes lie in panels of 64 outputs; a panel holds K in groups of 4, a group the 4
codes of each of its 64 outputs, so that one dot product of bytes reads 16
outputs x 4 inputs at once. Missing outputs and inputs are 0.

An activation row is quantised as it comes: x = code * scale, code in [-127,
127], kept as unsigned code + 128. start = -128 * sum of an output's codes takes
the 128 out again; an accumulator that begins there ends at the exact product.
"""

import numpy as np

PANEL, GROUP = 64, 4
MOST = 63  # of a weight's code


def quantise(rows: np.ndarray, most: int = 127) -> tuple[np.ndarray, np.ndarray]:
    """int8 codes in [-most, most] and float32 scales, one a row of a matrix; a
    row of zeros has scale 0."""
    scale = (np.abs(rows).max(1) / most).astype(np.float32)
    return np.rint(rows / np.where(scale == 0, 1, scale)[:, None]).clip(-most, most).astype(np.int8), scale


def start(codes: np.ndarray) -> np.ndarray:
    return (-128 * codes.astype(np.int32).sum(1)).astype(np.int32)


def pack(codes: np.ndarray) -> np.ndarray:
    """N x K -> panels x groups x PANEL x GROUP."""
    n, k = codes.shape
    whole = np.zeros((-(-n // PANEL) * PANEL, -(-k // GROUP) * GROUP), np.int8)
    whole[:n, :k] = codes
    return np.ascontiguousarray(whole.reshape(-1, PANEL, whole.shape[1] // GROUP, GROUP).transpose(0, 2, 1, 3))


def unpack(packed: np.ndarray, n: int, k: int) -> np.ndarray:
    panels, groups = packed.shape[:2]
    return packed.transpose(0, 2, 1, 3).reshape(panels * PANEL, groups * GROUP)[:n, :k]
