"""How far the vectors of an index are, as their worker says beside them.

What flows in: the folder of the vectors, or what a worker says. What flows out: states, one a model, and which of them
cannot be read: those are as good as none, for the vectors are counted again. numpy is not imported here.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from axon.errors import DamagedIndexError
from axon.storage.durable import replace_text

VECTORS_FOLDER: Final = "vectors"
STATE_FILE: Final = "state.json"


@dataclass(frozen=True, slots=True)
class EmbeddingState:
    """How far a model is with the current graph: `done` of `total` nodes; `finished` when no worker has more to do."""

    model: str
    dimension: int
    done: int
    total: int
    finished: bool

    def write(self, folder: Path) -> None:
        """Keep it in the folder of the model's vectors; readers see the old state or the new."""
        replace_text(folder / STATE_FILE, json.dumps(asdict(self)) + "\n")


def read_state(folder: Path) -> EmbeddingState | None:
    """The state in the folder of a model's vectors; None where no worker has said anything.

    Raises:
        DamagedIndexError: it is no such thing.
    """
    path = folder / STATE_FILE
    try:
        said = json.loads(path.read_bytes())
        counts = {name: int(said[name]) for name in ("dimension", "done", "total")}
        return EmbeddingState(model=str(said["model"]), finished=bool(said["finished"]), **counts)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DamagedIndexError(f"{path} cannot be read: {type(error).__name__}: {error}") from error


def embedding_states(vectors: Path) -> tuple[list[EmbeddingState], list[Path]]:
    """The state of every model that has vectors in an index, that worked on last at the end; and damaged files."""
    found: list[EmbeddingState] = []
    damaged: list[Path] = []
    files = [path for path in vectors.glob(f"*/{STATE_FILE}") if path.is_file()]
    for path in sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.parent.name)):
        try:
            state = read_state(path.parent)
        except DamagedIndexError:
            damaged.append(path)
        else:
            found += [state] if state is not None else []
    return found, damaged
