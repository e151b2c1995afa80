"""The README's commands, run in a folder of their own; what they print must stand there.

``python -m tests.test_readme`` writes the README anew from what the commands print.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .pages import ROOT, Player

README = ROOT / "README.md"
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]+)?\)")


def test_the_readme_shows_what_its_commands_print(tmp_path: Path) -> None:
    text = README.read_text("utf-8")
    assert len(re.findall(r"^```console$", text, re.MULTILINE)) >= 4
    assert len(re.findall(r"^```python$", text, re.MULTILINE)) == 1
    assert Player(tmp_path).page(text) == text, "python -m tests.test_readme writes it anew"


def test_links_and_pictures_lead_to_files() -> None:
    linked = LINK.findall(README.read_text("utf-8"))
    assert sum(name.endswith(".svg") for name in linked) >= 4
    assert [name for name in linked if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_two_commands_are_targets(target: str) -> None:
    assert f"make {target} " in README.read_text("utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        README.write_text(Player(Path(folder)).page(README.read_text("utf-8")), "utf-8")
