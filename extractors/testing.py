"""Documents written by rule, for tests and benchmarks of size: short ones by the thousand, a thesis, a long table."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from random import Random

FORMS = ("txt", "md", "html", "xml")
PAGE = 3000  # characters
_COATINGS = (
    "PVDF",
    "PMMA",
    "PEO",
    "PAN",
    "Al2O3",
    "ZnO",
    "Li3N",
    "LiF",
    "Cu3N",
    "MXene",
    "graphene",
    "LLZO",
    "Au",
    "Ag",
)
_SUBSTRATES = ("Cu", "Li", "carbon cloth")
_ELECTROLYTES = ("1 M LiTFSI in DOL/DME (1:1 v/v) with 1 wt% LiNO3", "1 M LiPF6 in EC/DEC", "4 M LiFSI in DME")
_SENTENCES = (
    "The {coating}-coated {substrate} electrode keeps a Coulombic efficiency of {ce}% over {cycles} cycles at "
    "{current} mA cm-2 and {capacity} mAh cm-2, while bare {substrate} falls to {low}% after {early} cycles.",
    "Symmetric cells of {coating}@{substrate} ran for over {hours} h at {current} mA cm-2 with an overpotential of "
    "{overpotential} mV; the control failed after {early} h.",
    "The Young's modulus of the {coating} layer is {modulus} GPa and its thickness {thickness} nm (Fig. {figure}a).",
    "The ionic conductivity of {coating} reaches {mantissa} × 10-4 S cm-1 at 25 °C.",
    "Full cells with LiFePO4 keep {low}% and {ce}% of their capacity after {cycles} cycles at 1 C for bare and "
    "{coating}-coated {substrate}, respectively.",
    "A solution of {coating} ({thickness} mg) was spin-coated onto {substrate} foil and dried at {temperature} °C for "
    "{early} h in an argon-filled glovebox.",
    "Cells were assembled with {electrolyte} as the electrolyte and Celgard 2325 as the separator.",
    "The diffraction peaks at {temperature}.2° and the band at {band} cm-1 are those of {coating} [{figure}].",
    "Dendrites grow where the local current density is high, which is why a uniform flux of ions matters so much to "
    "the morphology of the deposit, as many authors have discussed at length.",
    "Such a layer blocks the direct contact of lithium and electrolyte and thereby suppresses side reactions.",
)  # fmt: skip


def sentence(chance: Random) -> str:
    """Write one sentence as papers of the field do; most have numbers."""
    return chance.choice(_SENTENCES).format(
        coating=chance.choice(_COATINGS),
        substrate=chance.choice(_SUBSTRATES),
        electrolyte=chance.choice(_ELECTROLYTES),
        ce=round(chance.uniform(96, 99.9), 1),
        low=round(chance.uniform(60, 95), 1),
        cycles=chance.randrange(100, 900),
        early=chance.randrange(12, 99),
        hours=chance.randrange(200, 2000),
        current=chance.choice((0.5, 1, 2, 3, 5)),
        capacity=chance.choice((0.5, 1, 2, 4)),
        overpotential=chance.randrange(10, 200),
        modulus=round(chance.uniform(0.1, 12), 2),
        thickness=chance.randrange(20, 900),
        mantissa=round(chance.uniform(1, 9), 1),
        temperature=chance.randrange(40, 120),
        band=chance.randrange(600, 3000),
        figure=chance.randrange(1, 60),
    )


def short_document(number: int) -> str:
    """Write the Markdown of one short paper; another number gives another one.

    Examples
    --------
    >>> short_document(7) == short_document(7), short_document(7) == short_document(8)
    (True, False)
    """
    chance = Random(number)
    said = [sentence(chance) for _ in range(6)]
    return f"# Paper {number} on coatings of lithium\n\nDOI: 10.9999/short.{number}\n\n## Results\n\n{' '.join(said)}\n"


def _chapters(pages: int, chance: Random) -> Iterator[tuple[str, list[str]]]:
    """Give headings with their paragraphs, so many pages in all."""
    written, chapter = 0, 0
    while written < pages * PAGE:
        chapter += 1
        paragraphs = [" ".join(sentence(chance) for _ in range(chance.randrange(4, 9))) for _ in range(6)]
        written += sum(map(len, paragraphs))
        yield f"{chapter}. Results of coating {chapter}", paragraphs


def thesis(pages: int, form: str, seed: int = 1) -> str:
    """Write a long document.

    Parameters
    ----------
    pages : of 3,000 characters each
    form : one of FORMS: text with hard line ends, Markdown, HTML, JATS XML

    Examples
    --------
    >>> len(thesis(2, "md")) > 6000, thesis(1, "xml").startswith("<article")
    (True, True)
    """
    chapters = list(_chapters(pages, Random(seed)))
    if form in ("txt", "md"):
        mark = "## " if form == "md" else ""
        blocks = (f"{mark}{heading}\n\n" + "\n\n".join(paragraphs) for heading, paragraphs in chapters)
        return ("# " if form == "md" else "") + "Coatings on lithium metal, a thesis\n\n" + "\n\n".join(blocks) + "\n"
    heading, section, outer = ("h2", "section", _HTML) if form == "html" else ("title", "sec", _JATS)
    body = (
        f"<{section}><{heading}>{name}</{heading}>{''.join(f'<p>{escape(p)}</p>' for p in paragraphs)}</{section}>"
        for name, paragraphs in chapters
    )
    return outer.format(title="Coatings on lithium metal, a thesis", body="\n".join(body))


def long_table(rows: int, form: str, seed: int = 1) -> str:
    """Write a paper that is one table of results, a sample a row; ``form`` is one of FORMS but "txt".

    Examples
    --------
    >>> long_table(1, "md").splitlines()[-1].count("|")
    6
    """
    chance = Random(seed)
    head = ["Sample", "Coulombic efficiency (%)", "Current density (mA cm-2)", "Cycles", "Overpotential (mV)"]
    lines = [
        [
            f"{chance.choice(_COATINGS)}@{chance.choice(_SUBSTRATES)}",
            f"{chance.uniform(90, 99.9):.1f}",
            str(chance.choice((0.5, 1, 2))),
            str(chance.randrange(50, 900)),
            str(chance.randrange(10, 200)),
        ]
        for _ in range(rows)
    ]
    if form == "md":
        table = [head, ["---"] * len(head), *lines]
        return "# A long table\n\nTable 1. Results.\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in table) + "\n"
    table_rows = (f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in lines)
    top = f"<thead><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr></thead>"
    table_text = f"<table>{top}<tbody>{''.join(table_rows)}</tbody></table>"
    if form == "html":
        return _HTML.format(title="A long table", body=f"<section><h2>Results</h2>{table_text}</section>")
    wrapped = f"<table-wrap><caption><p>Table 1. Results.</p></caption>{table_text}</table-wrap>"
    return _JATS.format(title="A long table", body=f"<sec><title>Results</title>{wrapped}</sec>")


_HTML = (
    "<!DOCTYPE html><html><head><title>{title}</title></head>"
    "<body><article><h1>{title}</h1>\n{body}\n</article></body></html>"
)
_JATS = (
    "<article><front><article-meta><title-group><article-title>{title}</article-title></title-group></article-meta>"
    "</front><body>{body}</body></article>"
)
