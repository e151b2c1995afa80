"""A study in pieces: here, in processes, on a cluster of which a worker is killed; the same answer, or part of it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from kb import studies
from kb.cli import cli
from kb.connection import open_base
from kb.screening.decision import Scale
from kb.screening.panel import Block, Job, Panel, joined
from kb.shares import run_on_cluster, shared
from kb.store import ingest_document
from kb.studies import Study, read_study, write_study
from kb.testing import bare, coated, compose
from schema.errors import BadScheduler

BLOCKS = range(6)


def job(kind: type[Job] = Job) -> Job:
    y = np.random.default_rng(0).normal(0, 1, (5, 2))
    panel = Panel(y, y, np.full((5, 2), 0.4), ("a",) * 5)
    return kind(panel, Scale.of(panel.draws(0, 0), [1, 1]), 0, 0.2)


def same(one: Iterator[Block] | list[Block], other: Iterator[Block] | list[Block]) -> bool:
    (mine, places), (theirs, others) = joined(one), joined(other)
    return np.array_equal(mine, theirs) and np.array_equal(places.ranks, others.ranks)


class DiesOnce(Job):
    """Ends the process that does block 3, the first time."""

    def __call__(self, number: int) -> Block:
        mark = Path(os.environ["KB_TEST_MARK"])
        if number == 3 and not mark.exists():
            mark.touch()
            os._exit(9)
        return super().__call__(number)


def test_processes_give_the_same_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert same(list(shared(2)(job(), BLOCKS)), list(shared()(job(), BLOCKS)))


def test_blocks_of_a_process_that_died_are_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_TEST_MARK", str(tmp_path / "mark"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import test_shares  # under a name by which another process finds it

    blocks = list(shared(2)(job(test_shares.DiesOnce), BLOCKS))
    assert (tmp_path / "mark").exists()
    assert sorted(b.number for b in blocks) == list(BLOCKS)
    assert same(blocks, list(shared()(job(), BLOCKS)))


@pytest.mark.skipif(sys.platform == "win32", reason="workers are killed by a signal")
def test_a_worker_that_is_killed_amid_a_study_costs_nothing() -> None:
    pytest.importorskip("dask")
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        blocks = []
        for block in run_on_cluster(cluster.scheduler_address, job(), range(60)):
            blocks.append(block)
            if len(blocks) == 2:
                os.kill(cluster.workers[min(cluster.workers)].pid, signal.SIGKILL)
        assert sorted(b.number for b in blocks) == list(range(60))
        assert same(blocks, list(shared()(job(), range(60))))


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("kb.cluster.ANSWER_SECONDS", 0.2)
    with pytest.raises(BadScheduler, match="dask scheduler"):
        list(shared(scheduler="tcp://127.0.0.1:9")(job(), BLOCKS))


@pytest.fixture
def base(tmp_path: Path) -> str:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    for n, (treated, control) in enumerate([("98.3", "91.2"), ("96.0", "92.0")]):
        mined = compose(coated(treated), bare(control), source=f"{n}.txt", title=f"Paper number {n} on a coating")
        ingest_document(db, mined, path=f"{n}.txt", extractor_version="1")
    db.close()
    return str(path)


def test_ctrl_c_prints_what_is_done_and_keeps_nothing(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "study.toml"
    write_study(path, Study(("coulombic_efficiency",), draws=2000))

    def interrupted(job: Job, numbers: Sequence[int]) -> Iterator[Block]:
        for number in numbers:
            if number == 2:
                raise KeyboardInterrupt
            yield job(number)

    monkeypatch.setattr("kb.shares.run_here", interrupted)
    result = CliRunner().invoke(cli, ["rank", "--study", str(path), "--db", base])
    assert result.exit_code == 130
    assert "Partial: 1000 of 2000 draws were done." in result.stdout
    assert "interrupted: 1000 of 2000 draws" in result.stderr
    assert read_study(path)[1] == {}


def test_jobs_on_the_command_line_change_no_digit(base: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    write_study(path, Study(("coulombic_efficiency",), draws=1000))
    assert CliRunner().invoke(cli, ["rank", "--study", str(path), "--db", base]).exit_code == 0
    again = CliRunner().invoke(cli, ["rank", "--study", str(path), "--db", base, "-j", "2"])
    assert "the same to the digit" in again.stderr


def test_studies_run_here_without_a_word() -> None:
    assert shared() is studies.run_here
