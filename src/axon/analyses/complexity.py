"""How many ways lead through a function.

What flows in: its text. What flows out: a number. It counts words and signs that branch, as they are in most languages,
outside of strings and comments; it parses nothing.

Source: McCabe, "A Complexity Measure" (1976), decisions plus one; counted by tokens as the tool lizard does.
"""

import re
from typing import Final

_NO_CODE: Final = re.compile(
    r"'''[\s\S]*?'''|\"\"\"[\s\S]*?\"\"\"|/\*[\s\S]*?\*/|//[^\n]*|\#(?=[\s!#])[^\n]*|"
    r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`"
)
_TEMPLATE: Final = re.compile(r"`(?:\\.|[^`\\])*`")
_BRANCH: Final = re.compile(
    r"\b(?:if|elif|elsif|for|foreach|while|until|unless|case|when|catch|except|rescue|and|or|assert)\b|"
    r"&&|\|\||\?\?|(?<=[\s\w)\]])\?(?=[\s\w(\[\"'])"
)


def complexity_of(text: str) -> int:
    """Decisions in `text`, plus one."""
    return 1 + len(_BRANCH.findall(_NO_CODE.sub(" ", text)))


def complexity_of_code(code: bytes) -> int:
    """The same of text whose comments and prose are blank already."""
    text = code.decode("utf-8", "replace")
    return 1 + len(_BRANCH.findall(_TEMPLATE.sub(" ", text) if "`" in text else text))
