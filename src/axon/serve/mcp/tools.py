"""The ten tools that agents have.

What flows in: a server of the SDK and what answers calls. What flows out: nothing; the server has the tools then. Each
description says when to use the tool, for that is all a model knows of it. Questions are imported when they are asked:
the handshake comes first.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

from mcp.server.mcpserver import Context, MCPServer
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import Field

from axon.serve.mcp.answering import BUDGET, Answering, Asking, Budget, Cursor, Format, Made

if TYPE_CHECKING:
    from axon.questions.opened import Index

EXPLORE_BUDGET: Final = 3000

_Symbol = Annotated[str, Field(description="An id (`path::Class.method`), a qualified or a plain name, or a file")]
_READS: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def add_tools(server: MCPServer, answering: Answering) -> None:
    """Give `server` all tools, in the order in which a model should think of them."""
    for add in (_explore, _search, _context, _impact, _trace, _map, _changes, _health, _query, _status):
        server.add_tool(add(answering), annotations=_READS, structured_output=False)


def _explore(answering: Answering) -> Callable[..., CallToolResult]:
    def explore(
        ctx: Context, question: str, budget: Budget = EXPLORE_BUDGET, cursor: Cursor = "", format: Format = "markdown"
    ) -> CallToolResult:
        """Answer one question about this codebase at once: the relevant source, paths and blast radius.

        WHEN TO USE: first, for nearly everything, instead of grep and reading files: who calls X, what breaks if X
        changes, where is something done, how does X reach Y, which tests cover X, what are the entry points, what
        overrides X, what does a module offer, why does X call Y, what do my uncommitted changes touch. Write the
        question in plain words and name symbols as the code does (`Class.method`, `function`, `path/file`).
        """

        def make(index: "Index") -> Made:
            from axon.questions.explore import explore as ask  # noqa: PLC0415
            from axon.serve.pieces import explore_blocks  # noqa: PLC0415

            answer = ask(index, question, changes=lambda: answering.host.changes(index))
            return Made(explore_blocks(answer), answer.index, answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return explore


def _search(answering: Answering) -> Callable[..., CallToolResult]:
    def search(
        ctx: Context,
        query: str,
        limit: Annotated[int, Field(ge=1, le=100)] = 20,
        kinds: list[str] | None = None,
        budget: Budget = BUDGET,
        cursor: Cursor = "",
        format: Format = "markdown",
    ) -> CallToolResult:
        """Find symbols by name, part of a name, path, or words.

        WHEN TO USE: to find the exact id of something, when `explore` names too much, or to list all symbols of a
        name. `kinds` narrows it down: Class, Function, Method, File …
        """

        def make(index: "Index") -> Made:
            from axon.questions.search import search as ask  # noqa: PLC0415
            from axon.serve.pieces import search_blocks  # noqa: PLC0415

            answer = ask(index, query, limit=limit, kinds=kinds or ())
            return Made(search_blocks(answer), answer.index, answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return search


def _context(answering: Answering) -> Callable[..., CallToolResult]:
    def context(
        ctx: Context, symbol: _Symbol, budget: Budget = BUDGET, cursor: Cursor = "", format: Format = "markdown"
    ) -> CallToolResult:
        """Everything around one symbol: source, members, callers, callees, bases, overrides, types, with reasons.

        WHEN TO USE: when you know the symbol and want the whole picture before you edit it.
        """

        def make(index: "Index") -> Made:
            from axon.questions.context import context as ask  # noqa: PLC0415
            from axon.questions.parts import source_of  # noqa: PLC0415
            from axon.serve.pieces import context_blocks  # noqa: PLC0415

            answer = ask(index, symbol)
            row = index.columns.row_of(answer.definition.symbol.id)
            source = None if row is None else source_of(index, row, 120)
            return Made(context_blocks(answer, source), answer.index, answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return context


def _impact(answering: Answering) -> Callable[..., CallToolResult]:
    def impact(
        ctx: Context,
        symbol: _Symbol,
        depth: Annotated[int, Field(ge=1, le=10)] = 3,
        budget: Budget = BUDGET,
        cursor: Cursor = "",
        format: Format = "markdown",
    ) -> CallToolResult:
        """What breaks when a symbol changes: dependents by distance with confidence, tests that would notice.

        WHEN TO USE: before you change or remove something that others may use; to choose the tests to run.
        """

        def make(index: "Index") -> Made:
            from axon.questions.impact import impact as ask  # noqa: PLC0415
            from axon.serve.pieces import impact_blocks  # noqa: PLC0415

            answer = ask(index, symbol, depth=depth)
            return Made(impact_blocks(answer), answer.index, answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return impact


def _trace(answering: Answering) -> Callable[..., CallToolResult]:
    def trace(
        ctx: Context,
        source: _Symbol,
        target: _Symbol,
        budget: Budget = BUDGET,
        cursor: Cursor = "",
        format: Format = "markdown",
    ) -> CallToolResult:
        """The path by which one symbol reaches another, call by call, with places.

        WHEN TO USE: to see how a request, a value or an error gets from one place to another.
        """

        def make(index: "Index") -> Made:
            from axon.questions.trace import trace as ask  # noqa: PLC0415
            from axon.serve.pieces import trace_blocks  # noqa: PLC0415

            answer = ask(index, source, target)
            return Made(trace_blocks(answer), answer.index, answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return trace


def _map(answering: Answering) -> Callable[..., CallToolResult]:
    def map(
        ctx: Context,
        focus: list[str] | None = None,
        tokens: Annotated[int, Field(ge=50, le=7500)] = 2000,
        format: Format = "markdown",
    ) -> CallToolResult:
        """The signatures that matter most in this codebase, grouped by file, within a budget of tokens.

        WHEN TO USE: to get an overview of a codebase, or of what lies around a file, a folder or a symbol (`focus`),
        before you know what to ask.
        """

        def make(index: "Index") -> Made:
            from axon.questions.map import code_map, map_lines  # noqa: PLC0415
            from axon.serve.pieces import map_blocks  # noqa: PLC0415

            answer = code_map(index, tokens=tokens, focus=focus or ())
            return Made(map_blocks(map_lines(answer), answer), answer.index, answer)

        return answering.call(ctx, Asking(min(tokens + 500, 8000), "", format), make)

    return map


def _changes(answering: Answering) -> Callable[..., CallToolResult]:
    def changes(
        ctx: Context,
        since: Annotated[str, Field(description="A git revision, or BASE..HEAD")] = "HEAD",
        budget: Budget = BUDGET,
        cursor: Cursor = "",
        format: Format = "markdown",
    ) -> CallToolResult:
        """What changed: symbols added, removed, moved, re-signatured (API break or not), what depends on them, tests.

        WHEN TO USE: to review uncommitted work (the default), a branch (`main...HEAD`) or a release (`v1..v2`), and
        to choose the tests to run for it.
        """

        def make(index: "Index") -> Made:
            from axon.serve.pieces import diff_blocks  # noqa: PLC0415

            answer = answering.host.changes(index, since)
            return Made(diff_blocks(answer), index.state(), answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return changes


def _health(answering: Answering) -> Callable[..., CallToolResult]:
    def health(
        ctx: Context, budget: Budget = BUDGET, cursor: Cursor = "", format: Format = "markdown"
    ) -> CallToolResult:
        """The state of the code: contracts of axon.toml that it breaks, import cycles, hubs that all depends on.

        WHEN TO USE: to check architecture rules after a change, or to find where a codebase hurts.
        """

        def make(index: "Index") -> Made:
            from axon.questions.health import health as ask  # noqa: PLC0415
            from axon.serve.pieces import health_blocks  # noqa: PLC0415

            answer = ask(index, check=answering.host.check(index))
            return Made(health_blocks(answer), answer.index, answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return health


def _query(answering: Answering) -> Callable[..., CallToolResult]:
    def query(
        ctx: Context,
        cypher: Annotated[str, Field(description="One read-only statement")],
        limit: Annotated[int, Field(ge=1, le=1000)] = 100,
        budget: Budget = BUDGET,
        cursor: Cursor = "",
        format: Format = "markdown",
    ) -> CallToolResult:
        """Run read-only Cypher on the graph: one node table Symbol, one relationship table for each kind of edge.

        WHEN TO USE: for questions over the whole graph that no other tool answers, such as counting or ranking. Read
        the resource axon://schema first. Example: MATCH (a:Symbol)-[:CALLS]->(b:Symbol) RETURN b.id, count(*) AS n
        ORDER BY n DESC LIMIT 10
        """

        def make(index: "Index") -> Made:
            from axon.serve.pieces import cypher_blocks  # noqa: PLC0415

            answer = answering.host.cypher(cypher, limit)
            return Made(cypher_blocks(answer), answer.index, answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return query


def _status(answering: Answering) -> Callable[..., CallToolResult]:
    def status(
        ctx: Context, budget: Budget = BUDGET, cursor: Cursor = "", format: Format = "markdown"
    ) -> CallToolResult:
        """What is indexed, how fresh it is, how many calls are resolved, what could not be read.

        WHEN TO USE: when an answer seems wrong or stale, or to see which languages and how much code there is.
        """

        def make(index: "Index") -> Made:
            from axon.questions.status import status as ask  # noqa: PLC0415
            from axon.serve.pieces import status_blocks  # noqa: PLC0415

            answer = ask(index)
            return Made(status_blocks(answer), answer.index, answer)

        return answering.call(ctx, Asking(budget, cursor, format), make)

    return status
