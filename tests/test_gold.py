"""The miner against hand-made gold, with the scorer that everyone is measured by.

Needs the shared folder of papers and gold (``KB_SHARED``, else ``../shared`` beside the project).
``python tests/test_gold.py`` writes the README's figures anew.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SHARED = Path(os.environ.get("KB_SHARED", ROOT.parent / "shared"))
FIGURES = re.compile(r"(?<=<!-- figures: begin -->\n).*?(?=<!-- figures: end -->)", re.DOTALL)
# Papers of our own, made up in other styles and annotated before they were mined; since then rules were mended on them.
OURS = ROOT / "tests" / "blind"
# Floors: what was reached, rounded down.  (value F1, strict F1)
FLOORS = {"core": (0.96, 0.88), "all": (0.91, 0.82)}
FLOORS_OURS = {"core": (0.95, 0.84), "all": (0.91, 0.80)}


def scorer(shared: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score", shared / "score" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mined(folder: Path, sources: list[str], output: Path, miner: str = "rules") -> None:
    """Mine some documents and write their records as the base exports them."""
    from extractors.miners import miner_of
    from extractors.pipeline import mine_file
    from schema.records import to_export

    number = 0
    with output.open("w", encoding="utf-8") as out:
        for source in sources:
            found = mine_file(folder / source, miner=miner_of(miner))
            for measurement in found.measurements:
                number += 1
                record = to_export(measurement, id=number, source=source, doi=found.document.doi)
                out.write(json.dumps(record, ensure_ascii=False) + "\n")


def figures(folder: Path, gold: Path, output: Path, miner: str = "rules") -> dict[str, Any]:
    """Give the scorer's micro-averaged figures for the papers of one gold folder."""
    from contextlib import redirect_stdout
    from io import StringIO

    sources = json.loads((gold / "sources.json").read_text("utf-8"))
    mined(folder, sorted(sources), output, miner)
    said = StringIO()
    with redirect_stdout(said):
        assert scorer(SHARED).main(["--gold", str(gold), "--pred", str(output), "--json"]) == 0
    micro: dict[str, Any] = json.loads(said.getvalue())["micro"]
    return micro


def table(micro: dict[str, Any]) -> str:
    """Lay the figures out as the README shows them."""
    lines = ["| records | value precision | value recall | value F1 | strict F1 |", "| --- | --- | --- | --- | --- |"]
    for part, name in (("core", "core metrics"), ("all", "all metrics")):
        value, strict = micro[part]["value"], micro[part]["strict"]
        row = (value["P"], value["R"], value["F1"], strict["F1"])
        lines.append(f"| {name} | " + " | ".join(f"{x:.2f}" for x in row) + " |")
    return "\n".join(lines) + "\n"


def needs_shared() -> None:
    import pytest

    if not (SHARED / "gold").is_dir():
        pytest.skip(f"no gold at {SHARED}; name the shared folder with KB_SHARED")


def test_papers_in_other_styles(tmp_path: Path) -> None:
    needs_shared()
    micro = figures(OURS, OURS / "gold", tmp_path / "records.jsonl")
    for part, (value, strict) in FLOORS_OURS.items():
        assert micro[part]["value"]["F1"] >= value, micro
        assert micro[part]["strict"]["F1"] >= strict, micro


def test_the_shown_papers(tmp_path: Path) -> None:
    needs_shared()
    micro = figures(SHARED / "papers", SHARED / "gold", tmp_path / "records.jsonl")
    for part, (value, strict) in FLOORS.items():
        assert micro[part]["value"]["F1"] >= value, micro
        assert micro[part]["strict"]["F1"] >= strict, micro
    shown = FIGURES.search(README.read_text("utf-8"))
    assert shown is not None
    assert shown[0] == table(micro), "python tests/test_gold.py writes the figures anew"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = figures(SHARED / "papers", SHARED / "gold", Path(folder) / "records.jsonl")
    README.write_text(FIGURES.sub(lambda _: table(found), README.read_text("utf-8")), "utf-8")
    sys.stdout.write(table(found))
