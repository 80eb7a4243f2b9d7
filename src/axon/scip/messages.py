"""The wire: a SCIP index as protobuf messages, made from the vendored schema when they are first needed.

What flows in: bytes, or documents. What flows out: the other. Nobody else imports protobuf. An index is written
document by document, for the parts of a message one after the other are the message.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from google.protobuf import (  # type: ignore[import-untyped]
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from axon.scip.model import Document, Encoding, Information, Occurrence, Range, Relation, Role, ScipIndex

_PACKAGE: Final = "scip"
_TYPES: Final = {"string": 9, "int32": 5, "bool": 8}  # FieldDescriptorProto.Type
_MESSAGE: Final = 11
_REPEATED: Final = 3
_OPTIONAL: Final = 1


class NotScipError(ValueError):
    """Bytes that are no SCIP index."""


def read_scip(content: bytes) -> ScipIndex:
    """A whole index.

    Raises:
        NotScipError: the bytes are no such message, or one without a document.
    """
    message = _message("Index")()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise NotScipError(str(error)) from error
    if not message.documents:
        raise NotScipError("it has no document")
    tool = message.metadata.tool_info
    return ScipIndex(
        message.metadata.project_root,
        tool.name,
        tool.version,
        [_document(document) for document in message.documents],
        [_information(symbol) for symbol in message.external_symbols],
    )


def scip_blocks(
    root: str, tool: tuple[str, str], documents: Iterable[Document], external: Iterable[Information] = ()
) -> Iterator[bytes]:
    """The bytes of an index, a block for each document; `tool` is name and version."""
    index = _message("Index")
    head = index()
    head.metadata.tool_info.name, head.metadata.tool_info.version = tool
    head.metadata.project_root = root
    head.metadata.text_document_encoding = _enum("TextEncoding")["UTF8"]
    yield _bytes(head)
    for document in documents:
        part = index()
        _fill_document(part.documents.add(), document)
        yield _bytes(part)
    tail = index()
    for information in external:
        _fill_information(tail.external_symbols.add(), information, "")
    yield _bytes(tail)


# --- reading ---------------------------------------------------------------------------------------------------------


def _document(message: Any) -> Document:
    return Document(
        message.relative_path,
        message.language,
        Encoding(message.position_encoding) if message.position_encoding in _ENCODINGS else Encoding.UNSPECIFIED,
        [_occurrence(occurrence) for occurrence in message.occurrences if len(occurrence.range) in (3, 4)],
        [_information(symbol) for symbol in message.symbols],
    )


def _occurrence(message: Any) -> Occurrence:
    enclosing = _range(message.enclosing_range) if len(message.enclosing_range) in (3, 4) else None
    return Occurrence(_range(message.range), message.symbol, Role(message.symbol_roles & _ALL_ROLES), enclosing)


def _range(numbers: Sequence[int]) -> Range:
    start_line, start, *end = numbers
    return Range(start_line, start, *end) if len(end) == 2 else Range(start_line, start, start_line, end[0])


def _information(message: Any) -> Information:
    return Information(
        message.symbol,
        _kind_names().get(message.kind, ""),
        message.display_name,
        tuple(message.documentation),
        message.signature_documentation.text,
        [_relation(relation) for relation in message.relationships],
    )


def _relation(message: Any) -> Relation:
    return Relation(
        message.symbol,
        message.is_reference,
        message.is_implementation,
        message.is_type_definition,
        message.is_definition,
    )


# --- writing ---------------------------------------------------------------------------------------------------------


def _bytes(message: Any) -> bytes:
    return bytes(message.SerializeToString(deterministic=True))


def _fill_document(message: Any, document: Document) -> None:
    message.relative_path, message.language = document.path, document.language
    message.position_encoding = int(document.encoding)
    for occurrence in document.occurrences:
        found = message.occurrences.add()
        found.range.extend(_numbers(occurrence.range))
        found.symbol, found.symbol_roles = occurrence.symbol, int(occurrence.roles)
        if occurrence.enclosing is not None:
            found.enclosing_range.extend(_numbers(occurrence.enclosing))
    for information in document.symbols:
        _fill_information(message.symbols.add(), information, document.language)


def _numbers(range: Range) -> tuple[int, ...]:
    if range.start_line == range.end_line:
        return range.start_line, range.start, range.end
    return range.start_line, range.start, range.end_line, range.end


def _fill_information(message: Any, information: Information, language: str) -> None:
    message.symbol, message.display_name = information.symbol, information.name
    message.kind = _enum("Kind").get(information.kind, 0)
    message.documentation.extend(information.documentation)
    if information.signature:
        message.signature_documentation.language = language
        message.signature_documentation.text = information.signature
    for relation in information.relations:
        found = message.relationships.add()
        found.symbol = relation.symbol
        found.is_reference, found.is_implementation = relation.is_reference, relation.is_implementation
        found.is_type_definition, found.is_definition = relation.is_type_definition, relation.is_definition


# --- the schema ------------------------------------------------------------------------------------------------------

_ENCODINGS: Final = frozenset(Encoding)
_ALL_ROLES: Final = int(~Role(0))


@cache
def _schema() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return tomllib.loads((files("axon.scip") / "schema.toml").read_text("utf-8"))


@cache
def _enum(name: str) -> Mapping[str, int]:
    return _schema()["enums"][name]


@cache
def _kind_names() -> Mapping[int, str]:
    return {number: name for name, number in _enum("Kind").items() if number}


@cache
def _pool() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="scip.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _schema()["messages"].items():
        message = file.message_type.add(name=name)
        for field, said in fields.items():
            number, _, type_name = said.partition(" ")
            label = _REPEATED if type_name.startswith("*") else _OPTIONAL
            plain = type_name.removeprefix("*")
            made = message.field.add(name=field, number=int(number), label=label, type=_TYPES.get(plain, _MESSAGE))
            if plain not in _TYPES:
                made.type_name = f".{_PACKAGE}.{plain}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


@cache
def _message(name: str) -> Any:
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"{_PACKAGE}.{name}"))
