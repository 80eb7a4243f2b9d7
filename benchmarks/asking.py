"""Asks the fifty questions of questions.toml, one call of `explore` each, and counts the answers that hold.

What flows in: folders of the trees, as `flask=PATH django=PATH prisma=PATH`. What flows out: a table; exit code 1
where a limit is broken. Each tree is copied, committed to a git repository of its own, and indexed; each question is
asked by the MCP SDK's own client, in a process of its own, so that no answer profits from another. A token is four
bytes of UTF-8, of all that the answer holds.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

QUESTIONS = Path(__file__).with_name("questions.toml")
LEAST_ANSWERED = 0.9
MOST_MEDIAN = 3000
MOST_TOKENS = 8000
_IDENTIFIER = r"[\w$#/.:-]"
_TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer: the ids that it lacks, and its size in tokens."""

    question: dict[str, Any]
    missing: tuple[str, ...]
    tokens: int
    seconds: float
    text: str


def load_questions() -> list[dict[str, Any]]:
    """All questions, in their order."""
    questions: list[dict[str, Any]] = tomllib.loads(QUESTIONS.read_text("utf-8"))["question"]
    return questions


def holds(text: str, id: str) -> bool:
    """Whether `id` stands in `text` as itself, not as the beginning or the end of a longer one."""
    for found in re.finditer(re.escape(id), text):
        before, after = text[: found.start()][-1:], text[found.end() :][:2]
        if not re.match(_IDENTIFIER, before) and not re.match(r"[\w$#/]|::|\.[\w$<]", after):
            return True
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask what the arguments choose."""
    options = _parser().parse_args(arguments)
    trees = dict(tree.split("=", 1) for tree in options.trees)
    chosen = [q for q in load_questions() if q["corpus"] in trees and (not options.kind or q["kind"] == options.kind)]
    asked: list[Asked] = []
    with tempfile.TemporaryDirectory(prefix="axon-asking-") as folder:
        for corpus, tree in trees.items():
            root = _prepared(Path(tree), Path(folder, corpus))
            asked += [_ask(root, question, options.show) for question in chosen if question["corpus"] == corpus]
    _report(asked)
    return 0 if _is_kept(asked) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asking", description=__doc__)
    parser.add_argument("trees", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--kind", help="only this kind of question")
    parser.add_argument("--show", action="store_true", help="print the answers")
    return parser


def _prepared(tree: Path, root: Path) -> Path:
    shutil.copytree(tree, root, symlinks=True, ignore=shutil.ignore_patterns(".axon", ".git", "node_modules"))
    identity = ("-c", "user.name=Axon", "-c", "user.email=axon@example.invalid")
    for words in (["init", "-q"], ["add", "-Af"], [*identity, "commit", "-qm", "as it was released"]):
        subprocess.run(["git", "-C", str(root), *words], check=True)
    subprocess.run([sys.executable, "-m", "axon", "analyze", str(root), "--no-embeddings", "--quiet"], check=True)
    return root


def _ask(root: Path, question: dict[str, Any], show: bool) -> Asked:
    with _edited(root, question.get("edit")):
        started = time.perf_counter()
        text = asyncio.run(_answer(root, question["ask"]))
        seconds = time.perf_counter() - started
    missing = tuple(id for id in question["ids"] if not holds(text, id))
    asked = Asked(question, missing, -(-len(text.encode()) // 4), seconds, text)
    print("NOT" if missing else "yes", f"{asked.tokens:5,}", f"{seconds:5.1f} s", question["corpus"], question["ask"])
    for id in missing:
        print("      lacks", id)
    if show:
        print(text)
    return asked


@contextmanager
def _edited(root: Path, edit: dict[str, str] | None) -> Iterator[None]:
    if edit is None:
        yield
        return
    path = root / edit["path"]
    before = path.read_text("utf-8")
    if before.count(edit["old"]) != 1:
        raise ValueError(f"{edit['path']} does not hold the text of the edit exactly once: {edit['old']}")
    path.write_text(before.replace(edit["old"], edit["new"]), "utf-8")
    try:
        yield
    finally:
        path.write_text(before, "utf-8")


async def _answer(root: Path, ask: str) -> str:
    """The answer as a model would see it: its texts, and its structured content where it has any."""
    # A source checkout is found by PYTHONPATH, which the client does not hand over by itself.
    environment = {name: value for name, value in os.environ.items() if name.startswith(("AXON_", "PYTHON"))}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "axon", "mcp", "--repo", str(root)], env=environment
    )
    async with Client(server, read_timeout_seconds=_TIMEOUT) as client:
        result = await client.call_tool("explore", {"question": ask})
    texts = [getattr(block, "text", "") for block in result.content]
    if result.structured_content is not None:
        texts.append(json.dumps(result.structured_content, ensure_ascii=False))
    return "\n".join(texts)


def _report(asked: Sequence[Asked]) -> None:
    kinds = dict.fromkeys(str(a.question["kind"]) for a in asked)
    print("\n| kind | answered | median tokens | most |\n| --- | --- | --- | --- |")
    for kind in [*kinds, "all"]:
        some = [a for a in asked if kind in ("all", a.question["kind"])]
        tokens = [a.tokens for a in some]
        answered = sum(not a.missing for a in some)
        print(f"| {kind} | {answered} of {len(some)} | {statistics.median(tokens):,.0f} | {max(tokens):,} |")


def _is_kept(asked: Sequence[Asked]) -> bool:
    tokens = [a.tokens for a in asked]
    answered = sum(not a.missing for a in asked)
    return (
        answered >= LEAST_ANSWERED * len(asked)
        and statistics.median(tokens) <= MOST_MEDIAN
        and max(tokens) <= MOST_TOKENS
    )


if __name__ == "__main__":
    sys.exit(main())
