"""Synthetic papers, seeded, for bases of any size: what is in them, and how often, is as in mined ones.

The shares below are those of the papers and digests that the project was made with (425 measurements of 28 documents):
metrics, qualifiers, provenance, how often a condition is stated, sizes of papers.  The numbers are drawn at random and
mean nothing.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema.records import (
    Coating,
    Conditions,
    Document,
    Evidence,
    Measurement,
    Mined,
    Passage,
    Reference,
    Subject,
    Trait,
)

EXTRACTOR = "synthetic"
MEASUREMENTS_OF_A_PAPER = 40

# Metric: (how often, unit, smallest, largest); drawn evenly over the logarithm where the ends are far apart.
_METRICS: Mapping[str, tuple[int, str, float, float]] = {
    "specific_capacity": (46, "mAh/g", 5, 3860), "coulombic_efficiency": (37, "percent", 78, 100),
    "cycle_count": (33, "1", 50, 1000), "capacity_retention": (21, "percent", 44, 97),
    "ionic_conductivity": (18, "S/cm", 1e-5, 2e-3), "cycling_hours": (17, "h", 100, 8400),
    "areal_capacity": (16, "mAh/cm^2", 0.5, 30), "overpotential": (16, "mV", 10, 450),
    "interfacial_resistance": (15, "ohm cm^2", 4, 3000), "wt_fraction": (14, "percent", 5, 75),
    "charge_transfer_resistance": (12, "ohm", 6, 95), "improvement": (12, "percent", 4, 900),
    "coating_thickness": (11, "um", 0.01, 50), "failure_cycle": (10, "1", 20, 300),
    "nucleation_overpotential": (10, "mV", 5, 300), "membrane_thickness": (9, "um", 5, 200),
    "binding_energy": (8, "eV", 0.5, 5), "contact_angle": (7, "deg", 5, 120), "np_ratio": (6, "1", 1, 20),
    "exchange_current_density": (6, "mA/cm^2", 0.01, 2), "initial_coulombic_efficiency": (5, "percent", 60, 99),
    "porosity": (3, "percent", 20, 90), "elastic_modulus": (3, "GPa", 0.01, 60),
    "surface_roughness": (1, "um", 0.01, 5),
}  # fmt: skip
_QUALIFIERS = {"=": 288, "~": 70, ">": 40, "range": 13, "<": 6, "<=": 5, ">=": 3}
_CELLS = {None: 145, "Li|Cu half": 30, "Li|Li symmetric": 24, "full LFP": 24, "full NCM811": 8, "full": 12}
_ELECTROLYTES = {None: 232, "carbonate": 5, "ether": 4, "LHCE": 4, "solid": 4, "gel": 1}
_STRATEGIES = {
    "surface coating": 21, "3D host": 18, "other": 15, "polymer electrolyte": 10, "composite electrolyte": 10,
    "current collector": 5, "alloy anode": 5, "separator": 3, "electrolyte additive": 2, "artificial SEI": 1,
}  # fmt: skip
_MECHANISMS = (
    "uniform deposition", "SEI stabilisation", "lithiophilic nucleation", "fast ion transport", "host", "alloying",
    "mechanical suppression", "LiF-rich SEI", "self-healing", "electronic insulation", "volume accommodation",
)  # fmt: skip
_PROCESSES = ("electrospinning", "doctor blading", "sputtering", "dip coating", "spin coating", "annealing")
_PRODUCTS = ("LiF", "Li3N", "Li2O", "Li2S")
_KNOWN_MATERIALS = (
    "PVDF", "PMMA", "PEO", "PVDF-HFP", "PAN", "PI", "Ag", "Au", "ZnO", "Al2O3", "Cu3N", "Li3N", "LiF", "LLZO", "LLZTO",
    "SiO2", "TiO2", "MgF2", "Li2S", "C3N4",
)  # fmt: skip
_COATINGS_OF_THE_BASE = 400  # made-up oxides and nitrides beside the known materials
_WORDS = """
    lithium dendrites growth interface coating electrolyte uniform deposition stable cycling interphase artificial
    protective layer current density capacity polymer nanofibres surface voltage profile plating stripping cells
    morphology image spectra suppress porous conductive skeleton separator transport ions mechanical strength
