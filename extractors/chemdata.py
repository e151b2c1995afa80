"""ChemDataExtractor as a second, independent miner: its tokenizer, its grammar of quantities, its tables.

What it takes from us is the document, where its sentences end, and the vocabulary: each metric of ``metrics.toml``
is made one of its ``QuantityModel``\\ s.  It runs without its model files, so that chemical names are those of
``materials.toml`` and of the abbreviations that it detects in the paper.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec, module_from_spec
from logging import NullHandler, getLogger
from operator import add, mul, or_
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from extractors.deadline import in_time
from extractors.grids import Cell, grid_of
from extractors.merging import merge_repeats
from extractors.sections import tells_nothing
from extractors.sentences import sentences
from extractors.standins import standing_in
from schema.errors import MissingPackage
from schema.records import Conditions, Document, Evidence, Measurement, Mined, Passage, Rejection, Subject
from schema.vocabulary import Metric, vocabulary

Key = tuple[tuple[str, int], ...]
VERSION = "2.4.1"
REMEDY = "pip install uv && uv pip install --editable . --group chemdata"
# Uncalibrated: on the hand-annotated papers 0.84 of its numbers are right, 0.20 with sample and main conditions.
CONFIDENCE = 0.5
_PACKAGES = ("chemdataextractor", "chemdataextractor.nlp", "chemdataextractor.doc", "tabledataextractor")
_UNUSED = ("selenium", "django", "tokenizers")  # browsers and BERT, which it imports all the same
_WAYS = tuple(f"convert_{what}_{way}_standard" for what in ("value", "error") for way in ("to", "from"))
_ATOM = re.compile(
    r"(?P<per>/)?[munkMGc]?(?P<symbol>cycles|percent|degC|deg|eV|ohm|Pa|[hAVmgJWS1])(?:\^(?P<power>-?\d))?"
)
_SPELT = {"percent": "%", "degC": "°C", "deg": "°", "ohm": "Ω", "um": "μm", "^": "", " ": ""}
_COUNTS = ("cycle_count", "failure_cycle")
# What it raises, beside its own error, on text that it does not foresee: "4 × 10", a table of one row.
_ODD = (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError)
_MARKUP = frozenset("^{}_$\\")
_QUALIFIERS = {"~": "~", "∼": "~", "<": "<", ">": ">", "≥": ">="}
_SIGNS = "".join(_QUALIFIERS) + "-–− "
_OPENING = frozenset({*_QUALIFIERS, *"-–−([", "between"})
_JOINTS = frozenset({"and", "or", ",", "/", "vs", "versus"})
_BARE = re.compile(r"[-–−~]?\d+(?:\.\d+)?")
_NEAR = 4  # tokens from a name to the number without a unit that is its value
_WORDS = frozenset({"As", "At", "Be", "He", "I", "In", "No"})  # more often words than elements
_CONTROL = re.compile(r"\b(?:bare|pristine|control|uncoated|unmodified|untreated|blank|reference)\b", re.IGNORECASE)
_CONTROL_ROOM = 25  # characters from such a word to the name of the sample
_CONDITIONS = {"current_density_mA_cm2": "mA/cm^2", "areal_capacity_mAh_cm2": "mAh/cm^2"}


# --- the package, without what it would download --------------------------------------------------------------------


def require() -> None:
    """Make sure that ChemDataExtractor can be had.

    Raises
    ------
    MissingPackage
        Where it is not installed, or in another version.
    """
    try:
        if version("chemdataextractor2") == VERSION and find_spec("tabledataextractor") is not None:
            return
    except PackageNotFoundError:
        pass  # said below
    raise MissingPackage(f"ChemDataExtractor {VERSION}", REMEDY)


@lru_cache(maxsize=1)
def _package() -> SimpleNamespace:
    """Import the parts of ChemDataExtractor that work without a network, model files and torch."""
    require()
    for name in _PACKAGES:
        # Their own __init__ would open log files where kb is run, and load model files.
        if (spec := find_spec(name)) is not None:
            sys.modules[name] = module_from_spec(spec)
        getLogger(name).addHandler(NullHandler())
    with standing_in(_UNUSED):
        data: Any = import_module("chemdataextractor.data")
        data.AUTO_DOWNLOAD = False
        tag = import_module("chemdataextractor.nlp.tag")
        for module, names in {"new_cem": ["CemTagger"], "dependency": ["DependencyTagger", "IndexTagger"]}.items():
            stand_in = ModuleType(f"chemdataextractor.nlp.{module}")
            stand_in.__dict__.update(dict.fromkeys(names, tag.NoneTagger))
            sys.modules[stand_in.__name__] = stand_in
        tokenize: Any = import_module("chemdataextractor.nlp.tokenize")
        tokenize.BertWordTokenizer = tokenize.ChemWordTokenizer
        import_module("chemdataextractor.nlp.lexicon").ChemLexicon.clusters_path = None
        text = import_module("chemdataextractor.doc.text")
        text.Text.taggers = text.Sentence.taggers = [_tagger(tag)]
        return SimpleNamespace(
            text=text,
            units=import_module("chemdataextractor.model.units"),
            model=import_module("chemdataextractor.model"),
            parse=import_module("chemdataextractor.parse"),
            elements=import_module("chemdataextractor.parse.elements"),
            auto=import_module("chemdataextractor.parse.auto"),
            quantity=import_module("chemdataextractor.parse.quantity"),
        )


@lru_cache(maxsize=1)
def _tables() -> Any:
    """Import what lays tables out; apart, because it brings pandas and sympy."""
    _package()
    with standing_in(_UNUSED):
        layout = import_module("tabledataextractor.table.table")
        for name in ("Table", "TrivialTable"):
            setattr(sys.modules["tabledataextractor"], name, getattr(layout, name))
        return import_module("chemdataextractor.doc.table")


def _tagger(tag: ModuleType) -> Any:
    """Make the one tagger there is without model files: numbers, and the names of ``materials.toml``."""

    def can_tag(self: Any, kind: str) -> bool:
        return kind in (tag.POS_TAG_TYPE, tag.NER_TAG_TYPE)

    def tag_for_type(self: Any, tokens: Sequence[Any], kind: str) -> list[tuple[Any, str | None]]:
        if kind == tag.POS_TAG_TYPE:
            return [(t, "CD" if t.text[:1].isdigit() else "NN") for t in tokens]
        names = _names(vocabulary().fingerprint)
        return [(t, "B-CM" if t.text in names else None) for t in tokens]

    return type("Names", (tag.BaseTagger,), {"can_tag": can_tag, "tag_for_type": tag_for_type})()


@lru_cache(maxsize=4)
def _names(fingerprint: str) -> dict[str, str]:
    """Give the short name of each name that the vocabulary has of a material."""
    return {
        name: material.name
        for material in vocabulary().materials.values()
        for name in (material.name, material.formula, *material.names)
        if name and name not in _WORDS
    }


# --- its models, of our metrics -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    """A metric in ChemDataExtractor's terms.

    Attributes
    ----------
    model : a ``QuantityModel``
    unit : its ``Unit`` for the metric's controlled unit; None where that has no dimension
    key : the symbols of that unit with their powers, without prefixes: its values are those of all metrics with it
    names : the metric's synonyms in lower case, each with the grammar that finds it among tokens
    """

    metric: Metric
    model: Any
    unit: Any
    key: Key
    names: dict[str, Any]


def _own(name: str, printed: str) -> Any:
    """Make a dimension with one unit that the package lacks; ``printed`` is the regex of its symbol."""
    cde = _package()
    dimension: Any = type(name, (cde.units.Dimension,), {})

    def init(self: Any, magnitude: float = 0.0, powers: Any = None) -> None:
        cde.units.Unit.__init__(self, dimension(), magnitude, powers)

    unit = type(f"{name}Unit", (cde.units.Unit,), {"__init__": init, **dict.fromkeys(_WAYS, lambda _, value: value)})
    dimension.units_dict = {cde.parse.R(printed, group=0): unit}
    dimension.standard_units = unit()
    return dimension


@lru_cache(maxsize=1)
def _dimensions() -> dict[str, Any]:
    """Give the dimension of each symbol that the units of metrics are made of."""
    u = _package().units
    return {
        "A": u.ElectricalCurrent, "J": u.Energy, "V": u.ElectricPotential, "W": u.Power, "deg": u.Angle,
        "degC": u.Temperature, "eV": u.Energy, "g": u.Mass, "h": u.Time, "m": u.Length, "percent": u.Ratio,
        "1": u.Dimensionless, "Pa": _own("Pressure", "Pa(scals?)?"), "S": _own("Conductance", "S(iemens)?"),
        "cycles": _own("Cycles", "cycles?"), "ohm": _own("Resistance", "Ω|\u2126|[Oo]hms?"),
    }  # fmt: skip


def _symbols(unit: str) -> Key:
    """Take a controlled unit apart; nothing where a symbol of it has no dimension here.

    Examples
    --------
    >>> _symbols("mAh/cm^2"), _symbols("ohm cm^2"), _symbols("mol/L")
    ((('A', 1), ('h', 1), ('m', -2)), (('ohm', 1), ('m', 2)), ())
    """
    out, per, position, plain = [], 1, 0, unit.replace(" ", "")
    while position < len(plain):
        atom = _ATOM.match(plain, position)
        if atom is None:
            return ()
        per = -1 if atom["per"] else per
        out.append((atom["symbol"], per * int(atom["power"] or 1)))
        position = atom.end()
    return tuple(out)


@lru_cache(maxsize=4)
def _kinds(fingerprint: str) -> tuple[_Kind, ...]:
    """Make a model of each metric whose unit the package can express."""
    kinds = (_kind(metric) for metric in vocabulary().metrics.values())
    return tuple(kind for kind in kinds if kind is not None)


def _kind(metric: Metric) -> _Kind | None:
    cde = _package()
    controlled = "cycles" if metric.name in _COUNTS else metric.unit
    key = _symbols(controlled)
    if not key:
        return None
    # A power of 1 makes a dimension of another class, with other units.
    of_symbols = [base() if power == 1 else base() ** power for base, power in ((_dimensions()[s], p) for s, p in key)]
    dimension = reduce(mul, of_symbols)
    units = [element.regex for element in dimension.units_dict] if dimension else []
    # "hours" is a name of the metric, too; but it stands at every time.
    names = {name.lower(): _phrase(name) for name in metric.synonyms if not any(u.fullmatch(name) for u in units)}
    if not names:
        return None
    specifier = cde.model.StringType(parse_expression=reduce(or_, names.values()), required=True)
    model = type(
        metric.name,
        (cde.units.QuantityModel if dimension else cde.units.DimensionlessModel,),
        {"dimensions": dimension, "specifier": specifier, "parsers": [cde.auto.AutoTableParser()]},
    )
    unit = cde.quantity.extract_units(_printed(controlled), dimension) if dimension else None
    return _Kind(metric, model, unit, key, names)


def _printed(unit: str) -> str:
    """Spell a controlled unit as the package reads it.

    Examples
    --------
    >>> _printed("ohm cm^2"), _printed("degC")
    ('Ωcm2', '°C')
    """
    return reduce(lambda text, pair: text.replace(*pair), _SPELT.items(), unit)


def _phrase(name: str) -> Any:
    """Make the grammar of a name: its tokens in any case, or as they are where it is in capitals."""
    cde = _package()
    word = cde.parse.W if name.isupper() else cde.parse.I
    return reduce(add, (word(token.text) for token in cde.text.Sentence(name).tokens)).add_action(cde.parse.join)


@lru_cache(maxsize=4)
def _values(fingerprint: str) -> dict[Key, Any]:
    """Give the grammar of the values of each unit that differs by more than a prefix."""
    one_of_each = {kind.key: kind for kind in _kinds(fingerprint)}
    return {key: _value_of(kind).streamline() for key, kind in one_of_each.items()}


def _value_of(kind: _Kind) -> Any:
    cde = _package()
    if kind.unit is None:
        return cde.quantity.value_element()
    unit = cde.auto.construct_unit_element(kind.model.dimensions)
    fits = cde.auto.match_dimensions_of(kind.model)
    return cde.quantity.value_element(cde.elements.Group(unit.with_condition(fits)("raw_units")))


# --- sentences ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Span:
    """A name or a value among the tokens of a sentence.

    Attributes
    ----------
    start, end : from token ``start`` to before token ``end``
    key : of the units its metric or its value has
    kind : the metric that is named
    raw : the printed number and unit of a value
    """

    start: int
    end: int
    key: Key
    kind: _Kind | None = None
    raw: tuple[str, str] = ("", "")

    def inside(self, other: _Span) -> bool:
        return other.start <= self.start and self.end <= other.end and other.end - other.start > self.end - self.start

    def gap(self, other: _Span) -> int:
        """Count the tokens between two spans; what is named behind its number is half as far again."""
        return self.start - other.end if other.end <= self.start else (3 * (other.start - self.end) + 1) // 2


def _longest(spans: Sequence[_Span]) -> list[_Span]:
    return [s for s in spans if not any(s.inside(other) for other in spans)]


@dataclass(frozen=True)
class _Stretch:
    """A sentence or cell of a passage as ChemDataExtractor reads it, with the way back to the passage.

    Attributes
    ----------
    number : index of the passage in its document
    start, end : clean offsets in the passage
    """

    passage: Passage
    number: int
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    @cached_property
    def plain(self) -> str:
        return _plain(self.text)

    @cached_property
    def places(self) -> list[int]:
        """Clean offset in the passage of each character of ``plain``."""
        return [i for i, c in enumerate(self.text, start=self.start) if c not in _MARKUP]

    @cached_property
    def parsed(self) -> Any:
        return _package().text.Sentence(self.plain)

    def named(self, kinds: Sequence[_Kind]) -> list[_Span]:
        """Find the metrics that are named."""
        lower = self.plain.lower()
        return _longest([
            _Span(i, j, kind.key, kind)
            for kind in kinds
            for name, grammar in kind.names.items()
            if name in lower
            for _, i, j in grammar.scan(self.parsed.tokens)
        ])  # fmt: skip

    def values(self, grammars: Mapping[Key, Any]) -> list[_Span]:
        """Find the values of all dimensions; "1.5 Ω" is none in "1.5 Ω cm2"."""
        tokens = self.parsed.tokens
        digits = [any(c.isdigit() for c in t.text) for t in tokens]
        # Only where a number can begin: its own scan tries the whole grammar at each word.
        starts = [i for i, t in enumerate(tokens) if digits[i] or (any(digits[i + 1 : i + 3]) and t.text in _OPENING)]
        found = [span for key, grammar in grammars.items() for span in _parsed_at(grammar, tokens, starts, key)]
        return list(_with_lists(_longest(found), [t.text for t in tokens]))

    def offsets(self, number: str, start: int) -> tuple[int, int]:
        """Give the clean offsets in the passage of a number that stands behind ``start``."""
        characters = map(re.escape, "".join(number.lstrip(_SIGNS).split()))
        found = re.compile(r"\s*".join(characters)).search(self.plain, start)
        first, last = found.span() if found else (start, start + 1)
        return self.places[first], self.places[last - 1] + 1


def _with_lists(values: Sequence[_Span], tokens: Sequence[str]) -> Iterator[_Span]:
    """Give the values, each behind those of its list that go without a unit: "97.8 and 95.6%"."""
    for value in values:
        start = value.start
        while value.raw[1] and start >= 2 and tokens[start - 1] in _JOINTS and _BARE.fullmatch(tokens[start - 2]):
            start -= 2
            yield _Span(start, start + 1, value.key, raw=(tokens[start], value.raw[1]))
        yield value


def _parsed_at(grammar: Any, tokens: Sequence[Any], starts: Sequence[int], key: Key) -> Iterator[_Span]:
    end = 0
    for start in starts:
        if start < end:
            continue
        try:
            found, end = grammar.parse(tokens, start)
        except (_package().elements.ParseException, *_ODD):
            continue
        yield _Span(start, end, key, raw=_raw(found))


def _plain(text: str) -> str:
    return "".join(c for c in text if c not in _MARKUP)


def _raw(found: Any) -> tuple[str, str]:
    """Give the printed number and unit of what a grammar of values found."""
    parts = found if isinstance(found, list) else [found]
    texts = {e.tag: e.text or "" for part in parts for e in part.iter()}
    return texts.get("raw_value", ""), texts.get("raw_units", "")


def _mine_sentence(
    sentence: _Stretch, kinds: Sequence[_Kind], grammars: Mapping[Key, Any], short: Mapping[str, str]
) -> Iterator[Measurement]:
    if not any(c.isdigit() for c in sentence.plain) or not (named := sentence.named(kinds)):
        return
    values = sentence.values(grammars)
    results = {value: name for value in values if (name := _name_of(value, named))}
    others = [value for value in values if value not in results]
    for value, name in results.items():
        if name.kind is not None and (read := _read(name.kind, *value.raw)):
            place = sentence.offsets(value.raw[0], sentence.parsed.tokens[value.start].start)
            subject, control = _subject(sentence, value, short)
            conditions = _conditions(value, others, kinds)
            yield _measurement(name.kind.metric, read, value.raw, sentence, place, subject, control, conditions)


def _name_of(value: _Span, named: Sequence[_Span]) -> _Span | None:
    """Give the nearest name of a metric with such a unit; a bare number must follow its name closely."""
    fit = [n for n in named if n.key == value.key and (n.end <= value.start or value.end <= n.start)]
    if not value.raw[1]:
        fit = [n for n in fit if 0 <= value.start - n.end <= _NEAR]
    return min(fit, key=value.gap, default=None)


def _read(kind: _Kind, raw_value: str, raw_units: str) -> list[float]:
    """Give the number, or the two ends of a range, in the metric's unit; nothing where the package cannot read it."""
    try:
        record = kind.model(raw_value=raw_value, raw_units=raw_units or None)
        if not record.value or (kind.unit is not None and record.units is None):
            return []
        signs = [-1.0 if value < 0 and not kind.metric.magnitude else 1.0 for value in record.value[:2]]
        # Its powers of negative numbers are complex.
        record.value = [abs(value) for value in record.value[:2]]
        if kind.unit is not None:
            record = record.convert_to(kind.unit)
        return sorted(sign * float(f"{value:.12g}") for sign, value in zip(signs, record.value, strict=True))
    except _ODD:
        return []


