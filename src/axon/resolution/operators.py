"""What operators, loops, contexts and the like run: methods of their operands.

What flows in: the evaluator, and the names that classes of the tree give to members. What flows out: methods.
"""

from collections.abc import Collection, Sequence
from enum import IntEnum
from typing import Final

from axon.languages.library import Library
from axon.model.facts import NO_TEXT
from axon.resolution.evaluation import At
from axon.resolution.flow import Flow
from axon.resolution.named_calls import initializers
from axon.resolution.slots import NOWHERE
from axon.resolution.values import INSTANCES, Role, is_external, is_instance, is_site


class _Does(IntEnum):
    """What an operator does with its operands."""

    RAISE = 0
    STORE = 1
    LOOP = 2
    ENTER = 3
    OPERATE = 4


_BUILTIN: Final = frozenset({Role.ANNOTATED, Role.CONTAINER, Role.SPREAD})
_RAISE, _STORE, _LOOP = int(_Does.RAISE), int(_Does.STORE), int(_Does.LOOP)
_ENTER, _OPERATE = int(_Does.ENTER), int(_Does.OPERATE)


class _Operator:
    """What an operator does, the methods of its left operand that it can run, and the one of its right.

    `asks` is whether a container runs methods of the right operand.
    """

    __slots__ = ("asks", "does", "methods", "reflected")

    def __init__(self, does: int, methods: tuple[str, ...] = (), reflected: str = "", asks: bool = False) -> None:
        self.does, self.methods, self.reflected, self.asks = does, methods, reflected, asks


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
        if operator.does == _RAISE or operator.methods:
            return True
        return (bool(operator.reflected) or operator.asks) and (
            self._flow.facts(file).references.argument[row] != NO_TEXT
        )

    def runs(self, at: At, row: int) -> list[int]:
        """What an operation runs that writes no attribute."""
        references, operator = self._flow.facts(at[0]).references, self._operator(at[0], row)
        left, does = self._flow.values(at, references.value[row]), operator.does
        if does == _OPERATE:
            found = self.first_of(left, operator.methods)
            right = references.argument[row] if operator.reflected else NO_TEXT
            if right != NO_TEXT and left and all(is_external(value) for value in left):
                found += self.first_of(self._flow.values(at, right), (operator.reflected,))
            if operator.asks and references.argument[row] != NO_TEXT:
                found += self._asked(at, left, references.argument[row])
            return found
        if does == _LOOP:
            return self.iterated(left)
        if does == _ENTER:
            return [run for name in operator.methods for run in self.first_of(left, (name,))]
        return [run for v in left if self._names.classes.is_class(v) for run in initializers(self._names, v)]

    def _asked(self, at: At, containers: Sequence[int], wanted: int) -> list[int]:
        """The methods of an expression's values that containers of the library run to find them."""
        keyed = self._flow.language(at[0]).library.keyed
        methods = dict.fromkeys(name for value in containers for name in keyed.get(self._type_name(value), ()))
        if not any(name in self._members for name in methods):
            return []
        values = self._flow.values(at, wanted)
        return [run for name in methods for run in self.first_of(values, (name,))]

    def _type_name(self, value: int) -> str:
        """The external type of a value; '' where it has none."""
        if is_external(value):
            return self._names.externals.name(value).removesuffix("()")
        is_builtin = is_site(value) and self._flow.sites.site(value).role in _BUILTIN
        return self._flow.objects.type_name(self._flow.sites.site(value)) if is_builtin else ""

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
        asks = text in library.asking and any(m in self._members for names in library.keyed.values() for m in names)
        return _Operator(_OPERATE, methods, reflected if reflected in self._members else "", asks)
