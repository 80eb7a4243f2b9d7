"""A lane: how many requests of one sort may be under way, and how many in a minute and a day.

What flows in: requests that want to go, and how they ended. What flows out: leave to go, in the order asked. It does
not know what is asked. Time is the event loop's, so that tests can run on a clock of their own.

Concurrency adapts as TCP does: one more after as many successes as are allowed at once, fewer after a 429 (additive
increase, multiplicative decrease; Chiu and Jain, 'Analysis of the increase and decrease algorithms for congestion
avoidance in computer networks', 1989).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from axon.enrich.failures import LaneClosedError, TooLargeError
from axon.enrich.model import Usage

_MINUTE: Final = 60.0
_DECREASE: Final = 0.75
_COOLING: Final = 0.5  # seconds, where the provider does not say


@dataclass(frozen=True, slots=True)
class Limits:
    """What a lane may use; 0 means as much as it likes. `parallel` is the most that is ever under way."""

    parallel: int = 8
    requests_per_minute: int = 0
    input_tokens_per_minute: int = 0
    output_tokens_per_minute: int = 0
    requests_per_day: int = 0


class _Bucket:
    """An amount that refills evenly, a whole `limit` each minute; 0 never runs out."""

    def __init__(self, limit: int, now: float) -> None:
        self.limit, self._level, self._at = limit, float(limit), now

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` is there; 0 when it is."""
        if not self.limit:
            return 0.0
        self._refill(now)
        return max(0.0, (amount - self._level) * _MINUTE / self.limit)

    def take(self, amount: float) -> None:
        """Use some; a negative amount gives back."""
        self._level = min(self._level - amount, float(self.limit) if self.limit else self._level - amount)

    def _refill(self, now: float) -> None:
        self._level = min(float(self.limit), self._level + (now - self._at) * self.limit / _MINUTE)
        self._at = now


@dataclass(slots=True)
class Ticket:
    """Leave for one request; `reserved` is given back, less what was really used, when it ends."""

    reserved: Usage
    began: float


class Lane:
    """One lane. `count_today` and `add_today` keep the number of requests of this day where other runs see it."""

    def __init__(
        self,
        limits: Limits,
        *,
        count_today: Callable[[], int] = lambda: 0,
        add_today: Callable[[int], None] = lambda _: None,
    ) -> None:
        now = asyncio.get_running_loop().time()
        self.limits, self.closed = limits, ""
        self.allowed = float(limits.parallel)
        self.under_way = 0
        self._count_today, self._add_today = count_today, add_today
        self._requests = _Bucket(limits.requests_per_minute, now)
        self._input = _Bucket(limits.input_tokens_per_minute, now)
        self._output = _Bucket(limits.output_tokens_per_minute, now)
        self._cool_until = self._decreased_at = now
        self._queue: deque[tuple[Usage, asyncio.Future[Ticket]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self, estimate: Usage, subject: str) -> Ticket:
        """Leave to send one request of about that size, as soon as there is.

        Raises:
            TooLargeError: it is larger than a whole minute's allowance, so it would wait for ever.
            LaneClosedError: the lane was closed, or the day's requests are used up.
        """
        self._check_size(estimate, subject)
        future: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        self._queue.append((estimate, future))
        self._let_in()
        return await future

    def leave(self, ticket: Ticket, used: Usage) -> None:
        """One request ended; `used` is what the provider counted, nothing where it was refused."""
        self.under_way -= 1
        self._input.take(used.input_tokens - ticket.reserved.input_tokens)
        self._output.take(used.output_tokens - ticket.reserved.output_tokens)
        self._let_in()

    def succeeded(self) -> None:
        """A request was answered: a little more may be under way."""
        self.allowed = min(float(self.limits.parallel), self.allowed + 1.0 / max(self.allowed, 1.0))
        self._let_in()

    def throttled(self, ticket: Ticket, after: float | None) -> None:
        """A request was refused for its number: the lane cools down, and fewer go at once from now on.

        Refusals of requests that were sent before the last decrease say nothing new, and one while few are under way
        has another cause than their number.
        """
        now = asyncio.get_running_loop().time()
        if ticket.began >= self._decreased_at and self.under_way > self.allowed / 2:
            self.allowed = max(1.0, float(int(self.allowed * _DECREASE)))
            self._decreased_at = now
        self._cool_until = max(self._cool_until, now + (_COOLING if after is None else after))

    def close(self, reason: str) -> None:
        """Let nobody in any more."""
        self.closed = self.closed or reason
        while self._queue:
            _, future = self._queue.popleft()
            if not future.done():
                future.set_exception(LaneClosedError(self.closed))

    def _check_size(self, estimate: Usage, subject: str) -> None:
        if self.closed:
            raise LaneClosedError(self.closed)
        for limit, amount, what in (
            (self.limits.input_tokens_per_minute, estimate.input_tokens, "input"),
            (self.limits.output_tokens_per_minute, estimate.output_tokens, "output"),
        ):
            if limit and amount > limit:
                raise TooLargeError(
                    f"{subject} needs about {amount:,} {what} tokens, and the lane has {limit:,} a minute"
                )

    def _let_in(self) -> None:
        while self._queue:
            estimate, future = self._queue[0]
            if future.done():  # whoever asked has given up
                self._queue.popleft()
                continue
            wait = self._wait(estimate)
            if wait is None:
                return
            if wait > 0:
                self._look_again(wait)
                return
            if self._is_day_over():
                return
            self._queue.popleft()
            self._admit(estimate, future)

    def _wait(self, estimate: Usage) -> float | None:
        """Seconds until the next may go; None: not before one that is under way has ended."""
        if self.under_way >= max(1, int(self.allowed)):
            return None
        now = asyncio.get_running_loop().time()
        return max(
            self._cool_until - now,
            self._requests.wait(1, now),
            self._input.wait(estimate.input_tokens, now),
            self._output.wait(estimate.output_tokens, now),
        )

    def _is_day_over(self) -> bool:
        limit = self.limits.requests_per_day
        if not limit or self._count_today() < limit:
            return False
        self.close(f"the {limit:,} requests of this day are used up; run it again tomorrow")
        return True

    def _admit(self, estimate: Usage, future: "asyncio.Future[Ticket]") -> None:
        self._requests.take(1)
        self._input.take(estimate.input_tokens)
        self._output.take(estimate.output_tokens)
        self._add_today(1)
        self.under_way += 1
        future.set_result(Ticket(estimate, asyncio.get_running_loop().time()))

    def _look_again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._let_in)
