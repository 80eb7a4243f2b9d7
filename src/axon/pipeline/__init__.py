"""The program's table of contents: one run from a tree of files to a published index.

Importing this package imports neither numpy nor an engine: the parser's worker processes start before those do.
"""

from axon.pipeline.analyze import reindex_files, run_pipeline
from axon.pipeline.report import PipelineResult

__all__ = ["PipelineResult", "reindex_files", "run_pipeline"]
