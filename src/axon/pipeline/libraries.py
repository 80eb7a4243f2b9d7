"""What stubs say of the modules outside the tree that its files import.

What flows in: files with their facts, and the packages that bring stubs. What flows out: declarations by module, of the
imported ones and of those that these name. Stubs are read once for each version of the package that brings them, by
the same extraction as sources, and kept in the user's cache of facts. Where the package is not installed nothing is
known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from axon.cache import BlobCache
from axon.files.stubs import read_stub, stubs_version
from axon.graph.build import FileEntry
from axon.languages import named
from axon.languages.pack import Pack
from axon.languages.stubs import StubModule, decode, encode
from axon.parsing.cache import extractor_stamp, pack, unpack
from axon.parsing.extract import extract

_UNREAD: Final = StubModule({})


def library_stubs(
    entries: Iterable[FileEntry],
    known: Mapping[str, StubModule],
    packs: Sequence[Pack],
    read: dict[str, StubModule | None],
    cache: BlobCache | None = None,
) -> Mapping[str, StubModule]:
    """Declarations of all modules that some files may lead to, besides those that are `known` for others.

    `read` are modules that this process has looked for; those that are read are added, None where there is no stub.
    """
    wanted: dict[str, dict[str, None]] = {}
    for entry in entries:
        if named(entry.language).stubs is not None:
            wanted.setdefault(entry.language, {}).update(dict.fromkeys(_imported(entry)))
    found = dict(known)
    for language, modules in wanted.items():
        modules.update(dict.fromkeys(_of_packs(packs, language)))
        todo = [module for module in modules if module not in found]
        while todo:
            _load(cache, language, [module for module in todo if module not in read], read)
            stubs = [(module, read[module]) for module in todo]
            found.update((module, stub) for module, stub in stubs if stub is not None)
            mentioned = (name for _, stub in stubs if stub is not None for name in stub.mentioned)
            todo = [name for name in dict.fromkeys(mentioned) if name not in found and read.get(name, _UNREAD)]
    return found if len(found) > len(known) else known


def _imported(entry: FileEntry) -> Iterator[str]:
    """The modules that a file may import from the standard library."""
    table, strings = entry.facts.imports, entry.facts.strings
    language = named(entry.language)
    yield from language.stubs.always if language.stubs is not None else ()
    for module, level, name in zip(table.module, table.level, table.name, strict=True):
        text = strings[module] if module >= 0 else ""
        if level or text.partition(".")[0] not in language.standard_modules:
            continue
        yield text
        if name >= 0:
            yield f"{text}.{strings[name]}"


def _of_packs(packs: Iterable[Pack], language: str) -> Iterator[str]:
    """The modules of the classes that frameworks hand over."""
    standard = named(language).standard_modules
    for rule in (rule for one in packs for rule in one.injections):
        for line in rule.given:
            name = line.rpartition(" ")[2]
            if name.partition(".")[0] in standard:
                yield name.rpartition(".")[0]


def _load(cache: BlobCache | None, language: str, modules: list[str], found: dict[str, StubModule | None]) -> None:
    """Read stubs from the cache, else from where they are installed."""
    reader = named(language).stubs
    if reader is None:
        return
    stamp = f"{stubs_version(reader.distribution)}-{language}-{extractor_stamp(language)}"
    known = cache.get([f"stub-{module}-{stamp}" for module in modules]) if cache is not None and modules else {}
    fresh: list[tuple[str, bytes]] = []
    for module in modules:
        key = f"stub-{module}-{stamp}"
        if key in known:
            found[module] = decode(unpack(known[key])) if known[key] else None
            continue
        stub = read_stub(reader, module)
        read = None if stub is None else reader.read(module, extract(language, stub[0]), *stub)
        found[module] = read
        fresh.append((key, b"" if read is None else pack(encode(read))))
    if cache is not None:
        cache.put(fresh)
