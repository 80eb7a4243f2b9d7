"""How well, and how soon, searches find what they describe.

What flows in: a corpus. What flows out: ranks of documented functions that are asked for by the first sentence of their
docstring in a copy of the tree that has no docstrings, ranks of names with typos, seconds of building and of asking.
Functions that belong to the calibration of weights are never scored. CPU seconds are given beside wall seconds, because
only they mean something on a machine that does other work.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from axon.embeddings.words import WORD, terms_of
from axon.model.kinds import CALLABLE_CODES, CALLABLE_KINDS
from axon.pipeline import run_pipeline
from axon.questions.opened import Index, open_index
from axon.questions.search import search
from axon.search.calibration import is_calibration
from axon.search.index import SearchIndex
from axon.storage.freeze import read_graph
from benchmarks.corpora import Corpus
from benchmarks.docstrings import copy_without_docstrings, sentences

QUERIES: Final = 1_000
TYPOS: Final = 300
FRESH: Final = 10
"""Of so many queries one is asked by a process of its own as well."""

_RANKS: Final = 10
_K1, _B = 1.2, 0.75  # of the flat BM25 that is compared with: the defaults of Lucene
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_LEAST_NAME: Final = 7  # letters of a name that gets two typos

Seconds = list[float]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """Of one corpus; ratios are 0 to 1, times seconds."""

    n_docs: int
    n_queries: int
    mrr: float
    recall: float
    flat_mrr: float
    typo_mrr: float
    build_cpu: float
    warm_cpu: Seconds
    warm_wall: Seconds
    fresh_cpu: Seconds
    fresh_wall: Seconds


def measure_search(corpus: Corpus, *, n_queries: int = QUERIES) -> SearchFigures:
    """Index a tree and its copy without docstrings, without embeddings, and ask."""
    with tempfile.TemporaryDirectory(prefix="axon-search-") as place:
        plain, bare = Path(place, "plain"), Path(place, "bare")
        for root in (plain, bare):
            copy_without_docstrings(corpus.root, root, strip=root is bare)
            _say(f"indexing {corpus.name}, {root.name}")
            run_pipeline(root, embeddings=False)
        with open_index(plain) as index:
            _say("building, in processes that have seen no word")
            build = min(_build_cpu(plain, Path(place, f"layer-{n}")) for n in range(3))
            asked = _queries(index, n_queries)
            _say(f"asking {len(asked):,} sentences, warm")
            search(index, "what is read once")
            warm = [_timed(lambda text=text: search(index, text)) for text in asked.values()]
            _say(f"{TYPOS} typos")
            typos = _reciprocal_ranks_of_typos(index)
        fresh = [_fresh(plain, text) for text in _told(list(asked.values())[::FRESH], "asking in a fresh process")]
        with open_index(bare) as index:
            ranks = [_rank(index, id, text) for id, text in _told(list(asked.items()), "ranks")]
            _say("ranks of flat BM25")
            flat = _flat_ranks(index, asked)
            assert index.search is not None
            n_docs = index.search.n_docs
    return SearchFigures(
        n_docs,
        len(asked),
        _mean_reciprocal(ranks),
        float(np.mean([0 < rank <= _RANKS for rank in ranks])),
        _mean_reciprocal(flat),
        float(np.mean(typos)),
        build,
        *zip_columns(warm),
        *zip_columns(fresh),
    )


def _say(what: str) -> None:
    print(f"  {what} …", file=sys.stderr, flush=True)


def _told(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The items, with a line where each tenth of them begins."""
    step = max(1, len(items) // 10)
    for number, item in enumerate(items):
        if number % step == 0:
            _say(f"{what}: {number:,} of {len(items):,}")
        yield item


def zip_columns(pairs: Iterable[tuple[float, float]]) -> tuple[Seconds, Seconds]:
    """CPU seconds and wall seconds, apart."""
    cpu, wall = zip(*pairs, strict=True)
    return list(cpu), list(wall)


def searching_table(figures: Sequence[tuple[str, SearchFigures]]) -> str:
    """A table for a page."""
    titles = (
        *("corpus", "symbols", "queries", "MRR@10", "recall@10", "flat BM25", "ratio", "typos"),
        *("build, CPU s", "warm, ms (p50, p95; CPU)", "warm, wall", "fresh, ms (p50, p95; CPU)", "fresh, wall"),
    )
    lines = [f"| {' | '.join(titles)} |", "| --- " + "| ---: " * (len(titles) - 1) + "|"]
    for name, f in figures:
        ratio = f.mrr / f.flat_mrr if f.flat_mrr else 0.0
        cells = (
            *(name, f"{f.n_docs:,}", f"{f.n_queries:,}", f"{f.mrr:.3f}", f"{f.recall:.3f}", f"{f.flat_mrr:.3f}"),
            *(f"{ratio:.2f}", f"{f.typo_mrr:.3f}", f"{f.build_cpu:.2f}"),
            *(f"{_ms(s, 50)}, {_ms(s, 95)}" for s in (f.warm_cpu, f.warm_wall, f.fresh_cpu, f.fresh_wall)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _ms(seconds: Seconds, percentile: int) -> str:
    return f"{np.percentile(seconds, percentile) * 1_000:.1f}"


def _queries(index: Index, limit: int) -> dict[str, str]:
    """Sentences by id, in the order of a digest, without those that weights are found with."""
    found = sentences(index.root, read_graph(index.columns))
    scored = sorted(id for id in found if not is_calibration(id))
    random.Random(1).shuffle(scored)
    return {id: found[id] for id in scored[:limit]}


def _rank(index: Index, id: str, text: str) -> int:
    kinds = [kind.value for kind in CALLABLE_KINDS]
    hits = search(index, text, limit=_RANKS, kinds=kinds, tests="include", snippets=False).hits
    return next((rank for rank, hit in enumerate(hits, 1) if hit.symbol.id == id), 0)


def _mean_reciprocal(ranks: Sequence[int]) -> float:
    return float(np.mean([1 / rank if 0 < rank <= _RANKS else 0 for rank in ranks]))


def _flat_ranks(index: Index, asked: dict[str, str]) -> list[int]:
    """Ranks by BM25 over name, owner, path and body as one bag of words, of functions and methods."""
    layer = index.search
    assert layer is not None
    candidates = layer.is_live & np.isin(layer.numbers("kind"), list(CALLABLE_CODES))
    lengths = layer.lengths[[0, 1, 2, 4]].sum(axis=0)
    norms = _K1 * (1 - _B + _B * lengths / lengths[candidates].mean())
    doc_of = {row: doc for doc, row in enumerate(layer.rows.tolist()) if candidates[doc]}
    ranks = []
    for id, text in asked.items():
        scores = _flat_scores(layer, text, norms, candidates)
        doc = doc_of.get(index.columns.row_of(id))
        ranks.append(1 + int((scores > scores[doc]).sum()) if doc is not None and scores[doc] > 0 else 0)
    return ranks


def _flat_scores(
    layer: SearchIndex, text: str, norms: npt.NDArray[np.float64], candidates: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    scores, n = np.zeros(len(layer.rows)), int(candidates.sum())
    for term in dict.fromkeys(term for word in WORD.findall(text) for term in terms_of(word)):
        for docs, counts in layer.bag_of(term):
            kept = candidates[docs]
            docs, counts = docs[kept], counts[kept]  # noqa: PLW2901
            rarity = np.log(1 + (n - len(docs) + 0.5) / (len(docs) + 0.5))
            scores[docs] += rarity * counts * (_K1 + 1) / (counts + norms[docs])
    scores[~candidates] = 0
    return scores


def _reciprocal_ranks_of_typos(index: Index) -> list[float]:
    """1 / rank of a symbol whose name is typed with one or two typos, 0 beyond the tenth hit."""
    dice = random.Random(2)
    names = [name for name in index.columns.names() if len(name) >= _LEAST_NAME and name.isidentifier()]
    dice.shuffle(names)
    found: list[float] = []
    for name in names:
        if len(found) == TYPOS:
            break
        if not any(index.columns.node(row).path for row in index.columns.rows_named(name)):
            continue
        typed = name
        for _ in range(1 + len(found) % 2):
            typed = _with_typo(typed, dice)
        hits = search(index, typed, limit=_RANKS, tests="include", snippets=False).hits
        found.append(next((1 / rank for rank, hit in enumerate(hits, 1) if hit.symbol.name == name), 0.0))
    return found


def _with_typo(name: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(name) - 1)
    letter = dice.choice(_LETTERS)
    kinds: list[Callable[[], str]] = [
        lambda: name[:at] + name[at + 1 :],
        lambda: name[:at] + letter + name[at:],
        lambda: name[:at] + letter + name[at + 1 :],
        lambda: name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ]
    return dice.choice(kinds)()


def _build_cpu(root: Path, folder: Path) -> float:
    """CPU seconds of making the postings in a process of its own, as a first index does: no word is known to it."""
    command = [sys.executable, "-m", "benchmarks.postings", str(root), str(folder)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ).stdout)


def _timed(ask: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    ask()
    return time.process_time() - cpu, time.perf_counter() - wall


def _fresh(root: Path, text: str) -> tuple[float, float]:
    """CPU and wall seconds of `axon search` as a process of its own."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "axon", "search", text, "--repo", str(root)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    elapsed, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, elapsed
