"""The Kuzu engine: what comes with Axon."""

import kuzu

from axon.storage.cypher.engine import EngineBackend


class KuzuBackend(EngineBackend):
    """StorageBackend in one Kuzu file."""

    api = kuzu
