"""Measures pinned trees, or folders, and prints a page; the exit code is 1 where a ceiling is broken."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.budgets import load_budgets, verdicts
from benchmarks.corpora import PINNED, Corpus, corpus_at, default_cache, pinned_corpus
from benchmarks.machine import describe
from benchmarks.measure import measure
from benchmarks.report import Report

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for."""
    options = _parser().parse_args(arguments)
    budgets, machine = load_budgets(), describe(options.rounds)
    results = []
    for corpus in _corpora(options):
        print(f"measuring {corpus.name} …", file=sys.stderr, flush=True)
        measurement = measure(corpus, rounds=options.rounds)
        results.append((measurement, verdicts(measurement, budgets)))
    report = Report(machine, results)
    print(report.as_markdown())
    if options.json:
        options.json.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    if options.write:
        PAGE.write_text(report.as_markdown(), encoding="utf-8")
    return 0 if report.kept else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [distribution.name for distribution in PINNED]
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder to measure; may be repeated")
    parser.add_argument("--only", choices=names, action="append", default=[], help="of the pinned trees, only this one")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where archives and trees are kept")
    parser.add_argument("--rounds", type=int, default=3, help="cold runs with embeddings, and as many without")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser


def _corpora(options: argparse.Namespace) -> list[Corpus]:
    if options.corpus:
        return [corpus_at(folder) for folder in options.corpus]
    return [pinned_corpus(d, options.cache) for d in PINNED if not options.only or d.name in options.only]


if __name__ == "__main__":
    sys.exit(main())
