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
        "routes_list",
        "root_constant",
        "entry",
        "router",
        "route",
        "mount",
        "injection",
    ),
)
_T = TypeVar("_T", "Entry", "Router", "Route", "Mount", "Injection")


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of entry point, by what makes a definition one; all that is given must hold.

    `decorators` are patterns of what stands on it; `calls` of functions that are given it as argument `argument`;
    `bases` of classes outside the tree below which its class is. `files` are globs of paths, where `**` spans folders,
    and `names` globs of names at the top level of such a file. With `members`, the members of these names of a class
    that fits are entry points; the class itself is one only with `itself`.
    """

    kind: str
    decorators: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    argument: str = "0"
    bases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Router:
    """What makes an object that routes belong to, or where a list of them is given; keywords or places of arguments.

    `prefix` stands before all its paths. A root is reached by itself; any other where it is mounted. `listed` is the
    argument that is a list of routes.
    """

    calls: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    root: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """What adds a route to its receiver, or with `listed` to the list in which it stands.

    Its HTTP methods are the texts of the argument `methods`, else `default`; with `named` the last part of its own
    name. A path is written in the `syntax` of the pack, or in its own.
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
    it; `calls` name a provider in a default or an annotation of a parameter."""

    decorators: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one framework for files of some languages, in trees that use a package that is required.

    `requires` are heads of external names, any of which is enough; without them the pack holds everywhere. `syntax` is
    how parameters stand in its paths: one of `SYNTAXES`. `routes_list` is the name of the list of routes that a module
    has, `root_constant` the one that names the module where all begin.
    """

    name: str
    languages: frozenset[str]
    requires: tuple[str, ...] = ()
    syntax: str = "braces"
    routes_list: str = ""
    root_constant: str = ""
    entries: tuple[Entry, ...] = ()
    routers: tuple[Router, ...] = ()
    routes: tuple[Route, ...] = ()
    mounts: tuple[Mount, ...] = ()
    injections: tuple[Injection, ...] = ()


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
    decorators = {pattern for pack in chosen for rule in pack.routes for pattern in rule.decorators}
    calls = {pattern for pack in chosen for rule in pack.routes for pattern in rule.calls}
    calls |= {
        pattern for pack in chosen for rule in pack.routers if rule.prefix or rule.listed for pattern in rule.calls
    }
    calls |= {pattern for pack in chosen for rule in pack.mounts for pattern in rule.calls}
    return Vocabulary(*(frozenset(p.rpartition(".")[2] for p in patterns) for patterns in (decorators, calls)))


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
        str(table.get("routes_list", "")),
        str(table.get("root_constant", "")),
        tuple(_entry(source, rule) for rule in _rules(source, table, "entry", Entry)),
        tuple(_rules(source, table, "router", Router)),
        tuple(_rules(source, table, "route", Route)),
        tuple(_rules(source, table, "mount", Mount)),
        tuple(_rules(source, table, "injection", Injection)),
    )


@cache
def compiled_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of dotted names as a regular expression."""
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
