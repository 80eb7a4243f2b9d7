"""Type flow: what any expression of the tree stands for.

What flows in: linked names and the flows of all files. What flows out: values of expressions, evaluated when somebody
asks. A name stands for the assignments that reach it, an attribute for what the classes of its receiver define, a call
for what its callees return; variables, fields, parameters and results are slots, whose least fixed point is taken.
"""

from collections.abc import Sequence
from typing import Final

from axon.languages.language import Language
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FileFacts
from axon.resolution.annotated import Annotations
from axon.resolution.attributes import Attributes
from axon.resolution.contents import Contents
from axon.resolution.evaluation import At, Callee, Evaluator, Slot, slot_key, slot_of
from axon.resolution.expressions import Expressions
from axon.resolution.generics import Generics
from axon.resolution.injected import Injected
from axon.resolution.lasting import Lasting
from axon.resolution.names import Names
from axon.resolution.numbers import Numbers, file_of
from axon.resolution.objects import Objects
from axon.resolution.providers import Providers
from axon.resolution.reaching import Reaching, Reachings
from axon.resolution.results import Results
from axon.resolution.slots import NOWHERE, Slots, joined
from axon.resolution.summaries import Summaries
from axon.resolution.values import INSTANCES, MISSING, NOTHING, UNKNOWN, Site, Sites, Values
from axon.resolution.variables import INNER, Variables

_K = ExpressionKind
_NAME, _MEMBER, _CALL, _ITEM = int(_K.NAME), int(_K.MEMBER), int(_K.CALL), int(_K.ITEM)
_OPERATION: Final = int(_K.OPERATION)
_PASSED: Final = (Slot.PARAMETER, Slot.SPREAD)

MOST_FRAMES: Final = 10_000  # slots nest in slots, each in as many frames as its expression is deep


