"""How many nodes and edges the labels of a generation are, without reading them as arrays.

What flows in: the folder of a generation. What flows out: counts by kind: what the database and `axon verify` count on
top of the code. It does not know numpy, for `axon status` is asked often.
"""

from pathlib import Path
from typing import Final

from axon.model.kinds import EdgeKind, NodeKind
from axon.storage.arrays import ArrayFile
from axon.storage.drafts import LABELS_FILE

LABEL_NODES: Final = frozenset({NodeKind.COMMUNITY.value, NodeKind.FLOW.value})
"""Values of the kinds that only labels have."""

LABEL_EDGES: Final = frozenset(
    kind.value for kind in (EdgeKind.MEMBER_OF, EdgeKind.STEP_IN_FLOW, EdgeKind.TESTS, EdgeKind.COUPLED_WITH)
)
"""Likewise of edges."""

_NO_COMMUNITY: Final = -1


def count_labels(folder: Path) -> dict[str, int]:
    """Counts by kind, nodes first; empty where the labels have not arrived."""
    path = folder / LABELS_FILE
    if not path.exists():
        return {}
    with ArrayFile(path) as file:
        n_members = sum(number != _NO_COMMUNITY for number in file.array("community.members"))
        return {
            NodeKind.COMMUNITY.value: len(file.array("community.level")),
            NodeKind.FLOW.value: len(file.array("flow.entry")),
            EdgeKind.MEMBER_OF.value: n_members,
            EdgeKind.STEP_IN_FLOW.value: len(file.array("flow.steps")),
            EdgeKind.TESTS.value: len(file.array("tests")) // 2,
            EdgeKind.COUPLED_WITH.value: len(file.array("coupled")) // 4,
        }
