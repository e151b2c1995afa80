"""The TAB key in real shells, through a terminal of their own; what each word may go on with, and what it loads."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from kb import KnowledgeBase
from kb.cli import cli
from kb.cli.completing import SHELLS, VARIABLE, Bash, teach

ROOT = Path(__file__).parents[2]
SECONDS = 120

# What is typed before TAB and after it -> the words that the shell makes of the line.
LINES = {
    ("kb rec", ""): ["recover"],
    ("kb study n", ""): ["study", "new"],
    ("kb find --as ca", ""): ["find", "--as", "candidates"],
    ("kb rank --by coulombic_eff", ""): ["rank", "--by", "coulombic_efficiency"],
    ("kb rank --by overpotential:mi", ""): ["rank", "--by", "overpotential:min"],
    ("kb rank --by=overpot", ""): ["rank", "--by=overpotential"],
    ("kb graph replication overpot", ""): ["graph", "replication", "overpotential"],
    ("kb find 'coulombic_eff", " = 98'"): ["find", "coulombic_efficiency = 98"],
    ("kb find 'strategy = \"surf", "'"): ["find", 'strategy = "surface coating"'],
    ("kb find 'is_control AND overpotential = 30 m", "'"): ["find", "is_control AND overpotential = 30 mV"],
    ("kb find '@own_r", "'"): ["find", "@own_results"],
    ("kb rank --where 'is_con", "'"): ["rank", "--where", "is_control"],
    ("kb sql @best_ag", ""): ["sql", "@best_against_control"],
    ("kb history --paper 10.1039/", ""): ["history", "--paper", "10.1039/d1ma00121c"],
    ("kb remove 10.1039/", ""): ["remove", "10.1039/d1ma00121c"],
    ("kb simulate PMMA/", ""): ["simulate", "PMMA/PVDF on Cu"],
    ("kb simulate 'PMMA/", ""): ["simulate", "PMMA/PVDF on Cu"],
    ("kb rank --study ", ""): ["rank", "--study", "study.toml"],
    ("kb completion fi", ""): ["completion", "fish"],
}
# And what fish cannot be asked for without a terminal.
MORE = {
    ("kb find x --form", "json"): ["find", "x", "--format", "json"],
    ("kb ingest pap", ""): ["ingest", "paper.md"],
    ("kb verify sub", ""): ["verify", "subfolder"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tab")
    with KnowledgeBase(made / "kb.sqlite", read_only=False) as base:
        base.ingest([ROOT / "corpus" / "pmma_pvdf_cu.md"])
    (made / "subfolder").mkdir()
    (made / "paper.md").touch()
    (made / "study.toml").write_text('by = ["cycling_hours"]\n')
    (made / "mapping.toml").write_text('[columns]\nmetric = "a"\n')
    kb = made / "bin" / "kb"
    kb.parent.mkdir()
    kb.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from kb.cli import main; main()' \"$@\"\n")
    kb.chmod(0o755)
    return made


@pytest.fixture
def env(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("KB_DB", "PROMPT_COMMAND", "PYTHONDONTWRITEBYTECODE")}
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "HOME": str(folder), "TERM": "dumb", "COLUMNS": "300", "LC_ALL": "C.UTF-8"}


def typed(
    call: Sequence[str], setting: str, lines: Iterable[tuple[str, str]], folder: Path, env: Mapping[str, str]
) -> list[list[str]]:
    """Type lines into a shell on a terminal, TAB amid each; the words that it makes of each."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(call[0], list(call), dict(env))

    def said(keys: str, last: str) -> str:
        os.write(terminal, keys.encode())
        text, end = "", time.monotonic() + SECONDS
        while last not in text:
            assert time.monotonic() < end, f"{call[0]} does not answer {keys!r}: {text!r}"
            if select.select([terminal], [], [], 0.1)[0]:
                text += os.read(terminal, 65536).decode(errors="replace")
        return text

    try:
        said(f"{setting}; echo REA''DY\n", "READY")
        # Before the line and after it goes what prints its words: C-a is its beginning, C-e its end.
        keys = [f"{before}\t{after}\x01printf '<%s>' \x05 END\n" for before, after in lines]
        return [re.findall(r"<([^<>]*?)/?>", said(text, "<END>").rpartition("<kb>")[2])[:-1] for text in keys]
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def test_bash_completes_the_line(folder: Path, env: dict[str, str]) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    asked = {**LINES, **MORE}
    setting = 'eval "$(kb completion bash)"'
    assert typed(["bash", "--norc", "-i"], setting, asked, folder, env) == list(asked.values())


def test_zsh_completes_the_line(folder: Path, env: dict[str, str]) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("there is no zsh here")
    asked = {**LINES, **MORE}
    setting = 'bindkey -e; autoload -U compinit; compinit -u -D; eval "$(kb completion zsh)"'
    assert typed(["zsh", "-f", "-i"], setting, asked, folder, env) == list(asked.values())


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_fish_is_told_the_word(folder: Path, env: dict[str, str], line: tuple[str, str]) -> None:
    if shutil.which("fish") is None:
        pytest.skip("there is no fish here")
    asked = "kb completion fish | source; complete --do-complete $argv[1]"
    done = subprocess.run(
        ["fish", "--no-config", "-c", asked, line[0]], cwd=folder, env=env, capture_output=True, text=True, timeout=60
    )
    assert not done.stderr
    offered = {one.partition("\t")[0] for one in done.stdout.splitlines()}
    wanted = LINES[line][-1].removesuffix(line[1].rstrip("'"))
    assert {wanted, wanted.partition("=")[2]} & offered, done.stdout


