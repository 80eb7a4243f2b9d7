"""Which signature of a library's function a call means, and what its type variables stand for there.

What flows in: signatures, the receiver's type, and what is known of the arguments. What flows out: the first signature
that nothing known of the call rules out, as type checkers choose (PEP 484, "Function/method overloading").
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from axon.languages.library import Annotation
from axon.languages.stubs import LITERAL, VARIABLE, Expected, Signature
from axon.model.facts import ParameterKind

UNTOLD: Final = "?"
"""The type of what a library was given by the tree and may hand back."""
_REST, _KEYWORD_REST = int(ParameterKind.REST), int(ParameterKind.KEYWORD_REST)
_KEYWORD_ONLY, _POSITIONAL_ONLY = int(ParameterKind.KEYWORD_ONLY), int(ParameterKind.POSITIONAL_ONLY)
_BYTES: Final = frozenset({"bytes", "bytearray", "memoryview", "Buffer", "ReadableBuffer"})

Expand = Callable[[Annotation], Iterator[Annotation]]


class Argument(NamedTuple):
    """One argument: its keyword ('' for none, '*' or '**' for a spread one), its type ('' where that is not known), and
    its text where it is a literal that has one."""

    keyword: str
    type: Annotation
    text: str | None


class Arguments:
    """The arguments of a call, `read` when a signature needs them; `has_own` says that the tree may get some back."""

    def __init__(self, read: Callable[[], Sequence[Argument]], has_own: Callable[[], bool]) -> None:
        self._read, self.has_own = read, has_own
        self._known: Sequence[Argument] | None = None

    def listed(self) -> Sequence[Argument]:
        """The arguments in order."""
        if self._known is None:
            self._known = self._read()
        return self._known


NO_ARGUMENTS: Final = Arguments(tuple, bool)


def fitting(
    signatures: Sequence[Signature], owner: Annotation, given: Arguments, expand: Expand
) -> tuple[Signature, Mapping[str, Annotation]]:
    """The signature that a call means, and what it tells of its type variables."""
    if len(signatures) == 1 and not signatures[0].parameters:
        return signatures[0], {}
    arguments = given.listed()
    for signature in signatures[:-1]:
        if _fits_receiver(signature, owner) and _fits(signature, arguments, expand):
            return signature, _told(signature, arguments, expand)
    return signatures[-1], _told(signatures[-1], arguments, expand)


def _fits_receiver(signature: Signature, owner: Annotation) -> bool:
    """Whether a signature for receivers with certain types in brackets is for this one."""
    wanted = signature.receiver.arguments
    told = [part.name for part in wanted if part.name and not part.name.startswith(VARIABLE)]
    return not told or (len(owner.arguments) == len(wanted) and all(map(_is_same, wanted, owner.arguments)))


def _is_same(wanted: Annotation, found: Annotation) -> bool:
    return wanted.name.startswith(VARIABLE) or not wanted.name or wanted.name == found.name


def _fits(signature: Signature, arguments: Sequence[Argument], expand: Expand) -> bool:
    if any(argument.keyword in ("*", "**") for argument in arguments):
        return False
    taken = set[str]()
    for argument, expected in _paired(signature, arguments):
        if expected is None or not _takes(expected, argument, expand):
            return False
        taken.add(expected.name)
    return all(
        one.is_optional or one.kind in (_REST, _KEYWORD_REST) or one.name in taken for one in signature.parameters
    )


def _paired(signature: Signature, arguments: Sequence[Argument]) -> Iterator[tuple[Argument, Expected | None]]:
    """Arguments with their parameters; None for one that there is no parameter for."""
    positional = [one for one in signature.parameters if one.kind < _KEYWORD_ONLY]
    named = {one.name: one for one in signature.parameters if one.kind not in (_POSITIONAL_ONLY, _REST, _KEYWORD_REST)}
    rest = next((one for one in signature.parameters if one.kind == _REST), None)
    further = next((one for one in signature.parameters if one.kind == _KEYWORD_REST), None)
    place = 0
    for argument in arguments:
        if argument.keyword == "*":
            place = len(positional)
        elif argument.keyword and argument.keyword != "**":
            yield argument, named.get(argument.keyword, further)
        elif not argument.keyword:
            yield argument, positional[place] if place < len(positional) else rest
            place += 1


def _takes(expected: Expected, argument: Argument, expand: Expand) -> bool:
    """Whether nothing known of an argument keeps it from a parameter."""
    types = list(expand(expected.type))
    if types and all(one.name == LITERAL for one in types):
        return argument.text is not None and any(argument.text == text.name for one in types for text in one.arguments)
    if not argument.type.name or any(one.name.startswith(VARIABLE) or not one.name for one in types):
        return True
    lasts = {one.name.rpartition(".")[2] for one in types}
    if argument.type.name == "builtins.str":
        return not lasts <= _BYTES | {"PathLike"}
    return argument.type.name != "builtins.bytes" or not lasts <= {"str", "PathLike"}


def _told(signature: Signature, arguments: Sequence[Argument], expand: Expand) -> Mapping[str, Annotation]:
    """What the arguments of a call tell of the type variables that its parameters name."""
    found: dict[str, Annotation] = {}
    for argument, expected in _paired(signature, arguments):
        if expected is None or not argument.type.name:
            continue
        for part in expand(expected.type):
            if part.name.startswith(VARIABLE):
                found.setdefault(part.name, argument.type)
            elif part.name == argument.type.name and len(part.arguments) == len(argument.type.arguments):
                for one, held in zip(part.arguments, argument.type.arguments, strict=True):
                    if one.name.startswith(VARIABLE) and held.name:
                        found.setdefault(one.name, held)
    return found
