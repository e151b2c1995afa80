"""Gold: hand-made records of what papers state, read from a folder, or begun from what was mined.

A folder of gold holds ``<paper>.jsonl``, a fact a line, and ``sources.json``: which document tells which paper.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.claims import Claim, of_gold
from schema.errors import BadGold, MissingPackage, UnreadableDocument
from schema.records import Mined, to_export

if TYPE_CHECKING:
    from extractors.pipeline import Miner

SOURCES = "sources.json"
_OF_FACT = ("metric", "value_norm", "unit_norm")
_OF_RECORD = ("source", "metric", "value", "unit")
TO_CHECK = "mined, to be checked"


@dataclass(frozen=True)
class Gold:
    """The gold of some papers.

    Attributes
    ----------
    path : the folder, or the one file, that it was read from
    facts : paper -> what it states, numbers in the metric list only
    sources : file name of a document -> its paper
    """

    path: Path
    facts: Mapping[str, tuple[Claim, ...]]
    sources: Mapping[str, str]


def read_gold(path: Path, names: Iterable[str] = ()) -> Gold:
    """Read a folder of gold, or one file of it.

    Parameters
    ----------
    names : file names of the documents that a single file is the gold of; a folder says so itself

    Raises
    ------
    BadGold
        Where a file is missing or cannot be read, with file and line.
    """
    if path.is_file():
        return Gold(path, {path.stem: _facts(path)}, dict.fromkeys(names, path.stem))
    listed = path / SOURCES
    try:
        sources = json.loads(listed.read_text("utf-8"))
    except OSError as error:
        remedy = 'write it there as {"paper.md": "paper"}, or name one gold file'
        raise BadGold(f"{listed}: {error.strerror}; {remedy}") from error
    except ValueError as error:
        raise BadGold(f"{listed}: not readable as JSON ({error}); mend the file") from error
    if not isinstance(sources, dict) or not all(isinstance(paper, str) for paper in sources.values()):
        raise BadGold(f'{listed}: is no list of documents; write it as {{"paper.md": "paper"}}')
    papers = sorted(set(sources.values()))
    return Gold(path, {paper: _facts(path / f"{paper}.jsonl") for paper in papers}, sources)


def _facts(path: Path) -> tuple[Claim, ...]:
    claims = (of_gold(fact) for fact in json_lines(path, _OF_FACT, "value_norm"))
    return tuple(claim for claim in claims if claim is not None)


def read_records(path: Path) -> list[dict[str, Any]]:
    """Read exported records, one a line.

    Raises
    ------
    BadGold
        Where the file is missing, or a line is no record.
    """
    return list(json_lines(path, _OF_RECORD, "value", needed=True))


def json_lines(path: Path, keys: Sequence[str], number: str, needed: bool = False) -> Iterator[dict[str, Any]]:
    """Read JSON objects, one a line; empty lines are passed over.

    Parameters
    ----------
    keys : what each object must have
    number : the key of a number, which may be null unless ``needed``

    Raises
    ------
    BadGold
        With file and line.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise BadGold(f"{path}: {error.strerror}; check the spelling") from error
    except UnicodeDecodeError as error:
        raise BadGold(f"{path}: is no text in UTF-8; write it as JSON, one object a line") from error
    for place, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadGold(f"{path}, line {place}: not readable as JSON ({error}); mend the line") from error
        missing = [key for key in keys if key not in row] if isinstance(row, dict) else list(keys)
        if missing:
            raise BadGold(f"{path}, line {place}: lacks {', '.join(missing)}; add them")
        value = row[number]
        if not (isinstance(value, int | float) or (value is None and not needed)):
            raise BadGold(f"{path}, line {place}: {number} is {value!r}; write a number")
        yield row


def documents_of(gold: Gold, paths: Sequence[Path] = ()) -> list[Path]:
    """Find the documents of a gold: among the files and folders given, else beside the gold or in ``papers`` there.

    Raises
    ------
    UnreadableDocument
        Where one is in none of them.
    """
    places = paths or [gold.path.parent, gold.path.parent / "papers", gold.path]
    found = []
    for name in sorted(gold.sources):
        candidates = (p / name if p.is_dir() else p for p in places)
        file = next((f for f in candidates if f.name == name and f.is_file()), None)
        if file is None:
            raise UnreadableDocument(name, f"is in none of {', '.join(map(str, places))}; name the folder it is in")
        found.append(file)
    return found


