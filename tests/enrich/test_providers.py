"""Providers over real HTTP and real processes, against servers that are slow, wrong and dead."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, KeyringLocked, NoKeyringError

from axon.enrich.asking import Retries
from axon.enrich.client import retry_after
from axon.enrich.failures import EnrichError, LaneClosedError
from axon.enrich.keys import key_of
from axon.enrich.model import Outcome, Prompt, Provider, Request
from axon.enrich.providers import choose_provider, open_provider
from axon.enrich.settings import settings_from
from benchmarks.enrich.running import Setup, run_workload, texts
from benchmarks.enrich.server import Api, serving
from benchmarks.enrich.workloads import Questions, text_of

QUICK = Retries(attempts=4, timeout=0.3, first_wait=0.01, longest_wait=0.05)
ASKED = Request("x", Prompt("Be brief.", "What is it?"), {"type": "object", "properties": {}}, "m")


def over_http(folder: Path, api: Api, name: str = "openai", n: int = 12, retries: Retries = QUICK) -> Outcome:
    """A dozen questions to a server that behaves like `api`."""

    async def main() -> Outcome:
        async with serving(api) as url:
            provider = open_provider(name, {"base_url": url, "api_key": "k"})
            tasks = [Questions("item", {f"item{i}": f"content {i}" for i in range(n)})]
            try:
                return (await run_workload(tasks, provider, folder, Setup(parallel=6, retries=retries)))[0]
            finally:
                await provider.close()

    return asyncio.run(main())


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_an_api_is_spoken(tmp_path: Path, name: str) -> None:
    """Every question is answered once, and what the provider counted is what is reported."""
    api = Api(answer=text_of)
    outcome = over_http(tmp_path, api, name)
    assert (len(outcome.artifacts), api.requests, outcome.is_complete) == (12, 12, True)
    assert outcome.usage.input_tokens > 0
    assert all(body["model"] == "simulated" and body["temperature"] == 0 for body in api.bodies)


@pytest.mark.parametrize(
    "fault",
    [
        "throttled",
        "overloaded",
        "failed",
        "hang",
        "truncated",
        "invalid",
        "refusal",
        "cut",
        "reset",
        "html",
        "empty",
        "same",
    ],
)
@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_a_fault_passes(tmp_path: Path, name: str, fault: str) -> None:
    """A fifth of the attempts end otherwise: all is answered in the end, as without faults."""
    calm = over_http(tmp_path / "calm", Api(answer=text_of), name)
    api = Api(answer=text_of, shares={fault: 0.2}, seed=3)
    outcome = over_http(tmp_path / "faulty", api, name)
    assert api.faults[fault] > 0
    if fault == "same":
        assert all(str(a.value["text"]) for a in outcome.artifacts.values())
    else:
        assert texts(outcome) == texts(calm)


def test_a_refusal_until_a_date_is_waited_out(tmp_path: Path) -> None:
    """429 with a date in Retry-After costs that time, and no attempt."""
    api = Api(answer=text_of, shares={"throttled_date": 0.4}, seed=1)
    outcome = over_http(tmp_path, api, n=6, retries=Retries(attempts=1, timeout=5))
    assert (outcome.is_complete, api.faults["throttled_date"] > 0) == (True, True)


@pytest.mark.parametrize(("fault", "said"), [("failed", "HTTP 500"), ("html", "no JSON"), ("huge", "more than 16 MB")])
def test_a_fault_that_stays_is_a_record(tmp_path: Path, fault: str, said: str) -> None:
    """The run ends, with the node's name and the reason for each."""
    outcome = over_http(tmp_path, Api(only=fault), n=2, retries=Retries(attempts=2, timeout=20, first_wait=0.01))
    assert {str(key) for key in outcome.failures} == {"item of item0", "item of item1"}
    assert all(said in failure.reason for failure in outcome.failures.values())


def test_a_wrong_key_stops_the_lane_at_once(tmp_path: Path) -> None:
    """401 is not tried again, and nothing else is asked."""
    api = Api(key="right")
    outcome = over_http(tmp_path, api)
    assert "401" in outcome.stopped
    assert api.requests <= 6


def test_a_drip_is_waited_for(tmp_path: Path) -> None:
    """An answer that comes in small pieces is an answer."""
    assert over_http(tmp_path, Api(answer=text_of, only="drip"), n=3).is_complete


def test_retry_after_in_both_forms() -> None:
    """Seconds and dates; anything else says nothing."""
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after("7.5") == 7.5
    assert retry_after("Thu, 01 Jan 2026 12:00:09 GMT", now=now) == 9
    assert retry_after("Thu, 01 Jan 2026 11:00:00 GMT", now=now) == 0
    assert retry_after("soon") is None


