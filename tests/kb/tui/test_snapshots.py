"""How the screens look, as pictures: ``pytest tests/kb/tui/test_snapshots.py --snapshot-update`` takes them anew."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kb.tui.app import Browser
from kb.tui.looks import LIGHT

from .conftest import LARGE, SMALL, press, settled

MADE_WITH = "8.2.8"
pytestmark = pytest.mark.skipif(
    version("textual") != MADE_WITH,
    reason=f"the pictures are of textual {MADE_WITH}; each release draws a bit otherwise",
)

SCENES = {
    "overview": (SMALL, ()), "overview_large": (LARGE, ()),
    "candidates": (SMALL, ("2",)), "candidates_large_light": (LARGE, ("2", "ctrl+t")),
    "candidate_large": (LARGE, ("2", "enter")), "paper": (SMALL, ("2", "p", "n", "n")),
    "ranking": (SMALL, ("5", "right")), "ranking_large_light": (LARGE, ("5", "ctrl+t", "tab", "down")),
    "simulation": (SMALL, ("6", "right")), "simulation_large": (LARGE, ("6", "c", "down", "right")),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_the_screens_look_as_they_did(snap_compare: Any, corpus_base: Path, name: str) -> None:
    size, keys = SCENES[name]

    async def play(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Browser)
        await settled(app, pilot)
        await press(app, pilot, *keys)
        assert app.theme == (LIGHT.name if "ctrl+t" in keys else app.theme)

    assert snap_compare(Browser(corpus_base, ascii=False), terminal_size=size, run_before=play)
