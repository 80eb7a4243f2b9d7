"""The command that tells why there is an edge between two symbols, or why there is none.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how chains are
found.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from axon.cli.options import json_option, opened, print_json, repo_option
from axon.cli.render import accent, count, dim, label, notes, place, say, table, title
from axon.interpreter import without_collector
from axon.model.explanations import ChainStep, NamedSite, RejectedSymbol, WhyAnswer, WhyEdge


@click.command("why")
@click.argument("source")
@click.argument("target")
@repo_option
@json_option
def why_command(source: str, target: str, repo: Path | None, as_json: bool) -> None:
    """Why SOURCE calls, imports, extends or uses TARGET: the chain behind each edge, or why there is none.

    Both are an id, `path::name`, `Class.method` or a bare name.
    """
    from axon.cli.facts import FactsOfIndex  # noqa: PLC0415  start-up is lazy
    from axon.questions.why import why  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index, without_collector():
        answer = why(index, source, target, FactsOfIndex(index))
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _show(answer: WhyAnswer) -> None:
    for symbol in (answer.source, answer.target):
        say(f"{symbol.kind} {title(label(symbol))}  {place(symbol.path, symbol.line)}".rstrip())
    say("", answer.said)
    for edge in answer.edges:
        _show_edge(edge)
    _show_sites(answer.named_sites)
    notes(answer.index)


def _show_edge(edge: WhyEdge) -> None:
    at = place(edge.site.path, edge.site.line)
    say("", f"{title(edge.kind)}  {accent(f'{edge.rule} {edge.confidence:.2f}')}  {at}".rstrip())
    if edge.text:
        say(f"    {edge.text}")
    for number, step in enumerate(edge.steps, 1):
        _show_step(number, step)
    _show_rejected(edge.rejected, edge.rejected_total)


def _show_step(number: int, step: ChainStep) -> None:
    at = place(step.site.path, step.site.line)
    say(f"  {number}. {step.said}{f'  {dim(at)}' if step.site.line else ''}")
    if step.text:
        say(dim(f"       {step.text}"))


def _show_rejected(rejected: Sequence[RejectedSymbol], total: int) -> None:
    if not total:
        return
    say(f"  Not meant ({count(total, 'other definition')} of that name):")
    rows = [(label(r.symbol), place(r.symbol.path, r.symbol.line), r.why) for r in rejected]
    say(*("  " + line for line in table(rows, styles=(accent, dim))))
    if total > len(rejected):
        say(dim(f"    … {total - len(rejected):,} more"))


def _show_sites(sites: Sequence[NamedSite]) -> None:
    if not sites:
        return
    say("", title(f"Calls of that name in it ({len(sites):,})"))
    rows = []
    for site in sites:
        leads = "; ".join(f"leads to {label(e.symbol)} ({e.rule} {e.confidence:.2f})" for e in site.leads_to)
        rows.append((site.written, place(site.site.path, site.site.line), leads or f"unresolved: {site.reason}"))
    say(*table(rows, styles=(accent, dim)))
