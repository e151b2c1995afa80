"""No document takes longer than it may: loops look at the clock, and what does not look is interrupted."""

from __future__ import annotations

import re
import signal
import threading
import time
from pathlib import Path

import pytest

from extractors.deadline import DEFAULT_SECONDS, in_time, seconds_left, time_limit
from extractors.pipeline import mine, mine_file
from extractors.readers import read_page, read_text_string
from extractors.sentences import sentences
from schema.errors import TooSlow, UnreadableDocument

SENTENCE = "The ZnO-coated Li cell ran for 900 h at 2 mA cm-2. "


def test_without_a_limit_nothing_is_cut() -> None:
    assert list(in_time(range(3))) == [0, 1, 2]
    assert seconds_left(7.0) == 7.0


def test_within_the_limit_nothing_is_cut() -> None:
    with time_limit(60, "a.txt"):
        assert list(in_time("ab")) == ["a", "b"]
        assert 0 < seconds_left(DEFAULT_SECONDS) <= 60


def test_a_limit_ends_with_its_document() -> None:
    with pytest.raises(TooSlow), time_limit(0, "a.txt"):
        seconds_left(1.0)
    assert seconds_left(1.0) == 1.0


def test_the_error_names_document_limit_and_remedy() -> None:
    with pytest.raises(UnreadableDocument, match=r"^a\.txt: .*longer than 0\.5 s.*split it.*--time-limit") as caught:
        raise TooSlow("a.txt", 0.5)
    assert isinstance(caught.value, TimeoutError)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms on this system")
def test_what_never_looks_at_the_clock_is_interrupted() -> None:
    former, started = signal.getsignal(signal.SIGALRM), time.monotonic()
    with pytest.raises(TooSlow, match=r"a\.txt"), time_limit(0.2, "a.txt"):
        re.fullmatch(r"(a|a)*b", "a" * 40)
    assert time.monotonic() - started < 5
    assert signal.getsignal(signal.SIGALRM) is former
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms on this system")
def test_an_alarm_that_is_passed_over_rings_again() -> None:
    def passes_over() -> None:
        try:
            time.sleep(60)
        except OSError:
            time.sleep(60)

    started = time.monotonic()
    with pytest.raises(TooSlow), time_limit(0.1, "a.txt"):
        passes_over()
    assert time.monotonic() - started < 5


def test_in_another_thread_the_loops_look(tmp_path: Path) -> None:
    paper = tmp_path / "long.txt"
    paper.write_text("\n\n".join([SENTENCE * 5] * 200))
    caught: list[TooSlow] = []

    def work() -> None:
        try:
            with time_limit(0.05, paper.name):
                mine_file(paper)
        except TooSlow as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [e.source for e in caught] == ["long.txt"]


HOSTILE = {
    "no full stop": "the coated anode cycles well at 5 mV " * 1_500,
    "digits": "1" * 100_000,
    "numbers": "1 2 " * 12_500,
    "numbers with commas": "12, " * 12_500,
    "percents": "98%" * 16_000,
    "opening brackets": "(" * 100_000,
    "links never closed": "[(" * 50_000,
    "blank lines": "\n" * 100_000 + "The end.",
    "DOIs": "10.1234/" * 6_000,
    "raised, never ended": "x<sup>" * 10_000,
    "elements": "LiFe" * 12_500,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", ["plain", "html"])
def test_no_text_makes_it_go_over_the_same_again_and_again(name: str, form: str) -> None:
    """What grew with the square of the length took minutes here."""
    text = HOSTILE[name]
    with time_limit(45, name):
        if form == "html":
            body = text.replace("<", "&lt;") + "".join(f"<p>{SENTENCE * 5}</p>" for _ in range(5))
            document = read_page(
                f"<html><body><article><h1>A long text on cells</h1><p>{body}</p></article></body></html>"
            )
        else:
            document = read_text_string(f"The efficiency is {text}.")
        mine(document)


def test_a_stretch_without_an_end_is_cut_at_spaces() -> None:
    text = "word " * 2_000
    spans = sentences(text.strip())
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == "word" * 2_000
    assert all(b - a <= 2_000 and text[a:b].strip().startswith("word") for a, b in spans)
    assert [b - a for a, b in sentences("x" * 4_500)] == [2000, 2000, 500]
