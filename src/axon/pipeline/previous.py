"""What the last index holds that linking can start from.

What flows in: a Run and the facts of the tree. What flows out: the graph before, the record of its calls and the old
facts of the files that have changed; or nothing, where everything must be linked.
"""

from typing import Final

from axon.config import cache_home
from axon.errors import DamagedIndexError
from axon.parsing.cache import FactCache, fact_key, unpack
from axon.parsing.codec import decode
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts
from axon.resolution.record_codec import decode as decode_record
from axon.resolution.start import Before
from axon.storage.columns import IndexColumns
from axon.storage.freeze import read_graph
from axon.storage.linkage import read_linkage

_MOST_CHANGED: Final = 0.05  # above this share of the files all are linked


def has_edits_only(run: Run, facts: TreeFacts) -> bool:
    """Whether few files have changed, and none came, went or is of another language."""
    if len(facts.changed) > max(1, _MOST_CHANGED * len(facts.files)):
        return False
    now = {f.path: f.language for f in facts.files if f.path in facts.changed}
    return all(path in now and _language(run, path) == now[path] for path in facts.changed)


def _language(run: Run, path: str) -> str:
    known = run.previous_files.get(path)
    return known.language if known is not None else ""


def graph_before(run: Run, facts: TreeFacts) -> Before | None:
    """What to start from; None where files came or went, too many have changed, or something is not there any more."""
    if run.previous is None or not has_edits_only(run, facts) or not run.is_current():
        return None
    before = (run.previous_files[path] for path in facts.changed)
    keys = {f.path: fact_key(f.language, f.digest) for f in before}
    with FactCache(cache_home() / "facts", run.settings.cache_bytes) as cache:
        packed = cache.get(list(keys.values()))
    if not packed.keys() >= set(keys.values()):
        return None
    try:
        record = decode_record(read_linkage(run.previous.folder))
    except (DamagedIndexError, ValueError) as error:
        run.notes.append(f"{error} All calls are linked anew.")
        return None
    with IndexColumns.open(run.previous.columns) as columns:
        graph = run.before = read_graph(columns)
    return Before(graph, record, {path: decode(unpack(packed[key])) for path, key in keys.items()})
