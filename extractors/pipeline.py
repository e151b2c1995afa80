"""The steps of mining, in their order: read, find, name, link, merge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from extractors import conditions as cond
from extractors.linking import gathered, is_strong, link, next_subject, resolved
from extractors.merging import merge_repeats
from extractors.cues import Reading, find_cues, metrics_of_kind
from extractors.kinds import kind_of, suspect_unit
from extractors.metrics import choose_metric
from extractors.quantities import Quantity, find_quantities
from extractors.readers import read
from extractors.samples import Cast, Sample, cast, find_samples
from extractors.sentences import sentences
from extractors.tables import mine_table
from schema.records import Conditions, Document, Evidence, Measurement, Mined, Passage, Rejection, Subject
from schema.units import convert
from schema.vocabulary import Metric, vocabulary

EXTRACTOR_VERSION = "0.1.0"
_NO_FACTS = re.compile(
    r"references?|bibliograph|acknowledg|conflicts? of interest|competing|declaration|author.? contribution|data availab|financial|funding|supplementary|supporting info|"
    r"ethic|consent|copyright|availability|keywords|abbreviation",
    re.IGNORECASE,
)
_METHODS = re.compile(r"\b(?:methods?|experimental|preparation|synthesis|materials and|characteri[sz]ations?|measurements?|tests?|calculations?|simulations?|fabrication|assembly|configuration)\b", re.IGNORECASE)
_HYPOTHETICAL = re.compile(r"^\W*(?:if|assuming|suppose|supposing|provided that|imagine|consider a|let us)\b|\b(?:would be|would have|would need|hypothetical\w*|must possess|should be (?:at least|above|higher|larger))\b", re.IGNORECASE)
_CALCULATED = re.compile(r"\b(?:calculat\w*|comput\w*|DFT|first-principles|simulat\w*|theoretical\w*)\b", re.IGNORECASE)
_ESTIMATED = re.compile(r"\b(?:estimat\w*|project\w*|extrapolat\w*|predict\w*|expected)\b", re.IGNORECASE)
_CELL_METRICS = frozenset(
    "coulombic_efficiency cycle_count failure_cycle cycling_hours overpotential voltage_polarization voltage_hysteresis capacity_retention "
    "specific_capacity initial_coulombic_efficiency capacity_retention_per_cycle nucleation_overpotential mass_transfer_overpotential".split()
)
_OWN_CONDITIONS = {  # what is no cell test keeps only conditions that belong to it
    "areal_capacity": ("current_density_mA_cm2", "np_ratio"), "np_ratio": ("areal_capacity_mAh_cm2",), "specific_energy": ("areal_capacity_mAh_cm2", "np_ratio"),
    "areal_loading": ("areal_capacity_mAh_cm2", "np_ratio"), "fiber_diameter": ("current_density_mA_cm2", "areal_capacity_mAh_cm2"),
    "charge_transfer_resistance": ("c_rate",), "improvement": ("current_density_mA_cm2", "areal_capacity_mAh_cm2"),
}  # fmt: skip
_MAIN = (cond.CURRENT_KEY, cond.AREAL_KEY)
_CARRIES = frozenset("coulombic_efficiency cycle_count failure_cycle cycling_hours overpotential voltage_hysteresis deposit_thickness".split())
_RESULTS = re.compile(r"^[\d.\s]*(?:results?|discussion|conclusions?|summary)\b", re.IGNORECASE)
_TESTED = re.compile(r"\b(?:cycl\w+|test\w*|measur\w+|operat\w+|current|run|ran|galvanostatic\w*)\b", re.IGNORECASE)
_FULL_CELL = frozenset("coulombic_efficiency initial_coulombic_efficiency cycle_count failure_cycle capacity_retention capacity_retention_per_cycle specific_capacity".split())
_FOR_ALL = re.compile(r"\b(?:[Aa]ll|[Ee]ach|[Ee]very|[Bb]oth|[Uu]nless)\b[^.]{0,60}\b(?:cells?|tests?|batter\w+|measurements?|experiments?|electrodes?|otherwise)\b")
_METHODS_HEAD = re.compile(r"^[\d.\s]*(?:(?:materials|experimental)(?:\s|$)|methods?\b|methodology)", re.IGNORECASE)


@dataclass
class Context:
    """What a sentence inherits from those before it in its paragraph."""

    subject: Sample | None = None
    metrics: dict[str, str] = field(default_factory=dict)
    dealt: dict[str, list[str]] = field(default_factory=dict)
    conditions: dict[str, float] = field(default_factory=dict)
    listed: dict[str, list[float]] = field(default_factory=dict)
    cell: str | None = None
    full: dict[str, float] = field(default_factory=dict)
    figure: str = ""
    marker: str | None = None
    methods: bool = False
    protocols: tuple[Protocol, ...] = ()


@dataclass(frozen=True)
class Protocol:
    """What a paragraph of the methods lays down for a kind of test."""

    metrics: frozenset[str]
    cell: str | None
    conditions: dict[str, float]


def mine_file(path: str | Path) -> Mined:
    """Read and mine one file.

    Raises
    ------
    UnreadableDocument
        See ``extractors.readers.read``.
    """
    return mine(read(path))


def mine(document: Document) -> Mined:
    """Mine one document.

    Examples
    --------
    >>> from extractors.readers.text import read_text_string
    >>> mined = mine(read_text_string("The ZnO-coated Li ran in a symmetric cell for over 900 h at 2 mA cm-2."))
    >>> [(m.metric, m.value, m.qualifier, m.conditions.current_density_mA_cm2) for m in mined.measurements]
    [('cycling_hours', 900.0, '>', 2.0)]
    """
    who = cast(document)
    captions = [p.text for p in document.passages if p.kind == "caption"]
    found: list[Measurement] = []
    rejected: list[Rejection] = []
    methods = _methods(document)
    protocols = _protocols(document, methods)
    heading_cell: str | None = None
    marker: str | None = None
    for number, passage in enumerate(document.passages):
        if passage.kind == "heading":
            heading_cell = cond.cell_of(passage.text)
        if passage.kind in ("heading", "reference", "title") or _tells_nothing(passage.section):
            continue
        if passage.kind == "table":
            beside = [document.passages[i].text for i in (number - 1, number + 1) if 0 <= i < len(document.passages) and document.passages[i].kind == "caption"]
            more, no = mine_table(passage, number, who, beside[0] if beside else "")
        else:
            context = Context(cell=heading_cell, marker=marker, methods=number in methods, protocols=protocols)
            more, no = _mine_passage(passage, number, who, captions, context)
            marker = passage.markers[-1][1] if passage.markers and passage.kind == "paragraph" else marker
        found.extend(more)
        rejected.extend(no)
    return Mined(document, tuple(merge_repeats(found)), tuple(rejected))


def _methods(document: Document) -> set[int]:
    """Number the passages of the methods, sections below them included."""
    return {number for number, passage in enumerate(document.passages) if _is_methods(passage.section)}


def _is_methods(section: str) -> bool:
    parts = section.split(" > ")
    if any(_METHODS_HEAD.match(part) for part in parts):
        return True
    return not any(_RESULTS.match(part) for part in parts) and any(_METHODS.search(part) for part in parts)


def _tells_nothing(section: str) -> bool:
    return any(_NO_FACTS.match(part.strip("0123456789. ")) for part in section.split(" > "))


def _protocols(document: Document, methods: set[int]) -> tuple[Protocol, ...]:
    """Read the test settings that the methods state once for many results."""
    out = []
    for number in sorted(methods):
        text = document.passages[number].text
        if document.passages[number].kind not in ("paragraph", "list"):
            continue
        found = find_quantities(text)
        settings = cond.one_value(cond.find_conditions(text, 0, len(text), found, set()), _MAIN)
        if settings:
            named = frozenset(c.metric for c in find_cues(text, 0, len(text)))
            out.append(Protocol(named, cond.cell_of(text), settings))
    for number, passage in enumerate(document.passages):
        for a, b in sentences(passage.text) if passage.kind in ("paragraph", "list") and number not in methods else ():
            if _FOR_ALL.search(passage.text, a, b) and _TESTED.search(passage.text, a, b):
                settings = cond.one_value(cond.find_conditions(passage.text, a, b, find_quantities(passage.text, a, b), set()), _MAIN)
                out.extend([Protocol(_CARRIES, cond.cell_of(passage.text[a:b]), settings)] if settings else [])
    return tuple(out)


def _mine_passage(passage: Passage, number: int, who: Cast, captions: Sequence[str], context: Context) -> tuple[list[Measurement], list[Rejection]]:
    found: list[Measurement] = []
    rejected: list[Rejection] = []
    for a, b in sentences(passage.text):
        more, no = _mine_sentence(passage, number, (a, b), who, captions, context)
        found.extend(more)
        rejected.extend(no)
    return found, rejected


def _mine_sentence(passage: Passage, number: int, span: tuple[int, int], who: Cast, captions: Sequence[str], context: Context) -> tuple[list[Measurement], list[Rejection]]:
    text = passage.text
    a, b = span
    sentence = text[a:b]
    samples = find_samples(text, a, b, who)
    cell = cond.cell_of(sentence)
    if cell and cell.split()[0] != (context.cell or "").split(" ")[0]:
        context.conditions, context.full = {}, {}
    context.cell = cell or context.cell
    markers = [m for at, m in passage.markers if a <= at <= b]
    quantities = find_quantities(text, a, b)
    found: list[Measurement] = []
    rejected: list[Rejection] = []
    if quantities:
        cues = find_cues(text, a, b)
        named: list[tuple[Quantity, Metric, str]] = []
        for q in quantities:
            key, reason = choose_metric(Reading(q, text, a, b, cues, quantities, context.metrics))
            dealt = context.dealt.get(kind_of(q.unit), [])
            before = any(c.metric in metrics_of_kind(kind_of(q.unit)) and c.end <= q.start for c in cues)
            if reason != "respectively" and len(dealt) == q.size and not before and "respectively" in text[q.end : q.end + 60]:
                key, reason = dealt[q.index], "respectively"
            if key and _HYPOTHETICAL.search(sentence):
                key, reason = None, "hypothetical"
            if key and passage.kind == "caption" and key in ("cycle_count", "failure_cycle", "areal_capacity"):
                key, reason = None, "a caption's test setting"
            if key and context.methods and key in ("cycle_count", "failure_cycle", "cycling_hours", "voltage_window"):
                key, reason = None, "a protocol of the methods"
            if key:
                named.append((q, vocabulary().metric(key), reason))
                context.metrics[kind_of(q.unit)] = key
            elif q.unit and reason != "condition":
                rejected.append(_rejection(passage, q, reason))
        lists: dict[str, list[str]] = {}
        for q, metric, reason in named:
            if reason == "respectively":
                lists.setdefault(kind_of(q.unit), []).append(metric.name)
        context.dealt = lists
        mentions = cond.find_conditions(text, a, b, quantities, {q.start for q, m, _ in named if m.name not in ("cycle_count", "failure_cycle")})
        far = _far(sentence, captions, context)
        results = [q for q, _, _ in named]
        for q, metric, reason in named:
            found.append(_measurement(q, metric, reason, passage, number, span, samples, mentions, results, far, markers, who, context))
        if (context.cell or "").startswith(("full", "pouch")):
            rated = any(m.name == "specific_capacity" for _, m, _ in named)  # of a rate test: it holds for that capacity alone
            context.full.update(cond.one_value(mentions, ("np_ratio",) if rated else ("np_ratio", "c_rate")))
        own = cond.one_value(mentions, _MAIN)
        context.conditions = own if len(own) > 1 else {**far, **own}
        for key in _MAIN:
            values = [m.value for m in mentions if m.key == key]
            if len(values) > 1:
                context.listed[key] = values
    context.subject = next_subject(samples, context.subject, who)
    if markers:
        context.marker = markers[-1]
    return found, rejected


def _far(sentence: str, captions: Sequence[str], context: Context) -> dict[str, float]:
    """Conditions from the sentences before, and over them those of the figure panel the sentence cites."""
    cited = cond.figures(sentence)
    moved = bool(cited) and context.figure not in ("", cited[0][0])
    out = {} if moved else dict(context.conditions)
    context.figure = cited[-1][0] if cited else context.figure
    for figure, part in cited:
        for caption in captions:
            if re.match(rf"\W*(?:Fig(?:ure|\.)?|FIG\.?)\s?{figure}\b", caption):
                panel = cond.caption_part(caption, part)
                found = find_quantities(panel)
                mentions = cond.find_conditions(panel, 0, len(panel), found, set())
                listed = _capacity_and_current(panel, found)
                out.update({**cond.one_value(mentions, _MAIN), **listed})
    return out


def _capacity_and_current(panel: str, found: Sequence[Quantity]) -> dict[str, float]:
    """Read "capacity and current of 1.0 and 2.0 mA cm-2, respectively", where one unit serves for both."""
    match = re.search(r"\b(capacity|current(?: density)?)\s+and\s+(?:\w+\s)?(capacity|current(?: density)?)\s+of\b", panel)
    pair = [q for q in found if match and q.start >= match.end()][:2]
    if not match or len(pair) != 2 or match[1][:3] == match[2][:3]:
        return {}
    return {cond.AREAL_KEY if match[i + 1].startswith("cap") else cond.CURRENT_KEY: pair[i].value for i in (0, 1)}


def _measurement(
    q: Quantity, metric: Metric, reason: str, passage: Passage, number: int, span: tuple[int, int], samples: Sequence[Sample],
    mentions: Sequence[cond.Mention], results: Sequence[Quantity], far: dict[str, float], markers: Sequence[str], who: Cast, context: Context,
) -> Measurement:  # fmt: skip
    text = passage.text
    a, b = span
    sentence = text[a:b]
    owner = link(q, text, span, samples, context.subject, who, metrics_dealt=reason == "respectively")
    near = cond.assign(q, text, span, mentions, results)
    if "respectively" in sentence and q.size > 1 and owner.rule != "respectively" and reason != "respectively":
        dealt = {k: v[q.index] for k, v in context.listed.items() if len(v) == q.size and k not in near}
        far = {**far, **dealt}
    if metric.name not in _CELL_METRICS and metric.name not in _CARRIES:
        for key in (*_MAIN, "c_rate", "np_ratio"):
            if key not in _OWN_CONDITIONS.get(metric.name, ()):
                near.pop(key, None)
    if metric.name in ("cycle_count", "failure_cycle"):
        near.pop("cycles", None)
        near.pop("at_cycle", None)
    if metric.name == "cycling_hours":
        near.pop("time_h", None)
    if metric.name not in _CELL_METRICS:
        near.pop("cycles", None)
        near.pop("time_h", None)
    carried = {k: v for k, v in far.items() if k in _MAIN} if metric.name in _CARRIES and not who.review else {}
    if "c_rate" in near or (cond.cell_of(sentence) or context.cell or "").startswith(("full", "pouch")):
        carried = dict(context.full) if metric.name in _FULL_CELL and not who.review else {}
    elif metric.name in _CARRIES and not carried and not set(near) & set(_MAIN) and not who.review:
        carried = _from_protocol(metric.name, cond.cell_of(sentence) or context.cell, context.protocols)
    cell = (cond.cell_of(sentence) or context.cell) if metric.name in _CELL_METRICS or "resistance" in metric.name or metric.name == "exchange_current_density" else None
    electrolyte, electrolyte_class = cond.electrolyte_of(sentence)
    stated: dict[str, object] = {
        "cell": cell, "electrolyte": electrolyte, "electrolyte_class": electrolyte_class,
        "cycle_range": cond.cycle_range(sentence) if metric.name.endswith("efficiency") else None,
    }  # fmt: skip
    values, flags = _normalised(q, metric)
    provenance, ref = _provenance(sentence, passage, span, q, markers, who, context)
    start, end = passage.original_span(q.start, q.end)
    unit_start, unit_end = passage.original_span(*q.unit_span) if q.unit_span[1] > q.unit_span[0] else (end, end)
    repaired = [r for r in passage.repairs if start <= r.start <= max(end, unit_end)]
    flags += ["glyph_repaired"] if repaired else []
    flags += ["unit_repaired"] if any(unit_start <= r.start <= unit_end for r in repaired) else []
    sample = resolved(owner.sample, samples, context.subject, who) if owner.sample else _lithium(text, span)
    if metric.name in ("np_ratio", "voltage_window") and not who.review and who.protagonist:
        sample, owner = Sample(0, 0, who.protagonist_name, who.protagonist, who.substrate, "treated"), replace(owner, control=False)
    if metric.name == "areal_loading" and (cathode := cond.cathode_of(text[a:b])):
        sample, owner = Sample(0, 0, f"{cathode} cathode", (cathode,)), replace(owner, control=False)
    control = owner.control or bool(sample and who.review and _is_reduced(sample, context.subject))
    if sample and who.review and not sample.role and len(sample.components) == 1:
        plain = [s for s in samples if is_strong(s) and not s.standard and s.end <= max(q.start, sample.end)]
        sample = replace(gathered(plain), role=sample.role) if len(plain) > 1 else sample
    conditions: Conditions = cond.merge(near, carried, stated)
    return Measurement(
        metric=metric.name,
        value=values[0],
        value_max=values[1],
        unit="fold" if metric.name == "improvement" and kind_of(q.unit) == "fold" else metric.unit,
        qualifier=q.qualifier if values[1] is None else "range",
        value_reported=text[q.start : q.end] if not repaired else _original(passage, q),
        unit_reported=text[q.unit_span[0] : q.unit_span[1]],
        subject=_subject(sample, who),
        is_control=control,
        conditions=conditions,
        provenance=provenance,
        cited_ref=ref,
        evidence=Evidence(sentence, start, end, passage.section, passage.page, number),
        confidence=_confidence(reason, owner.rule, flags),
        flags=tuple(flags),
    )


def _from_protocol(metric: str, cell: str | None, protocols: Sequence[Protocol]) -> dict[str, float]:
    """Take the settings of the one paragraph of the methods that speaks of this metric, or of this cell."""
    fitting = [p for p in protocols if metric in p.metrics and (cell is None or p.cell is None or p.cell == cell)]
    return dict(fitting[0].conditions) if len(fitting) == 1 else {}


def _original(passage: Passage, q: Quantity) -> str:
    """Give the characters before repair, as far as the repairs of the number tell them."""
    text = passage.text[q.start : q.end]
    for r in passage.repairs:
        if passage.offsets[q.start] <= r.start < passage.offsets[q.end]:
            text = text.replace(r.after, r.before, 1)
    return text


def _lithium(text: str, span: tuple[int, int]) -> Sample | None:
    """Take lithium itself for the subject of a sentence that names nothing else."""
    match = re.compile(r"\b(?:Li|[Ll]ithium)(?: metal)?\b").search(text, *span)
    return Sample(match.start(), match.end(), match[0], ("Li",)) if match else None


def _is_reduced(sample: Sample, subject: Sample | None) -> bool:
    """Say whether a review's sample is the one before it less a component: Li/PEO/LFP beside Li/PEO-LAGP/LFP."""
    if subject is None or sample.role == "treated":
        return False
    return bool(sample.components) and len(subject.components) > 1 and set(sample.components) < set(subject.components) and sample.cathode is not None


