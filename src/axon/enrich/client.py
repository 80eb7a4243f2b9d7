"""The one HTTP client of enrich: pooled connections, bounded answers, faults by what is to be done about them.

What flows in: a URL, headers and JSON. What flows out: JSON. It does not know what is asked.
"""

import asyncio
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2

from axon.enrich.failures import (
    EnrichError,
    LaneClosedError,
    MalformedError,
    RefusedError,
    ThrottledError,
    TooLargeError,
    TransientError,
)

_LARGEST: Final = 16 << 20  # bytes of one answer
_LARGEST_FILE: Final = 512 << 20  # bytes of the answers of a batch
_CONNECT_SECONDS: Final = 10.0
_THROTTLED: Final = frozenset({429, 529})
_NEVER: Final = frozenset({401, 403, 404, 405})
_NOT_THIS: Final = frozenset({400, 422})
_TOO_LARGE: Final = 413
_LEAST_ERROR: Final = 400
_LONGEST_PAUSE: Final = 3600.0  # seconds; who asks for more has a broken clock
UNREADABLE: Final = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)
"""What reading an answer of another form raises."""


class HttpClient:
    """Requests to one API. `headers` may hold a key, and so are never shown.

    Raises:
        EnrichError: a header holds what cannot be sent.
    """

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        for name, value in headers.items():
            if not (value.isascii() and value.isprintable()):
                raise EnrichError(f"The key for {base_url} ({name}) holds what no header may, such as a line break.")
        self._base_url = base_url.rstrip("/")
        limits = httpx2.Limits(max_connections=256, max_keepalive_connections=64)
        self._client = httpx2.AsyncClient(
            headers=dict(headers), limits=limits, timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS)
        )

    async def post(self, path: str, content: Mapping[str, Any]) -> Any:
        """The JSON that the API answers; however long it takes: whoever asks sets a time-out.

        Raises:
            ThrottledError, TransientError, MalformedError, LaneClosedError, TooLargeError: by what can be done.
        """
        body = json.dumps(dict(content), ensure_ascii=False).encode("utf-8", "replace")  # a lone surrogate is no UTF-8
        return _json(await self._sent("POST", path, content=body, headers={"content-type": "application/json"}))

    async def get(self, path: str) -> Any:
        """The JSON that lies there; raises as `post`."""
        return _json(await self._sent("GET", path))

    async def get_lines(self, path: str) -> list[Any]:
        """The JSON of each line of what lies there; raises as `post`."""
        body = await self._sent("GET", path, largest=_LARGEST_FILE)
        return [_json(line) for line in body.splitlines() if line.strip()]

    async def upload(self, path: str, name: str, content: bytes, fields: Mapping[str, str]) -> Any:
        """Send a file and fields as a form; raises as `post`."""
        return _json(await self._sent("POST", path, files={"file": (name, content)}, data=dict(fields)))

    async def _sent(self, method: str, path: str, *, largest: int = _LARGEST, **content: Any) -> bytes:
        try:
            async with self._client.stream(method, f"{self._base_url}{path}", **content) as response:
                body = await _bounded(response, largest)
        except (httpx2.RequestError, httpx2.StreamError) as error:
            raise TransientError(f"{self._base_url}: {type(error).__name__} {error}".strip()) from error
        except httpx2.InvalidURL as error:
            raise LaneClosedError(f"{self._base_url} is no address: {error}") from error
        _raise_for(response.status_code, response.headers, body)
        return body

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise TransientError(f"the provider answered no JSON, but {_glimpse(body)}") from error


def part_of(said: Any, name: str) -> Any:
    """A part of an answer; raises MalformedError where it is not there."""
    try:
        return said[name]
    except (KeyError, TypeError) as error:
        raise MalformedError(f"the provider's answer lacks `{name}`") from error


def text_of(said: Any) -> str:
    """The text of an answer, which some servers give in parts; raises MalformedError where it is none."""
    if isinstance(said, list):
        said = "".join(str(part.get("text") or "") for part in said if isinstance(part, dict))
    if not isinstance(said, str):
        raise MalformedError("the provider's answer holds no text")
    return said


def tokens_in(counted: Any, name: str) -> int:
    """A count of an answer; what is no number counts as nothing."""
    try:
        return max(0, int(counted.get(name) or 0))
    except UNREADABLE:
        return 0


async def _bounded(response: httpx2.Response, largest: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            raise MalformedError(f"the answer has more than {largest >> 20} MB")
        await asyncio.sleep(0)
    return bytes(body)


def _raise_for(status: int, headers: Mapping[str, str], body: bytes) -> None:
    if status < _LEAST_ERROR:
        return
    said = f"HTTP {status}: {_glimpse(body)}"
    if status in _THROTTLED:
        raise ThrottledError(said, retry_after(headers.get("retry-after", "")))
    if status == _TOO_LARGE:
        raise TooLargeError(said)
    if status in _NOT_THIS:
        raise RefusedError(said)
    if status in _NEVER:
        raise LaneClosedError(said)
    raise TransientError(said)


def retry_after(text: str, *, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for, an hour at most; a number or a date (RFC 9110, 10.2.3)."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        seconds = (until - (now or datetime.now(UTC))).total_seconds()
    return None if math.isnan(seconds) else min(max(0.0, seconds), _LONGEST_PAUSE)


def _glimpse(body: bytes) -> str:
    """The beginning of an answer, on one line."""
    text = " ".join(body[:300].decode("utf-8", "replace").split())
    return text[:200] or "nothing"
