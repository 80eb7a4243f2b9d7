"""What stubs say of modules outside the tree.

What flows in: the languages of a tree, and the packages that bring stubs. What flows out: declarations by module, each
read when somebody asks for it: a tree asks for a tenth of what its imports lead to. A stub is read once for each
version of the package that brings it, by the same extraction as sources, and kept in the user's cache of facts. Where
the package is not installed nothing is known.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from axon.cache import BlobCache
from axon.files.stubs import read_stub, stub_heads, stubs_version
from axon.languages import named
from axon.languages.stubs import StubModule, StubReader, decode, encode
from axon.parsing.cache import extractor_stamp, pack, unpack
from axon.parsing.extract import extract


class Stubs(Mapping[str, StubModule]):
    """Declarations by module; to be used in `with`, which keeps in the cache what was read.

    `read` are modules that this process has looked for; those that are asked for are added, None where there is no
    stub. Going over them gives those that were found so far.
    """

    def __init__(
        self, languages: Iterable[str], read: dict[str, StubModule | None], cache: BlobCache | None = None
    ) -> None:
        readers = ((language, named(language).stubs) for language in sorted(set(languages)))
        self._readers = [(language, reader) for language, reader in readers if reader is not None]
        self._read, self._cache = read, cache
        self._fresh: list[tuple[str, bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._cache is not None:
            self._cache.put(self._fresh)
            self._cache.close()
        self._fresh = []

    def __bool__(self) -> bool:
        return bool(self._readers)

    def __contains__(self, module: object) -> bool:
        return isinstance(module, str) and self._find(module) is not None

    def __getitem__(self, module: str) -> StubModule:
        found = self._find(module)
        if found is None:
            raise KeyError(module)
        return found

    def __iter__(self) -> Iterator[str]:
        return (module for module, found in self._read.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, module: str) -> StubModule | None:
        if module not in self._read:
            head = module.partition(".")[0]
            likely = (pair for pair in self._readers if head in stub_heads(pair[1].package, pair[1].folder))
            found = (self._load(language, reader, module) for language, reader in likely)
            self._read[module] = next((stub for stub in found if stub is not None), None)
        return self._read[module]

    def _load(self, language: str, reader: StubReader, module: str) -> StubModule | None:
        """Read a stub from where it is installed, or what was kept of it."""
        stub = read_stub(reader, module)
        if stub is None:
            return None
        key = f"stub-{module}-{stubs_version(reader.distribution)}-{language}-{extractor_stamp(language)}"
        known = self._cache.get([key]) if self._cache is not None else {}
        if key in known:
            return decode(unpack(known[key]))
        found = reader.read(module, extract(language, stub[0]), *stub)
        self._fresh.append((key, pack(encode(found))))
        return found
