"""Who decides is told by the operator, the environment or git's files, in that order; git need not be installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.curation.authors import author_of
from schema.errors import BadSetting


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("KB_AUTHOR", "GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    return tmp_path / ".gitconfig"


def test_the_nearest_says_it(settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.write_text("[core]\n\teditor = vi\n[user]\n\tname = Git Ada\n    email = ada@example.org ; mine\n")
    assert author_of(folder=tmp_path) == "Git Ada <ada@example.org>"
    repository = tmp_path / "work" / "deep"
    (tmp_path / "work" / ".git").mkdir(parents=True)
    repository.mkdir()
    (tmp_path / "work" / ".git" / "config").write_text('[user]\n\tname = "Ada at work"\n')
    assert author_of(folder=repository) == "Ada at work <ada@example.org>"
    monkeypatch.setenv("KB_AUTHOR", "Env <env@example.org>")
    assert author_of(folder=repository) == "Env <env@example.org>"
    assert author_of("Bob  B. <bob@example.org>", repository) == "Bob B. <bob@example.org>"


def test_a_name_without_an_address_is_one(settings: Path, tmp_path: Path) -> None:
    settings.write_text("[user]\nname = Ada\n")
    assert author_of(folder=tmp_path) == "Ada"


@pytest.mark.parametrize("told", ["", "no settings at all", "[user]\nname\n", "\x00\xff"])
def test_nobody_is_said_with_the_remedy(settings: Path, tmp_path: Path, told: str) -> None:
    settings.write_text(told, "latin-1")
    with pytest.raises(BadSetting, match="--author"):
        author_of(folder=tmp_path)


@pytest.mark.parametrize("told", ["<ada@example.org>", "Ada <>", "Ada <a b>", "Ada <a@b.c> and Bob"])
def test_what_is_no_name_is_said(told: str) -> None:
    with pytest.raises(BadSetting, match="is no name with an address"):
        author_of(told)
