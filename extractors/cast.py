"""What a whole paper says of its samples: the material system it presents, its controls, its labels, its kind."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from extractors.coined import abbreviations, additives, coined
from extractors.formulas import is_formula
from extractors.labels import Label, find_labels
from extractors.materials import ELECTRODES, ELECTROLYTE_CLASSES, Lexicon, Name, find_names, is_cathode, lexicon
from extractors.phrases import find_terms
from extractors.sentences import sentences
from schema.records import Document
from schema.vocabulary import Term, vocabulary

_REVIEW = re.compile(r"\b(?:review|perspective|overview|progress|roadmap|survey|recent advances)\b", re.IGNORECASE)
_UNIT_NUMBER = re.compile(r"\d\s?(?:%|mA|mV|h\b|cycles|GPa|MPa|S\b|mS|nm|µm|μm|Ω|mAh|Wh)")
_DECLARED = re.compile(
    r"(?=[),\s])\)?(?: (?:separator|electrolyte|cell|anode|electrode)s?)?,?\s"
    r"(?:which (?:is|was|serves|served)(?: as)? |serv(?:es|ed|ing) as |as |is )(?:the |our |a )?"
    r"(?:control|reference|baseline)\b",
    re.IGNORECASE,
)
_DEFINED_BARE = re.compile(
    r"\b(?:bare|pristine|undoped|unmodified|uncoated|untreated|unprotected|control|blank|reference)\b[^().;]{0,45}"
    r"\(\s?([A-Z][\w@/-]*)\s?\)"
)
_NAMED_LITHIUM = re.compile(r"(?<![\w@|/-])(?!(?:Li|Cu|[Bb]are|[Pp]ure)\b)[A-Z][\w-]{0,20}[-@]Li(?![\w@-])\s?\|")
_PRISTINE = re.compile(
    r"\b(?:(pure)|pristine|parent|unmodified|undoped|unsubstituted)\s(?P<name>[A-Z][\w.]*\w)(?=\s|[,.;)])"
)
_CELL_OF = re.compile(r"\bLi\s?(?:\|{1,2}|/)\s?([A-Z][\w@/.-]*)")
_NO_SAMPLE_BEHIND = re.compile(r"\sinterfac|\scathode")
_HEREIN = re.compile(
    r"\b(?:Herein|Here,? (?:we|the|a|an)|[Ii]n this (?:work|study|paper|contribution|article|[Ll]etter|research)|"
    r"[Ww]e (?:here )?(?:report|propose|present|design|develop|introduce|construct|fabricate))\b"
)
_COMPOSED = re.compile(
    r"\b(?:composed of|consist\w+ of|compris\w+(?: of)?|made (?:up )?of|(?:coating|layer|film|composite|blend|"
    r"mixture|network) of|"
    r"integrating|combining|blending|incorporating|embedding)\s((?:[^.;,()]|\([^()]*\)){3,140}?)"
    r"(?=[.;,]|\s(?:as|to|for|on|onto|via|by|through|is|was|are|were|that|which)\s|$)"
)
_FILLED = re.compile(
    r"((?:\([^()]*\)|[^.;,()]){3,120}\s(?:embedded|filled|decorated|loaded|reinforced|functionali[sz]ed|encapsulated)\s"
    r"(?:with|by|in)\s[^.;,]{3,60})"
)
_KIND_OF_BATTERY = re.compile(r"(?:Li|[Ll]ithium)[-–](?:S|[Ss]ulfur|O2|[Oo]xygen|[Aa]ir)")
_OF_THE_SEI = frozenset({"LiF", "Li3N", "Li2O", "Li2CO3", "Li2S", "LiOH"})  # what any electrolyte leaves on lithium
_CLASSES = frozenset(
    {"clay", "MXene", "MOF", "COF", "garnet", "zeolite", "carbon"}
)  # told of what has a name of its own
_LAID_ON = re.compile(
    r"[- ](?:coat|layer|film|interlayer|modif|protect|nanoparticle|artificial|passivat|skin|shell|@)", re.IGNORECASE
)
PLAIN_METAL = re.compile(
    r"Li[-@]Cu|(?:Cu|Li|copper|lithium|Ni|Al|SS|Ti|Pt)(?: metal| foil)?|Cu[-@/|]+(?:\d+)?Li|"
    r"Li\|+Cu(?:[-@]\d*Li)?|Cu[-@/]\d*Li\|+.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sample:
    """One mention of a sample.

    Attributes
    ----------
    role : "control", "treated" or "" (only its materials are known)
    standard : it is what another sample is compared with ("than bare Cu")
    generic : it names no material of its own ("the modified electrode")
    """

    start: int
    end: int
    text: str
    components: tuple[str, ...] = ()
    substrate: str | None = None
    role: str = ""
    standard: bool = False
    generic: bool = False
    cathode: str | None = None
    symmetric: bool = False


@dataclass(frozen=True)
class Cast:
    """What the whole paper says of its samples.

    Attributes
    ----------
    controls : materials that the paper itself calls its control
    named_cells : its cells are named by their samples ("Li||X"), so that "Li||Cu" is one of bare copper
    plain_cells : the protected lithium has a name of its own, so that "Li||Li" is a cell of bare lithium
    """

    protagonist: tuple[str, ...]
    protagonist_name: str
    substrate: str | None
    strategy: str
    process: str
    defined: dict[str, tuple[str, ...]]
    review: bool
    controls: frozenset[tuple[str, ...]] = frozenset()
    labels: tuple[Label, ...] = ()
    plain_cells: bool = False
    named_cells: bool = False

    def as_sample(self) -> Sample:
        """Give the protagonist as a sample."""
        return Sample(0, 0, self.protagonist_name, self.protagonist, self.substrate, "treated")


def cast(document: Document) -> Cast:
    """Read the cast from title, abstract and the counts of labels."""
    text = "\n".join(
        p.text for p in document.passages if p.kind in ("title", "paragraph", "heading", "caption", "list")
    )
    defined = abbreviations(text)
    defined |= coined(text, defined)
    head = f"{document.title}\n{text[:2500]}"
    review = bool(_REVIEW.search(document.title)) or "this review" in text[:6000].lower() or _cites_its_facts(document)
    labels = () if review else find_labels(text, defined)
    controls = frozenset(_declared_controls(text, defined))
    best, name = _protagonist(document.title, text, defined, {label.name for label in labels}, controls)
    in_title = _in_title(best, document.title, defined) and not set(best) <= _OF_THE_SEI
    if not review and not in_title and (added := additives(head)):
        best, name = added, " + ".join(added)
    return Cast(
        protagonist=best,
        protagonist_name=name,
        substrate=_substrate(head),
        strategy=strategy_of(head),
        process=_process(text),
        defined=defined,
        review=review,
        controls=controls,
        labels=labels,
        named_cells=review or _names_cells(text, defined),
        plain_cells=not review and bool(_NAMED_LITHIUM.search(text)),
    )


def _names_cells(text: str, defined: dict[str, tuple[str, ...]]) -> bool:
    """Say whether a cell is written by its collector or coating anywhere: "Li||MgO@Cu" beside "Li||Cu"."""
    others = {m[1] for m in _CELL_OF.finditer(text)}
    return any(
        set(n.components) - ELECTRODES and not is_cathode(n.components[0])
        for other in others
        for n in find_names(other, 0, len(other), defined)
        if n.components
    ) or bool(re.search(r"\b(?:bare|pristine) (?:Cu|copper)\b", text))


def _in_title(components: tuple[str, ...], title: str, defined: dict[str, tuple[str, ...]]) -> bool:
    return any(set(n.components) & set(components) for n in find_names(title, 0, len(title), defined))


def _cites_its_facts(document: Document) -> bool:
    """Say whether most paragraphs with numbers credit others, as those of a review, a chapter, an overview do."""
    telling = [p for p in document.passages if p.kind == "paragraph" and len(_UNIT_NUMBER.findall(p.text)) >= 2]
    crediting = [p for p in telling if len({m for _, m in p.markers}) >= 2 and "et al" in p.text]
    return len(telling) >= 4 and len(crediting) >= 0.5 * len(telling)


def _protagonist(
    title: str, text: str, defined: dict[str, tuple[str, ...]], labels: set[str], controls: Collection[tuple[str, ...]]
) -> tuple[tuple[str, ...], str]:
    """Find the material system a paper is about: in its title, its abstract and by how often it is named."""
    counts: dict[tuple[str, ...], float] = defaultdict(float)
    names: dict[tuple[str, ...], Counter[str]] = {}
    in_title: list[str] = []
    for weight, part in ((12, title), *((4, said) for said in _presented(text)), (2, text[:2500]), (1, text)):
        for name in find_names(part, 0, len(part), defined):
            components = own_components(name)
            plain = components == ("Li",) or PLAIN_METAL.fullmatch(name.text)
            if not components or name.text in labels or (set(components) <= ELECTRODES and plain):
                continue
            behind = part[name.end : name.end + 14]
            if _NO_SAMPLE_BEHIND.match(behind) or _KIND_OF_BATTERY.fullmatch(name.text):
                continue
            product = components[0] in _OF_THE_SEI and not _LAID_ON.match(behind)
            share = 0.25 if behind.lower().startswith(("-rich", "–rich")) or (product and weight < 12) else 1
            if components[0] in _CLASSES and len(components) == 1:
                share *= 0.25
            share *= 2 if len(components) > 1 else 1
            counts[components] += weight * share
            names.setdefault(components, Counter())[name.text] += 1
            if weight == 12 and share >= 1:
                in_title.extend(c for c in components if c not in in_title and c not in ELECTRODES)
    together = tuple(in_title)
    if 2 <= len(together) <= 4 and not any(set(together) <= set(c) for c in counts if len(c) > 1):
        # "Alumina-filled PVDF-HFP coatings": one system, named by its parts.
        counts[together] += sum(n for c, n in counts.items() if set(c) <= set(together))
        names.setdefault(together, Counter())["/".join(together)] += 1
    for control in controls:
        if len(counts) > 1:
            counts.pop(control, None)
    best = max(counts, key=lambda c: (counts[c], len(c)), default=())
    fuller = [c for c in counts if len(c) > len(best) and set(best) < set(c) and 3 * counts[c] >= counts[best]]
    if len(best) == 1 and fuller:
        best = max(fuller, key=lambda c: counts[c])  # "PEO" is told more often than "PEO/LAGP", but as its part
    called = names[best].most_common(1)[0][0] if best else ""
    for parts in _put_together(text, defined):
        if set(best) & set(parts) and len({*best, *parts}) <= 4:
            best = tuple(dict.fromkeys((*best, *parts)))
    return best, called


def _presented(text: str) -> Iterator[str]:
    """Give the sentences of the abstract in which a paper says what it presents."""
    head = text[:3000]
    for start, end in sentences(head):
        if _HEREIN.search(head, start, end):
            yield head[start:end]


def _put_together(text: str, defined: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Give the parts that the sentences of presentation say a material is composed of."""
    for said in _presented(text):
        for match in (*_COMPOSED.finditer(said), *_FILLED.finditer(said)):
            named = find_names(said, match.start(1), match.end(1), defined)
            yield tuple(c for n in named for c in own_components(n) if c not in ELECTRODES)


