"""Nodes that belong together: communities of a graph, and flows from its entry points.

What flows in: whoever labelled the graph. What flows out: groups by id. It does not know how they were found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Groups:
    """Ids of members by the id of a community or flow; members of a flow are in its order."""

    communities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
