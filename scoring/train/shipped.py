"""The file that ships: everything an engine needs, in one versioned format.

    8 bytes   "TONEWTS" and a zero
    4 bytes   version, little endian as all that follows
    4 bytes   length of the header
    32 bytes  SHA-256 of the header
    header    JSON: name, shape, vocabulary, control and mark ids, labels, calibration,
              bytes (of the data), frame (bytes of data in each frame but the last),
              frames [{bytes, sha256}], tensors {name: {type, shape, at}}
    frames    the data, frame by frame, each compressed on its own with zstandard

Each tensor is at a multiple of 64 bytes from the start of the data. Types are
i8, i32 and f32. A quantised matrix X of a model is X.codes (packed), X.scale and
X.start; an embedding is X.codes (rows) and X.scale. What is longer than PART
bytes is cut between frames into parts FILE.0, FILE.1 and so on, which follow
each other.
"""

import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import zstandard

MAGIC, VERSION, ALIGN, PART, FRAME = b"TONEWTS\0", 2, 64, 45 << 20, 4 << 20
TYPES = {"i8": np.dtype("int8"), "i32": np.dtype("<i4"), "f32": np.dtype("<f4")}


def write(path: Path, header: dict, tensors: dict[str, np.ndarray]) -> list[Path]:
    """Writes one file, or its parts, and returns which."""
    data, table = bytearray(), {}
    for name, t in tensors.items():
        kind = next(k for k, d in TYPES.items() if d == t.dtype)
        data += b"\0" * (-len(data) % ALIGN)
        table[name] = {"type": kind, "shape": list(t.shape), "at": len(data)}
        data += np.ascontiguousarray(t).tobytes()
    squeeze = zstandard.ZstdCompressor()
    frames = [squeeze.compress(bytes(data[at : at + FRAME])) for at in range(0, len(data), FRAME)]
    sums = [{"bytes": len(f), "sha256": hashlib.sha256(f).hexdigest()} for f in frames]
    text = json.dumps(header | {"bytes": len(data), "frame": FRAME, "frames": sums, "tensors": table}, ensure_ascii=False).encode()
    parts = [MAGIC + struct.pack("<II", VERSION, len(text)) + hashlib.sha256(text).digest() + text]
    for f in frames:
        if len(parts[-1]) + len(f) <= PART:
            parts[-1] += f
        else:
            parts.append(f)
    for old in [path, *path.parent.glob(path.name + ".[0-9]*")]:
        old.unlink(missing_ok=True)
    paths = [path] if len(parts) == 1 else [path.with_name(f"{path.name}.{i}") for i in range(len(parts))]
    for p, part in zip(paths, parts, strict=True):
        p.write_bytes(part)
    return paths


def read(path: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """Header and tensors of a file or, if it is cut, of its parts. The header's
    own sha256, added to it, stands for the whole: it covers those of the frames.
    What is not whole is a ValueError that says in which way."""
    parts = [path] if path.exists() else sorted(path.parent.glob(path.name + ".[0-9]*"), key=lambda p: int(p.suffix[1:]))
    if not parts:
        raise FileNotFoundError(f"weights {str(path)!r}: neither a file nor parts")
    whole = b"".join(p.read_bytes() for p in parts)

    def refuse(why: str):
        raise ValueError(f"weights {str(path)!r}: {why}")

    if len(whole) < 48 or whole[:8] != MAGIC:
        refuse("not a weights file")
    version, length = struct.unpack("<II", whole[8:16])
    if version != VERSION:
        refuse(f"version {version}, want {VERSION}")
    text, rest = whole[48 : 48 + length], whole[48 + length :]
    if hashlib.sha256(text).digest() != whole[16:48]:
        refuse("header damaged or cut short")
    header = json.loads(text) | {"sha256": whole[16:48].hex()}
    data = bytearray()
    for i, frame in enumerate(header["frames"]):
        part, rest = rest[: frame["bytes"]], rest[frame["bytes"] :]
        if hashlib.sha256(part).hexdigest() != frame["sha256"]:
            refuse(f"frame {i} damaged or cut short")
        data += zstandard.ZstdDecompressor().decompress(part)
    if rest:
        refuse(f"{len(rest)} bytes after the last frame")
    tensors = {}
    for name, t in header["tensors"].items():
        count = int(np.prod(t["shape"], dtype=np.int64))
        tensors[name] = np.frombuffer(data, TYPES[t["type"]], count, t["at"]).reshape(t["shape"])
    return header, tensors
