"""What the names of all members of classes tell: which may run code when they are read, and which no class has.

What flows in: all classes, and objects with accessors. What flows out: names and node rows. It looks at no body.
"""

from collections.abc import Sequence

from axon.languages import named
from axon.model.kinds import CLASS_CODES, Flag
from axon.resolution.names import Names

_ACCESSOR, _STATIC = int(Flag.ACCESSOR), int(Flag.STATIC)


class Members:
    """Of all classes: `names` of what they define, `accessors` among them, that run code when they are read or written.

    By accessor, any of its name in its holder: `getters`, what reading the name runs; `setters`, what writing it runs.
    `reads_all` where reading an attribute that no class has may run something.
    """

    def __init__(self, names: Names) -> None:
        assembly = names.assembly
        self.names: set[str] = set()
        self.accessors: set[str] = set()
        self.getters: dict[int, tuple[int, ...]] = {}
        self.setters: dict[int, tuple[int, ...]] = {}
        together: dict[tuple[int, str, int], list[int]] = {}
        for owner, row in assembly.defines:
            name, flags, in_class = assembly.names[row], assembly.flags[row], assembly.kind[owner] in CLASS_CODES
            if in_class:
                self.names.add(name)
            if flags & _ACCESSOR:
                self.accessors.add(name)
                is_held = in_class or names.classes.holds_members(owner)
                key = (owner, name, flags & _STATIC) if is_held else (row, "", 0)
                together.setdefault(key, []).append(row)
        for rows in together.values():
            self._pair(rows, [assembly.signatures[row] for row in rows], assembly.languages[rows[0]])
        fallbacks = {scopes.language.library.fallback_method for scopes in names.scopes}
        self.reads_all = bool(fallbacks & self.names)

    def _pair(self, rows: Sequence[int], signatures: Sequence[str], language: str) -> None:
        """Tell what reads from what writes: where the receiver is no parameter, what takes none reads."""
        if named(language).receiver_is_parameter:
            reads, writes = rows[:1], rows[1:][-1:]
        else:
            pairs = list(zip(rows, signatures, strict=True))
            reads = [row for row, signature in pairs if signature.startswith("()")][:1]
            writes = [row for row, signature in pairs if not signature.startswith("()")][:1]
        for row in rows:
            self.getters[row], self.setters[row] = tuple(reads), tuple(writes)
