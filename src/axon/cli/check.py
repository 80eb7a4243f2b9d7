"""The command `axon check`.

What flows in: options. What flows out: broken contracts as text, Markdown, SARIF or JSON; exit code 6 where there are
any. It does not know how contracts are checked.
"""

import json
import os
from pathlib import Path
from typing import Final

import click

from axon.cli.options import print_json, repo_option, root_of
from axon.cli.render import accent, count, dim, place, say, table, title
from axon.errors import ExitCode, UsageError
from axon.model.contracts import CheckAnswer

_FORMATS: Final = ("text", "markdown", "sarif", "json")


@click.command("check")
@click.option("--format", "format", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--json", "format", flag_value="json", help="The same as --format json.")
@click.option("--freeze", "freezes", is_flag=True, help="Write the lock files of public APIs as they are now.")
@repo_option
def check_command(format: str, freezes: bool, repo: Path | None) -> int:
    """Check the contracts in axon.toml: layers, forbidden edges, cycles, public APIs, ceilings, Cypher rules.

    Exit code 0: all are kept; 6: the violations are shown, each with its place.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from axon.serve.checking import check_tree, contracts_at, freeze  # noqa: PLC0415  start-up is lazy

    root = root_of(repo)
    contracts = contracts_at(root)
    if not contracts:
        raise UsageError(
            f"No contract in the settings of {root}. Write [[check.contracts]] into axon.toml; see docs/review.md."
        )
    if freezes:
        for name, number in freeze(root, contracts):
            say(f"{name}: {count(number, 'symbol')}")
        return ExitCode.DONE
    answer = check_tree(root, contracts)
    if format == "json":
        print_json(answer)
    elif format == "sarif":
        say(json.dumps(_sarif(answer), indent=1))
    elif format == "markdown":
        from axon.serve.markdown import check_markdown  # noqa: PLC0415  for one format only

        say(*check_markdown(answer))
    else:
        _show(answer)
    return ExitCode.VIOLATIONS if answer.violations else ExitCode.DONE


def _show(answer: CheckAnswer) -> None:
    rows = [("broken" if k.violations else "kept", k.contract, k.kind, f"{k.violations:,}") for k in answer.contracts]
    say(*table(rows, styles=(accent, str, dim), right=(3,)))
    for contract in dict.fromkeys(v.contract for v in answer.violations):
        say("", title(contract))
        of_it = [(place(v.path, v.line), v.said) for v in answer.violations if v.contract == contract]
        say(*table(of_it, styles=(dim,)))


def _sarif(answer: CheckAnswer) -> dict[str, object]:
    from axon.serve.sarif import Finding, sarif  # noqa: PLC0415  for one format only

    rules = {k.contract: f"Contract of type {k.kind}: {k.contract}" for k in answer.contracts}
    findings = [Finding(v.contract, "error", v.said, v.path, v.line, v.key, v.end_line) for v in answer.violations]
    return sarif(findings, rules)
