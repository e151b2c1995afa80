"""A ranking as plain rows: each value with its effect against the control and the place where it stands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kb.screening.effects import Observation
from kb.screening.rank import Ranked
from kb.screening.strata import caveat, stratum_of
from kb.words import quantity, unit

Places = Callable[[Iterable[int]], Mapping[int, Mapping[str, Any]]]
Rows = Mapping[int, Mapping[str, Any]]
_MEASURED = ("value", "value_max", "qualifier", "unit")
_NOWHERE: Mapping[str, Any] = {"source": None, "evidence_start": None, "evidence_end": None, "findings": []}


def ranking_rows(ranked: Sequence[Ranked], metrics: Sequence[str], places: Places) -> list[dict[str, Any]]:
    """Lay a ranking out as rows, JSON-ready.

    Parameters
    ----------
    ranked : from :meth:`kb.base.KnowledgeBase.rank`
    metrics : what it was ranked by, in order
    places : gives the rows of measurements by their ids, :meth:`kb.base.KnowledgeBase.places`

    Returns
    -------
    list of dict
        position, sample, paper, key, score, on_front, known, and criteria: one dict a metric, with the value (null
        where not known), its effect, conditions, control, measurement id and the place where it stands.
    """
    seen = [o for r in ranked for o in r.candidate.observations.values()]
    wanted = {o.measurement for o in (*seen, *(o.control for o in seen if o.control)) if o.measurement is not None}
    rows = places(sorted(wanted))
    return [
        {
            "position": r.position,
            "sample": r.candidate.name,
            "paper": r.candidate.paper,
            "key": r.candidate.key,
            "score": r.score,
            "on_front": r.on_front,
            "known": r.known,
            "criteria": [_criterion(r, metric, rows) for metric in metrics],
        }
        for r in ranked
    ]


def strata_caveats(ranked: Sequence[Ranked], metrics: Sequence[str], places: Places) -> list[str]:
    """Say of which metrics the values were not measured alike, and how (``kb.screening.strata``).

    Parameters
    ----------
    ranked, metrics, places : as of :func:`ranking_rows`
    """
    seen = {
        m: [r.candidate.observations[m].measurement for r in ranked if m in r.candidate.observations] for m in metrics
    }
    rows = places(sorted({i for ids in seen.values() for i in ids if i is not None}))
    return [
        text
        for m in metrics
        if (text := caveat(m, [stratum_of(rows[i]) for i in seen[m] if i is not None and i in rows]))
    ]


def floor_caveats(observations: Iterable[Observation]) -> list[str]:
    """Say which values, of samples and controls, are bounds because they stand at the floor of their protocol.

    A value is named once, however many samples have it for their control.
    """
    each = (seen for o in observations for seen in (o, o.control) if seen is not None and seen.caveat)
    return [
        f"{quantity(o.value, o.value_max, '=', o.unit)} (#{o.measurement}) is taken for a bound: {unit(o.caveat)}"
        for o in {o.measurement: o for o in each}.values()
    ]


def _criterion(ranked: Ranked, metric: str, rows: Rows) -> dict[str, Any]:
    seen = ranked.candidate.observations.get(metric)
    found = ranked.effects.get(metric)
    log_ratio = found.log_ratio if found is not None and not math.isnan(found.log_ratio) else None
    told = {
        "effect": found.text if found is not None else "",
        "log_ratio": log_ratio,
        "why_no_effect": found.reason if found is not None else "",
    }
    control = seen.control if seen is not None else None
    return {"metric": metric, **_measured(seen, rows), **told, "control": _measured(control, rows) if control else None}


def _measured(seen: Observation | None, rows: Rows) -> dict[str, Any]:
    """Give a value, what it was measured under and where it stands; nulls where there is none."""
    number = seen.measurement if seen is not None else None
    place = rows.get(number, _NOWHERE) if number is not None else _NOWHERE
    return {
        **{name: getattr(seen, name, None) for name in _MEASURED},
        "conditions": seen.conditions if seen is not None else "",
        "measurement": number,
        "source": place["source"],
        "start": place["evidence_start"],
        "end": place["evidence_end"],
        "findings": place["findings"],
    }


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a row flat for a CSV: of each metric the value and its columns, named after it.

    Examples
    --------
    >>> flat({"position": 1, "criteria": [{"metric": "density", "value": 1.2, "effect": "", "control": None}]})
    {'position': 1, 'density': 1.2, 'density_effect': ''}
    """
    out = {k: v for k, v in row.items() if k != "criteria"}
    for criterion in row["criteria"]:
        metric = criterion["metric"]
        out[metric] = criterion["value"]
        rest = {k: v for k, v in criterion.items() if k not in ("metric", "value", "control")}
        out.update({f"{metric}_{k.removeprefix('value_')}": v for k, v in rest.items()})
    return out
