"""Python: how its text is read. Everything here is a pure function of a piece of source text.

Module resolution is in `python_modules`; the tree-sitter query in `python.scm`.
"""

import builtins
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from axon.languages.language import Classified, ExportStatement, ImportedName, Language, Parameter
from axon.languages.python_annotations import annotation
from axon.languages.python_expressions import SYNTAX, returns
from axon.languages.python_library import LIBRARY
from axon.languages.python_modules import PythonModules, is_package_path
from axon.languages.python_stubs import READER
from axon.model.facts import ParameterKind
from axon.model.kinds import Flag, NodeKind

_NAME: Final = r"[^\W\d]\w*"
_DOTTED: Final = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_COMMENT: Final = re.compile(r"#[^\n]*")
_SPACE: Final = re.compile(r"\s+")
# A string that nothing closes runs on to the end, because a pattern that failed there would be tried from every quote.
_STRING: Final = (
    r"[rRbBuUfF]{0,2}(?:\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\\?\Z)|'''(?:\\.|[^\\])*?(?:'''|\\?\Z)"
    r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)"
)


@lru_cache(maxsize=20_000)
def imports(statement: str) -> Sequence[ImportedName]:
    """Names bound by `import …` or `from … import …`; nothing where the statement is damaged."""
    text = _COMMENT.sub("", statement) if "#" in statement else statement
    text = _SPACE.sub(" ", text.replace("\\", " ").replace("(", " ").replace(")", " ")).strip()
    if text.startswith("from"):
        return list(_from_import(text[4:]))
    return [ImportedName(name, 0, "", alias) for name, alias in _import_clauses(text[6:])]


def _from_import(text: str) -> Iterator[ImportedName]:
    source, _, names = text.partition(" import ")
    source = source.replace(" ", "")
    module = source.lstrip(".")
    level = len(source) - len(module)
    for name, alias in _import_clauses(names):
        yield ImportedName(module, level, name, alias)


def _import_clauses(text: str) -> Iterator[tuple[str, str]]:
    for clause in text.split(","):
        name, _, alias = clause.partition(" as ")
        if name.strip():
            yield name.replace(" ", ""), alias.strip()


_PLAIN: Final = int(ParameterKind.PLAIN)
_PLAIN_PARAMETERS: Final = re.compile(r"[\w\s,]*\Z")
_STRING_OR_COMMENT: Final = re.compile(rf"({_STRING})|#[^\n]*", re.DOTALL)


def without_comments(text: str) -> str:
    """The text without what stands behind a `#` that no string holds."""
    return _STRING_OR_COMMENT.sub(lambda match: match.group(1) or "", text) if "#" in text else text


def plain_expression(text: str) -> str:
    """An expression without comments, which can only stand where it has several lines."""
    return without_comments(text) if "\n" in text else text


_PARAMETER_TOKEN: Final = re.compile(rf"{_STRING}|#[^\n]*|\blambda\b|[()\[\]{{}},:=]", re.DOTALL)


@lru_cache(maxsize=20_000)
def parameters(text: str) -> Sequence[Parameter]:
    """Parameters of the list that opens `text`, in order; bare `*` and `/` only set the kinds."""
    start = text.find("(") + 1
    end = text.find(")")
    if _PLAIN_PARAMETERS.match(text, start, end):
        return [Parameter(name.strip(), "", "", _PLAIN) for name in text[start:end].split(",") if name.strip()]
    found: list[Parameter] = []
    keyword_only = False
    for name, declared, default in _split_parameters(text[start:]):
        if name == "/":
            found = [p._replace(kind=int(ParameterKind.POSITIONAL_ONLY)) for p in found]
        elif name == "*":
            keyword_only = True
        elif name:
            kind = _parameter_kind(name, keyword_only)
            keyword_only |= kind is ParameterKind.REST
            found.append(Parameter(name.lstrip("*").strip(), declared, default, int(kind)))
    return found


