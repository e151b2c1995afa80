"""ChemDataExtractor and both miners together against the gold: the figures of docs/miners.md.

``python tests/test_second_miner.py`` writes them anew.  The seconds are those of the machine that wrote them, so that a
test holds the other columns alone.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_gold import ROOT, SHARED, figures, needs_shared

from extractors.miners import MINERS, miner_of
from schema.errors import MissingPackage

PAGE = ROOT / "docs" / "miners.md"
TABLE = re.compile(r"(?<=<!-- miners: begin -->\n).*?(?=<!-- miners: end -->)", re.DOTALL)
NAMES = {"rules": "rules", "chemdata": "ChemDataExtractor", "both": "both"}


def figures_of(miner: str, output: Path) -> tuple[dict[str, Any], float]:
    """Give the figures of a miner for the core metrics, and the processor seconds that it took."""
    miner_of(miner)(short_paper(), None)  # what is loaded once does not count
    started = time.process_time()
    micro = figures(SHARED / "papers", SHARED / "gold", output, miner)
    return micro["core"], time.process_time() - started


def short_paper() -> Any:
    """Give a sentence and a table."""
    from extractors.readers import read_markdown_string

    return read_markdown_string(
        "Bare Cu has an overpotential of 20 mV.\n\n| Sample | CE (%) |\n| --- | --- |\n| Cu | 91 |\n| Ag | 98 |\n"
    )


def row(miner: str, core: dict[str, Any]) -> str:
    value, strict = core["value"], core["strict"]
    told = " | ".join(f"{x:.2f}" for x in (value["P"], value["R"], value["F1"], strict["F1"]))
    return f"| {NAMES[miner]} | {told} |"


def table(folder: Path) -> str:
    """Lay the figures out as the page shows them."""
    lines = [
        "| miner | value precision | value recall | value F1 | strict F1 | seconds |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for miner in MINERS:
        core, seconds = figures_of(miner, folder / f"{miner}.jsonl")
        lines.append(f"{row(miner, core)} {seconds:.1f} |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("miner", list(MINERS))
def test_the_readme_tells_how_good_each_miner_is(miner: str, tmp_path: Path) -> None:
    needs_shared()
    try:
        miner_of(miner)
    except MissingPackage as error:
        pytest.skip(str(error))
    core, _ = figures_of(miner, tmp_path / "records.jsonl")
    shown = TABLE.search(PAGE.read_text("utf-8"))
    assert shown is not None
    assert row(miner, core) in shown[0], "python tests/test_second_miner.py writes the figures anew"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = table(Path(folder))
    PAGE.write_text(TABLE.sub(lambda _: found, PAGE.read_text("utf-8")), "utf-8")
    sys.stdout.write(found)
