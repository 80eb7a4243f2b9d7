"""Classes, their bases and their method resolution order.

What flows in: the values that each class's bases resolve to, asked for once, and the members that a class's body binds.
What flows out: the MRO by C3 linearization (Barrett et al., "A Monotonic Superclass Linearization for Dylan", 1996; the
order Python uses since 2.3), and members looked up along it. Where C3 has no answer (conflicting or cyclic bases), the
order is depth first, each class once.
"""

from collections.abc import Callable, Sequence

from axon.resolution.values import is_external


class Heritage:
    """MROs by class row; bases may be external values, whose own bases are not known."""

    def __init__(self, bases_of: Callable[[int], Sequence[int]]) -> None:
        self._bases_of = bases_of
        self._bases: dict[int, Sequence[int]] = {}
        self._orders: dict[int, tuple[int, ...]] = {}
        self._open: set[int] = set()
        self._asked: set[int] = set()  # classes whose bases are being looked up

    def bases(self, row: int) -> Sequence[int]:
        """Values of the bases of a class, in the order written; unknown ones are left out."""
        known = self._bases.get(row)
        if known is not None:
            return known
        if is_external(row) or row in self._asked:
            return ()  # a base that is named through the class itself: nothing is inherited from it yet
        self._asked.add(row)
        known = self._bases[row] = self._bases_of(row)
        self._asked.discard(row)
        return known

    def order(self, row: int) -> tuple[int, ...]:
        """The MRO of a class, itself first; external bases stand where they fall."""
        known = self._orders.get(row)
        if known is not None:
            return known
        if row in self._open:
            return (row,)  # a cycle: no class can be its own base, so the inner mention adds nothing
        self._open.add(row)
        bases = self.bases(row)
        orders = [self.order(base) for base in bases]
        merged = _merge([*map(list, orders), list(bases)])
        rest = merged if merged is not None else _depth_first(orders)
        order = (row, *(base for base in rest if base != row))
        self._open.discard(row)
        self._orders[row] = order
        return order


def _merge(sequences: list[list[int]]) -> list[int] | None:
    """The C3 merge; None where the orders contradict each other."""
    merged: list[int] = []
    while sequences := [s for s in sequences if s]:
        for sequence in sequences:
            head = sequence[0]
            if not any(head in other[1:] for other in sequences):
                break
        else:
            return None
        merged.append(head)
        for sequence in sequences:
            if sequence[0] == head:
                del sequence[0]
    return merged


def _depth_first(orders: Sequence[Sequence[int]]) -> list[int]:
    return list(dict.fromkeys(row for order in orders for row in order))
