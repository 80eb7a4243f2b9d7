"""The facts of one file.

What flows in: its bytes and its language's name. What flows out: FileFacts. It knows no other file. The work is one
sort and one sweep per kind of fact, and node attributes are read in bulk (`map` over an attrgetter), because each
costs as much as the rest of the work on that node.
"""

from typing import Final

from axon.languages import named
from axon.languages.pack import Vocabulary, vocabulary
from axon.languages.packs import built_in_packs
from axon.model.facts import (
    NO_DEFINITION,
    NO_TEXT,
    Branches,
    Constants,
    Damage,
    Definitions,
    Exports,
    Expressions,
    FileFacts,
    Flows,
)
from axon.parsing.bindings import bindings, imports
from axon.parsing.blocks import find_blocks
from axon.parsing.branches import branches
from axon.parsing.definitions import add_aliases, add_functions_and_classes, add_parameters, classify
from axon.parsing.draft import Draft, transposed
from axon.parsing.exports import state_exports
from axon.parsing.expressions import compiled
from axon.parsing.flows import Writing, flows
from axon.parsing.flows import table as flow_table
from axon.parsing.linked import link_objects
from axon.parsing.narrowing import narrow
from axon.parsing.overloads import joined_returns
from axon.parsing.parser import capture
from axon.parsing.references import calls, read_decorators, references, spans_of
from axon.parsing.registrations import Registered, constants
from axon.parsing.strings import Text
from axon.parsing.values import Values

_MODULE_HEAD_BYTES: Final = 4_000


def extract(language: str, content: bytes, words: Vocabulary | None = None) -> FileFacts:
    """Facts of one file. Never raises on its content: what cannot be read is in `damage`.

    `words` are names of calls whose texts are kept; those of the packs that come with the program where not given.
    """
    if not content or content.isspace():
        return without_content(content)
    draft = Draft(named(language), Text(content), capture(language, content))
    draft.comments = {comment.at: comment for comment in draft.language.comments(content)}
    add_functions_and_classes(draft)
    read_decorators(draft)
    parameters = add_parameters(draft)
    classify(draft)
    blocks = find_blocks(draft)
    bound = bindings(draft, blocks)
    add_aliases(draft)
    state_exports(draft)
    tables = compiled(language)
    values = Values(draft.text, draft.strings, tables) if tables is not None else None
    if values is not None and draft.language.receiver:
        values.definitions = {body: row for row, body in enumerate(draft.body[: draft.n_nested])}
    called = calls(draft, values)
    writing = Writing(draft, values, spans_of(called)) if values is not None else None
    if writing is not None:
        flows(writing, blocks)
        link_objects(writing, called)
    uses = references(draft, called, writing)
    if writing is not None:
        narrow(writing)
    imported = imports(draft)
    registered = Registered(draft, called, words or vocabulary(built_in_packs(), language))
    return FileFacts(
        size=len(content),
        n_lines=_n_lines(content),
        summary=draft.language.module_docstring(draft.text.cut(0, _MODULE_HEAD_BYTES)),
        definitions=_definitions(draft),
        parameters=parameters,
        references=uses,
        bindings=bound,
        imports=imported,
        exports=Exports(*transposed(draft.exports)),
        damage=_damage(draft),
        expressions=writing.values.table() if writing is not None else Expressions(),
        flows=flow_table(writing.rows) if writing is not None else Flows(),
        branches=branches(writing, parameters, imported) if writing is not None else Branches(),
        registrations=registered.calls(),
        literals=registered.literals(),
        constants=constants(writing) if writing is not None else Constants(),
        strings=draft.strings.as_list(),
    )


def without_content(content: bytes) -> FileFacts:
    """The facts of a file that nothing is extracted from: its size and number of lines."""
    return FileFacts(size=len(content), n_lines=_n_lines(content))


def _returns(draft: Draft) -> list[int]:
    """The annotations of what calling each definition gives."""
    add, read, is_function = draft.strings.add, draft.language.returns, draft.is_function
    texts = draft.strings.as_list()
    found = [
        (joined_returns(draft.language, texts[at]) if row in draft.overloads else read(texts[at]))
        if at != NO_TEXT and is_function[row]
        else ""
        for row, at in enumerate(draft.signature[: draft.n_nested])
    ]
    for row, at in enumerate(draft.name_at if draft.comments else ()):
        if at in draft.comments and is_function[row]:
            found[row] = found[row] or draft.comments[at].returns
    for row, types in _called(draft).items():
        found[row] = " | ".join(f"({text})" for text in types)
    known = [add(text) if text else NO_TEXT for text in found]
    return known + [NO_TEXT] * (len(draft.names) - len(known))


def _called(draft: Draft) -> dict[int, list[str]]:
    """The types of functions as which instances of interfaces are called."""
    found: dict[int, list[str]] = {}
    for start, end in draft.spans("call.signature"):
        owner = draft.scopes.at(start)
        if owner != NO_DEFINITION and not draft.is_function[owner]:
            found.setdefault(owner, []).append(draft.language.function_type(draft.text.cut(start, end)))
    return found


def _definitions(draft: Draft) -> Definitions:
    return Definitions(
        kind=draft.kind,
        name=draft.strings.add_all(draft.names),
        owner=draft.owner,
        start_byte=draft.start,
        end_byte=draft.end,
        start_line=draft.start_line,
        end_line=draft.end_line,
        body_start=draft.body,
        signature=draft.signature,
        summary=draft.summary,
        flags=draft.flags,
        value=draft.value,
        returns=_returns(draft),
    )


def _damage(draft: Draft) -> Damage:
    return Damage(*transposed([(start, end, row + 1) for start, end, (row, _) in draft.places("damage")]))


def _n_lines(content: bytes) -> int:
    return content.count(b"\n") + (1 if content and not content.endswith(b"\n") else 0)
