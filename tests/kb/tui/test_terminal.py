"""The program itself, in a terminal: tmux shows what a person would see."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0  # seconds
pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A terminal of its own server, so that nobody else's is touched."""

    def __init__(self, command: str, columns: int = 80, lines: int = 24) -> None:
        self.server = f"kb-{uuid.uuid4().hex[:8]}"
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", str(columns), "-y", str(lines), command)

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-L", self.server, *words], capture_output=True, text=True, check=False)
        return done.stdout

    def keys(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def seen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def wait(self, *texts: str) -> str:
        """Wait until all texts are on the screen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            shown = self.seen()
            if all(text in shown for text in texts):
                return shown
            time.sleep(0.1)
        raise AssertionError(f"{texts} did not come; the screen was:\n{self.seen()}")

    def is_over(self) -> bool:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not self._tmux("list-sessions"):
                return True
            time.sleep(0.1)
        return False

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def terminal(corpus_base: Path) -> Iterator[Terminal]:
    code = "from kb.cli import main; main()"
    made = Terminal(f"cd {ROOT} && {sys.executable} -c '{code}' browse {corpus_base}")
    yield made
    made.close()


def test_a_walk_through_the_screens(terminal: Terminal) -> None:
    terminal.wait("1 Base", "24 papers", "surface coating")
    terminal.keys("2")
    terminal.wait("38 candidates", "> 1400 vs ~ 400")
    terminal.keys("/")
    terminal.keys("-l", "cycling_hours > 1000")
    terminal.wait("cycling_hours > 1000")
    terminal.keys("Enter")
    terminal.wait("3 candidates")
    terminal.keys("Enter")
    terminal.wait("Measurements by experiment", "made of")
    terminal.keys("p")
    terminal.wait("confidence", "4 Paper")
    terminal.keys("?")
    terminal.wait("Keys: Paper")
    terminal.keys("Escape")
    terminal.wait("confidence", "4 Paper")
    terminal.keys("7")
    terminal.wait("Open findings", "read-only: --edit to decide")
    terminal.keys("9")
    terminal.wait("materials", "failure modes")
    terminal.keys("8")
    terminal.wait("F5 runs it")
    terminal.keys("F5")
    terminal.wait("42 rows, 2 columns")
    for _ in range(7):
        time.sleep(0.5)
        terminal.keys("q")
    assert terminal.is_over()
