"""Which files of a git revision are indexed: those that a fresh index of its checkout would hold.

What flows in: the blobs of a tree object and who reads them. What flows out: a `Listing` with stamps that hold sizes
alone. It writes nothing and knows no language.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from axon.config import Settings
from axon.files.git import Blob
from axon.files.ignore import Rules
from axon.files.listing import Gathering, LeftOut, Listing
from axon.files.locate import INDEX_FOLDER
from axon.files.walk import OWN_IGNORE, UNREAD_FACTOR, LanguageOf
from axon.model.source import FileStamp, ListedFile

_NO_RULES: Final = Rules()


def list_revision(
    blobs: Iterable[Blob],
    ignore_files: Mapping[str, bytes],
    *,
    language_of: LanguageOf,
    settings: Settings,
    is_manifest: Callable[[str], bool],
) -> Listing:
    """The blobs that some language claims, in byte order of their paths; `ignore_files` are contents by path."""
    found = Gathering()
    folders: dict[str, Rules | LeftOut] = {"": _with_own(found, _NO_RULES, "", ignore_files)}
    for blob in blobs:
        rules = _rules_of(found, folders, blob.path[: blob.path.rfind("/") + 1], ignore_files)
        if isinstance(rules, LeftOut):
            found.leave_out(blob.path, rules)
        else:
            _take(found, blob, rules, language_of(blob.path), settings, is_manifest)
    return found.listing()


def _rules_of(
    found: Gathering, folders: dict[str, Rules | LeftOut], prefix: str, ignore_files: Mapping[str, bytes]
) -> Rules | LeftOut:
    known = folders.get(prefix)
    if known is None:
        above = _rules_of(found, folders, prefix[: prefix.rfind("/", 0, -1) + 1], ignore_files)
        if isinstance(above, LeftOut):
            known = above
        elif prefix.endswith(f"{INDEX_FOLDER}/") or (above.specs and above.ignores(prefix)):
            known = LeftOut.IGNORED
        else:
            known = _with_own(found, above, prefix, ignore_files)
        folders[prefix] = known
    return known


def _with_own(found: Gathering, above: Rules, prefix: str, ignore_files: Mapping[str, bytes]) -> Rules:
    path = prefix + OWN_IGNORE
    if path not in ignore_files:
        return above
    rules, rejected = above.with_file(prefix, ignore_files[path])
    for line in rejected:
        found.report(path, f"no ignore pattern: {line!r}", "the other lines of the file")
    return rules


def _take(  # noqa: PLR0917  one blob, and all that decides about it
    found: Gathering,
    blob: Blob,
    rules: Rules,
    language: str | None,
    settings: Settings,
    is_manifest: Callable[[str], bool],
) -> None:
    is_ignored = bool(rules.specs) and rules.ignores(blob.path)
    listed = ListedFile(blob.path, language or "", FileStamp(blob.size, 0, 0))
    if language is None:
        found.leave_out(blob.path, LeftOut.NO_LANGUAGE)
        if is_manifest(blob.path) and not is_ignored and blob.size <= settings.max_file_bytes:
            found.manifests.append(listed)
    elif is_ignored:
        found.leave_out(blob.path, LeftOut.IGNORED)
    elif blob.size > UNREAD_FACTOR * settings.max_file_bytes:
        found.leave_out(blob.path, LeftOut.TOO_LARGE)
    else:
        found.files.append(listed)
