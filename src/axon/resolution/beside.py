"""Declarations that stand in a file beside the source that they are of: `shop.pyi` beside `shop.py`.

What flows in: linked names. What flows out: of a definition in the source the one that declares its types, and of one
that is named in the declarations the one in the source, which is what runs.
"""

from axon.model.facts import NO_DEFINITION
from axon.resolution.names import Names


class Beside:
    """The definitions of a tree that stand in two files; most trees have none."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._declaring: dict[int, int] = {}  # file -> the file that declares its types
        self._sources: dict[int, int] = {}
        self._qualified: dict[int, dict[str, int]] = {}
        for file, scopes in enumerate(names.scopes):
            for source, declaring in scopes.language.declared_beside:
                path = names.assembly.files[file].path
                other = names.file_of_path.get(path.removesuffix(source) + declaring) if path.endswith(source) else None
                if other is not None:
                    self._declaring[file], self._sources[other] = other, file

    def declaring(self, file: int, definition: int) -> int | None:
        """The node row that declares the types of a definition of a file; None where there is none."""
        return self._same(file, definition, self._declaring.get(file)) if self._declaring else None

    def source(self, row: int) -> int:
        """The definition in the source of a node row in its declarations; any other row itself."""
        if not self._sources:
            return row
        file, definition = self._names.assembly.place(row)
        found = self._same(file, definition, self._sources.get(file)) if definition != NO_DEFINITION else None
        return row if found is None else found

    def parameter(self, row: int, file: int, parameter: int) -> tuple[int, int] | None:
        """(file, parameter) of the definition at a node row that has the name of a parameter of another file."""
        facts = self._names.scopes[file].facts
        name = facts.strings[facts.parameters.name[parameter]]
        other, definition = self._names.assembly.place(row)
        beside = self._names.scopes[other].facts
        for found, owner in enumerate(beside.parameters.owner):
            if owner == definition and beside.strings[beside.parameters.name[found]] == name:
                return other, found
        return None

    def _same(self, file: int, definition: int, other: int | None) -> int | None:
        """The node row of another file with the qualified name of a definition."""
        if other is None:
            return None
        if other not in self._qualified:
            rows = self._names.assembly.rows[other]
            self._qualified[other] = {name: rows[n] for n, name in reversed([*enumerate(self._dotted(other))])}
        return self._qualified[other].get(self._dotted_name(file, definition))

    def _dotted(self, file: int) -> list[str]:
        """The qualified names of the definitions of a file."""
        facts, names = self._names.scopes[file].facts, list[str]()
        for name, owner in zip(facts.definitions.name, facts.definitions.owner, strict=True):
            own = facts.strings[name]
            names.append(own if owner == NO_DEFINITION else f"{names[owner]}.{own}")
        return names

    def _dotted_name(self, file: int, definition: int) -> str:
        facts, parts = self._names.scopes[file].facts, list[str]()
        while definition != NO_DEFINITION:
            parts.append(facts.strings[facts.definitions.name[definition]])
            definition = facts.definitions.owner[definition]
        return ".".join(reversed(parts))
