"""The command `axon map`.

What flows in: options. What flows out: the map as text or as JSON. It does not know what matters.
"""

from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, opened, print_json, repo_option
from axon.cli.render import accent, count, hint, notes, say

_TOKENS: Final = 2000


@click.command("map")
@click.option("--tokens", type=click.IntRange(min=1), default=_TOKENS, show_default=True, help="Budget: bytes / 4.")
@click.option(
    "--focus",
    multiple=True,
    metavar="WHAT",
    help="A file, a folder, a symbol, or words to search for; may be repeated.",
)
@repo_option
@json_option
def map_command(tokens: int, focus: tuple[str, ...], repo: Path | None, as_json: bool) -> None:
    """Show the signatures that matter most, grouped by file, as many as fit into a budget of tokens.

    What is used by much that is used matters, and with --focus what is near it.
    """
    from axon.questions.map import code_map, map_lines  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = code_map(index, tokens=tokens, focus=focus)
    if as_json:
        print_json(answer)
        return
    say(*(line if line.startswith(" ") else accent(line) for line in map_lines(answer)))
    hint(f"{count(answer.shown, 'symbol')} of {answer.total:,}, {answer.tokens:,} tokens")
    notes(answer.index)
