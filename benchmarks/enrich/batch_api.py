"""Batches of the server on this machine: Anthropic's message batches, and OpenAI's files and batches.

What flows in: method, path and body of a request. What flows out: status and body. A batch is over when it was looked
at often enough; single questions of it fail by the same shares as elsewhere.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from axon.enrich.model import Request

Answered = Callable[[Mapping[str, Any], bool], tuple[Request, "dict[str, Any] | None"]]
"""The question that a body holds, and its answer (in the form of chat, or of messages); None where it fails."""

_FILE = re.compile(rb'filename="[^"]*"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)


@dataclass(slots=True)
class Batches:
    """The batches that were sent. `looks` is how often one is looked at before it is over, `lost` forgets them all."""

    looks: int = 1
    lost: bool = False
    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def serve(self, method: str, path: str, body: bytes, answered: Answered) -> tuple[int, "bytes | dict[str, Any]"]:
        """The answer to a request about batches or files."""
        parts = [part for part in path.split("/") if part not in ("", "v1")]
        if parts[0] == "messages":
            return self._anthropic(method, parts[2:], body, answered)
        if parts[0] == "files":
            return self._files(parts[1:], body)
        return self._openai(method, parts[1:], body, answered)

    def _anthropic(self, method: str, rest: list[str], body: bytes, answered: Answered) -> tuple[int, Any]:
        if method == "POST":
            return 200, self._taken("msgbatch_", json.loads(body)["requests"]) | {"processing_status": "in_progress"}
        if self.lost or rest[0] not in self.sent:
            return 404, {"type": "error", "error": {"type": "not_found_error"}}
        if rest[1:] == ["results"]:
            return 200, _lines(_message_result(row, answered) for row in self.sent[rest[0]])
        return 200, {"id": rest[0], "processing_status": "ended" if self._is_over(rest[0]) else "in_progress"}

    def _files(self, rest: list[str], body: bytes) -> tuple[int, Any]:
        if not rest:
            found = _FILE.search(body)
            assert found is not None, "a form with a file"
            id = f"file-{len(self.files)}"
            self.files[id] = found[1]
            return 200, {"id": id, "object": "file", "purpose": "batch"}
        return (200, self.files[rest[0]]) if rest[0] in self.files else (404, {"error": "no such file"})

    def _openai(self, method: str, rest: list[str], body: bytes, answered: Answered) -> tuple[int, Any]:
        if method == "POST":
            said = json.loads(body)
            rows = [json.loads(line) for line in self.files[said["input_file_id"]].splitlines() if line]
            assert {row["url"] for row in rows} == {said["endpoint"]}
            return 200, self._taken("batch_", rows) | {"status": "validating"}
        if self.lost or rest[0] not in self.sent:
            return 404, {"error": "no such batch"}
        if not self._is_over(rest[0]):
            return 200, {"id": rest[0], "status": "in_progress"}
        good, bad = [], []
        for row in self.sent[rest[0]]:
            _, answer = answered(row["body"], True)
            status = 500 if answer is None else 200
            line = {"custom_id": row["custom_id"], "response": {"status_code": status, "body": answer}, "error": None}
            (bad if answer is None else good).append(line)
        said = {"id": rest[0], "status": "completed"}
        for name, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                said[name] = f"file-{len(self.files)}"
                self.files[said[name]] = _lines(lines)
        return 200, said

    def _taken(self, kind: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        id = f"{kind}{len(self.sent)}"
        self.sent[id], self.seen[id] = rows, 0
        assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", row["custom_id"]) for row in rows)
        return {"id": id, "request_counts": {"processing": len(rows)}}

    def _is_over(self, id: str) -> bool:
        self.seen[id] += 1
        return self.seen[id] > self.looks


def _message_result(row: dict[str, Any], answered: Answered) -> dict[str, Any]:
    _, answer = answered(row["params"], False)
    if answer is None:
        return {"custom_id": row["custom_id"], "result": {"type": "errored", "error": {"type": "api_error"}}}
    return {"custom_id": row["custom_id"], "result": {"type": "succeeded", "message": answer}}


def _lines(rows: Any) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()
