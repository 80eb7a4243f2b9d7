"""What agents may read without asking, and the prompts that people may pick.

What flows in: a server of the SDK. What flows out: nothing; the server has them then.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from axon.errors import AxonError, SymbolError
from axon.questions.text import BYTES_A_TOKEN
from axon.serve.blocks import Block, page_of
from axon.serve.mcp.answering import Answering

if TYPE_CHECKING:
    from axon.questions.opened import Index

_BYTES: Final = 6000 * BYTES_A_TOKEN
_MARKDOWN: Final = "text/markdown"


def add_resources(server: MCPServer, answering: Answering) -> None:
    """Overview, schema, symbols and files."""

    @server.resource(
        "axon://overview", mime_type=_MARKDOWN, description="Counts, freshness, and the map of the codebase"
    )
    def overview() -> str:
        return _read(answering, _overview)

    @server.resource("axon://schema", mime_type=_MARKDOWN, description="Kinds of nodes and edges, for the tool `query`")
    def schema() -> str:
        return _schema()

    @server.resource("axon://symbol/{+id}", mime_type=_MARKDOWN, description="A symbol with its source and neighbours")
    def symbol(id: str) -> str:
        return _read(answering, lambda index: _symbol(index, id))

    @server.resource("axon://file/{+path}", mime_type=_MARKDOWN, description="What a file defines, as signatures")
    def file(path: str) -> str:
        return _read(answering, lambda index: _file(index, path))


def add_prompts(server: MCPServer) -> None:
    """Two things that people ask for again and again."""

    @server.prompt(description="Review the uncommitted changes, or those since a revision")
    def review(since: str = "HEAD") -> str:
        return (
            f"Call the tool `changes` with since={since!r}. Then, for each symbol that may break users or has callers "
            "in other files, call `explore` to see who depends on it. Report: what changed, what may break and where, "
            "which tests to run, and what is not covered. Cite ids and lines; do not guess."
        )

    @server.prompt(description="Understand a symbol or a part of the code before changing it")
    def understand(subject: str) -> str:
        return (
            f"Call `explore` with a question about {subject!r}, then `context` on the symbol that matters and `impact` "
            "on it. Explain what it does, who uses it, what it relies on, and what to keep in mind when changing it."
        )


def _read(answering: Answering, make: "Callable[[Index], list[Block]]") -> str:
    from axon.serve.pieces import state_line  # noqa: PLC0415  after the handshake

    try:
        with answering.host.index() as index:
            page = page_of(make(index), _BYTES)
            return f"{page.text}\n\n[{state_line(index.state())}]"
    except SymbolError as error:
        raise ResourceNotFoundError(str(error)) from error
    except AxonError as error:
        raise ResourceError(str(error)) from error


def _overview(index: "Index") -> list[Block]:
    from axon.questions.map import code_map, map_lines  # noqa: PLC0415  after the handshake
    from axon.questions.status import status  # noqa: PLC0415  likewise
    from axon.serve.pieces import map_blocks, status_blocks  # noqa: PLC0415  likewise

    answer = code_map(index, tokens=2000)
    return [*status_blocks(status(index)), *map_blocks(map_lines(answer), answer)]


def _symbol(index: "Index", id: str) -> list[Block]:
    from axon.questions.context import context  # noqa: PLC0415  after the handshake
    from axon.questions.parts import source_of  # noqa: PLC0415  likewise
    from axon.serve.pieces import context_blocks  # noqa: PLC0415  likewise

    answer = context(index, id)
    row = index.columns.row_of(answer.definition.symbol.id)
    return context_blocks(answer, None if row is None else source_of(index, row))


def _file(index: "Index", path: str) -> list[Block]:
    from axon.errors import UnknownSymbolError  # noqa: PLC0415  for this resource
    from axon.questions.parts import members_section  # noqa: PLC0415  after the handshake
    from axon.serve.pieces import section_blocks  # noqa: PLC0415  likewise

    row = index.columns.row_of(path)
    if row is None:
        raise UnknownSymbolError(f"No file `{path}` in the index.")
    return section_blocks(members_section(index, row, 500, public=False))


def _schema() -> str:
    from axon.model.kinds import EDGE_KINDS, NODE_KINDS  # noqa: PLC0415  after the handshake
    from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES  # noqa: PLC0415  likewise

    lines = ["One node table, `Symbol`:", *(f"- {c.name} {c.type.value}: {c.meaning}" for c in NODE_TABLE.columns)]
    lines += ["", "`kind` is one of: " + ", ".join(kind.value for kind in NODE_KINDS)]
    lines += ["", "Relationship tables: " + ", ".join(kind.value for kind in EDGE_KINDS)]
    table = next(iter(RELATIONSHIP_TABLES.values()))
    return "\n".join([*lines, "each with:", *(f"- {c.name} {c.type.value}: {c.meaning}" for c in table.columns)])
