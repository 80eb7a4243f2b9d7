"""The engines that may hold the graph database, by name.

What flows in: the name that a setting or the layer of a generation gives. What flows out: the backend of that engine,
which is imported when it is first asked for.
"""

import sys
from importlib import import_module
from typing import Final

from axon.config import KUZU
from axon.errors import ConfigError, StorageError
from axon.storage.cypher.engine import EngineBackend

LADYBUG: Final = "ladybug"

_BACKENDS: Final = {KUZU: "KuzuBackend", LADYBUG: "LadybugBackend"}


def check_engine(name: str) -> None:
    """Raises ConfigError unless an engine has that name."""
    if name not in _BACKENDS:
        raise ConfigError(f"Unknown engine {name}. Choose {' or '.join(_BACKENDS)}.")


def backend_of(name: str) -> type[EngineBackend]:
    """The backend of an engine.

    Raises:
        ConfigError: no engine has that name.
        StorageError: it is not installed, or this process has loaded another one: both together crash it.
    """
    check_engine(name)
    if loaded := [other for other in _BACKENDS if other != name and other in sys.modules]:
        raise StorageError(f"This process uses {loaded[0]} and cannot load {name} besides. Ask in another process.")
    try:
        module = import_module(f"axon.storage.{name}")
    except ImportError as error:
        raise StorageError(
            f"The graph database needs {name}, which cannot be loaded: {error}. "
            f"Run `pip install 'axon-codegraph[{name}]'`, or choose another `engine`."
        ) from error
    backend: type[EngineBackend] = getattr(module, _BACKENDS[name])
    return backend
