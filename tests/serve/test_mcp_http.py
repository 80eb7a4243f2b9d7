"""The MCP server over HTTP: many clients, and who is kept out."""

import asyncio
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from axon.pipeline import run_pipeline
from tests.serve.asking import SECONDS, TOKEN, http_client_of, http_server, said
from tests.serve.conftest import FIRST, write

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a small repository."""
    root = tmp_path_factory.mktemp("http")
    write(root, FIRST)
    run_pipeline(root, embeddings=False)
    with http_server(root) as address:
        yield address


def _status(url: str, body: bytes, **headers: str) -> int:
    sent = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, sent), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_many_clients_at_once(url: str) -> None:
    """Eight of them ask the same and get the same."""

    async def one() -> str:
        async with http_client_of(url) as client:
            return await said(client, "explore", question="Who calls `pay`?")

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(one() for _ in range(8)))

    answers = asyncio.run(all_of_them())
    assert len(set(answers)) == 1
    assert "shop/till.py::receipt" in answers[0]


def test_only_bearers_of_the_token_are_answered(url: str) -> None:
    """None, a wrong one, and the right one."""
    body = json.dumps(HELLO).encode()
    assert _status(url, body) == 401
    assert _status(url, body, Authorization="Bearer wrong") == 401
    assert _status(url, body, Authorization=f"Bearer {TOKEN}") == 200


def test_other_sites_and_other_names_are_kept_out(url: str) -> None:
    """A page of another site, and a name that was bent to this address, get nothing even with the token."""
    body = json.dumps(HELLO).encode()
    bearer = f"Bearer {TOKEN}"
    assert _status(url, body, Authorization=bearer, Origin="http://evil.example") == 403
    assert _status(url, body, Authorization=bearer, Host="evil.example") == 421
    assert _status(url, body, Authorization=bearer, Origin="http://localhost:1234") == 200


def test_a_body_above_the_limit_is_refused(url: str) -> None:
    """Before it is read: by the length that it announces."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
    connection.putrequest("POST", parts.path)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "Content-Length": "1100000"}
    for name, value in (headers | {"Accept": "application/json, text/event-stream"}).items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
