"""`axon enrich eval`: two versions of a prompt on the same nodes, side by side.

What flows in: options. What flows out: a table for a person, or JSON. Nothing is sent before the person has said yes.
"""

import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from axon.cli.options import json_option, print_json, repo_option, root_of
from axon.cli.render import accent, count, note, say, table, title
from axon.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from axon.enrich.versions import Comparison, Side


def _version(_context: click.Context, _option: click.Parameter, text: str) -> int:
    match = re.fullmatch(r"v?(\d+)", text)
    if match is None:
        raise click.BadParameter(f"`{text}` is no version. Write v1, v2 and so on.")
    return int(match[1])


@click.command("eval")
@click.argument("task", default="contracts")
@click.option("--a", "a", required=True, callback=_version, metavar="vN", help="One version of the prompt of TASK.")
@click.option("--b", "b", required=True, callback=_version, metavar="vN", help="The other one.")
@click.option("--sample", type=click.IntRange(min=1), default=50, show_default=True, help="Nodes that both are asked.")
@click.option("--backend", type=click.Choice(("anthropic", "openai", "cli", "simulated")), help="As for a run.")
@click.option("--model", help="The model's name; default: a small one of the backend.")
@click.option("--max-cost", type=float, help="US dollars at most, for each version.")
@click.option("--max-calls", type=click.IntRange(min=0), help="Requests at most, for each version.")
@click.option("--yes", is_flag=True, help="Do not ask before the first request.")
@repo_option
@json_option
def eval_command(task: str, a: int, b: int, *, sample: int, repo: Path | None, as_json: bool, **flags: Any) -> None:
    """Compare two versions of the prompt of TASK on the same nodes; nothing is kept as an artifact.

    A version is a file: `.axon-tasks/TASK.v2.md` stands beside the program's own `v1`.
    """
    from axon.enrich.budget import Budget  # noqa: PLC0415  start-up is lazy
    from axon.enrich.trust import require_agreement  # noqa: PLC0415  start-up is lazy
    from axon.enrich.versions import compare, sampled  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import opened_for_enrich  # noqa: PLC0415  start-up is lazy

    given = {name: flags[name] for name in ("backend", "model")}
    with opened_for_enrich(root_of(repo), flags=given) as opened:
        ask = opened.ask([task], Budget(flags["max_cost"], flags["max_calls"]))
        n_nodes = min(len(sampled(ask, task, version, sample)) for version in (a, b))
        if not flags["yes"] and ask.provider != "simulated":
            say(f"The text of {count(n_nodes, 'node')} goes to {ask.provider} twice, secrets masked.")
            if not sys.stdin.isatty():
                raise UsageError("Nobody is here to agree to that. Say --yes.")
            click.confirm("Go on?", abort=True, err=True)
        if ask.provider != "simulated":
            require_agreement(opened.root, ask.settings)
        found = compare(ask, opened.store, task, (a, b), sample)
    if as_json:
        print_json(asdict(found))
    else:
        _show(found)
    if found.stopped or found.a.failed or found.b.failed:
        sys.exit(ExitCode.PARTIAL)


def _show(found: "Comparison") -> None:
    say(title(f"{found.task}: v{found.a.version} and v{found.b.version} on {count(found.nodes, 'node')}"))
    rows = [("", f"v{found.a.version}", f"v{found.b.version}")]
    rows += [(name, one, two) for (name, one), (_, two) in zip(_figures(found.a), _figures(found.b), strict=True)]
    rows.append(("more claims", f"{found.more_claims_in_a:,}", f"{found.more_claims_in_b:,}"))
    say(*table(rows, styles=(accent,), right=(1, 2)))
    say(f"The answers differ for {count(found.different, 'node')}.")
    for node, one, two in found.examples:
        say("", title(node), f"  v{found.a.version}: {one}", f"  v{found.b.version}: {two}")
    if found.stopped:
        note(found.stopped)


def _figures(side: "Side") -> list[tuple[str, str]]:
    share = side.share_with_evidence
    return [
        ("answered", f"{side.answered:,}"),
        ("without an answer", f"{side.failed:,}"),
        ("requests", f"{side.requests:,}"),
        ("tokens in", f"{side.input_tokens:,}"),
        ("tokens out", f"{side.output_tokens:,}"),
        ("US dollars", f"{side.cost:.4f}"),
        ("claims with evidence", f"{side.claims:,}"),
        ("of all claims", "" if share is None else f"{share:.0%}"),
        ("characters", f"{side.characters:,}"),
    ]