def _measurement(
    metric: Metric, read: Sequence[float], raw: tuple[str, str], place: _Stretch, span: tuple[int, int],
    subject: Subject, control: bool, conditions: Conditions,
) -> Measurement:  # fmt: skip
    passage = place.passage
    start, end = passage.original_span(*span)
    return Measurement(
        metric=metric.name,
        value=read[0],
        value_max=read[1] if len(read) > 1 else None,
        unit=metric.unit,
        qualifier="range" if len(read) > 1 else _QUALIFIERS.get(raw[0][:1], "="),
        value_reported=passage.text[slice(*span)],
        unit_reported=raw[1],
        subject=subject,
        is_control=control,
        conditions=conditions,
        evidence=Evidence(place.text, start, end, passage.section, passage.page, place.number),
        confidence=CONFIDENCE,
        flags=() if metric.plausible[0] <= read[0] <= metric.plausible[1] else ("out_of_range",),
    )


def _subject(sentence: _Stretch, value: _Span, short: Mapping[str, str]) -> tuple[Subject, bool]:
    """Take the chemical that is named last before a value, or first behind it, for its sample."""
    at = sentence.parsed.tokens[value.start].start
    mentions = sorted(sentence.parsed.cems, key=lambda c: (c.start > at, abs(c.start - at)))
    if not mentions:
        return Subject("not named"), False
    name = mentions[0].text
    control = _CONTROL.search(sentence.plain, max(0, mentions[0].start - _CONTROL_ROOM), mentions[0].start)
    return Subject(name, (short.get(name) or _names(vocabulary().fingerprint).get(name, name),)), control is not None


