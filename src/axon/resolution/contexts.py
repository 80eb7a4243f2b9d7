"""What the place where a function stands says of its parameters, where they have no annotation.

What flows in: parameters. What flows out: values. A function that is passed, declared or returned where a type of
functions is wanted takes what that type says; one that is passed to a method of the library what the method hands it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from axon.languages.language import Language
from axon.languages.library import REST, Effect
from axon.model.facts import (
    NO_DEFINITION,
    NO_TEXT,
    UNNAMED,
    ExpressionKind,
    FileFacts,
    FlowKind,
    ParameterKind,
    ReferenceKind,
)
from axon.resolution.annotated import Annotations
from axon.resolution.call_arguments import argument_of
from axon.resolution.evaluation import At, Callee, Evaluator
from axon.resolution.slots import joined
from axon.resolution.values import INSTANCES, NOTHING, Values, is_external, is_instance, is_site

_FUNCTION, _DEFINITION = int(ExpressionKind.FUNCTION), int(ExpressionKind.DEFINITION)
_NAME, _MEMBER, _DISPLAY = (int(k) for k in (ExpressionKind.NAME, ExpressionKind.MEMBER, ExpressionKind.DISPLAY))
_HOLDING: Final = frozenset({_FUNCTION, _DEFINITION, _DISPLAY})
_REST: Final = int(ParameterKind.REST)
_MOST_NESTED: Final = 4
_CALL, _RETURNED = int(ReferenceKind.CALL), int(FlowKind.RETURNED)
_RECEIVER = "-1"


class _Use(NamedTuple):
    """A function as a value: passed as argument `place` to what is called, or where `annotation` is wanted."""

    at: At
    callee: int  # -1 where it is no argument
    place: int
    annotation: int  # text
    keyword: str = ""  # under which it is passed
    first: int = -1  # the first ARGUMENT of the call
    path: tuple[str, ...] = ()  # where it is part of what is passed or wanted: the names of the attributes


class _File(NamedTuple):
    """The functions of a file that stand as values; those without a name by the bytes where their bodies begin."""

    starts: Sequence[int]
    rows: Sequence[int]  # of FUNCTION expressions
    uses: dict[int, list[_Use]]  # by body; of a definition by `~row`


class Contexts:
    """Parameters by the places of their functions."""

    def __init__(self, evaluator: Evaluator, annotations: Annotations) -> None:
        self._flow, self._annotations = evaluator, annotations
        self._files: dict[int, _File] = {}
        self._names: dict[tuple[int, int], list[str]] = {}

    def of_definition(self, file: int, definition: int, index: int) -> Values:
        """What a parameter of a definition is given, by its place."""
        uses = self._file(file).uses.get(~definition, ())
        return joined(v for use in uses for v in self._given(use, index))

    def of_inline(self, file: int, start: int, name: str) -> Values:
        """What a parameter is given of the function without a name that begins at a byte."""
        known = self._file(file)
        at = bisect_right(known.starts, start)
        if at == len(known.starts):
            return NOTHING
        names = self._parameters(file, known.rows[at])
        uses = known.uses.get(known.starts[at], ()) if name in names else ()
        return joined(v for use in uses for v in self._given(use, names.index(name)))

    def _parameters(self, file: int, row: int) -> list[str]:
        known = self._names.get((file, row))
        if known is None:
            facts = self._flow.facts(file)
            text = facts.expressions.text[row]
            listed = facts.strings[text] if text >= 0 else ""
            known = self._names[file, row] = inline_parameters(self._flow.language(file), listed)
        return known

    def _given(self, use: _Use, index: int) -> Iterator[int]:
        if use.annotation != NO_TEXT:
            text = self._flow.facts(use.at[0]).strings[use.annotation]
            yield from self._taken(self._annotations.of_text(use.at, text), use, index)
        if use.callee < 0:
            return
        is_own = False
        for callee in self._flow.callees(use.at, use.callee):
            for value in self._run(callee[0]):
                is_own = True
                yield from self._taken(self._wanted(value, use.place), use, index)
            if callee[0] >= INSTANCES:
                for value in self._annotations.functions((callee[0],)):
                    yield from self._taken(self._argument(value, use.place), use, index)
            if is_external(callee[0]) and index == 0 and not use.path:
                yield from self._handed_by(callee, use)
        if not is_own and use.place == 0 and not use.path:
            yield from self._handed(use, index)

    def _handed_by(self, callee: Callee, use: _Use) -> Values:
        """What a function of the library hands to one that it is given: elements of another argument."""
        handing = self._flow.language(use.at[0]).library.handing
        name = self._flow.names.externals.name(callee[0]) if handing else ""
        function, container = handing.get(name, ("", ""))
        if not function or function != (use.keyword or str(use.place)):
            return NOTHING
        if container == _RECEIVER:
            return self._flow.elements((callee[1],))
        row = argument_of(self._flow.facts(use.at[0]), use.first, container)
        return self._flow.elements(self._flow.values(use.at, row)) if row >= 0 else NOTHING

    def _run(self, value: int) -> Values:
        """The functions of the tree that calling a value runs."""
        names = self._flow.names
        if names.is_callable(value):
            return (value,)
        if not names.classes.is_class(value):
            return NOTHING
        language = names.classes.language_of(value)
        return tuple(v for name in language.initializers for v in names.classes.method(value, name))

    def _wanted(self, function: int, index: int) -> Values:
        """What the annotation of a parameter of a function says; of one that takes further arguments, of each."""
        file, definition = self._flow.place(function)
        rows = self._flow.parameters(file, definition)
        kinds = self._flow.facts(file).parameters.kind
        rest = next((row for row in rows[: index + 1] if kinds[row] == _REST), -1)
        if rest >= 0:
            return self._flow.elements(_sites(self._annotations.of_parameter(file, rest)))
        return self._annotations.of_parameter(file, rows[index]) if index < len(rows) else NOTHING

    def _argument(self, function: int, index: int) -> Values:
        """What a type of functions says of an argument."""
        if not self._annotations.is_callable(function):
            return NOTHING
        site = self._flow.sites.site(function)
        arguments = self._annotations.written(site).arguments[:-1]
        rest = next((i for i, one in enumerate(arguments[: index + 1]) if one.name == REST), -1)
        if rest >= 0:
            return self._flow.elements(_sites(self._annotations.argument(site, rest)))
        return self._annotations.argument(site, index) if index < len(arguments) else NOTHING

    def _taken(self, values: Values, use: _Use, index: int) -> Iterator[int]:
        """What functions of the types that values are, or have under a path, take for a parameter."""
        for name in use.path:
            values = joined(v for value in values for v in self._member(value, name))
        for value in self._annotations.functions(values):
            if self._annotations.is_callable(value):
                yield from self._argument(value, index)
            elif use.path and self._flow.names.is_callable(value):
                yield from self._wanted(value, index)

    def _member(self, value: int, name: str) -> Values:
        """What an attribute is declared to be, of a class or written out."""
        return self._flow.read((value,), name) if is_instance(value) or is_site(value) else NOTHING

    def _handed(self, use: _Use, index: int) -> Iterator[int]:
        """What a method of the library hands to the function that it is given."""
        facts = self._flow.facts(use.at[0])
        table, text = facts.expressions, facts.expressions.text[use.callee]
        if text < 0 or table.kind[use.callee] not in (_NAME, _MEMBER):
            return
        receiver, _, name = facts.strings[text].rpartition(".")
        effects = self._flow.language(use.at[0]).library.callbacks.get(name, ())
        if index >= len(effects) or effects[index] is None:
            return
        if table.kind[use.callee] == _MEMBER:
            values = self._flow.values(use.at, table.first[use.callee])
        else:
            values = self._flow.path(use.at, receiver) if receiver else NOTHING
        yield from self._flow.elements(_sites(values)) if effects[index] is Effect.ELEMENT else values

    def _file(self, file: int) -> _File:
        known = self._files.get(file)
        if known is None:
            known = self._files[file] = self._read(file)
        return known

    def _read(self, file: int) -> _File:
        facts = self._flow.facts(file)
        table, flows = facts.expressions, facts.flows
        functions = sorted((table.second[row], row) for row, kind in enumerate(table.kind) if kind == _FUNCTION)
        uses: dict[int, list[_Use]] = {}
        for row, value in enumerate(flows.value):
            at, annotation = (file, flows.scope[row], flows.position[row]), flows.annotation[row]
            if flows.kind[row] == _RETURNED and not flows.end_byte[row] and at[1] != NO_DEFINITION:
                annotation = facts.definitions.returns[at[1]]
            if annotation != NO_TEXT and value >= 0 and table.kind[value] in _HOLDING:
                _note(facts, value, _Use(at, -1, 0, annotation), uses)
        references = facts.references
        for row, kind in enumerate(references.kind):
            if kind != _CALL:
                break  # calls come first
            argument, index = references.argument[row], 0
            at = (file, references.scope[row], references.start_byte[row])
            first = argument
            while argument >= 0:
                held = table.first[argument]
                if held >= 0 and table.kind[held] in _HOLDING:
                    keyword = facts.strings[table.text[argument]] if table.text[argument] >= 0 else ""
                    _note(facts, held, _Use(at, references.value[row], index, NO_TEXT, keyword, first), uses)
                argument, index = table.second[argument], index + 1
        return _File([start for start, _ in functions], [row for _, row in functions], uses)


def _note(facts: FileFacts, value: int, use: _Use, uses: dict[int, list[_Use]]) -> None:
    """Note where a function stands, or those that a display lists."""
    table, strings = facts.expressions, facts.strings
    kind = table.kind[value]
    if kind != _DISPLAY:
        uses.setdefault(table.second[value] if kind == _FUNCTION else ~table.second[value], []).append(use)
    elif len(use.path) < _MOST_NESTED:
        element = table.second[value]
        while element >= 0:
            held = table.first[element]
            if held >= 0 and table.kind[held] in _HOLDING:
                key = strings[table.text[element]] if table.text[element] >= 0 else ""
                if key[:1] == "'":
                    _note(facts, held, use._replace(path=(*use.path, key[1:-1])), uses)
            element = table.second[element]


def inline_parameters(language: Language, listed: str) -> list[str]:
    """What the parameters of a function without a name are known by; a pattern by its place."""
    found = language.parameters(listed if listed.startswith("(") else f"({listed})")
    return [p.name if p.name[:1] not in ("{", "[") else f"{UNNAMED}{place}" for place, p in enumerate(found)]


def _sites(values: Values) -> Values:
    """Of values those that an expression makes or an annotation tells: containers among them have elements."""
    return tuple(value for value in values if is_site(value))
