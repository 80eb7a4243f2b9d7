"""How hard a function is to follow, from its code.

What flows in: the code of a function without comments and prose, and the words with which its language branches. What
flows out: a number.

Source: Campbell, "Cognitive Complexity" (SonarSource, 2018): a break in the flow counts one, and one more for each
level that it is nested in; a sequence of like logical operators counts one. Nesting is read from indentation.
"""

import re
from typing import Final

from axon.model.lexicon import Lexicon

_WORD: Final = re.compile(rb"[A-Za-z_]\w*|&&|\|\||\?\?|\?(?![.:?)\],])")


def cognitive_complexity(code: bytes, lexicon: Lexicon) -> int:
    """The number of one function with all inside it."""
    total = 0
    open_blocks: list[int] = []
    for number, line in enumerate(code.split(b"\n")):
        text = line.lstrip()
        if not text:
            continue
        depth = len(line.expandtabs(4)) - len(text.expandtabs(4)) if number else -1
        while open_blocks and open_blocks[-1] >= depth:
            open_blocks.pop()
        cost, opens = _line(text, lexicon, len(open_blocks))
        total += cost
        if opens and number:
            open_blocks.append(depth)
    return total


def _line(text: bytes, lexicon: Lexicon, nesting: int) -> tuple[int, bool]:
    """What the decisions of a line cost at this nesting, and whether it opens a block."""
    cost, last = 0, b""
    words = _WORD.findall(text)
    goes_on = bool(words) and words[0] in lexicon.continuations
    opens = goes_on
    for word in words:
        if word in lexicon.logical:
            cost += word != last
            last = word
        elif word in lexicon.decisions:
            cost += 0 if goes_on else 1 + nesting
            opens = True
    return cost + goes_on, opens
