"""How soon the MCP server answers the handshake beside the SDK's own empty server, and what memory many calls take.

What flows in: a repository with an index. What flows out: a table. Both servers are started the same way, in turns, by
raw pipes; the least of several is taken, in processor seconds as well, because whatever else runs can only add to it.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mcp import Client, StdioServerParameters

MOST_MILLISECONDS = 200.0
MOST_GROWTH = 0.10
_EMPTY = "from mcp.server import MCPServer; MCPServer('empty').run('stdio')"
_HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "b", "version": "1"}},
}
_QUESTIONS = (
    ("explore", {"question": "who calls main"}),
    ("search", {"query": "get"}),
    ("map", {"tokens": 500}),
    ("status", {}),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the arguments choose."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=10_000)
    options = parser.parse_args(arguments)
    empty: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    command = [sys.executable, "-m", "axon", "mcp", "--repo", str(options.repository), "--no-watch"]
    for _ in range(options.rounds):
        empty.append(_handshake([sys.executable, "-c", _EMPTY]))
        ours.append(_handshake(command))
    later = 0.0
    for at, unit in enumerate(("seconds", "processor seconds")):
        theirs, mine = (min(times[at] for times in some) for some in (empty, ours))
        later = (mine - theirs) * 1000
        print(f"handshake: the SDK's empty server {theirs:.3f} {unit}, axon mcp {mine:.3f}, {later:+.0f} ms")
    before, after = asyncio.run(_memory(options.repository, options.calls)) if options.calls else (1, 1)
    growth = after / before - 1
    print(f"memory: {before / 1e6:.1f} MB after 200 calls, {after / 1e6:.1f} MB after {options.calls:,}, {growth:+.1%}")
    return 0 if later <= MOST_MILLISECONDS and growth <= MOST_GROWTH else 1


def _handshake(command: Sequence[str]) -> tuple[float, float]:
    """Seconds from the start of the process to its answer, and processor seconds of the process until it has ended."""
    used, started = _used(), time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(_HELLO).encode() + b"\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        seconds = time.perf_counter() - started
        assert "result" in answer, answer
        server.stdin.close()
        server.wait(30)
    return seconds, _used() - used


def _used() -> float:
    """Processor seconds of all ended children."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


async def _memory(root: Path, n_calls: int) -> tuple[int, int]:
    """Resident bytes of the server after the first 200 calls, and after all of them."""
    environment = {name: value for name, value in os.environ.items() if name.startswith(("AXON_", "PYTHON"))}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "axon", "mcp", "--repo", str(root), "--no-watch"], env=environment
    )
    async with Client(server, read_timeout_seconds=120) as client:
        pid, before = _server_pid(), 0
        for number in range(n_calls):
            tool, arguments = _QUESTIONS[number % len(_QUESTIONS)]
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result
            if number == 199:
                before = _resident(pid)
        return before, _resident(pid)


def _server_pid() -> int:
    """The child of this process that serves."""
    found = subprocess.run(["pgrep", "-P", str(os.getpid())], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def _resident(pid: int) -> int:
    """Resident bytes of a process, as Linux says it."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
