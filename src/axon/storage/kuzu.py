"""The Kuzu engine: what comes with Axon."""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from axon.storage.cypher.engine import EngineBackend

if TYPE_CHECKING:
    import kuzu  # noqa: F401  says who imports it

_ASYNCHRONOUS: Final = "kuzu.async_connection"


def _asynchronous(*args: Any, **options: Any) -> Any:
    """What Kuzu's own `AsyncConnection` makes; its module is imported when one is asked for."""
    return import_module(_ASYNCHRONOUS).AsyncConnection(*args, **options)


def _imported() -> Any:
    """Kuzu, without asyncio and ssl: nobody here needs them, and they are most of what it costs to import."""
    if "kuzu" in sys.modules or "asyncio" in sys.modules:
        return import_module("kuzu")
    stand_in = ModuleType(_ASYNCHRONOUS)
    vars(stand_in)["AsyncConnection"] = _asynchronous
    sys.modules[_ASYNCHRONOUS] = stand_in
    try:
        return import_module("kuzu")
    finally:
        del sys.modules[_ASYNCHRONOUS]


class KuzuBackend(EngineBackend):
    """StorageBackend in one Kuzu file."""

    api = _imported()
