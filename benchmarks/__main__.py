"""Measures pinned trees, or folders, and prints a page; the exit code is 1 where a ceiling is broken."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.baseline import LARGE_FILES, baseline_page, profile
from benchmarks.budgets import load_budgets, verdicts
from benchmarks.corpora import PINNED, Corpus, corpus_at, default_cache, pinned_corpus
from benchmarks.machine import describe
from benchmarks.measure import measure
from benchmarks.report import Report
from benchmarks.scaling import SCALES, scale, scaling_table

DOCS = Path(__file__).parents[1] / "docs"
PAGE, SCALING_PAGE, BASELINE_PAGE = (DOCS / f"{name}.md" for name in ("benchmarks", "scaling", "profiling-baseline"))
_MEASURED = ("flask", "django", "sympy")  # what has budgets; --only adds others
_SCALED = ("django",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for."""
    options = _parser().parse_args(arguments)
    if options.scaling:
        return _scaling(options)
    return _baseline(options) if options.baseline else _figures(options)


def _figures(options: argparse.Namespace) -> int:
    budgets, machine = load_budgets(), describe(options.rounds)
    results = []
    for corpus in _corpora(options, _MEASURED):
        measurement = measure(_said(corpus), rounds=options.rounds)
        results.append((measurement, verdicts(measurement, budgets)))
    report = Report(machine, results)
    print(report.as_markdown())
    if options.json:
        options.json.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    if options.write:
        PAGE.write_text(report.as_markdown(), encoding="utf-8")
    return 0 if report.kept else 1


def _scaling(options: argparse.Namespace) -> int:
    machine = "; ".join(f"{key} {value}" for key, value in describe(1).items())
    parts = ["# Scaling", "`make bench ARGS='--scaling --write'` writes this page.", f"Measured with: {machine}."]
    for corpus in _corpora(options, _SCALED):
        parts += [f"## {corpus.name}", scaling_table(scale(_said(corpus), options.scale or SCALES))]
    return _shown("\n\n".join(parts) + "\n", SCALING_PAGE if options.write else None)


def _baseline(options: argparse.Namespace) -> int:
    results = [profile(_said(corpus)) for corpus in _corpora(options, tuple(d.name for d in PINNED))]
    large = [result for result in results if options.corpus or result[0].rows["files"] > LARGE_FILES]
    return _shown(baseline_page(describe(1), large), BASELINE_PAGE if options.write else None)


def _shown(page: str, target: Path | None) -> int:
    print(page)
    if target is not None:
        target.write_text(page, encoding="utf-8")
    return 0


def _said(corpus: Corpus) -> Corpus:
    print(f"measuring {corpus.name} …", file=sys.stderr, flush=True)
    return corpus


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [distribution.name for distribution in PINNED]
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--scaling", action="store_true", help="how phases grow with the tree, instead of all figures")
    what.add_argument("--baseline", action="store_true", help="where the time goes on large trees, instead")
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder to measure; may be repeated")
    parser.add_argument("--only", choices=names, action="append", default=[], help="of the pinned trees, only this one")
    parser.add_argument("--scale", type=float, action="append", default=[], help="with --scaling: another scale")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where archives and trees are kept")
    parser.add_argument("--rounds", type=int, default=3, help="cold runs with embeddings, and as many without")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--write", action="store_true", help="write the page into docs/")
    return parser


def _corpora(options: argparse.Namespace, by_default: Sequence[str]) -> list[Corpus]:
    if options.corpus:
        return [corpus_at(folder) for folder in options.corpus]
    wanted = options.only or by_default
    return [pinned_corpus(d, options.cache) for d in PINNED if d.name in wanted]


if __name__ == "__main__":
    sys.exit(main())
