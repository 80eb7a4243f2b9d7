"""What stubs say of modules outside the tree.

What flows in: the languages of a tree, the packages that bring stubs, and environments of the tree. What flows out:
declarations by module, each read when somebody asks for it: a tree asks for a tenth of what its imports lead to. A stub
is read once for each version of the package that brings it, by the same extraction as sources: when a wheel is built,
or when it is first asked for, and then it is kept in the user's cache of facts. Where the package is not installed
nothing is known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Self

from xxhash import xxh3_128

from axon.cache import BlobCache
from axon.files.environment import Environment
from axon.files.stubs import read_stub, stub_heads, stub_modules, stubs_version
from axon.languages import all_languages, named
from axon.languages.stubs import StubModule, StubReader, decode, encode
from axon.model.facts import FileFacts
from axon.parsing.cache import extractor_stamp, pack, unpack
from axon.parsing.extract import extract
from axon.pipeline.stub_archive import archived

Read = Callable[[str, FileFacts, bytes, bool], StubModule]


class Stubs(Mapping[str, StubModule]):
    """Declarations by module; to be used in `with`, which keeps in the cache what was read.

    `read` are modules that this process has looked for; those that are asked for are added, None where there is no
    stub. Going over them gives those that were found so far.
    """

    def __init__(
        self,
        languages: Iterable[str],
        read: dict[str, StubModule | None],
        cache: BlobCache | None = None,
        environments: Sequence[Environment] = (),
    ) -> None:
        readers = ((language, named(language).stubs) for language in sorted(set(languages)))
        self._readers = [(language, reader) for language, reader in readers if reader is not None]
        self._read, self._cache, self._environments = read, cache, environments
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
            found = chain(
                (self._load(language, reader, module) for language, reader in likely),
                (self._load_installed(language, reader, module) for language, reader in self._readers),
            )
            self._read[module] = next((stub for stub in found if stub is not None), None)
        return self._read[module]

    def _load_installed(self, language: str, reader: StubReader, module: str) -> StubModule | None:
        """Read what a package of an environment declares, or what was kept of those very bytes."""
        stubs = (environment.stub(module) for environment in self._environments if environment.reader is reader)
        content, path = next((stub for stub in stubs if stub is not None), (b"", ""))
        if not path:
            return None
        read = reader.read if reader.is_stub(path) else reader.read_source
        key = f"stub-{module}-{path}-{xxh3_128(content).hexdigest()}-{language}-{extractor_stamp(language)}"
        return self._kept(key, language, read, module, (content, path))

    def _load(self, language: str, reader: StubReader, module: str) -> StubModule | None:
        """What was kept of a stub, or else the stub, read from where it is installed."""
        stub = read_stub(reader, module)
        if stub is None:
            return None
        return self._kept(_key(language, reader, module), language, reader.read, module, stub)

    def _kept(self, key: str, language: str, read: Read, module: str, stub: tuple[bytes, str]) -> StubModule:
        """What is kept under a key, else what is read of a file with a path, which the cache gets."""
        known = archived(key)
        if known is None and self._cache is not None:
            known = self._cache.get([key]).get(key)
        if known is not None:
            return decode(unpack(known))
        found = _read(language, read, module, stub)
        self._fresh.append((key, pack(encode(found))))
        return found


def all_stubs() -> Iterator[tuple[str, bytes]]:
    """Key and packed bytes of each stub that the installed packages bring, as `stub_archive` keeps them."""
    readers = [(language, reader) for language, rules in all_languages().items() if (reader := rules.stubs) is not None]
    for language, reader in sorted(readers):
        for module in stub_modules(reader):
            stub = read_stub(reader, module)
            if stub is not None:
                found = _read(language, reader.read, module, stub)
                yield _key(language, reader, module), pack(encode(found))


def _read(language: str, read: Read, module: str, stub: tuple[bytes, str]) -> StubModule:
    """What a file of declarations says, by its bytes and its path."""
    content, path = stub
    is_package = path.rpartition("/")[2].startswith("__init__.")
    return read(module, extract(language, content), content, is_package)._replace(path=path)


def _key(language: str, reader: StubReader, module: str) -> str:
    return f"stub-{module}-{stubs_version(reader.distribution)}-{language}-{extractor_stamp(language)}"