def _conditions(value: _Span, others: Sequence[_Span], kinds: Sequence[_Kind]) -> Conditions:
    """Take the nearest current density and areal capacity in the sentence for the value's own."""
    found: dict[str, Any] = {}
    for name, unit in _CONDITIONS.items():
        near = [o for o in others if o.key == _symbols(unit)]
        kind = next((k for k in kinds if k.metric.unit == unit), None)
        if kind is not None and near and (read := _read(kind, *min(near, key=value.gap).raw)):
            found[name] = read[0]
    return Conditions(**found)


# --- documents ------------------------------------------------------------------------------------------------------


def mine(document: Document) -> Mined:
    """Mine a document with ChemDataExtractor alone; see :func:`find_measurements`."""
    found, rejected = find_measurements(document)
    tables = {n for n, p in enumerate(document.passages) if p.kind == "table"}
    return Mined(document, tuple(merge_repeats(found, tables)), tuple(rejected))


def find_measurements(document: Document) -> tuple[list[Measurement], list[Rejection]]:
    """Find every value that ChemDataExtractor reads in a document, also those that are said again.

    A value is one of the metric named nearest to it in its sentence, or by the heads of its column and row; its sample
    is the chemical named nearest, its conditions are the nearest in the sentence.

    Raises
    ------
    MissingPackage
        Where ChemDataExtractor is not installed.
    """
    words = vocabulary().fingerprint
    kinds, grammars = _kinds(words), _values(words)
    found: list[Measurement] = []
    rejected: list[Rejection] = []
    short = _abbreviations(document)
    for number, passage in in_time(enumerate(document.passages)):
        if passage.kind in ("heading", "reference", "title") or tells_nothing(passage.section):
            continue
        if passage.kind == "table":
            more, no = _mine_table(passage, number, kinds)
            found.extend(more)
            rejected.extend(no)
            continue
        for start, end in in_time(sentences(passage.text)):
            found.extend(_mine_sentence(_Stretch(passage, number, start, end), kinds, grammars, short))
    return found, rejected


