"""Mining on a cluster of two worker processes: one is killed, one document is poison, thousands are many."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractors.pipeline import Miner
from extractors.testing import short_document
from kb import cluster as on_cluster
from kb.base import KnowledgeBase
from kb.cluster import Cluster, Content, mine_content
from kb.ingestion import IngestReport
from kb.mining import Mined, Refusal
from kb.store import Outcome
from schema.errors import BadScheduler

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are killed by a signal")


@pytest.fixture(scope="module")
def local_cluster() -> Iterator[Any]:
    dask = pytest.importorskip("dask")
    distributed = pytest.importorskip("distributed")
    settings = {"distributed.scheduler.allowed-failures": 1, "distributed.comm.timeouts.connect": "60s"}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as cluster,
    ):
        yield cluster


def written(folder: Path, number: int) -> Path:
    papers = folder / "papers"
    papers.mkdir()
    for n in range(number):
        (papers / f"{n:04}.md").write_text(short_document(n))
    return papers


def ingest(path: Path, papers: Path, address: str, kill: Any = None) -> tuple[IngestReport, list[dict[str, Any]]]:
    def watch(_: Outcome, done: int, __: int) -> None:
        if kill is not None and done == 3:
            kill()

    with Cluster(address) as workers, KnowledgeBase(path, read_only=False) as base:
        return base.ingest([papers], watch, workers=workers), list(base.export())


def kill_one(cluster: Any) -> None:
    worker = min(cluster.workers)
    os.kill(cluster.workers[worker].pid, signal.SIGKILL)


def test_a_killed_worker_costs_nothing(tmp_path: Path, local_cluster: Any) -> None:
    papers = written(tmp_path, 120)
    report, records = ingest(
        tmp_path / "a.sqlite", papers, local_cluster.scheduler_address, lambda: kill_one(local_cluster)
    )
    assert report.outcomes == {"new": 120, "unchanged": 0, "changed": 0, "failed": 0}
    with KnowledgeBase(tmp_path / "b.sqlite", read_only=False) as base:
        base.ingest([papers])
        assert list(base.export()) == records


def poisonous(document: Content, main: Content | None, seconds: float, miner: Miner | None) -> Mined | Refusal:
    """Mine, but for two documents: one that fails and one that ends its worker."""
    if document[0] == "0005.md":
        raise RuntimeError("no rule for this")
    if document[0] == "0007.md":
        os._exit(9)
    return mine_content(document, main, seconds, miner)


def test_a_poisonous_document_is_rejected_with_its_reason(
    tmp_path: Path, local_cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = written(tmp_path, 12)
    (papers / "empty.md").write_text("")
    monkeypatch.setattr(on_cluster, "mine_content", poisonous)
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import a test
    try:
        report, _ = ingest(tmp_path / "kb.sqlite", papers, local_cluster.scheduler_address)
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    failed = {d.source: d.message for d in report.failed}
    assert list(failed) == ["0005.md", "0007.md", "empty.md"]
    assert failed["0005.md"] == "0005.md: failed on the cluster, twice (RuntimeError: no rule for this)"
    assert "KilledWorker" in failed["0007.md"]
    assert report.outcomes["new"] == 10


@pytest.mark.slow
def test_two_thousand_documents(tmp_path: Path, local_cluster: Any) -> None:
    papers = written(tmp_path, 2000)
    report, records = ingest(
        tmp_path / "kb.sqlite", papers, local_cluster.scheduler_address, lambda: kill_one(local_cluster)
    )
    assert report.outcomes["new"] == 2000
    assert len(records) == report.measurements > 10_000


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster, "ANSWER_SECONDS", 1)
    with pytest.raises(BadScheduler, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9")


def test_a_cluster_without_workers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(on_cluster, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(on_cluster, "DESERTED_SECONDS", 0.6)
    papers = written(tmp_path, 2)
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None, silence_logs=50) as cluster,
        pytest.raises(BadScheduler, match=r"has had no worker for 1 s; start some \(dask worker tcp|inproc"),
    ):
        ingest(tmp_path / "kb.sqlite", papers, cluster.scheduler_address)
