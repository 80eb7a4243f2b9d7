"""The SDK's own client, against a server in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.types import CallToolResult

SECONDS = 60.0
TOKEN = "a-token-of-this-test"


def environment() -> dict[str, str]:
    """What the server needs of this process's environment."""
    kept = ("AXON_", "PYTHON", "GIT_", "PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP")
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}


def command(root: Path, *flags: str) -> list[str]:
    """The server of one repository."""
    return [sys.executable, "-m", "axon", "mcp", "--repo", str(root), *flags]


@asynccontextmanager
async def client_of(root: Path, *flags: str) -> AsyncIterator[Client]:
    """A client over standard input and output."""
    program, *arguments = command(root, *flags)
    server = StdioServerParameters(command=program, args=arguments, env=environment())
    async with Client(server, read_timeout_seconds=SECONDS) as client:
        yield client


@contextmanager
def http_server(root: Path) -> Iterator[str]:
    """The address of a server over HTTP, which ends with the block."""
    server = subprocess.Popen(
        command(root, "--http", "--port", "0", "--token", TOKEN, "--no-watch"),
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    try:
        yield server.stderr.readline().split(" at ", 1)[1].strip()
    finally:
        server.terminate()
        server.wait(SECONDS)
        server.stderr.close()


@asynccontextmanager
async def http_client_of(url: str) -> AsyncIterator[Client]:
    """A client over HTTP that bears the token."""
    async with create_mcp_http_client(headers={"Authorization": f"Bearer {TOKEN}"}) as bearing:
        transport = streamable_http_client(url, http_client=bearing)
        async with Client(transport, read_timeout_seconds=SECONDS) as client:
            yield client


async def said(client: Client, tool: str, **arguments: Any) -> str:
    """The text of an answer that is no error."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    return text_of(result)


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """The text of an answer that is an error."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, text_of(result)
    return text_of(result)


def text_of(result: CallToolResult) -> str:
    """All texts of a result."""
    return "\n".join(getattr(block, "text", "") for block in result.content)


def size_of(value: Any) -> int:
    """Tokens of something as JSON."""
    return -(-len(json.dumps(value, ensure_ascii=False).encode()) // 4)
