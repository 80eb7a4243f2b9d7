"""Which files nobody here wrote by hand: copies of other projects, and what programs wrote.

What flows in: a path, or the bytes of a file. What flows out: the Flag that they earn. It knows no language, only the
customs that they share: names of folders, and what generators write at the top of what they make.
"""

import re
from typing import Final

from axon.model.kinds import Flag

_VENDOR_FOLDERS: Final = frozenset(
    {
        "_vendor",
        "_vendored",
        "bower_components",
        "external_libs",
        "node_modules",
        "site-packages",
        "third-party",
        "third_party",
        "thirdparty",
        "vendor",
        "vendored",
    }
)
_BUNDLED_NAME: Final = re.compile(r"[.-]min\.\w+$|\.bundle\.\w+$", re.IGNORECASE)
_HEAD_BYTES: Final = 4096
_HEAD_LINES: Final = 20
# A comment or the opening of a documentation string: a generator's own source has the same words elsewhere.
_HEADER: Final = re.compile(
    r'\s*(?:#|//|/\*|\*|--|;|%|<!--|"""|\'\'\')'
    r"(?:.*@generated\b"
    r"|.*\bDO NOT (?:EDIT|MODIFY)\b"
    r"|(?i:.*\bdo not (?:edit|modify) (?:this file|by hand|manually)\b)"
    r"|(?i:.*\b(?:auto|machine|automatically)[- ]?generated\b)"
    r"|(?i:\W*(?:(?:this|the) (?:file|code|module) (?:is|was|has been) )?generated (?:by|from|with|using)\b))"
)


def marks_of_path(path: str) -> Flag:
    """VENDORED for a file below a folder that holds copies, GENERATED for a name such as `x.min.js`."""
    *folders, name = path.lower().split("/")
    flags = Flag(0) if _VENDOR_FOLDERS.isdisjoint(folders) else Flag.VENDORED
    return flags | Flag.GENERATED if _BUNDLED_NAME.search(name) else flags


def marks_of_content(content: bytes) -> Flag:
    """GENERATED where a comment among the first 20 lines says so."""
    head = content[:_HEAD_BYTES].decode("utf-8-sig", "replace").splitlines()[:_HEAD_LINES]
    return Flag.GENERATED if any(map(_HEADER.match, head)) else Flag(0)


def has_long_lines(content: bytes, max_mean_line_bytes: int) -> bool:
    """Whether the mean line is longer than the limit, as nobody types; a few long lines alone are no sign."""
    size = len(content)
    return size > max_mean_line_bytes * 8 and size > max_mean_line_bytes * (content.count(b"\n") + 1)
