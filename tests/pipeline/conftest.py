"""Every pipeline test has caches of its own, so that nothing is known before it begins."""

from tests.trees import home, root

__all__ = ["home", "root"]
