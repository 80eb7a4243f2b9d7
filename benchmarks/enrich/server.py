"""A language model's API on this machine, which can be made slow, wrong and dead.

What flows in: requests in the form of Anthropic's messages, OpenAI's chat and OpenAI's embeddings. What flows out:
answers in the same form, or the fault whose turn it is by (seed, prompt, attempt). It listens on loopback alone.
"""

import asyncio
import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from axon.enrich.model import Json, Prompt, Request
from axon.enrich.providers.simulated import plausible_answer
from benchmarks.enrich.batch_api import Batches

FAULTS = (
    *("throttled", "throttled_date", "overloaded", "failed", "hang", "truncated", "invalid", "refusal", "cut"),
    *("reset", "drip", "html", "empty", "huge", "same"),
)
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    429: "Too Many Requests",
    500: "Error",
    529: "Overloaded",
}
_HUGE = 100 << 20
_ANY_PROMPT = Prompt("", "As an AI, I find this code to be code.")
NO_HEADERS: Mapping[str, str] = {}


@dataclass(slots=True)
class Api:
    """A server's behaviour and what it has seen. `shares` are shares of attempts (0 to 1) by fault; `only` is a fault
    that every attempt of every prompt has; `key` refuses all others with 401. Above `connections` questions under way
    the next are refused for so many seconds as `cooling` says; 0 takes any number."""

    seconds: Callable[[Request], float] = lambda _: 0.0
    answer: Callable[[Request], Json] = plausible_answer
    shares: Mapping[str, float] = field(default_factory=dict)
    only: str = ""
    key: str = ""
    embed_seconds: Callable[[], float] = lambda: 0.0
    connections: int = 0
    cooling: Callable[[], float] = lambda: 0.5
    seed: int = 0
    requests: int = 0
    refused: int = 0
    under_way: int = 0
    answered: int = 0
    embedded: list[int] = field(default_factory=list)  # texts of each embeddings request
    bodies: list[dict[str, Any]] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)  # good answers that went out, by the question's prefix and body
    batches: Batches = field(default_factory=Batches)
    _attempts: Counter[bytes] = field(default_factory=Counter)

    def fault(self, prompt: str) -> str:
        """What happens to the next attempt of this prompt; '' where it is answered."""
        digest = hashlib.blake2b(prompt.encode("utf-8", "replace")).digest()
        self._attempts[digest] += 1
        if self.only:
            return self.only
        chance = random.Random(f"{self.seed}-{digest.hex()}-{self._attempts[digest]}").random()
        for name, share in self.shares.items():
            chance -= share
            if chance < 0:
                return name
        return ""


@contextmanager
def serving_beside(api: Api) -> Iterator[str]:
    """The base URL of a server in a thread of its own, for commands in other processes."""
    loop = asyncio.new_event_loop()
    ready, url, stop = threading.Event(), [""], asyncio.Event()

    async def main() -> None:
        async with serving(api) as address:
            url[0] = address
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    ready.wait()
    try:
        yield url[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@asynccontextmanager
async def serving(api: Api) -> AsyncIterator[str]:
    """The base URL of a server that lives for the block."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _exchange(api, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or the server stops
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()


async def _exchange(api: Api, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """One request and its answer; False where the connection is over."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, path = head.split(" ", 2)[:2]
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head.splitlines()[1:])}
    body = await _body(reader, headers)
    is_batch = "/batches" in path or "/files" in path
    if not is_batch:
        api.requests += 1
        api.bodies.append(json.loads(body))
    if api.key and api.key not in (headers.get("x-api-key"), headers.get("authorization", "").removeprefix("Bearer ")):
        return await _send(writer, 401, {"error": "wrong key"})
    if is_batch:
        return await _send(
            writer, *api.batches.serve(method, path, body, lambda said, chat: _in_batch(api, said, chat))
        )
    said = api.bodies[-1]
    if path.endswith("/embeddings"):
        return await _embed(api, said, writer)
    request = _request(said)
    fault = api.fault(request.prompt.prefix + request.prompt.body)
    api.faults[fault] += bool(fault)
    early = await _early_fault(fault, writer)
    if early is not None:
        return early
    if api.connections and api.under_way >= api.connections:
        api.refused += 1
        return await _send(writer, 429, b"slow down", {"retry-after": f"{api.cooling():g}"})
    api.under_way += 1
    try:
        await asyncio.sleep(api.seconds(request))
    finally:
        api.under_way -= 1
    return await _answer(api, request, fault, writer, is_chat="/chat/" in path)


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def _in_batch(api: Api, said: Mapping[str, Any], is_chat: bool) -> tuple[Request, dict[str, Any] | None]:
    request = _request(said)
    fault = api.fault(request.prompt.prefix + request.prompt.body)
    return request, None if fault == "failed" else _content(api, request, fault, is_chat=is_chat)


