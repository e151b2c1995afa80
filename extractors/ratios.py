"""Numbers without a unit: only the words between a metric's name and the number tell that it is its value."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.cues import Cue, Reading, words_between
from extractors.kinds import BARE, kind_of

_MOST_WORDS = 16  # between a name and its number
# Where another statement begins, so that the number is no longer of the name.
_OTHER_STATEMENT = re.compile(
    r"[;:](?!\s?$)|,?\s\b(?:while|whereas|but|however|although|because|since|so that)\b|\.\s|"
    r"\b(?:an?|the|its)\s[^,;.]{0,40}\b(?:ratio|number|factor|index|degree|content)s?\b"  # of another thing
)
_WITH_ANOTHER = re.compile(  # "PEO with an EO/Li ratio of 18"
    r"\s(?:with|at|for|of) (?:an?|the|its)\s[^,;.\d]{0,40}\b(?:ratio|number|factor|index|degree|content)\s(?:of|=)\s"
    r"\d+(?:\.\d+)?(?=\s)"
)
_HEDGE = (
    r"(?:(?:about|around|approximately|nearly|almost|only|over|above|below|up to|ca\.|a|an|value|the|of)\s|"
    r"[~≈<>≤≥=]\s?)*"
)
_LINK = re.compile(
    r"(?:\b(?:of|is|was|are|were|be|been|to|as|equals?|reach\w*|attain\w*|exceed\w*|show\w*|giv\w*|has|had|have|"
    r"from|between|(?:as|to be) (?:high|low|large|small) as|(?:less|more|lower|higher|greater) than)\s|[=:≈~(]\s?)"
    rf"{_HEDGE}$"
)
_NAME_ENDS = re.compile(r"\s?(?:\(\s?[^()\d]{1,14}\)|[)\]])?\s?")  # its symbol in brackets
_AGAINST = re.compile(
    r"(?:\b(?:against|versus|vs\.?|compared (?:with|to)|than|instead of|rather than)|"
    r"\(\s?[^()\d]{0,40}?[:,]|\b(?:that|those) (?:of|for|in|with)\b[^.;,()\d]{0,60}\b(?:is|was|are|were))"
    rf"\s?{_HEDGE}$"
)
_OF_ANOTHER = re.compile(r"\b(?:[Tt]hat|[Tt]hose|[Tt]he (?:value|number)s?) (?:of|for|in|on|with)\b")
_COUNTED = re.compile(
    r"\s(?!(?:is|was|has|as|versus|across|thus|plus|times|towards|whereas)\b)(?:[a-z-]+\s)?[a-z]{2,}s\b"
)
_FOR_THE = re.compile(r"\s(?:(?:for|as) (?:its|the|their)\s)?(?:(?!(?:the|an?|its)\b)\w+\s)?")


def named(r: Reading, names: Sequence[Cue]) -> Cue | None:
    """Give the name that a number without unit is the value of: "N/P ratio of only 2", "t+ of the PEO film is 0.3".

    Of a list the first number is looked at; behind another number a comparison must stand: "0.7, against 0.3".
    """
    start = min([q.start for q in r.others if q.group == r.quantity.group], default=r.quantity.start)
    for cue in sorted(names, key=lambda c: c.end, reverse=True):
        if cue.end <= start and _is_value(r, cue, start):
            return cue
    behind = r.after(80)
    return next(
        (c for c in names if c.start >= r.quantity.end and _FOR_THE.fullmatch(behind[: c.start - r.quantity.end])), None
    )


def is_of_another(r: Reading) -> bool:
    """Say whether a number is told of another sample by "that of", so that its metric is named a sentence before."""
    before = r.before(80)
    return bool(_OF_ANOTHER.search(before) and _LINK.search(before))


def _is_value(r: Reading, cue: Cue, start: int) -> bool:
    aside = [m.span() for m in _WITH_ANOTHER.finditer(r.text, cue.end, start)]
    gap = _WITH_ANOTHER.sub("", r.text[cue.end : start])
    if _OTHER_STATEMENT.search(gap) or words_between(r.text, cue.end, start) > _MOST_WORDS:
        return False
    between = [q for q in r.others if cue.end <= q.start < start and kind_of(q.unit) == BARE]
    if any(not any(a <= q.start < b for a, b in aside) for q in between):
        return bool(_AGAINST.search(gap))
    cited = gap.rstrip().endswith("(") and (r.quantity.value.is_integer() or r.quantity.size > 1)
    if cited or _COUNTED.match(r.after(30)):
        return False  # so many samples; a citation
    return bool(_NAME_ENDS.fullmatch(gap) or _LINK.search(gap))
