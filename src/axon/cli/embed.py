"""The commands about vectors: compute them, and ask what is like a symbol.

What flows in: options. What flows out: how far the vectors are; symbols that are alike. It does not know models.
"""

from pathlib import Path

import click

from axon.cli.options import chosen_root, json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, count, dim, label, note, notes, place, plain, say, table

_ALIKE = 10


@click.command("embed")
@click.argument("path", required=False, type=click.Path(path_type=Path, readable=False))
@json_option
def embed_command(path: Path | None, as_json: bool) -> None:
    """Compute the vectors that the index of PATH lacks, the most useful first; go on where an earlier run was stopped.

    What is there when it is interrupted stays.
    """
    from axon.pipeline.embed import embed_index  # noqa: PLC0415  start-up is lazy

    root = chosen_root(path)
    try:
        done = embed_index(root)
    except KeyboardInterrupt:
        note("What was embedded so far stays; `axon embed` goes on from there.")
        raise
    if as_json:
        print_json({"embedded": done.embedded, "done": done.done, "total": done.total, "model": done.model})
    else:
        said = f"{count(done.embedded, 'symbol')} embedded with {done.model}"
        say(f"{said}; {done.done:,} of {done.total:,} have a vector.")


@click.command("similar")
@click.argument("symbol")
@limit_option(_ALIKE, "Symbols")
@repo_option
@json_option
def similar_command(symbol: str, limit: int, repo: Path | None, as_json: bool) -> None:
    """Functions and classes that are like SYMBOL, by their vectors, the nearest first."""
    from axon.questions.similar import similar  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = similar(index, symbol, limit=limit)
    if as_json:
        print_json(answer)
        return
    rows = [
        (f"{hit.cosine:.2f}", hit.symbol.kind, label(hit.symbol), place(hit.symbol.path, hit.symbol.line))
        for hit in answer.hits
    ]
    say(*table(rows, styles=(dim, dim, accent, plain)))
    progress = answer.index.embeddings
    if progress is not None and progress.done < progress.total:
        note(f"Embedded so far: {progress.done:,} of {progress.total:,}.")
    notes(answer.index)
