"""Python's values: which grammar node is which kind of expression, and what a text says without its nodes.

What flows in: nothing, or a piece of source text. What flows out: tables and pure functions for `parsing.expressions`.
"""

import re
from collections.abc import Sequence
from typing import Final

from axon.languages.language import TRANSPARENT, Part, Shape, ValueSyntax
from axon.model.facts import ExpressionKind

_NAME: Final = r"[^\W\d]\w*"
_PLAIN: Final = re.compile(
    rf"({_NAME}(?:\s*\.\s*{_NAME})*)"
    r"|([rRuUfF]{0,2}(?:\"[^\"\\\n]*\"|'[^'\\\n]*'))"
    r"|([-+]?(?:\d[\d_]*|0[xXoObB][\da-fA-F_]+))"
    r"|([-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?[\d_]+)?)"
    r"|((?:[bB][rR]?|[rR][bB])(?:\"[^\"\\\n]*\"|'[^'\\\n]*'))"
    r"|([-+]?[\d_.]+(?:[eE][-+]?[\d_]+)?[jJ])"
)
_KEY: Final = re.compile(r"[uU]?(?:\"([^\"\\\n]*)\"|'([^'\\\n]*)')|([-+]?\d+)")
_SLICE: Final = re.compile(r"\s*(\d{0,9})\s*:[^\"'\[\](){}]*|[^\"'\[\](){}]*:[^\"'\[\](){}]*")
_GAP: Final = re.compile(r"\{[^{}]*\}")
_PERCENT: Final = re.compile(r"%[sd]")
_PART: Final = re.compile(r"(?=(?:\*?\w){3})[\w*]+")
_SPACE: Final = re.compile(r"\s+")
_CODE: Final = {kind.name: int(kind) for kind in ExpressionKind}
_NAME_CODE: Final = _CODE["NAME"]
_LITERAL: Final = _CODE["LITERAL"]
_WORDS: Final = {"True": (_LITERAL, "bool"), "False": (_LITERAL, "bool"), "None": (_LITERAL, "None")}
_NO_NAME: Final = frozenset({"yield", "lambda"})
_TYPES: Final = {n: (_LITERAL, name) for n, name in enumerate(("str", "int", "float", "bytes", "complex"), start=2)}
_BRACKETS: Final = ("(", "[", "{")
_NESTING: Final = re.compile(r"[(\[{#\\]")


def plain(text: str) -> tuple[int, str] | None:
    """(kind, text) of a dotted name or a literal; None for what only its nodes tell."""
    if text.isidentifier():  # most are, and the pattern costs ten times as much
        return _WORDS.get(text) or (None if text in _NO_NAME else (_NAME_CODE, text))
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    if match.lastindex != 1:
        return _TYPES[match.lastindex or 0]
    return _NAME_CODE, _SPACE.sub("", text)


def arguments(text: str) -> Sequence[tuple[str, str]] | None:
    """(keyword or '*', value) of each argument in a list without brackets inside; None for any other.

    A string that holds a comma gives pieces that are no values.
    """
    if _NESTING.search(text, 1):
        return None
    found = []
    for part in text[1:-1].split(","):
        value = part.strip()
        if "=" in value and value[0] not in "'\"":
            name, _, value = value.partition("=")
            name = name.rstrip()
            if not name.isidentifier():
                return None
            found.append((name, value.lstrip()))
        elif value[:1] == "*":
            mark = "**" if value[:2] == "**" else "*"
            found.append((mark, value[len(mark) :].lstrip()))
        elif value:
            found.append(("", value))
    return found


_KEYS: Final = re.compile(r"[(\[{#\\:=*]")


def elements(text: str) -> Sequence[tuple[str, str]] | None:
    """("", value) of each element of a display without brackets or keys inside; None for any other."""
    if text[:1] not in _BRACKETS or _KEYS.search(text, 1):
        return None
    return [("", part) for part in map(str.strip, text[1:-1].split(",")) if part]


def constant(text: str) -> str:
    """The key of an element as it is compared: strings in single quotes, integers in digits; '' for anything else.

    A slice is the place where it begins and a colon, the colon alone where that is not told.
    """
    match = _KEY.fullmatch(text)
    if match is None:
        return _slice(text)
    double, single, number = match.groups()
    if number is not None:
        return str(int(number)) if len(number) < 20 else ""
    return repr(double if double is not None else single)


def _slice(text: str) -> str:
    match = _SLICE.fullmatch(text)
    if match is None:
        return ""
    start = match.group(1)
    has_step = text.count(":") > 1
    return ":" if start is None or has_step else f"{int(start or 0)}:"


def literal(head: str) -> str:
    """The type of a string literal by its first characters."""
    return "bytes" if "b" in head[:2].partition('"')[0].partition("'")[0].lower() else "str"


_MODES: Final = frozenset(f"{way}{more}" for way in "rwax" for more in ("", "b", "t", "+", "b+", "+b", "t+", "+t"))


