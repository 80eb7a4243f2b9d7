"""Values outside the tree: what calling, iterating, reading and entering them gives.

What flows in: external values, and the call. What flows out: values, by what stubs say of them. Where none says
anything a result is something of its own, called after what gave it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from axon.languages.library import Annotation
from axon.model.facts import ExpressionKind
from axon.resolution.evaluation import At, Evaluator
from axon.resolution.signatures import NO_ARGUMENTS, UNTOLD, Argument, Arguments
from axon.resolution.values import PASSED, UNKNOWN, Values, is_external

_NAME, _FUNCTION, _LITERAL = (
    int(kind) for kind in (ExpressionKind.NAME, ExpressionKind.FUNCTION, ExpressionKind.LITERAL)
)
_UNTOLD: Final = Annotation(UNTOLD, ())
_NO_TYPE: Final = Annotation("", ())
_ENTERED: Final = ("__enter__", "__aenter__")
_MOST_PARTS: Final = 16  # of a dotted name; what takes attributes of attributes in a ring makes no endless names


class Outside:
    """What external values give."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._flow = evaluator
        self._externals = evaluator.names.externals
        self._types = self._externals.types

    def external(self, value: int) -> int:
        """What an external value gives when it is called, iterated or the like, and no stub says what: something of
        its own."""
        return self._externals.value(f"{self._externals.name(value).partition('(')[0]}()")

    def called(self, value: int, receiver: int, at: At, row: int) -> Values:
        """What a call of an external value that is an attribute of a receiver gives."""
        told = self._told(value, receiver, at, row)
        if told is not None:
            return told
        if row >= 0 and self._has_own(at, row):
            return (UNKNOWN,)
        return (self.external(value),)

    def _told(self, value: int, receiver: int, at: At, row: int) -> Values | None:
        """What stubs say that a call gives."""
        if not self._types.modules:
            return None
        arguments = NO_ARGUMENTS
        if row >= 0:
            arguments = Arguments(lambda: list(self._arguments(at, row)), lambda: self._has_own(at, row))
        on = self._externals.name(receiver) if is_external(receiver) else ""
        names = self._types.called(self._externals.name(value), on, arguments)
        return None if names is None else self._named(names)

    def element(self, value: int) -> Values:
        """What iterating an external value gives."""
        names = self._types.element(self._externals.name(value))
        return (self.external(value),) if names is None else self._named(names)

    def item(self, value: int, key: str) -> Values:
        """What stands under a key of an external value, any where it is ''."""
        names = self._types.item(self._externals.name(value), key)
        return (self.external(value),) if names is None else self._named(names)

    def place(self, value: int, index: str) -> Values:
        """What stands at a place of an external value that is unpacked."""
        names = self._types.place(self._externals.name(value), index)
        return self.element(value) if names is None else self._named(names)

    def entered(self, value: int) -> Values:
        """What entering an external value as a context gives."""
        names = self._types.result(self._externals.name(value), *_ENTERED)
        return (value,) if names is None else self._named(names)

    def attribute(self, value: int, name: str) -> Values:
        """An attribute of an external value; of an instance, the attribute of its class where that is told."""
        outside = self._externals.name(value)
        told = self._types.read(outside, name)
        if told:
            return self._named(told)
        owner = outside.removesuffix("()").partition("[")[0]
        if owner.count(".") >= _MOST_PARTS:
            return (UNKNOWN,)
        last = owner.rpartition(".")[2].lstrip("_")
        is_class = last[:1].isupper() or owner.startswith("builtins.")
        return (self._externals.value(f"{owner if is_class else outside}.{name}"),)

    def _named(self, names: Sequence[str]) -> Values:
        return tuple(UNKNOWN if name == UNTOLD else self._externals.value(name) for name in names)

    def _listed(self, at: At, row: int) -> list[tuple[str, int]]:
        return self._flow.listed(at[0], self._flow.facts(at[0]).expressions.second[row])

    def _arguments(self, at: At, row: int) -> Iterator[Argument]:
        """What is known of the arguments of a call."""
        facts = self._flow.facts(at[0])
        table, builtins = facts.expressions, self._flow.language(at[0]).builtins_module
        for keyword, expression in self._listed(at, row):
            if expression < 0:
                yield Argument(keyword, _NO_TYPE, None)
            elif table.kind[expression] == _LITERAL:
                name, text = facts.strings[table.text[expression]], table.second[expression]
                known = Annotation(f"{builtins}.{name}", ()) if name != "None" else _NO_TYPE
                yield Argument(keyword, known, facts.strings[text] if text >= 0 else None)
            else:
                yield Argument(keyword, self._type(self._flow.values(at, expression)), None)

    def _type(self, values: Values) -> Annotation:
        """The type of what an argument holds; that of the tree's own is not told."""
        if any(0 <= value < PASSED for value in values):
            return _UNTOLD
        if len(values) != 1 or not is_external(values[0]):
            return _NO_TYPE
        return self._types.type_of(self._externals.name(values[0])) or _NO_TYPE

    def _has_own(self, at: At, row: int) -> bool:
        """Whether a function or class of the tree, or a function without a name, is passed."""
        return any(self._is_own(at, expression) for _, expression in self._listed(at, row))

    def _is_own(self, at: At, expression: int) -> bool:
        if expression < 0:
            return False
        kind = self._flow.facts(at[0]).expressions.kind[expression]
        if kind != _NAME:
            return kind == _FUNCTION
        names = self._flow.names
        return any(
            names.is_callable(value) or names.classes.is_class(value) for value in self._flow.values(at, expression)
        )
