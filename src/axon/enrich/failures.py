"""What can go wrong between a question and its answer, by what is to be done about it.

What flows in: a message. What flows out: exceptions that the engine tells apart; none of them leaves it, but for those
that are `AxonError`s on their way to a person.
"""

from axon.errors import AxonError, ExitCode


class ProviderError(Exception):
    """Base of what a provider may raise; the message is one line."""


class ThrottledError(ProviderError):
    """It has too much to do (429, 529): the lane cools down, and the attempt does not count. `after` is in seconds."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class TransientError(ProviderError):
    """A fault that may pass: 5xx, a reset connection, a time-out."""


class MalformedError(ProviderError):
    """An answer that is not what was asked for: no JSON, another schema, cut off, refused."""


class LaneClosedError(ProviderError):
    """It will never answer as it is asked (400, 401, 403, 404): the lane stops at once."""


class RefusedError(LaneClosedError):
    """It does not take this input (400, 422); another input it may take."""


class TooLargeError(ProviderError):
    """One request is above what its lane may ever send."""


class EnrichError(AxonError):
    """Enrich cannot begin or go on; the message says what to do."""


class BudgetReachedError(EnrichError):
    """A limit that the user set is reached; what was done is kept."""

    exit_code = ExitCode.PARTIAL
