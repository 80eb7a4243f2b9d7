"""The same server over streamable HTTP, for clients on this machine.

What flows in: a host, an address and a token. What flows out: answers to requests that bear the token, name this server
in their Host header, come from no other site, and are not too large.
"""

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings

from axon.errors import UsageError
from axon.serve.host import Host
from axon.serve.mcp.server import make_server

PATH: Final = "/mcp"
MOST_BODY_BYTES: Final = 1_000_000
MOST_SESSIONS: Final = 64
IDLE_SECONDS: Final = 1800.0

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_Application = Callable[[_Scope, _Receive, _Send], Awaitable[None]]


def serve_http(owner: Host, *, host: str, port: int, token: str | None, tell: Callable[[str], None]) -> None:
    """Serve until interrupted; `tell` gets the address, and the token where none was given.

    Raises:
        UsageError: the address cannot be listened on.
    """
    listening = _listening(host, port)
    chosen = token or secrets.token_urlsafe(32)
    address, number = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    tell(f"Serving {owner.root} at http://{shown}:{number}{PATH}" + ("" if token else f" for bearers of {chosen}"))
    if not ipaddress.ip_address(address).is_loopback:
        tell("This address can be reached from other machines, and HTTP hides nothing from those between.")
    application = _guarded(_application(owner, host), chosen)
    try:
        uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="on")).run(sockets=[listening])
    finally:
        owner.close()


def _application(owner: Host, host: str) -> _Application:
    names = {"127.0.0.1", "localhost", "[::1]", f"[{host}]" if ":" in host else host}
    hosts = [f"{name}{port}" for name in sorted(names) for port in ("", ":*")]
    allowed = TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[f"http://{name}" for name in hosts])
    return make_server(owner).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        max_request_body_size=MOST_BODY_BYTES,
        max_sessions=MOST_SESSIONS,
        session_idle_timeout=IDLE_SECONDS,
        transport_security=allowed,
        host=host,
    )


def _guarded(application: _Application, token: str) -> _Application:
    """Requests without the token are refused before anything of them is read."""
    wanted = b"Bearer " + token.encode()

    async def guarded(scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http" or hmac.compare_digest(dict(scope["headers"]).get(b"authorization", b""), wanted):
            await application(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": b"This server answers bearers of its token only.\n"})

    return guarded


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}. Choose another --port."
        ) from error
