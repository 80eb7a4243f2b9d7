"""Answers, headers, keys and files of forms that nobody promised: each is said in words or made the best of."""

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from axon.enrich.cache import Answer, AnswerCache
from axon.enrich.client import retry_after
from axon.enrich.failures import EnrichError, MalformedError, TransientError
from axon.enrich.model import Artifact, JobKey, Prompt, Request, Response
from axon.enrich.providers import open_provider
from axon.enrich.store import STORE_FILE, ArtifactStore

ASKED = Request("x", Prompt("Be brief.", "What is \ud800?", ("\udfff", "Again.")), {"type": "object"}, "m")


@contextmanager
def answering(body: bytes, **headers: str) -> Iterator[str]:
    """The address of a server that answers this to everything."""

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"])).decode()
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def asked(name: str, body: bytes, **headers: str) -> Response:
    async def ask(url: str) -> Response:
        provider = open_provider(name, {"base_url": url, "api_key": "k"})
        try:
            return await provider.generate(ASKED)
        finally:
            await provider.close()

    with answering(body, **headers) as url:
        return asyncio.run(ask(url))


def openai(content: object, usage: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}], "usage": usage}).encode()


def anthropic(text: object, usage: object) -> bytes:
    return json.dumps({"content": [{"type": "text", "text": text}], "usage": usage}).encode()


@pytest.mark.parametrize("usage", ["many", {"prompt_tokens": "many", "input_tokens": []}, {"prompt_tokens": 1e999}])
@pytest.mark.parametrize(("name", "body"), [("openai", openai), ("anthropic", anthropic)])
def test_a_count_that_is_none_counts_as_nothing(name: str, body: type[openai], usage: object) -> None:
    """The answer is what was paid for."""
    response = asked(name, body("{}", usage))
    assert (response.text, response.usage.input_tokens) == ("{}", 0)


def test_a_text_in_parts_is_one() -> None:
    """Some servers that speak OpenAI's API give lists."""
    assert asked("openai", openai([{"type": "text", "text": "{"}, {"type": "text", "text": "}"}], {})).text == "{}"


@pytest.mark.parametrize(("name", "body"), [("openai", openai(5, {})), ("anthropic", anthropic(5, {}))])
def test_a_text_that_is_none_is_malformed(name: str, body: bytes) -> None:
    """Then it is asked again."""
    with pytest.raises(MalformedError, match="no text"):
        asked(name, body)


def test_a_body_that_is_not_what_its_header_says() -> None:
    """A fault that may pass."""
    with pytest.raises(TransientError, match="DecodingError"):
        asked("openai", b"junk", content_encoding="gzip")


@pytest.mark.parametrize("key", ["a\nb", "schlüssel"])
def test_a_key_that_no_header_holds_is_not_shown(key: str) -> None:
    """It is said before anything is sent."""
    with pytest.raises(EnrichError, match="what no header may") as raised:
        open_provider("openai", {"base_url": "http://127.0.0.1:1", "api_key": key})
    assert key not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("inf", 3600), ("1e12", 3600), ("nan", None), ("Mon, 99999999999999999999 Jan 2026 00:00:00 GMT", None)],
)
def test_a_pause_is_an_hour_at_most(text: str, seconds: float | None) -> None:
    """However long somebody asks for."""
    assert retry_after(text) == seconds


@pytest.mark.parametrize("command", ["claude 'x", "  "])
def test_a_command_that_is_none(command: str) -> None:
    """Its line in the settings is at fault."""
    with pytest.raises(EnrichError, match="command"):
        open_provider("cli", {"command": command})


def _damage(path: Path) -> None:
    """All pages behind the first two."""
    content = path.read_bytes()
    path.write_bytes(content[:8192] + os.urandom(len(content) - 8192))
    for beside in path.parent.glob(f"{path.name}-*"):
        beside.unlink()


def test_pages_of_a_cache_that_are_damaged(tmp_path: Path) -> None:
    """The header is whole, so that it opens; what is asked of it then says what to do."""
    with AnswerCache(tmp_path) as cache:
        for number in range(2000):
            cache.keep(f"{number:040}", Answer({"t": "x" * 100}, "m"))
    _damage(tmp_path / "answers.sqlite")
    with AnswerCache(tmp_path) as cache, pytest.raises(EnrichError, match=r"answers\.sqlite"):
        cache.find([f"{number:040}" for number in range(2000)])


def test_pages_of_a_store_that_are_damaged(tmp_path: Path) -> None:
    """The same of what was written about one repository."""
    with ArtifactStore(tmp_path) as store:
        for number in range(2000):
            store.keep(Artifact(JobKey("summary", f"{number:040}"), {"summary": "x" * 100}, "k", "m"))
    _damage(tmp_path / STORE_FILE)
    with ArtifactStore(tmp_path) as store, pytest.raises(EnrichError, match=STORE_FILE):
        store.all()
