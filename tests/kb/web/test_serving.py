"""``kb serve``: where it answers, to whom, how it ends; and that nothing else loads what it needs."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from kb.base import KnowledgeBase
from kb.cli import cli
from kb.connection import open_base
from kb.store import ingest_document
from kb.testing import coated, compose
from kb.web import serving
from schema.errors import BadAddress, TextNotFree

ROOT = Path(__file__).parents[3]
HEAVY = ("datasette", "uvicorn", "jinja2", "httpx", "pluggy", "asgiref")


def kb(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="kb")


def base_under(licence: str, path: Path) -> Path:
    with open_base(path, read_only=False) as db:
        ingest_document(db, compose(coated(), licence=licence), path="a.txt", extractor_version="t")
    return path


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What the server would have been begun with."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr(serving, "serve", lambda path, place, tell, **how: calls.append({"place": place, **how}))
    return calls


def test_it_answers_at_the_address_it_says(served: str) -> None:
    assert httpx.get(served).status_code == 200
    assert httpx.get(f"{served}measurement/1.json").json()["id"] == 1


def test_another_name_for_this_machine_is_turned_away(served: str) -> None:
    assert httpx.get(served, headers={"host": "rebound.example"}).status_code == 421


def test_an_interruption_ends_it_in_order(digests: Path) -> None:
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", str(digests), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as server:  # fmt: skip
        assert server.stdout is not None and server.stderr is not None
        assert httpx.get(server.stdout.readline().strip()).status_code == 200
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == 0
        assert server.stderr.read() == "kb: ctrl+C ends it\n"


def test_a_port_that_is_taken_is_told_in_one_line(digests: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = kb("serve", str(digests), "--port", port)
    assert done.exit_code == 2
    last = done.stderr.splitlines()[-1]
    assert f"127.0.0.1:{port} is taken" in last and "--port 0" in last


def test_no_base_is_told_in_one_line(tmp_path: Path) -> None:
    done = kb("serve", str(tmp_path / "none.sqlite"))
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert "no base at" in done.stderr


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a b", "x" * 300])
def test_an_address_that_is_none_is_told(host: str) -> None:
    with pytest.raises(BadAddress, match="no address of this machine"):
        serving.checked(host, 8001)


def test_without_the_extra_the_remedy_is_told(digests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = kb("serve", str(digests), "--port", "0")
    assert done.exit_code == 2
    assert "pip install 'lithium-anode-kb[web]'" in done.stderr


def test_the_browser_is_sent_to_where_it_answers(digests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = threading.Event()
    told: list[str] = []
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: (opened.append(url), sent.set()))
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: sent.wait(10))
    place = serving.checked("127.0.0.1", 0)
    serving.serve(digests, place, told.append, seconds=1.0, own_sql=True, browser=True)
    assert opened == told and told[0].startswith("http://127.0.0.1:")


# --- to whom ---


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.8.8.8", "::1"])
def test_on_this_machine_all_may_be_read_and_asked(digests: Path, begun: list, host: str) -> None:
    assert kb("serve", str(digests), "--host", host).exit_code == 0
    assert begun[0]["own_sql"] is True


def test_others_are_not_shown_what_a_licence_keeps_back(tmp_path: Path, begun: list) -> None:
    path = base_under("CC BY-NC-ND 4.0", tmp_path / "kb.sqlite")
    done = kb("serve", str(path), "--host", "0.0.0.0")
    assert (done.exit_code, begun) == (2, [])
    for told in ("a.txt: CC-BY-NC-ND-4.0 allows no adaptations", "kb snapshot DIR --public", "--public-texts"):
        assert told in done.stderr
    assert kb("serve", str(path), "--host", "0.0.0.0", "--public-texts").exit_code == 0
    assert begun[0]["own_sql"] is False


def test_others_are_shown_what_is_free(tmp_path: Path, begun: list) -> None:
    path = base_under("CC BY 4.0", tmp_path / "kb.sqlite")
    assert kb("serve", str(path), "--host", "0.0.0.0", "--sql").exit_code == 0
    assert begun[0]["own_sql"] is True


def test_a_public_snapshot_may_be_shown_to_all_and_says_what_is_left_out(tmp_path: Path, begun: list, site_of) -> None:
    path = base_under("", tmp_path / "kb.sqlite")
    with KnowledgeBase(path) as base:
        base.snapshot(tmp_path / "public", public=True)
    copy = tmp_path / "public" / "kb.sqlite"
    assert kb("serve", str(copy), "--host", "0.0.0.0").exit_code == 0
    assert len(begun) == 1
    get = site_of(copy)
    assert "The sentence is left out: this is a public snapshot." in get("/measurement/1").text
    assert "The text is left out" in get("/passage/1").text
    assert "keeps 98.3" not in get("/kb/passages").text + get("/kb/documents").text


def test_few_of_many_texts_are_named(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    with open_base(path, read_only=False) as db:
        for n in range(5):
            mined = compose(coated(f"9{n}.5"), source=f"{n}.txt", title=f"A paper of number {n} on coatings and cells")
            ingest_document(db, mined, path=f"{n}.txt", extractor_version="t")
    with pytest.raises(TextNotFree, match="and 2 more") as caught:
        serving.withheld_from(path, "0.0.0.0")
    assert len(caught.value.sources) == 5 and "\n" not in str(caught.value)


# --- what is loaded ---


@pytest.mark.parametrize("words", [("--help",), ("serve", "--help"), ("find", "value > 0"), ("show", "1")])
def test_other_commands_load_nothing_of_it(digests: Path, words: tuple[str, ...]) -> None:
    code = (
        "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
        "import kb; from kb.cli import main; main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KB_DB": str(digests)}
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert not {*HEAVY} & set(done.stderr.split())


def test_a_base_in_a_folder_that_cannot_be_written_is_served(digests: Path, tmp_path: Path, site_of) -> None:
    shut = tmp_path / "shut"
    shut.mkdir()
    shutil.copy(digests, shut / "kb.sqlite")
    shut.chmod(0o555)
    try:
        assert site_of(shut / "kb.sqlite")("/").status_code == 200
        assert [f.name for f in shut.iterdir()] == ["kb.sqlite"] or os.access(shut, os.W_OK)
    finally:
        shut.chmod(0o755)
