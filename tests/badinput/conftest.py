"""Every test of bad input has caches of its own and a tree without files."""

from tests.trees import home, root

__all__ = ["home", "root"]
