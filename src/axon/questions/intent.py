"""What a question in words is after.

What flows in: a sentence. What flows out: one `Intent`. It looks for the words by which people ask for each, and
knows no index.
"""

import re
from enum import StrEnum
from typing import Final


class Intent(StrEnum):
    """What kind of answer a question wants."""

    CHANGES = "what changed"
    PATH = "how one reaches another"
    WHY = "why an edge"
    TESTS = "which tests"
    ENTRY = "entry points"
    OVERRIDES = "overrides"
    IMPACT = "what breaks"
    CALLERS = "who calls"
    CALLEES = "what it calls"
    API = "what a module offers"
    FIND = "where is"


_WORDS: Final[tuple[tuple[Intent, str], ...]] = (
    (
        Intent.CHANGES,
        r"uncommitted|work(ing)? ?(tree|copy)|since HEAD|\b(my|these|recent|local) (changes?|edits?|diff)\b|"
        r"\bwhat (did|have) (I|we)\b.*\bchange|\bwhat('s| has| was)? changed\b|\b(this|my) (branch|commit|patch)\b",
    ),
    (Intent.TESTS, r"\btests?\b|\btested\b|\bcover(s|ed|age)?\b"),
    (
        Intent.ENTRY,
        r"\bentry ?-?points?\b|\bstart(s|ed)? from\b|\bwhere does .* (begin|start)\b|\broot callers?\b|"
        r"\bleads? to\b",
    ),
    (Intent.OVERRIDES, r"\boverrid|\bimplement(s|ed|ations?)\b|\bsubclass|\bextends?\b|\binherits?\b|\bderived\b"),
    (Intent.WHY, r"\bwhy\b"),
    (
        Intent.PATH,
        r"\bhow (does|do|can|is)\b.*\b(reach|get to|end up|lead|arrive|to|into)\b|\bpath (from|between)\b|"
        r"\breach(es)?\b|\bget(s)? from\b|\bflow from\b|\btrace\b",
    ),
    (
        Intent.IMPACT,
        r"\bbreaks?\b|\bbroken\b|\bimpact|\baffect|\bblast\b|\bdepends? on\b|\bdependents?\b|\bsafe to\b|"
        r"\bif (I|we) (change|remove|rename|delete)\b|\bwhat happens if\b|\brenam|\bconsequences?\b",
    ),
    (
        Intent.CALLEES,
        r"\bwhat (does|do|functions does) .* call\b|\bcallees?\b|\bwhat does .* use\b|"
        r"\b(functions?|methods?|classes|what is|what's|everything|anything|all) called by\b",
    ),
    (
        Intent.CALLERS,
        r"\bcallers?\b|\bwho (calls|uses|invokes)\b|\bcalls?\b|\bcalled\b|\binvok|\bused\b|\busages?\b|\bwho uses\b",
    ),
    (
        Intent.API,
        r"\b(methods|functions|classes|attributes|fields|properties|members|names|types) (of|in|does|do|can)\b|"
        r"\bimport(ed|s)? from\b|\bAPI\b|\boffers?\b|\bexports?\b|\bpublic\b|\binterface of\b|\bprovides?\b|"
        r"\bmembers?\b|\bcontains?\b",
    ),
)
_TWO_NEEDED: Final = frozenset({Intent.PATH, Intent.WHY})


def intent_of(sentence: str, n_names: int) -> Intent:
    """What `sentence`, which names `n_names` symbols, is after; what needs two comes first where two are named."""
    found = [intent for intent, words in _WORDS if re.search(words, sentence, re.IGNORECASE)]
    if Intent.CHANGES in found and not n_names:
        return Intent.CHANGES
    if n_names > 1:
        found.sort(key=lambda intent: intent not in _TWO_NEEDED)
    else:
        found = [intent for intent in found if intent not in _TWO_NEEDED]
    return found[0] if found else Intent.FIND
