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
from axon.resolution.link import Before
from axon.resolution.record_codec import decode as decode_record
from axon.storage.columns import IndexColumns
from axon.storage.freeze import read_graph
from axon.storage.linkage import read_linkage

_MOST_CHANGED: Final = 0.05  # above this share of the files all are linked


def graph_before(run: Run, facts: TreeFacts) -> Before | None:
    """What to start from; None where files came or went, too many have changed, or something is not there any more."""
    changed = facts.changed
    if run.previous is None or len(changed) > max(1, _MOST_CHANGED * len(facts.files)) or not run.is_current():
        return None
    now = {f.path: f for f in facts.files if f.path in changed}
    keys = {}
    for path in changed:
        before, after = run.previous_files.get(path), now.get(path)
        if before is None or after is None or before.language != after.language:
            return None
        keys[path] = fact_key(before.language, before.digest)
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
        graph = read_graph(columns)
    return Before(graph, record, {path: decode(unpack(packed[key])) for path, key in keys.items()})