def _declared_controls(text: str, defined: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Find the materials that the paper itself calls its control ("polypropylene (PP), which is the control")."""
    for match in _PRISTINE.finditer(text):
        short = match["name"]
        for name in find_names(text, match.start("name"), match.end("name"), defined):
            whole = not match[1] if is_formula(short) else not lexicon().find(short)
            if name.end == match.end("name") and whole and not set(name.components) <= ELECTRODES:
                yield name.components
    for match in _DEFINED_BARE.finditer(text):
        for name in find_names(text, match.start(1), match.end(1), defined):
            if name.components and not set(name.components) <= ELECTRODES:
                yield name.components
    for match in _DECLARED.finditer(text):
        names = [
            n
            for n in find_names(text, max(0, match.start() - 60), match.start(), defined)
            if match.start() - n.end < 14
        ]
        if names and names[-1].components:
            yield names[-1].components


def own_components(name: Name) -> tuple[str, ...]:
    """Give a name's components less what is never a sample: cathodes, bare salts, solvents."""
    return _own(name.components, lexicon())


@lru_cache(maxsize=4096)
def _own(components: tuple[str, ...], known: Lexicon) -> tuple[str, ...]:
    if all(known.classes.get(c) in ELECTROLYTE_CLASSES for c in components):
        return ()
    if is_cathode(components[0]):
        return ()
    components = tuple(c for c in components if c)
    if len(components) > 1 and (components[0] == "Cu" or set(components) - ELECTRODES):
        components = tuple(c for c in components if c != "Cu")  # Cu@Li, ZnO@Cu: what lies on copper
    return components


def _substrate(text: str) -> str | None:
    match = re.search(
        r"\b(?:on|onto|coated|modified|modified)\s(?:the |a |an )?(?:bare |planar |commercial )?(Cu|"
        r"copper|Li|lithium|Ni|nickel|stainless steel|separator|polyimide)\b",
        text,
        re.IGNORECASE,
    )
    if not match:
        return None
    return {
        "copper": "Cu",
        "cu": "Cu",
        "lithium": "Li",
        "li": "Li",
        "nickel": "Ni",
        "ni": "Ni",
        "stainless steel": "SS",
        "polyimide": "PI",
    }.get(match[1].lower(), match[1])


def strategy_of(text: str) -> str:
    """Name the protection strategy a text speaks of most.

    Examples
    --------
    >>> strategy_of("a polymer coating protects the coated electrode"), strategy_of("nothing of the kind")
    ('surface coating', 'other')
    """
    return _strategy_of(text, vocabulary().fingerprint)


@lru_cache(maxsize=16)  # a review is asked for each of the samples of a passage
def _strategy_of(text: str, fingerprint: str) -> str:
    return _first_term(vocabulary().strategies, text, "other")


def _process(text: str) -> str:
    told = Counter(step.name for step in find_terms("processes", text))
    return max(told, key=told.__getitem__, default="")


def _first_term(terms: Mapping[str, Term], text: str, default: str) -> str:
    best, score = default, 0
    low = text.lower()
    for term in terms.values():
        hits = sum(low.count(s.lower()) for s in term.synonyms if len(s) > 3 or s in text)
        if hits > score:
            best, score = term.name, hits
    return best
