"""docs/screening.ipynb is run from top to bottom: what its cells say must be what stands there.

``python tests/test_notebook.py`` runs it and writes its outputs anew; its text and code are edited in Jupyter.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "screening.ipynb"
LINES = 15
SECONDS = 300


def executed(folder: Path) -> Any:
    """Run the notebook in a folder that has the corpus; nothing of the machine or the hour is left in it."""
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("KB_")]:
            patch.delenv(name)
        NotebookClient(
            notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {}
    return notebook


def said(notebook: Any) -> list[list[dict[str, str]]]:
    """Give what each cell says: text as it is, our own tables too, of a picture only that it is one."""
    told = []
    for cell in notebook.cells:
        outputs = []
        for output in cell.get("outputs", ()):
            data = output.get("data", {"text/plain": output.get("text", "")})
            kept = {kind: text for kind, text in data.items() if kind == "text/plain" or '<div class="kb">' in text}
            outputs.append(kept | {kind: "" for kind in data if kind.startswith("image/")})
        told.append(outputs)
    return told


def test_the_notebook_says_what_its_cells_give(tmp_path: Path) -> None:
    assert said(executed(tmp_path)) == said(nbformat.read(NOTEBOOK, as_version=4)), (
        "python tests/test_notebook.py writes it anew"
    )


def test_the_notebook_is_short_sound_and_of_no_machine() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [line for cell in notebook.cells if cell.cell_type == "code" for line in cell.source.splitlines()]
    assert len(code) <= LINES
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == list(
        range(1, sum(cell.cell_type == "code" for cell in notebook.cells) + 1)
    )
    kinds = {kind for cell in said(notebook) for output in cell for kind in output}
    assert {"text/plain", "text/html", "image/svg+xml"} <= kinds
    assert not re.search(r"/(?:home|root|tmp|work|Users)/", NOTEBOOK.read_text("utf-8"))


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        nbformat.write(executed(Path(made)), NOTEBOOK)
