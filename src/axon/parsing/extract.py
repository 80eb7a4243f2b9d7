"""The facts of one file.

What flows in: its bytes and its language's name. What flows out: FileFacts. It knows no other file. The work is one
sort and one sweep per kind of fact, and node attributes are read in bulk (`map` over an attrgetter), because each
costs as much as the rest of the work on that node.
"""

from axon.languages import named
from axon.model.facts import Damage, Definitions, Exports, FileFacts
from axon.parsing.bindings import bindings, imports
from axon.parsing.definitions import add_aliases, add_functions_and_classes, add_parameters, classify
from axon.parsing.draft import Draft, transposed
from axon.parsing.exports import state_exports
from axon.parsing.parser import capture
from axon.parsing.references import read_decorators, references
from axon.parsing.strings import Text

_MODULE_HEAD_BYTES = 4_000


def extract(language: str, content: bytes) -> FileFacts:
    """Facts of one file. Never raises on its content: what cannot be read is in `damage`."""
    if not content or content.isspace():
        return without_content(content)
    draft = Draft(named(language), Text(content), capture(language, content))
    add_functions_and_classes(draft)
    read_decorators(draft)
    parameters = add_parameters(draft)
    classify(draft)
    bound = bindings(draft)
    add_aliases(draft)
    state_exports(draft)
    uses = references(draft)
    return FileFacts(
        size=len(content),
        n_lines=_n_lines(content),
        summary=draft.language.module_docstring(draft.text.cut(0, _MODULE_HEAD_BYTES)),
        definitions=_definitions(draft),
        parameters=parameters,
        references=uses,
        bindings=bound,
        imports=imports(draft),
        exports=Exports(*transposed(draft.exports)),
        damage=_damage(draft),
        strings=draft.strings.as_list(),
    )


def without_content(content: bytes) -> FileFacts:
    """The facts of a file that nothing is extracted from: its size and number of lines."""
    return FileFacts(size=len(content), n_lines=_n_lines(content))


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
    )


def _damage(draft: Draft) -> Damage:
    return Damage(*transposed([(start, end, row + 1) for start, end, (row, _) in draft.places("damage")]))


def _n_lines(content: bytes) -> int:
    return content.count(b"\n") + (1 if content and not content.endswith(b"\n") else 0)
