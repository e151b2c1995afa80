"""The README's commands, run in a folder of their own; what they print must stand there.

``python tests/test_readme.py`` writes the README anew from what the commands print.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def commands(block: str) -> list[str]:
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def run(command: str, folder: Path) -> str:
    """Run one command line as a reader would; what it says on either stream, without trailing blanks."""
    words = shlex.split(command)
    assert words[0] == "kb", f"the README shows only kb commands: {command}"
    env = {**os.environ, "COLUMNS": "110", "NO_COLOR": "1"}
    for name in ("KB_DB", "KB_LLM_URL"):
        env.pop(name, None)
    line = [sys.executable, "-c", "from kb.cli import main; main()", *words[1:]]
    done = subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stderr}"
    return "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines())


def played(text: str, folder: Path) -> str:
    """Give the README with every console block as its commands print it."""
    shutil.copytree(ROOT / "corpus", folder / "corpus", dirs_exist_ok=True)

    def block(match: re.Match[str]) -> str:
        parts = [f"$ {command}\n{run(command, folder)}\n" for command in commands(match[1])]
        return "```console\n" + "\n".join(parts) + "```"

    return CONSOLE.sub(block, text)


def test_the_readme_shows_what_its_commands_print(tmp_path: Path) -> None:
    text = README.read_text("utf-8")
    assert len(CONSOLE.findall(text)) >= 2
    assert played(text, tmp_path) == text, "python tests/test_readme.py writes it anew"


def test_the_python_example_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = README.read_text("utf-8")
    played(text, tmp_path)
    monkeypatch.chdir(tmp_path)
    examples = PYTHON.findall(text)
    assert examples
    for example in examples:
        exec(compile(example, "README.md", "exec"), {})
    said = capsys.readouterr().out
    assert "98.3" in said
    assert "1 PMMA/PVDF" in said


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_two_commands_are_targets(target: str) -> None:
    assert f"make {target} " in README.read_text("utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        README.write_text(played(README.read_text("utf-8"), Path(folder)), "utf-8")
