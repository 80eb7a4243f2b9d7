"""What the names of all members of classes tell: which may run code when they are read, and which no class has.

What flows in: all classes. What flows out: names and node rows. It looks at no file's bodies.
"""

from typing import Final

from axon.model.kinds import CLASS_CODES, Flag
from axon.resolution.names import Names

_ACCESSOR: Final = int(Flag.ACCESSOR)


class Members:
    """Of all classes: `names` of what they define, `accessors` among them, that run code when they are read.

    `setters` are, by the first accessor of a class's name, the last that is not the first: what writing it runs.
    `reads_all` where reading an attribute that no class has may run something.
    """

    def __init__(self, names: Names) -> None:
        assembly = names.assembly
        self.names: set[str] = set()
        self.accessors: set[str] = set()
        self.setters: dict[int, int] = {}
        first: dict[tuple[int, str], int] = {}
        for owner, row in assembly.defines:
            if assembly.kind[owner] in CLASS_CODES:
                name = assembly.names[row]
                self.names.add(name)
                if assembly.flags[row] & _ACCESSOR:
                    self.accessors.add(name)
                    getter = first.setdefault((owner, name), row)
                    if getter != row:
                        self.setters[getter] = row
        fallbacks = {scopes.language.library.fallback_method for scopes in names.scopes}
        self.reads_all = bool(fallbacks & self.names)
