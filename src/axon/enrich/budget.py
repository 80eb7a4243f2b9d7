"""What a run costs, and when it has cost enough.

What flows in: what was asked and what providers counted. What flows out: money, and an error before the request that
would be too much. Prices are a table with a date, `prices.toml` beside this module.
"""

import asyncio
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from axon.enrich.failures import BudgetReachedError
from axon.enrich.model import NO_USAGE, Usage

BYTES_PER_TOKEN: Final = 4
"""The usual estimate for text and code; what is really used is what the provider counts."""

BATCH_SHARE: Final = 0.5
"""What a token of a batch costs of the usual price, at Anthropic and OpenAI alike."""

_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float = 0.0
    output: float = 0.0
    cached: float = 0.0

    def of(self, usage: Usage) -> float:
        """What that usage costs, in US dollars."""
        fresh = usage.input_tokens - usage.cached_tokens
        return (fresh * self.input + usage.cached_tokens * self.cached + usage.output_tokens * self.output) / _MILLION


@cache
def _prices() -> dict[str, Price]:
    table = tomllib.loads((files("axon.enrich") / "prices.toml").read_text("utf-8"))
    return {name: Price(**row) for name, row in table["models"].items()}


def price_of(model: str) -> Price | None:
    """The price of a model, or of the family whose name its name begins with; None where nobody knows."""
    prices = _prices()
    known = [name for name in prices if model.startswith(name)]
    return prices[max(known, key=len)] if known else None


def estimated_tokens(n_bytes: int) -> int:
    """About how many tokens a text of so many UTF-8 bytes has."""
    return n_bytes // BYTES_PER_TOKEN + 1


@dataclass(slots=True)
class Budget:
    """What a run may cost at most; None means no limit. Money needs a known price."""

    max_cost: float | None = None
    max_calls: int | None = None
    max_minutes: float | None = None
    price: Price = field(default_factory=Price)
    embedding_price: Price = field(default_factory=Price)
    calls: int = 0
    usage: Usage = NO_USAGE
    batched: Usage = NO_USAGE
    embedded: Usage = NO_USAGE
    _reserved: float = 0.0
    _began: float | None = None

    @property
    def cost(self) -> float:
        """US dollars so far."""
        asked = self.price.of(self.usage) + BATCH_SHARE * self.price.of(self.batched)
        return asked + self.embedding_price.of(self.embedded)

    def reserve(self, estimate: Usage, *, embeds: bool = False) -> None:
        """Before one request, for an answer or for embeddings.

        Raises:
            BudgetReachedError: with it, a limit would be passed.
        """
        expected = (self.embedding_price if embeds else self.price).of(estimate)
        if self.max_calls is not None and self.calls >= self.max_calls:
            raise BudgetReachedError(f"--max-calls {self.max_calls} is reached. Run it again to go on.")
        self.check_time()
        if self.max_cost is not None and self.cost + self._reserved + expected > self.max_cost:
            raise BudgetReachedError(f"--max-cost {self.max_cost:g} would be passed. Run it again to go on.")
        self.calls += 1
        self._reserved += expected

    def check_time(self) -> None:
        """Raises BudgetReachedError where the minutes since it was first asked are over."""
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        if self.max_minutes is not None and now - self._began >= self.max_minutes * 60:
            raise BudgetReachedError(f"--max-minutes {self.max_minutes:g} is reached. Run it again to go on.")

    def spend_batched(self, used: Usage) -> None:
        """What a request of a batch took."""
        self.batched += used

    def spend_embedded(self, estimate: Usage, used: Usage) -> None:
        """After a request for embeddings, as `spend`."""
        self._reserved -= self.embedding_price.of(estimate)
        self.embedded += used

    def spend(self, estimate: Usage, used: Usage) -> None:
        """After the request: what it was expected to take is free again, what it took is spent."""
        self._reserved -= self.price.of(estimate)
        self.usage += used
