"""The MCP server of one repository, over standard input and output, or over HTTP.

What flows in: a host. What flows out: answers, until the client goes. It does not know how answers are found.
"""

import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import CallToolResult, InputRequiredResult
from pydantic import ValidationError

from axon import __version__
from axon.serve.host import Host
from axon.serve.mcp.answering import Answering
from axon.serve.mcp.refusals import unknown_arguments, unknown_tool, wrong_arguments
from axon.serve.mcp.resources import add_prompts, add_resources
from axon.serve.mcp.tools import add_tools

INSTRUCTIONS: Final = (
    "A code graph of this repository: files, classes, functions and types; calls, imports, inheritance, each edge with "
    "its reason and place. Ask `explore` first, in one plain sentence that names symbols as the code does; it answers "
    "with source, paths and blast radius. Ids are `path::Class.method`. Every answer ends with the index it came from, "
    "whether that is stale, its size, and a cursor where there is more."
)
_START_SECONDS: Final = 0.5  # after the handshake, so that the watcher's start is not in its way
_PARENT_SECONDS: Final = 1.0


def make_server(host: Host) -> MCPServer:
    """A server that answers from `host`, and follows its tree while it runs."""

    @asynccontextmanager
    async def lifespan(server: MCPServer) -> AsyncIterator[dict[str, object]]:
        timer = threading.Timer(_START_SECONDS, host.start)
        timer.daemon = True
        timer.start()
        yield {}
        timer.cancel()

    server = _Server(
        "axon", title="Axon", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING", lifespan=lifespan
    )
    answering = Answering(host)
    add_tools(server, answering)
    add_resources(server, answering)
    add_prompts(server)
    return server


class _Server(MCPServer):
    """The SDK's server, whose errors name the argument or the tool that is wrong, without its own prefix."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        known = {tool.name: tuple(tool.input_schema.get("properties", {})) for tool in await self.list_tools()}
        if name not in known:
            raise ToolError(unknown_tool(name, known))
        if strange := unknown_arguments(name, arguments, known[name]):
            raise ToolError(strange)
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError:
            raise
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(wrong_arguments(name, error.__cause__, known[name])) from error
            raise ToolError(str(error).removeprefix(f"Error executing tool {name}: ")) from error


def serve_stdio(host: Host) -> None:
    """Serve until standard input ends or the process that started this one dies."""
    threading.Thread(target=_end_with_parent, args=(host,), daemon=True).start()
    try:
        make_server(host).run("stdio")
    finally:
        host.close()


def _end_with_parent(host: Host) -> None:
    """A client that dies may leave its end of the pipe to another process: then standard input never ends."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(_PARENT_SECONDS)
    host.close()
    os._exit(0)
