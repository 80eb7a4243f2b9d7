"""When the index in force was found true again, and the stamps that its files had then.

What flows in: a generation whose files were read and found as they were indexed. What flows out: the same, for the next
run, which need not read them once more. It stands beside the generations, which never change, and nothing is lost with
it.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from axon.model.source import FileStamp
from axon.storage.durable import replace_text
from axon.storage.generations import Generation

CHECKED_FILE: Final = "checked"


@dataclass(frozen=True, slots=True)
class Checked:
    """`began` is aware, and before any file was looked at; `stamps`, by path, are those that are not as indexed."""

    began: datetime
    stamps: Mapping[str, FileStamp]


def write_checked(folder: Path, generation: Generation, checked: Checked) -> None:
    """Say it in the `.axon` folder; where there is no room, the next run reads those files again."""
    stamps = {path: [stamp.size, stamp.mtime_ns, stamp.inode] for path, stamp in sorted(checked.stamps.items())}
    values = [_name(generation), checked.began.isoformat(), stamps]
    with suppress(OSError):
        replace_text(folder / CHECKED_FILE, json.dumps(values))


def read_checked(folder: Path, generation: Generation) -> Checked | None:
    """What was last said of a generation; None where that is nothing, or cannot be read."""
    try:
        name, began, stamps = json.loads((folder / CHECKED_FILE).read_bytes())
        if name != _name(generation):
            return None
        found = Checked(datetime.fromisoformat(began), {path: FileStamp(*stamp) for path, stamp in stamps.items()})
        is_aware = found.began.tzinfo is not None
        numbers = (n for s in found.stamps.values() for n in (s.size, s.mtime_ns, s.inode))
        return found if is_aware and all(isinstance(n, int) for n in numbers) else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _name(generation: Generation) -> str:
    return f"{generation.number} {generation.manifest.created.isoformat()}"
