"""Whether what a model claims stands where it says, without asking a model.

What flows in: claims, each with a quote and a line, and the text that they are about. What flows out: those that hold,
with the line where the quote really is; the others are dropped and counted. It does not know who wrote them.

A quote is looked for as it is, then with white space folded, then by its longest common subsequence with as many lines:
three quarters of the quote must be found in order.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from axon.enrich.model import Json, Value
from axon.model.artifacts import State

_LEAST_COMMON: Final = 0.75
_LEAST_QUOTE: Final = 4  # characters; less is found everywhere
_NAMED: Final = re.compile(r"`([A-Za-z_][\w.]*)(?:\(\))?`")
_EDGES: Final = re.compile(r"\b(calls?|raises?|reads?)\s+`([A-Za-z_][\w.]*)(?:\(\))?`", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the graph knows of the node that claims are about."""

    text: str
    calls: Sequence[str] = ()
    exists: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Found:
    """Where a quote is: `line` counts from 1 within the text."""

    line: int
    state: State


def locate(quote: str, line: int, text: str) -> Found:
    """Where `quote` stands in `text`, preferably at `line`."""
    wanted = _lines(quote)
    if not wanted or len("".join(wanted)) < _LEAST_QUOTE:
        return Found(line, State.STALE)
    folded = _folded_lines(text)
    places = [i + 1 for i in range(len(folded)) if _stands_at(wanted, folded, i)]
    if not places:
        places = _similar_places(wanted, folded)
    if not places:
        return Found(line, State.STALE)
    nearest = min(places, key=lambda place: (abs(place - line), place))
    return Found(nearest, State.VALID if nearest == line else State.MOVED)


def checked_claims(claims: Json, evidence: Evidence) -> tuple[list[Value], int]:
    """The claims that hold, sorted by line and text, each with where its quote is; and how many were dropped."""
    given = claims if isinstance(claims, list) else []
    kept: list[Value] = [
        {"text": str(claim["text"]), "quote": str(claim["quote"]), "line": found.line}
        for claim in given
        if isinstance(claim, dict) and (found := _evidence_of(claim, evidence)) is not None
    ]
    unique = {(str(claim["text"]), str(claim["quote"])): claim for claim in kept}
    return sorted(unique.values(), key=lambda c: (int(str(c["line"])), str(c["text"]))), len(given) - len(kept)


def _evidence_of(claim: Value, evidence: Evidence) -> Found | None:
    """Where the evidence of a claim is; None where it has none, names what is not there, or contradicts the graph."""
    text, quote = claim.get("text"), claim.get("quote")
    if not isinstance(text, str) or not isinstance(quote, str) or not text.strip():
        return None
    found = locate(quote, _line_of(claim), evidence.text)
    if found.state is State.STALE:
        return None
    known = evidence.text
    for name in _NAMED.findall(text):
        if name.rpartition(".")[2] not in known and not evidence.exists(name):
            return None
    for verb, name in _EDGES.findall(text):
        last = name.rpartition(".")[2]
        if not _is_so(verb.lower(), last, evidence):
            return None
    return found


def _is_so(verb: str, name: str, evidence: Evidence) -> bool:
    """Whether the node calls that, by the graph; or raises or reads it, by its own source: those have no edges."""
    if verb.startswith("read"):
        return re.search(rf"\b{name}\b", evidence.text) is not None
    if any(callee.rpartition(".")[2] == name for callee in evidence.calls):
        return True
    return verb.startswith("raise") and re.search(rf"raise[^\n]*\b{name}\b", evidence.text) is not None


def _line_of(claim: Value) -> int:
    line = claim.get("line")
    return line if isinstance(line, int) and not isinstance(line, bool) else 1


@lru_cache(maxsize=8)
def _folded_lines(text: str) -> list[str]:
    """The lines of a text with white space folded, for all its quotes; nobody changes the list."""
    return [_folded(line) for line in text.split("\n")]


def _lines(quote: str) -> list[str]:
    return [folded for line in quote.strip().split("\n") if (folded := _folded(line))]


def _folded(line: str) -> str:
    return " ".join(line.split())


def _stands_at(wanted: Sequence[str], lines: Sequence[str], at: int) -> bool:
    if len(wanted) == 1:
        return wanted[0] in lines[at]
    there = [line for line in lines[at : at + 2 * len(wanted)] if line][: len(wanted)]
    return (
        len(there) == len(wanted) and bool(lines[at]) and all(w in line for w, line in zip(wanted, there, strict=True))
    )


def _similar_places(wanted: Sequence[str], lines: Sequence[str]) -> list[int]:
    quote = "\n".join(wanted)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(quote)
    best, places = _LEAST_COMMON, []
    for i in range(len(lines)):
        window = "\n".join(line for line in lines[i : i + len(wanted)] if line)
        if not window:
            continue
        matcher.set_seq1(window)
        if matcher.real_quick_ratio() * (len(window) + len(quote)) / 2 < best * len(quote):
            continue
        common = sum(block.size for block in matcher.get_matching_blocks()) / len(quote)
        if common > best:
            best, places = common, [i + 1]
        elif common == best:
            places.append(i + 1)
    return places
