"""What was written about the nodes of a generation: one compressed file of it, where anything was.

What flows in: artifacts. What flows out: the same. It does not know how they came about. The file is listed in the
manifest like any other of a generation, so that damage to it is seen.
"""

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import zstandard

from axon.errors import DamagedIndexError
from axon.model.artifacts import Claim, Review, State, Written
from axon.model.kinds import NodeKind

ARTIFACTS_FILE: Final = "artifacts.jsonl.zst"


def write_artifacts(folder: Path, written: Sequence[Written]) -> None:
    """Put the artifacts into the folder of a draft, in the order given; without any there is no file."""
    if written:
        lines = "".join(json.dumps(_as_json(one), ensure_ascii=False) + "\n" for one in written)
        content = lines.encode("utf-8", "surrogatepass")
        packed = zstandard.ZstdCompressor(level=3, write_checksum=True).compress(content)
        (folder / ARTIFACTS_FILE).write_bytes(packed)


def read_artifacts(folder: Path) -> list[Written]:
    """The artifacts of the generation in `folder`, sorted by task and node.

    Raises:
        DamagedIndexError: the file cannot be read.
    """
    path = folder / ARTIFACTS_FILE
    if not path.exists():
        return []
    try:
        content = zstandard.ZstdDecompressor().decompress(path.read_bytes())
        return [_written(json.loads(line)) for line in content.decode("utf-8", "surrogatepass").split("\n")[:-1]]
    except (OSError, zstandard.ZstdError, ValueError, TypeError, KeyError) as error:
        raise DamagedIndexError(f"{path} cannot be read: {error}") from error


def _as_json(written: Written) -> dict[str, Any]:
    values = {field.name: getattr(written, field.name) for field in fields(written)}
    values["claims"] = [[getattr(claim, field.name) for field in fields(claim)] for claim in written.claims]
    return values


def _written(values: dict[str, Any]) -> Written:
    claims = tuple(_claim(*row) for row in values["claims"])
    read = {
        "kind": NodeKind(values["kind"]),
        "review": Review(values["review"]),
        "state": State(values["state"]),
        "claims": claims,
        "members": tuple(values["members"]),
    }
    return Written(**{**values, **read})


def _claim(sort: str, text: str, quote: str, line: int, found: int, state: str) -> Claim:  # noqa: PLR0917
    return Claim(sort, text, quote, line, found, State(state))
