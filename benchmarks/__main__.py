"""Measures pinned trees, or folders, and prints a page; the exit code is 1 where a ceiling is broken."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.archives import ClientMissingError
from benchmarks.baseline import LARGE_FILES, baseline_page, profile
from benchmarks.budgets import load_budgets, verdicts
from benchmarks.comparison import RESULTS, Previous, load_previous
from benchmarks.corpora import PINNED, Corpus, corpus_at, default_cache, pinned_corpus
from benchmarks.definitions import HEAD as DEFINITIONS_HEAD
from benchmarks.definitions import compare, definitions_table
from benchmarks.increments import increments_table, measure_increments
from benchmarks.machine import describe
from benchmarks.measure import measure
from benchmarks.processes import CommandFailedError
from benchmarks.report import Report
from benchmarks.scaling import SCALES, scale, scaling_table
from benchmarks.searching import QUERIES, measure_search, searching_table
from benchmarks.watching import measure_watch, watching_table

DOCS = Path(__file__).parents[1] / "docs"
PAGE, SCALING_PAGE, BASELINE_PAGE, INCREMENTS_PAGE = (
    DOCS / f"{name}.md" for name in ("benchmarks", "scaling", "profiling-baseline", "increments")
)
_MEASURED = ("flask", "django", "sympy", "sqlalchemy", "viem")  # what has budgets; --only adds others
DEFINITIONS_PAGE = DOCS / "definitions.md"
_DEFINED = ("flask", "undici", "rxjs")
_SCALED = ("django", "viem")
_WATCHED = ("flask", "django")
_SEARCHED = ("sqlalchemy", "django", "sympy", "flask", "effect")  # the last two were not used to find weights
Result = TypeVar("Result")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for."""
    options = _parser().parse_args(arguments)
    for name, measure_it in _OTHERS.items():
        if getattr(options, name):
            return measure_it(options)
    return _figures(options)


def _figures(options: argparse.Namespace) -> int:
    budgets, machine, previous = load_budgets(), describe(options.rounds), _previous(options.previous)
    results, failed = _each(options, _MEASURED, lambda corpus: measure(corpus, rounds=options.rounds))
    report = Report(machine, [(result, verdicts(result, budgets)) for result in results], previous)
    figures = json.dumps(report.as_json(), indent=1) + "\n"
    for target in [*([options.json] if options.json else []), *([RESULTS] if options.write else [])]:
        target.write_text(figures, encoding="utf-8")
    _show(report.as_markdown() + _failures(failed), PAGE if options.write else None)
    return 0 if report.kept and not failed else 1


def _previous(path: Path) -> Previous | None:
    """The earlier result; None where nobody named one and none was written yet."""
    return load_previous(path) if path != RESULTS or path.is_file() else None


def _scaling(options: argparse.Namespace) -> int:
    machine = "; ".join(f"{key} {value}" for key, value in describe(1).items())
    results, failed = _each(options, _SCALED, lambda corpus: scale(corpus, options.scale or SCALES))
    parts = ["# Scaling", "`make bench ARGS='--scaling --write'` writes this page.", f"Measured with: {machine}."]
    for result in results:
        parts += [f"## {result.corpus}", scaling_table(result)]
    _show("\n\n".join(parts) + "\n" + _failures(failed), SCALING_PAGE if options.write else None)
    return 1 if failed else 0


def _definitions(options: argparse.Namespace) -> int:
    results, failed = _each(options, _DEFINED, compare)
    table = definitions_table(row for rows in results for row in rows)
    _show(DEFINITIONS_HEAD + table + "\n" + _failures(failed), DEFINITIONS_PAGE if options.write else None)
    return 1 if failed else 0


def _watching(options: argparse.Namespace) -> int:
    results, failed = _each(options, _WATCHED, lambda corpus: (corpus, measure_watch(corpus, n_edits=options.edits)))
    parts = ["# Watching", f"Measured with: {'; '.join(f'{key} {value}' for key, value in describe(1).items())}."]
    for corpus, edits in results:
        parts += [f"## {corpus.name}, {len(edits)} edits of one function", watching_table(edits)]
    print("\n\n".join(parts) + "\n" + _failures(failed))
    return 1 if failed else 0


def _increments(options: argparse.Namespace) -> int:
    results, failed = _each(
        options, _WATCHED, lambda corpus: (corpus, measure_increments(corpus, n_updates=options.updates))
    )
    machine = "; ".join(f"{key} {value}" for key, value in describe(1).items())
    parts = ["# Increments", "`make bench ARGS='--increments --write'` writes this page.", f"Measured with: {machine}."]
    for corpus, found in results:
        parts += [f"## {corpus.name}, {options.updates} updates", increments_table(found)]
    _show("\n\n".join(parts) + "\n" + _failures(failed), INCREMENTS_PAGE if options.write else None)
    return 1 if failed else 0