def _parameter_kind(name: str, keyword_only: bool) -> ParameterKind:
    if name.startswith("**"):
        return ParameterKind.KEYWORD_REST
    if name.startswith("*"):
        return ParameterKind.REST
    return ParameterKind.KEYWORD_ONLY if keyword_only else ParameterKind.PLAIN


def _split_parameters(text: str) -> Iterator[tuple[str, str, str]]:
    """(name, annotation, default) of each parameter, up to the parenthesis that closes the list."""
    text = without_comments(text)
    lambdas = 0
    start, colon, equals = 0, -1, -1
    for token, at in _outer_tokens(text):
        if token == "lambda":
            lambdas += 1
        elif token == ":":
            lambdas, colon = (lambdas - 1, colon) if lambdas else (0, colon if equals >= 0 else at)
        elif token == "=" and equals < 0:
            equals = at
        elif token == ")" or (token == "," and not lambdas):
            yield _parameter_parts(text, (start, colon, equals, at))
            start, colon, equals = at + 1, -1, -1


def _outer_tokens(text: str) -> Iterator[tuple[str, int]]:
    """Tokens that no bracket encloses, with their places; ends with the bracket that closes the list."""
    depth = 0
    for match in _PARAMETER_TOKEN.finditer(text):
        token = match.group()
        if token in "([{":
            depth += 1
        elif token not in ")]}":
            if not depth:
                yield token, match.start()
        elif depth:
            depth -= 1
        else:
            yield ")", match.start()
            return


def _parameter_parts(text: str, marks: tuple[int, int, int, int]) -> tuple[str, str, str]:
    start, colon, equals, end = marks
    name_end = colon if colon >= 0 else equals if equals >= 0 else end
    annotation = text[colon + 1 : equals if equals >= 0 else end] if colon >= 0 else ""
    default = text[equals + 1 : end] if equals >= 0 else ""
    return text[start:name_end].strip(), _fold(annotation), _fold(default)


