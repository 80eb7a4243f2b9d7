"""What stubs say of modules outside the tree, as data, and who reads them.

What flows in: nothing. What flows out: the vocabulary. A stub is a file that declares what a module has and of what
types that is, without code. Types are written as `Annotation` with absolute dotted names; a name that begins with
`VARIABLE` is a type variable, and one that is '' cannot be told.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from functools import cached_property
from typing import Any, Final, NamedTuple

from axon.languages.library import Annotation
from axon.model.facts import FileFacts

VARIABLE: Final = "$"
OWN: Final = "$Self"
"""The type variable that stands for the type of the receiver."""


LITERAL: Final = "Literal"
"""The name of a type whose only values are the texts in its brackets, or others that are not told."""


class Declared(IntEnum):
    """What a stub declares under a name."""

    FUNCTION = 0  # with `signatures`
    CLASS = 1  # `types` are its bases, `variables` its type variables in order
    VALUE = 2  # the first of `types` is what it is an instance of
    ALIAS = 3  # the first of `types` is another name for it
    TYPE = 4  # the first of `types` is what it stands for in an annotation


class Expected(NamedTuple):
    """A parameter: its type, its ParameterKind, whether it has a default."""

    name: str
    type: Annotation
    kind: int
    is_optional: bool


class Signature(NamedTuple):
    """What calling a function gives; where that depends on the call, on what: arguments and the receiver's type."""

    result: Annotation
    parameters: tuple[Expected, ...] = ()
    receiver: Annotation = Annotation("", ())


class Stub(NamedTuple):
    """One declaration; `line` is where it stands, 0 where that is not known."""

    kind: Declared
    types: tuple[Annotation, ...] = ()
    variables: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    line: int = 0


class StubModule(NamedTuple):
    """A module's declarations by dotted name within it, modules that it offers all names of, and the file they are in,
    by its path in the folder of stubs or packages."""

    declared: Mapping[str, Stub]
    stars: tuple[str, ...] = ()
    path: str = ""


class Installed(NamedTuple):
    """Where an environment may have a module: a path in one of its folders, and another that must be there as well."""

    path: str
    marker: str = ""


class StubReader(NamedTuple):
    """How the stubs of a language's standard library, and those of packages in an environment, are found and read.

    The first lie in the folder `folder` of the installed package `package`, which the distribution `distribution`
    brings; the others in folders that patterns below an environment say, where their packages declare types at all.
    """

    distribution: str
    package: str
    folder: str
    files: Callable[[str], tuple[str, ...]]  # dotted module -> paths in the folder where its stub may be
    read: Callable[[str, FileFacts, bytes, bool], StubModule]  # module, facts, content, is it a package's own
    # the same of sources that are typed: what they do not say is not known, in place of not there
    read_source: Callable[[str, FileFacts, bytes, bool], StubModule]
    environments: tuple[str, ...] = ()  # folders of a tree that may be environments, the first there is counts
    packages: tuple[str, ...] = ()  # patterns of their folders of packages
    versions: str = ""  # how the folder ends that a package leaves there, with its version in its name
    installed: Callable[[str], tuple[Installed, ...]] = lambda module: ()
    is_stub: Callable[[str], bool] = lambda path: True


def encode(module: StubModule) -> bytes:
    """A module as bytes."""
    rows = {name: list(stub) for name, stub in module.declared.items()}
    head = json.dumps([module.path, *module.stars], separators=(",", ":"))
    return f"{head}\n{json.dumps(rows, separators=(',', ':'))}".encode()


def decode(data: bytes) -> StubModule:
    """What `encode` was given; what it declares is read when it is asked for.

    Raises:
        ValueError: these are other bytes.
    """
    head, _, rows = data.partition(b"\n")
    path, *stars = json.loads(head)
    return StubModule(_Declarations(rows), tuple(stars), path)


class _Declarations(Mapping[str, Stub]):
    """Encoded declarations, of which each is decoded when it is first asked for: most never are."""

    def __init__(self, rows: bytes) -> None:
        self._rows = rows
        self._known: dict[str, Stub | None] = {}

    @cached_property
    def _lists(self) -> dict[str, Any]:
        return json.loads(self._rows)  # type: ignore[no-any-return]

    def get(self, name: str, default: Any = None) -> Any:
        """The declaration of a name."""
        if name not in self._known:
            lists = self._lists.get(name)
            self._known[name] = None if lists is None else _stub(lists)
        known = self._known[name]
        return default if known is None else known

    def __getitem__(self, name: str) -> Stub:
        known: Stub | None = self.get(name)
        if known is None:
            raise KeyError(name)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)


def _stub(lists: Any) -> Stub:
    kind, types, variables, signatures, line = lists
    read = tuple(map(_annotation, types)), tuple(variables), tuple(map(_signature, signatures))
    return Stub(Declared(kind), *read, line)


def _signature(lists: Any) -> Signature:
    result, parameters, receiver = lists
    expected = tuple(Expected(name, _annotation(kind_of), kind, has) for name, kind_of, kind, has in parameters)
    return Signature(_annotation(result), expected, _annotation(receiver))


def _annotation(lists: Any) -> Annotation:
    name, arguments = lists
    return Annotation(name, tuple(map(_annotation, arguments)))
