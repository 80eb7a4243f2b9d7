"""Rule packs: what a framework does with the code of a tree, as data.

What flows in: the text of a TOML file. What flows out: a `Pack` of frozen rules. It does not know how one is applied.

A pattern is a dotted name. A part `*` of it stands for any number of parts, any other star for a piece of one part:
`flask.*.Flask.route` is `flask.Flask.route` and `flask.app.Flask.route`.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import translate
from functools import cache
from typing import Any, Final, TypeVar

from axon.errors import ConfigError

SYNTAXES: Final = ("braces", "angles", "regex", "colons", "brackets")
"""`{id}`, `<int:id>`, `(?P<id>[0-9]+)`, `:id`, `[id]`."""

_PACK_KEYS: Final = (
    *(
        "name",
        "languages",
        "requires",
        "syntax",
        "slashes",
        "routes_list",
        "root_constant",
        "entry",
        "router",
        "route",
        "mount",
        "injection",
        "page",
        "resource",
    ),
)
_T = TypeVar("_T", "Entry", "Router", "Route", "Mount", "Injection", "Page", "Resource")


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of entry point, by what makes a definition one; all that is given must hold.

    `decorators` are patterns of what stands on it; `calls` of functions that are given it as argument `argument`;
    `bases` of classes outside the tree below which its class is. `files` are globs of paths, where `**` spans folders,
    and `names` globs of names at the top level of such a file, `exports` names that it offers to others. With
    `members`, the members of these names of a class that fits are entry points; the class itself only with `itself`.
    """

    kind: str
    decorators: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    argument: str = "0"
    bases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Router:
    """What makes an object that routes belong to, or where a list of them is given; keywords or places of arguments.

    `prefix` stands before all its paths. A root is reached by itself; any other where it is mounted. `listed` is the
    argument that is a list of routes. One that is made `within` another, by a call on it, is mounted there. With
    `decorators` on a class, what stands on its methods belongs to it. With `everywhere`, the call makes none: its
    prefix stands before all roots.
    """

    calls: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    root: bool = False
    within: bool = False
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """What adds a route to its receiver, or with `listed` to the list in which it stands.

    Its HTTP methods are the texts of the argument `methods`, else `default`; with `named` the last part of its own
    name. A path is written in the `syntax` of the pack, or in its own; where it may be left out (`bare`), the route is
    that of its router. Of several handlers the last one answers. With `foreign` a route counts whose handler is not of
    the tree.
    """

    decorators: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    path: tuple[str, ...] = ("0",)
    handler: tuple[str, ...] = ("1",)
    methods: tuple[str, ...] = ()
    default: tuple[str, ...] = ("ANY",)
    syntax: str = ""
    named: bool = False
    listed: bool = False
    bare: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Mount:
    """What puts the routes of a router behind a prefix of its receiver, or with `listed` of the list where it stands.

    `child` is the router, or the dotted name of a module in a text, whose routes are the list `routes` of the pack.
    With `replaces`, a prefix that is given here stands in place of the router's own.
    """

    calls: tuple[str, ...] = ()
    child: tuple[str, ...] = ("0",)
    prefix: tuple[str, ...] = ()
    replaces: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Injection:
    """What a framework hands to a function: `decorators` make a provider of that name, which is handed to parameters of
    entry points of the kinds `into`, from the same file or from one that `files` says is shared with the folders below
    it; `calls` name a provider in a default or an annotation of a parameter. What `constructed` stands on is a class
    whose constructor is handed instances of the classes that its parameters are annotated with.

    A provider is known by its own name, or by the text that its decorator is given as `name`. It is run once for each
    element of the argument `variants` of its decorator, which it reads as `variant`, an attribute of a parameter:
    `request.param`. `given` are lines of a name and of the class outside the tree of which the framework hands over an
    instance under it. Decorators of `listed` list what parameters are given: `names` is the argument that names them,
    one after the other in a text or each in its own, `values` that which lists the value of the one, or a row of values
    of all; a call of `row` stands for the row that it is given."""

    decorators: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    constructed: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    variant: str = ""
    given: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    row: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Routes by the place of a file: one for each of `exports` that a file of these globs offers, which answers it.

    Its URL path is what stands between the folder `below` and the file, which is a part of it as well unless it is one
    of `names`. That folder is the root's or its `src`'s; the root is the nearest folder with a file `beside`, where the
    tree has any. Parts that a glob of `drop` fits are no part of the URL; with one that fits `never` there is no route.
    The HTTP method is the name of the export, or `default`.
    """

    files: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    exports: tuple[str, ...] = ("default",)
    default: tuple[str, ...] = ("ANY",)
    names: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """What adds to its receiver one route for each of the `actions` that a class has: `list GET {path}/`.

    An action is the name of a member, an HTTP method and a URL path, in which `{path}` is the one given and `{key}` the
    parameter that one of the constants `keys` of the class names, else `key`. The class has what it declares and what
    its bases outside the tree have: `given` are lines of a pattern and names. Members under a decorator of `extra` are
    actions too, at `one` where the argument `single` is true, else at `all`. With an argument `bare` of the call that
    made the receiver, paths do not end with a slash.
    """

    calls: tuple[str, ...] = ()
    path: tuple[str, ...] = ("0",)
    handler: tuple[str, ...] = ("1",)
    actions: tuple[str, ...] = ()
    key: str = "id"
    keys: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    extra_path: tuple[str, ...] = ()
    extra_methods: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    one: str = ""
    all: str = ""
    bare: tuple[str, ...] = ()
    syntax: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one framework for files of some languages, in trees that use a package that is required.

    `requires` are heads of external names, any of which is enough; without them the pack holds everywhere. `syntax` is
    how parameters stand in its paths: one of `SYNTAXES`; with `slashes`, a slash stands between the parts of a path
    that lack one. `routes_list` is the name of the list of routes that a module
    has, `root_constant` the one that names the module where all begin.
    """

    name: str
    languages: frozenset[str]
    requires: tuple[str, ...] = ()
    syntax: str = "braces"
    slashes: bool = False
    routes_list: str = ""
    root_constant: str = ""
    entries: tuple[Entry, ...] = ()
    routers: tuple[Router, ...] = ()
    routes: tuple[Route, ...] = ()
    mounts: tuple[Mount, ...] = ()
    injections: tuple[Injection, ...] = ()
    pages: tuple[Page, ...] = ()
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The last parts of the names of calls whose texts rules ask for: of decorators, and of all calls."""

    decorators: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return name in self.calls or name in self.decorators

    def is_wanted(self, name: str) -> tuple[bool, bool]:
        """Whether a call of that name is, and whether one that is a decorator is."""
        return name in self.calls, name in self.decorators


@cache
def vocabulary(packs: tuple[Pack, ...], language: str) -> Vocabulary:
    """What the rules of some packs ask of files of a language."""
    chosen = [pack for pack in packs if language in pack.languages]
    asked = ({p for pack in chosen for p in of(pack)} for of in (_asked_decorators, _asked_calls))
    return Vocabulary(*(frozenset(p.rpartition(".")[2] for p in patterns) for patterns in asked))


def _asked_decorators(pack: Pack) -> Iterator[str]:
    """Patterns of the decorators whose texts the rules of a pack ask for."""
    for route in pack.routes:
        yield from route.decorators
    for router in pack.routers:
        yield from router.decorators
    for resource in pack.resources:
        yield from resource.extra
    for injection in pack.injections:
        yield from (*injection.decorators, *injection.listed)


def _asked_calls(pack: Pack) -> Iterator[str]:
    """Patterns of the calls whose texts the rules of a pack ask for."""
    yield from (call for route in pack.routes for call in route.calls)
    yield from (call for resource in pack.resources for call in resource.calls)
    yield from (call for mount in pack.mounts for call in mount.calls)
    for router in pack.routers:
        if router.prefix or router.listed or router.within:
            yield from router.calls


def parse_pack(source: str, text: str) -> Pack:
    """The pack that a file `source` holds.

    Raises:
        ConfigError: it is no TOML, or not in the form of a pack.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not valid TOML: {error}.") from error
    _check_keys(source, "a pack", table, _PACK_KEYS)
    name, languages = table.get("name"), table.get("languages")
    if not isinstance(name, str) or not re.fullmatch(r"[\w-]+", name):
        raise ConfigError(f"{source} needs a `name` of letters, digits, '-' and '_'.")
    if not languages:
        raise ConfigError(f'{source} needs `languages`, such as ["python"].')
    syntax = table.get("syntax", SYNTAXES[0])
    if syntax not in SYNTAXES:
        raise ConfigError(f"`syntax` in {source} must be one of {', '.join(SYNTAXES)}.")
    return Pack(
        name,
        frozenset(_texts(source, "languages", languages)),
        _texts(source, "requires", table.get("requires", [])),
        syntax,
        table.get("slashes", False) is True,
        str(table.get("routes_list", "")),
        str(table.get("root_constant", "")),
        tuple(_entry(source, rule) for rule in _rules(source, table, "entry", Entry)),
        tuple(_rules(source, table, "router", Router)),
        tuple(_rules(source, table, "route", Route)),
        tuple(_rules(source, table, "mount", Mount)),
        tuple(_rules(source, table, "injection", Injection)),
        tuple(_rules(source, table, "page", Page)),
        tuple(_rules(source, table, "resource", Resource)),
    )


