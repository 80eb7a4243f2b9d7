"""Which nodes of a directed graph hang together in circles.

What flows in: edges as pairs of numbers. What flows out: strongly connected components of more than one node. It knows
no kinds.

Source: Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972), without recursion.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence


def cycles_of(edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The components of two nodes or more, each ascending, by their first node; linear in nodes and edges."""
    following: dict[int, list[int]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
        following.setdefault(target, [])
    search = _Search(following)
    for root in sorted(following):
        search.visit(root)
    return sorted(sorted(component) for component in search.found if len(component) > 1)


class _Search:
    """One search through a graph, root by root."""

    def __init__(self, following: Mapping[int, Sequence[int]]) -> None:
        self._following = following
        self._order: dict[int, int] = {}
        self._low: dict[int, int] = {}
        self._stack: list[int] = []
        self._on_stack: set[int] = set()
        self.found: list[list[int]] = []

    def visit(self, root: int) -> None:
        """Find the components that can be reached from `root` and were not yet."""
        if root in self._order:
            return
        path = [(root, self._entered(root))]
        while path:
            node, others = path[-1]
            fresh = self._next(node, others)
            if fresh is not None:
                path.append((fresh, self._entered(fresh)))
                continue
            path.pop()
            if path:
                above = path[-1][0]
                self._low[above] = min(self._low[above], self._low[node])
            if self._low[node] == self._order[node]:
                self.found.append(self._popped(node))

    def _entered(self, node: int) -> Iterator[int]:
        self._order[node] = self._low[node] = len(self._order)
        self._stack.append(node)
        self._on_stack.add(node)
        return iter(self._following[node])

    def _next(self, node: int, others: Iterator[int]) -> int | None:
        """The next neighbour that was not visited; what is on the stack lowers the node's number."""
        for other in others:
            if other not in self._order:
                return other
            if other in self._on_stack:
                self._low[node] = min(self._low[node], self._order[other])
        return None

    def _popped(self, node: int) -> list[int]:
        component: list[int] = []
        while not component or component[-1] != node:
            component.append(self._stack.pop())
            self._on_stack.discard(component[-1])
        return component