async def _early_fault(fault: str, writer: asyncio.StreamWriter) -> bool | None:
    """Faults instead of an answer; None where an answer follows."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=1))
    plain: dict[str, tuple[int, bytes, dict[str, str]]] = {
        "throttled": (429, b"slow down", {"retry-after": "0.05"}),
        "throttled_date": (429, b"slow down", {"retry-after": later}),
        "overloaded": (529, b"overloaded", {}),
        "failed": (500, b"failed", {}),
        "html": (200, b"<!doctype html><title>Gateway</title>", {}),
        "empty": (200, b"", {}),
    }
    if fault in plain:
        return await _send(writer, *plain[fault])
    if fault == "hang":
        await asyncio.sleep(3600)
    if fault == "reset":
        writer.transport.abort()
        return False
    return await _send_huge(writer) if fault == "huge" else None


async def _answer(api: Api, request: Request, fault: str, writer: asyncio.StreamWriter, *, is_chat: bool) -> bool:
    content = _content(api, request, fault, is_chat=is_chat)
    return await (_drip(writer, content) if fault == "drip" else _send(writer, 200, content))


def _content(api: Api, request: Request, fault: str, *, is_chat: bool) -> dict[str, Any]:
    text = json.dumps(api.answer(request))
    stop = "end"
    if fault == "truncated":
        text = text[: len(text) // 2]
    elif fault == "invalid":
        text = json.dumps({"surprise": 1})
    elif fault == "cut":
        stop = "length"
    elif fault == "refusal":
        stop = "refusal"
    elif fault == "same":
        text = json.dumps(plausible_answer(replace(request, prompt=_ANY_PROMPT)))
    else:
        api.answered += 1
        api.paid[request.prompt.prefix + request.prompt.body] += not request.prompt.turns
    return (_chat if is_chat else _message)(text, stop, request)


def _request(said: Mapping[str, Any]) -> Request:
    """What was asked, whichever of the two forms it has."""
    if "system" in said:
        prefix, turns = said["system"][0]["text"], [m["content"] for m in said["messages"]]
        schema = said["tools"][0]["input_schema"]
    else:
        prefix, *turns = [m["content"] for m in said["messages"]]
        schema = said["response_format"]["json_schema"]["schema"]
    return Request("", Prompt(prefix, turns[0], tuple(turns[1:])), schema, said["model"], said["max_tokens"])


def _message(text: str, stop: str, request: Request) -> dict[str, Any]:
    try:
        block = {"type": "tool_use", "id": "t1", "name": "answer", "input": json.loads(text)}
    except ValueError:
        block = {"type": "text", "text": text}
    stops = {"end": "tool_use", "length": "max_tokens", "refusal": "refusal"}
    usage = {"input_tokens": request.prompt.size // 4, "output_tokens": len(text) // 4, "cache_read_input_tokens": 3}
    return {"type": "message", "content": [block], "stop_reason": stops[stop], "usage": usage}


def _chat(text: str, stop: str, request: Request) -> dict[str, Any]:
    stops = {"end": "stop", "length": "length", "refusal": "content_filter"}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": stops[stop]}
    usage = {"prompt_tokens": request.prompt.size // 4, "completion_tokens": len(text) // 4}
    return {"object": "chat.completion", "choices": [choice], "usage": usage}


async def _embed(api: Api, said: Mapping[str, Any], writer: asyncio.StreamWriter) -> bool:
    texts = said["input"]
    api.embedded.append(len(texts))
    if any("poison" in text for text in texts):
        return await _send(writer, 400, {"error": "one of the inputs cannot be embedded"})
    await asyncio.sleep(api.embed_seconds())
    rows = [{"index": i, "embedding": [len(text), 1.0, 0.5]} for i, text in enumerate(texts)]
    return await _send(writer, 200, {"data": rows[::-1]})


async def _send(
    writer: asyncio.StreamWriter,
    status: int,
    content: "bytes | Mapping[str, Any]",
    headers: Mapping[str, str] = NO_HEADERS,
) -> bool:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}", "content-type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    return True


async def _drip(writer: asyncio.StreamWriter, content: Mapping[str, Any]) -> bool:
    body = json.dumps(content).encode()
    writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode())
    for i in range(0, len(body), 16):
        writer.write(body[i : i + 16])
        await writer.drain()
        await asyncio.sleep(0.001)
    return True


async def _send_huge(writer: asyncio.StreamWriter) -> bool:
    writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {_HUGE}\r\n\r\n".encode())
    for _ in range(_HUGE >> 16):
        writer.write(b"x" * (1 << 16))
        await writer.drain()
    return True