def fits(pattern: str, name: str) -> bool:
    """Whether a pattern of dotted names fits a name; one that begins otherwise costs no regular expression."""
    return name.startswith(_beginning(pattern)) and _compiled_pattern(pattern).fullmatch(name) is not None


@cache
def _beginning(pattern: str) -> str:
    return pattern.partition("*")[0]


@cache
def _compiled_pattern(pattern: str) -> re.Pattern[str]:
    *first, last = pattern.split(".")
    parts = [r"(?:[^.]+\.)*" if part == "*" else f"{_glob(part)}\\." for part in first]
    return re.compile("".join(parts) + (r"(?:[^.]+\.)*[^.]+" if last == "*" else _glob(last)))


@cache
def compiled_paths(globs: tuple[str, ...]) -> re.Pattern[str]:
    """Globs of paths as one regular expression: `**/` is any folders, none as well, `*` stays within one part."""
    return re.compile("|".join(f"(?:{_path_glob(glob)})" for glob in globs) or r"(?!)")


@cache
def compiled_names(globs: tuple[str, ...]) -> re.Pattern[str]:
    """Globs of plain names as one regular expression."""
    return re.compile("|".join(translate(glob) for glob in globs) or r"(?!)")


def _glob(part: str) -> str:
    return re.escape(part).replace(r"\*", "[^.]*")


