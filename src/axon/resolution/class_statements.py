"""What a class statement runs without naming it.

What flows in: the evaluator, settled. What flows out: CALLS edges from the scope in which a class is defined to what
its metaclass makes it with, to what the classes behind it do with each subclass, and to what its fields hold and are
told their names by (The Python Language Reference, 3.3.3 "Customizing class creation").
"""

from collections.abc import Collection, Iterator

from axon.model.kinds import CLASS_CODES, EdgeKind, Flag, Rule
from axon.resolution.evaluation import Slot
from axon.resolution.evidence import EDGE_CODE, RULE_CODE, EdgeRows
from axon.resolution.flow import Flow
from axon.resolution.values import INSTANCES, is_external, is_instance

_CALLS, _IMPLICIT = EDGE_CODE[EdgeKind.CALLS], RULE_CODE[Rule.IMPLICIT]
_FIELD = int(Flag.FIELD)


class ClassStatements:
    """The class statements of a tree, file by file."""

    def __init__(self, flow: Flow, members: Collection[str]) -> None:
        """`members` are the names that classes of the tree give to what they define."""
        self._flow, self._names, self._members = flow, flow.names, members

    def write(self, file: int, edges: EdgeRows) -> None:
        """Add the CALLS edges of one file."""
        assembly = self._names.assembly
        library, table = self._flow.language(file).library, self._flow.facts(file).definitions
        methods = (*library.class_makers, library.subclass_method, library.naming_method)
        if library.metaclass is None or not any(name in self._members for name in methods):
            return
        rows = [*assembly.rows[file], assembly.file_row + file]  # [-1] is the file
        runs: dict[int, dict[int, None]] = {}  # by definition of a class
        for definition, row in enumerate(assembly.rows[file]):
            if assembly.kind[row] in CLASS_CODES:
                runs[definition] = dict.fromkeys(self.of_class(row))
        self._flow.slots.enter(file)
        for field, owner in zip(assembly.rows[file], table.owner, strict=True):
            if owner in runs and library.naming_method in self._members and assembly.flags[field] & _FIELD:
                runs[owner].update(dict.fromkeys(self.of_field(field)))
        for definition, found in runs.items():
            start = table.start_byte[definition]
            for run in found:
                caller, line = rows[table.owner[definition]], table.start_line[definition]
                edges.rows.extend((_CALLS, caller, run, line, 0, start, start, _IMPLICIT))

    def of_class(self, row: int) -> Iterator[int]:
        """What the statement of the class at a node row runs of its metaclass and of the classes behind it."""
        classes = self._names.classes
        library = classes.language_of(row).library
        for own in classes.metaclass(row):
            for name in library.class_makers:
                yield from classes.method(own, name)
        if library.subclass_method in self._members:
            for base in classes.heritage.order(row)[1:]:
                if is_external(base):
                    return  # it may have the method as well
                found = [v for v in classes.member(base, library.subclass_method) if self._names.is_callable(v)]
                if found:
                    yield from found
                    return

    def of_field(self, row: int) -> Iterator[int]:
        """What the class statement runs of the values that the field at a node row holds."""
        for held in self._flow.slot(Slot.STORED, row):
            if is_instance(held):
                name = self._names.classes.language_of(held - INSTANCES).library.naming_method
                yield from self._names.classes.method(held - INSTANCES, name)
