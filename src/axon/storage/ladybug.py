"""The Ladybug engine, a maintained fork of Kuzu: an extra that users may choose."""

import ladybug

from axon.storage.cypher.engine import EngineBackend


class LadybugBackend(EngineBackend):
    """StorageBackend in one Ladybug file."""

    api = ladybug