def _path_glob(glob: str) -> str:
    return re.escape(glob).replace(r"\*\*/", "(?:[^/]+/)*").replace(r"\*", "[^/]*")


def _entry(source: str, entry: Entry) -> Entry:
    if not (entry.decorators or entry.calls or entry.bases or entry.files):
        raise ConfigError(f"The [[entry]] of kind {entry.kind!r} in {source} says nothing that makes an entry point.")
    return entry


def _rules(source: str, table: Mapping[str, Any], key: str, rule: Callable[..., _T]) -> Iterator[_T]:
    """The tables of one kind as rules, each value checked against the field's own."""
    known = {field.name: field for field in fields(rule)}  # type: ignore[arg-type]
    for given in _tables(source, key, table.get(key, [])):
        _check_keys(source, f"[[{key}]]", given, list(known))
        values = {name: _value(source, name, value, known[name].default) for name, value in given.items()}
        if "kind" in known and not isinstance(values.get("kind"), str):
            raise ConfigError(f"An [[entry]] in {source} needs a `kind`, such as 'task'.")
        yield rule(**values)


def _value(source: str, key: str, value: object, default: object) -> object:
    """A value in the form of a field: one text may stand for a list of one, a number for a place."""
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ConfigError(f"`{key}` in {source} must be true or false, not {value!r}.")
        return value
    if not isinstance(default, tuple):
        return str(value)
    places = [str(item) if isinstance(item, int) else item for item in value] if isinstance(value, list) else value
    return _texts(source, key, places)


def _check_keys(source: str, what: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            raise ConfigError(f"Unknown key {key!r} of {what} in {source}. The keys are {', '.join(known)}.")


def _texts(source: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ConfigError(f"`{key}` in {source} must be a list of texts, not {value!r}.")
    return tuple(value)


def _tables(source: str, key: str, value: object) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ConfigError(f"`{key}` in {source} must be tables: write [[{key}]].")
    return value
