"""The commands that ask how the graph is made up: communities, flows, flow.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how answers are
found.
"""

from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, count, dim, label, notes, place, plain, say, table, title
from axon.model.findings import CommunitiesAnswer, FlowAnswer, FlowsAnswer

_LIMIT: Final = 20
_FORMATS: Final = ("text", "mermaid", "dot")


@click.command("communities")
@click.argument("symbol", required=False)
@limit_option(_LIMIT, "Lines of the text; JSON has all;")
@repo_option
@json_option
def communities_command(symbol: str | None, limit: int, repo: Path | None, as_json: bool) -> None:
    """Which symbols belong together; with SYMBOL its communities, coarse and fine, and who else is in there."""
    from axon.questions.communities import communities  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = communities(index, symbol, limit=None if as_json else limit or None)
    if as_json:
        print_json(answer)
    else:
        _show_communities(answer)


@click.command("flows")
@limit_option(_LIMIT, "Lines of the text; JSON has all;")
@repo_option
@json_option
def flows_command(limit: int, repo: Path | None, as_json: bool) -> None:
    """What runs from which entry point, the longest first."""
    from axon.questions.flows import flows  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = flows(index, limit=None if as_json else limit or None)
    if as_json:
        print_json(answer)
    else:
        _show_flows(answer)


@click.command("flow")
@click.argument("name")
@click.option("--format", "format", type=click.Choice(_FORMATS), default="text", show_default=True)
@repo_option
@json_option
def flow_command(name: str, format: str, repo: Path | None, as_json: bool) -> None:
    """One flow, step by step: that which begins at the symbol NAME, or the longest that it is a step of."""
    from axon.questions.flows import flow  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = flow(index, name)
    if as_json:
        print_json(answer)
    elif format != "text":
        say(answer.mermaid.rstrip() if format == "mermaid" else answer.dot.rstrip())
    else:
        _show_flow(answer)


def _show_communities(answer: CommunitiesAnswer) -> None:
    lines = [
        (f"{'  ' * c.level}{c.name}", str(c.size), f"{c.cohesion:.0%}", ", ".join(map(label, c.hubs[:3])), c.paths[0])
        for c in answer.communities
    ]
    if lines:
        say(*table([("community", "size", "inside", "hubs", "most in"), *lines], styles=(accent, dim), right=(1, 2)))
    _rest(answer.total - len(answer.communities))
    if answer.members:
        say("", title("Members"))
        rows = [(label(m), m.kind, place(m.path, m.line)) for m in answer.members]
        say(*table(rows, styles=(accent, dim)))
    notes(answer.index)


def _show_flows(answer: FlowsAnswer) -> None:
    rows = [
        (label(f.entry), count(f.steps, "step"), ", ".join(f.communities[:3]), place(f.entry.path, f.entry.line))
        for f in answer.flows
    ]
    say(*table(rows, styles=(accent, plain, dim)))
    if not rows:
        say("No flow: no function that nobody calls leads through three functions or more.")
    _rest(answer.total - len(answer.flows))
    notes(answer.index)


def _show_flow(answer: FlowAnswer) -> None:
    entry = answer.flow.entry
    say(f"{title(label(entry))}  {place(entry.path, entry.line)}")
    rows = [
        (f"{s.position}.", f"{'  ' * s.depth}{label(s.symbol)}", s.community, place(s.symbol.path, s.symbol.line))
        for s in answer.steps
    ]
    say(*table(rows, styles=(dim, accent, dim), right=(0,)))
    notes(answer.index)


def _rest(number: int) -> None:
    if number > 0:
        say(dim(f"  … {number:,} more; see --limit and --json"))
