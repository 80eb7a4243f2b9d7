"""One question until it is answered, or will not be.

What flows in: a request and the lane that it goes through. What flows out: a checked value with what it took, or the
exception that says why there is none. It does not know jobs, the cache or other questions.

A 429 costs no attempt, only time; a fault that may pass is tried again after a random wait that doubles ('full jitter',
Brooker, 'Exponential Backoff And Jitter', AWS Architecture Blog, 2015); an answer of the wrong form gets one turn to
mend itself and one fresh try.
"""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from axon.enrich.budget import Budget, estimated_tokens
from axon.enrich.failures import LaneClosedError, MalformedError, ThrottledError, TransientError
from axon.enrich.lanes import Lane
from axon.enrich.model import NO_USAGE, Provider, Request, Response, Stop, Usage, Value
from axon.enrich.schemas import check_form

_MOST_THROTTLED: Final = 200  # refusals of one question: then the provider is as good as gone
_LARGEST_ANSWER: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient a run is: `timeout`, `first_wait` and `longest_wait` in seconds."""

    attempts: int = 6
    timeout: float = 120.0
    first_wait: float = 0.5
    longest_wait: float = 30.0


@dataclass(slots=True)
class Asked:
    """A question on its way; `used` is all that its attempts took."""

    request: Request
    attempts: int = 0
    throttled: int = 0
    malformed: int = 0
    requests: int = 0
    used: Usage = NO_USAGE


class Asker:
    """Asks one provider."""

    def __init__(self, provider: Provider, budget: Budget, retries: Retries) -> None:
        self.provider, self.budget, self.retries = provider, budget, retries

    async def ask(self, asked: Asked, lane: Lane, check: Callable[[Value], Value]) -> Value:
        """The checked answer; `asked` counts what it took, also where it fails.

        Raises:
            TransientError, MalformedError: it was tried as often as it may be.
            LaneClosedError, TooLargeError: it will not be answered at all.
            BudgetReachedError: a limit of the run is reached.
        """
        fresh = asked.request
        while True:
            response = Response("")
            try:
                response = await self._once(asked, lane)
                value = parsed(response)
                check_form(value, asked.request.schema)
                return check(value)
            except MalformedError as error:
                asked.malformed += 1
                if asked.malformed > 2:
                    raise
                asked.request = fresh if asked.malformed == 2 else _with_complaint(fresh, response, error)
            except TransientError:
                asked.attempts += 1
                if asked.attempts >= self.retries.attempts:
                    raise
                await asyncio.sleep(self._pause(asked))

    async def _once(self, asked: Asked, lane: Lane) -> Response:
        """One answer of whatever form; refusals for their number are waited out."""
        request = asked.request
        estimate = Usage(estimated_tokens(request.prompt.size), request.max_output_tokens)
        while True:
            ticket = await lane.enter(estimate, request.subject)
            used = Usage()
            try:
                self.budget.reserve(estimate)
                asked.requests += 1
                try:
                    response = await self._timed(request)
                    used = response.usage
                finally:
                    self.budget.spend(estimate, used)
                    asked.used += used
            except ThrottledError as error:
                asked.throttled += 1
                lane.throttled(ticket, error.after)
                if asked.throttled >= _MOST_THROTTLED:
                    raise TransientError(f"refused {asked.throttled} times: {error}") from error
            except LaneClosedError as error:
                lane.close(str(error))
                raise
            else:
                lane.succeeded()
                return response
            finally:
                lane.leave(ticket, used)

    async def _timed(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(self.retries.timeout):
                return await self.provider.generate(request)
        except TimeoutError as error:
            raise TransientError(f"no answer within {self.retries.timeout:g} s") from error

    def _pause(self, asked: Asked) -> float:
        """Seconds; by chance, but the same for the same question."""
        most = min(self.retries.longest_wait, self.retries.first_wait * 2.0**asked.attempts)
        return random.Random(f"{asked.request.subject}-{asked.attempts}").uniform(0, most)


def parsed(response: Response) -> Value:
    """The JSON object that a model wrote, in a code fence or not.

    Raises:
        MalformedError: it wrote something else, or did not end.
    """
    if response.stop is Stop.REFUSAL:
        raise MalformedError("the model refused to answer")
    if response.stop is Stop.LENGTH:
        raise MalformedError("the answer was cut off; write a shorter one")
    if len(response.text) > _LARGEST_ANSWER:
        raise MalformedError(f"the answer has {len(response.text):,} characters; write a shorter one")
    text = response.text.strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the answer is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedError("the answer is no JSON object")
    return value


def _with_complaint(request: Request, response: Response, error: MalformedError) -> Request:
    complaint = f"That answer cannot be used: {error}. Answer again, with the JSON object alone."
    return replace(request, prompt=replace(request.prompt, turns=(response.text[:4000] or "(nothing)", complaint)))
