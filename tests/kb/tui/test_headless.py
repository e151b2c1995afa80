"""Nothing but ``kb browse`` loads textual; what it loads itself is only what is shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kb.cli import COMMANDS

ROOT = Path(__file__).parents[3]
TOLD = "import sys; print(sorted(m for m in sys.modules if m.split('.')[0] == 'textual' or m.startswith('kb.tui')))"


def loaded(code: str, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", f"{code}\n{TOLD}", *words], capture_output=True, text=True,
                          env=environment, timeout=120, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_importing_the_packages_loads_no_textual() -> None:
    assert loaded("import kb, kb.base, kb.browsing, kb.cli, extractors, schema") == "[]"


@pytest.mark.parametrize("name", [command.name for command in COMMANDS if command.name != "browse"])
def test_no_other_command_loads_textual(name: str) -> None:
    code = "from kb.cli import cli\ntry: cli()\nexcept SystemExit: pass"
    assert loaded(code, name, "--help") == "[]"


def test_commands_that_ask_a_base_load_no_textual(corpus_base: Path) -> None:
    code = "from kb.cli import cli\ntry: cli()\nexcept SystemExit: pass"
    for words in (("find", "cell = full"), ("show", "1"), ("sql", "SELECT 1"), ("search", "dendrites")):
        assert loaded(code, *words, "--db", str(corpus_base)) == "[]", words


def test_the_browser_loads_a_screen_when_it_is_gone_to() -> None:
    told = loaded("import kb.tui.app")
    assert "kb.tui.app" in told
    assert "kb.tui.overview" not in told
    assert "kb.tui.candidates" not in told
    heavy = ("numpy", "pandas", "matplotlib", "pymatgen", "networkx", "pint", "scipy", "sqlite_utils")
    code = f"import kb.tui.app, kb.tui.overview, sys; assert not {set(heavy)!r} & set(sys.modules), set(sys.modules)"
    loaded(code)
