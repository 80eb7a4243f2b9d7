"""What audits saw, beside the index: a file that every later build takes as an input.

What flows in: observations, and the digests of the files that they are of. What flows out: the same. It does not know
what a build makes of them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Final

from axon.errors import StorageError
from axon.model.audit import Observation
from axon.model.ids import NodeId, path_of
from axon.storage.durable import replace_text

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Observations:
    """Observations, and by path the digests of the files between which they were made."""

    digests: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[Observation, ...] = ()

    def holding(self, digests: Mapping[str, str]) -> tuple[Observation, ...]:
        """Those between files that are what they were."""
        same = {path for path, digest in self.digests.items() if digests.get(path) == digest}
        return tuple(c for c in self.calls if path_of(NodeId(c.caller)) in same and path_of(NodeId(c.callee)) in same)

    def merged(self, digests: Mapping[str, str], calls: Iterable[Observation]) -> "Observations":
        """These and new ones, made of files of these digests; what was seen of other contents is dropped."""
        counts: dict[Observation, int] = {}
        for call in (*self.holding(digests), *calls):
            place = replace(call, count=0)
            counts[place] = counts.get(place, 0) + call.count
        found = tuple(replace(place, count=count) for place, count in sorted(counts.items(), key=_order))
        paths = {path_of(NodeId(end)) for call in found for end in (call.caller, call.callee)}
        return Observations({path: digests[path] for path in sorted(paths)}, found)


def read_observations(path: Path) -> Observations:
    """Those in a file; none where it is not there.

    Raises:
        StorageError: the file is damaged, or another version wrote it.
    """
    try:
        told = json.loads(path.read_text("utf-8"))
        if told["version"] != _VERSION:
            raise StorageError(f"{path} has version {told['version']}, this is {_VERSION}. Remove it and audit again.")
        return Observations(dict(told["files"]), tuple(Observation(*row) for row in told["calls"]))
    except FileNotFoundError:
        return Observations()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path} cannot be read: {error}. Remove it and run `axon audit --merge` again.") from error


def write_observations(path: Path, observations: Observations) -> None:
    """Put them in place of those that are there; the caller is the writer."""
    rows = [astuple(call) for call in observations.calls]
    told = {"version": _VERSION, "files": dict(observations.digests), "calls": rows}
    replace_text(path, json.dumps(told, ensure_ascii=False, indent=0) + "\n")


def _order(item: tuple[Observation, int]) -> tuple[object, ...]:
    return astuple(item[0])
