"""What docs/web.md and the README say of ``kb serve`` is so.

``python tests/kb/web/test_web_docs.py`` takes the picture in docs/web.md anew, where there is a Chromium.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.cli.serving import serve
from kb.web import pages, site
from kb.web.metadata import _FULL_TEXT

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "web.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
ADDRESSES = re.findall(r"^\| `(/[^`]*)` \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_answers(get, address: str) -> None:
    answer = get(address.partition("#")[0])
    assert answer.status_code == 200


def test_the_files_beside_them_answer(get) -> None:
    for address in ("/find.csv", "/find.json", "/measurement/32.json", "/plots/forest.csv?metric=coulombic_efficiency"):
        assert get(address).status_code == 200
        assert address.partition("?")[0].removesuffix(".csv") in PAGE


def test_the_page_tells_of_each_option() -> None:
    options = {name for parameter in serve.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert [o for o in sorted(options) if o.startswith("--") and o != "--untrusted" and o not in PAGE] == []


def test_the_numbers_are_those_of_the_code() -> None:
    given = {parameter.name: parameter.default for parameter in serve.params}
    assert (
        f"`http://{given['host']}:{given['port']}/`" in PAGE and f"`http://{given['host']}:{given['port']}/`" in README
    )
    assert given["time_limit"] == site.SECONDS and f"may take {site.SECONDS:g} s" in PAGE
    assert f"more than {site.SETTINGS['facet_time_limit_ms'] / 1000:g} s" in PAGE
    assert f"an answer have {site.ROWS} rows" in PAGE
    assert f"{site.COUNTING_SECONDS:g} s each at most" in PAGE
    assert f"{pages.ROWS_OF_A_FILE:,} rows at most".replace(",", " ") in PAGE


def test_the_tables_that_words_find_rows_of_are_named() -> None:
    (said,) = re.findall(r"Words find rows of (.*?) by the passage", PAGE, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", said)) == set(_FULL_TEXT)


def test_the_picture_is_there() -> None:
    (picture,) = re.findall(r"!\[[^\]]+\]\((figures/web\.png)\)", PAGE)
    assert (ROOT / "docs" / picture).read_bytes().startswith(b"\x89PNG")


def take_picture() -> None:
    """Take the picture of the page: the measurement that the README shows, in a base of its own."""
    import shutil
    import subprocess
    import sys
    import tempfile

    from playwright.sync_api import sync_playwright

    from kb.base import KnowledgeBase

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as tool:
        path = Path(folder, "kb.sqlite")
        with KnowledgeBase(path, read_only=False) as base:
            base.ingest([ROOT / "corpus" / "pmma_pvdf_cu.md"])
        command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", str(path), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            page = tool.chromium.launch(executable_path=shutil.which("chromium")).new_page()
            page.set_viewport_size({"width": 960, "height": 640})
            page.goto(f"{server.stdout.readline().strip()}measurement/32")
            page.screenshot(path=ROOT / "docs" / "figures" / "web.png")
            server.terminate()


if __name__ == "__main__":
    take_picture()
