"""The command `axon report`.

What flows in: options. What flows out: a page in a file, or the answer as JSON.
"""

from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, opened, print_json, repo_option
from axon.cli.render import short_path
from axon.errors import StorageError

_NAME: Final = "axon-report"


@click.command("report")
@click.option("--output", "-o", type=click.Path(path_type=Path), help=f"Default: {_NAME}.html here.")
@click.option("--markdown", is_flag=True, help="Markdown in place of HTML.")
@repo_option
@json_option
def report_command(output: Path | None, markdown: bool, repo: Path | None, as_json: bool) -> None:
    """Write one page about the tree: communities, hot spots, complexity, unused code, coupling, cycles, resolution.

    The page needs nothing but itself: no script, no network.
    """
    from axon.cli.page import html_page, markdown_page  # noqa: PLC0415  start-up is lazy
    from axon.cli.project import look_at_project  # noqa: PLC0415  start-up is lazy
    from axon.files.history import read_history  # noqa: PLC0415  start-up is lazy
    from axon.files.owners import read_owners  # noqa: PLC0415  start-up is lazy
    from axon.languages import lexicon_of  # noqa: PLC0415  start-up is lazy
    from axon.questions.report import report  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = report(
            index,
            lexicon_of=lexicon_of,
            project=look_at_project(index.root, [file.path for file in index.indexed_files()]),
            history=read_history(index.root),
            owners=read_owners(index.root),
        )
    if as_json:
        print_json(answer)
        return
    target = output or Path(f"{_NAME}.{'md' if markdown else 'html'}")
    try:
        target.write_text(markdown_page(answer) if markdown else html_page(answer), "utf-8", "surrogateescape")
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror}.") from error
    click.echo(f"Wrote {short_path(target)}")