def _subject(sample: Sample | None, who: Cast) -> Subject:
    if sample is None:
        return Subject("not named", (), None, "other")
    substrate = sample.substrate or (who.substrate if sample.role == "treated" else None)
    components = sample.components
    strategy = who.strategy if sample.components == who.protagonist else "other"
    return Subject(sample.text, components, substrate, strategy)


def _normalised(q: Quantity, metric: Metric) -> tuple[tuple[float, float | None], list[str]]:
    flags: list[str] = []
    unit = q.unit
    if suspect_unit(unit):
        unit = suspect_unit(unit)
        flags.append("unit_suspect")
    target = metric.unit
    if metric.name == "improvement" and kind_of(unit) == "fold":
        if unit.startswith("order"):
            return (10.0**q.value, 10.0**q.value_max if q.value_max is not None else None), flags
        return (q.value, q.value_max), flags

    def norm(value: float, of: str) -> float:
        out = convert(value, of, target) if of else value
        return abs(out) if metric.magnitude else out

    low = norm(q.value, unit)
    high = norm(q.value_max, q.max_unit or unit) if q.value_max is not None else None
    if high is not None and high < low:
        low, high = high, low
    if not metric.plausible[0] <= low <= metric.plausible[1]:
        flags.append("out_of_range")
    return (low, high), flags


