"""Routes: which requests a tree answers, and by what.

What flows in: rule packs, the linked tree and the uses of what packs name. What flows out: Route nodes with their
handlers. A route belongs to a router: an object, a list of a module, or the arguments of a call; what mounts a router
says what stands before its paths.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from axon.languages.pack import Mount, Pack, Resource, Route, Router, fits
from axon.model.facts import NO_DEFINITION, ExpressionKind
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES
from axon.resolution.call_arguments import argument_of, arguments_at
from axon.resolution.evaluation import At
from axon.resolution.evidence import Place
from axon.resolution.frameworks.handed import functions_of, handlers_of, keys_in_call
from axon.resolution.frameworks.lists import add_lists, lists_of, module_named
from axon.resolution.frameworks.mounting import Key, Mounting
from axon.resolution.frameworks.nodes import FrameworkRows, RouteNode, Trigger
from axon.resolution.frameworks.objects import Made, Objects, named
from axon.resolution.frameworks.paths import in_braces, joined
from axon.resolution.frameworks.registered import RegisteredCalls
from axon.resolution.frameworks.resources import Decorated, actions_of
from axon.resolution.frameworks.sites import NO_DECORATED, Patterns, Use, plain
from axon.resolution.names import Names
from axon.resolution.types import place_of

_K = ExpressionKind
_NAME, _DISPLAY, _ELEMENT = int(_K.NAME), int(_K.DISPLAY), int(_K.ELEMENT)
_MEMBER, _LITERAL, _FUNCTION, _DEFINITION = int(_K.MEMBER), int(_K.LITERAL), int(_K.FUNCTION), int(_K.DEFINITION)
_VERBS: Final = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_ANY: Final = "ANY"
Rule = Router | Route | Mount | Resource


@dataclass(frozen=True, slots=True)
class _Registered:
    """A route as it is registered, its router's prefix left out."""

    pack: Pack
    router: Key
    methods: tuple[str, ...]
    path: str
    syntax: str
    handlers: tuple[int, ...]
    file: int
    reference: int


