"""Axon turns a codebase into a knowledge graph. See ARCHITECTURE.md for the map of this package.

`analyze` brings the index of a tree up to date, `open_index` opens it for questions, `enrich` has a language model
write about it; all are imported when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from axon.pipeline import run_pipeline as analyze
    from axon.pipeline.enrich import enrich
    from axon.questions.opened import open_index

__version__ = "0.1.0"

__all__ = ["__version__", "analyze", "enrich", "open_index"]


def __getattr__(name: str) -> Any:
    if name == "analyze":
        from axon.pipeline import run_pipeline  # noqa: PLC0415  importing axon must stay cheap

        return run_pipeline
    if name == "open_index":
        from axon.questions.opened import open_index  # noqa: PLC0415  likewise

        return open_index
    if name == "enrich":  # the package itself, which can be called: its name was taken
        return import_module("axon.enrich")
    if name == "enrich_repository":  # what that package is when it is called
        from axon.pipeline.enrich import enrich  # noqa: PLC0415  likewise

        return enrich
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
