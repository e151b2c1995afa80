"""Pages of docs/ played as a reader would: files written, commands run in their order, answers compared.

``<!-- file: NAME -->`` above a block makes it that file; of ``console`` blocks each ``$`` line is run (``kb``,
``export``, ``pip install FOLDER``), of ``python`` blocks all, and a ``text`` block right behind one is what it prints.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PLAYED = (
    "mine-your-own-papers.md",
    "from-question-to-ranking.md",
    "what-the-numbers-mean.md",
    "add-a-metric.md",
    "add-a-reader.md",
    "add-a-miner.md",
    "miners.md",
    "simulation.md",
)
_BLOCK = re.compile(
    r"(?P<file><!-- file: (?P<name>\S+) -->\n)?```(?P<kind>\w+)\n(?P<body>.*?)```(?P<said>\n\n```text\n.*?```)?",
    re.DOTALL,
)


@dataclass
class Player:
    """A folder to play a page in, with the digests, and the environment that its ``export`` lines set."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.copytree(ROOT / "corpus", self.folder / "corpus", dirs_exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        self.env = {**kept, "COLUMNS": "110", "NO_COLOR": "1"}

    def page(self, text: str) -> str:
        """Give a page with every answer as it comes out now."""
        return _BLOCK.sub(self._block, text)

    def _block(self, block: re.Match[str]) -> str:
        body, kind = block["body"], block["kind"]
        said = block["said"] or ""
        if block["name"]:
            path = self.folder / block["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, "utf-8")
        elif kind == "console":
            lines = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
            body = "\n".join(f"$ {line}\n{answer}" for line in lines if (answer := self._command(line)) is not None)
        elif kind == "python":
            answer = self._run(["-c", body])
            said = f"\n\n```text\n{answer}```" if said else ""
        return f"{block['file'] or ''}```{kind}\n{body}```{said}"

    def _command(self, line: str) -> str:
        words = shlex.split(line)
        if words[0] == "export":
            self.env.update(word.split("=", 1) for word in words[1:])
            return ""
        if words[:2] == ["pip", "install"]:
            self._install(self.folder / words[2])
            return ""
        assert words[0] == "kb", f"a page shows only kb, export and pip install: {line}"
        return self._run(["-c", "from kb.cli import main; main()", *words[1:]])

    def _install(self, project: Path) -> None:
        """Do what pip does with a project of modules, without a network: put it on the path, declare its doors."""
        told = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
        info = project / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n")
        lines = [
            line
            for group, names in told["entry-points"].items()
            for line in (f"[{group}]", *(f"{name} = {value}" for name, value in names.items()))
        ]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
        self.env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(project), self.env.get("PYTHONPATH", ""))))

    def _run(self, arguments: list[str]) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=self.env, capture_output=True, text=True, check=False,
            timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stderr}"
        return "".join(f"{line.rstrip()}\n" for line in done.stdout.rstrip().splitlines())
