"""What stubs say of external symbols: what calling, reading and iterating them gives.

What flows in: declarations by module. What flows out: names of values outside the tree. An instance of an external
class is called `re.Pattern()`, with what its brackets hold `re.Pattern[builtins.str]()`; the class itself `re.Pattern`.
What is passed in and may be handed back is `UNTOLD` in brackets.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from axon.languages.library import Annotation
from axon.languages.stubs import OWN, VARIABLE, Declared, Stub, StubModule
from axon.resolution.signatures import NO_ARGUMENTS, UNTOLD, Arguments, fitting

_NOTHING: Final = Annotation("", ())
_MOST_NESTED, _MOST_ALTERNATIVES = 8, 3
_TOKEN: Final = re.compile(r"[^\[\],|]+|[\[\],|]")

_EITHER: Final = frozenset({"typing.Optional", "typing.Union"})
_INNER: Final = frozenset({"Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly"})
_AWAITED: Final = frozenset({"Coroutine", "Awaitable", "CoroutineType"})
_CHECKS: Final = frozenset({"TypeGuard", "TypeIs"})
_TYPING: Final = ("typing.", "typing_extensions.", "types.", "collections.abc.")
_ANY: Final = frozenset({"typing.Any", "typing_extensions.Any", "builtins.object", "typing.Callable", "types.NoneType"})
_NONE: Final = frozenset({"typing.Never", "typing.NoReturn", "typing_extensions.Never", "typing_extensions.NoReturn"})
_TUPLE: Final = "builtins.tuple"
_ROOT: Final = Annotation("builtins.object", ())
_UNTOLD: Final = Annotation(UNTOLD, ())

Bound = Mapping[str, Annotation]


class Found(NamedTuple):
    """A declaration, its name, and what the type variables around it stand for."""

    stub: Stub
    name: str
    bound: Bound


class LibraryTypes:
    """The declarations of some modules."""

    def __init__(self, modules: Mapping[str, StubModule]) -> None:
        self.modules = modules
        self._known: dict[str, Found | None] = {}
        self._types: dict[str, Annotation | None] = {}
        self._parts_of: dict[str, tuple[str, str]] = {}  # names in two: module, and what is inside

    def find(self, name: str, depth: int = 0) -> Found | None:
        """What declares a dotted name."""
        if name in self._known or not self.modules or "(" in name:
            return self._known.get(name)
        known = self._known[name] = self._find(name, depth) if depth <= _MOST_NESTED else None
        return known

    def _find(self, name: str, depth: int) -> Found | None:
        module, inside = self._split(name)
        if not inside:
            return None
        declared = self.modules[module].declared.get(inside)
        if declared is not None:
            return self._meant(Found(declared, name, {}), depth)
        before, _, last = name.rpartition(".")
        if before != module:
            owner = self.find(before, depth + 1)
            if owner is None or owner.stub.kind is Declared.FUNCTION:
                return None
            types = (
                [Annotation(owner.name, ())] if owner.stub.kind is Declared.CLASS else [*self._parts(owner, _NOTHING)]
            )
            return self.member(types[0], last, depth + 1) if len(types) == 1 else None
        for star in self.modules[module].stars:
            found = self.find(f"{star}.{inside}", depth + 1)
            if found is not None:
                return found
        return None

    def _meant(self, found: Found, depth: int) -> Found | None:
        if found.stub.kind is not Declared.ALIAS:
            return found
        other = self.find(found.stub.types[0].name, depth + 1)
        return other._replace(name=found.name) if other is not None else None

    def _split(self, name: str) -> tuple[str, str]:
        """The longest module that a dotted name begins with, and what comes behind it; '' where there is none."""
        known = self._parts_of.get(name)
        if known is None:
            module = name
            while module and module not in self.modules:
                module = module.rpartition(".")[0]
            known = self._parts_of[name] = (module, name[len(module) + 1 :] if module else "")
        return known

    def member(self, owner: Annotation, name: str, depth: int = 0) -> Found | None:
        """What an instance or class of a type has under a name, its own or inherited."""
        found = self.find(owner.name, depth + 1)
        if found is None or found.stub.kind is not Declared.CLASS or depth > _MOST_NESTED:
            return None
        variables, arguments = found.stub.variables, owner.arguments
        if owner.name == _TUPLE and len(arguments) > 1:
            arguments = (Annotation("|", tuple(one if one.name else _UNTOLD for one in arguments)),)
        bound = dict(zip(variables, arguments, strict=False))
        home = self._home(found.name, depth)
        module, inside = self._split(home)
        declared = self.modules[module].declared.get(f"{inside}.{name}") if module else None
        if declared is not None:
            if declared.kind is Declared.ALIAS:
                return self.find(declared.types[0].name, depth + 1)
            return Found(declared, f"{home}.{name}", bound)
        for base in found.stub.types:
            inherited = self.member(_filled(base, bound), name, depth + 1)
            if inherited is not None:
                return inherited
        return None

    def _home(self, name: str, depth: int) -> str:
        """Where the class really stands that a name means."""
        while depth <= _MOST_NESTED:
            depth += 1
            module, inside = self._split(name)
            declared = self.modules[module].declared.get(inside) if inside else None
            if declared is None and inside:
                star = next((s for s in self.modules[module].stars if self.find(f"{s}.{inside}", depth)), "")
                if not star:
                    return name
                name = f"{star}.{inside}"
            elif declared is None or declared.kind is not Declared.ALIAS:
                return name
            else:
                name = declared.types[0].name
        return name

    def type_of(self, value: str) -> Annotation | None:
        """The type that an external value is an instance of; None for one that is no instance, or not known."""
        if value not in self._types:
            self._types[value] = self._type_of(value)
        return self._types[value]

    def _type_of(self, value: str) -> Annotation | None:
        if value.endswith("()") and "(" not in value[:-2]:
            return parsed(value[:-2])
        found = self.find(value)
        if found is None or found.stub.kind is not Declared.VALUE:
            return None
        types = list(self._parts(found, _NOTHING))
        return types[0] if len(types) == 1 else None

    def called(self, name: str, receiver: str, given: Arguments) -> Sequence[str] | None:
        """What calling an external symbol gives, read from a receiver ('': none); None where no stub says it."""
        owner = self.type_of(receiver) if receiver else None
        if name.endswith("()"):
            itself = self.type_of(name)
            return self._results(itself, "__call__", given) if itself is not None else None
        if owner is not None:
            return self._results(owner, name.rpartition(".")[2], given)
        found = self.find(name)
        if found is None:
            return None
        if found.stub.kind is Declared.CLASS:
            untold = ",".join(UNTOLD for _ in found.stub.variables) if found.stub.variables and given.has_own() else ""
            return (f"{name}[{untold}]()" if untold else f"{name}()",)
        return self._given(found, self._class_around(found), given)

    def result(self, value: str, *methods: str) -> Sequence[str] | None:
        """What the first method that an external instance has of some gives; None where no stub says it."""
        owner = self.type_of(value)
        for method in methods if owner is not None else ():
            assert owner is not None
            found = self._results(owner, method, NO_ARGUMENTS)
            if found is not None:
                return found
        return None

    def _results(self, owner: Annotation, method: str, given: Arguments) -> Sequence[str] | None:
        found = self.member(owner, method)
        return self._given(found, owner, given) if found is not None else None

    def _class_around(self, found: Found) -> Annotation:
        """The class whose member was found by its dotted name; no type where it is in none."""
        before = found.name.rpartition(".")[0]
        return Annotation(before, ()) if before not in self.modules else _NOTHING

    def _given(self, found: Found, owner: Annotation, given: Arguments) -> Sequence[str] | None:
        """What a function that was found gives when it is called."""
        if found.stub.kind is not Declared.FUNCTION:
            return None
        signature, told = fitting(found.stub.signatures, owner, given, self.expanded)
        bound = {**told, **found.bound, OWN: owner} if owner.name else {**told, **found.bound}
        instead = UNTOLD if signature.parameters and given.has_own() else ""
        return _values(list(dict.fromkeys(self._alternatives(_filled(signature.result, bound, instead)))))

    def expanded(self, said: Annotation, depth: int = 0) -> Iterator[Annotation]:
        """The alternatives of a type, with what stands behind other names for it."""
        if (said.name == "|" or said.name in _EITHER) and depth <= _MOST_NESTED:
            for part in said.arguments:
                yield from self.expanded(part, depth + 1)
            return
        found = self.find(said.name) if said.name and not said.name.startswith(VARIABLE) else None
        if found is not None and found.stub.kind is Declared.TYPE and depth <= _MOST_NESTED:
            yield from self.expanded(found.stub.types[0], depth + 1)
        else:
            yield said

    def read(self, value: str, name: str) -> Sequence[str]:
        """What an attribute of an external value holds: the name of a member, or instances of what it is declared as.

        Nothing where no stub knows the type of the value; `UNTOLD` where that type has no such attribute.
        """
        owner = self.type_of(value) if value.endswith("()") else None
        home = self.find(owner.name) if owner is not None else None
        if owner is None or home is None or home.stub.kind is not Declared.CLASS:
            return ()
        found = self.member(owner, name) or self.member(_ROOT, name)
        if found is None and self._is_whole(owner.name):
            return (UNTOLD,)  # then it is something else than what is known of it
        if found is not None and found.stub.kind is Declared.VALUE:
            held = _values(list(self._parts(found, owner)))
            if held:
                return held
        return (f"{owner.name}.{name}",)

    def _is_whole(self, name: str, depth: int = 0) -> bool:
        """Whether all bases of a class are known."""
        found = self.find(name)
        return (
            found is not None
            and found.stub.kind is Declared.CLASS
            and depth <= _MOST_NESTED
            and all(self._is_whole(base.name, depth + 1) for base in found.stub.types)
        )

    def said_by(self, value: str, receiver: str = "") -> str:
        """What a stub declares an external symbol as, read from a receiver ('': none); '' where none does."""
        owner = self.type_of(receiver) if receiver else None
        found = self.member(owner, value.rpartition(".")[2]) if owner is not None else self.find(value)
        if found is None:
            return ""
        module, _ = self._split(found.name)
        path, line = self.modules[module].path, found.stub.line
        where = f" ({path}:{line})" if path and line else ""
        return f"the stub of `{module}` declares `{found.name}`{where}"

    def element(self, value: str) -> Sequence[str] | None:
        """What iterating an external value gives; None where no stub says it."""
        iterators = self.result(value, "__iter__", "__aiter__")
        if iterators is None:
            return self.result(value, "__getitem__")
        found = [self.result(iterator, "__next__", "__anext__") for iterator in iterators]
        if any(one is None for one in found):
            return None
        return tuple(dict.fromkeys(element for one in found for element in one or ()))

    def item(self, value: str, key: str) -> Sequence[str] | None:
        """What stands under a key of an external value, any where it is ''; None where no stub says it."""
        owner = self.type_of(value)
        if owner is None:
            return None
        placed = self.place(value, key)
        if placed is not None:
            return placed
        found = self.member(owner, "__getitem__")
        if found is None or found.stub.kind is not Declared.FUNCTION:
            return None
        signature = found.stub.signatures[0]  # the others are for slices
        bound = {**found.bound, OWN: owner}
        return _values(list(self._alternatives(_filled(signature.result, bound))))

    def place(self, value: str, index: str) -> Sequence[str] | None:
        """What stands at a place of a tuple, `UNTOLD` where its type is not known; None where no stub says it."""
        owner = self.type_of(value)
        if owner is None or owner.name != _TUPLE or not index.isdigit() or len(owner.arguments) < 2:
            return None
        parts = [part for one in owner.arguments[int(index) :][:1] for part in self._alternatives(one)]
        return _values(parts) or (UNTOLD,)

    def _parts(self, found: Found, owner: Annotation) -> Iterator[Annotation]:
        """The types that a declaration names, the owner's own type and type variables filled in."""
        bound = {**found.bound, OWN: owner} if owner.name else found.bound
        for one in found.stub.types:
            yield from dict.fromkeys(self._alternatives(_filled(one, bound)))

    def _alternatives(self, written: Annotation, depth: int = 0) -> Iterator[Annotation]:
        """The classes that a type may be an instance of; a class itself where it says so."""
        name, arguments = written
        last = name.rpartition(".")[2]
        if (name == "|" or name in _EITHER) and depth <= _MOST_NESTED:
            for part in arguments:
                yield from self._alternatives(part, depth + 1)
        elif name == UNTOLD:
            yield written
        elif name.startswith(_TYPING) and last in _INNER and arguments:
            yield from self._alternatives(arguments[0], depth + 1)
        elif name.startswith(_TYPING) and last in _AWAITED and arguments:
            yield from self._alternatives(arguments[-1], depth + 1)
        elif name.startswith(_TYPING) and last in _CHECKS:
            yield Annotation("builtins.bool", ())
        elif (
            name
            and self._home(name, 0) not in _ANY
            and name not in _NONE
            and name != "[]"
            and not name.startswith(VARIABLE)
        ):
            found = self.find(name)
            if found is not None and found.stub.kind is Declared.TYPE and depth <= _MOST_NESTED:
                yield from self._alternatives(found.stub.types[0], depth + 1)
            elif found is not None and found.stub.kind is Declared.CLASS and name != "builtins.type":
                yield Annotation(self._public(name), tuple(self._argument(part, depth) for part in arguments))

    def _public(self, name: str) -> str:
        """The name under which a package offers what one of its private modules defines; no private other name."""
        if name.rpartition(".")[2][:1] == "_":
            name = self._home(name, 0)
        module, inside = self._split(name)
        package, _, last = module.rpartition(".")
        if not package or last[:1] != "_" or self._home(f"{package}.{inside}", 0) != self._home(name, 0):
            return name
        return f"{package}.{inside}"

    def _argument(self, written: Annotation, depth: int) -> Annotation:
        if written.name == UNTOLD:
            return written
        if depth > _MOST_NESTED:  # each round could nest what the last one gave
            return _NOTHING
        parts = tuple(dict.fromkeys(self._alternatives(written, depth + 1)))
        return parts[0] if len(parts) == 1 else Annotation("|", parts) if parts else _NOTHING


