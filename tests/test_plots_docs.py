"""The page of figures shows every kind, and its commands draw them.

``python tests/test_plots_docs.py`` draws those in docs/figures anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from kb.plots.kinds import KINDS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "plots.md").read_text("utf-8")
PARTS = dict(zip(*[iter(re.split(r"^## (\w+)\n", PAGE, flags=re.MULTILINE)[1:])] * 2, strict=True))
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def drawn(folder: Path) -> dict[str, str]:
    """Run the commands of the page in a folder that has the digests; what each figure's command says."""
    (folder / "docs" / "figures").mkdir(parents=True)
    shutil.copytree(ROOT / "tests" / "blind", folder / "tests" / "blind")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    commands = [("", "kb ingest corpus"), *((kind, c) for kind, text in PARTS.items() for c in commands_of(text))]
    env = {name: value for name, value in os.environ.items() if name not in ("KB_DB", "KB_VOCABULARY")}
    said = {}
    for kind, command in commands:
        line = [sys.executable, "-c", "from kb.cli import main; main()", *shlex.split(command)[1:]]
        done = subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        said[kind] = done.stdout
    return said


def commands_of(part: str) -> list[str]:
    return [line for block in SHELL.findall(part) for line in block.splitlines()]


def test_each_kind_has_its_part_with_a_command_and_a_figure() -> None:
    assert list(PARTS) == list(KINDS)
    for kind, part in PARTS.items():
        assert commands_of(part)[-1].startswith(f"kb plot {kind} ")
        assert f"](figures/{kind}.svg)" in part


def test_the_readme_counts_the_kinds() -> None:
    assert len(KINDS) == 8
    assert "`kb plot` draws eight kinds for print" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_the_figures_are_small_and_whole(kind: str) -> None:
    path = ROOT / "docs" / "figures" / f"{kind}.svg"
    assert path.stat().st_size < 200_000
    assert ElementTree.parse(path).getroot().get("width") in ("252.283465pt", "518.740157pt")  # 89 and 183 mm


@pytest.mark.slow
def test_the_commands_of_the_page_draw(tmp_path: Path) -> None:
    said = drawn(tmp_path)
    for kind in KINDS:
        assert re.search(rf"figures/{kind}\.svg: [1-9]\d* points?, listed in", said[kind])
        rows = (tmp_path / "docs" / "figures" / f"{kind}.points.csv").read_text("utf-8")
        assert rows.startswith("drawn,measurements,doi,") or kind in ("coverage", "graph")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        drawn(Path(made))
        for kind in KINDS:
            shutil.copy(Path(made, "docs", "figures", f"{kind}.svg"), ROOT / "docs" / "figures" / f"{kind}.svg")
