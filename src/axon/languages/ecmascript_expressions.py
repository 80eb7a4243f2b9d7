"""Values of JavaScript and TypeScript: which grammar node is which kind of expression, and what texts say alone.

What flows in: nothing, or a piece of source text. What flows out: tables and pure functions for `parsing.expressions`.
"""

import re
from collections.abc import Sequence
from typing import Final

from axon.languages.ecmascript import NAME, plain_expression, required
from axon.languages.language import ITSELF, TRANSPARENT, Part, Shape, ValueSyntax
from axon.model.facts import ExpressionKind

_STRING: Final = r"\"[^\"\\\n]*\"|'[^'\\\n]*'|`[^`\\$]*`"
_PLAIN = re.compile(
    rf"({NAME}(?:\s*!?\??\.\s*#?{NAME})*!?)"
    rf"|({_STRING})"
    r"|([-+]?(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][-+]?\d+)?)n?)"
)
_KEY = re.compile(rf"(?:\"([^\"\\\n]*)\"|'([^'\\\n]*)'|`([^`\\$\n]*)`)|(\d{{1,19}})|(#?{NAME})")
_COMPUTED = re.compile(rf"\[{NAME}\]")
_SPACE = re.compile(r"\s+")
_CODE = {kind.name: int(kind) for kind in ExpressionKind}
_NAME_CODE, _LITERAL = _CODE["NAME"], _CODE["LITERAL"]
_NOTHING: Final = (_LITERAL, "None")
_WORDS: Final = {
    "true": (_LITERAL, "Boolean"),
    "false": (_LITERAL, "Boolean"),
    "null": _NOTHING,
    "undefined": _NOTHING,
    "NaN": (_LITERAL, "Number"),
    "Infinity": (_LITERAL, "Number"),
}
_NO_NAME: Final = frozenset(
    {"new", "await", "async", "yield", "function", "class", "typeof", "void", "delete", "import"}
)
_NESTING = re.compile(r"[(\[{/\\`]|=>|\?(?!\.)")


def plain(text: str) -> tuple[int, str] | None:
    """(kind, text) of a dotted name or a literal; None for what only its nodes tell. `a?.b!.c` is `a.b.c`."""
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    if match.lastindex == 2:
        return _LITERAL, "String"
    if match.lastindex == 3:
        return _LITERAL, "Number"
    if text in _WORDS:
        return _WORDS[text]
    if text.isidentifier():
        return None if text in _NO_NAME else (_NAME_CODE, text)
    return _NAME_CODE, _SPACE.sub("", plain_expression(text))


def arguments(text: str) -> Sequence[tuple[str, str]] | None:
    """("" or '*', value) of each argument in a list of plain names and literals; None for any other."""
    if _NESTING.search(text, 1):
        return None
    found = []
    for part in text[1:-1].split(","):
        value = part.strip()
        if value.startswith("..."):
            found.append(("*", value[3:].lstrip()))
        elif value:
            found.append(("", value))
    return found


def elements(text: str) -> Sequence[tuple[str, str]] | None:
    """(key or '*', value) of each element of an array or object of plain names and literals; None for any other."""
    if text[:1] == "[":
        return arguments(text)
    if _NESTING.search(text, 1):
        return None
    found = []
    for part in text[1:-1].split(","):
        name, colon, value = part.partition(":")
        name = name.strip()
        if name.startswith("..."):
            found.append(("*", name[3:].lstrip()))
        elif name:
            found.append((key(name), value.strip() if colon else name))
    return found


def constant(text: str) -> str:
    """The key in the brackets of an element: strings in single quotes, integers in digits; '' for anything else."""
    match = _KEY.fullmatch(text)
    if match is None:
        return ""
    if match.group(5) is not None:  # the member that a name stands for, where there is one
        return f"[{text}]"
    double, single, template, number, _ = match.groups()
    if number is not None:
        return str(int(number))
    return f"'{next(part for part in (double, single, template) if part is not None)}'"


def key(text: str) -> str:
    """The key of an object as written, in the same form: a name stands for a string."""
    match = _KEY.fullmatch(text)
    if match is not None and match.group(5) is not None:
        return f"'{match.group(5)}'"
    return f"'{text}'" if _COMPUTED.fullmatch(text) else constant(text)


def literal(head: str) -> str:
    """The type of a literal by its first characters."""
    return "String" if head[:1] in ("'", '"', "`") else "RegExp" if head[:1] == "/" else "Number"


_ESCAPE = re.compile(r"\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_GAP = re.compile(r"\$\{([^{}]*)\}")


def content(text: str) -> str | None:
    """What a string says, what a template fills in between NUL characters; of a regular expression its own text."""
    if text[:1] == "/":
        return text[: text.rfind("/") + 1] if text.rfind("/") else None
    if len(text) < 2 or text[0] not in "\"'`" or text[-1] != text[0]:
        return None
    inside = text[1:-1]
    if text[0] == "`" and "${" in inside:
        inside = _GAP.sub(lambda m: f"\0{m.group(1).strip()}\0", inside)
        if "${" in inside:
            return None
    return _ESCAPE.sub(_unescaped, inside)


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2) or match.group(3)
    if code:
        return chr(int(code, 16)) if int(code, 16) < 0x11_0000 else ""
    return _ESCAPED.get(match.group(4), match.group(4))


