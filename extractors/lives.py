"""Lives: hours and cycles that a cell lasted, told from process times, protocols and conditions."""

from __future__ import annotations

import re

from extractors.cues import Choice, Reading
from extractors.gated import Gated
from extractors.kinds import PERCENT, VOLTAGE, kind_of
from extractors.quantities import is_ordinal
from schema.units import factor

_PROCESS = Gated(
    r"(?<![-–])\b(?:soak\w*|immers\w*|dried|dry\w*|stirr\w*|etch\w*|sinter\w*|heat\w*|anneal\w*|electro-?spinning|electrospun|"
    r"stor\w+|kept|aged|ag(?:e)?ing|treat\w*|expos\w*|placement|mix\w*|vacuum|calcin\w*|ball[- ]mill\w*|sonicat\w*|"
    r"react\w*|hydrolys\w*|placed|standing|cur(?:ed|ing)|irradiat\w*|sputter\w*|spinning|dissol\w*|degass\w*|wash\w*|"
    r"oven|rest(?:ed|ing)?|deposition time|polymeri[sz]\w*|carboni[sz]\w*|uptake|absor\w*|dialy\w*|prepar\w*)\b",
    re.IGNORECASE,
)
_PROCESS_BEHIND = re.compile(
    r"\s?[-–]?(?:\w+\s)?(?:electrospinning|deposition|treatment|reaction|immersion|soak\w*|etching|sintering|annealing|"
    r"drying|heating|storage|rest)\b"
)
_CYCLING_NEAR = re.compile(
    r"\b(?:cycl\w*|symmetric\w*|plating/stripping|stripping/plating|lifespan|lifetime|short[- ]?circuit)\b"
)
_CYCLING = Gated(
    r"\b(?:cycl\w*|stable|stably|stabili\w*|life\w*|symmetric\w*|plating|stripping|voltage|"
    r"overpotential\w*|polari[sz]\w*|"
    r"galvanostatic\w*|operat\w*|surviv\w*|short[- ]?circuit\w*|durab\w*|deposition/dissolution|"
    r"run\w*|ran|fail\w*|die[sd]?|"
    r"last\w*|sustain\w*|endur\w*|(?:kept|keeps?|going) going|went on|liv(?:e|es|ed)|outliv\w*|hysteresis|"
    r"potential|shorts?|shorted)\b",
    re.IGNORECASE,
)
_FAILING = Gated(
    r"\b(?:fail\w*|short[- ]?circuit\w*|decay\w*|die[sd]?|degrad\w*|fad(?:e|es|ed|ing)|collaps\w*|plummet\w*|"
    r"drop\w*(?! (?:from|to|by)\b)|break\w*|broke|deteriorat\w*|cliff)\b",
    re.IGNORECASE,
)
_VOLT = re.compile(r"\d\s?V\b")
_RESTED_FOR = re.compile(
    r"\b(?:rest\w*|stor(?:ed|age)|soak\w*|aged|stood|dried|stirred|heated|annealed|immersed|sintered|milled|calcined)"
    r"\s(?:\w+\s){0,3}for\s(?:about\s|over\s)?$|"
    r"\bpolari[sz]\w+\s(?:\w+\s){0,2}\d+\s?mV\s(?:\w+\s)?for\s$"  # held, to read a current that settles
)
_FAILS_AT = re.compile(
    r"\b(?:fail\w*|short\w*|decay\w*|die[sd]?|dead|degrad\w*|fad(?:e|es|ed|ing)|collaps\w*|plummet\w*|break\w*|broke|"
    r"deteriorat\w*|gives? (?:up|out)|gave (?:up|out))\b[^.;]{0,80}\b(?:at|by|after|around|in|from|before|near|until)"
    r"\s(?:about |around |only )?(?:the |its )?$"
)
_OUTLAST = re.compile(r"\b(?:not|never) (?:outlast|outlive|survive|exceed|last|reach)\s(?:more than |beyond |past )?$")
_PROTOCOL = re.compile(
    r"\b(?:activat(?:ion|ed)|formation|conditioning|conditioned|pre-?cycl\w*|scan|CV|specific|testing|first|initial|each|every|per)\b"
    r"[\s\w-]{0,12}$"
)
_PROTOCOL_BEHIND = re.compile(r"\s?(?:activation|formation|of activation|scans)")
_AFTER = re.compile(
    r"\b(?:after|by|beyond)\s(?:only |about |approximately |around |nearly |the |just |more than |over |~|≈|ca\. )*$"
)
_DENIED = re.compile(
    r"\b(?:no|without(?: any)?)\s(?:\w+[\s-]){0,3}(?:fail\w*|short\w*|decay\w*|degrad\w*|fad\w+|drop\w*)|"
    r"\b(?:fail\w*|short[- ]?circuit\w*|decay\w*|degrad\w*)\b[^.;,]{0,30}\b(?:not|n't|never)\b|"
    r"\b(?:not|n't|never)\s(?:\w+\s){0,2}(?:fail\w*|short\w*|decay\w*|degrad\w*|fade\w*)",
    re.IGNORECASE,
)
_STEADY = re.compile(r"\b(?:stab\w+|flat|steady|smooth|no (?:obvious|evident|significant)|maintain\w*|still|intact)\b")
_LASTING = re.compile(
    r"\b(?:over|for|during|within|across|throughout|than|exceed\w*|up to|reach\w*|last\w*|beyond|"
    r"sustain\w*|through|of|to|"
    r"with|achiev\w*|at least|about|approximately|nearly|around|surviv\w*|deliver\w*|complet\w*|≥|>|"
    r"~|≈|only|endur\w*|is|"
    r"was|extends? to)\W*(?:a |an |its |the )?(?:total of )?$"
)
_ANALYSIS = Gated(r"\b(?:XPS|SEM|XRD|FTIR|EIS|images?|morpholog\w*|disassembl\w*|spectr\w*|peaks?)\b")
_CLAIM = Gated(r"\b(?:stab\w+ (?:cycl|perf)|efficien|retention|life)")
_PERFORMANCE = re.compile(r"\b(?:retention|efficien|CE|capacity|work|perform)")
_LIFE_BEHIND = re.compile(r"\s?(?:of )?(?:life|lifespan|stable|cycling)\b")
_REACHED = re.compile(r"\s(?:are|were|is|was)\s(?:reached|achieved|obtained|survived|completed|sustained)\b")


