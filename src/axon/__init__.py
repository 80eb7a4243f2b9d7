"""Axon turns a codebase into a knowledge graph. See ARCHITECTURE.md for the map of this package."""

__version__ = "0.1.0"

__all__ = ["__version__"]
