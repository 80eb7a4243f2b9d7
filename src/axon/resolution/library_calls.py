"""What functions of a language's library run when they are called: methods of what they are given, and functions.

What flows in: the evaluator, a call, and what it calls outside the tree. What flows out: what runs besides.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from axon.languages.library import Library
from axon.model.facts import NO_TEXT
from axon.resolution.evaluation import At
from axon.resolution.flow import Flow
from axon.resolution.operators import Operators
from axon.resolution.values import Values

_ORDERING: Final = "key"  # what is given under it is compared in place of the elements


class LibraryCalls:
    """Calls of the library that run code of the tree."""

    def __init__(self, flow: Flow, operators: Operators, members: Collection[str]) -> None:
        self._flow, self._operators, self._members = flow, operators, members
        self._runs: dict[tuple[str, int], bool] = {}  # by language and value

    def may_run(self, file: int, value: int) -> bool:
        """Whether an external function may run anything that a class of the tree defines, or that it is given."""
        language = self._flow.language(file)
        known = self._runs.get((language.name, value))
        if known is None:
            name = self._flow.names.externals.name(value)
            known = self._runs[language.name, value] = self._may_run(language.library, name)
        return known

    def _may_run(self, library: Library, name: str) -> bool:
        if name in library.callers or name in library.iterating:
            return True
        methods = [*library.protocols.get(name, ()), *library.formatting.get(name, ()), *_asked(library, name)]
        methods += [library.comparing[name][0]] if name in library.comparing else []
        return any(method in self._members for method in methods)

    def run(self, at: At, row: int, functions: Sequence[int]) -> Iterator[int]:
        """What the external functions run that the call at a reference row calls."""
        argument = self._flow.facts(at[0]).references.argument[row]
        library = self._flow.language(at[0]).library
        given = self._flow.results.listed(at[0], argument) if argument != NO_TEXT else []
        placed = [expression for keyword, expression in given if not keyword]
        for value in functions:
            name = self._flow.names.externals.name(value)
            if placed:
                yield from self._of_first(at, placed[0], library, name)
            if name in library.formatting:
                for _, expression in given:
                    yield from self._first_of(at, expression, library.formatting[name])
            if name in library.comparing and all(keyword != _ORDERING for keyword, _ in given):
                method, place = library.comparing[name]
                yield from self._compared(at, row, placed if place >= 0 else None, method)
            if name in library.callers:
                yield from self._called_back(at, given, library.callers[name])

    def first_given(self, file: int, argument: int) -> int:
        """The expression of the first argument without a keyword; -1 where there is none."""
        return next((value for keyword, value in self._flow.results.listed(file, argument) if not keyword), -1)

    def _of_first(self, at: At, expression: int, library: Library, name: str) -> Iterator[int]:
        """Methods of its first argument that a function runs."""
        yield from self._first_of(at, expression, library.protocols.get(name, ()))
        for method in _asked(library, name):
            yield from self._first_of(at, expression, (method,))
        if name in library.iterating:
            yield from self._operators.iterated(self._flow.values(at, expression))

    def _first_of(self, at: At, expression: int, methods: Sequence[str]) -> Sequence[int]:
        if expression < 0 or not any(method in self._members for method in methods):
            return ()
        return self._operators.first_of(self._flow.values(at, expression), methods)

    def _compared(self, at: At, row: int, placed: Sequence[int] | None, method: str) -> Sequence[int]:
        """The method by which elements are compared: of the arguments where there are several, of the receiver's
        where `placed` is None."""
        if method not in self._members:
            return ()
        values: Values = ()
        if placed is None:
            values = self._flow.elements(self._receiver(at, row))
        elif len(placed) == 1 and placed[0] >= 0:
            values = self._flow.elements(self._flow.values(at, placed[0]))
        else:
            values = tuple(v for expression in placed if expression >= 0 for v in self._flow.values(at, expression))
        return self._operators.first_of(tuple(dict.fromkeys(values)), (method,))

    def _receiver(self, at: At, row: int) -> Values:
        """What the callee of a call is an attribute of."""
        facts = self._flow.facts(at[0])
        table, callee = facts.expressions, facts.references.value[row]
        if callee < 0:
            return ()
        if table.first[callee] >= 0:
            return self._flow.values(at, table.first[callee])
        before = facts.strings[table.text[callee]].rpartition(".")[0]
        return self._flow.path(at, before) if before else ()

    def _called_back(self, at: At, given: Sequence[tuple[str, int]], wanted: Sequence[str]) -> Iterator[int]:
        """Functions among the arguments that a function calls."""
        for index, (keyword, expression) in enumerate(given):
            if (keyword or str(index)) in wanted and expression >= 0:
                for value in self._flow.values(at, expression):
                    if self._flow.names.is_callable(value):
                        yield value


def _asked(library: Library, name: str) -> Sequence[str]:
    """The methods of what it is given that a method of a container of the library runs."""
    before, _, method = name.rpartition(".")
    return library.keyed.get(before, ()) if method in library.asking_methods else ()
