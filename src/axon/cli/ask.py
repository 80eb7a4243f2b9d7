"""The commands that ask about symbols: context, callers, callees.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how answers are
found.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, dim, label, notes, place, say, table, title, unresolved_rows
from axon.model.answers import (
    CalleesAnswer,
    CallersAnswer,
    ContextAnswer,
    Definition,
    EdgeAnswer,
    SymbolRef,
    UnresolvedList,
)
from axon.model.artifacts import ArtifactAnswer

_SECTION: Final = 20
_UNCERTAIN_CALLERS: Final = "Possible callers"
_UNCERTAIN_CALLEES: Final = "Possible callees"
_PASSED_BY: Final = "Handed over as a value by"
_PASSES: Final = "Hands over as a value"


@click.command("context")
@click.argument("symbol")
@limit_option(_SECTION, "Lines in each part of the text; JSON has all;")
@repo_option
@json_option
def context_command(symbol: str, limit: int, repo: Path | None, as_json: bool) -> None:
    """Everything around one symbol: definition, callers, callees, imports, types, with reasons and places.

    SYMBOL is an id, `path::name`, `Class.method` or a bare name.
    """
    from axon.questions.context import context  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = context(index, symbol)
    if as_json:
        print_json(answer)
    else:
        _show_context(answer, limit)


@click.command("callers")
@click.argument("symbol")
@limit_option(_SECTION, "Unresolved calls in the text; JSON has all;")
@repo_option
@json_option
def callers_command(symbol: str, limit: int, repo: Path | None, as_json: bool) -> None:
    """Who calls SYMBOL, and who may: possible calls, whoever hands it over as a value, unresolved calls of its name.

    For a class these are the callers of the class and of its own initializer.
    """
    from axon.questions.callers import callers  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = callers(index, symbol)
    if as_json:
        print_json(answer)
    else:
        _show_callers(answer, limit)


@click.command("callees")
@click.argument("symbol")
@limit_option(_SECTION, "Unresolved calls in the text; JSON has all;")
@repo_option
@json_option
def callees_command(symbol: str, limit: int, repo: Path | None, as_json: bool) -> None:
    """What SYMBOL calls, and the calls in it that are not resolved."""
    from axon.questions.callees import callees  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = callees(index, symbol)
    if as_json:
        print_json(answer)
    else:
        _show_callees(answer, limit)


# --- text ------------------------------------------------------------------------------------------------------------


def _show_context(answer: ContextAnswer, limit: int) -> None:
    _show_definition(answer.definition)
    sections = (
        ("Called by", answer.callers),
        (_UNCERTAIN_CALLERS, answer.uncertain_callers),
        (_PASSED_BY, answer.passed_by),
        ("Calls", answer.callees),
        (_UNCERTAIN_CALLEES, answer.uncertain_callees),
        (_PASSES, answer.passes),
        ("Bases", answer.bases),
        ("Subclasses", answer.subclasses),
        ("Overrides", answer.overrides),
        ("Overridden by", answer.overridden_by),
        ("Decorated by", answer.decorated_by),
        ("Decorates", answer.decorates),
        ("Types", answer.types),
        ("Used as a type by", answer.used_by),
        ("Imports of its file", answer.imports),
    )
    show_written(answer.written)
    if answer.features:
        say("", title(f"Features, by a model ({len(answer.features):,})"), *(f"  {name}" for name in answer.features))
    _show_members(answer.members, limit)
    for heading, edges in sections:
        _show_edges(heading, edges, limit)
    _show_unresolved("Unresolved calls in it", answer.unresolved, limit)
    show_unresolved_calls(answer.possible_callers, limit)
    notes(answer.index)


def _show_callers(answer: CallersAnswer, limit: int) -> None:
    show_symbol(answer.symbol)
    _show_edges("Called by", answer.callers, 0)
    if not answer.callers:
        says_none = "No callers: no call of its name is unresolved." if answer.is_complete else ""
        say("", says_none or "No resolved call leads to it.")
    _show_edges(_UNCERTAIN_CALLERS, answer.uncertain, 0)
    _show_edges(_PASSED_BY, answer.passed_by, 0)
    show_unresolved_calls(answer.possible, limit)
    notes(answer.index)


def _show_callees(answer: CalleesAnswer, limit: int) -> None:
    show_symbol(answer.symbol)
    _show_edges("Calls", answer.callees, 0)
    if not answer.callees:
        say("", "It has no resolved call.")
    _show_edges(_UNCERTAIN_CALLEES, answer.uncertain, 0)
    _show_edges(_PASSES, answer.passes, 0)
    _show_unresolved("Unresolved calls in it", answer.unresolved, limit)
    notes(answer.index)


def show_symbol(symbol: SymbolRef) -> None:
    """Kind, name and place of a symbol, on one line."""
    say(f"{symbol.kind} {title(label(symbol))}  {place(symbol.path, symbol.line)}".rstrip())


def _show_definition(definition: Definition) -> None:
    symbol, signature = definition.symbol, definition.signature
    span = f"-{definition.end_line}" if definition.end_line > symbol.line else ""
    say(f"{symbol.kind} {title(label(symbol))}  {place(symbol.path, symbol.line)}{span}".rstrip())
    signatures = [symbol.name + one if one.startswith("(") else one for one in signature.split("\n")]
    words = (*(("exported",) if definition.exported else ()), *definition.flags)
    for line in (*signatures, definition.summary, dim(", ".join(words)) if words else ""):
        if line:
            say(f"  {line}")
    say(dim(f"  {symbol.id}"))


def show_written(written: Sequence[ArtifactAnswer]) -> None:
    """What was written about a symbol: who wrote it, whether it stands, and where each claim is shown."""
    for one in written:
        say("", f"{title(one.task.capitalize())}  {dim(one.origin)}")
        if not one.claims:
            say(f"  {one.text}")
            continue
        rows = [
            (c.sort.replace("_", " "), c.state, "" if c.state == "stale" else place(c.path, c.line), c.text)
            for c in one.claims
        ]
        say(*table(rows, styles=(accent, dim, dim)))


def _show_edges(heading: str, edges: Sequence[EdgeAnswer], limit: int) -> None:
    if not edges:
        return
    shown = edges[:limit] if limit else edges
    say("", title(f"{heading} ({len(edges):,})"))
    rows = [(label(e.symbol), f"{e.rule} {e.confidence:.2f}", place(e.site.path, e.site.line)) for e in shown]
    say(*table(rows, styles=(accent, dim)))
    _show_rest(len(edges) - len(shown))


def _show_members(members: Sequence[SymbolRef], limit: int) -> None:
    if not members:
        return
    shown = members[:limit] if limit else members
    say("", title(f"Members ({len(members):,})"))
    say(*table([(m.name, m.kind, place(m.path, m.line)) for m in shown], styles=(accent, dim)))
    _show_rest(len(members) - len(shown))


def _show_unresolved(heading: str, unresolved: UnresolvedList, limit: int) -> None:
    if not unresolved.total:
        return
    shown = unresolved.sites[:limit] if limit else unresolved.sites
    say("", title(f"{heading} ({unresolved.total:,})"))
    say(*table(unresolved_rows(shown), styles=(accent, dim)))
    _show_rest(unresolved.total - len(shown))


def show_unresolved_calls(unresolved: UnresolvedList, limit: int) -> None:
    """Unresolved calls elsewhere that may mean a symbol, each with the caller that it would make; nothing for none."""
    if not unresolved.total:
        return
    shown = unresolved.sites[:limit] if limit else unresolved.sites
    say("", title(f"Unresolved calls of this name, which may be callers ({unresolved.total:,})"))
    rows = [(*row, f"in {label(site.caller)}") for row, site in zip(unresolved_rows(shown), shown, strict=True)]
    say(*table(rows, styles=(accent, dim)))
    _show_rest(unresolved.total - len(shown))


def _show_rest(number: int) -> None:
    if number:
        say(dim(f"  … {number:,} more; see --limit and --json"))
