"""The site in a browser, by keyboard and as a screen reader is told of it; skipped where there is no Chromium."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra test)")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here (Debian, Ubuntu: apt install chromium): the pages are not tried in one"
)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PAGES = (
    "", "find?filter=cycling_hours+%3E+100", "search?q=lithium", "kb", "kb/measurement_view", "kb/best_against_control",
    "kb?sql=SELECT+1", "metrics", "sources", "plots", "plots/metric", "measurement/1", "passage/1", "nothing",
    "find?filter=%3D", "kb/papers/1", "kb/measurement_view?metric=cycle_count&_search=lithium",
)  # fmt: skip
# What a screen reader has to say of each control, link and picture; and what of a page.
UNNAMED = """() => {
  const said = e => e.textContent.trim();
  const named = e => (e.getAttribute('aria-label') || '').trim() || (e.labels && [...e.labels].some(said))
    || ['A', 'BUTTON', 'SUMMARY'].includes(e.tagName) && said(e) || e.tagName === 'IMG' && e.alt.trim();
  return [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href], summary, img')]
    .filter(e => !named(e)).map(e => e.outerHTML);
}"""
FAULTS = """() => {
  const faults = [];
  const say = (wrong, what) => { if (wrong) faults.push(what); };
  say(document.documentElement.lang !== 'en', 'no language');
  say(document.querySelectorAll('h1').length !== 1, 'not one h1');
  say(document.querySelectorAll('main').length !== 1, 'not one main');
  say(!document.title.trim(), 'no title');
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  say(new Set(ids).size !== ids.length, 'an id twice');
  const levels = [...document.querySelectorAll('h1, h2, h3')].map(h => +h.tagName[1]);
  say(levels.some((l, i) => i && l > levels[i - 1] + 1), 'a level of headings is left out');
  for (const table of document.querySelectorAll('table')) {
    say(!table.caption || !table.caption.innerText.trim(), 'a table without a caption');
    say([...table.querySelectorAll('thead th')].some(h => h.scope !== 'col'), 'a head of a column without its scope');
  }
  for (const e of document.querySelectorAll('[aria-labelledby], [aria-describedby]'))
    for (const name of ['aria-labelledby', 'aria-describedby'])
      say(e.getAttribute(name) && !document.getElementById(e.getAttribute(name)), 'a label that is not there');
  for (const e of document.querySelectorAll('.scroll'))
    say(e.tabIndex !== 0 || !e.getAttribute('aria-label'), 'a region that scrolls, out of reach of the keyboard');
  return faults;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as tool:
        begun = tool.chromium.launch(executable_path=CHROMIUM)
        yield begun
        begun.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport=DESK, accept_downloads=True)
    context.set_default_timeout(20_000)
    made = context.new_page()
    yield made
    context.close()


def refused(page: Any) -> list[str]:
    """Gather what the browser will say that the pages' own policy forbids."""
    loud: list[str] = []
    page.on("console", lambda message: loud.append(message.text) if "Content Security Policy" in message.text else None)
    return loud


def focused(page: Any) -> str:
    return str(page.evaluate("(document.activeElement.innerText || document.activeElement.id || '').trim()"))


