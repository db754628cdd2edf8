"""Fills the model card from measured figures; a figure not measured says so."""

import json
import re
from pathlib import Path


def fill(work: Path, header: dict) -> str:
    """The template with each {{file.key.key}} replaced by that value of
    work/file.json, and {{header.key}} by that of the shipped header."""
    known = {"header": {k: header[k] for k in ("name", "shape", "sha256", "calibration", "marks")}}
    for path in work.glob("*.json"):
        known[path.stem] = json.loads(path.read_text())
    known["hours"] = {str(p.parent.relative_to(work)): json.loads(p.read_text()) for p in sorted(work.glob("**/fit.json"))}

    def value(m: re.Match) -> str:
        found = known
        for key in m[1].split("."):
            found = found.get(key) if isinstance(found, dict) else None
            if found is None:
                return "not measured"
        return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)

    return re.sub(r"\{\{([\w.-]+)\}\}", value, Path(__file__).with_name("model-card.template.md").read_text())
