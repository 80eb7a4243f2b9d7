"""The commands `axon explore` and `axon trace`: what agents are answered, for a person.

What flows in: options. What flows out: a page of Markdown, or JSON. It does not know how answers are found.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from axon.cli.options import json_option, opened, print_json, repo_option
from axon.cli.render import note, notes, say
from axon.errors import UsageError

if TYPE_CHECKING:
    from axon.model.answers import IndexState
    from axon.model.review import DiffAnswer
    from axon.questions.opened import Index
    from axon.serve.blocks import Block

_TOKENS: Final = 3000
_BYTES_A_TOKEN: Final = 4


@click.command("explore")
@click.argument("question", nargs=-1, required=True)
@click.option("--tokens", type=click.IntRange(min=1), default=_TOKENS, show_default=True, help="Budget: bytes / 4.")
@repo_option
@json_option
def explore_command(question: tuple[str, ...], tokens: int, repo: Path | None, as_json: bool) -> None:
    """Answer one QUESTION in words: the relevant source, paths and blast radius.

    For example: axon explore "what breaks if I change Blueprint.register"
    """
    from axon.questions.explore import explore  # noqa: PLC0415  start-up is lazy
    from axon.serve.pieces import explore_blocks  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = explore(index, " ".join(question), changes=lambda: _changes(index))
    if as_json:
        print_json(answer)
    else:
        _show(explore_blocks(answer), tokens, answer.index)


@click.command("trace")
@click.argument("source")
@click.argument("target")
@repo_option
@json_option
def trace_command(source: str, target: str, repo: Path | None, as_json: bool) -> None:
    """How SOURCE reaches TARGET: a shortest path by calls, else by any dependence, else the way back."""
    from axon.questions.trace import trace  # noqa: PLC0415  start-up is lazy
    from axon.serve.pieces import trace_blocks  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = trace(index, source, target)
    if as_json:
        print_json(answer)
    else:
        _show(trace_blocks(answer), _TOKENS, answer.index)


def _changes(index: "Index") -> "DiffAnswer | None":
    """What the work tree has otherwise than the last commit; None, and a note, where git cannot say."""
    from axon.questions.diff import diff  # noqa: PLC0415  for this question only
    from axon.serve.comparing import compared  # noqa: PLC0415  likewise

    is_current = index.tree is not None and not index.tree.moved_on
    try:
        with compared(index.root, "HEAD", index=index if is_current else None) as sides:
            return diff(sides.before, sides.after, base=sides.base, head=sides.head)
    except UsageError as error:
        note(str(error))
        return None


def _show(blocks: "Sequence[Block]", tokens: int, state: "IndexState") -> None:
    from axon.serve.blocks import page_of  # noqa: PLC0415  start-up is lazy

    page = page_of(blocks, tokens * _BYTES_A_TOKEN)
    say(page.text)
    if page.following is not None:
        note("There is more; see --tokens and --json.")
    notes(state)
