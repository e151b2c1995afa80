"""The licences of what the package leans on, and an audit that says what it could not ask."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from .dependencies import allowed, audit, licence, licences, requirements

DECLARED = re.compile(r'^  "([A-Za-z0-9-]+)[><=]', re.MULTILINE)


def test_the_runtime_leans_on_nothing_that_binds_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences() == 0, capsys.readouterr().out
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == len(requirements()) > 30


def test_no_requirement_is_passed_over() -> None:
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8")
    declared = {
        name.lower()
        for name in DECLARED.findall(text[text.index("dependencies = [") : text.index("]\n\n[project.opt")])
    }
    assert "numpy" in declared
    assert declared <= set(requirements())
    assert all(licence(of) for of in requirements().values())


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ("MIT", True), ("LGPLv3 or BSD", True), ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("MIT OR GPL-3.0-only", True), ("MPL-2.0 AND (Apache-2.0 OR MIT)", True), ("GPL-3.0-or-later", False),
        ("GNU Affero General Public License v3", False), ("AGPL-3.0", False), ("GPL-2.0 AND MIT", False),
        ("GNU General Public License v3 (GPLv3)", False), ("SSPL-1.0", False), ("not stated", False),
    ],
)  # fmt: skip
def test_which_licences_may_be(told: str, may: bool) -> None:
    assert allowed(told) is may


class Service(BaseHTTPRequestHandler):
    """Stands in for osv.dev: it knows one fault, of click."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = {"id": "PYSEC-0000-1", "summary": "made up", "affected": [{
            "package": {"name": "click", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}],
        }]}  # fmt: skip
        answer = json.dumps({"vulns": [fault]} if asked["package"]["name"] == "click" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def service() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    thread.join()
    server.server_close()


needs_pip_audit = pytest.mark.skipif(find_spec("pip_audit") is None, reason="make audit installs pip-audit")


@needs_pip_audit
def test_a_known_fault_is_told(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(["--osv-url", service]) == 1
    told = capsys.readouterr().out
    assert re.search(r"^click \S+: PYSEC-0000-1, mended in 99.0$", told, re.MULTILINE)
    assert told.endswith(" requirements audited, 1 known faults\n")


@needs_pip_audit
def test_a_service_that_does_not_answer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(["--osv-url", "http://127.0.0.1:9/v1/query", "--timeout", "2"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("nothing was audited, as the service cannot be reached: ")
    assert "127.0.0.1" in told
    assert told.count("\n") == 1
