"""The commands that ask what frameworks run: entry-points and routes.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how answers are
found.
"""

from itertools import groupby
from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, count, dim, label, notes, place, plain, say, table, title
from axon.model.answers import EntryPointsAnswer, RouteAnswer, RoutesAnswer

_SECTION: Final = 20
_ROUTES: Final = 200


@click.command("entry-points")
@click.argument("kind", default="")
@limit_option(_SECTION, "Lines of each kind in the text; JSON has all;")
@repo_option
@json_option
def entry_points_command(kind: str, limit: int, repo: Path | None, as_json: bool) -> None:
    """Symbols that a framework runs: routes, tests, fixtures, tasks, commands, signals, hooks.

    KIND is a rule pack (`pytest`), a kind of entry point (`test`), or both (`pytest.test`).
    """
    from axon.questions.entry_points import entry_points  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = entry_points(index, kind)
    if as_json:
        print_json(answer)
    else:
        _show_entry_points(answer, limit, kind)


@click.command("routes")
@limit_option(_ROUTES, "Routes in the text; JSON has all;")
@repo_option
@json_option
def routes_command(limit: int, repo: Path | None, as_json: bool) -> None:
    """Requests that the tree answers, and by what."""
    from axon.questions.entry_points import routes  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = routes(index)
    if as_json:
        print_json(answer)
    else:
        _show_routes(answer, limit)


def _show_entry_points(answer: EntryPointsAnswer, limit: int, kind: str) -> None:
    by_kind = groupby(answer.entry_points, key=lambda entry: f"{entry.pack}.{entry.kind}")
    for number, (name, entries) in enumerate(by_kind):
        found = list(entries)
        shown = found[:limit] if limit else found
        say(*([""] if number else []), title(f"{name} ({len(found):,})"))
        rows = [(label(entry.symbol), place(entry.symbol.path, entry.symbol.line)) for entry in shown]
        say(*table(rows, styles=(accent, dim)))
        if len(found) > len(shown):
            say(dim(f"  … {len(found) - len(shown):,} more; see --limit and --json"))
    if not answer.entry_points:
        none = f"No entry points of `{kind}`; `axon entry-points` lists those of all kinds."
        say(none if kind else "No entry points: no rule pack fits.")
    notes(answer.index)


def _show_routes(answer: RoutesAnswer, limit: int) -> None:
    shown = answer.routes[:limit] if limit else answer.routes
    say(*table([_route_row(route) for route in shown], styles=(plain, accent, plain, dim)))
    if not answer.routes:
        say("No routes.")
    elif len(answer.routes) > len(shown):
        say(dim(f"  … {count(len(answer.routes) - len(shown), 'more route')}; see --limit and --json"))
    notes(answer.index)


def _route_row(route: RouteAnswer) -> tuple[str, str, str, str]:
    handlers = ", ".join(label(edge.symbol) for edge in route.handlers)
    return route.method, route.path, handlers, place(route.site.path, route.site.line)
