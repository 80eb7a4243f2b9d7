"""A model that is none: answers that fit the schema, made of the prompt, with the latency and the faults that are set.

It serves trials without a key and measurements: the same prompt always gets the same answer, and which attempt fails
depends on seed, prompt and attempt alone.
"""

import asyncio
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from axon.enrich.budget import estimated_tokens
from axon.enrich.failures import ThrottledError, TransientError
from axon.enrich.model import Capabilities, Json, Request, Response, Stop, Usage

_DATA: Final = re.compile(r"<(data-[0-9a-f]+)>\n(.*?)\n</\1>", re.DOTALL)
_WORDS: Final = re.compile(r"[A-Za-z_]\w{3,}")
_FOREVER: Final = 3600.0 * 24
_DIMENSION: Final = 16


@dataclass(frozen=True, slots=True)
class Faults:
    """Shares (0 to 1) of attempts that end otherwise; `connections` above which requests are refused, 0: no limit."""

    throttled: float = 0.0
    failed: float = 0.0
    malformed: float = 0.0
    hanging: float = 0.0
    connections: int = 0


class Simulated:
    """A provider in this process; `seconds` says how long a request takes, `answer` what comes."""

    name = "simulated"

    def __init__(
        self,
        *,
        seconds: Callable[[Request], float] = lambda _: 0.0,
        answer: Callable[[Request], Json] | None = None,
        faults: Faults = Faults(),
        seed: int = 0,
        embed_seconds: float = 0.0,
        caches_prefixes: bool = False,
    ) -> None:
        self.capabilities = Capabilities(max_embedded=2048, caches_prefixes=caches_prefixes)
        self.requests = self.refused = self.embed_requests = self.under_way = 0
        self.asked: Counter[str] = Counter()  # answered requests by their subject
        self._seconds, self._answer, self._faults, self._seed = seconds, answer or plausible_answer, faults, seed
        self._embed_seconds = embed_seconds
        self._attempts: Counter[bytes] = Counter()

    async def generate(self, request: Request) -> Response:
        """One answer, or the fault whose turn it is."""
        self.requests += 1
        fault = self._fault(request)
        if fault == "throttled" or (self._faults.connections and self.under_way >= self._faults.connections):
            self.refused += 1
            raise ThrottledError("HTTP 429")
        self.under_way += 1
        try:
            await asyncio.sleep(_FOREVER if fault == "hanging" else self._seconds(request))
        finally:
            self.under_way -= 1
        if fault == "failed":
            raise TransientError("HTTP 500")
        used = Usage(estimated_tokens(request.prompt.size), 50)
        if fault == "malformed":
            return Response('{"cut off', used, Stop.END)
        self.asked[request.subject] += 1
        return Response(json.dumps(self._answer(request)), used)

    async def embed(self, texts: Sequence[str], model: str) -> list[list[float]]:
        """Vectors made of digests of the texts."""
        self.embed_requests += 1
        await asyncio.sleep(self._embed_seconds)
        return [[byte / 255 - 0.5 for byte in _digest(f"{model}{text}")[:_DIMENSION]] for text in texts]

    async def close(self) -> None:
        """Nothing is kept open."""

    def _fault(self, request: Request) -> str:
        prompt = _digest(request.prompt.prefix + request.prompt.body)
        self._attempts[prompt] += 1
        chance = random.Random(f"{self._seed}-{prompt.hex()}-{self._attempts[prompt]}").random()
        for name in ("throttled", "failed", "malformed", "hanging"):
            chance -= getattr(self._faults, name)
            if chance < 0:
                return name
        return ""


def open_provider(settings: Mapping[str, str]) -> Simulated:
    """A model without latency or faults."""
    return Simulated(seed=int(settings.get("seed") or 0))


def plausible_answer(request: Request) -> Json:
    """An answer of the schema of the request: texts of words of its data, quotes that are lines of it."""
    data = "\n".join(match[2] for match in _DATA.finditer(request.prompt.body))
    draw = random.Random(_digest(request.prompt.body))
    return _filled(dict(request.schema), data or request.prompt.body, draw, "")


def _filled(schema: Mapping[str, Any], data: str, draw: random.Random, name: str) -> Json:
    kind = schema.get("type", "string")
    if kind == "object":
        return {key: _filled(part, data, draw, key) for key, part in schema.get("properties", {}).items()}
    if kind == "array":
        n_items = max(schema.get("minItems", 0), min(2, schema.get("maxItems", 2)))
        return [_filled(schema["items"], data, draw, name) for _ in range(n_items)]
    if kind in ("integer", "number"):
        return int(schema.get("minimum", 1))
    return False if kind == "boolean" else _text(schema, data, draw, name)


def _text(schema: Mapping[str, Any], data: str, draw: random.Random, name: str) -> str:
    if "enum" in schema:
        return str(draw.choice(list(schema["enum"])))
    lines = [line.strip() for line in data.splitlines() if len(line.strip()) > 8] or ["nothing"]
    if name == "quote":
        return draw.choice(lines)
    words = _WORDS.findall(data) or ["code"]
    return " ".join(draw.choice(words)[:16] for _ in range(8 if name in ("summary", "text") else 3))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=32).digest()
