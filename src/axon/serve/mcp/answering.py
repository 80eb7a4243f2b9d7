"""One call of a tool: from an open index to what the client sees, within its budget.

What flows in: a host and what makes an answer of its index. What flows out: Markdown of one page, or the answer as
structured data; an error that a model can act on. It knows no tool.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent
from pydantic import Field

from axon.errors import AxonError, SymbolError
from axon.questions.text import BYTES_A_TOKEN, tokens_of
from axon.serve.blocks import Block, page_of
from axon.serve.host import Host
from axon.serve.mcp.refusals import in_tools

if TYPE_CHECKING:  # what answers are made of is imported when the first is asked for: the handshake comes first
    from axon.model.answers import IndexState
    from axon.questions.opened import Index

BUDGET: Final = 4000
"""Tokens of an answer unless the client says otherwise: half of what any may have by default."""

MOST: Final = 8000
_LEAST: Final = 200
_FOOTER: Final = 100  # tokens kept for the line about the index, before its warnings
_CLIENTS: Final = 64
_KEYS: Final = 20_000

Budget = Annotated[int, Field(ge=_LEAST, le=MOST, description="Most tokens of the answer (UTF-8 bytes / 4)")]
Cursor = Annotated[str, Field(description="From the end of a page, with the same arguments: the next page")]
Format = Annotated[Literal["markdown", "json"], Field(description="json: all of it as structured data")]


@dataclass(frozen=True, slots=True)
class Made:
    """What a tool made of an index: the answer as blocks, its state, and the answer itself."""

    blocks: list[Block]
    state: "IndexState"
    answer: Any


@dataclass(frozen=True, slots=True)
class Asking:
    """What all tools are asked with."""

    budget: int = BUDGET
    cursor: str = ""
    format: str = "markdown"


class Answering:
    """Answers calls on one host, and remembers what each client has been shown."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._shown: OrderedDict[str, set[str]] = OrderedDict()
        self._lock = threading.Lock()

    def call(self, ctx: Context, asking: Asking, make: "Callable[[Index], Made]") -> CallToolResult:
        """The result of one call.

        Raises:
            ToolError: what went wrong, and what to try next.
        """
        start = _start(asking.cursor)
        try:
            with self.host.index() as index:
                made = make(index)
                generation = index.generation.number
        except SymbolError as error:
            raise ToolError(in_tools(_with_candidates(error))) from error
        except AxonError as error:
            raise ToolError(in_tools(str(error))) from error
        if asking.format == "json":
            return _structured(made, asking.budget)
        return self._page(_client(ctx), made, asking.budget, start, generation)

    def _page(self, client: str, made: Made, budget: int, start: tuple[int, int], generation: int) -> CallToolResult:
        from axon.serve.pieces import state_line  # noqa: PLC0415  after the handshake

        at, of_generation = start
        if at and at >= len(made.blocks):
            raise ToolError("That cursor leads past the end of the answer. Ask without it.")
        note = " · the index has changed since the page before" if at and of_generation != generation else ""
        state = in_tools(state_line(made.state)) + note
        room = budget - _FOOTER - tokens_of(state)
        with self._lock:
            page = page_of(made.blocks, max(room, _LEAST // 2) * BYTES_A_TOKEN, start=at, seen=self._seen(client))
            self._seen(client).update(page.keys)
        cursor = f"{generation}.{page.following}" if page.following is not None else ""
        return CallToolResult(content=[TextContent(type="text", text=_with_footer(page.text, state, cursor))])

    def _seen(self, client: str) -> set[str]:
        """The keys of what a client has been shown; nothing is remembered of one that cannot be told from others."""
        if not client:
            return set()
        seen = self._shown.setdefault(client, set())
        self._shown.move_to_end(client)
        while len(self._shown) > _CLIENTS:
            self._shown.popitem(last=False)
        if len(seen) > _KEYS:
            seen.clear()
        return seen


def _client(ctx: Context) -> str:
    """Who asks: on stdio there is one client, over HTTP each session is one."""
    request = ctx.request_context.request
    if request is None:
        return "stdio"
    return str(request.headers.get("mcp-session-id", ""))


def _start(cursor: str) -> tuple[int, int]:
    """Number of the first block, and the generation of the page before."""
    if not cursor:
        return 0, 0
    generation, dot, at = cursor.partition(".")
    if not dot or not generation.isdecimal() or not at.isdecimal():
        raise ToolError(
            f"`{cursor[:40]}` is no cursor. Take it from the last line of the page before, or leave it out."
        )
    return int(at), int(generation)


def _with_footer(text: str, state: str, cursor: str) -> str:
    """The text, with a last line that counts itself."""
    more = f' · more: cursor="{cursor}"' if cursor else ""
    size = tokens_of(text)
    for _ in range(3):  # the number of digits of the size is part of it
        whole = f"{text}\n\n[{state} · {size} tokens{more}]"
        size = tokens_of(whole)
    return whole


def _structured(made: Made, budget: int) -> CallToolResult:
    plain = json.loads(json.dumps(asdict(made.answer), default=str))
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    size = tokens_of(text)
    if size > budget:
        raise ToolError(
            f"As JSON the answer takes {size:,} tokens, above the budget of {budget:,}. "
            "Ask for Markdown, which comes in pages, or ask for less."
        )
    plain["tokens"] = size
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=plain)


def _with_candidates(error: SymbolError) -> str:
    if not error.candidates:
        return str(error)
    listed = "\n".join(f"- {id}" for id in error.candidates)
    return f"{error}\n{listed}\nCall again with one of these ids."