class Routes:
    """The routes of one tree under some packs."""

    def __init__(self, names: Names, packs: Sequence[Pack], objects: Objects, rows: FrameworkRows) -> None:
        self._names, self._packs, self._objects, self._rows = names, packs, objects, rows
        self._calls: dict[int, RegisteredCalls] = {}
        self._mountings = {pack.name: Mounting() for pack in packs}
        self._found: list[_Registered] = []
        self._extras: dict[int, list[Decorated]] = {}
        self._uses: dict[tuple[int, int], list[tuple[Use, Pack, Rule]]] = {}

    def calls(self) -> Patterns:
        """Of calls that make routers, add routes and mount."""
        return Patterns.of(pattern for pack in self._packs for rule in _all_rules(pack) for pattern in rule.calls)

    def decorators(self) -> Patterns:
        """Of decorators that add routes, or make a router of a class."""
        routes = (rule.decorators for pack in self._packs for rule in pack.routes)
        routers = (rule.decorators for pack in self._packs for rule in pack.routers)
        resources = (rule.extra for pack in self._packs for rule in pack.resources)
        return Patterns.of(pattern for patterns in (*routes, *routers, *resources) for pattern in patterns)

    def add(self, uses: Iterable[Use]) -> None:
        """Find the routes that uses register, and write them."""
        placed = list(self._placed(uses))
        for use, call, pack, rule in placed:
            self._uses.setdefault((use.file, call), []).append((use, pack, rule))
            if isinstance(rule, Resource) and use.decorated != NO_DECORATED:
                member = self._names.row(use.file, use.decorated)
                self._extras.setdefault(member, []).append(Decorated(self._of(use.file), call))
        for use, call, pack, rule in placed:
            if isinstance(rule, Route):
                self._add_route(use, call, pack, rule)
            elif isinstance(rule, Mount):
                self._add_mount(use, call, pack, rule)
            elif isinstance(rule, Resource):
                if use.decorated == NO_DECORATED:
                    self._add_resource(use, call, pack, rule)
            else:
                self._add_router(use, call, pack, rule)
        for pack in self._packs:
            if pack.routes_list:
                routers = self._listed_routers(pack) if pack.resources else None
                add_lists(self._names, pack, self._mountings[pack.name], routers)
        self._write()

    def _placed(self, uses: Iterable[Use]) -> Iterator[tuple[Use, int, Pack, Rule]]:
        """Each use with its call and the rules that it fits."""
        for use in uses:
            references = self._names.scopes[use.file].facts.references
            call = use.reference
            if use.decorated != NO_DECORATED:
                call = self._of(use.file).at(references.start_byte[use.reference])
            language = self._names.assembly.files[use.file].language
            for pack in self._packs if call >= 0 else ():
                if language in pack.languages:
                    for rule in _rules(pack, use):
                        yield use, call, pack, rule

    def _of(self, file: int) -> RegisteredCalls:
        known = self._calls.get(file)
        if known is None:
            known = self._calls[file] = RegisteredCalls(self._names, self._objects, file)
        return known

    def _at(self, file: int, call: int) -> At:
        references = self._names.scopes[file].facts.references
        return file, references.scope[call], references.start_byte[call]

    # --- routers ---------------------------------------------------------------------------------------------------

    def _add_router(self, use: Use, call: int, pack: Pack, rule: Router) -> None:
        calls, mounting = self._of(use.file), self._mountings[pack.name]
        key: Key = ("call", use.file, call)
        if use.decorated != NO_DECORATED:
            key = ("class", use.file, use.decorated)
        prefix = calls.texts(call, rule.prefix) if rule.prefix else None
        if prefix:
            found = tuple(self._braced(text, pack) for text in prefix)
            if rule.everywhere:
                mounting.everywhere = found
                return
            mounting.prefixes[key] = found
        if rule.within:
            mounting.add_all(self._receivers(use, call, pack), key, "")
        if rule.root:
            mounting.roots.add(key)
        if rule.listed:
            for child in self._routers(use.file, call, calls.expression(call, rule.listed), pack):
                mounting.add(key, child, "")

    def _receivers(self, use: Use, call: int, pack: Pack) -> list[Key]:
        """The routers on which a method is called; the root where only their class is known, and that is a root's."""
        facts = self._names.scopes[use.file].facts
        if use.decorated != NO_DECORATED and any(rule.decorators for rule in pack.routers):
            return [("class", use.file, facts.definitions.owner[use.decorated])]
        at, value = self._at(use.file, call), facts.references.value[use.reference]
        holder = facts.strings[facts.references.text[use.reference]].rpartition(".")[0]
        made = self._objects.of_path(at, holder) if holder else ()
        if not holder and value >= 0 and facts.expressions.kind[value] == _MEMBER:
            made = self._objects.of_expression(at, facts.expressions.first[value])
        found = [key for one in named(made) for key in self._made(one, pack)]
        return found or list(self._made(Made(use.name.rpartition(".")[0]), pack))

    def _made(self, made: Made, pack: Pack) -> Iterator[Key]:
        """The router that a call outside the tree made."""
        is_root = any(_fits(plain(made.name), rule.calls) for rule in pack.routers if rule.root)
        if made.call < 0:
            if is_root:
                yield self._root(pack)
            return
        file, _, position = made.at
        call = self._of(file).of_expression(made.call, position)
        added = [use for use, its_pack, rule in self._uses.get((file, call), ()) if _is_fluent(rule, its_pack, pack)]
        if added and call >= 0:  # what adds a route gives the router
            yield from self._receivers(added[0], call, pack)
            return
        key: Key = ("call", file, call) if call >= 0 else ("at", file, position)
        if is_root:
            self._mountings[pack.name].roots.add(key)
        yield key

    def _root(self, pack: Pack) -> Key:
        self._mountings[pack.name].roots.add(("root",))
        return ("root",)

    def _container(self, use: Use, call: int, pack: Pack) -> Key | None:
        """What a route or mount stands in: the arguments of another call, or the list of a variable."""
        calls = self._of(use.file)
        outer = calls.around(call)
        while outer >= 0:
            if any(its_pack is pack for _, its_pack, _ in self._uses.get((use.file, outer), ())):
                return ("call", use.file, outer)
            outer = calls.around(outer)
        named = calls.list_of(call)
        if named is not None:
            return ("list", use.file, *named)
        is_outside = self._names.scopes[use.file].facts.references.scope[call] == NO_DEFINITION
        return ("list", use.file, NO_DEFINITION, pack.routes_list) if pack.routes_list and is_outside else None

    def _braced(self, path: str, pack: Pack) -> str:
        return in_braces(path, pack.syntax, slashes=pack.slashes)

    # --- routes and mounts -----------------------------------------------------------------------------------------

    def _add_route(self, use: Use, call: int, pack: Pack, rule: Route) -> None:
        calls = self._of(use.file)
        paths = calls.texts(call, rule.path) if rule.path else None
        if not paths and not rule.bare:
            return
        paths = paths or [""]
        routers = self._receivers(use, call, pack)
        if rule.listed:
            container = self._container(use, call, pack)
            routers = [] if container is None else [container]
        if use.decorated != NO_DECORATED:
            handlers: Sequence[int] = (self._names.row(use.file, use.decorated),)
        else:
            handlers = self._handlers(use.file, call, rule.handler)
        mounting, syntax = self._mountings[pack.name], rule.syntax or pack.syntax
        for router in routers:
            if rule.listed:  # what its arguments hold stands behind its path
                mounting.add(router, ("call", use.file, call), in_braces(paths[0], syntax))
            if handlers or (rule.foreign and self._given(use.file, call, rule.handler)):
                methods = self._methods(use, call, rule, handlers)
                self._found += [
                    _Registered(pack, router, methods, path, syntax, tuple(handlers), use.file, use.reference)
                    for path in paths
                ]

    def _add_resource(self, use: Use, call: int, pack: Pack, rule: Resource) -> None:
        paths = self._of(use.file).texts(call, rule.path) or ()
        handlers = self._handlers(use.file, call, rule.handler)
        is_bare = self._is_bare(use, call, rule)
        for path, router in ((path, router) for path in paths for router in self._receivers(use, call, pack)):
            for row in (row for row in handlers if self._names.assembly.kind[row] in CLASS_CODES):
                for methods, url, handler in actions_of(self._names, rule, row, path, self._extras):
                    url = url.removesuffix("/") if is_bare else url  # noqa: PLW2901
                    self._found.append(
                        _Registered(pack, router, methods, url, "braces", (handler,), use.file, use.reference)
                    )

    def _is_bare(self, use: Use, call: int, rule: Resource) -> bool:
        """Whether the call that made the receiver has an argument that says that paths end without a slash."""
        facts = self._names.scopes[use.file].facts
        holder = facts.strings[facts.references.text[use.reference]].rpartition(".")[0]
        for made in self._objects.of_path(self._at(use.file, call), holder) if holder and rule.bare else ():
            maker = self._names.scopes[made.at[0]].facts if made.call >= 0 else None
            if maker is not None and argument_of(maker, maker.expressions.second[made.call], *rule.bare) >= 0:
                return True
        return False

    def _listed_routers(self, pack: Pack) -> Callable[[At, str], Iterator[Key]]:
        """What a name in the value of a list stands for, where it is a router: `urlpatterns = router.urls`."""

        def found(at: At, text: str) -> Iterator[Key]:
            for made in named(self._objects.of_path(at, text)):
                if made.call >= 0:
                    yield from self._made(made, pack)

        return found

    def _given(self, file: int, call: int, wanted: Sequence[str]) -> list[int]:
        """The expressions of an argument."""
        facts = self._names.scopes[file].facts
        return [at for place in wanted for at in arguments_at(facts, facts.references.argument[call], place)]

    def _is_unknown(self, file: int, call: int, expression: int) -> bool:
        """Whether an argument may be a router for all that is known of it."""
        kind = self._names.scopes[file].facts.expressions.kind[expression]
        if kind in (_LITERAL, _FUNCTION, _DEFINITION):
            return False
        rows = functions_of(self._names, self._objects, self._at(file, call), expression)
        return not any(self._names.assembly.kind[row] in CALLABLE_CODES for row in rows)

    def _handlers(self, file: int, call: int, wanted: Sequence[str]) -> Sequence[int]:
        given = self._given(file, call, wanted)
        return handlers_of(self._names, self._objects, self._at(file, call), given[-1]) if given else ()

    def _methods(self, use: Use, call: int, rule: Route, handlers: Sequence[int]) -> tuple[str, ...]:
        stated = self._of(use.file).texts(call, rule.methods) if rule.methods else None
        if stated:
            return tuple(dict.fromkeys(method.upper() for method in stated))
        if rule.named:
            return (use.name.rpartition(".")[2].upper(),)
        given = self._given(use.file, call, rule.handler) if use.decorated == NO_DECORATED else []
        said = keys_in_call(self._names, self._at(use.file, call), given[-1]) if given else []
        if said and all(key in _VERBS for key in said):
            return tuple(key.upper() for key in said)
        classes = [row for row in handlers if self._names.assembly.kind[row] in CLASS_CODES]
        if rule.default != (_ANY,) and classes:
            order = self._names.classes.heritage.order(classes[0])
            verbs = tuple(verb.upper() for verb in _VERBS if self._names.classes.declared(order, verb))
            return verbs or rule.default
        return rule.default

    def _add_mount(self, use: Use, call: int, pack: Pack, rule: Mount) -> None:
        calls, mounting = self._of(use.file), self._mountings[pack.name]
        here: Key = ("call", use.file, call)
        prefixes = calls.texts(call, rule.prefix) if rule.prefix else None
        prefix = self._braced(prefixes[0], pack) if prefixes else ""
        given = self._given(use.file, call, rule.child)
        children = [key for expression in given for key in self._routers(use.file, call, expression, pack)]
        children += self._modules(use.file, calls.texts(call, rule.child) or (), pack)
        parents = self._receivers(use, call, pack)
        if rule.listed:
            container = self._container(use, call, pack)
            parents = [] if container is None else [container]
            mounting.add_all(parents, here, prefix)
            parents, prefix = [here], ""
        elif (
            not children
            and not calls.tabled(call)
            and any(self._is_unknown(use.file, call, expression) for expression in given)
        ):
            mounting.has_unknown = True
        for child in children:
            mounting.add_all(parents, child, prefix, replaces=rule.replaces and prefixes is not None)
        for text, name in zip(prefixes or (), calls.tabled(call), strict=False):
            for made in named(self._objects.of_path(self._at(use.file, call), name)):
                for key in self._made(made, pack):
                    mounting.add_all(parents, key, self._braced(text, pack))

    def _modules(self, file: int, texts: Iterable[str], pack: Pack) -> Iterator[Key]:
        """The lists of the modules that texts name."""
        for text in texts:
            found = module_named(self._names, file, text)
            if found is not None and pack.routes_list:
                yield ("list", found, NO_DEFINITION, pack.routes_list)

    def _routers(self, file: int, call: int, expression: int, pack: Pack) -> Iterator[Key]:
        """The routers that an argument stands for."""
        facts = self._names.scopes[file].facts
        table = facts.expressions
        if expression < 0:
            return
        if table.kind[expression] == _DISPLAY:
            first = table.second[expression]
            if first >= 0 and table.kind[first] == _ELEMENT:
                yield from self._routers(file, call, table.first[first], pack)
            return
        at = self._at(file, call)
        if table.kind[expression] == _NAME:
            text = facts.strings[table.text[expression]]
            yield from lists_of(self._names, at, text, pack)
        for made in named(self._objects.of_expression(at, expression)):
            yield from self._made(made, pack)

    def _write(self) -> None:
        for found in self._found:
            mounting = self._mountings[found.pack.name]
            place: Place = place_of(self._names.scopes[found.file].facts, found.reference)
            trigger = Trigger(found.pack.name, "route")
            for prefix in mounting.prefixes_of(found.router):
                path = joined(prefix, in_braces(found.path, found.syntax, slashes=found.pack.slashes))
                path = path if path.startswith("/") else f"/{path}"
                for method in found.methods:
                    node = RouteNode(found.file, method, path, found.path)
                    self._rows.add_route(node, trigger, place, found.handlers)
                for row in found.handlers:
                    self._add_handler(found.file, row, trigger, place)

    def _add_handler(self, file: int, row: int, trigger: Trigger, place: Place) -> None:
        assembly = self._names.assembly
        if assembly.place(row)[0] != file:
            start = assembly.start_byte[row]
            place = (assembly.start_line[row], 0, start, start)
        self._rows.add_entry(row, trigger, place)


def _rules(pack: Pack, use: Use) -> Iterator[Rule]:
    """The rules that a use fits; of two for routes the one whose path may be left out, which says more."""
    if use.decorated != NO_DECORATED:
        yield from (rule for rule in pack.routers if _fits(use.name, rule.decorators))
        yield from (rule for rule in pack.routes if _fits(use.name, rule.decorators))
        yield from (rule for rule in pack.resources if _fits(use.name, rule.extra))
        return
    yield from (rule for rule in pack.routers if _fits(use.name, rule.calls))
    yield from (rule for rule in pack.mounts if _fits(use.name, rule.calls))
    yield from (rule for rule in pack.resources if _fits(use.name, rule.calls))
    routes = [rule for rule in pack.routes if _fits(use.name, rule.calls)]
    yield from [rule for rule in routes if rule.bare] or routes


def _is_fluent(rule: Rule, its_pack: Pack, pack: Pack) -> bool:
    return its_pack is pack and isinstance(rule, Route | Mount)


def _all_rules(pack: Pack) -> Iterator[Rule]:
    yield from pack.routers
    yield from pack.routes
    yield from pack.mounts
    yield from pack.resources


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fits(pattern, name) for pattern in patterns)
