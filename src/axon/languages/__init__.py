"""The registry of languages: built-ins first, then entry points of the group `axon.languages`.

Importing this package imports no language; each is imported when the first file of it is met.
"""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from axon.languages.language import Language

_BUILT_IN = ("python",)
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


def of(path: str) -> str | None:
    """Name of the language of a file, by its suffix; None if no language claims it."""
    dot = path.rfind(".")
    return _by_suffix().get(path[dot:].lower()) if dot > path.rfind("/") else None