def _asked(provider: Provider, request: Request = ASKED) -> Any:
    async def main() -> Any:
        try:
            return json.loads((await provider.generate(request)).text)
        finally:
            await provider.close()

    return asyncio.run(main())


def test_a_program_answers(tmp_path: Path) -> None:
    """It gets the prompt and the schema on standard input, and its envelope is taken off."""
    program = tmp_path / "model.py"
    program.write_text(
        "import json, sys\n"
        "said = sys.stdin.read()\n"
        "answer = json.dumps({'model': sys.argv[1], 'n': said.count('What is it?'), 'schema': 'properties' in said})\n"
        "print(json.dumps({'result': answer}))\n"
    )
    provider = open_provider("cli", {"command": f"{sys.executable} {program} {{model}}"})
    assert _asked(provider) == {"model": "m", "n": 1, "schema": True}


def test_a_program_that_is_not_there_closes_the_lane(tmp_path: Path) -> None:
    """There is no use in asking again."""
    with pytest.raises(LaneClosedError, match="cannot be run"):
        _asked(open_provider("cli", {"command": str(tmp_path / "nothing")}))


def test_a_program_is_killed_with_all_it_started(tmp_path: Path) -> None:
    """When nobody waits any more, neither it nor its children go on."""
    program = tmp_path / "sleepy.sh"
    program.write_text(f"#!/bin/sh\n(trap '' TERM; sleep 60) &\necho $! > {tmp_path}/pid\nwait\n")
    program.chmod(0o755)
    provider = open_provider("cli", {"command": str(program)})

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await provider.generate(ASKED)

    asyncio.run(main())
    state = Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}/stat")
    assert not state.exists() or state.read_text().split(") ")[1][0] == "Z"


def test_who_is_asked() -> None:
    """The wanted one, else the one whose key is set; without either the error says what to do."""
    assert choose_provider("simulated", environ={}) == "simulated"
    assert choose_provider("", environ={"OPENAI_API_KEY": "k"}) == "openai"
    assert choose_provider("", environ={"ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"}) == "anthropic"
    assert choose_provider("", command="llm", environ={}) == "cli"
    with pytest.raises(EnrichError, match="Unknown provider"):
        choose_provider("oracle", environ={})


def test_a_flag_goes_before_the_environment_and_that_before_a_file() -> None:
    """AXON_LLM_PROVIDER is for a machine, the table for a repository."""
    said = settings_from("axon.toml", {"backend": "openai"}, environ={"AXON_LLM_PROVIDER": "cli"})
    assert (said.backend, said.with_flags({"backend": "simulated"}).backend) == ("cli", "simulated")
    assert settings_from("axon.toml", {"backend": "openai"}, environ={}).backend == "openai"


class Kept(KeyringBackend):
    """A keyring of this test, as the package has them for each system."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, passwords: dict[tuple[str, str], str], error: KeyringError | None = None) -> None:
        super().__init__()
        self._passwords, self._error = passwords, error

    def get_password(self, service: str, username: str) -> str | None:
        if self._error is not None:
            raise self._error
        return self._passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._passwords[service, username] = password


@pytest.fixture
def use_keyring() -> Iterator[Callable[[KeyringBackend], None]]:
    """Sets the keyring in force, for one test."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_key_may_lie_in_the_keyring(
    use_keyring: Callable[[KeyringBackend], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the name of its variable; what the environment says is stronger; it chooses the provider as well."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    use_keyring(Kept({("axon", "OPENAI_API_KEY"): "from the keyring"}))
    assert key_of("OPENAI_API_KEY", {}) == "from the keyring"
    assert key_of("OPENAI_API_KEY", {"OPENAI_API_KEY": "from the environment"}) == "from the environment"
    assert choose_provider("", environ={}) == "openai"
    api = Api(key="from the keyring")

    async def main() -> None:
        async with serving(api) as url:
            provider = open_provider("openai", {"base_url": url})
            await provider.generate(ASKED)
            await provider.close()

    asyncio.run(main())
    assert api.answered == 1


def test_a_keyring_that_does_not_answer(use_keyring: Callable[[KeyringBackend], None]) -> None:
    """A locked one is told, and what to do; where there is none, there is no key."""
    use_keyring(Kept({}, KeyringLocked("the collection is locked")))
    with pytest.raises(EnrichError, match="The keyring cannot be read: the collection is locked"):
        key_of("ANTHROPIC_API_KEY", {})
    use_keyring(Kept({}, NoKeyringError("no recommended backend")))
    assert key_of("ANTHROPIC_API_KEY", {}) == ""
    with pytest.raises(EnrichError, match="keyring set axon VARIABLE"):
        open_provider("anthropic", {})