def _module_name(text: str) -> str:
    """The name to which the call `require('m')` or `import('m')` binds a module; '' for anything else."""
    return required(text) or (required(f"require{text[6:]}") if text.startswith("import") else "")


_LINKING: Final = {
    **dict.fromkeys(("Object.setPrototypeOf", "Reflect.setPrototypeOf"), (".__proto__", "")),
    **dict.fromkeys(("inherits", "util.inherits", "utils.inherits"), (".prototype.__proto__", ".prototype")),
}


SYNTAX: Final = ValueSyntax(
    shapes={
        "identifier": Shape(_CODE["NAME"]),
        "this": Shape(_CODE["NAME"]),
        "undefined": Shape(_CODE["NAME"]),
        "shorthand_property_identifier": Shape(_CODE["NAME"]),
        "member_expression": Shape(_CODE["MEMBER"], first="object", second="property"),
        "call_expression": Shape(_CODE["CALL"], first="function", second="arguments"),
        "new_expression": Shape(_CODE["CALL"], "new", first="constructor", second="arguments"),
        "subscript_expression": Shape(_CODE["ITEM"], first="object", second="index"),
        "await_expression": Shape(_CODE["AWAIT"], first=0),
        "ternary_expression": Shape(_CODE["EITHER"], first="consequence", second="alternative"),
        "binary_expression": Shape(_CODE["OPERATION"], first="left", second="right"),
        "augmented_assignment_expression": Shape(_CODE["OPERATION"], first="left", second="right"),
        "array": Shape(_CODE["DISPLAY"], "Array"),
        "object": Shape(_CODE["DISPLAY"], "Object"),
        "string": Shape(_LITERAL, "String"),
        "template_string": Shape(_LITERAL, "String"),
        "number": Shape(_LITERAL, "Number"),
        "regex": Shape(_LITERAL, "RegExp"),
        "true": Shape(_LITERAL, "Boolean"),
        "false": Shape(_LITERAL, "Boolean"),
        "null": Shape(_LITERAL, "None"),
        "unary_expression": Shape(_LITERAL, "Boolean"),
        "update_expression": Shape(_LITERAL, "Number"),
        "arrow_function": Shape(_CODE["FUNCTION"], first="body", second="parameters"),
        "function_expression": Shape(_CODE["FUNCTION"], first="body", second="parameters"),
        "generator_function": Shape(_CODE["FUNCTION"], first="body", second="parameters"),
        "method_definition": Shape(_CODE["FUNCTION"], first="body", second="parameters"),
        "class": Shape(_CODE["FUNCTION"], first="body"),
        "as_expression": Shape(_CODE["CAST"], first=0, second=1),
        "type_assertion": Shape(_CODE["CAST"], first=1, second=0),
        "satisfies_expression": Shape(TRANSPARENT, first=0),
        "non_null_expression": Shape(TRANSPARENT, first=0),
        "instantiation_expression": Shape(TRANSPARENT, first=0),
        "parenthesized_expression": Shape(TRANSPARENT, first=0),
        "sequence_expression": Shape(TRANSPARENT, first=1),
        "assignment_expression": Shape(TRANSPARENT, first="right"),
    },
    parts={
        "pair": Part(name="key", value="value"),
        "method_definition": Part(name="name", value=ITSELF),
        "shorthand_property_identifier": Part(name="", value=ITSELF),
        "spread_element": Part("*"),
    },
    plain=plain,
    arguments=arguments,
    elements=elements,
    constant=constant,
    content=content,
    module_name=_module_name,
    module_calls=frozenset({"require", "import"}),
    loops={"for_in_statement": ("left", "right")},
    each_calls=frozenset({"forEach", "map"}),
    linking=_LINKING,
    key=key,
    literal=literal,
    patterns={
        "array_pattern": "list",
        "rest_pattern": "spread",
        "object_pattern": "object",
        "pair_pattern": "pair",
        "shorthand_property_identifier_pattern": "own",
        "object_assignment_pattern": "default",
        "assignment_pattern": "default",
        "parenthesized_expression": "inner",
        "subscript_expression": "element",
    },
    type_checks=frozenset(),
    checks={
        "parenthesized_expression": "inner",
        "unary_expression": "not",
        "binary_expression": "both",
        "if_statement": "choice",
        "while_statement": "loop",
        "ternary_expression": "choice",
    },
    leaving=frozenset({"return_statement", "throw_statement", "break_statement", "continue_statement"}),
    choices=frozenset({"if_statement"}),
    case_class={},
    alternatives={"||": "either", "??": "either", "||=": "either", "??=": "either", "&&": "second", "&&=": "second"},
    results={
        "+": "String",
        "===": "Boolean",
        "!==": "Boolean",
        "==": "Boolean",
        "!=": "Boolean",
        "instanceof": "Boolean",
    },
)
