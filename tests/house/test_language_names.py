"""A language's name is written in axon.languages and nowhere else: else shared code grows an `if` a language."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Module, modules, snippet, strings

NAMES = frozenset(
    {"python", "py", "javascript", "js", "jsx", "ecmascript", "typescript", "ts", "tsx", "java", "kotlin"}
)
NAMES |= {"rust", "golang", "csharp", "cpp", "ruby", "php", "swift", "scala"}
SUFFIXES = frozenset({".py", ".pyi", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".go", ".rs", ".java", ".c", ".cpp"})
ALLOWED = {
    "python_version": "the interpreter that runs Axon, for `doctor`",
    "python_requires": "the interpreter that runs Axon",
    "pyproject.toml": "the file that may hold Axon's own settings",
    "coverage.py": "the name of a tool whose data `dead-code` reads",
    "RustNotify": "the name of a class of watchfiles",
    "WatchfilesRustInternalError": "the name of an error of watchfiles",
    "watchfiles._rust_notify": "the module of both",
    "Unable to cast Python instance": "the engine's own words, by which a refused value is known",
}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def language_names(module: Module) -> list[str]:
    """Identifiers and strings outside `languages/` that name a language or one of its suffixes."""
    if module.package == "languages":
        return []
    named = [(node, text) for node, text in _texts(module) if _names_a_language(text)]
    return sorted({module.at(node, f"names a language: {text[:60]!r}") for node, text in named})


def _texts(module: Module) -> Iterator[tuple[ast.AST, str]]:
    yield from strings(module)
    for node in ast.walk(module.tree):
        for field in ("id", "attr", "name", "arg", "module", "asname"):
            text = getattr(node, field, None)
            if isinstance(text, str):
                yield node, text


def _names_a_language(text: str) -> bool:
    rest = text
    for allowed in ALLOWED:
        rest = rest.replace(allowed, " ")
    return rest in SUFFIXES or any(word.lower() in NAMES for word in WORD.findall(rest))


def test_languages_are_named_in_their_package_only() -> None:
    """No other package has an identifier or a string with a language's name in it."""
    assert [v for m in modules() for v in language_names(m)] == []


def test_the_check_bites() -> None:
    """Comparisons, suffixes, function names, imports and f-strings are seen; docstrings and other words are not."""
    for bad in (
        'if language == "python": pass',
        'PATTERN = ".py"',
        "def parse_javascript(): pass",
        "class TypescriptHook: pass",
        "import tree_sitter_python",
        "from axon.languages import rust",
        "f(python=1)",
        'x = f"{y} in Python"',
    ):
        assert language_names(snippet(bad)), bad
        assert not language_names(snippet(bad, "languages/x.py"))
    for good in ('"""As Python counts."""', "x = sys.version", "platform.python_version()", 'x = "copy, happy, trust"'):
        assert not language_names(snippet(good)), good
