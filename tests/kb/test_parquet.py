"""Mined documents through Parquet and back, and from there into a base."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.mining import Here
from kb.parquet import Row, Writer, read_rows
from kb.partitions import mine_to_parquet
from kb.testing import Said, compose
from schema.errors import BadParquet
from schema.records import Mined, Subject

CORPUS = Path(__file__).parents[2] / "corpus"
NUMBERS = st.floats(0.001, 1e6).map(lambda x: float(f"{x:.6g}"))


@given(st.lists(NUMBERS, max_size=4), st.text(max_size=20), st.sampled_from([None, 2021]))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[float], title: str, year: int | None
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    said = [Said(f"It keeps {n} % for long.", str(n), Subject("PVDF@Cu", ("PVDF",), "Cu")) for n in numbers]
    row = Row("a.txt", "0" * 64, "1", "words", None, None, compose(*said, title=title, year=year))
    with Writer(folder) as writer:
        writer.add(row)
    assert list(read_rows(folder)) == [row]


def test_a_base_from_parquet_is_the_base_from_the_documents(tmp_path: Path) -> None:
    files = sorted(CORPUS.glob("*.md"))
    (tmp_path / "empty.md").write_text("")
    outcomes = mine_to_parquet([*files, tmp_path / "empty.md"], tmp_path / "records", Here(), lambda *_: None, 120)
    assert [o.outcome for o in outcomes] == ["new"] * len(files) + ["failed"]
    with KnowledgeBase(tmp_path / "a.sqlite", read_only=False) as base:
        report = base.load(tmp_path / "records")
        assert report.outcomes["new"] == len(files)
        assert base.load(tmp_path / "records").outcomes["unchanged"] == len(files)
        loaded = list(base.export())
        # The documents are known: they are not mined again.
        assert base.ingest(files).outcomes["unchanged"] == len(files)
    with KnowledgeBase(tmp_path / "b.sqlite", read_only=False) as base:
        base.ingest(files)
        assert list(base.export()) == loaded


def test_what_cannot_be_loaded_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "part-00000.parquet").write_bytes(b"nothing of the kind")
    with pytest.raises(BadParquet, match="cannot be read as Parquet"):
        list(read_rows(tmp_path / "bad"))
    with pytest.raises(BadParquet, match="name a new folder"):
        Writer(tmp_path / "bad")
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), tmp_path / "other.parquet")
    with pytest.raises(BadParquet, match="--to-parquet"):
        list(read_rows(tmp_path / "other.parquet"))
    with Writer(tmp_path / "old") as writer:
        writer.add(Row("a.txt", "0" * 64, "1", "other words", None, None, Mined(compose().document)))
    with (
        KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as base,
        pytest.raises(BadParquet, match="KB_VOCABULARY"),
    ):
        base.load(tmp_path / "old")
