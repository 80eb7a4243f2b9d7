"""Language models over the graph: what they write about it, checked, kept, and never asked for twice.

What flows in: an open index and a provider. What flows out: artifacts, each attached to one node. Nothing here runs
unless somebody asked for it: `axon analyze` never calls a model.

The package can be called: `axon.enrich(root, tasks, parallel=None, output=None)` does what the command does.
"""

import sys
from types import ModuleType
from typing import Any


class _Enrich(ModuleType):
    """A package that is a function as well."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """See `axon.pipeline.enrich.enrich`, which lies above this package."""
        import axon  # noqa: PLC0415  it is what imports this

        return axon.enrich_repository(*arguments, **named)


sys.modules[__name__].__class__ = _Enrich
