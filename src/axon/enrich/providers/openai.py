"""The chat and embeddings API of OpenAI, which vLLM, Ollama and most gateways speak as well."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from axon.enrich.client import UNREADABLE, HttpClient, part_of, text_of, tokens_in
from axon.enrich.failures import EnrichError, MalformedError
from axon.enrich.keys import HOW, key_of
from axon.enrich.model import Capabilities, Request, Response, Stop, Usage
from axon.enrich.providers import KEY_VARIABLES

_MOST_EMBEDDED = 2048  # texts in one request, by the API's own limit
_MOST_BATCHED = 10_000  # questions in one batch; the API takes 50,000
_OVER = ("completed", "failed", "expired", "cancelled")
_STOPS = {"length": Stop.LENGTH, "content_filter": Stop.REFUSAL}


class OpenAI:
    """A provider over HTTP."""

    name = "openai"
    capabilities = Capabilities(_MOST_EMBEDDED, _MOST_BATCHED, caches_prefixes=True)

    def __init__(self, base_url: str, key: str) -> None:
        self.address = base_url
        self._client = HttpClient(base_url, {"authorization": f"Bearer {key}"} if key else {})

    async def generate(self, request: Request) -> Response:
        """One answer."""
        said = await self._client.post("/chat/completions", _content(request))
        try:
            return _response(said)
        except UNREADABLE as error:
            raise MalformedError(f"the provider's answer lacks {error}") from error

    async def send_batch(self, requests: Mapping[str, Request]) -> str:
        """Upload a file of questions and make a batch of it; returns its id."""
        rows = [
            {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": _content(request)}
            for key, request in requests.items()
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
        file = part_of(await self._client.upload("/files", "questions.jsonl", lines, {"purpose": "batch"}), "id")
        wanted = {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        return str(part_of(await self._client.post("/batches", wanted), "id"))

    async def batch_answers(self, id: str) -> Mapping[str, Response | str] | None:
        """The answers by key, or why there is none; None while it is under way."""
        said = await self._client.get(f"/batches/{id}")
        if part_of(said, "status") not in _OVER:
            return None
        answers: dict[str, Response | str] = {}
        for name in ("error_file_id", "output_file_id"):
            if file := said.get(name):
                rows = await self._client.get_lines(f"/files/{file}/content")
                answers |= {str(part_of(row, "custom_id")): _batched(row) for row in rows}
        return answers

    async def embed(self, texts: Sequence[str], model: str) -> list[list[float]]:
        """One vector for each text, in their order."""
        said = await self._client.post("/embeddings", {"model": model, "input": list(texts)})
        try:
            rows = sorted(said["data"], key=lambda row: row["index"])
            vectors = [[float(x) for x in row["embedding"]] for row in rows]
        except UNREADABLE as error:
            raise MalformedError(f"the provider's answer lacks {error}") from error
        if len(vectors) != len(texts):
            raise MalformedError(f"{len(vectors)} vectors came for {len(texts)} texts")
        return vectors

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def open_provider(settings: Mapping[str, str]) -> OpenAI:
    """The provider; a base URL of one's own may need no key.

    Raises:
        EnrichError: there is neither a key nor another address than OpenAI's.
    """
    key = settings.get("api_key") or key_of(KEY_VARIABLES["openai"])
    base_url = settings.get("base_url") or os.environ.get("OPENAI_BASE_URL", "")
    if not key and not base_url:
        raise EnrichError(f"No key for openai. Set OPENAI_API_KEY, {HOW}; or a `base_url` that needs none.")
    return OpenAI(base_url or "https://api.openai.com/v1", key)


def _batched(row: Any) -> Response | str:
    try:
        said = row.get("response") or {}
        if said.get("status_code") != 200:
            return f"{said.get('status_code', '')} {row.get('error') or ''}".strip()
        return _response(said["body"])
    except (*UNREADABLE, MalformedError) as error:
        return f"the provider's answer lacks {error}"


def _content(request: Request) -> dict[str, Any]:
    turns = [request.prompt.body, *request.prompt.turns]
    messages = [{"role": "system", "content": request.prompt.prefix}]
    messages += [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(turns)]
    schema = {"name": "answer", "schema": dict(request.schema), "strict": False}
    return {
        "model": request.model,
        "max_tokens": request.max_output_tokens,
        "temperature": 0,
        "messages": messages,
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def _response(said: Any) -> Response:
    choice = said["choices"][0]
    counted = said.get("usage")
    details = counted.get("prompt_tokens_details") if isinstance(counted, dict) else None
    usage = Usage(
        tokens_in(counted, "prompt_tokens"),
        tokens_in(counted, "completion_tokens"),
        tokens_in(details, "cached_tokens"),
    )
    if choice["message"].get("refusal"):
        return Response("", usage, Stop.REFUSAL)
    return Response(
        text_of(choice["message"]["content"] or ""), usage, _STOPS.get(choice.get("finish_reason") or "", Stop.END)
    )
