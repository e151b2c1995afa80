"""The cache of answers: where it is, what it holds, what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.llm.answers import Answers, cache_folder
from schema.errors import BadSetting


def test_the_folder_is_the_operator_s_or_the_system_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KB_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("KB_CACHE")
    assert cache_folder().name == "lithium-anode-kb"


def test_another_question_has_another_answer(tmp_path: Path) -> None:
    kept = Answers(tmp_path)
    kept.put(("a", "bc"), "one")
    kept.put(("ab", "c"), "two")
    assert (kept.get(("a", "bc")), kept.get(("ab", "c")), kept.get(("abc",))) == ("one", "two", None)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".txt"]


def test_a_folder_that_cannot_be_used_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "llm").write_text("a file where the folder should be")
    kept = Answers(tmp_path)
    with pytest.raises(BadSetting, match=r"cannot be used .*KB_CACHE"):
        kept.put(("a",), "one")
    with pytest.raises(BadSetting, match=r"cannot be used .*KB_CACHE"):
        kept.get(("a",))


@given(asked=st.tuples(st.text(), st.text()), answer=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_put_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory, asked: tuple[str, ...], answer: str
) -> None:
    kept = Answers(tmp_path_factory.getbasetemp())
    kept.put(asked, answer)
    assert kept.get(asked) == answer