def _abbreviations(document: Document) -> dict[str, str]:
    """Give the short form of each name that the paper abbreviates."""
    cde = _package()
    detector = cde.text.Text.abbreviation_detector
    told = (
        passage.text[start:end]
        for passage in document.passages
        if passage.kind == "paragraph"
        for start, end in in_time(sentences(passage.text))
        if "(" in passage.text[start:end]
    )
    pairs = (pair for text in told for pair in detector.detect([t.text for t in cde.text.Sentence(text).tokens]))
    return {" ".join(long): "".join(short) for short, long in pairs}


# --- tables ---------------------------------------------------------------------------------------------------------


def _mine_table(passage: Passage, number: int, kinds: Sequence[_Kind]) -> tuple[list[Measurement], list[Rejection]]:
    """Mine a table by its category table: each cell with the heads of its row and of its column."""
    grid = grid_of(passage)
    width = max(map(len, grid), default=0)
    if len(grid) < 2 or width < 2:
        return [], []
    try:
        cells = _category_table([[_plain(c.text) for c in row] + [""] * (width - len(row)) for row in grid])
    except _ODD:
        reason = "a table that ChemDataExtractor cannot lay out"
        return [], [Rejection(passage.start, passage.end, grid[0][0].line, reason)]
    on_its_side = not any(_named_in(head, kinds) for cell in cells for head in cell.columns)
    found = []
    for cell in in_time(cells):
        for kind in _named_in(" ".join(cell.rows if on_its_side else cell.columns), kinds):
            place = _place(grid, cell)
            for raw in _cell_values(cell, kind) if place is not None else ():
                if place is not None and (read := _read(kind, *raw)):
                    stretch = _Stretch(passage, number, place.start, place.end)
                    subject = _labelled(cell.columns if on_its_side else cell.rows)
                    control = _CONTROL.search(subject.name) is not None
                    span = stretch.offsets(raw[0], 0)
                    found.append(_measurement(kind.metric, read, raw, stretch, span, subject, control, Conditions()))
    return found, []


