"""The recipes of docs/cookbook.md, played one after the other; what they print must stand there.

``python -m tests.test_cookbook`` writes it anew.  The twelve questions before them are those of test_docs.py.
"""

from __future__ import annotations

import doctest
import re
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from .pages import DOCS, Player

PAGE = DOCS / "cookbook.md"
HEAD = "\n# Recipes\n"
BLOCK = re.compile(r"```(console|pycon)\n(.*?)```", re.DOTALL)
FEWEST = 10


def session(block: str, names: dict[str, Any]) -> str:
    """Give a session with what each of its examples prints."""
    lines: list[str] = []
    for example in doctest.DocTestParser().get_examples(block):
        first, *more = example.source.splitlines()
        with redirect_stdout(StringIO()) as out:
            exec(compile(example.source, "cookbook.md", "single"), names)
        printed = [line.rstrip() for line in out.getvalue().rstrip().splitlines()]
        lines += [f">>> {first}", *(f"... {line}" for line in more), *printed]
    return "\n".join(lines) + "\n"


def cooked(recipes: str, folder: Path) -> str:
    """Give the recipes with every block as it prints."""
    names: dict[str, Any] = {"__name__": "cookbook"}
    player = Player(folder)

    def block(match: re.Match[str]) -> str:
        kind, text = match.groups()
        return player.page(match[0]) if kind == "console" else f"```pycon\n{session(text, names)}```"

    with chdir(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "110")
        patch.setenv("NO_COLOR", "1")
        try:
            return BLOCK.sub(block, recipes)
        finally:
            if "base" in names:
                names["base"].close()


def test_the_recipes_print_what_stands_there(tmp_path: Path) -> None:
    _, recipes = PAGE.read_text("utf-8").split(HEAD)
    assert recipes.count("\n## ") >= FEWEST
    assert cooked(recipes, tmp_path) == recipes, "python -m tests.test_cookbook writes it anew"


if __name__ == "__main__":
    import tempfile

    questions, told = PAGE.read_text("utf-8").split(HEAD)
    with tempfile.TemporaryDirectory() as made:
        PAGE.write_text(questions + HEAD + cooked(told, Path(made)), "utf-8")