class Flow(Evaluator):
    """The evaluator of a tree."""

    def __init__(
        self,
        names: Names,
        providers: Providers,
        numbers: Numbers | None = None,
        reachings: Reachings | None = None,
    ) -> None:
        """`numbers` mean something already; those that are given out are added."""
        self.numbers = numbers or Numbers()
        self.asked: dict[tuple[int, int], None] | None = None  # where somebody wants to know: parameters asked for
        self.numbers.externals = names.externals.items
        self.names, self.sites = names, Sites(self.numbers.sites)
        self.annotations = Annotations(self, self.numbers.annotations, self.numbers.bindings)
        self.generics = Generics(self, self.annotations, self.numbers.places)
        self.results = Results(self, self.generics, self.annotations)
        self.contents = Contents(self, self.annotations, self.results, self.numbers.keys)
        self.objects = Objects(self, self.annotations, self.contents.keys)
        self.injected = Injected(self, self.contents, providers)
        self.attributes = Attributes(
            self, self.annotations, self.generics, self.results, self.objects, injected=self.injected
        )
        self.summaries = Summaries(self, self.annotations, self.generics, self.injected, self.numbers.inline)
        self.slots = Slots(self._compute, lambda key: file_of(key, self.numbers, self.place))
        self.visits: set[tuple[int, int]] = set()  # (file, other file in which it evaluates expressions)
        self._variables = Variables(self, self.annotations)
        self._reaching = (reachings or Reachings(names.scopes)).of_file
        self._heads: dict[str, str] = {}  # of dotted names
        self._final: dict[tuple[int, int, str], Values] = {}  # of dotted names that mean the same in all of a scope
        self._inner: list[dict[str, Values]] = [{} for _ in names.scopes]  # the same in all inner scopes of a file
        self._operations: dict[tuple[At, int], Values] = {}
        self._decorators = providers.decorators.by_row
        self._lasting: Lasting[Values] = Lasting(names.scopes)
        self._callees: Lasting[Sequence[Callee]] = Lasting(names.scopes)
        self._evaluators = Expressions(self, self.contents, self.results, self.objects).by_kind

    def facts(self, file: int) -> FileFacts:
        """The facts of a file."""
        return self.names.scopes[file].facts

    def language(self, file: int) -> Language:
        """The language of a file."""
        return self.names.scopes[file].language

    def reaching(self, file: int) -> Reaching:
        """The flows of a file."""
        known = self._reaching[file]
        if known is None:
            known = self._reaching[file] = Reaching(self.names.scopes[file])
        return known

    def place(self, row: int) -> tuple[int, int]:
        """File and definition of a node row."""
        return self.names.assembly.place(row)

    def decorators(self, row: int) -> Sequence[tuple[int, int, int]]:
        """(file, scope, reference) of the decorators of a definition, the outermost first."""
        return self._decorators.get(row, ())

    def decorated(self) -> Sequence[int]:
        """Node rows of all decorated definitions."""
        return sorted(self._decorators)

    def slot(self, slot: Slot, row: int, file: int = 0) -> Values:
        """The values of a slot."""
        return self.slots.read(slot_key(slot, row, file))

    def _compute(self, key: int) -> Values:
        slot, row, file = slot_of(key)
        if self.asked is not None and slot is Slot.PARAMETER:
            self.asked[file, row] = None
        if slot is Slot.ELEMENT:
            return self.contents.of_site(row)
        if slot is Slot.RESULT:
            return self.results.of_site(row)
        if slot in (Slot.ITEM, Slot.MEMBER):
            return (self.contents if slot is Slot.ITEM else self.objects).of_key(row)
        if slot is Slot.RECEIVED:
            return self.objects.received(row)
        if slot is Slot.INLINE or (slot in _PASSED and self.summaries.may_be_passed(file, row)):
            self.slots.keep_open()
        return self.summaries.compute(slot, row, file)

    def values(self, at: At, row: int) -> Values:
        """What an expression stands for at a place; nothing where nothing is known of it."""
        if row < 0:
            return (UNKNOWN,)
        if at[0] != self.slots.file:
            left = self._visit(at[0])
            values = self.values(at, row)
            self.slots.enter(left)
            return values
        facts = self.names.scopes[at[0]].facts
        table = facts.expressions
        kind = table.kind[row]
        if kind == _NAME:
            return self.path(at, facts.strings[table.text[row]])
        known = self._lasting.get(self.slots, at, row)
        return known if known is not None else self._evaluated(at, row, kind)

    def _evaluated(self, at: At, row: int, kind: int) -> Values:
        """What an expression stands for that is no name."""
        evaluate = self._evaluators.get(kind)
        if evaluate is None:
            return (UNKNOWN,)
        slots = self.slots
        if kind == _OPERATION and slots.is_closed:
            key = (at, row)  # each part of a long chain of operators is asked for on its own as well
            known = self._operations.get(key)
            if known is None:
                known = self._operations[key] = evaluate(at, row)
            slots.placed += 1
            return known
        unsure, placed, scoped = slots.unsure, slots.placed, slots.scoped
        values = evaluate(at, row)
        if slots.unsure == unsure and slots.placed == placed:
            self._lasting.keep(at, row, values, is_inner=slots.scoped == scoped)
        return values

    def path(self, at: At, text: str) -> Values:
        """What a dotted name stands for at a place."""
        if at[0] != self.slots.file:
            left = self._visit(at[0])
            values = self.path(at, text)
            self.slots.enter(left)
            return values
        if at[1] != NO_DEFINITION:
            known = self._inner[at[0]].get(text)
            if known is not None:
                return known
        head = self._head(text)
        sample = self._variables.sample(at[0], at[1], head)
        if sample != INNER:
            self.slots.scoped += 1
            known = self._final.get((at[0], sample, text))
            if known is not None:
                return known
        return self._path(at, sample, text) if head != text else self._variable(at, sample, text)

    def sample(self, file: int, scope: int, text: str) -> int:
        """What stands for all scopes of a file in which a dotted name means the same as in this one, unless its place
        decides."""
        return self._variables.sample(file, scope, self._head(text))

    def _head(self, text: str) -> str:
        head = self._heads.get(text)
        if head is None:
            head = self._heads[text] = text.partition(".")[0]
        return head

    def _keep(self, file: int, sample: int, text: str, values: Values) -> None:
        """Keep what a name stands for whose meaning is the same in all scopes that the sample is for."""
        if sample == INNER:
            self._inner[file][text] = values
        else:
            self._final[file, sample, text] = values

    def _visit(self, file: int) -> int:
        """Note that what is read next is read by another file than the one at hand, which is given back."""
        before = self.slots.enter(file)
        if before != NOWHERE:
            self.visits.add((before, file))
        return before

    def _path(self, at: At, sample: int, text: str) -> Values:
        unsure = self.slots.unsure
        head, *rest = text.split(".")
        values, prefix, paths = self.variable(at, head), head, self.reaching(at[0]).paths
        is_stable = self._variables.is_stable(at[0], sample, head)
        for name in rest:
            prefix = f"{prefix}.{name}"
            if prefix in paths:
                is_stable = False
                values = self._bound_path(at, prefix) or self.read(values, name)
            else:
                values = self.read(values, name)
        if not is_stable:
            self.slots.placed += 1
        elif self.slots.unsure == unsure:
            self._keep(at[0], sample, text, values)
        return values

    def settled(self) -> None:
        """Say that no slot will change any more, so that what is found from now on may be kept."""
        self.slots.close()

    def _bound_path(self, at: At, path: str) -> Values:
        """What a dotted name was last bound to or shown to be in its own scope; nothing where that is not certain."""
        reaching = self.reaching(at[0])
        narrowed = reaching.narrowed(at[1], path, at[2])
        if narrowed >= 0:
            return self.slot(Slot.VERSION, narrowed, at[0])
        rows, is_entered = reaching.versions(at[1], path, at[2])
        return NOTHING if is_entered else self._versions(at[0], rows)

    def _versions(self, file: int, rows: Sequence[int]) -> Values:
        return joined(v for row in rows for v in self.slot(Slot.VERSION, row, file))

    def variable(self, at: At, name: str) -> Values:
        """What a plain name stands for at a place."""
        if at[1] != NO_DEFINITION:
            known = self._inner[at[0]].get(name)
            if known is not None:
                return known
        sample = self._variables.sample(at[0], at[1], name)
        if sample != INNER:
            self.slots.scoped += 1
            known = self._final.get((at[0], sample, name))
            if known is not None:
                return known
        return self._variable(at, sample, name)

    def _variable(self, at: At, sample: int, name: str) -> Values:
        unsure, read = self.slots.unsure, self.slots.read
        values, keys, is_stable = self._variables.meaning(at, sample, name)
        if len(keys) == 1 and not values:
            values = read(keys[0])
        elif keys:
            values = joined([*values, *(v for key in keys for v in read(key))])
        if not is_stable:
            self.slots.placed += 1
        elif self.slots.unsure == unsure:
            self._keep(at[0], sample, name, values)
        return values

    def read(self, values: Values, name: str) -> Values:
        """What an attribute of values holds."""
        return joined(v for value in values for v in self._read(value, name))

    def _read(self, value: int, name: str) -> Values:
        if self.objects.tells(value, name):
            return self.attributes.read_of_object(self.objects.member(value, name), value)
        return tuple(
            v for found in self.attribute(value, name) if found != MISSING for v in self.dereferenced(found, value)
        )

    def attribute(self, value: int, name: str) -> Values:
        """The definitions that an attribute of a value means, unread."""
        return self.attributes.of(value, name)

    def dereferenced(self, value: int, receiver: int) -> Values:
        """What a definition that is an attribute of a receiver holds when it is read."""
        return self.attributes.dereferenced(value, receiver)

    def callees(self, at: At, row: int) -> Sequence[Callee]:
        """What calling an expression calls."""
        slots = self.slots
        if at[0] == slots.file:
            known = self._callees.get(slots, at, row)
            if known is not None:
                return known
        unsure, placed, scoped = slots.unsure, slots.placed, slots.scoped
        found = self._called(at, row)
        if at[0] == slots.file and slots.unsure == unsure and slots.placed == placed:
            self._callees.keep(at, row, found, is_inner=slots.scoped == scoped)
        return found

    def _called(self, at: At, row: int) -> Sequence[Callee]:
        facts = self.facts(at[0])
        table = facts.expressions
        if table.kind[row] == _NAME:
            before, _, name = facts.strings[table.text[row]].rpartition(".")
            if not before:
                return [(value, UNKNOWN) for value in self.variable(at, name)]
            if f"{before}.{name}" in self.reaching(at[0]).paths:
                self.slots.placed += 1
                bound = self._bound_path(at, f"{before}.{name}")
                if bound:
                    return [(value, UNKNOWN) for value in bound]
            return self._members(self.path(at, before), name)
        if table.kind[row] == _MEMBER:
            name, receiver = facts.strings[table.text[row]], table.first[row]
            behind = self.behind(at, receiver, name)
            return behind if behind is not None else self._members(self.values(at, receiver), name)
        if table.kind[row] == _ITEM and table.text[row] >= 0:
            key = facts.strings[table.text[row]]
            if having := self.objects.having(self.values(at, table.first[row]), key):
                return self._members(having, key)
        return [(value, UNKNOWN) for value in self.values(at, row)]

    def _members(self, receivers: Values, name: str) -> list[Callee]:
        found: dict[Callee, None] = {}
        for receiver in receivers:
            if self.objects.tells(receiver, name):
                found.update(((held, receiver), None) for held in self.objects.member(receiver, name))
                continue
            if self.names.is_callable(receiver) and (called := self.attributes.of_function(receiver, name)):
                found[called] = None
                continue
            for value in self.attribute(receiver, name):
                for held in self.dereferenced(value, receiver):
                    found[(held, receiver if held == value else UNKNOWN)] = None
        return list(found)

    def behind(self, at: At, row: int, name: str) -> Sequence[Callee] | None:
        """What an attribute of `super()` means; None for any other receiver."""
        facts = self.facts(at[0])
        table = facts.expressions
        callee = table.first[row] if row >= 0 and table.kind[row] == _CALL else NO_TEXT
        if callee < 0 or table.kind[callee] != _NAME:
            return None
        if self.language(at[0]).super_of(f"{facts.strings[table.text[callee]]}()") is None:
            return None
        self.slots.scoped += 1
        holder = self.names.scopes[at[0]].enclosing_class(at[1])
        if holder == NO_DEFINITION:
            return ()
        own = self.names.row(at[0], holder)
        found = self.names.classes.declared(self.names.classes.heritage.order(own)[1:], name)
        return [(value, INSTANCES + own) for value in found]

    def parameters(self, file: int, definition: int) -> Sequence[int]:
        """Rows of the parameters of a function, in order."""
        return self.results.parameters(file, definition)

    def filled(self, values: Values, callee: Callee, at: At, row: int) -> Values:
        """Values of a summary, with the receiver and the arguments of a call in their places."""
        return self.results.filled(values, callee, at, row)

    def external_result(self, value: int) -> int:
        """What an external value gives when it is called."""
        return self.results.outside.external(value)

    def wholes(self, value: int) -> Sequence[int]:
        """Keys of the slots of what a module offers in its own place."""
        return self.objects.wholes(value)

    def offered(self, file: int, imported: int) -> Sequence[int]:
        """Keys of the slots of what an import row takes that its module is only assigned."""
        return self.objects.offered(file, imported)

    def inline_number(self, file: int, name: str, position: int) -> int:
        """The number of a parameter of the function without a name around a byte."""
        return self.summaries.inline_number(file, name, position)

    def elements(self, values: Values) -> Values:
        """An element of what is iterated."""
        return self.contents.each(values)

    def told(self, values: Values, how: int) -> Values:
        """What a type variable stands for which values of an argument tell."""
        return self.results.told(values, how)

    def listed(self, file: int, argument: int) -> list[tuple[str, int]]:
        """(keyword, expression) of arguments, from the first ARGUMENT on; '' for positional ones."""
        return self.results.listed(file, argument)

    def instance(self, value: int) -> int:
        """The instance that the value of a generic site is; any other value itself."""
        return self.annotations.instance(value)

    def items(self, values: Values) -> Values:
        """What stands under some key of values."""
        return self.contents.item(values, "")

    def callable_result(self, site: Site) -> Values:
        """What calling something of the annotated type of a site gives."""
        return self.annotations.argument(site, -1)