def _provenance(sentence: str, passage: Passage, span: tuple[int, int], q: Quantity, markers: Sequence[str], who: Cast, context: Context) -> tuple[str, str | None]:
    if who.review:
        later = [m for at, m in passage.markers if at >= span[1]]
        early = [m for at, m in passage.markers if at < span[0]]
        marker = _marker(passage, span, q) or (early[-1] if early else later[0] if later else context.marker)
        return ("cited", marker) if marker else ("stated", None)
    background = re.search(r"introduction|^$|abstract", passage.section, re.IGNORECASE)
    if markers and background and not re.search(r"\b(?:we|our|this work|here)\b", sentence, re.IGNORECASE):
        return "cited", markers[0]
    near = sentence[max(0, q.start - span[0] - 80) : q.start - span[0] + 60]
    if _ESTIMATED.search(near):
        return "estimated", None
    if _CALCULATED.search(near):
        return "calculated", None
    return "measured", None


def _marker(passage: Passage, span: tuple[int, int], q: Quantity) -> str | None:
    """Pick the citation of a fact: the first after it in its sentence, else the last before it."""
    inside = [(at, m) for at, m in passage.markers if span[0] <= at <= span[1]]
    after = [m for at, m in inside if at >= q.start]
    return after[0] if after else (inside[-1][1] if inside else None)


def _confidence(reason: str, rule: str, flags: Sequence[str]) -> float:
    """A first guess, to be calibrated on gold: each link that was not stated outright costs a share."""
    score = 0.95
    score *= {"named": 1.0, "unit": 1.0, "respectively": 0.97}.get(reason, 0.9)
    score *= {"respectively": 0.97, "nearest in the sentence": 0.95, "in brackets behind it": 0.97}.get(rule, 0.85)
    score *= 0.6 if "out_of_range" in flags else 1.0
    score *= 0.95 if "unit_suspect" in flags or "glyph_repaired" in flags else 1.0
    return round(score, 3)


def _rejection(passage: Passage, q: Quantity, reason: str) -> Rejection:
    start, end = passage.original_span(q.start, max(q.end, q.unit_span[1] if 0 <= q.unit_span[0] - q.end < 3 else q.end))
    return Rejection(start, end, passage.text[q.start : max(q.end, q.unit_span[1])][:80], reason)


