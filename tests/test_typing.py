"""The packages as a type checker sees them from outside: typed, and telling right from wrong in a reader's script."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = '''
"""A reader's own script."""

from pathlib import Path

from kb import KnowledgeBase
from kb.screening.rank import Ranked
from kb.studies import Answer, Study

with KnowledgeBase(Path("kb.sqlite")) as base:
    reveal_type(base.find("overpotential < 30 mV")[:5])
    reveal_type(base.search("artificial SEI")[0])
    best: Ranked = base.rank(["coulombic_efficiency"])[0]
    score: float = best.score
    names: list[str] = [one.candidate.name for one in base.rank(["cycling_hours"])]
    answer: Answer = base.study(Study(by=("cycling_hours",)))
    columns: list[str] = answer.to_polars().columns
    life: int = base.simulate("PVDF on Cu").outcome.quantile(0.5)
    base.find(limit="five")
    base.rank(["coulombic_efficiency"]).best
'''
SEEN = [
    (11, "note", 'Revealed type is "kb.answers.Found"'),
    (12, "note", 'Revealed type is "dict[str, Any]"'),
    (19, "error", 'Argument "limit" to "find" of "Questions" has incompatible type "str"; expected "int | None"'),
    (20, "error", '"Ranking" has no attribute "best"'),
]


@pytest.mark.parametrize("package", ["kb", "extractors", "schema"])
def test_each_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_a_reader_s_script_is_checked_against_the_installed_package(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, "utf-8")
    # Its own folder, so that mypy takes the packages from where they are installed; the cache saves half a minute.
    call = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--config-file="]
    cache = ["--cache-dir", str(ROOT / ".mypy_cache" / "outside")]
    done = subprocess.run([*call, *cache, script.name], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    lines = re.findall(r"^script\.py:(\d+): (\w+): (.*?)(?:  \[[\w-]+\])?$", done.stdout, re.MULTILINE)
    told = [(int(line), kind, said.replace("builtins.", "").replace("typing.", "")) for line, kind, said in lines]
    assert told == SEEN, done.stdout + done.stderr
