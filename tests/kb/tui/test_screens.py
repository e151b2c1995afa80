"""The pictures of the browser in docs/screens: ``python -m tests.kb.tui.test_screens`` takes them anew."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.tui.app import Browser

from .conftest import ROOT, press, settled, write
from .test_snapshots import pytestmark  # noqa: F401  (they hang on the release of textual too)

SCREENS = ROOT / "docs" / "screens"
SIZE = (120, 32)
# Keys in turn; a text of several letters is typed.
SCENES: dict[str, tuple[str, ...]] = {
    "overview": (),
    "candidate": ("2", "slash", "cycling_hours >= 500 AT (current_density >= 1 mA/cm^2)", "enter", "enter"),
    "ranking": ("5", "right", "right"),
    "simulation": ("2", "i", "c", "down", "right"),
}
_KEYS = {"slash", "enter", "right", "down"}
_SHOWN = re.compile(r"<text [^>]*>([^<]*)</text>")


def taken(base: Path, name: str) -> str:
    """Play a scene and give the picture of where it ends, as SVG."""

    async def main() -> str:
        app = Browser(base)
        async with app.run_test(size=SIZE) as pilot:
            await settled(app, pilot)
            for keys in SCENES[name]:
                if len(keys) == 1 or keys in _KEYS:
                    await press(app, pilot, keys)
                else:
                    await write(app, pilot, keys)
            return app.export_screenshot()

    return asyncio.run(main())


@pytest.mark.parametrize("name", SCENES)
def test_the_pictures_of_the_docs_show_what_is_seen(corpus_base: Path, name: str) -> None:
    there = (SCREENS / f"{name}.svg").read_text("utf-8")
    assert _SHOWN.findall(there) == _SHOWN.findall(taken(corpus_base, name)), "take them anew"


if __name__ == "__main__":
    import tempfile

    SCREENS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "corpus.sqlite")
        with KnowledgeBase(path, read_only=False) as base:
            base.ingest([ROOT / "corpus"])
        for name in SCENES:
            (SCREENS / f"{name}.svg").write_text(taken(path, name), "utf-8")