""".split()  # noqa: SIM905 - read as the sentence that it nearly is
# Words are as unevenly used as in any language (Zipf's law); most are made up.
_SYLLABLES = ("la", "mi", "tro", "ven", "sol", "ka", "per", "ni", "gra", "tel", "os", "ur")
_TEXT_WORDS = (*_WORDS, *("".join(parts) for parts in itertools.product(_SYLLABLES, repeat=3)))
_TEXT_WEIGHTS = tuple(itertools.accumulate(1 / rank for rank in range(1, len(_TEXT_WORDS) + 1)))


@dataclass(frozen=True)
class _Draw:
    """What is drawn from, for one base."""

    random: random.Random
    materials: Sequence[str]

    def among(self, weights: Mapping[Any, int]) -> Any:
        return self.random.choices(tuple(weights), tuple(weights.values()))[0]

    def maybe(self, share: float, values: Sequence[Any]) -> Any:
        return self.random.choice(values) if self.random.random() < share else None

    def words(self, number: int) -> str:
        return " ".join(self.random.choices(_TEXT_WORDS, cum_weights=_TEXT_WEIGHTS, k=number))


def synthetic_documents(measurements: int, seed: int = 0) -> Iterator[Mined]:
    """Make mined documents with about so many measurements in all; the same ones for the same seed.

    Examples
    --------
    >>> papers = list(synthetic_documents(100, seed=3))
    >>> sum(len(p.measurements) for p in papers), papers == list(synthetic_documents(100, seed=3))
    (100, True)
    >>> fact = papers[0].measurements[0]
    >>> papers[0].document.original[fact.evidence.start : fact.evidence.end] == fact.value_reported
    True
    """
    source = random.Random(seed)
    metals = ("Zn", "Sn", "In", "Bi", "Mg", "Ti", "Zr", "Nb", "La", "Y")
    made_up = [
        "".join(f"{source.choice(parts)}{source.randint(2, 9)}" for parts in (metals, metals, "ONFS"))
        for _ in range(_COATINGS_OF_THE_BASE)
    ]
    draw = _Draw(source, (*_KNOWN_MATERIALS * 8, *made_up))
    number = 0
    while measurements > 0:
        size = min(measurements, max(1, int(source.expovariate(1 / MEASUREMENTS_OF_A_PAPER))))
        yield _document(draw, number, size)
        measurements -= size
        number += 1


def fill(db: sqlite3.Connection, measurements: int, seed: int = 0) -> int:
    """Put synthetic documents into a base that is open for writing; give how many measurements went in."""
    from kb.store import bulk, ingest_document

    stored = 0
    with bulk(db):
        for mined in synthetic_documents(measurements, seed):
            stored += ingest_document(db, mined, path=mined.document.source, extractor_version=EXTRACTOR).measurements
    return stored


def _subjects(draw: _Draw) -> list[Subject]:
    parts = [
        tuple(dict.fromkeys(draw.random.choices(draw.materials, k=draw.random.choice((1, 1, 2, 2, 3))))) for _ in "123"
    ]
    substrate = draw.maybe(0.5, ("Cu", "Li", "PP"))
    return [
        Subject(f"{'/'.join(p)} coated {substrate or 'anode'}", p, substrate, draw.among(_STRATEGIES)) for p in parts
    ]


def _conditions(draw: _Draw) -> Conditions:
    r = draw.random
    return Conditions(
        current_density_mA_cm2=draw.maybe(0.3, (0.25, 0.5, 1.0, 1.0, 2.0, 3.0, 5.0, 10.0)),
        areal_capacity_mAh_cm2=draw.maybe(0.2, (0.5, 1.0, 1.0, 2.0, 3.0, 5.0)),
        cycles=draw.maybe(0.07, (100.0, 200.0, 300.0, 500.0)),
        at_cycle=draw.maybe(0.14, (50.0, 100.0, 200.0)),
        c_rate=draw.maybe(0.16, (0.1, 0.5, 1.0, 2.0)),
        temperature_C=draw.maybe(0.08, (25.0, 30.0, 60.0)),
        cell=draw.among(_CELLS),
        electrolyte_class=draw.among(_ELECTROLYTES) if r.random() < 0.5 else None,
    )


def _document(draw: _Draw, number: int, size: int) -> Mined:
    r = draw.random
    subjects = _subjects(draw)
    bare = Subject("bare Cu", ("Cu",))
    tests = [_conditions(draw) for _ in range(4)]
    review = r.random() < 0.1
    references = tuple(
        Reference(str(n), f"Work {n}", title=f"Work {n}", doi=f"10.1000/s{r.randrange(number + 1)}")
        for n in range(1, 8)
    )
    text, passages, facts = "", [], []
    for place in range(0, size, 3):
        sentences, spans = "", []
        for _ in range(place, min(place + 3, size)):
            metric = draw.among({name: row[0] for name, row in _METRICS.items()})
            _, unit, low, high = _METRICS[metric]
            value = low * (high / low) ** r.random() if high > 20 * low else r.uniform(low, high)
            reported = f"{value:.4g}"
            control = r.random() < 0.25
            subject = bare if control else r.choice(subjects)
            sentence = f"The {subject.name} shows {draw.words(6)} of {reported} {unit} {draw.words(4)}. "
            at = len(sentences) + sentence.index(f" of {reported}") + 4
            spans.append((metric, unit, reported, subject, control, at))
            sentences += sentence
        passages.append(_passage(text, sentences))
        for metric, unit, reported, subject, control, at in spans:
            start = len(text) + at
            evidence = Evidence(sentences, start, start + len(reported), section="Results", passage=len(passages) - 1)
            qualifier = draw.among(_QUALIFIERS)
            value = float(reported)
            facts.append(
                Measurement(
                    metric, value, unit, subject, evidence,
                    value_max=value * 1.2 if qualifier == "range" else None,
                    qualifier=qualifier, value_reported=reported, unit_reported=unit, is_control=control,
                    conditions=r.choice(tests), provenance="cited" if review else "measured",
                    cited_ref=str(r.randint(1, 7)) if review else None,
                    confidence=round(r.uniform(0.5, 1), 3), confidence_strict=round(r.uniform(0.2, 0.9), 3),
                    flags=("out_of_range",) if r.random() < 0.03 else (),
                )
            )  # fmt: skip
        text += sentences + "\n\n"
        said = draw.words(30) + "."
        passages.append(_passage(text, said))
        text += said + "\n\n"
    document = Document(
        f"s{number}.txt", text, "text", tuple(passages), references,
        title=f"Synthetic paper {number} on {draw.words(4)}", doi=f"10.1000/s{number}", year=r.randint(2010, 2025),
        journal="Synthetic Letters",
    )  # fmt: skip
    return Mined(document, tuple(facts), (), tuple(_coating(draw, s) for s in subjects))


def _passage(text: str, said: str) -> Passage:
    start = len(text)
    return Passage(said, array("I", range(start, start + len(said) + 1)), section="Results")


def _coating(draw: _Draw, subject: Subject) -> Coating:
    evidence = Evidence("The coating", 0, 3)
    r = draw.random
    named = [("mechanism", n) for n in r.sample(_MECHANISMS, r.randint(0, 3))]
    named += [("process", n) for n in r.sample(_PROCESSES, r.randint(0, 1))]
    named += [("product", n) for n in r.sample(_PRODUCTS, r.randint(0, 1))]
    return Coating("/".join(subject.components), subject.components, tuple(Trait(k, n, evidence) for k, n in named))