def hours(r: Reading) -> Choice:
    """Take a time for a life where cycling is spoken of, and no process nearer by."""
    if factor(r.quantity.unit, "h")[0] < 0.1:
        return None, "too short a time to be a life"
    if _PROCESS_BEHIND.match(r.after(30)) or _RESTED_FOR.search(r.before(60)):
        return None, "time of a process"
    if re.search(r"\b(?:at|by|V after)\s(?:the\s)?$", r.before(12)) and _measured(r) and not _VOLT.search(r.before(24)):
        return None, "condition"  # where a reading was taken; at a whole volt the cell is dead
    if _REACHED.match(r.after(40)) and not _PROCESS.search(r.sentence):
        return "cycling_hours", "so long was reached"
    near = r.near(45, 30)
    if _PROCESS.search(near) and not _CYCLING_NEAR.search(near):
        return None, "time of a process"
    if _CYCLING.search(r.sentence):
        return "cycling_hours", "cycling words"
    return None, "a time without cycling words"


def cycles(r: Reading) -> Choice:
    """Tell a life in cycles from the cycle something was read at and from a protocol's cycles."""
    before, after = r.before(60), r.after(90)
    clause = r.near(70, 70)
    if is_ordinal(r.quantity, r.text):
        fails = _FAILS_AT.search(before) and not re.search(r"\b(?:retention|capacity)\b", before)
        return ("failure_cycle", "fails at the Nth") if fails else (None, "condition")
    if _OUTLAST.search(before):
        return "failure_cycle", "does not outlast N"
    if _PROTOCOL.search(before[-28:]) or _PROTOCOL_BEHIND.match(after):
        dying = re.search(r"\bfirst\b", before[-20:]) and re.search(
            r"\b(?:then|fail|before|short|decay|drop|die)", after
        )
        return ("failure_cycle", "first N, then failure") if dying else (None, "protocol cycles, no life")
    if _AFTER.search(before):
        return _after(r, before, clause)
    if re.search(r"\bwithin\b", before[-14:]) and re.search(r"\b(?:fail\w*|short\w*|die[sd]?)\b", clause):
        return "failure_cycle", "fails within N"
    if re.search(r"\b(?:the|at)\s$", before):
        return None, "a cycle at which something was read"
    if r.quantity.qualifier == "range" and re.search(r"\bstable\b", clause):
        return None, "a span of cycles"
    if _LASTING.search(before) or r.quantity.qualifier in (">", ">=", "<="):
        if _ANALYSIS.search(r.sentence) and not _CLAIM.search(r.sentence):
            return None, "cycles before an analysis"
        if _CYCLING.search(r.sentence) or _measured(r) or _PERFORMANCE.search(r.sentence):
            return "cycle_count", "life in cycles"
    if _LIFE_BEHIND.match(after) or _REACHED.match(after):
        return "cycle_count", "life in cycles"
    if re.search(r"\(\s?(?:about |around |only )?[~≈<>]?\s?$", before) and not _measured(r):
        return "cycle_count", "life in brackets"
    return None, "a number of cycles without a claim of life"


def _after(r: Reading, before: str, clause: str) -> Choice:
    """ "After N cycles": a failure, a life where the cell is still steady, else the cycle of another reading."""
    failing = _FAILING.search(clause)
    if failing and _DENIED.search(clause[: failing.end() + 40]):
        return "cycle_count", "no failure after N"
    if failing:
        return "failure_cycle", "fails after N"
    steady = _STEADY.search(r.sentence) and not _measured(r)
    if steady and re.search(r"\b(?:even|still)\b", before):
        return "cycle_count", "still stable after N"
    if steady and re.search(r"\b(?:profile|voltage|plateau|cycl\w+ (?:stab|perform))", r.sentence):
        return "cycle_count", "stable after N"
    return None, "a cycle at which something was read"


def _measured(r: Reading) -> bool:
    """Say whether another result stands close before, whose condition the cycles may be."""
    return any(
        kind_of(o.unit) in (PERCENT, "mAh/g", "ohm", VOLTAGE)
        and 0 <= r.quantity.start - o.end < 80
        and ")" not in r.text[o.end : r.quantity.start]
        for o in r.others
    )
