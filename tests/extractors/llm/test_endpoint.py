"""Asking over HTTP: what a server may do to us, what it costs, and where the key goes."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors.deadline import time_limit
from extractors.llm.endpoint import MOST_BYTES, Endpoint, LanguageModel, Patience
from extractors.llm.testing import FakeModel, Reply, completion
from schema.errors import BadSetting, ModelUnavailable, RequestsSpent, TooSlow

KEY = "sk-not-to-be-seen-1234567890"
QUESTION = '{"text": "It is 32 mV."}'
Connect = Callable[..., LanguageModel]


def ask(model: LanguageModel, question: str = QUESTION) -> str:
    return model.answer("rules", question, str)


def test_a_question_goes_out_with_model_rules_and_key(fake: FakeModel, connect: Connect) -> None:
    fake.say = lambda question: completion(f"heard {question['text']}")
    assert ask(connect()) == "heard It is 32 mV."
    assert fake.keys == [f"Bearer {KEY}"]
    assert fake.bodies[0]["model"] == "fake-1"
    assert fake.bodies[0]["messages"] == [
        {"role": "system", "content": "rules"},
        {"role": "user", "content": QUESTION},
    ]


def test_what_was_answered_is_not_asked_again(fake: FakeModel, connect: Connect) -> None:
    fake.say = lambda question: completion("yes")
    first, second = connect(), connect()
    assert [ask(first), ask(first), ask(second)] == ["yes"] * 3
    assert (len(fake.bodies), first.sent, second.sent) == (1, 1, 0)
    assert first.has_answered("rules", QUESTION)
    assert not first.has_answered("other rules", QUESTION)


def test_an_answer_that_cannot_be_read_is_not_kept(fake: FakeModel, connect: Connect) -> None:
    fake.say = lambda question: completion("no JSON")
    model = connect()
    for _ in range(2):
        with pytest.raises(ValueError, match="Expecting value"):
            model.answer("rules", QUESTION, json.loads)
    assert len(fake.bodies) == 2


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(fake: FakeModel, connect: Connect, status: int) -> None:
    replies = iter([Reply([b"busy"], status), Reply(None), completion("at last")])
    fake.say = lambda question: next(replies)
    model = connect()
    assert ask(model) == "at last"
    assert model.sent == len(fake.bodies) == 3


def test_a_server_may_say_when_to_come_again(fake: FakeModel, connect: Connect) -> None:
    replies = iter([Reply([b""], 429, {"Retry-After": "1"}), completion("yes")])
    fake.say = lambda question: next(replies)
    started = time.monotonic()
    assert ask(connect(patience=Patience(5, 2, 0.01, 0.5))) == "yes"
    assert 0.45 < time.monotonic() - started < 5  # no longer than the longest pause, whatever it says


@pytest.mark.parametrize("status", [429, 500])
def test_what_does_not_pass_is_given_up(fake: FakeModel, connect: Connect, status: int) -> None:
    fake.say = lambda question: Reply([b"busy"], status)
    with pytest.raises(ModelUnavailable, match=rf"fake-1 at http://127.*error {status}, 3 times in a row; try later"):
        ask(connect())
    assert len(fake.bodies) == 3


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply([b'{"error": "wrong key ' + KEY.encode() + b'"}'], 401), "refuses the key .*KB_LLM_KEY"),
        (Reply([b'{"error": "no model, ' + KEY.encode() + b'"}'], 404), r"no model, \*\*\*.*KB_LLM_MODEL"),
        (Reply([b"<html>Welcome</html>"]), "no chat completion; see to KB_LLM_URL"),
        (Reply([b'{"choices": []}']), "no chat completion"),
        (Reply([b"[" * 100_000]), "no chat completion"),
        (Reply([b""], 302, {"Location": "http://127.0.0.1:9/v1"}), "error 302"),
    ],
)
def test_what_asking_again_does_not_mend_ends_at_once(
    fake: FakeModel, connect: Connect, reply: Reply, message: str
) -> None:
    fake.say = lambda question: reply
    with pytest.raises(ModelUnavailable, match=message) as caught:
        ask(connect())
    assert len(fake.bodies) == 1
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_endless_answer_is_cut(fake: FakeModel, connect: Connect) -> None:
    fake.say = lambda question: Reply(b"x" * 100_000 for _ in range(MOST_BYTES))
    with pytest.raises(ModelUnavailable, match="longer than"):
        ask(connect())


def test_a_slow_server_is_not_waited_for(fake: FakeModel, connect: Connect) -> None:
    def late(question: object) -> Reply:
        time.sleep(1.0)
        return completion("late")

    fake.say = late
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match=r"no answer within 0\.1 s, 2 times in a row"):
        ask(connect(patience=Patience(0.1, 2, 0.01)))
    assert time.monotonic() - started < 2


def test_a_server_that_drips_is_not_waited_for(fake: FakeModel, connect: Connect) -> None:
    def drops() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.05)
            yield b" "

    fake.say = lambda question: Reply(drops())
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match=r"no whole answer within 0\.3 s"):
        ask(connect(patience=Patience(0.3, 2, 0.01)))
    assert time.monotonic() - started < 4


def test_a_server_that_hangs_up_or_is_not_there(fake: FakeModel, connect: Connect) -> None:
    fake.say = lambda question: Reply(None)
    with pytest.raises(ModelUnavailable, match="no connection"):
        ask(connect())
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(ModelUnavailable, match="no connection"):
            ask(connect(url=url))


def test_the_document_s_time_limit_holds(fake: FakeModel, connect: Connect) -> None:
    def late(question: object) -> Reply:
        time.sleep(1.0)
        return completion("late")

    fake.say = late
    started = time.monotonic()
    with pytest.raises(TooSlow, match=r"a\.txt"), time_limit(0.3, "a.txt"):
        ask(connect())
    assert time.monotonic() - started < 3


def test_the_budget_counts_every_request(fake: FakeModel, connect: Connect) -> None:
    replies = iter([Reply([b""], 500), completion("one"), completion("two")])
    fake.say = lambda question: next(replies)
    model = connect(most=2)
    assert ask(model) == "one"
    assert ask(model) == "one"  # kept: costs nothing
    with pytest.raises(RequestsSpent, match=r"the budget is spent \(--llm-max-requests 2\).*run it again"):
        ask(model, '{"text": "other"}')
    assert len(fake.bodies) == 2


def test_a_model_that_takes_no_temperature_gets_none(fake: FakeModel, connect: Connect) -> None:
    fake.say = lambda question: (
        Reply([b"unsupported value: 'temperature'"], 400) if "temperature" in fake.bodies[-1] else completion("yes")
    )
    model = connect()
    assert [ask(model), ask(model, '{"text": "other"}')] == ["yes", "yes"]
    assert [body.get("temperature") for body in fake.bodies] == [0, None, None]


def test_the_key_is_nowhere_but_in_its_header(
    fake: FakeModel, connect: Connect, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.say = lambda question: completion("yes")
    model = connect()
    ask(model)
    fake.say = lambda question: Reply([KEY.encode()], 500)
    with pytest.raises(ModelUnavailable) as caught:
        ask(model, '{"text": "other"}')
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(kept) == 1
    told = (
        str(caught.value),
        caplog.text,
        repr(model.endpoint),
        json.dumps(fake.bodies),
        kept[0].read_text(),
        kept[0].name,
    )
    assert all(KEY not in text for text in told)
    assert fake.keys == [f"Bearer {KEY}"] * 4


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "needs KB_LLM_URL and KB_LLM_MODEL"),
        ({"KB_LLM_URL": "http://localhost:1/v1"}, "needs KB_LLM_MODEL in the environment, such as"),
        ({"KB_LLM_URL": "localhost:11434/v1", "KB_LLM_MODEL": "m"}, "no plain http or https address"),
        ({"KB_LLM_URL": "ftp://a/v1", "KB_LLM_MODEL": "m"}, "no plain http or https address"),
        ({"KB_LLM_URL": f"http://me:{KEY}@a/v1", "KB_LLM_MODEL": "m"}, "a key goes in KB_LLM_KEY"),
        ({"KB_LLM_URL": "http://a:b/v1", "KB_LLM_MODEL": "m"}, "KB_LLM_URL cannot be read"),
        ({"KB_LLM_URL": "http://a/v1", "KB_LLM_MODEL": "m", "KB_LLM_KEY": f"{KEY}\nx"}, "KB_LLM_KEY holds"),
    ],
)
def test_settings_that_cannot_be_used_are_told_without_the_key(settings: dict[str, str], message: str) -> None:
    with pytest.raises(BadSetting, match=message) as caught:
        Endpoint.from_environment(settings)
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_proxy_that_cannot_be_used_is_told(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://127.0.0.1:70")
    with pytest.raises(BadSetting, match="the proxy of the environment"):
        connect()


def test_the_address_may_be_that_of_the_completions(fake: FakeModel, connect: Connect) -> None:
    given = {"KB_LLM_URL": f"{fake.url}/chat/completions", "KB_LLM_MODEL": "m"}
    assert Endpoint.from_environment(given).url == fake.url
