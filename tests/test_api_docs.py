"""The API reference is what the code says: signatures with types, docstrings, of the public names below.

``python tests/test_api_docs.py`` writes docs/api.md anew.  griffe reads the code, without running it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import griffe
import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "api.md"
# Heading -> what it is for -> names.  Of a module named without a class, all public classes and functions.
PUBLIC: dict[str, tuple[str, tuple[str, ...]]] = {
    "The base": (
        "`from kb import KnowledgeBase` opens one; whatever is asked of it is a method of it.",
        ("kb.base.KnowledgeBase", "kb.ingestion.IngestReport", "kb.mining.workers"),
    ),
    "Answers": (
        "Lists of rows, or dataclasses; all of them tables too.",
        (
            "kb.tabular.Tabular", "kb.tabular.Rows", "kb.answers.Found", "kb.answers.Passages", "kb.answers.Ranking",
            "kb.answers.Findings", "kb.sql.Table", "kb.sql.Result", "kb.simulation.Simulation", "kb.studies.Answer",
            "kb.plots.kinds.Plotted",
        ),
    ),
    "Ranking": (
        "Criteria, candidates and studies.",
        (
            "kb.screening.rank.Criterion", "kb.screening.rank.parse_criterion", "kb.screening.rank.Candidate",
            "kb.screening.rank.Ranked", "kb.screening.rank.Observation", "kb.studies.Study", "kb.studies.read_study",
            "kb.studies.write_study",
        ),
    ),
    "Simulation": (
        "Many draws of a protected electrode, each cycled in C until it fails; the closed models are in "
        "[models.md](models.md).",
        (
            "kb.screening.outcome.Run", "kb.screening.outcome.Outcome", "kb.screening.cycling.Protocol",
            "kb.screening.cycling.simulate_cells", "kb.screening.cycling.Lives", "kb.screening.traces.trace_cells",
            "kb.screening.traces.Traces",
        ),
    ),
    "Audits, decisions, snapshots": (
        "`base.audit`, `base.curation`, `base.snapshot`; what they find and keep.",
        (
            "kb.audit.keeping.Audit", "kb.audit.findings.Finding", "kb.curation.log.Curation",
            "kb.curation.decisions.Decision", "kb.snapshot.making.Snapshot", "kb.snapshot.verifying.verify",
            "kb.snapshot.verifying.Fault",
        ),
    ),
    "Mining without a base": (
        "A document in, measurements out.",
        ("extractors.readers.read", "extractors.pipeline.mine", "extractors.pipeline.mine_file",
         "extractors.pipeline.Miner"),
    ),
    "Records": ("What is mined from a document.", ("schema.records",)),
    "Vocabulary and units": (
        "The metrics, materials and terms of `schema/*.toml`, and the one registry of units.",
        ("schema.vocabulary.vocabulary", "schema.vocabulary.Vocabulary", "schema.vocabulary.Metric",
         "schema.vocabulary.Material", "schema.vocabulary.Term", "schema.units.registry", "schema.units.convert"),
    ),
    "Errors": ("Each is also a builtin, and its message names the remedy.", ("schema.errors",)),
}  # fmt: skip
MOST = 100  # characters of a signature on one line


@cache
def code() -> griffe.GriffeLoader:
    loader = griffe.GriffeLoader(search_paths=[ROOT])
    for package in ("kb", "extractors", "schema"):
        loader.load(package)
    return loader


def documented(name: str) -> griffe.Object:
    found = code().modules_collection[name]
    return found.final_target if found.is_alias else found


def page() -> str:
    lines = [
        "# API reference",
        "",
        "Written by `python tests/test_api_docs.py` from the code, and compared by a test.  What is not named here may",
        "change without notice.",
        "",
    ]
    for heading, (what, names) in PUBLIC.items():
        lines += [f"## {heading}", "", what, ""]
        for name in names:
            found = documented(name)
            if isinstance(found, griffe.Module):
                for one in public(found):
                    lines += entry(one, f"{name}.{one.name}", 3)
            else:
                lines += entry(found, name, 3)
    return "\n".join(lines).rstrip() + "\n"


def public(found: griffe.Module | griffe.Class) -> Iterator[griffe.Class | griffe.Function | griffe.Attribute]:
    """Give the public functions, classes and properties, inherited ones of ours too, in the order of the code."""
    inherited = found.inherited_members if isinstance(found, griffe.Class) else {}
    for name, member in {**inherited, **found.members}.items():
        if name.startswith("_") or (member.is_alias and name not in inherited):
            continue
        of = member.final_target if member.is_alias else member
        if isinstance(of, griffe.Function | griffe.Class) or "property" in of.labels:
            yield of


def entry(found: griffe.Object, name: str, depth: int) -> list[str]:
    lines = [f"{'#' * depth} `{name}`", ""]
    if not isinstance(found, griffe.Class) or found.parameters or found.bases:
        lines += ["```python", signature(found), "```", ""]
    if found.docstring is not None:
        lines += [*prose(found.docstring.value), ""]
    if isinstance(found, griffe.Class) and not is_error(found):
        for one in public(found):
            lines += entry(one, f"{found.name}.{one.name}", depth + 1)
    return lines


def is_error(found: griffe.Class) -> bool:
    return found.path.startswith("schema.errors.")


def signature(found: griffe.Object) -> str:
    """Write a function with its parameters and types, a class with its bases or fields, a property with its type."""
    if isinstance(found, griffe.Attribute):
        return f"{found.name}: {found.annotation}"
    if isinstance(found, griffe.Class) and is_error(found):
        return f"class {found.name}({', '.join(str(base) for base in found.bases)})"
    given = [str(p) for p in shown(found)]
    head = f"class {found.name}" if isinstance(found, griffe.Class) else found.name
    gives = f" -> {found.returns}" if isinstance(found, griffe.Function) and found.returns else ""
    line = f"{head}({', '.join(given)}){gives}"
    return line if len(line) <= MOST else "\n".join([f"{head}(", *(f"    {p}," for p in given), f"){gives}"])


def shown(found: griffe.Class | griffe.Function) -> Iterator[str]:
    """Give the parameters, with the ``*`` before those that are given by name only."""
    named_only = False
    for p in found.parameters:
        if p.name in ("self", "cls"):
            continue
        if p.kind is griffe.ParameterKind.keyword_only and not named_only:
            named_only = True
            yield "*"
        stars = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}.get(p.kind, "")
        named_only = named_only or stars == "*"
        of = f": {p.annotation}" if p.annotation is not None else ""
        preset = f"{' = ' if of else '='}{p.default}" if p.default is not None and not stars else ""
        yield f"{stars}{p.name}{of}{preset}"


def prose(docstring: str) -> list[str]:
    """Write a docstring as Markdown: its sections as lists, its examples as a session, its roles as code."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", docstring).replace("``", "`")
    first, *sections = re.split(r"^(\w[\w ]*)\n-{3,}\n", text, flags=re.MULTILINE)
    lines = first.strip().splitlines()
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        lines += ["", f"**{title}**", ""]
        if title == "Examples":
            lines += ["```pycon", *body.strip().splitlines(), "```"]
            continue
        for line in body.strip("\n").splitlines():
            name, colon, said = line.partition(" : ")
            if line.startswith(" "):
                lines[-1] += f" {line.strip()}" if line.strip() else ""
            elif colon:
                lines.append(f"- `{name}`: {said}")
            elif line.strip():
                lines.append(f"- `{line}`:")
    return lines


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "python tests/test_api_docs.py writes it anew"


@pytest.mark.parametrize("name", [name for _, names in PUBLIC.values() for name in names])
def test_what_the_page_names_can_be_imported(name: str) -> None:
    module, _, last = name.rpartition(".")
    assert hasattr(import_module(module), last) or import_module(name)


def test_each_public_method_is_typed_and_says_what_it_does() -> None:
    text = PAGE.read_text("utf-8")
    for name in ("kb.base.KnowledgeBase", "kb.tabular.Tabular", "kb.audit.keeping.Audit", "kb.curation.log.Curation"):
        for one in public(documented(name)):
            assert one.docstring is not None, one.path
            assert f".{one.name}`" in text
            if isinstance(one, griffe.Function):
                assert one.returns is not None, one.path


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
