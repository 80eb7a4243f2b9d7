"""The registry of languages: built-ins first, then entry points of the group `axon.languages`.

Importing this package imports no language; each is imported when the first file of it is met.
"""

import re
from fnmatch import translate
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from axon.languages.language import Language
from axon.model.kinds import Flag
from axon.model.lexicon import BoundImport, Lexicon, Passing

_BUILT_IN = ("python", "javascript", "typescript", "tsx")
_GROUP = "axon.languages"


@cache
def all_languages() -> dict[str, Language]:
    """Every registered language by name; a plug-in never replaces a built-in."""
    found: dict[str, Language] = {name: import_module(f"{__name__}.{name}").LANGUAGE for name in _BUILT_IN}
    for point in entry_points(group=_GROUP):
        found.setdefault(point.name, point.load())
    return found


@cache
def _by_suffix() -> dict[str, str]:
    return {suffix: name for name, language in all_languages().items() for suffix in language.suffixes}


def named(name: str) -> Language:
    """The language registered as `name`; KeyError if there is none."""
    return all_languages()[name]


def file_flags(path: str, language: str) -> Flag:
    """What a file's path alone says of it: whether it is a test's, whether it holds a package's body."""
    rules = named(language)
    flags = Flag.TEST if rules.is_test_path(path) else Flag(0)
    return flags | Flag.PACKAGE if rules.is_package_path(path) else flags


@cache
def _is_manifest_name() -> re.Pattern[str]:
    patterns = sorted({translate(pattern) for rules in all_languages().values() for pattern in rules.manifests})
    return re.compile("|".join(patterns) or r"(?!)")


def lexicon_of(path: str) -> Lexicon:
    """How names stand in the text of a file."""
    return _lexicon(of(path) or "")


@cache
def _lexicon(language: str) -> Lexicon:
    if not language:
        return Lexicon()
    rules = named(language)

    def bound(statement: str) -> list[BoundImport]:
        names = [one for one in rules.imports(statement) if one.name != "*"]
        return [
            BoundImport(
                one.alias or one.name or one.module.partition(".")[0],
                one.module,
                not rules.exports_are_explicit and bool(one.alias) and one.alias == one.name,
            )
            for one in names
            if not one.alias[:1].isspace()  # it binds no name that the file could read
            and (one.alias or one.name or one.module.partition(".")[0].isidentifier())
        ]

    def passing(statement: str) -> Passing:
        rows = rules.imports(statement)
        relays = any(one.name == "*" and one.alias for one in rows)
        # A name that begins with one blank is offered to others; with two it is the module of a call.
        offered = [one for one in rows if one.alias[:1].isspace() and not one.alias[1:2].isspace() and one.alias[1:]]
        return Passing(relays or bool(offered), relays or any(not one.name for one in offered))

    return Lexicon(
        rules.has_hash_comments,
        rules.exports_are_explicit,
        rules.receiver_is_parameter,
        rules.decisions,
        rules.continuations,
        rules.logical,
        rules.markup_names,
        bound,
        passing,
    )


def is_manifest(path: str) -> bool:
    """Whether some language wants to see the content of a file that is none of its sources."""
    return _is_manifest_name().match(path.rpartition("/")[2]) is not None


def reads_manifests(language: str) -> bool:
    """Whether a language's modules depend on more than the paths of its files."""
    return bool(named(language).manifests)


def of(path: str) -> str | None:
    """Name of the language of a file, by its suffix; None if no language claims it."""
    dot = path.rfind(".")
    return _by_suffix().get(path[dot:].lower()) if dot > path.rfind("/") else None
