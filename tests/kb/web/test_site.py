"""The site over HTTP, through Datasette's own client: what it shows, in which forms, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.named import FILTER, all_named
from kb.plots.kinds import KINDS
from kb.questions import Questions
from kb.store import ingest_document
from kb.testing import Said, compose
from kb.web.figures import SHOWN
from kb.web.metadata import named_sql
from schema.records import Subject
from schema.tables import tables

PAGES = ("/", "/kb", "/find", "/search", "/plots", "/metrics", "/sources")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_without_a_script(get, path) -> None:
    answer = get(path)
    assert answer.status_code == 200, answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("table", tables())
def test_each_table_has_its_meaning_and_units(get, table) -> None:
    answer = get(f"/kb/{table}")
    assert answer.status_code == 200
    for column in tables()[table].columns[:3]:
        assert f"[{column.unit}]" in answer.text


def test_counts_are_those_of_the_base(get, digests) -> None:
    with KnowledgeBase(digests) as base:
        number = base.count()
    for table in ("measurements", "measurement_view"):
        told = get(f"/kb/{table}.json").json()
        assert told["filtered_table_rows_count"] == number


def test_what_is_ingested_meanwhile_is_counted_and_shown(tmp_path, site_of) -> None:
    path = tmp_path / "kb.sqlite"
    subject = Subject("PVDF@Cu", ("PVDF",), "Cu")
    with open_base(path, read_only=False) as db:
        ingest_document(db, compose(Said("It keeps 98.3 %.", "98.3", subject)), path="a.txt", extractor_version="t")
    get = site_of(path)
    assert get("/kb/measurements.json").json()["filtered_table_rows_count"] == 1
    with open_base(path, read_only=False) as db:
        more = compose(Said("It keeps 97.3 %.", "97.3", subject), source="b.txt")
        ingest_document(db, more, path="b.txt", extractor_version="t")
    assert get("/kb/measurements.json").json()["filtered_table_rows_count"] == 2
    assert "2 rows" in get("/kb").text


# --- one measurement, its passage ---


def test_a_measurement_says_what_kb_show_says(get, digests, life) -> None:
    page = get(f"/measurement/{life}")
    with KnowledgeBase(digests) as base:
        row = base.show(life)
    text = plain(page.text)
    assert f'<mark id="number" tabindex="-1" title="cycling_hours &gt; 1400 h">{row["shown"]}</mark>' in page.text
    (finding,) = row["audits"]
    assert finding["repair"] in text and " ".join(finding["said"].replace(">", "&gt;").split()) in text
    for said in (row["subject"], "PMMA, PVDF on Cu", "1 mA/cm², 1 mAh/cm², Li|Li symmetric", row["doi"], row["source"]):
        assert said in text
    assert get(f"/measurement/{life}.json").json() == json.loads(json.dumps(row))


def test_the_ids_in_a_finding_are_links(get, life) -> None:
    assert re.search(r'\(<a href="/measurement/\d+">#\d+</a>\)', get(f"/measurement/{life}").text)


def test_a_passage_marks_the_number_that_was_asked_for_and_links_the_others(get, life) -> None:
    row = get(f"/measurement/{life}.json").json()
    page = get(f"/passage/{row['passage_id']}?measurement={life}").text
    assert re.findall(r"<mark [^>]*>([^<]+)</mark>", page) == ["1400"]
    others = re.findall(r'<a class="number" href="/measurement/(\d+)"[^>]*>([^<]+)</a>', page)
    assert ("20" in {n for _, n in others}) and str(life) not in {id for id, _ in others}
    text = re.search(r'<blockquote class="passage">(.*?)</blockquote>', page, re.DOTALL)
    assert text is not None and re.sub(r"<[^>]+>", "", text[1]) == row["passage"]


def test_what_somebody_decided_shows(tmp_path, site_of) -> None:
    path = tmp_path / "kb.sqlite"
    said = [Said(f"Sample {n} keeps {n}.5 %.", f"{n}.5", Subject(f"S{n}", ("PVDF",), "Cu")) for n in (97, 98)]
    with KnowledgeBase(path, read_only=False) as base:
        with open_base(path, read_only=False) as db:
            ingest_document(db, compose(*said), path="a.txt", extractor_version="t")
        base.curation.set(1, {"value": 96.5}, "a misprint", author="Ada <ada@example.org>")
        base.curation.reject(2, "of another paper", author="Ada <ada@example.org>")
    get = site_of(path)
    assert "a misprint" in get("/measurement/1").text and "97.5 %" in plain(get("/measurement/1").text)
    aside = get("/measurement/2")
    assert aside.status_code == 200
    assert "rejected" in aside.text and "of another paper" in aside.text and 'id="number"' in aside.text
    assert get("/measurement/2.json").json()["status"] == "rejected"


@pytest.mark.parametrize("path", ["/measurement/999999", "/passage/999999", "/nothing", "/plots/nothing", "/kb/no"])
def test_what_there_is_not_is_404(get, path) -> None:
    assert get(path).status_code == 404


def test_an_empty_base_has_its_pages_too(tmp_path, site_of) -> None:
    open_base(tmp_path / "kb.sqlite", read_only=False).close()
    get = site_of(tmp_path / "kb.sqlite")
    for path in (*PAGES, *(f"/kb/{table}" for table in tables()), *(f"/kb/{query.name}" for query in named_sql())):
        assert get(path, follow_redirects=True).status_code == 200
    assert "The base is empty" in get("/").text
    assert "nothing to draw" in get("/plots/metric").text


# --- asking ---


@settings(max_examples=40)
@given(st.text(max_size=60) | st.text(alphabet="()\"'@*:;%_-.[]{}<>=&#? ANDORa1", max_size=60))
def test_whatever_is_asked_there_is_an_answer(get, asked: str) -> None:
    for path, names in (
        ("/find", {"filter": asked, "sort": asked}), ("/find.json", {"filter": asked}), ("/search", {"q": asked}),
        ("/kb/documents", {"_search": asked}), ("/kb/measurement_view", {"_search": asked, "metric": asked}),
        ("/kb/material_in_papers", {"material": asked}), ("/plots/graph", {"sample": asked}), ("/kb", {"sql": asked}),
    ):  # fmt: skip
        answer = get(path, params=names)
        assert answer.status_code in (200, 400), (path, asked, answer.text)


def test_find_gives_what_kb_find_gives(get, digests) -> None:
    asked = "cycling_hours > 100 h"
    with KnowledgeBase(digests) as base:
        ids = [row["id"] for row in base.find(asked, ["-value"])]
    page = get("/find", params={"filter": asked, "sort": "-value"}).text
    assert [int(n) for n in re.findall(r'<th scope="row"><a href="/measurement/(\d+)">', page)] == ids
    assert [int(r["id"]) for r in rows(get("/find.csv", params={"filter": asked, "sort": "-value"}).text)] == ids
    assert {r["id"] for r in get("/find.json", params={"filter": asked}).json()} == set(ids)


def test_a_find_that_is_too_slow_to_count_is_shown_all_the_same(digests, site_of, monkeypatch) -> None:
    monkeypatch.setattr(Questions, "count", _interrupted)
    page = site_of(digests)("/find?filter=")
    assert page.status_code == 200
    assert "Many measurements" in page.text and "1 to 50 of many" in page.text and 'rel="next"' in page.text


def _interrupted(*_: object) -> None:
    raise sqlite3.OperationalError("interrupted")


def test_a_slip_in_a_filter_is_told_with_its_place(get) -> None:
    page = get("/find", params={"filter": "coulombic_eficiency > 9"})
    assert page.status_code == 400
    assert "did you mean" in page.text and 'aria-invalid="true"' in page.text
    told = get("/find.json", params={"filter": "coulombic_eficiency > 9"})
    assert (told.status_code, told.json()["ok"]) == (400, False)


@pytest.mark.parametrize("path", ["/find?offset=-1", "/search?q=a&offset=x", "/passage/1?measurement=²"])
def test_an_offset_that_is_none_is_told(get, path) -> None:
    assert get(path).status_code == 400


def test_search_marks_the_words_and_tables_find_by_them(get, digests) -> None:
    with KnowledgeBase(digests) as base:
        number = base.search_count("PVDF")
        found = base.search("PVDF")
    page = get("/search?q=PVDF").text
    assert f"{number} passages" in page and '<mark class="word">' in page
    assert get("/kb/passages.json?_search=PVDF").json()["filtered_table_rows_count"] == number
    documents = get("/kb/documents.json?_search=PVDF&_shape=array&_size=max").json()
    assert {d["id"] for d in documents} == {row["document_id"] for row in found}
    assert get("/kb/papers.json?_search=PVDF").json()["filtered_table_rows_count"] == len(documents)
    measured = get("/kb/measurement_view.json?_search=PVDF&_shape=array&_size=max").json()
    assert {m["id"] for m in measured} == {id for row in found for id in row["measurements"]}


@pytest.mark.parametrize("query", named_sql(), ids=lambda query: query.name)
def test_a_named_query_is_asked_with_its_defaults(get, digests, query) -> None:
    with KnowledgeBase(digests) as base:
        wanted = base.sql(f"@{query.name}").records()
    told = get(f"/kb/{query.name}.csv", follow_redirects=True)
    assert [set(map(str, row.values())) for row in rows(told.text)] == [
        {"" if value is None else str(value) for value in row.values()} for row in wanted
    ]
    page = get(f"/kb/{query.name}", follow_redirects=True).text
    for name, value in query.defaults.items():
        assert re.search(rf'name="{name}" type="text" value="{re.escape(value)}"', page)


@pytest.mark.parametrize("name", [name for name, kind in all_named() if kind == FILTER])
def test_a_named_filter_is_asked(get, name) -> None:
    assert f"filter=%40{name}" in get("/").text
    assert get(f"/find?filter=@{name}").status_code == 200


def test_rows_of_a_table_lead_to_our_pages(get) -> None:
    assert get("/kb/measurements/1").headers["location"] == "/measurement/1"
    assert get("/kb/passages/1").headers["location"] == "/passage/1"
    view = get("/kb/measurement_view?metric=cycling_hours").text
    assert re.search(r'<a href="/measurement/\d+">', view) and 'href="https://doi.org/' in view


def test_lists_are_read_and_findings_lead_to_their_numbers(get) -> None:
    assert "M. Cai, Y. Lu" in get("/kb/papers/1").text
    assert re.search(r'\(<a href="/measurement/\d+">#\d+</a>\)', get("/kb/findings").text)


def test_facets_count_list_items(get) -> None:
    told = get("/kb/measurement_view.json?_size=1").json()["facet_results"]
    assert {"metric", "strategy", "cell", "provenance", "findings"} <= set(told)
    assert "ce_against_life:red" in {value["value"] for value in told["findings"]["results"]}


# --- plots ---


def test_the_kinds_that_need_a_file_are_left_out() -> None:
    assert set(KINDS) - set(SHOWN) == {"calibration"}


def test_a_plot_is_a_page_a_picture_and_a_table(get, digests, tmp_path) -> None:
    page = get("/plots/metric?metric=overpotential")
    assert page.status_code == 200 and 'alt="A metric against a test condition' in page.text
    png, svg = (get(f"/plots/metric.{ending}?metric=overpotential") for ending in ("png", "svg"))
    assert png.content.startswith(b"\x89PNG") and png.headers["content-type"] == "image/png"
    assert svg.headers["content-type"] == "image/svg+xml" and "<svg" in svg.text
    with KnowledgeBase(digests) as base:
        table = base.plot("metric", tmp_path / "m.png", metric="overpotential").table
    assert get("/plots/metric.csv?metric=overpotential").content == table.read_bytes()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/plots/metric?metric=nothing", "unknown metric"),
        ("/plots/metric?metric=overpotential&min_confidence=high", "a number from 0 to 1"),
        ("/plots/metric.svg?metric=overpotential&where=%3D", "That cannot be drawn"),
        ("/plots/graph.png?sample=Nothing", "That cannot be drawn"),
        ("/plots/metric.png", "what of?"),
    ],
)
def test_a_plot_that_cannot_be_drawn_says_why(get, path, told) -> None:
    answer = get(path)
    assert answer.status_code == 400
    assert told in answer.text


def test_no_plot_opens_a_file_that_a_reader_names(get) -> None:
    answer = get("/plots/forest.csv?metric=coulombic_efficiency&study=/etc/passwd")
    assert answer.status_code == 200 and "root" not in answer.text
    assert get("/plots/calibration?gold=/etc").status_code == 404


# --- what is refused ---


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH DATABASE '/tmp/x' AS x", "PRAGMA query_only=0", "DELETE FROM papers", "VACUUM INTO '/tmp/x'",
        "SELECT load_extension('/tmp/x')", "SELECT readfile('/etc/passwd')", "SELECT writefile('/tmp/x', 'a')",
        "SELECT edit('a')", "SELECT 1; DROP TABLE papers", "WITH a AS (SELECT 1) DELETE FROM papers",
        "SELECT fts3_tokenizer('a')", "EXPLAIN DELETE FROM papers", "SELECT * FROM pragma_database_list",
    ],
)  # fmt: skip
def test_sql_that_does_more_than_read_the_base_is_refused(get, sql, digests) -> None:
    before = digests.read_bytes()
    answer = get("/kb", params={"sql": sql})
    assert answer.status_code in (400, 403), answer.text
    assert str(digests.parent) not in answer.text
    assert digests.read_bytes() == before


def test_a_question_that_takes_long_is_ended(digests, site_of) -> None:
    get = site_of(digests, seconds=0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    for path in ("/kb", "/kb.json"):
        answer = get(path, params={"sql": endless})
        assert answer.status_code == 503 and "longer than 0.2 s" in answer.text and "&lt;" not in answer.text


def test_rows_are_cut_and_the_page_says_so(get) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) SELECT i FROM n"
    page = get("/kb", params={"sql": many}).text
    assert "The first 1,000 rows" in page


def test_without_sql_of_readers_there_is_none(digests, site_of) -> None:
    get = site_of(digests, own_sql=False)
    assert get("/kb?sql=SELECT+1").status_code == 403
    assert get("/kb/papers?_where=1").status_code == 403
    assert "<textarea" not in get("/kb").text
    assert get("/kb/coverage").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/-/databases.json", "/-/threads", "/-/settings.json", "/-/auth-token", "/kb.db", "/_internal", "/-/plugins"],
)
def test_what_tells_of_the_machine_is_closed(get, path, digests) -> None:
    answer = get(path)
    assert answer.status_code in (403, 404)
    assert str(digests.parent) not in answer.text


def test_a_page_elsewhere_cannot_ask_under_its_own_name(digests, site_of) -> None:
    get = site_of(digests, host="127.0.0.1")
    assert get("/").status_code == 200
    assert get("/", headers={"host": "evil.example:8001"}).status_code == 421
    assert site_of(digests, host="127.8.8.8")("/", headers={"host": "evil.example"}).status_code == 421
    assert site_of(digests, host="127.8.8.8")("/", headers={"host": "127.8.8.8:80"}).status_code == 200
    assert site_of(digests)("/", headers={"host": "base.example"}).status_code == 200


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7*7 }} javascript:alert(3)'


def test_hostile_text_stays_text(tmp_path: Path, site_of) -> None:
    path = tmp_path / "kb.sqlite"
    subject = Subject(f"S {HOSTILE}", ("PVDF", HOSTILE), HOSTILE, HOSTILE)
    said = Said(f"It {HOSTILE} keeps 98.3 % for {HOSTILE}.", "98.3", subject)
    front = {"title": HOSTILE, "doi": f"10.1/{HOSTILE}", "journal": HOSTILE, "licence": HOSTILE, "authors": (HOSTILE,)}
    with KnowledgeBase(path, read_only=False) as base:
        with open_base(path, read_only=False) as db:
            ingest_document(db, compose(said, **front), path=f"{HOSTILE[:8]}.txt", extractor_version="t")
        base.curation.set(1, {"value": 97.0}, HOSTILE, author="Ada <ada@example.org>")
    get = site_of(path)
    asked = {"filter": HOSTILE, "q": HOSTILE, "_search": HOSTILE, "sql": f"SELECT '{HOSTILE}' AS a", "sample": HOSTILE}
    addresses = [*PAGES, "/measurement/1", "/passage/1", "/search?q=keeps", "/kb/papers/1", "/kb/documents/1"]
    addresses += [f"/kb/{table}" for table in tables()]
    for address in addresses:
        _is_harmless(get(address).text)
    for address in ("/find", "/search", "/kb/measurement_view", "/kb", "/plots/graph"):
        _is_harmless(get(address, params=asked).text)


def _is_harmless(page: str) -> None:
    tags = re.findall(r"<\s*(\w+)([^>]*)>", page)
    assert not {name.lower() for name, _ in tags} & {"script", "iframe", "object", "embed"}
    assert all("x onerror" not in rest for name, rest in tags if name == "img")
    assert not re.search(r'href="\s*javascript:', page)
    assert "49" not in page or "{{ 7*7 }}" in page


def test_the_base_cannot_be_written_through_the_site(digests) -> None:
    from kb.web.site import Base, Site
    from schema.errors import ReadOnly

    base = Base(Site(digests), digests)
    with pytest.raises(ReadOnly):
        base.connect(write=True)
    with pytest.raises(sqlite3.DatabaseError):
        base.connect().execute("DELETE FROM papers")
