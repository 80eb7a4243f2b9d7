"""Anthropic's messages API, or whatever speaks it.

The schema is a tool that the model must use, so that the answer has its form; the prefix is marked for the cache.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from axon.enrich.client import UNREADABLE, HttpClient, part_of, text_of, tokens_in
from axon.enrich.failures import EnrichError, LaneClosedError, MalformedError
from axon.enrich.keys import HOW, key_of
from axon.enrich.model import Capabilities, Request, Response, Stop, Usage
from axon.enrich.providers import KEY_VARIABLES

_MOST_BATCHED = 10_000  # the API takes 100,000
_VERSION = "2023-06-01"
_TOOL = "answer"
_STOPS = {"max_tokens": Stop.LENGTH, "refusal": Stop.REFUSAL}


class Anthropic:
    """A provider over HTTP."""

    name = "anthropic"
    capabilities = Capabilities(max_batched=_MOST_BATCHED, caches_prefixes=True)

    def __init__(self, base_url: str, key: str) -> None:
        self.address = base_url
        self._client = HttpClient(base_url, {"x-api-key": key, "anthropic-version": _VERSION})

    async def generate(self, request: Request) -> Response:
        """One answer."""
        said = await self._client.post("/v1/messages", _content(request))
        try:
            return _response(said)
        except UNREADABLE as error:
            raise MalformedError(f"the provider's answer lacks {error}") from error

    async def send_batch(self, requests: Mapping[str, Request]) -> str:
        """Send a message batch; returns its id."""
        rows = [{"custom_id": key, "params": _content(request)} for key, request in requests.items()]
        said = await self._client.post("/v1/messages/batches", {"requests": rows})
        return str(part_of(said, "id"))

    async def batch_answers(self, id: str) -> Mapping[str, Response | str] | None:
        """The answers by key, or why there is none; None while it is under way."""
        said = await self._client.get(f"/v1/messages/batches/{id}")
        if part_of(said, "processing_status") != "ended":
            return None
        rows = await self._client.get_lines(f"/v1/messages/batches/{id}/results")
        return {str(part_of(row, "custom_id")): _batched(part_of(row, "result")) for row in rows}

    async def embed(self, texts: Sequence[str], model: str) -> list[list[float]]:
        """There is no such API."""
        raise LaneClosedError(f"{self.name} has no embeddings for {len(texts)} texts by {model}")

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def open_provider(settings: Mapping[str, str]) -> Anthropic:
    """The provider; raises EnrichError without a key."""
    key = settings.get("api_key") or key_of(KEY_VARIABLES["anthropic"])
    if not key:
        raise EnrichError(f"No key for anthropic. Set ANTHROPIC_API_KEY, {HOW}.")
    return Anthropic(settings.get("base_url") or "https://api.anthropic.com", key)


def _batched(result: Any) -> Response | str:
    if part_of(result, "type") != "succeeded":
        return f"{result['type']}: {result.get('error', '')}"
    try:
        return _response(result["message"])
    except (*UNREADABLE, MalformedError) as error:
        return f"the provider's answer lacks {error}"


def _content(request: Request) -> dict[str, Any]:
    turns = [request.prompt.body, *request.prompt.turns]
    return {
        "model": request.model,
        "max_tokens": request.max_output_tokens,
        "temperature": 0,
        "system": [{"type": "text", "text": request.prompt.prefix, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(turns)],
        "tools": [{"name": _TOOL, "description": "Give the answer.", "input_schema": dict(request.schema)}],
        "tool_choice": {"type": "tool", "name": _TOOL},
    }


def _response(said: Any) -> Response:
    blocks = said["content"]
    tools = [json.dumps(block["input"]) for block in blocks if block["type"] == "tool_use"]
    texts = [text_of(block["text"]) for block in blocks if block["type"] == "text"]
    counted = said.get("usage") or {}
    cached = tokens_in(counted, "cache_read_input_tokens")
    written = tokens_in(counted, "cache_creation_input_tokens")
    usage = Usage(tokens_in(counted, "input_tokens") + cached + written, tokens_in(counted, "output_tokens"), cached)
    return Response((tools or texts or [""])[0], usage, _STOPS.get(said.get("stop_reason") or "", Stop.END))
