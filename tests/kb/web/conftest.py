"""The base of the digests as a site, asked by Datasette's own client or served to a browser."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kb.base import KnowledgeBase
from kb.web.site import Site

ROOT = Path(__file__).parents[3]
Get = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def digests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("web") / "kb.sqlite"
    with KnowledgeBase(path, read_only=False) as made:
        made.ingest([ROOT / "corpus"])
        made.audit.check()
    return path


def asking(site: Site) -> Get:
    """Give what asks a site for an address."""

    def get(path: str, **how: Any) -> httpx.Response:
        return asyncio.run(site.client.get(path, **how))

    return get


@pytest.fixture(scope="session")
def get(digests: Path) -> Get:
    return asking(Site(digests))


@pytest.fixture(scope="session")
def life(digests: Path) -> int:
    """The id of a measurement that an audit finds something of."""
    with KnowledgeBase(digests) as base:
        (found,) = base.find("cycling_hours > 1000 h AND findings HAS red")
    return int(found["id"])


@pytest.fixture
def site_of() -> Callable[..., Get]:
    return lambda path, **how: asking(Site(path, **how))


@pytest.fixture(scope="session")
def served(digests: Path) -> Iterator[str]:
    """The address of the digests, served by the command in a process of its own."""
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", str(digests), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout is not None and server.stderr is not None
        line = server.stdout.readline()
        if not re.match(r"http://127\.0\.0\.1:\d+/\n", line):
            server.kill()
            pytest.fail(f"{line}{server.stderr.read()}")
        yield line.strip()
        server.terminate()
