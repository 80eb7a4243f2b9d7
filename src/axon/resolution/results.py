"""What calling a value gives.

What flows in: callees with their receivers, and the call. What flows out: values. What a function of the tree returns
is a slot of its own; where it returns a parameter or its receiver, that is filled in at the call. What an external
function does is told by its language's library, else by stubs; of any other the result is outside the tree, unless it
was given a function or class of the tree, which it may hand back.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from axon.languages.library import Effect, Model
from axon.model.facts import NO_DEFINITION, ExpressionKind, ParameterKind
from axon.resolution.annotated import Annotations
from axon.resolution.evaluation import At, Callee, Evaluator, Slot
from axon.resolution.generics import Generics, Given, How
from axon.resolution.outside import Outside
from axon.resolution.slots import joined
from axon.resolution.taking import Taking, given_to
from axon.resolution.texts import names_of
from axon.resolution.values import (
    APPLIED,
    CALLED,
    INSTANCES,
    MANY,
    MISSING,
    NOTHING,
    OPEN,
    PASSED,
    RECEIVER,
    UNKNOWN,
    Role,
    Site,
    Values,
    is_external,
    is_instance,
    is_site,
    parameter_of,
)

_NAME: Final = int(ExpressionKind.NAME)
_KEYWORD_ONLY, _REST = int(ParameterKind.KEYWORD_ONLY), int(ParameterKind.REST)
_KEYWORD_REST: Final = int(ParameterKind.KEYWORD_REST)
_SITE_ROLES: Final = {
    Effect.PARTIAL: Role.PARTIAL,
    Effect.RESULTS: Role.RESULTS,
    Effect.PAIRS: Role.PAIRS,
    Effect.ROWS: Role.ROWS,
    Effect.ITEMS: Role.ITEMS,
    Effect.REFERENCE: Role.REFERENCE,
    Effect.PLACES: Role.PLACES,
    Effect.VALUES: Role.VALUES,
    Effect.ACCESSOR: Role.ACCESSOR,
}


class Results:
    """Values that calls give."""

    def __init__(self, evaluator: Evaluator, generics: Generics, annotations: Annotations) -> None:
        self._flow, self._generics, self._annotations = evaluator, generics, annotations
        self.outside = Outside(evaluator)
        self._takings: dict[tuple[int, int, bool], Taking] = {}
        self._parameters: dict[tuple[int, int], Sequence[int]] = {}

    def of_call(self, at: At, row: int) -> Values:
        """What a CALL expression gives."""
        callee = self._flow.facts(at[0]).expressions.first[row]
        if callee < 0:
            return (UNKNOWN,)
        if self._flow.facts(at[0]).expressions.text[row] >= 0:
            return joined(v for called in self._flow.callees(at, callee) for v in self._instantiated(called, at, row))
        return joined(v for called in self._flow.callees(at, callee) for v in self.of(called, at, row))

    def _instantiated(self, callee: Callee, at: At, row: int) -> Values:
        """What instantiating a callee gives: a function makes an instance of its own."""
        is_callable = self._flow.names.is_callable(callee[0])
        return (INSTANCES + callee[0],) if is_callable else self.of(callee, at, row)

    def of(self, callee: Callee, at: At, row: int) -> Values:
        """What one callee gives when expression `row` (a CALL, or -1) calls it."""
        value, receiver = callee
        if value in (UNKNOWN, MANY, MISSING):
            return NOTHING if value == MISSING else (value,)
        if is_external(value):
            return self._of_external(value, receiver, at, row)
        if value >= INSTANCES:
            return self._of_made(value)
        if self._flow.names.classes.is_class(value):
            return self._of_class(value)
        if self._flow.names.is_callable(value):
            return self.filled(self._flow.slot(Slot.RETURNED, value), callee, at, row)
        return (UNKNOWN,)

    def _of_class(self, value: int) -> Values:
        """What instantiating a class gives: an instance of it, and what its own maker gives in place of one."""
        classes = self._flow.names.classes
        maker = classes.language_of(value).library.maker_method
        made = (v for method in classes.method(value, maker) for v in self._flow.slot(Slot.RETURNED, method))
        return joined((INSTANCES + value, *(v for v in made if is_instance(v)))) if maker else (INSTANCES + value,)

    def _of_made(self, value: int) -> Values:
        """What calling an instance, or what an expression makes, gives."""
        if is_site(value):
            return self._flow.slot(Slot.RESULT, value)
        library = self._flow.names.classes.language_of(value - INSTANCES).library
        if library.call_method:
            return self.of_method(value, library.call_method)
        functions = self._annotations.functions((value,))
        return joined(v for made in functions if made != value for v in self._annotations.called(made))

    def of_method(self, value: int, name: str) -> Values:
        """What calling a method of an instance without arguments gives; nothing where the tree has no such method."""
        methods = self._flow.names.classes.method(self._flow.instance(value) - INSTANCES, name)
        if not methods:
            return NOTHING
        nowhere = (0, NO_DEFINITION, 0)
        return joined(v for method in methods for v in self.of((method, value), nowhere, -1))

    def filled(self, values: Values, callee: Callee, at: At, row: int) -> Values:
        """Values of a summary, with the receiver and the arguments of a call in their places."""
        if all(value != RECEIVER and value < PASSED for value in values):
            return values
        return joined(v for value in values for v in self._filled(value, callee, at, row))

    def _filled(self, value: int, callee: Callee, at: At, row: int) -> Values:
        if value == RECEIVER:
            return self._received(callee)
        if value < PASSED:
            return (value,)
        if value >= OPEN:
            return self._opened(value, callee, at, row)
        file, parameter = parameter_of(value)
        is_here = row >= 0 and self._flow.place(callee[0])[0] == file
        argument = self.matched(callee, at, row).get(parameter, -1) if is_here else -1
        return self._flow.values(at, argument) if argument >= 0 else self._flow.passed_anywhere(file, parameter)

    def _opened(self, value: int, callee: Callee, at: At, row: int) -> Values:
        """A result with type variables, told by the receiver and the arguments of a call, else by the body."""
        self._flow.slots.placed += 1  # arguments are known by their places
        matched = self.matched(callee, at, row) if row >= 0 else {}
        given = {parameter: Given(at, argument, How.SAME) for parameter, argument in matched.items() if argument >= 0}
        values, is_open = self._generics.filled(value, callee, given)
        inferred = self._flow.slot(Slot.INFERRED, callee[0]) if is_open else NOTHING
        return joined((*values, *self.filled(inferred, callee, at, row)))

    def told(self, values: Values, how: int) -> Values:
        """What a type variable stands for which values of an argument tell."""
        if how == How.INSTANCE:
            return joined(INSTANCES + v if self._flow.names.classes.is_class(v) else UNKNOWN for v in values)
        if how == How.ELEMENT:
            return self._flow.elements(values)
        if how == How.ITEM:
            return self._flow.items(values)
        nowhere = (0, NO_DEFINITION, 0)
        if how == How.RESULT:
            return joined(v for f in values for v in self.of((f, UNKNOWN), nowhere, -1))
        return tuple(v for v in values if not self._flow.names.is_callable(v))

    def _received(self, callee: Callee) -> Values:
        """The instance on which a method was called, or that a method of a class makes."""
        receiver = callee[1]
        if is_instance(receiver) or is_site(receiver):
            return (receiver,)
        if self._flow.names.classes.is_class(receiver):
            return (INSTANCES + receiver,)
        file, definition = self._flow.place(callee[0])
        holder = self._flow.names.scopes[file].enclosing_class(definition)
        return (INSTANCES + self._flow.names.row(file, holder),) if holder != NO_DEFINITION else (UNKNOWN,)

    def parameters(self, file: int, definition: int) -> Sequence[int]:
        """Rows of the parameters of a function, in order."""
        known = self._parameters.get((file, definition))
        if known is None:
            owners = self._flow.facts(file).parameters.owner
            for row, owner in enumerate(owners):
                self._parameters.setdefault((file, owner), [])
                self._parameters[file, owner].append(row)  # type: ignore[attr-defined]
            known = self._parameters.setdefault((file, definition), [])
        return known

    def matched(self, callee: Callee, at: At, row: int) -> dict[int, int]:
        """Parameter rows of a function of the tree -> the expressions that a CALL passes for them."""
        file, definition = self._flow.place(callee[0])
        return self.bound(file, definition, self.given(self.arguments(at[0], row), callee[1]), callee[1])

    def given(self, arguments: Sequence[tuple[str, int]], receiver: int) -> Sequence[tuple[str, int]]:
        """Of the arguments of a call those that the function itself is given."""
        return arguments if receiver not in (CALLED, APPLIED) else arguments[1:] if receiver == CALLED else ()

    def arguments(self, file: int, row: int) -> list[tuple[str, int]]:
        """(keyword, expression) of the arguments of a CALL; '' for positional ones."""
        return self.listed(file, self._flow.facts(file).expressions.second[row])

    def listed(self, file: int, argument: int) -> list[tuple[str, int]]:
        """The same, from the first ARGUMENT on."""
        facts = self._flow.facts(file)
        table, strings = facts.expressions, facts.strings
        found: list[tuple[str, int]] = []
        while argument >= 0:
            text = table.text[argument]
            found.append((strings[text] if text >= 0 else "", table.first[argument]))
            argument = table.second[argument]
        return found

    def bound(self, file: int, definition: int, arguments: Sequence[tuple[str, int]], receiver: int) -> dict[int, int]:
        """Parameter rows -> expressions, for arguments as `arguments` gives them."""
        self._flow.note_signature(self._flow.names.row(file, definition))
        kinds = self._flow.facts(file).parameters.kind
        pairs = given_to(self.taking(file, definition, is_unbound=self.is_unbound(receiver)), arguments)
        return {row: expression for row, expression in pairs if kinds[row] not in (_REST, _KEYWORD_REST)}

    def is_unbound(self, receiver: int) -> bool:
        """Whether a function that is an attribute of a receiver is no method of it: it was read from its class."""
        return receiver == MISSING or self._flow.names.classes.is_class(receiver)

    def taking(self, file: int, definition: int, *, is_unbound: bool) -> Taking:
        """The parameters that the arguments of a call are for, on a receiver or not."""
        key = (file, definition, is_unbound)
        known = self._takings.get(key)
        if known is not None:
            return known
        facts = self._flow.facts(file)
        rows = list(self.parameters(file, definition))
        if rows and self._takes_receiver(file, definition, is_unbound=is_unbound):
            rows = rows[1:]
        kinds, names = facts.parameters.kind, facts.parameters.name
        known = self._takings[key] = Taking(
            [row for row in rows if kinds[row] < _KEYWORD_ONLY],
            {facts.strings[names[row]]: row for row in rows if kinds[row] not in (_REST, _KEYWORD_REST)},
            next((row for row in rows if kinds[row] == _REST), -1),
            next((row for row in rows if kinds[row] == _KEYWORD_REST), -1),
        )
        return known

    def _takes_receiver(self, file: int, definition: int, *, is_unbound: bool) -> bool:
        """Whether the first parameter of a function is filled by what it is called on."""
        scopes = self._flow.names.scopes[file]
        if definition not in scopes.receivers or not scopes.language.receiver_is_parameter:
            return False
        # A method that is handed about is bound, unless it was read from its class.
        return not is_unbound or scopes.is_constructor(definition) or scopes.takes_class(definition)

    def of_site(self, value: int) -> Values:
        """What calling the value of a site gives: computes the slot."""
        site = self._flow.sites.site(value)
        if site.role is Role.FUNCTION:
            table = self._flow.facts(site.file).expressions
            body = table.first[site.row]
            at = (site.file, site.scope, table.second[site.row])
            return self._flow.values(at, body) if body >= 0 else self._of_inline(at)
        if site.role is Role.PARTIAL:
            return self.of_argument(site, 0)
        if site.role is Role.REFERENCE:
            return self.argument(site, 0)
        if site.role is Role.ANNOTATED:
            return self._flow.callable_result(site)
        if site.role is Role.GENERIC:
            return self.of_method(value, self._flow.language(site.file).library.call_method)
        return (UNKNOWN,)

    def _of_inline(self, at: At) -> Values:
        """What a function without a name returns whose body begins at a place."""
        flows, rows = self._flow.facts(at[0]).flows, self._flow.reaching(at[0]).inline.get(at[2], ())
        return joined(v for row in rows for v in self._flow.values((*at[:2], flows.position[row]), flows.value[row]))

    def annotated(self, at: At, text: str) -> Values:
        """What an annotation stands for at a place."""
        return self._annotations.of_text(at, text)

    def argument(self, site: Site, index: int) -> Values:
        """Values of a positional argument of the call at a site."""
        given = [expression for keyword, expression in self.arguments(site.file, site.row) if not keyword]
        if index >= len(given) or given[index] < 0:
            return (UNKNOWN,)
        return self._flow.values((site.file, site.scope, site.position), given[index])

    def accessors(self, value: int) -> Values:
        """The functions that reading a field runs which holds the value of a site."""
        site = self._flow.sites.site(value)
        return self.argument(site, 0) if site.role is Role.ACCESSOR else NOTHING

    def of_accessor(self, value: int, receiver: int) -> Values:
        """What reading a field of a receiver gives that holds the value of a site."""
        if self._flow.sites.site(value).role is not Role.ACCESSOR:
            return (value,)
        nowhere = (0, NO_DEFINITION, 0)
        return joined(v for run in self.accessors(value) for v in self.of((run, receiver), nowhere, -1))

    def any_argument(self, site: Site) -> Values:
        """Values of all arguments of the call at a site, the elements of those that are spread among them."""
        at = (site.file, site.scope, site.position)
        found: list[int] = []
        for keyword, expression in self.arguments(site.file, site.row):
            if keyword in ("", "*") and expression >= 0:
                values = self._flow.values(at, expression)
                found.extend(self._flow.elements(values) if keyword else values)
        return joined(found)

    def of_argument(self, site: Site, index: int) -> Values:
        """What calling a positional argument of the call at a site gives; the next where it is a container."""
        at = (site.file, site.scope, site.position)
        called = self.argument(site, index)
        if any(is_site(v) and self._flow.sites.site(v).role is Role.CONTAINER for v in called):
            called = self.argument(site, index + 1)
        return joined(v for value in called for v in self.of((value, UNKNOWN), at, -1))

    def receiver(self, site: Site) -> Values:
        """What the method that the call at a site calls is an attribute of."""
        facts = self._flow.facts(site.file)
        at, callee = (site.file, site.scope, site.position), facts.expressions.first[site.row]
        if facts.expressions.kind[callee] == _NAME:
            return self._flow.path(at, facts.strings[facts.expressions.text[callee]].rpartition(".")[0])
        return self._flow.values(at, facts.expressions.first[callee])

    def _of_external(self, value: int, receiver: int, at: At, row: int) -> Values:
        name = self._flow.names.externals.name(value)
        library = self._flow.language(at[0]).library
        model = library.functions.get(name)
        if model is None and is_site(receiver):
            model = library.methods.get(name.rpartition(".")[2])
        if row < 0:
            return (UNKNOWN,) if model else self.outside.called(value, receiver, at, row)
        is_empty = name in library.empty and all(keyword for keyword, _ in self.arguments(at[0], row))
        if is_empty or name in library.defaulting:
            self._flow.slots.placed += 1
            return (self._flow.sites.value(Site(Role.MADE, *at, row)),)
        if model is not None:
            return self._modelled(model, receiver, at, row)
        return self.outside.called(value, receiver, at, row)

    def _modelled(self, model: Model, receiver: int, at: At, row: int) -> Values:
        site = Site(Role.PARTIAL, *at, row)
        effect, role = model.effect, _SITE_ROLES.get(model.effect)
        if effect is Effect.MEMBER or role is not None:
            self._flow.slots.placed += 1
            return self._by_name(site) if role is None else (self._flow.sites.value(site._replace(role=role)),)
        if effect is Effect.ANY:
            return self.any_argument(site)
        if model.argument < 0:
            values: Values = (receiver,)
        elif any(not keyword for keyword, _ in self.arguments(at[0], row)):
            values = self.argument(site, model.argument)
        else:
            return NOTHING
        return values if effect is Effect.SAME else self._changed(model, site, values)

    def names(self, site: Site) -> Sequence[str]:
        """What the second argument of the call at a site tells of an attribute's name."""
        given = [expression for keyword, expression in self.arguments(site.file, site.row) if not keyword]
        return names_of(self._flow, (site.file, site.scope, site.position), given[1]) if len(given) > 1 else ()

    def _by_name(self, site: Site) -> Values:
        """An attribute that is read by a text: that of the name, or some that fits it, or what is given instead."""
        names = self.names(site)
        if not names:
            return (UNKNOWN,)
        receivers = self.argument(site, 0)
        found = [v for name in names if "*" not in name for v in self._flow.read(receivers, name)]
        if any("*" in name for name in names):
            found.append(self._flow.sites.value(site._replace(role=Role.NAMED)))
        instead = self.argument(site, 2)
        return joined((*found, *(value for value in instead if value != UNKNOWN)))

    def _changed(self, model: Model, site: Site, values: Values) -> Values:
        """What an effect makes of values."""
        effect = model.effect
        if effect is Effect.CAST:
            cast = joined(INSTANCES + v for v in values if self._flow.names.classes.is_class(v))
            return cast or self.argument(site, model.argument + 1)
        if effect is Effect.CLASS and len(self.arguments(site.file, site.row)) > 1:  # `type(name, bases, members)`
            return self._flow.elements(self.argument(site, 1))
        if effect is Effect.ELEMENT:
            return self._flow.elements(values)
        if effect is Effect.ITEM:
            return self._flow.items(values)
        if effect is Effect.RESULT:
            return self.of_argument(site, model.argument)
        return joined(v for value in values for v in self._converted(effect, value))

    def _iterator(self, value: int) -> Values:
        if not is_instance(value):
            return (value,)
        library = self._flow.names.classes.language_of(value - INSTANCES).library
        return joined(v for start, _ in library.iterate for v in self.of_method(value, start)) or (value,)

    def _converted(self, effect: Effect, value: int) -> Iterator[int]:
        if effect is Effect.CLASS:
            yield value - INSTANCES if is_instance(value) else UNKNOWN
        elif effect is Effect.ITERATOR:
            yield from self._iterator(value)
        else:
            yield UNKNOWN
