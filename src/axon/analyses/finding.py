"""What is found that nobody uses, and how sure one can be of it.

What flows in: nothing. What flows out: the value that all analyses of dead code return, and its degrees of certainty.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CERTAIN: Final = 0.95  # nobody outside of its file can mean it, and its name stands nowhere else
LIKELY: Final = 0.85  # it could be meant from anywhere in the tree, and its name stands nowhere else
KNOWN: Final = 0.8  # from here on a finding is one to act on
OPEN: Final = 0.6  # whoever imports the package may use it; or something else might use it without its name
DOUBTFUL: Final = 0.5  # a framework or a base class may use it


class Unused(StrEnum):
    """What is not used."""

    SYMBOL = "symbol"
    IMPORT = "import"
    PARAMETER = "parameter"
    ATTRIBUTE = "attribute"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that nobody uses: `row` is the symbol, or the function or file that holds `name` at `line`."""

    what: Unused
    row: int
    name: str
    line: int
    confidence: float
    proof: str
    is_direct: bool = True  # its name stands nowhere else, and not only in what is not used either
