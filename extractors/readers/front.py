"""Front matter and reference list: title, DOI, authors, journal, year, licence, structured references."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.readers.blocks import Block
from extractors.readers.inline import clean
from extractors.traced import join
from schema.records import Reference

DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"'<>\]}|]+")
_YEAR = re.compile(r"\b(19[6-9]\d|20[0-4]\d)\b")
_NOT_TITLE = re.compile(
    r"^\W*(?:cite this|received|accepted|doi\b|rsc\.li|https?:|©|copyright|open access|review$|"
    r"article$|communication|abstract|"
    r"authors?:|journal:|licen[cs]e:|e-?mail|keywords|how to cite|published|materials science$|research article)",
    re.IGNORECASE,
)
_LICENCE = re.compile(
    r"(Creative Commons Attribution[\w \-]*?(?:\d\.\d)[\w ]*?(?=[.,(;]|\s+Licen[cs]e|"
    r"\s+International|$)|Creative Commons Attribution NonCommercial License \d\.\d|CC[ "
    r"-]BY(?:-NC)?(?:-ND|-SA)?(?: \d\.\d)?)",
    re.IGNORECASE,
)
_VIA = re.compile(r"^[^\w\n]*via:.*$", re.IGNORECASE | re.MULTILINE)  # the review a digest is told after, not the work
_LABELLED = re.compile(
    r"^\W*(title|authors?|journal|doi|licen[cs]e|year)\W{0,4}:\W{0,4}\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE
)


def front_matter(blocks: Sequence[Block], original: str) -> dict[str, object]:
    """Read what the first page says of the paper; what is not said is left out.

    Returns
    -------
    dict with any of: title, doi, year, journal, authors, licence
    """
    head = original[: _references_at(original)]
    first = head[:6000]
    out: dict[str, object] = {}
    doi = DOI.search(_VIA.sub("", head))
    if doi:
        out["doi"] = doi[0].rstrip(".,;:)").lower()
    title = _title(blocks)
    if title:
        out["title"] = title
    year = _YEAR.search(
        " ".join(
            re.findall(r"(?:Cite this|How to cite|©|Copyright|Published|Accepted|Received|Journal|Year).{0,160}", first)
        )
    )
    if year:
        out["year"] = int(year[0])
    licence = _LICENCE.search(head)
    if licence:
        out["licence"] = " ".join(licence[0].split())
    for label, value in _LABELLED.findall(first):
        key = {"author": "authors", "license": "licence"}.get(label.lower(), label.lower())
        value = value.strip("* \"'")
        if key == "authors":
            out["authors"] = tuple(a.strip() for a in re.split(r"[;,]| and ", value) if a.strip())
        elif key == "year":
            if _YEAR.search(value):
                out["year"] = int(value[:4])
        elif key != "doi":
            out[key] = value
    return out


def _references_at(original: str) -> int:
    match = re.search(
        r"^[^\w\n]*(?:references?(?: and notes?)?|bibliography)[^\w\n]*$", original, re.IGNORECASE | re.MULTILINE
    )
    return match.start() if match else len(original)


def _title(blocks: Sequence[Block]) -> str:
    for block in blocks[:15]:
        text = " ".join(clean(join(block.parts))[0].text.replace("†", " ").split()).strip("*# ")
        words = text.split()
        if block.kind not in ("heading", "paragraph") or _NOT_TITLE.match(text) or DOI.match(text):
            continue
        if 4 <= len(words) <= 40 and not text.endswith((".", ",")) and text.count(",") < 5:
            return text
        if block.kind == "paragraph" and len(words) > 40:
            return " ".join(words[:25])
    return ""


def references(blocks: Sequence[Block]) -> tuple[Reference, ...]:
    """Read the reference list, numbered as printed or by order."""
    out: list[Reference] = []
    for block in blocks:
        if block.kind != "reference":
            continue
        text = " ".join(block.raw.split())
        numbered = re.match(r"^\[?(\d{1,3})[.\])]\s+(.*)", text)
        marker, body = (numbered[1], numbered[2]) if numbered else (str(len(out) + 1), re.sub(r"^[-*]\s+", "", text))
        out.append(_reference(marker, body))
    return tuple(out)


_INITIALS = r"(?:[A-ZÀ-Þ]\.[ -]?)+"
_SURNAME = r"(?:(?:van|von|de|der|del|la|Le|Mc) ?)*[A-ZÀ-Þ][\w'’-]+(?: [A-Z][\w'’-]+)?"
_AUTHORS_INITIALS_FIRST = re.compile(
    rf"{_INITIALS}\s?{_SURNAME}(?:(?:, | and |, and ){_INITIALS}\s?{_SURNAME})*(?:,? et al\.?)?"
)
_AUTHORS_SURNAME_FIRST = re.compile(rf"{_SURNAME} [A-Z]{{1,3}}(?:, {_SURNAME} [A-Z]{{1,3}})*(?:, et al)?(?=\.)")


def _reference(marker: str, text: str) -> Reference:
    plain = re.sub(r"\[(?:DOI|PubMed)\]\([^)]*\)|\b(?:DOI|PubMed)\b", "", text)
    years = _YEAR.findall(plain)
    doi = DOI.search(text)
    journal = re.search(r"\*([A-Z][^*]{2,80}?)\*", plain)
    named = _AUTHORS_INITIALS_FIRST.match(plain) or _AUTHORS_SURNAME_FIRST.match(plain)
    authors = named[0] if named else ""
    title = ""
    rest = plain[len(authors) :].lstrip("., ")
    if journal and journal.start() > len(authors):
        title = plain[len(authors) : journal.start()].strip(" .,*")
    elif rest:
        title = re.split(r"\.\s", rest, maxsplit=1)[0]
    return Reference(
        marker=marker,
        text=" ".join(plain.split()).strip(),
        authors=authors.strip(" ,"),
        title=title,
        journal=journal[1].strip(" ,") if journal else "",
        year=int(years[-1]) if years else None,
        doi=doi[0].rstrip(".,;)").lower() if doi else None,
    )
