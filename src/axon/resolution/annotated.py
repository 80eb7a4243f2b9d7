"""Annotations to values: an instance of the class that a type names, or of what its brackets hold.

What flows in: annotations as data, and linked names. What flows out: values; none where an annotation says nothing.
"""

from collections.abc import Iterator
from typing import Final

from axon.languages.library import Annotation, Holds
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FlowKind
from axon.model.kinds import NODE_KINDS, NodeKind
from axon.resolution.beside import Beside
from axon.resolution.evaluation import At, Evaluator
from axon.resolution.slots import joined
from axon.resolution.values import (
    INSTANCES,
    NOTHING,
    RECEIVER,
    Numbering,
    Role,
    Site,
    Values,
    is_external,
    is_instance,
    is_site,
)

BOUND: Final = "\0"  # begins a name that stands for what is read elsewhere
_CALL, _NAME, _OPERATION = (int(kind) for kind in (ExpressionKind.CALL, ExpressionKind.NAME, ExpressionKind.OPERATION))
_VARIABLES: Final = (NODE_KINDS.index(NodeKind.VARIABLE), NODE_KINDS.index(NodeKind.TYPE_ALIAS))

Binding = tuple[At, Annotation] | tuple[At, int, int]  # an annotation, or an argument and how it tells


class Annotations:
    """Values of annotations. A generic one becomes a site, whose arguments are read when somebody asks for them."""

    def __init__(self, evaluator: Evaluator, annotations: list[Annotation], bindings: list[Binding]) -> None:
        self._flow = evaluator
        self.beside = Beside(evaluator.names)
        self.numbers = Numbering(annotations)
        self._of_parameters: dict[tuple[int, int], Values] = {}
        self.bindings = Numbering(bindings)
        self._variables: dict[tuple[int, str], bool] = {}
        self._parameters: dict[int, tuple[str, ...]] = {}
        self._open: set[int] = set()  # aliases that are being read
        self._asking: set[tuple[At, str]] = set()  # names whose types are being read

    def of_text(self, at: At, text: str) -> Values:
        """What an annotation as written stands for."""
        return self.of(at, self._flow.language(at[0]).annotation(text))

    def of(self, at: At, annotation: Annotation) -> Values:
        """What an annotation stands for."""
        name, arguments = annotation
        if name == "|":
            return joined(v for part in arguments for v in self.of(at, part))
        if not name:
            return NOTHING
        return self._of_bound(int(name[1:])) if name[0] == BOUND else self._named(at, annotation)

    def _named(self, at: At, annotation: Annotation) -> Values:
        """What an annotation with a name stands for."""
        name, arguments = annotation
        library = self._flow.language(at[0]).library
        form = library.forms.get(name)
        if form is not None:
            return self._generic(at, annotation, form)
        found = self._flow.names.dotted(at[0], at[1], name, at[2]).values
        if not found and name in library.self_types:
            return (RECEIVER,)
        if any(is_external(value) for value in found):
            if name in library.self_types:
                return (RECEIVER,)
            holds = library.generics.get(name.rpartition(".")[2])
            if holds is not None:
                return self._generic(at, annotation, holds)
        made = joined(v for value in found for v in self._instances(at, value))
        is_class = self._flow.names.classes.is_class
        if arguments and any(is_class(value) and self.parameters_of(value) for value in found):
            return joined((*made, self._flow.sites.value(Site(Role.GENERIC, *at, self.numbers.number(annotation)))))
        return made

    def of_flow(self, file: int, row: int) -> Values:
        """What the annotation of a flow stands for; nothing where it has none."""
        facts = self._flow.facts(file)
        text = facts.flows.annotation[row]
        if text == NO_TEXT:
            return NOTHING
        return self.of_text((file, facts.flows.scope[row], facts.flows.position[row]), facts.strings[text])

    def of_parameter(self, file: int, row: int) -> Values:
        """What the annotation of a parameter stands for; nothing where it has none."""
        known = self._of_parameters.get((file, row))
        if known is None:
            facts = self._flow.facts(file)
            text = facts.parameters.annotation[row]
            at = (file, facts.definitions.owner[facts.parameters.owner[row]], facts.size)
            known = NOTHING if text == NO_TEXT else self.of_text(at, facts.strings[text])
            if text != NO_TEXT and not known:
                known = self.of_bound(file, facts.parameters.owner[row], facts.strings[text])
            self._of_parameters[file, row] = known
        return known

    def of_bound(self, file: int, definition: int, text: str) -> Values:
        """What a type variable of a definition, or of one around it, is at least; nothing for any other type."""
        facts, language = self._flow.facts(file), self._flow.language(file)
        name, read = language.annotation(text).name, language.library.header
        while read is not None and name and definition != NO_DEFINITION:
            signature = facts.definitions.signature[definition]
            names, _, bounds = read(facts.strings[signature]) if signature != NO_TEXT else ((), (), ())
            owner = facts.definitions.owner[definition]
            if name in names and bounds:
                bound = bounds[names.index(name)]
                return self.of((file, owner, facts.size), bound) if bound.name not in ("", name) else NOTHING
            definition = owner
        return NOTHING

    def _instances(self, at: At, value: int) -> Values:
        if is_external(value):
            name = self._flow.names.externals.name(value)
            if name in self._flow.language(at[0]).library.any_types:
                return NOTHING
            return (self._flow.names.externals.value(f"{name}()"),)
        if self._flow.names.classes.is_class(value):
            return (INSTANCES + self.beside.source(value),)
        return self._of_alias(value) if value < INSTANCES else NOTHING

    def _of_alias(self, row: int) -> Values:
        """What a variable stands for in an annotation: a type variable for its bound, alternatives for each of them."""
        if self._flow.names.assembly.kind[row] not in _VARIABLES:
            return NOTHING
        file, definition = self._flow.place(row)
        facts = self._flow.facts(file)
        owner, name = facts.definitions.owner[definition], facts.strings[facts.definitions.name[definition]]
        declared = self._flow.reaching(file).declared.get((owner, name), -1)
        if declared >= 0 and facts.flows.kind[declared] == FlowKind.DECLARED:
            return self._of_open(row, file, declared)
        flows = self._flow.reaching(file).everywhere(owner, name)
        if len(flows) != 1 or facts.flows.value[flows[0]] < 0:
            return NOTHING
        at = (file, owner, facts.size)
        return joined(v for part in self._written(file, facts.flows.value[flows[0]]) for v in self.of(at, part))

    def _of_open(self, row: int, file: int, flow: int) -> Values:
        """What the annotation of an alias stands for; one that names itself adds nothing there."""
        if row in self._open:
            return NOTHING
        self._open.add(row)
        values = self.of_flow(file, flow)
        self._open.discard(row)
        return values

    def _written(self, file: int, row: int) -> Iterator[Annotation]:
        """The types that an expression names which makes an alias or a type variable."""
        facts = self._flow.facts(file)
        table = facts.expressions
        if table.kind[row] == _OPERATION and facts.strings[table.text[row]] == "|":
            for part in (table.first[row], table.second[row]):
                yield from self._written(file, part) if part >= 0 else ()
        elif table.kind[row] == _NAME:
            yield Annotation(facts.strings[table.text[row]], ())
        elif table.kind[row] == _CALL and self._makes_variable(file, row):
            bound = self._flow.language(file).library.bound
            given = self._flow.listed(file, table.second[row])
            for keyword, part in given[1:]:
                if keyword in ("", bound) and part >= 0 and table.kind[part] == _NAME:
                    yield Annotation(facts.strings[table.text[part]], ())

    def _makes_variable(self, file: int, row: int) -> bool:
        """Whether a call makes a type variable."""
        facts, names = self._flow.facts(file), self._flow.names
        callee = facts.expressions.first[row]
        if callee < 0 or facts.expressions.kind[callee] != _NAME:
            return False
        text = facts.strings[facts.expressions.text[callee]]
        found = names.dotted(file, NO_DEFINITION, text, facts.size).values
        wanted = self._flow.language(file).library.variables
        return any(is_external(value) and names.externals.name(value) in wanted for value in found)

    def is_variable(self, file: int, name: str) -> bool:
        """Whether a name of a file is that of a type variable."""
        known = self._variables.get((file, name))
        if known is None:
            known = self._variables[file, name] = bool(name) and name[0] != BOUND and self._is_variable(file, name)
        return known

    def _is_variable(self, file: int, name: str) -> bool:
        names = self._flow.names
        for row in names.dotted(file, NO_DEFINITION, name, self._flow.facts(file).size).values:
            if not 0 <= row < INSTANCES or names.assembly.kind[row] not in _VARIABLES:
                continue
            home, definition = self._flow.place(row)
            facts = self._flow.facts(home)
            owner, own = facts.definitions.owner[definition], facts.strings[facts.definitions.name[definition]]
            for flow in self._flow.reaching(home).everywhere(owner, own):
                value = facts.flows.value[flow]
                if value >= 0 and facts.expressions.kind[value] == _CALL and self._makes_variable(home, value):
                    return True
        return False

    def _generic(self, at: At, annotation: Annotation, holds: Holds) -> Values:
        arguments = annotation.arguments
        if holds is Holds.ANY_OF:
            return joined(v for part in arguments for v in self.of(at, part))
        if holds in (Holds.FIRST, Holds.LAST):
            return self.of(at, arguments[0 if holds is Holds.FIRST else -1]) if arguments else NOTHING
        if holds is Holds.VALUE:
            return self._value_of(at, arguments[0].name)
        if holds is Holds.CLASS:
            made = self.of(at, arguments[0]) if arguments else NOTHING
            return joined(v - INSTANCES if is_instance(v) else v for v in made)
        return (self._flow.sites.value(Site(Role.ANNOTATED, *at, self.numbers.number(annotation))),)

    def _value_of(self, at: At, name: str) -> Values:
        """What a name holds whose type is asked for; nothing where its own annotation asks for it again."""
        asked = (at, name)
        if asked in self._asking:
            return NOTHING
        self._asking.add(asked)
        found = self._flow.path(at, name)
        self._asking.discard(asked)
        return found

    def bound(self, binding: Binding) -> Annotation:
        """An annotation that stands for what is read or evaluated elsewhere."""
        return Annotation(f"{BOUND}{self.bindings.number(binding)}", ())

    def _of_bound(self, number: int) -> Values:
        binding = self.bindings.items[number]
        if len(binding) == 2:
            return self.of(*binding)
        at, expression, how = binding
        return self._flow.told(self._flow.values(at, expression), how)

    def bases_of(self, row: int) -> tuple[At, tuple[Annotation, ...]]:
        """The bases of a class as written, and where they are read."""
        file, definition = self._flow.place(row)
        facts = self._flow.facts(file)
        read, text = self._flow.language(file).library.header, facts.definitions.signature[definition]
        at = (file, facts.definitions.owner[definition], facts.definitions.start_byte[definition])
        return at, read(facts.strings[text]).bases if read and text != NO_TEXT else ()

    def parameters_of(self, row: int) -> tuple[str, ...]:
        """The type variables of a class, in the order in which its brackets take them."""
        known = self._parameters.get(row)
        if known is None:
            known = self._parameters[row] = self._parameters_of(row)
        return known

    def _parameters_of(self, row: int) -> tuple[str, ...]:
        file, definition = self._flow.place(row)
        facts = self._flow.facts(file)
        library, text = self._flow.language(file).library, facts.definitions.signature[definition]
        if library.header is None or text == NO_TEXT:
            return ()
        listed, bases, _ = library.header(facts.strings[text])
        named = [base for base in bases if base.name.rpartition(".")[2] in library.generic_bases and base.arguments]
        parts = [part.name for base in (named or bases) for part in base.arguments]
        return listed or tuple(dict.fromkeys(name for name in parts if self.is_variable(file, name)))

    def instance(self, value: int) -> int:
        """The instance of a class that the value of a generic site is; any other value itself."""
        if not is_site(value) or self._flow.sites.site(value).role is not Role.GENERIC:
            return value
        site = self._flow.sites.site(value)
        found = self._flow.names.dotted(site.file, site.scope, self.written(site).name, site.position).values
        return next(INSTANCES + row for row in found if self._flow.names.classes.is_class(row))

    def arguments_of(self, value: int) -> tuple[Annotation, ...]:
        """What stands in the brackets of a generic site, each to be read where it is written."""
        site = self._flow.sites.site(value)
        at = (site.file, site.scope, site.position)
        return tuple(self.bound((at, part)) for part in self.written(site).arguments)

    def written(self, site: Site) -> Annotation:
        """The annotation of a site."""
        return self.numbers.items[site.row]

    def holds(self, site: Site) -> Holds:
        """What the generic type of a site holds."""
        name, library = self.written(site).name, self._flow.language(site.file).library
        return library.forms[name] if name in library.forms else library.generics[name.rpartition(".")[2]]

    def is_callable(self, value: int) -> bool:
        """Whether a value is annotated to be something that is called."""
        if not is_site(value):
            return False
        site = self._flow.sites.site(value)
        return site.role is Role.ANNOTATED and self.holds(site) is Holds.CALLABLE

    def are_called(self, values: Values) -> bool:
        """Whether what an annotation stands for is there to be called: then a function is what it holds."""
        return any(self.is_callable(value) or self._is_called(value) for value in values)

    def _is_called(self, value: int) -> bool:
        """Whether a value is an instance of a class that says only how it is called."""
        if not is_instance(value):
            return False
        row, classes = value - INSTANCES, self._flow.names.classes
        language = classes.language_of(row)
        bases = {self._flow.names.externals.name(base) for base in classes.heritage.bases(row) if is_external(base)}
        return bool(bases & language.memberless_bases and classes.member(row, language.library.call_method))

    def functions(self, values: Values) -> Values:
        """Values, with the types of functions as which instances of interfaces are called in their place."""
        if not any(is_instance(value) for value in values):
            return values
        return joined(v for value in values for v in self._functions(value))

    def _functions(self, value: int) -> Values:
        if not is_instance(value):
            return (value,)
        file, definition = self._flow.place(value - INSTANCES)
        facts = self._flow.facts(file)
        text = facts.definitions.returns[definition] if definition != NO_DEFINITION else NO_TEXT
        if text == NO_TEXT or self._flow.names.is_callable(value - INSTANCES):
            return (value,)
        at = (file, facts.definitions.owner[definition], facts.size)
        return self.of_text(at, facts.strings[text]) or (value,)

    def called(self, value: int) -> Values:
        """What calling a value gives that is annotated to be called; nothing for any other."""
        return self.argument(self._flow.sites.site(value), -1) if self.is_callable(value) else NOTHING

    def argument(self, site: Site, index: int) -> Values:
        """What argument `index` of the generic type of a site stands for."""
        arguments = self.written(site).arguments
        if not -len(arguments) <= index < len(arguments):
            return NOTHING
        return self.of((site.file, site.scope, site.position), arguments[index])
