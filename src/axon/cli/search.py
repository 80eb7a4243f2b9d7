"""The command that searches.

What flows in: options. What flows out: hits by file, as text for a person or as JSON. It does not know how they are
found.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, count, dim, hint, label, note, notes, say, title
from axon.model.answers import SearchAnswer, SearchHit
from axon.model.kinds import NodeKind

_HITS: Final = 20
_KINDS: Final = {kind.value.casefold(): kind.value for kind in NodeKind}
_TESTS: Final = ("auto", "include", "exclude")


@click.command("search")
@click.argument("query")
@limit_option(_HITS, "Hits")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind, such as Class; may be repeated.")
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Only this folder, file or pattern; may be repeated.",
)
@click.option("--language", "languages", multiple=True, metavar="NAME", help="Only this language; may be repeated.")
@click.option(
    "--tests",
    type=click.Choice(_TESTS),
    default=_TESTS[0],
    show_default=True,
    help="Auto puts tests lower unless the query is about tests.",
)
@click.option("--explain", is_flag=True, help="Show what each score is made of.")
@repo_option
@json_option
def search_command(  # noqa: PLR0913, PLR0917  each is an option
    query: str,
    limit: int,
    kinds: tuple[str, ...],
    paths: tuple[str, ...],
    languages: tuple[str, ...],
    tests: str,
    explain: bool,
    repo: Path | None,
    as_json: bool,
) -> None:
    """Find symbols by name or path, or by what they say: `axon search "hash a password"`.

    What is typed just so comes first. A name with a typo is found as well.
    """
    from axon.questions.search import search  # noqa: PLC0415  start-up is lazy

    chosen, spoken = [_kind(kind) for kind in kinds], [_language(name) for name in languages]
    with opened(repo) as index:
        answer = search(
            index, query, limit=limit, kinds=chosen, paths=paths, languages=spoken, tests=tests, explain=explain
        )
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _kind(text: str) -> str:
    kind = _KINDS.get(text.casefold())
    if kind is None:
        raise click.BadParameter(f"no kind {text!r}; the kinds are {', '.join(_KINDS.values())}.")
    return kind


def _language(text: str) -> str:
    from axon.languages import all_languages  # noqa: PLC0415  only where one is named

    names = all_languages()
    if text.casefold() not in names:
        raise click.BadParameter(f"no language {text!r}; the languages are {', '.join(sorted(names))}.")
    return text.casefold()


# --- text ------------------------------------------------------------------------------------------------------------


def _show(answer: SearchAnswer) -> None:
    for word, terms in answer.corrected.items():
        note(f"Nothing has `{word}`; searched for {' and '.join(f'`{term}`' for term in terms)}.")
    for path, hits in _by_file(answer.hits).items():
        say(title(path) if path else dim("outside of the tree"))
        for hit in hits:
            _show_hit(hit)
    if not answer.hits:
        say(answer.note or "Nothing to look for.")
    elif answer.total > len(answer.hits):
        say(dim(f"  … {count(answer.total - len(answer.hits), 'more hit')}; see --limit"))
    if answer.terms:
        say(dim("  terms: " + ", ".join(f"{term} {weight:g}" for term, weight in answer.terms.items())))
    notes(answer.index)
    if answer.hits:
        hint(f"axon context '{answer.hits[0].symbol.id}'")


def _show_hit(hit: SearchHit) -> None:
    symbol = hit.symbol
    name = symbol.name if symbol.kind in {"File", "Folder", "Module"} else label(symbol)
    line = f":{symbol.line}" if symbol.line else ""
    score = f" {hit.score:.2f}" if hit.score else ""
    say(f"  {accent(name)}  {dim(f'{symbol.kind}{line}  {hit.match}{score}')}")
    for shown in hit.lines:
        say(f"    {dim(f'{shown.line:>5}')}  {shown.text}")
    if hit.factors:
        say(dim("           " + ", ".join(f"{name} {value:g}" for name, value in hit.factors.items())))


def _by_file(hits: Iterable[SearchHit]) -> dict[str, list[SearchHit]]:
    """Hits of each file together, files in the order of their best hits."""
    files: dict[str, list[SearchHit]] = {}
    for hit in hits:
        files.setdefault(hit.symbol.path, []).append(hit)
    return files
