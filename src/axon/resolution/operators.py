"""What operators, loops, contexts and the like run: methods of their operands.

What flows in: the evaluator, and the names that classes of the tree give to members. What flows out: methods.
"""

from collections.abc import Collection, Sequence
from enum import IntEnum

from axon.languages.library import Library
from axon.model.facts import NO_TEXT
from axon.resolution.evaluation import At
from axon.resolution.flow import Flow
from axon.resolution.named_calls import initializers
from axon.resolution.slots import NOWHERE
from axon.resolution.values import INSTANCES, is_external, is_instance


class _Does(IntEnum):
    """What an operator does with its operands."""

    RAISE = 0
    STORE = 1
    LOOP = 2
    ENTER = 3
    OPERATE = 4


_RAISE, _STORE, _LOOP = int(_Does.RAISE), int(_Does.STORE), int(_Does.LOOP)
_ENTER, _OPERATE = int(_Does.ENTER), int(_Does.OPERATE)


class _Operator:
    """What an operator does, the methods of its left operand that it can run, and the one of its right."""

    __slots__ = ("does", "methods", "reflected")

    def __init__(self, does: int, methods: tuple[str, ...] = (), reflected: str = "") -> None:
        self.does, self.methods, self.reflected = does, methods, reflected


class Operators:
    """The operators of the languages of a tree."""

    def __init__(self, flow: Flow, members: Collection[str]) -> None:
        self._flow, self._names, self._members = flow, flow.names, members
        self._known: dict[tuple[str, str], _Operator] = {}  # by language and text
        self._file, self._of_file = NOWHERE, dict[int, _Operator]()  # those of one file, by text

    def is_store(self, file: int, row: int) -> bool:
        """Whether an operation writes an attribute."""
        return self._operator(file, row).does == _STORE

    def may_run(self, file: int, row: int) -> bool:
        """Whether an operation can run anything."""
        operator = self._operator(file, row)
        is_reflected = bool(operator.reflected) and self._flow.facts(file).references.argument[row] != NO_TEXT
        return operator.does == _RAISE or bool(operator.methods) or is_reflected

    def runs(self, at: At, row: int) -> list[int]:
        """What an operation runs that writes no attribute."""
        references, operator = self._flow.facts(at[0]).references, self._operator(at[0], row)
        left, does = self._flow.values(at, references.value[row]), operator.does
        if does == _OPERATE:
            found = self.first_of(left, operator.methods)
            right = references.argument[row] if operator.reflected else NO_TEXT
            if right != NO_TEXT and left and all(is_external(value) for value in left):
                found += self.first_of(self._flow.values(at, right), (operator.reflected,))
            return found
        if does == _LOOP:
            return self.iterated(left)
        if does == _ENTER:
            return [run for name in operator.methods for run in self.first_of(left, (name,))]
        return [run for v in left if self._names.classes.is_class(v) for run in initializers(self._names, v)]

    def first_of(self, values: Sequence[int], methods: Sequence[str]) -> list[int]:
        """The first of some methods that the class of each instance defines."""
        runs: list[int] = []
        for value in values:
            if not is_instance(value):
                continue
            for name in methods:
                found = self._names.classes.method(value - INSTANCES, name) if name in self._members else ()
                if found:
                    runs += [v for v in found if self._names.is_callable(v)]
                    break
        return runs

    def iterated(self, values: Sequence[int]) -> list[int]:
        """What iterating instances runs."""
        runs: list[int] = []
        for value in values:
            if not is_instance(value):
                continue
            library = self._names.classes.language_of(value - INSTANCES).library
            has_iterator = False
            for start, advance in library.iterate:
                for method in self.first_of((value,), (start,)):
                    has_iterator = True
                    runs.append(method)
                    runs += self.first_of(self._flow.results.of_method(value, start), (advance,))
            if not has_iterator and not self._names.has_outside(value - INSTANCES):
                runs += self.first_of((value,), (library.element_method,))
        return runs

    def _operator(self, file: int, row: int) -> _Operator:
        """The operator of a reference row, by the methods that some class of the tree has."""
        if file != self._file:
            self._file, self._of_file = file, {}
        facts = self._flow.facts(file)
        number = facts.references.text[row]
        found = self._of_file.get(number)
        if found is None:
            language, text = self._flow.language(file), facts.strings[number]
            found = self._known.get((language.name, text))
            if found is None:
                found = self._known[language.name, text] = self._find(language.library, text)
            self._of_file[number] = found
        return found

    def _find(self, library: Library, text: str) -> _Operator:
        if text in library.raising:
            return _Operator(_RAISE)
        if text in library.storing:
            return _Operator(_STORE)
        if text in library.loops:
            return _Operator(_LOOP, tuple(n for pair in library.iterate for n in pair if n in self._members))
        if text in library.contexts:
            return _Operator(_ENTER, tuple(n for n in library.contexts[text] if n in self._members))
        methods = tuple(name for name in library.operators.get(text, ()) if name in self._members)
        reflected = library.reflected.get(text.rstrip("="), "")
        return _Operator(_OPERATE, methods, reflected if reflected in self._members else "")
