"""CPU seconds of the raw parse of a tree, the unit of all other figures, and of extraction, in one process.

What flows in: a folder. What flows out: `Units`, as JSON when run as a program, so that neither imports nor garbage of
anything else are in the figures. Both are the best of some rounds, taken in turn, with the collector off.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tree_sitter import Parser

from axon.config import Settings
from axon.files.read import read_file
from axon.files.walk import list_files
from axon.languages import of
from axon.model.source import SourceFile
from axon.parsing.extract import extract
from axon.parsing.parser import grammar

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Units:
    """Files and bytes that are parsed, and CPU seconds per thing that is done with them."""

    files: int
    bytes: int
    raw_parse: float
    extraction: float


def measure_units(root: Path, rounds: int = _ROUNDS) -> Units:
    """Measure the tree at `root` in this process."""
    listed = list_files(root, language_of=of, settings=Settings()).files
    sources = [source for f in listed if isinstance(source := read_file(root, f), SourceFile)]
    languages = {source.language for source in sources}
    parsers = {language: Parser(grammar(language)) for language in languages}
    for language in languages:
        extract(language, b"x\n")  # compiles its query

    def parse() -> None:
        for source in sources:
            parsers[source.language].parse(source.content)

    def facts() -> None:
        for source in sources:
            extract(source.language, source.content)

    gc.collect()
    gc.disable()
    taken = [(_cpu(parse), _cpu(facts)) for _ in range(rounds)]
    gc.enable()
    n_bytes = sum(len(source.content) for source in sources)
    return Units(len(sources), n_bytes, min(t[0] for t in taken), min(t[1] for t in taken))


def _cpu(work: Callable[[], None]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


if __name__ == "__main__":
    print(json.dumps(asdict(measure_units(Path(sys.argv[1])))))
