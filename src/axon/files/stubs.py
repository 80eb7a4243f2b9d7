"""Stubs that an installed package brings, found without importing it.

What flows in: the reader of a language's stubs. What flows out: their folder and version, and bytes of stubs.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from axon.languages import all_languages
from axon.languages.stubs import StubReader


@cache
def stubs_folder(package: str, folder: str) -> Path | None:
    """Where an installed package has its stubs; None where it is not installed. Nothing of it is executed."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec is not None else None
    found = [Path(place) / folder for place in places or ()]
    return next((place for place in found if place.is_dir()), None)


@cache
def stub_heads(package: str, folder: str) -> frozenset[str]:
    """The top-level modules of which an installed package has stubs."""
    place = stubs_folder(package, folder)
    return frozenset(entry.name.partition(".")[0] for entry in place.iterdir()) if place is not None else frozenset()


def stub_modules(reader: StubReader) -> Iterator[str]:
    """Dotted names of the modules of which an installed package has stubs, in order."""
    folder = stubs_folder(reader.package, reader.folder)
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file()) if folder else []
    names = (path.with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".") for path in paths)
    return (name for name, path in zip(names, paths, strict=True) if path.as_posix() in reader.files(name))


@cache
def stubs_version(distribution: str) -> str:
    """The version of the distribution that brings stubs; '' where it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def stubs_stamp() -> str:
    """The versions of all packages that bring stubs."""
    readers = [reader for language in all_languages().values() if (reader := language.stubs) is not None]
    return ",".join(f"{reader.distribution} {stubs_version(reader.distribution)}" for reader in readers)


def missing_stubs(reader: StubReader) -> str:
    """What to do about stubs that are not there; '' where they are."""
    if stubs_folder(reader.package, reader.folder) is not None:
        return ""
    return f"not installed (`pip install {reader.distribution}`)"


def read_stub(reader: StubReader, module: str) -> tuple[bytes, str] | None:
    """The stub of a module, and its path in its folder; None where there is none or it cannot be read."""
    folder = stubs_folder(reader.package, reader.folder)
    for path in reader.files(module) if folder is not None else ():
        assert folder is not None
        try:
            return (folder / path).read_bytes(), path
        except OSError:
            continue
    return None