def offered(line: str, word: str) -> list[str]:
    """Give what is put in the place of a word at the end of a line, in bash."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMP_WORDS", line)
        patch.setenv("COMP_CWORD", word)
        return [one.partition(",")[2] for one in Bash(taught(), {}, "kb", VARIABLE).complete().splitlines()]


def taught() -> click.Command:
    teach(cli)
    return cli


def test_a_filter_that_may_go_on_is_not_ended() -> None:
    after = offered("kb find 'coulombic_eff", "coulombic_eff")
    assert after[0] == "coulombic_efficiency"
    assert {"coulombic_efficiency >=", "coulombic_efficiency AND"} <= set(after)
    assert offered("kb find 'components HAS ANY (PVDF, PMM", "components HAS ANY (PVDF, PMM") == [
        "components HAS ANY (PVDF, PMMA,", "components HAS ANY (PVDF, PMMA)",
    ]  # fmt: skip


def test_what_stands_after_a_sign_that_takes_words_apart_is_given_alone() -> None:
    assert offered("kb rank --by overpotential:", "") == ["max", "min"]
    assert (
        offered("kb sql @best", "best")[0] == "best_against_control" or "@best" in offered("kb sql @best", "@best")[0]
    )
    assert offered("kb rank --by=overpot", "overpot") == ["overpotential"]


def test_a_base_that_cannot_be_read_offers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert offered("kb remove 10.", "10.") == []
    Path("kb.sqlite").write_text("no base")
    assert offered("kb remove 10.", "10.") == []
    assert offered("kb remove --db missing.sqlite 10.", "10.") == []
    assert not Path("missing.sqlite").exists()


def test_what_a_paper_calls_its_sample_is_not_run(tmp_path: Path, env: dict[str, str], folder: Path) -> None:
    base = tmp_path / "kb.sqlite"
    shutil.copy(folder / "kb.sqlite", base)
    hostile = ["Zr$(touch ran)", "Zs'; touch ran; '", "Zt\nplain,$(touch ran)"]
    db = sqlite3.connect(base)
    for number, name in enumerate(hostile):
        db.execute("INSERT INTO systems (key, label, strategy) VALUES (?, ?, '')", (f'"{number}"', name))
    db.commit()
    db.close()
    said = offered(f"kb simulate --db {base} Z", "Z")
    assert len(said) == 2
    assert [shlex.split(one) for one in said] == [[name] for name in hostile[:2]]
    assert offered(f'kb simulate --db {base} "Zr', "Zr") == [r"Zr\$(touch ran)"]
    if shutil.which("bash") is not None:
        asked = [(f"kb simulate --db {base} {name[:2]}", "") for name in hostile[:2]]
        told = typed(["bash", "--norc", "-i"], 'eval "$(kb completion bash)"', asked, tmp_path, env)
        assert [words[-1] for words in told] == hostile[:2]
    assert not (tmp_path / "ran").exists()


def test_a_study_is_told_from_other_toml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert offered("kb why PVDF --study ", "") == ["study.toml"]
    (item,) = ShellComplete(taught(), {}, "kb", VARIABLE).get_completions(["rank", "--study"], "none")
    assert (item.type, item.value) == ("file", "none")


def params(command: click.Command) -> Iterator[click.Parameter]:
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from params(below)
    yield from command.params


def test_whatever_names_a_file_or_a_word_of_the_vocabulary_completes() -> None:
    shell = ShellComplete(taught(), {}, "kb", VARIABLE)
    nothing = [
        param.opts
        for param in params(cli)
        if re.search("FILE|PATH|DIR|FOLDER|GOLD|METRIC|FILTER|DOI|COLUMN|CONDITION", param.metavar or "")
        and param.metavar not in ("FILE.csv", "FILE.toml")
        and not param.shell_complete(click.Context(shell.cli), "")
        and param.opts[0] not in ("doi", "--paper", "--supplement-of")  # of a base
    ]
    assert nothing == []


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed(shell: str, env: dict[str, str]) -> None:
    done = subprocess.run(["kb", "completion", shell], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert f"{VARIABLE}={shell}_complete" in done.stdout
    if shutil.which(shell) is not None:
        subprocess.run([shell, "-n"], input=done.stdout, text=True, env=env, check=True)


@pytest.mark.parametrize(
    ("line", "word", "not_loaded"),
    [
        ("kb rec", "rec", ("lark", "sqlite3", "schema.vocabulary")),
        ("kb rank --by overp", "overp", ("lark", "sqlite3")),
        ("kb history --paper 10", "10", ("lark", "schema.vocabulary")),
        ("kb find 'overp", "overp", ("regex",)),
    ],
)
def test_a_tab_loads_little(
    line: str, word: str, not_loaded: tuple[str, ...], folder: Path, env: dict[str, str]
) -> None:
    code = (
        "import sys, atexit; from kb.cli import main;"
        "atexit.register(lambda: print(sorted(n for n in sys.argv[1:] if sys.modules.get(n)), file=sys.stderr)); main()"
    )
    heavy = ("numpy", "rich", "matplotlib", "pymatgen", "extractors", "textual", "pandas", *not_loaded)
    asked = {**env, VARIABLE: "bash_complete", "COMP_WORDS": line, "COMP_CWORD": word}
    done = subprocess.run([sys.executable, "-c", code, *heavy], cwd=folder, env=asked, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    assert done.stdout.startswith("plain,")