def _searching(options: argparse.Namespace) -> int:
    results, failed = _each(
        options, _SEARCHED, lambda corpus: (corpus.name, measure_search(corpus, n_queries=options.queries))
    )
    parts = ["# Searching", f"Measured with: {'; '.join(f'{key} {value}' for key, value in describe(1).items())}."]
    print("\n\n".join([*parts, searching_table(results)]) + "\n" + _failures(failed))
    return 1 if failed else 0


def _embedding(options: argparse.Namespace) -> int:
    from benchmarks.embedding import embedding_table, measure_embedding  # noqa: PLC0415  it needs onnx

    results, failed = _each(
        options, ("django",), lambda corpus: (corpus.name, measure_embedding(corpus, seconds=options.seconds))
    )
    parts = ["# Embedding", f"Measured with: {'; '.join(f'{key} {value}' for key, value in describe(1).items())}."]
    print("\n\n".join([*parts, embedding_table(results)]) + "\n" + _failures(failed))
    return 1 if failed else 0


def _baseline(options: argparse.Namespace) -> int:
    machine = describe(1)
    results, failed = _each(options, [d.name for d in PINNED], profile)
    large = [result for result in results if options.corpus or result[0].rows["files"] > LARGE_FILES]
    _show(baseline_page(machine, large) + _failures(failed), BASELINE_PAGE if options.write else None)
    return 1 if failed else 0


def _each(
    options: argparse.Namespace, by_default: Sequence[str], figures_of: Callable[[Corpus], Result]
) -> tuple[list[Result], list[str]]:
    """What was measured, tree by tree, and the names of the trees whose run failed: the others go on."""
    results, failed = [], []
    for corpus in _corpora(options, by_default):
        print(f"measuring {corpus.name} …", file=sys.stderr, flush=True)
        try:
            results.append(figures_of(corpus))
        except CommandFailedError as error:
            failed.append(corpus.name)
            print(error, file=sys.stderr, flush=True)
    return results, failed


def _failures(names: Sequence[str]) -> str:
    return f"\nNot measured, for the run failed: {', '.join(names)}.\n" if names else ""


def _show(page: str, target: Path | None) -> None:
    print(page)
    if target is not None:
        target.write_text(page, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [distribution.name for distribution in PINNED]
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--scaling", action="store_true", help="how phases grow with the tree, instead of all figures")
    what.add_argument("--watch", action="store_true", help="how soon a reader sees an edit of a watched tree, instead")
    what.add_argument("--increments", action="store_true", help="what keeping an index up to date costs, instead")
    what.add_argument("--search", action="store_true", help="how well and how soon searches find things, instead")
    what.add_argument("--embedding", action="store_true", help="memory and speed of embedding, and searches meanwhile")
    what.add_argument("--definitions", action="store_true", help="definitions beside those of universal-ctags, instead")
    what.add_argument("--baseline", action="store_true", help="where the time goes on large trees, instead")
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder to measure; may be repeated")
    parser.add_argument("--only", choices=names, action="append", default=[], help="of the pinned trees, only this one")
    parser.add_argument("--scale", type=float, action="append", default=[], help="with --scaling: another scale")
    parser.add_argument("--edits", type=int, default=30, help="with --watch: how many")
    parser.add_argument("--updates", type=int, default=1000, help="with --increments: how many")
    parser.add_argument("--queries", type=int, default=QUERIES, help="with --search: how many a tree")
    parser.add_argument("--seconds", type=float, default=300, help="with --embedding: how long to embed at most")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where archives and trees are kept")
    parser.add_argument("--rounds", type=int, default=3, help="cold runs with embeddings, and as many without")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--previous", type=Path, default=RESULTS, help="figures of an earlier run to compare with")
    parser.add_argument(
        "--write", action="store_true", help="write the page into docs/, its figures beside the ceilings"
    )
    return parser


def _corpora(options: argparse.Namespace, by_default: Sequence[str]) -> Iterator[Corpus]:
    """What the arguments name; a tree whose archive nothing here can fetch is left out, and said to be."""
    yield from (corpus_at(folder) for folder in options.corpus)
    wanted = () if options.corpus else options.only or by_default
    for distribution in PINNED:
        if distribution.name in wanted:
            try:
                yield pinned_corpus(distribution, options.cache)
            except ClientMissingError as error:
                print(f"skipped {distribution.corpus}: {error}", file=sys.stderr, flush=True)


_OTHERS: dict[str, Callable[[argparse.Namespace], int]] = {
    "scaling": _scaling,
    "definitions": _definitions,
    "watch": _watching,
    "increments": _increments,
    "search": _searching,
    "embedding": _embedding,
    "baseline": _baseline,
}


if __name__ == "__main__":
    sys.exit(main())
