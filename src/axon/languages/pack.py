"""Rule packs: what a framework does with the code of a tree, as data.

What flows in: the text of a TOML file. What flows out: a `Pack` of frozen rules. It does not know how one is applied.

A pattern is a dotted name. A part `*` of it stands for any number of parts, any other star for a piece of one part:
`flask.*.Flask.route` is `flask.Flask.route` and `flask.app.Flask.route`.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import translate
from functools import cache
from typing import Any, Final

from axon.errors import ConfigError

_LISTS: Final = ("decorators", "calls", "bases", "members", "files", "names")


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
class Pack:
    """The rules of one framework for files of some languages, in trees that use a package that is required.

    `requires` are heads of external names, any of which is enough; without them the pack holds everywhere.
    """

    name: str
    languages: frozenset[str]
    requires: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


def parse_pack(source: str, text: str) -> Pack:
    """The pack that a file `source` holds.

    Raises:
        ConfigError: it is no TOML, or not in the form of a pack.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not valid TOML: {error}.") from error
    _check_keys(source, "a pack", table, ("name", "languages", "requires", "entry"))
    name, languages = table.get("name"), table.get("languages")
    if not isinstance(name, str) or not re.fullmatch(r"[\w-]+", name):
        raise ConfigError(f"{source} needs a `name` of letters, digits, '-' and '_'.")
    if not languages:
        raise ConfigError(f'{source} needs `languages`, such as ["python"].')
    return Pack(
        name,
        frozenset(_texts(source, "languages", languages)),
        _texts(source, "requires", table.get("requires", [])),
        tuple(_entry(source, entry) for entry in _tables(source, "entry", table.get("entry", []))),
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


def _entry(source: str, table: Mapping[str, Any]) -> Entry:
    _check_keys(source, "[[entry]]", table, [field.name for field in fields(Entry)])
    if not isinstance(table.get("kind"), str):
        raise ConfigError(f"An [[entry]] in {source} needs a `kind`, such as 'task'.")
    lists = {key: _texts(source, key, table[key]) for key in _LISTS if key in table}
    if not lists.keys() & {"decorators", "calls", "bases", "files"}:
        raise ConfigError(
            f"The [[entry]] of kind {table['kind']!r} in {source} says nothing that makes an entry point."
        )
    itself = table.get("itself", False)
    return Entry(table["kind"], argument=str(table.get("argument", "0")), itself=bool(itself), **lists)


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
