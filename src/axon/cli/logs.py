"""What the program logs, on stderr.

What flows in: whether a person looks for a bug. What flows out: lines. Without `--debug` these are warnings and errors
of Axon's own, one line each.
"""

import logging
import sys


class _OneLine(logging.Formatter):
    """Leaves tracebacks out: they are for `--debug`."""

    def format(self, record: logging.LogRecord) -> str:
        return f"axon: {record.getMessage()}"


def set_up_logging(*, debug: bool) -> None:
    """Send the log of this process to stderr; a second call changes the level only."""
    logger = logging.getLogger("axon")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    detailed = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(detailed if debug else _OneLine())
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG if debug else logging.WARNING)
