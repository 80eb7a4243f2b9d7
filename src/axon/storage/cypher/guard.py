"""What the read-only console may run: questions about the graph, and nothing that touches files, settings or the store.

What flows in: a query from a person or an agent. What flows out: nothing, or a refusal that says what and why. It does
not know the graph's schema, and it is the first of two layers: what it lets through runs in a child process.

`read_only` of Kuzu 0.11.3 stops writes to the database and nothing else: COPY TO, EXPORT, LOAD FROM, ATTACH, INSTALL
and CALL settings run. So what begins a query and what it calls is allowed by list.
"""

from collections.abc import Collection, Sequence
from typing import Final

from axon.errors import QueryRefusedError
from axon.storage.cypher.lexer import Token, TokenKind, tokens_of
from axon.storage.cypher.vocabulary import BEFORE_PARENTHESIS, EXPLODES, FUNCTIONS, REFUSED, STARTS, TABLE_FUNCTIONS

LONGEST_QUERY: Final = 50_000
DEEPEST_NESTING: Final = 100

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")


def check(query: str, parameters: Collection[str] = ()) -> None:
    """Return when the console may run `query`, which may use the `$parameters` of these names.

    Raises:
        QueryRefusedError: with one line that says what is refused and why.
    """
    if len(query) > LONGEST_QUERY:
        raise QueryRefusedError(f"The query has {len(query)} characters, the console takes {LONGEST_QUERY}.")
    tokens = tokens_of(query)
    if not tokens:
        raise QueryRefusedError("The query is empty.")
    _check_start(tokens[0])
    _check_depth(tokens)
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.PARAMETER and token.text not in parameters:
            raise QueryRefusedError(f"No value was given for ${token.text}.")
        if token.kind in (TokenKind.WORD, TokenKind.NAME) and not _is_property(tokens, index):
            _check_word(tokens, index)


def _check_start(token: Token) -> None:
    word = token.text.upper()
    if token.kind is TokenKind.WORD and word in REFUSED:
        raise _refused_word(word)
    if token.kind is not TokenKind.WORD or word not in STARTS:
        raise QueryRefusedError(f"A query starts with {', '.join(sorted(STARTS))}, not with {token.text}.")


def _check_depth(tokens: Sequence[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.kind is TokenKind.SYMBOL:
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth > DEEPEST_NESTING:
            raise QueryRefusedError(f"The query nests more than {DEEPEST_NESTING} brackets.")


def _check_word(tokens: Sequence[Token], index: int) -> None:
    token, called = tokens[index], _is_symbol(tokens, index + 1, "(")
    word = token.text.upper() if token.kind is TokenKind.WORD else ""
    if word in REFUSED:
        raise _refused_word(word)
    if word == "CALL":
        _check_call(tokens, index)
    elif called and _is_word(tokens, index - 1, "CALL"):
        if token.text.lower() not in TABLE_FUNCTIONS:
            raise QueryRefusedError(
                f"CALL {token.text} is not allowed; these are: {', '.join(sorted(TABLE_FUNCTIONS))}."
            )
    elif called and word not in BEFORE_PARENTHESIS and token.text.lower() not in FUNCTIONS:
        raise _refused_function(token.text)


def _check_call(tokens: Sequence[Token], index: int) -> None:
    named = index + 1 < len(tokens) and tokens[index + 1].kind in (TokenKind.WORD, TokenKind.NAME)
    if not named or not _is_symbol(tokens, index + 2, "("):
        raise QueryRefusedError("CALL is allowed with a function only: settings cannot be changed.")


def _is_property(tokens: Sequence[Token], index: int) -> bool:
    """Whether the word stands where only a property's name can: after a dot that follows a value."""
    if index < 2 or not _is_symbol(tokens, index - 1, "."):
        return False
    before = tokens[index - 2]
    return before.kind in (TokenKind.WORD, TokenKind.NAME, TokenKind.PARAMETER) or (
        before.kind is TokenKind.SYMBOL and before.text in _CLOSING
    )


def _is_symbol(tokens: Sequence[Token], index: int, text: str) -> bool:
    return 0 <= index < len(tokens) and tokens[index] == Token(TokenKind.SYMBOL, text)


def _is_word(tokens: Sequence[Token], index: int, word: str) -> bool:
    return index >= 0 and tokens[index].kind is TokenKind.WORD and tokens[index].text.upper() == word


def _refused_word(word: str) -> QueryRefusedError:
    return QueryRefusedError(f"{word} is not allowed: {REFUSED[word]}. If it is a name, put it in backticks.")


def _refused_function(name: str) -> QueryRefusedError:
    why = "it can fill the memory" if name.lower() in EXPLODES else "it is not on the list of functions that only read"
    return QueryRefusedError(f"{name}() is not allowed: {why}.")
