"""Which licences let a text be passed on to everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.snapshot.licences import terms_of

ALLOWED = {
    "CC BY 4.0": "CC-BY-4.0",
    "CC BY 3.0": "CC-BY-3.0",
    "CC-BY-4.0": "CC-BY-4.0",
    "cc by": "CC-BY",
    "CC BY-SA 4.0": "CC-BY-SA-4.0",
    "Creative Commons Attribution 4.0 International": "CC-BY-4.0",
    "Creative Commons Attribution 4.0 International License (CC BY 4.0)": "CC-BY-4.0",
    "Creative Commons Attribution-ShareAlike 3.0 Unported": "CC-BY-SA-3.0",
    "https://creativecommons.org/licenses/by/4.0/": "CC-BY-4.0",
    "http://www.creativecommons.org/licenses/by/4.0/legalcode": "CC-BY-4.0",
    "This is an open access article under the CC BY license": "CC-BY",
    "CC0": "CC0-1.0",
    "CC0 1.0": "CC0-1.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0-1.0",
    "Apache-2.0": "Apache-2.0",
}
REFUSED = [
    "", " ", "unknown", "open access", "© 2021 the authors", "Creative Commons", "CC", "by", "free to read",
    "CC BY-NC 4.0", "CC BY-ND 4.0", "CC BY-NC-ND 4.0", "CC BY-NC-SA 3.0",
    "Creative Commons Attribution NonCommercial 4.0",
    "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International",
    "https://creativecommons.org/licenses/by-nc-nd/4.0/", "not CC BY 4.0", "CC BY 4.0 except the figures",
    "CC BY 4.0 or CC BY-NC-ND 4.0", "CC BY 4.0, CC BY-NC 4.0", "no licence", "CC BYE", "Elsevier user license",
    "https://example.org/?creativecommons.org/licenses/by/4.0/", "ACS AuthorChoice", "public domain in some countries",
]  # fmt: skip


@pytest.mark.parametrize(("licence", "name"), ALLOWED.items())
def test_what_may_be_passed_on(licence: str, name: str) -> None:
    terms = terms_of(licence)
    assert (terms.name, terms.allowed, terms.reason) == (name, True, "")


@pytest.mark.parametrize("licence", REFUSED)
def test_what_may_not_or_is_not_known_to(licence: str) -> None:
    terms = terms_of(licence)
    assert not terms.allowed
    assert terms.reason


def test_the_reason_names_the_restriction() -> None:
    assert "commercial" in terms_of("CC BY-NC-SA 3.0").reason
    assert "adaptations" in terms_of("CC BY-NC-ND 4.0").reason


@given(st.text())
def test_a_text_that_names_no_licence_allows_nothing(text: str) -> None:
    if not any(word in text.lower() for word in ("cc", "mit", "bsd", "apache", "odc", "pddl", "commons")):
        assert not terms_of(text).allowed


@pytest.mark.parametrize("name", ["CC BY 4.0", "CC0", "CC BY-NC 4.0"])
def test_a_known_licence_has_an_address(name: str) -> None:
    assert terms_of(name).url.startswith("https://")
