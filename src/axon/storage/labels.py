"""The labels of a generation: a file of its folder that arrives later than the rest, or never.

What flows in: labels. What flows out: the same. It does not know what they mean. Like the Kuzu file they can be made
again from the columns at any time.
"""

from pathlib import Path
from typing import Final

import numpy as np

from axon.errors import DamagedIndexError
from axon.graph.labels import Communities, Flows, Labels
from axon.graph.view import Rows
from axon.storage.arrays import ArrayFile, write_arrays
from axon.storage.drafts import LABELS_FILE
from axon.storage.durable import sync_folder

_DRAFT: Final = ".draft-labels"
_VERSION: Final = 1


def write_labels(folder: Path, labels: Labels) -> None:
    """Put the labels of the published generation in `folder` in force; the caller is the writer."""
    c, f = labels.communities, labels.flows
    arrays = {
        "community.level": c.level,
        "community.centre": c.centre,
        "community.parent": c.parent,
        "community.members": c.members,
        "flow.entry": f.entry,
        "flow.offsets": f.offsets,
        "flow.steps": f.steps,
        "flow.depth": f.depth,
        "tests": labels.tests,
        "unused": labels.unused,
        "coupled": labels.coupled,
    }
    draft = folder / _DRAFT
    narrow = {name: np.ascontiguousarray(array, np.int32) for name, array in arrays.items()}
    write_arrays(draft, narrow, {"version": _VERSION})
    draft.replace(folder / LABELS_FILE)
    sync_folder(folder)


def has_labels(folder: Path) -> bool:
    """Whether the labels of the generation in `folder` have arrived."""
    return (folder / LABELS_FILE).exists()


def read_labels(folder: Path) -> Labels:
    """The labels of the generation in `folder`.

    Raises:
        DamagedIndexError: they are not there, or not as they were written.
    """
    path = folder / LABELS_FILE
    with ArrayFile(path) as file:
        if file.meta.get("version") != _VERSION or not file.is_whole():
            raise DamagedIndexError(f"{path} is not as it was written.")

        def rows(name: str) -> Rows:
            return np.asarray(file.array(name)).astype(np.int64)

        members = rows("community.members").reshape(2, -1)
        communities = Communities(rows("community.level"), rows("community.centre"), rows("community.parent"), members)
        flows = Flows(rows("flow.entry"), rows("flow.offsets"), rows("flow.steps"), rows("flow.depth"))
        return Labels(communities, flows, rows("tests").reshape(-1, 2), rows("unused"), rows("coupled").reshape(-1, 4))
