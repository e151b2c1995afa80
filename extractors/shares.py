"""Shares in percent: efficiencies, retentions, fractions, gains; a share lost or of a charge is none of ours."""

from __future__ import annotations

import re

from extractors.cues import CARRIED, Choice, Reading, words_between
from extractors.kinds import PERCENT

_ADDITIVE_BEHIND = re.compile(r"\s?(?:of )?(?:Li[A-Z]\w+|FEC|VC|fluoroethylene|vinylene|lithium [a-z]+ate\b|additive)")
_RETAINS = re.compile(r"\b(?:retain\w*|maintain\w*|preserv\w*|keep\w*|kept|deliver\w*|remain\w*)\b[^.;]{0,25}$")
_CAPACITY_BEHIND = re.compile(
    r"\s(?:of )?(?:its |the |their )?(?:initial |original |first |discharge |specific )*capacit"
)
_LEFT_BEHIND = re.compile(
    r"\s(?:of (?:its|the|their) (?:starting|initial|original|first|pristine|discharge)\b|"
    r"(?:of it )?(?:is|was|are|were) (?:still )?(?:retained|left|kept|preserved)\b|left\b|of that after\b|"
    r"of its (?:energy|capacity))"
)
_KEEPS = re.compile(
    r"\b(?:retain\w*|maintain\w*|preserv\w*|keep\w*|kept|remain\w*|hold\w*|held|(?:down|drop\w*|fall\w*|fell|fade[sd]?|"
    r"decay\w*|decreas\w*) (?:to|under|below))\s(?:\w+\s){0,2}[~≈<>]?\s?$"
)
_AT_CYCLE_BEHIND = re.compile(r"\s(?:\w+\s){0,4}?(?:after|at|by|over|for|as early as)\s(?:the )?(?:cycle\s)?\d")
_FIRST = re.compile(r"\b(?:initial|first[- ]cycle|first)\W+(?:average\W+)?$", re.IGNORECASE)
_GAIN = re.compile(r"\b(?:increas|improv|enhanc|higher|longer|larger|lower|greater|reduc|decreas|boost|gain)")
_IN_A_NAME = re.compile(r"\s[A-Z][\w/@-]+\s(?:composite|membrane|film|electrolyte|coating|layer|separator)\b")
_BY = re.compile(
    r"\b(?:cut|cuts|cutting|reduc\w+|lower\w*|rais\w+|increas\w+|improv\w+|enhanc\w+|boost\w*|extend\w*|prolong\w*|"
    r"higher|longer|decreas\w+)\b[^.;%]{0,70}\bby\s(?:about |nearly |more than |over |up to |almost )?[~≈]?$"
)
_LATER_ON = re.compile(
    r"\d\s?%.*\b(?:then|settl\w+|stabili\w+|subsequent\w*|later|average\w*|reach\w*|rises?|rose|climb\w*)\b"
)
_LOST = re.compile(r"\b(?:costs?|loses?|lost|losing|sacrific\w*|forfeit\w*)\b[^.;]{0,24}$")
_OF_CHARGE = re.compile(
    r"\b(?:state[- ]of[- ]charge|SOC|depth[- ]of[- ]discharge|DOD|utili[sz]ation|conversion|humidity|"
    r"RH)\b[^,;.%]{0,24}$"
)
_REST_OF_LIST = re.compile(r"^(?:,?\s?(?:and\s|or\s)?[~≈]?[\d.]+\s?%)+")


def share(r: Reading) -> Choice:
    """Name a share by what is near it."""
    q = r.quantity
    named = r.of_kind(PERCENT)
    after = _REST_OF_LIST.sub("", r.after(60), count=1) if q.size > 1 else r.after(60)
    if _IN_A_NAME.match(after):
        return None, "a share in the name of a sample"
    if _ADDITIVE_BEHIND.match(after):
        return None, "a share of the electrolyte"
    if re.match(r"(?:wt|vol|mol|at|mass|weight)", q.unit) and (
        re.search(r"\b(?:dissolved|dispersed|suspended|solution)\b", r.before(40))
        or re.search(r"\b(?:dissolved|dispersed|suspended) in\b", after)
    ):
        return None, "a share of a solution"
    if re.match(r"(?:wt|vol|mol|at|mass|weight)", q.unit):
        return "wt_fraction", "unit"
    if _LOST.search(r.before(36)):
        return None, "a share lost"
    if _OF_CHARGE.search(r.before(60)):
        return None, "a state of charge"
    if metric := r.dealt(named):
        return metric, "respectively"
    if re.match(r"\s(?:\w+\s){0,2}(?:per|each|a)[- ]cycle", after):
        if q.value < 20:
            return None, "a loss per cycle"
        return "capacity_retention_per_cycle", "per cycle"
    if (_RETAINS.search(r.before(40)) and _CAPACITY_BEHIND.match(after)) or _LEFT_BEHIND.match(after):
        return "capacity_retention", "retains capacity"
    efficient = [c for c in r.named("coulombic_efficiency") if c.end <= q.start]
    if not named and PERCENT in r.carried and re.search(r"\b(?:that|those) of\b", r.before(60)):
        return r.carried[PERCENT], CARRIED
    if _KEEPS.search(r.before(40)) and _AT_CYCLE_BEHIND.match(after) and not efficient:
        return "capacity_retention", "keeps after N cycles"
    if _BY.search(r.before(100)) and not re.search(r"\b(?:retention|efficien\w+|capacity)\b", r.before(60)):
        return "improvement", "changed by so much"
    cue = r.nearest(named)
    if cue is None:
        told = r.carried.get(PERCENT, "")
        if told == "initial_coulombic_efficiency" and not re.search(r"\bfirst|\binitial", r.sentence):
            told = "coulombic_efficiency"
        if told and (q.size > 1 or told.endswith(("coulombic_efficiency", "capacity_retention"))):
            return told, CARRIED
        return None, "no metric named for percent"
    word = r.text[cue.start : cue.end].lower()
    if cue.metric == "wt_fraction" and not word.startswith(("wt", "weight", "mass")) and "weight" not in r.sentence:
        near = words_between(r.text, min(cue.end, q.end), max(q.start, cue.start)) <= 4
        return ("wt_fraction", "named") if near else (None, "no metric named for percent")
    if cue.metric == "coulombic_efficiency":
        first = _FIRST.search(r.text[max(cue.start - 14, r.start) : cue.start])
        if first or re.search(r"\b(?:very first|first|initial) cycle\b", r.before(60)):
            return "initial_coulombic_efficiency", "named"
    if cue.metric == "initial_coulombic_efficiency" and _LATER_ON.search(r.text[cue.end : q.start]):
        return "coulombic_efficiency", "after the first cycle"
    if cue.metric == "improvement" and not _GAIN.search(r.sentence):
        return None, "no metric named for percent"
    return cue.metric, "named"