def mine_documents(paths: Iterable[Path], seconds: float | None = None, miner: Miner | None = None) -> Iterator[Mined]:
    """Mine documents one after the other, supporting information with its paper beside it.

    Parameters
    ----------
    seconds : what one may take; ``extractors.deadline.DEFAULT_SECONDS`` where None
    miner : another miner than the rules
    """
    from extractors import deadline
    from extractors.pipeline import mine_file
    from extractors.readers import suffixes
    from extractors.readers.supplements import main_text_beside

    for path in paths:
        with deadline.time_limit(seconds or deadline.DEFAULT_SECONDS, path.name):
            mined = mine_file(path, main_text_beside(path, suffixes()), miner)
        yield mined


def records_of(mined: Mined, miner: str | None = None) -> list[dict[str, Any]]:
    """Give the records of a mined document as they are exported, numbered from 1, with their ``confidence_strict``.

    Parameters
    ----------
    miner : where given, each record names it, so that miners can be scored side by side
    """
    document, named = mined.document, {} if miner is None else {"miner": miner}
    return [
        {
            **to_export(m, id=n, source=document.source, doi=document.doi),
            "confidence_strict": m.confidence_strict,
            **named,
        }
        for n, m in enumerate(mined.measurements, 1)
    ]


def records_of_miners(paths: Sequence[Path], seconds: float | None = None) -> Iterator[dict[str, Any]]:
    """Mine documents with each miner that is installed and needs no set-up; each record names its miner."""
    from extractors.miners import MINERS, miner_of

    for name in MINERS:
        try:
            miner = miner_of(name)
        except MissingPackage:
            continue  # ChemDataExtractor is an extra: those that are here are scored
        for mined in mine_documents(paths, seconds, miner):
            yield from records_of(mined, name)


def draft(mined: Mined, paper: str) -> list[dict[str, Any]]:
    """Begin the gold of a document with what was mined from it, to be corrected by hand.

    Each fact is noted as to be checked; what the miner missed has to be added.

    Examples
    --------
    >>> from extractors.pipeline import mine
    >>> from extractors.readers.plain.text import read_text_string
    >>> fact, = draft(mine(read_text_string("The ZnO-coated Li ran in a symmetric cell for over 900 h.")), "zno")
    >>> fact["id"], fact["metric"], fact["value_norm"], fact["unit_norm"], fact["components"], fact["lines"]
    ('zno-001', 'cycling_hours', 900.0, 'h', ['ZnO'], [1])
    """
    original = mined.document.original
    facts = []
    for m, record in zip(mined.measurements, records_of(mined), strict=True):
        conditions = dict(record["conditions"])
        far = conditions.pop("conditions_far", [])
        facts.append(
            {
                "paper": paper,
                "id": f"{paper}-{record['id']:03}",
                "subject": m.subject.name,
                "components": record["subject"]["components"],
                "substrate": m.subject.substrate,
                "strategy": m.subject.strategy,
                "is_control": m.is_control,
                "metric": m.metric,
                "value_reported": m.value_reported,
                "qualifier": m.qualifier,
                "unit_reported": m.unit_reported,
                "value_norm": m.value,
                **({} if m.value_max is None else {"value_norm_max": m.value_max}),
                "unit_norm": m.unit,
                "conditions": conditions,
                "conditions_far": far,
                "provenance": m.provenance,
                "cited_ref": m.cited_ref,
                "where": m.evidence.section,
                "lines": [original.count("\n", 0, m.evidence.start) + 1],
                "quote": m.evidence.text,
                "importance": "minor",
                "note": TO_CHECK,
            }
        )
    return facts


def begin(folder: Path, mined: Mined, paper: str) -> Path:
    """Write the draft of a document's gold into a folder, and enter the document in its ``sources.json``.

    Raises
    ------
    BadGold
        Where the paper has gold there already: work done by hand is not written over.
    """
    path, listed = folder / f"{paper}.jsonl", folder / SOURCES
    if path.exists():
        raise BadGold(f"{path}: is there already, maybe corrected by hand; move it, or give another --gold folder")
    sources = read_gold(folder).sources if listed.exists() else {}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in draft(mined, paper)), "utf-8")
    entries = {**sources, mined.document.source: paper}
    listed.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path