class _Entry(NamedTuple):
    """A row of a category table: a cell, cut to 60 characters, with the heads of its row and of its column."""

    text: str
    rows: list[str]
    columns: list[str]


def _category_table(texts: list[list[str]]) -> list[_Entry]:
    layout = _tables().Table(_package().text.Caption(""), table_data=texts).tde_table
    return [_Entry(*entry) for part in layout.subtables or [layout] for entry in part.category_table]


def _named_in(head: str, kinds: Sequence[_Kind]) -> list[_Kind]:
    """Find the metrics that a head names, the longest names only."""
    lower = head.lower()
    found = [
        (match.start(), match.end(), kind)
        for kind in kinds
        for name in kind.names
        if name in lower and (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", lower))
    ]
    return [k for a, b, k in found if not any(c <= a and b <= d and d - c > b - a for c, d, _ in found)]


def _cell_values(cell: _Entry, kind: _Kind) -> Iterator[tuple[str, str]]:
    """Give the printed numbers and units of a metric in a cell; the unit may stand in the head."""
    parser = kind.model.parsers[0]
    parser.model = kind.model
    for root, start, end in parser.root.scan(_package().text.Cell.from_tdecell(cell).tokens):
        for record in parser.interpret(root, start, end):
            number = record.raw_value or ""
            if number.strip(_SIGNS)[:1].isdigit() and "".join(number.split()) in "".join(cell.text.split()):
                yield number, record.raw_units or ""


def _place(grid: Sequence[Sequence[Cell]], cell: _Entry) -> Cell | None:
    """Find a cell of the category table in the grid: the same text, beside and below most of its heads."""
    heads = [_plain(c.text) for c in grid[0]]
    fit = []
    for row in grid[1:]:
        labels = sum(_plain(c.text).startswith(label) for c in row for label in cell.rows)
        for column, ours in enumerate(row):
            if _plain(ours.text).startswith(cell.text):
                below = sum(heads[column : column + 1] == [head] for head in cell.columns)
                fit.append((labels, below, -ours.start, ours))
    return max(fit, key=lambda f: f[:3])[3] if fit else None


def _labelled(heads: Sequence[str]) -> Subject:
    label = heads[0] if heads else ""
    names = _names(vocabulary().fingerprint)
    parts = (names.get(c.text, c.text) for c in _package().text.Sentence(label).cems)
    return Subject(label or "not named", tuple(dict.fromkeys(parts)))