def _fold(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


_FIELD: Final = re.compile(rf"{_NAME}\.{_NAME}")
_TARGET_TOKEN: Final = re.compile(rf"{_STRING}|{_NAME}|[.,()\[\]{{}}*]", re.DOTALL)
_OPEN: Final = frozenset("([{")
_CLOSE: Final = frozenset(")]}")
_BETWEEN: Final = frozenset("()[],*")


@lru_cache(maxsize=20_000)
def targets(text: str) -> Sequence[str]:
    """Names, and attributes of a name (`self.x`), that an assignment to `text` binds; elements bind nothing."""
    if text.isidentifier() or _FIELD.fullmatch(text):
        return (text,)
    return tuple(part for part in _target_parts(text) if part.isidentifier() or _FIELD.fullmatch(part))


def _target_parts(text: str) -> Iterator[str]:
    """What stands between commas and brackets; ` ` in it where an element, a call or anything else follows a name."""
    part, depth, behind_name = "", 0, False
    for match in _TARGET_TOKEN.finditer(text):
        token = match.group()
        if depth:
            depth += (token in _OPEN) - (token in _CLOSE)
        elif token in _OPEN and behind_name:
            part, depth = part + " ", 1
        elif token in _BETWEEN:
            yield part
            part, behind_name = "", False
        else:
            part += f" {token}" if behind_name and token != "." else token
            behind_name = token != "."
    yield part


_TYPE_NAME: Final = re.compile(_DOTTED)
_LITERAL: Final = re.compile(r"\bLiteral\s*\[[^\[\]]*\]")
_PROSE: Final = re.compile(_STRING)
_NO_TYPE: Final = frozenset({"None", "True", "False", "lambda", "if", "else", "for", "in", "not", "and", "or", "is"})


@lru_cache(maxsize=20_000)
def types(text: str) -> Sequence[tuple[int, str]]:
    """(offset, dotted name) of each type that an annotation names, forward references in quotes included."""
    if text.isidentifier():
        return () if text in _NO_TYPE else ((0, text),)
    if "Literal" in text:
        text = _LITERAL.sub(lambda m: "Literal" + " " * (len(m.group()) - 7), text)
    if "Annotated" in text:
        text = _PROSE.sub(lambda m: " " * len(m.group()), text)
    found = ((m.start(), m.group().replace(" ", "")) for m in _TYPE_NAME.finditer(text))
    return tuple((at, name) for at, name in found if name not in _NO_TYPE)


_OPENING: Final = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')")
_FIRST_STATEMENT: Final = re.compile(r"(?:\ufeff|\xef\xbb\xbf)?(?:\s|#[^\n]*\n)*")


def docstring(source: str, at: int) -> str:
    """First line with text of the docstring that opens at byte `at`, folded; '' if none does."""
    opening = _OPENING.match(source, at)
    if opening is None:
        return ""
    end = source.find(opening.group(1), opening.end(), opening.end() + 4_000)
    body = source[opening.end() : end if end >= 0 else opening.end() + 400].lstrip()
    return _fold(body.partition("\n")[0])[:200]


def module_docstring(source: str) -> str:
    """First line of the file's own docstring, '' if it has none."""
    first = _FIRST_STATEMENT.match(source)
    return docstring(source, first.end()) if first else ""


_ACCESSORS: Final = frozenset({"property", "cached_property", "abstractproperty", "setter", "getter", "deleter"})
_NO_FLAGS: Final = Flag(0)  # made once: a flag costs a microsecond to make
_DECORATOR_FLAGS: Final = {
    "staticmethod": Flag.STATIC,
    "classmethod": Flag.CLASSMETHOD,
    "abstractmethod": Flag.ABSTRACT,
    "abstractproperty": Flag.ABSTRACT,
    "overload": Flag.OVERLOAD,
}
_IMPLICIT_FLAGS: Final = {
    "__new__": Flag.STATIC,
    "__init_subclass__": Flag.CLASSMETHOD,
    "__class_getitem__": Flag.CLASSMETHOD,
}


def classify_function(kind: NodeKind, name: str, decorators: Sequence[str]) -> Classified:
    """Kind and flags of a function, by its decorators' last names and its own."""
    flags = _IMPLICIT_FLAGS.get(name, _NO_FLAGS) if kind is NodeKind.METHOD else _NO_FLAGS
    for decorator in decorators:
        last = decorator.rpartition(".")[2]
        flags |= _DECORATOR_FLAGS.get(last, _NO_FLAGS)
        if last in _ACCESSORS and kind is NodeKind.METHOD:
            return Classified(NodeKind.PROPERTY, flags | Flag.ACCESSOR)
    return Classified(kind, flags)


_BEHIND_COLON: Final = re.compile(r":\s*(#[^\n]*)?\s*$")
_LIST_EDGE: Final = re.compile(r"[(\[{] |,? [)\]}]")


@lru_cache(maxsize=20_000)
def signature(text: str) -> str:
    """`(self, x) -> int` from the text between a definition's name and its body."""
    text = text.rstrip()
    if text.endswith(":") and "\n" not in text and "#" not in text:
        return text[:-1]
    folded = _fold(_BEHIND_COLON.sub("", without_comments(text)))
    return _LIST_EDGE.sub(lambda match: match.group().strip(" ,"), folded)[:400]


_CONSTANTS: Final = frozenset({"None", "True", "False"})
_ALIAS: Final = re.compile(rf"\s*(?::[^=\n]*)?=\s*({_DOTTED})\s*$")


@lru_cache(maxsize=20_000)
def value(text: str) -> str:
    """The dotted name that `text`, which follows an assignment's left side, assigns; '' for anything else."""
    match = _ALIAS.match(text)
    return match.group(1).replace(" ", "") if match and match.group(1) not in _CONSTANTS else ""


def is_alias(text: str) -> bool:
    """Whether the annotation behind a name says that it is a type alias."""
    return text.startswith(":") and text[1:].lstrip().startswith(("TypeAlias", "typing.TypeAlias"))


_STRING_ITEM: Final = re.compile(r"[rRuU]?([\"'])([^\"'\\\n]*)\1")
_ALL: Final = ".__all__"
_EXPORT_ANNOTATION: Final = re.compile(r"\s*:[^=]*=")
_EXPORT_NOISE: Final = re.compile(r"#[^\n]*|\b(?:list|tuple|sorted|set)\b|[\s\[\](),+=*]")


def exports(target: str, statement: str) -> ExportStatement | None:
    """What `__all__ = …`, `+=`, `.extend(…)` and `.append(…)` state; None for any other target."""
    if target not in ("__all__", "__all__.extend", "__all__.append"):
        return None
    names = [match.group(2) for match in _STRING_ITEM.finditer(statement)]
    annotation = _EXPORT_ANNOTATION.match(statement)
    rest = _STRING_ITEM.sub("", statement[annotation.end() :] if annotation else statement)
    dotted = [_SPACE.sub("", match.group()) for match in _TYPE_NAME.finditer(rest)]
    all_of = [name.removesuffix(_ALL) for name in dotted if name.endswith(_ALL)]
    rest = _TYPE_NAME.sub(lambda m: "" if _SPACE.sub("", m.group()).endswith(_ALL) else m.group(), rest)
    return ExportStatement(names, all_of, not _EXPORT_NOISE.sub("", rest))


_SUPER: Final = re.compile(rf"super\s*\(\s*(?:({_DOTTED})\s*,\s*{_NAME}\s*,?\s*)?\)")


def super_of(receiver: str) -> str | None:
    """The class that `super(Class, self)` names, '' for `super()`; None for any other expression."""
    match = _SUPER.fullmatch(receiver) if receiver.startswith("super") else None
    return None if match is None else (match.group(1) or "").replace(" ", "")


def is_private(name: str) -> bool:
    """Whether the language's convention keeps a name to its own file or class."""
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def is_test_path(path: str) -> bool:
    """Whether test runners take a file for a test or its support."""
    folders, _, name = path.rpartition("/")
    in_tests = any(part in ("test", "tests") for part in folders.split("/"))
    return in_tests or name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"


LANGUAGE: Final = Language(
    name="python",
    suffixes=(".py", ".pyi", ".pyw"),
    grammar="tree_sitter_python:language",
    query="python.scm",
    has_hash_comments=True,
    decisions=frozenset({b"if", b"elif", b"for", b"while", b"except", b"case"}),
    continuations=frozenset({b"elif", b"else"}),
    logical=frozenset({b"and", b"or"}),
    imports=imports,
    parameters=parameters,
    targets=targets,
    types=types,
    docstring=docstring,
    module_docstring=module_docstring,
    is_private=is_private,
    modules=PythonModules,
    plain_expression=plain_expression,
    signature=signature,
    value=value,
    is_alias=is_alias,
    exports=exports,
    values=SYNTAX,
    returns=returns,
    classify_function=classify_function,
    is_test_path=is_test_path,
    is_package_path=is_package_path,
    docstring_openings=b"rRuU\"'",
    indentation_is_scope=True,
    export_calls=("__all__.extend", "__all__.append"),
    receiver_is_parameter=True,
    super_of=super_of,
    initializers=("__init__", "__new__"),
    builtins=frozenset(dir(builtins)) | {"reveal_type", "WindowsError"},
    builtins_module="builtins",
    root_class="builtins.object",
    root_members=frozenset(dir(object)),
    memberless_bases=frozenset(
        {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
    ),
    enum_bases=frozenset(f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum")),
    interface_bases=frozenset({"typing.Protocol", "typing_extensions.Protocol"}),
    module_attributes=frozenset(
        {"__name__", "__file__", "__doc__", "__path__", "__package__", "__spec__", "__loader__", "__dict__"}
    ),
    annotation=annotation,
    library=LIBRARY,
    stubs=READER,
    declared_beside=((".py", ".pyi"),),
)