def attribute_name(text: str) -> str:
    """What a string says of an attribute's name that it is made for: of one with gaps, or with a '_' at an end.

    Of how a file is opened, on which it depends what that gives, all is said.
    """
    if "_" not in text:
        return text[1:-1] if text[1:-1] in _MODES else ""
    start = 1 if text[0] in "fF" else 0
    if text[start] not in "'\"":
        return ""
    known = (_GAP if start else _PERCENT).sub("*", text[start + 1 : -1])
    is_part = "*" in known or known.startswith("_") or known.endswith("_")
    return known if is_part and _PART.fullmatch(known) else ""


_STRINGS = re.compile(
    r"\s*([rRuUfFbB]{0,2})(\"{3}.*?\"{3}|'{3}.*?'{3}|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')", re.DOTALL
)
_TRIPLE: Final = ('"' * 3, "'" * 3)


def content(text: str) -> str | None:
    """What one or more adjacent strings are; an f-string's gaps stand between NUL characters. None for bytes."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _STRINGS.match(text, at)
        if match is None or "b" in match.group(1).lower():
            return None
        prefix, quoted = match.group(1).lower(), match.group(2)
        at = match.end()
        body = quoted[3:-3] if quoted[:3] in _TRIPLE else quoted[1:-1]
        if "r" not in prefix and "\\" in body:
            return None
        found.append(_GAP.sub(lambda gap: f"\0{gap.group()[1:-1]}\0", body) if "f" in prefix else body)
    return "".join(found)


def returns(signature: str) -> str:
    """The annotation behind the arrow of a signature."""
    return signature.rpartition("->")[2].strip() if "->" in signature else ""


SYNTAX: Final = ValueSyntax(
    shapes={
        "identifier": Shape(_CODE["NAME"]),
        "dotted_name": Shape(_CODE["NAME"]),
        "attribute": Shape(_CODE["MEMBER"], first="object", second="attribute"),
        "call": Shape(_CODE["CALL"], first="function", second="arguments"),
        "subscript": Shape(_CODE["ITEM"], first="value", second="subscript"),
        "await": Shape(_CODE["AWAIT"], first=0),
        "conditional_expression": Shape(_CODE["EITHER"], first=0, second=2),
        "boolean_operator": Shape(_CODE["EITHER"], first="left", second="right"),
        "list": Shape(_CODE["DISPLAY"], "list"),
        "tuple": Shape(_CODE["DISPLAY"], "tuple"),
        "expression_list": Shape(_CODE["DISPLAY"], "tuple"),
        "set": Shape(_CODE["DISPLAY"], "set"),
        "dictionary": Shape(_CODE["DISPLAY"], "dict"),
        "string": Shape(_LITERAL),
        "concatenated_string": Shape(_LITERAL),
        "integer": Shape(_LITERAL, "int"),
        "float": Shape(_LITERAL, "float"),
        "true": Shape(_LITERAL, "bool"),
        "false": Shape(_LITERAL, "bool"),
        "none": Shape(_LITERAL, "None"),
        "comparison_operator": Shape(_CODE["OPERATION"], "bool", first=0, second=1),
        "not_operator": Shape(_LITERAL, "bool"),
        "unary_operator": Shape(_CODE["OPERATION"], "unary", first="argument"),
        "binary_operator": Shape(_CODE["OPERATION"], first="left", second="right"),
        "list_comprehension": Shape(_CODE["COMPREHENSION"], "list", first="body"),
        "set_comprehension": Shape(_CODE["COMPREHENSION"], "set", first="body"),
        "generator_expression": Shape(_CODE["COMPREHENSION"], "generator", first="body"),
        "dictionary_comprehension": Shape(_CODE["COMPREHENSION"], "dict", first="body"),
        "lambda": Shape(_CODE["FUNCTION"], first="body", second="parameters"),
        "parenthesized_expression": Shape(TRANSPARENT, first=0),
        "named_expression": Shape(TRANSPARENT, first="value"),
        "type": Shape(TRANSPARENT, first=0),
        "pair": Shape(TRANSPARENT, first="value"),
    },
    parts={
        "keyword_argument": Part(name="name", value="value"),
        "pair": Part(name="key", value="value"),
        "list_splat": Part("*"),
        "dictionary_splat": Part("**"),
        "parenthesized_list_splat": Part("*"),
    },
    plain=plain,
    arguments=arguments,
    elements=elements,
    constant=constant,
    literal=literal,
    attribute_name=attribute_name,
    content=content,
    naming=frozenset({"getattr"}),
    patterns={
        "pattern_list": "list",
        "tuple_pattern": "list",
        "list_pattern": "list",
        "tuple": "list",
        "list": "list",
        "expression_list": "list",
        "list_splat_pattern": "spread",
        "list_splat": "spread",
        "as_pattern_target": "inner",
        "parenthesized_expression": "inner",
        "subscript": "element",
    },
    type_checks=frozenset({"isinstance"}),
    checks={
        "parenthesized_expression": "inner",
        "not_operator": "not",
        "boolean_operator": "both",
        "if_statement": "choice",
        "elif_clause": "choice",
        "while_statement": "loop",
        "conditional_expression": "either",
        "assert_statement": "claim",
        "if_clause": "filter",
    },
    compared=frozenset({"==", "!=", "<", "<=", ">", ">="}),
    leaving=frozenset({"return_statement", "raise_statement", "break_statement", "continue_statement"}),
    choices=frozenset({"if_statement"}),
    case_class={"class_pattern": 0},
)