def tab_to(page: Any, wanted: str, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    pytest.fail(f"{wanted!r} is not reached by the keyboard")


def test_from_a_search_to_the_number_in_its_passage(page: Any, served: str) -> None:
    page.goto(served)
    page.get_by_label("Search the passages by words").fill('"symmetric cells" PMMA')
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("status").inner_text().startswith("1 passage,")
    page.get_by_role("article").get_by_role("link", name=re.compile(r"^#\d+$")).nth(1).click()
    assert page.get_by_role("heading", level=1).inner_text().endswith("cycling hours > 1400 h")
    mark = page.locator("mark")
    assert mark.inner_text() == "1400" and mark.is_visible()
    colours = mark.evaluate(
        "m => [getComputedStyle(m).backgroundColor, getComputedStyle(m.parentNode).backgroundColor]"
    )
    assert colours[0] != colours[1]
    page.get_by_role("link", name="The passage, with all its numbers").click()
    assert page.locator("mark").inner_text() == "1400"
    assert page.evaluate("document.activeElement.id || location.hash") in ("number", "#number")
    assert page.get_by_role("link", name="Passage after").is_visible()


def test_a_named_query_is_run_and_its_csv_comes_down(page: Any, served: str) -> None:
    page.goto(served)
    page.get_by_role("link", name="coatings of mechanism").click()
    field = page.get_by_label("mechanism")
    assert field.input_value() == "self-healing"
    field.fill("host")
    page.get_by_role("button", name="Run").click()
    shown = page.get_by_role("table").locator("tbody tr").count()
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    with Path(coming.value.path()).open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == shown > 0


def test_the_csv_of_a_find_comes_down(page: Any, served: str) -> None:
    page.goto(f"{served}find?filter=cycling_hours+%3E+100")
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    assert coming.value.suggested_filename == "found.csv"
    with Path(coming.value.path()).open(encoding="utf-8", newline="") as stream:
        assert {row["metric"] for row in csv.DictReader(stream)} == {"cycling_hours"}


def test_a_facet_narrows_the_table(page: Any, served: str) -> None:
    page.goto(f"{served}kb/measurement_view")
    page.get_by_role("region", name="metric").get_by_role("link", name="cycling_hours").click()
    rows = page.get_by_role("table").locator("tbody tr")
    assert page.get_by_role("status").inner_text().startswith(f"{rows.count()} rows")


def test_a_figure_is_drawn_in_the_page(page: Any, served: str) -> None:
    page.goto(f"{served}plots/metric")
    picture = page.get_by_role("img", name=re.compile("A metric against a test condition.*CSV has its"))
    picture.evaluate("i => i.decode()")
    assert picture.evaluate("i => i.naturalWidth") > 500


@pytest.mark.parametrize("kind", ["metric", "forest", "coverage"])
def test_a_drawing_of_its_own_has_its_lines_and_colours(page: Any, served: str, kind: str) -> None:
    loud = refused(page)
    page.goto(f"{served}plots/{kind}.svg?metric=coulombic_efficiency")
    strokes = page.evaluate("[...document.querySelectorAll('path')].map(p => getComputedStyle(p).stroke)")
    assert any(stroke.startswith("rgb") for stroke in strokes) and loud == []


def test_all_of_it_goes_by_keyboard(page: Any, served: str) -> None:
    page.goto(served)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "filter"  # past the links of the head
    page.keyboard.type("cycling_hours > 1000 AND findings HAS red")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find?*")
    number = page.locator("tbody th a").inner_text()
    tab_to(page, number)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/measurement/{number}")
    assert page.locator("mark").inner_text() == "1400"


def test_a_screen_reader_is_told_of_the_parts(page: Any, served: str) -> None:
    page.goto(served)
    tree = page.locator("body").aria_snapshot()
    for part in (
        'navigation "Pages"', "- main", "- contentinfo", 'search "Find measurements"', 'button "Find"',
        'textbox "Find measurements by a filter"', 'searchbox "Search the passages by words"',
        'region "Questions that go by a name"',
    ):  # fmt: skip
        assert part in tree, part
    page.goto(f"{served}find?filter=%3D")
    assert page.get_by_label("Filter", exact=True).get_attribute("aria-invalid") == "true"
    assert page.get_by_role("alert").is_visible()


@pytest.mark.parametrize("path", PAGES)
def test_each_page_can_be_read_heard_and_held_in_a_hand(page: Any, served: str, path: str) -> None:
    loud = refused(page)
    page.goto(served + path)
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate(FAULTS) == []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], size
    assert loud == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_colours_of_the_system(browser: Any, served: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(served)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    level = sum(map(int, re.findall(r"\d+", ground)[:3])) / 3
    assert level > 200 if scheme == "light" else level < 60
    context.close()