def _filled(written: Annotation, bound: Bound, instead: str = "") -> Annotation:
    """A type with its variables replaced; by `instead` where nothing is known of one."""
    name, arguments = written
    if name.startswith(VARIABLE):
        return bound.get(name, Annotation(instead, ()))
    if not arguments:
        return written
    return Annotation(name, tuple(_filled(part, bound, instead) for part in arguments))


def _values(types: list[Annotation]) -> Sequence[str] | None:
    """Names of instances of types; None where there are none, or too many."""
    names = tuple(dict.fromkeys(UNTOLD if part.name == UNTOLD else f"{written(part)}()" for part in types))
    return names if 0 < len(names) <= _MOST_ALTERNATIVES else None


def written(part: Annotation) -> str:
    """A type as text, as `parsed` reads it."""
    if part.name == "|":
        return "|".join(written(one) for one in part.arguments)
    if not any(one.name for one in part.arguments):
        return part.name
    return f"{part.name}[{','.join(written(one) for one in part.arguments)}]"


@lru_cache(maxsize=20_000)
def parsed(text: str) -> Annotation:
    """The type that a text says."""
    tokens = _TOKEN.findall(text)
    found, _ = _read(tokens, 0)
    return found


def _read(tokens: Sequence[str], at: int) -> tuple[Annotation, int]:
    parts = list[Annotation]()
    while at < len(tokens) and tokens[at] not in ",]":
        if tokens[at] == "|":
            at += 1
            continue
        name, arguments = tokens[at], list[Annotation]()
        at += 1
        if at < len(tokens) and tokens[at] == "[":
            while at < len(tokens) and tokens[at] != "]":
                one, at = _read(tokens, at + 1)
                arguments.append(one)
            at += 1
        parts.append(Annotation(name, tuple(arguments)))
    if len(parts) == 1:
        return parts[0], at
    return Annotation("|", tuple(parts)) if parts else _NOTHING, at
