"""Axon turns a codebase into a knowledge graph. See ARCHITECTURE.md for the map of this package.

`analyze` brings the index of a tree up to date, `open_index` opens it for questions; both are imported when first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from axon.pipeline import run_pipeline as analyze
    from axon.questions.opened import open_index

__version__ = "0.1.0"

__all__ = ["__version__", "analyze", "open_index"]


def __getattr__(name: str) -> Any:
    if name == "analyze":
        from axon.pipeline import run_pipeline  # noqa: PLC0415  importing axon must stay cheap

        return run_pipeline
    if name == "open_index":
        from axon.questions.opened import open_index  # noqa: PLC0415  likewise

        return open_index
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
