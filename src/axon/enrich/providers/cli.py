"""A program that reads a prompt on its standard input and writes the answer, such as a coding agent's own.

The command is an argv template (`{model}` is replaced); each question is a process group of its own, which is killed
when nobody waits any more.
"""

import asyncio
import json
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from axon.enrich.failures import EnrichError, LaneClosedError, MalformedError, TransientError
from axon.enrich.model import Capabilities, Request, Response
from axon.enrich.providers import KNOWN_COMMANDS

_LARGEST = 16 << 20
_ENVELOPES = ("result", "response", "text", "content")  # where programs put the answer when they write JSON about it


class CommandLine:
    """A provider by processes."""

    name = "cli"
    capabilities = Capabilities()

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    async def generate(self, request: Request) -> Response:
        """One answer."""
        argv = [word.replace("{model}", request.model) for word in self._command]
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=sys.platform != "win32",
                limit=_LARGEST,
            )
        except OSError as error:
            raise LaneClosedError(f"{argv[0]} cannot be run: {error.strerror}") from error
        try:
            out, err = await process.communicate(_text(request).encode("utf-8", "replace"))
        finally:
            _kill(process)
            await process.wait()
        if process.returncode:
            last = err.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise TransientError(f"{argv[0]} ended with exit code {process.returncode}: {last or 'it said nothing'}")
        if len(out) > _LARGEST:
            raise MalformedError(f"the answer has more than {_LARGEST >> 20} MB")
        return Response(_unwrapped(out.decode("utf-8", "replace")))

    async def embed(self, texts: Sequence[str], model: str) -> list[list[float]]:
        """Programs have no embeddings."""
        raise LaneClosedError(f"{self.name} has no embeddings for {len(texts)} texts by {model}")

    async def close(self) -> None:
        """Nothing is kept open."""


def open_provider(settings: Mapping[str, str]) -> CommandLine:
    """The program that the settings name, or the first known one on the PATH.

    Raises:
        EnrichError: there is none.
    """
    command = settings.get("command") or next(
        (known for name, known in KNOWN_COMMANDS.items() if shutil.which(name)), ""
    )
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise EnrichError(f"`command` in [tool.axon.enrich] cannot be read: {error}.") from error
    if not words:
        raise EnrichError("No program to ask. Set `command` in [tool.axon.enrich].")
    return CommandLine(words)


def _text(request: Request) -> str:
    schema = json.dumps(dict(request.schema))
    parts = (request.prompt.prefix, request.prompt.body, *request.prompt.turns)
    return "\n\n".join([*parts, f"Answer with one JSON object of this schema, and nothing else:\n{schema}"])


def _unwrapped(text: str) -> str:
    with suppress(ValueError, RecursionError):
        said = json.loads(text)
        if isinstance(said, dict):
            for name in _ENVELOPES:
                if isinstance(said.get(name), str) and said[name].lstrip().startswith(("{", "`")):
                    return str(said[name])
    return text


def _kill(process: asyncio.subprocess.Process) -> None:
    """The process with all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            if process.returncode is None:
                process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
