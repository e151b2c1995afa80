"""The answer of a study: as plain rows, as a table for people, and each place in plain words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kb.comparison import CLASS, ENERGY, LIFE, OWN, SIMULATION, Compared
from kb.studies import Answer
from kb.words import findings, quantity, unit
from schema.errors import BadStudy

NOT_KNOWN = "–"


def answer_rows(answer: Answer) -> list[dict[str, Any]]:
    """Lay an answer out as rows, best first, JSON-ready.

    Returns
    -------
    list of dict
        position, sample, paper, key, score, median_rank, rank_low and rank_high (90 % interval), p_first, p_top,
        p_undominated, on_front, too_little, papers, measurements, controls, and effects: one dict a criterion.
    """
    from kb.screening.decision import undecided

    low, median, high = answer.places.quantiles(0.05, 0.5, 0.95).tolist()
    first, top, free = answer.places.top(1), answer.places.top(answer.study.top), answer.places.undominated
    little = undecided(answer.places, answer.panel.known)
    rows = []
    for position, i in enumerate(answer.order, start=1):
        candidate, support = answer.comparison.candidates[i], answer.comparison.support[i]
        rows.append(
            {
                "position": position, "sample": candidate.name, "paper": candidate.paper, "key": candidate.key,
                "score": float(answer.score[i]), "median_rank": median[i], "rank_low": low[i], "rank_high": high[i],
                "p_first": float(first[i]), "p_top": float(top[i]), "p_undominated": float(free[i]),
                "on_front": bool(answer.front[i]),
                "too_little": bool(little[i]),
                "papers": support.papers, "measurements": support.measurements, "controls": support.controls,
                "effects": [
                    _effect(criterion.metric, known, float(answer.expected[i, k]), answer.comparison.findings)
                    for k, (criterion, known) in enumerate(
                        zip(answer.comparison.criteria, answer.comparison.effects[i], strict=True)
                    )
                ],
            }
        )  # fmt: skip
    return rows


def _effect(metric: str, known: Compared, expected: float, marks: Mapping[int, tuple[str, ...]]) -> dict[str, Any]:
    seen = known.observation
    found = marks.get(seen.measurement, ()) if seen and seen.measurement is not None else ()
    return {
        "metric": metric,
        "low": known.low if math.isfinite(known.low) else None,
        "high": known.high if math.isfinite(known.high) else None,
        "sd": known.sd,
        "expected": expected,
        "against": known.against,
        "measurement": seen.measurement if seen else None,
        "control": seen.control.measurement if seen and seen.control else None,
        "value": _value(known),
        "control_value": quantity(c.value, c.value_max, c.qualifier, c.unit) if seen and (c := seen.control) else None,
        "conditions": seen.conditions if seen else "",
        "findings": list(found),
        "reason": known.reason,
    }


def _value(known: Compared) -> str | None:
    if known.against == SIMULATION:
        return known.reason
    seen = known.observation
    return quantity(seen.value, seen.value_max, seen.qualifier, seen.unit) if seen else None


def result_of(answer: Answer) -> dict[str, Any]:
    """Give what a study file keeps of its answer: TOML has no null, so what is not known is left out.

    Of a study with several protocols it is ``protocols``, a table each, with the rows for each.
    """
    strata = {metric: stratum.stated for metric, stratum in answer.comparison.strata.items()}
    out: dict[str, Any] = {"base": answer.base, "draws": answer.done, "strata": strata}
    if any(criterion.metric == ENERGY for criterion in answer.comparison.criteria):
        from kb.screening.pouch import settled

        out["pouch"] = settled(answer.study.pouch)
    if not answer.others:
        return out | {"rows": _kept_rows(answer)}
    told = [{"protocol": dict(one.study.protocol), "rows": _kept_rows(one)} for one in answer.each_protocol]
    return out | {"protocols": told}


def _kept_rows(answer: Answer) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in row.items() if key not in ("effects", "key")}
        | {"expected": [effect["expected"] for effect in row["effects"]]}
        for row in answer_rows(answer)
    ]


def interval(effect: Mapping[str, Any]) -> str:
    """Say an effect against its reference as a factor; an efficiency's is that of what is kept from loss.

    Examples
    --------
    >>> interval({"low": 0.0, "high": 0.0}), interval({"low": 1.25, "high": None})
    ('x1.0', '>= x3.5')
    """
    low, high = effect["low"], effect["high"]
    if low is None and high is None:
        return NOT_KNOWN
    if low is None:
        return f"<= {_factor(high)}"
    if high is None:
        return f">= {_factor(low)}"
    return _factor(low) if low == high else f"{_factor(low)}-{_factor(high)[1:]}"


def _factor(log: float) -> str:
    return f"x{math.exp(min(log, 700.0)):.3g}" if abs(log) > 2.3 else f"x{math.exp(log):.1f}"


def print_answer(answer: Answer, most: int) -> None:
    """Print the table of a study: a head line a candidate, a line an effect, then what the ranking hangs on.

    One after the other for each of its protocols, and then which protocol changes the winner.
    """
    from rich.text import Text

    from kb.printing import console

    out = console()
    for one in answer.each_protocol:
        if answer.others:
            out.print(Text(f"At {protocol_words(one.study.protocol)}:", "bold"))
        _print_rows(out, one, most)
        for line in footnotes(one):
            out.print(Text(line), overflow="fold")
        if answer.others:
            out.print()
    for line in winners(answer):
        out.print(Text(line), overflow="fold")


def protocol_words(protocol: Mapping[str, float]) -> str:
    """Say a protocol, what it leaves out with it.

    Examples
    --------
    >>> protocol_words({"current": 3.0})
    '3 mA/cm², 1 mAh/cm², 4 mAh/cm² of lithium'
    """
    from kb.simulated import life_under

    test = life_under(protocol)
    return f"{test.current:g} mA/cm², {test.capacity:g} mAh/cm², {test.lithium:g} mAh/cm² of lithium"


def winners(answer: Answer) -> list[str]:
    """Say whether the winner hangs on the protocol; nothing where there is one."""
    if not answer.others:
        return []
    by_winner: dict[str, list[str]] = {}
    for one in answer.each_protocol:
        best = one.order[0]
        told = f"{protocol_words(one.study.protocol)} ({_share(float(one.places.top(1)[best]))})"
        by_winner.setdefault(one.comparison.candidates[best].name, []).append(told)
    if len(by_winner) == 1:
        return [f"{name} comes first at each protocol: {'; '.join(told)}." for name, told in by_winner.items()]
    each = (f"{name} at {' and at '.join(told)}" for name, told in by_winner.items())
    return [f"The winner changes with the protocol: {', '.join(each)}."]


def _print_rows(out: Any, answer: Answer, most: int) -> None:
    from rich.padding import Padding
    from rich.text import Text

    study, rows = answer.study, answer_rows(answer)
    for row in rows[:most]:
        place = "   too little comparable evidence" if row["too_little"] else ""
        front = " ◆" if row["on_front"] and len(rows) > 1 else ""
        head = Text.assemble((f"{row['position']:>2}  {row['sample']}{front}", "bold"), "  ", (row["paper"], "dim"))
        out.print(head, overflow="ellipsis", no_wrap=True)
        out.print(
            f"    rank {row['median_rank']} ({row['rank_low']}-{row['rank_high']})  first {_share(row['p_first'])}  "
            f"top {study.top} {_share(row['p_top'])}  undominated {_share(row['p_undominated'])}{place}"
        )
        for effect in row["effects"]:
            if effect["value"] is not None:
                out.print(Padding(Text(_line(effect)), (0, 0, 0, 4)))
        unknown = [e["metric"].replace("_", " ") for e in row["effects"] if e["value"] is None]
        if unknown:
            out.print(Text(f"    not known: {', '.join(unknown)}", "dim"))
        out.print(
            Text(
                f"    behind it: {_counted(row['papers'], 'paper')}, {_counted(row['measurements'], 'measurement')}, "
                f"{_counted(row['controls'], 'control')}", "dim",
            )
        )  # fmt: skip
        out.print()


def _line(effect: Mapping[str, Any]) -> str:
    if effect["against"] == SIMULATION:
        return f"{effect['metric'].replace('_', ' ')}  {effect['value']}"
    against = f" against {effect['control_value']}" if effect["against"] == OWN else ""
    conditions = f"  {unit(effect['conditions'])}" if effect["conditions"] else ""
    number = f"  #{effect['measurement']}" if effect["measurement"] is not None else ""
    found = f"  {findings(effect['findings'])}" if effect["findings"] else ""
    told = effect_words(effect)
    return f"{effect['metric'].replace('_', ' ')}  {effect['value']}{against}  {told}{number}{conditions}{found}"


def effect_words(effect: Mapping[str, Any]) -> str:
    """Say how much better a value is than its reference, measured and expected; why that is not known, where it is not.

    Examples
    --------
    >>> effect_words({"low": 1.25, "high": None, "expected": 1.6, "against": OWN, "reason": ""})
    '>= x3.5 better, expected x5.0'
    """
    if effect["low"] is None and effect["high"] is None:
        return str(effect["reason"])
    reference = " (class reference)" if effect["against"] == CLASS else ""
    return f"{interval(effect)} better{reference}, expected {_factor(effect['expected'])}"


def _share(probability: float) -> str:
    return f"{100 * probability:.0f} %"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def footnotes(answer: Answer, across: str = "--across") -> list[str]:
    """Say what a ranking was made in, how sure its winner is, at which weights it turns, what to measure next.

    Parameters
    ----------
    across : what lets it be made across strata
    """
    from kb.screening.decision import CLEAR_WINNER

    study, comparison = answer.study, answer.comparison
    names = [candidate.name for candidate in comparison.candidates]
    lines = []
    for criterion in comparison.criteria:
        metric = criterion.metric.replace("_", " ")
        left = comparison.left_out.get(criterion.metric, 0)
        if criterion.metric == LIFE:
            lines.append(f"{metric}: under the protocol of the study, by the simulator that kb calibrate fitted.")
        elif criterion.metric == ENERGY:
            lines += energy_lines(answer)
        elif not study.across:
            others = f"; {_counted(left, 'sample')} elsewhere left out ({across} compares all)" if left else ""
            lines.append(f"{metric}: compared within {unit(str(comparison.strata[criterion.metric]))}{others}.")
    lines += [f"{text}." for text in comparison.caveats]
    for criterion, fits in zip(comparison.criteria, answer.panel.fits, strict=True):
        assumed = [name for name, of in fits.items() if of.assumed]
        if assumed:
            lines.append(
                f"{criterion.metric.replace('_', ' ')}: too few effects to tell how far papers differ; "
                "a factor of 1.6 is assumed."
            )
    if comparison.twice:
        lines.append(f"{_counted(comparison.twice, 'second-hand fact')} of works that count already left out.")
    best = answer.order[0]
    first = float(answer.places.top(1)[best])
    if len(names) == 1:
        lines.append(f"{names[best]} alone has such values: there is nothing to compare it with.")
    elif first >= CLEAR_WINNER:
        lines.append(f"{names[best]} is first with a probability of {_share(first)}.")
    else:
        lines.append(f"Too little comparable evidence to name a winner: {names[best]} is first in {_share(first)}.")
    total = sum(c.weight for c in comparison.criteria)
    for turn in answer.turns:
        criterion = comparison.criteria[turn.criterion]
        lines.append(
            f"With {_share(turn.weight)} of the weight on {criterion.metric.replace('_', ' ')} "
            f"(now {_share(criterion.weight / total)}) {names[turn.winner]} would be first."
        )
    if len(names) > 1:
        lines.append("◆ Pareto front: no other dominates it by more than the noise.")
    if answer.reversals:
        told = ", ".join(names[i] for i in answer.reversals)
        lines.append(f"Rank reversal: without {told} others would change their order, as TOPSIS may have it.")
    if answer.experiments and len(names) > 1:
        telling = answer.experiments[0]
        metric = comparison.criteria[telling.criterion].metric
        lines.append(
            f"The experiment that would tell most: {metric.replace('_', ' ')} of {names[telling.candidate]} beside its "
            f"control, at {unit(str(comparison.strata[metric]))}; it would move ranks by {telling.change:.1f} in all."
        )
    if answer.done < answer.planned:
        lines.append(f"Partial: {answer.done} of {answer.planned} draws were done.")
    return lines


def energy_lines(answer: Answer) -> list[str]:
    """Say what a simulated specific energy assumes: all inputs of its cell, given or not."""
    from kb.screening.pouch import in_words, pouch, settled

    cell = settled(answer.study.pouch)
    given = [name for name, value in cell.items() if value != pouch().inputs[name].value]
    told = f"assumed but for {', '.join(given)}" if given else "all assumed"
    return [
        f"{ENERGY.replace('_', ' ')}: a mass balance, which says nothing of life, of a pouch cell of "
        f"{unit(in_words(cell))} ({told}); layers as reported, else drawn by their class.  "
        "kb why CANDIDATE --sensitivity varies it."
    ]


def why_lines(answer: Answer, index: int) -> list[str]:
    """Explain the place of one candidate in plain words, with the numbers.

    Parameters
    ----------
    index : of the candidate in the comparison
    """
    row = answer_rows(answer)[answer.order.index(index)]
    n, study = len(answer.comparison.candidates), answer.study
    lines = [
        f"{row['sample']} ({row['paper']}) comes {row['position']} of {n}: its median rank is {row['median_rank']}, "
        f"and with a probability of 90 % it lies within {row['rank_low']} to {row['rank_high']}.",
        f"It is among the first {study.top} in {_share(row['p_top'])} of {answer.done} draws, the first in "
        f"{_share(row['p_first'])}; in {_share(row['p_undominated'])} no other is better in everything.",
    ]
    total = sum(c.weight for c in answer.comparison.criteria)
    for k, (criterion, effect) in enumerate(zip(answer.comparison.criteria, row["effects"], strict=True)):
        metric = criterion.metric.replace("_", " ")
        better = 1 + sum(float(x) > effect["expected"] for j, x in enumerate(answer.expected[:, k]) if j != index)
        share = f"{metric}, {_share(criterion.weight / total)} of the weight"
        if effect["against"] == SIMULATION:
            lines.append(f"{share}: {effect['value']}, {better} of {n} in this.")
            lines += energy_lines(answer) if criterion.metric == ENERGY else []
            continue
        if effect["low"] is None and effect["high"] is None:
            what = f"{share}: {effect['reason']}, so it is taken for one of its class"
        else:
            held = {OWN: f"against its own control ({effect['control_value']})", CLASS: effect["reason"]}
            what = f"{share}: {effect['value']} #{effect['measurement']} is {interval(effect)} better, "
            what += held.get(effect["against"], "as a value: the metric has no controls")
        lines.append(
            f"{what}; shrunk to its class it is expected {_factor(effect['expected'])} better, {better} of {n} in this."
        )
    lines.append(
        f"Behind it stand {_counted(row['papers'], 'paper')}, {_counted(row['measurements'], 'measurement')} and "
        f"{_counted(row['controls'], 'control')}."
    )
    doubts = [f"#{e['measurement']} {findings(e['findings'])}" for e in row["effects"] if e["findings"]]
    if doubts:
        lines.append(f"To be minded, as kb check finds: {', '.join(doubts)}.")
    if row["too_little"]:
        lines.append("That is too little comparable evidence to give it a place.")
    own = [e for e in answer.experiments if e.candidate == index]
    if own and n > 1:
        metric = answer.comparison.criteria[own[0].criterion].metric.replace("_", " ")
        lines.append(f"To measure its {metric} beside a control would move ranks by {own[0].change:.1f} in all.")
    return lines


def sensitivity_rows(answer: Answer, index: int) -> list[dict[str, Any]]:
    """Vary what is assumed of the pouch cell of a candidate, one input at a time between its likely ends.

    Parameters
    ----------
    index : of the candidate in the comparison

    Returns
    -------
    list of dict
        input, unit, low and high [unit], energy_low and energy_high [Wh/kg]; what matters most first.

    Raises
    ------
    BadStudy
        Where the study does not rank by specific energy.
    """
    from kb.screening.pouch import pouch, sensitivity, settled
    from kb.simulated import DRAWS

    if not answer.comparison.layers:
        raise BadStudy(f"the sensitivity is that of {ENERGY}; name it in by of the study")
    layer = answer.comparison.layers[index]
    units = {name: of.unit for name, of in pouch().inputs.items()} | {"layer": "mg/cm^2"}
    found = sensitivity(settled(answer.study.pouch), layer.masses(DRAWS, answer.study.seed), layer.replaces)
    return [
        {"input": row.argument, "unit": units[row.argument], "low": row.low, "high": row.high,
         "energy_low": row.result_low, "energy_high": row.result_high}
        for row in found
    ]  # fmt: skip


def print_sensitivity(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows of :func:`sensitivity_rows`."""
    from kb.printing import console, headed_table

    head = ("input", "unit", "from", "to", "Wh/kg", "to Wh/kg")
    out = headed_table(*head, right=head[2:])
    for row in rows:
        numbers = [f"{row[name]:.3g}" for name in ("low", "high", "energy_low", "energy_high")]
        out.add_row(row["input"], unit(row["unit"]), *numbers)
    console().print(out)
