"""Cypher text as tokens, by Kuzu's own lexical rules, or a refusal where the two could disagree.

What flows in: a query. What flows out: tokens. It does not know which of them are dangerous.

The rules are those of Kuzu 0.11.3, src/antlr4/Cypher.g4 (StringLiteral, EscapedChar, EscapedSymbolicName, numbers).
Where a text could end a string or a name at another place than Kuzu ends it, the text is refused: a guard that reads
another query than the engine guards nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from axon.errors import QueryRefusedError


class TokenKind(Enum):
    """What a token is; a NAME is quoted in backticks, a WORD is not."""

    WORD = auto()
    NAME = auto()
    STRING = auto()
    NUMBER = auto()
    PARAMETER = auto()
    SYMBOL = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written, but for a NAME without its backticks and a PARAMETER without its `$`."""

    kind: TokenKind
    text: str


_ESCAPE: Final = r"""\\(?:[\\'"bBfFnNrRtT]|[uU][0-9a-fA-F]{4})"""
_TOKEN: Final = re.compile(
    rf"""
      (?P<blank>   [ \t\r\n]+ )
    | (?P<comment> // | /\* )
    | (?P<STRING>  '(?:[^'\\]|{_ESCAPE})*' | "(?:[^"\\]|{_ESCAPE})*" )
    | (?P<NAME>    (?:`[^`]*`)+ )
    | (?P<NUMBER>  (?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE]-?[0-9]+)? )
    | (?P<PARAMETER> \$[A-Za-z0-9_]+ )
    | (?P<WORD>    [A-Za-z_][A-Za-z0-9_]* )
    | (?P<SYMBOL>  \.\. | =~ | <> | <= | >= | != | [()\[\]{{}},.:=<>+\-*/%^|&!~] )
    """,
    re.VERBOSE | re.ASCII,
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_GLUED: Final = re.compile(r"[A-Za-z_$]", re.ASCII)


def tokens_of(query: str) -> list[Token]:
    """The tokens of `query`, blanks left out.

    Raises:
        QueryRefusedError: it holds a comment, a control character, an odd blank, an unfinished string or anything else
            that no query of the console needs.
    """
    if control := _CONTROL.search(query):
        raise QueryRefusedError(f"The query holds the control character U+{ord(control[0]):04X}.")
    return list(_tokens(query))


def _tokens(query: str) -> Iterator[Token]:
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise QueryRefusedError(_why_not(query[position]))
        kind, text, position = str(match.lastgroup), match[0], match.end()
        if kind == "comment":
            raise QueryRefusedError("The query holds a comment; leave it out.")
        if kind in ("NUMBER", "PARAMETER") and _GLUED.match(query, position):
            raise QueryRefusedError(f"Put a blank after {text}.")
        if kind != "blank":
            yield Token(TokenKind[kind], _plain(kind, text))


def _plain(kind: str, text: str) -> str:
    if kind == "NAME":
        return text[1:-1].replace("``", "`")
    return text[1:] if kind == "PARAMETER" else text


def _why_not(character: str) -> str:
    if character == ";":
        return "The query holds `;`: the console runs one statement, without it."
    if character in "'\"":
        return "A string is not closed, or holds an escape that Cypher does not know."
    if character == "`":
        return "A name in backticks is not closed."
    if character.isspace():
        return f"The query holds the blank U+{ord(character):04X}; use a plain one."
    if not character.isascii():
        return f"{character!r} stands outside quotes; put the name in backticks."
    return f"{character!r} has no meaning in a query."
