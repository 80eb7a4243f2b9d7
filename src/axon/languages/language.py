"""What a language is to the rest of the program: data and a few pure functions of text.

What flows in: pieces of source text. What flows out: what they mean. A language knows neither files nor graphs, and no
other part of the program knows a language's name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from axon.languages.library import Annotation, Library
from axon.languages.stubs import StubReader
from axon.model.kinds import Flag, NodeKind


class Parameter(NamedTuple):
    """One parameter: texts as written, '' where absent; `kind` is a ParameterKind."""

    name: str
    annotation: str
    default: str
    kind: int


class ImportedName(NamedTuple):
    """One name that an import binds: see `model.facts.Imports`; '' where absent."""

    module: str
    level: int
    name: str
    alias: str


class Comment(NamedTuple):
    """What a comment from byte `start` to `end` says of types; '' where it says nothing.

    Of what begins at byte `at`: names and types of `parameters`, what calling it `returns`, its own `type`. `aliases`
    are names of types that it makes.
    """

    start: int
    end: int
    at: int
    parameters: tuple[tuple[str, str], ...]
    returns: str
    type: str
    aliases: tuple[tuple[str, str], ...]


class ExportStatement(NamedTuple):
    """What an assignment to the export list states; `known` is False where part of it cannot be read."""

    names: Sequence[str]
    all_of: Sequence[str]
    known: bool


class Classified(NamedTuple):
    """What a definition is once its place and decorators are known."""

    kind: NodeKind
    flags: Flag


class ModuleFinder(Protocol):
    """Which file an import means, in one tree. Paths are relative to its root; a module may be a folder."""

    def find(self, importer: str, module: str, level: int) -> str | None:
        """Path of the file or folder that `module`, written in file `importer`, means; None: not in the tree."""

    def submodule(self, path: str, name: str) -> str | None:
        """Path of module `name` inside the module at `path`; None if there is none."""

    def outside(self, importer: str, module: str, level: int) -> str:
        """The name under which a module that `find` does not find is known."""

    def ambient(self, importer: str) -> Mapping[str, str]:
        """Names that file `importer` knows from outside without importing them -> their dotted external names."""


class Modifiers(NamedTuple):
    """What the words around a definition's name say of it."""

    flags: Flag
    is_private: bool


class Shape(NamedTuple):
    """How a kind of grammar node is a value: a code of ExpressionKind, or TRANSPARENT, and where its parts are.

    `first` and `second` are names of fields, or positions among named children. `text` stands in the row as it is.
    """

    kind: int
    text: str = ""
    first: str | int = ""
    second: str | int = ""


ITSELF: Final = "itself"  # in place of a field: the node is its own value


class Part(NamedTuple):
    """How a kind of grammar node is an argument or element: a mark such as '*', or the field that names or keys it.

    What is its own value is keyed by a field of it, or by its text where it names none.
    """

    mark: str = ""
    name: str = ""
    value: str | int = 0


TRANSPARENT: Final = -1  # a node that is the value that `first` is


def _no_attribute_name(text: str) -> str:
    return ""


def _no_content(text: str) -> str | None:
    return None


@dataclass(frozen=True)
class ValueSyntax:
    """What a language's values look like: grammar nodes by kind, and texts that need no node."""

    shapes: Mapping[str, Shape]
    parts: Mapping[str, Part]
    plain: Callable[[str], tuple[int, str] | None]  # an expression -> (ExpressionKind, text) of a name or a literal
    arguments: Callable[[str], Sequence[tuple[str, str]] | None]  # a list -> (keyword or '*', value); None: read nodes
    elements: Callable[[str], Sequence[tuple[str, str]] | None]  # the same of a display without keys
    constant: Callable[[str], str]  # what stands in the brackets of an element -> key, '' if not constant
    literal: Callable[[str], str]  # the beginning of a LITERAL whose shape has no text -> its type
    patterns: Mapping[str, str]  # node kinds in targets -> 'list', 'spread' or 'element'
    type_checks: frozenset[str]  # functions that say whether their first argument is an instance of the second
    checks: Mapping[str, str]  # node kinds around such a call -> what it means there, see `parsing.narrowing`
    leaving: frozenset[str]  # node kinds of statements behind which nothing runs
    choices: frozenset[str]  # node kinds of statements whose `consequence` and `alternative` are arms
    case_class: Mapping[str, str | int]  # node kind of a pattern that checks a class -> where the class is named
    anything: str = "_"  # the pattern that matches everything
    # a string literal -> what is known of an attribute's name that it makes, '*' for the rest; '' for any other text
    attribute_name: Callable[[str], str] = _no_attribute_name
    # a string literal -> its content, gaps between NUL characters; None for what is no text that can be read
    content: Callable[[str], str | None] = _no_content
    # a call that gives a module -> the name to which `imports` binds it, '' for any other; what such a call calls
    module_name: Callable[[str], str] = _no_attribute_name
    module_calls: frozenset[str] = frozenset()
    loops: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # node kind -> fields: what it binds, of what
    each_calls: frozenset[str] = frozenset()  # methods that call a function with each element of their receiver
    naming: frozenset[str] = frozenset()  # functions whose second argument is the name of an attribute
    # functions that put one object behind another -> what follows the names of their first two arguments in the
    # assignment of the second to the first that they stand for
    linking: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    key: Callable[[str], str] | None = None  # a key in a display -> the same, where that is not `constant`
    # operators that give an operand: 'either' of both, or the 'second'; a language with such has no others to define
    alternatives: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)  # any other operator -> type of its result, see `number`
    number: str = "Number"  # the type of the result of any that `results` leaves out
    compared: frozenset[str] = frozenset()  # comparisons of two that give what a method does


def _no_comment(content: bytes, start: int) -> str:
    return ""


def _no_modules(comment: bytes) -> Sequence[tuple[str, str, int]]:
    return ()


def _no_comments(content: bytes) -> Sequence[Comment]:
    return ()


def _no_names(text: str) -> Sequence[tuple[str, str]]:
    return ()


def _no_export(target: str, statement: str) -> ExportStatement | None:
    return None


def _plain(kind: NodeKind, name: str, decorators: Sequence[str]) -> Classified:
    return Classified(kind, Flag(0))


def _no_annotation(text: str) -> Annotation:
    return Annotation("", ())


@dataclass(frozen=True)
class Language:
    """One language. `grammar` is an import path `module:function`; `query` a file beside this module."""

    name: str
    suffixes: tuple[str, ...]
    grammar: str
    query: str

    imports: Callable[[str], Sequence[ImportedName]]  # an import statement -> the names it binds
    parameters: Callable[[str], Sequence[Parameter]]  # a parameter list with its parentheses, and what follows it
    targets: Callable[[str], Sequence[str]]  # an assignment's left side -> names and `a.b` attributes bound
    types: Callable[[str], Sequence[tuple[int, str]]]  # an annotation -> (offset, dotted name) of each type in it
    docstring: Callable[[str, int], str]  # (source, byte where a body begins) -> its first line, or ''
    module_docstring: Callable[[str], str]
    is_private: Callable[[str], bool]
    modules: Callable[[Sequence[str], Mapping[str, bytes]], ModuleFinder]  # files, contents of manifests -> finder

    plain_expression: Callable[[str], str] = (
        str  # an expression -> the same without comments, as dotted names if it can
    )
    signature: Callable[[str], str] = str.strip  # from the parameter list to the body -> signature
    value: Callable[[str], str] = lambda text: ""  # the text behind an assignment's left side -> dotted name or ''
    is_alias: Callable[[str], bool] = lambda text: False  # the same text -> does it declare a type alias
    exports: Callable[[str, str], ExportStatement | None] = _no_export
    classify_function: Callable[[NodeKind, str, Sequence[str]], Classified] = _plain
    is_constant: Callable[[str], bool] = str.isupper  # does a variable's name promise that it never changes
    is_test_path: Callable[[str], bool] = lambda path: False
    is_package_path: Callable[[str], bool] = lambda path: False

    # the bytes of a file that its grammar cannot read -> as many that it may be able to, with each name in its place
    tidied: Callable[[bytes], bytes] | None = None
    family: str = ""  # languages of one family import each other's files; '' is a family of its own
    manifests: tuple[str, ...] = ()  # names of the files that `modules` wants to see the contents of
    more_queries: tuple[str, ...] = ()  # files beside this module that belong to `query`
    plain_name: Callable[[str], str] | None = None  # a definition's name as written -> as it is looked up
    modifiers: Callable[[str, str], Modifiers] | None = None  # (text before the name, from there to the body)
    comment_before: Callable[[bytes, int], str] = _no_comment  # first line of the comment on what starts at a byte
    comments: Callable[[bytes], Sequence[Comment]] = _no_comments  # what the comments of a file say of types
    # such a comment -> the modules that it names as types: (module, name that `imports` would bind it to, offset)
    type_modules: Callable[[bytes], Sequence[tuple[str, str, int]]] = _no_modules
    is_component: Callable[[str], bool] = lambda name: False  # is a markup element a call of what it names

    decisions: frozenset[bytes] = frozenset()  # words after which a program goes one of two ways
    continuations: frozenset[bytes] = frozenset()  # words that go on with a decision at its own level
    logical: frozenset[bytes] = frozenset()  # operators that decide
    markup_names: frozenset[str] = frozenset()  # names that a compiler writes in place of markup, where it is told so
    has_hash_comments: bool = False  # does a comment begin with `#`, and not with `//` or `/*`
    exports_are_explicit: bool = False  # does a file offer what its export statements name and nothing else
    exported_names: Callable[[str], Sequence[tuple[str, str]]] = _no_names  # a statement -> (for others, own name)
    assigned_exports: Callable[[str], Sequence[tuple[str, str]]] = _no_names  # an assignment -> the same
    whole_words: frozenset[str] = frozenset()  # names that stand for what a file offers as a module
    default_export: str = ""  # the name that stands for an external module itself
    whole_export: str = ""  # the name under which a file offers one value in place of a module
    whole_targets: frozenset[str] = frozenset()  # what is assigned to offer one value in place of a module
    defaults_run_when_called: bool = False  # or when the function is defined
    blocks_bind: bool = False  # does a name hold in the block that binds it only
    receiver: str = ""  # the word for the instance in a method
    merges_declarations: bool = False  # do several definitions of a name hold side by side
    statics_apart: bool = False  # are a class's own members and those of its instances apart

    values: ValueSyntax | None = None  # how its values are read, where they are
    # a pattern that takes a value apart -> (name that it binds, path of keys to its value, default); a digit is a place
    parts: Callable[[str], Sequence[tuple[str, tuple[str, ...], str]]] | None = None
    returns: Callable[[str], str] = lambda signature: ""  # a signature -> the annotation of what calling it gives
    function_type: Callable[[str], str] = str  # a signature by which instances are called -> the type of functions

    docstring_openings: bytes = b""  # the bytes that a docstring can begin with
    indentation_is_scope: bool = False  # does a deeper column mean that a definition stands under a condition
    export_calls: tuple[str, ...] = ()  # calls that `exports` reads as well
    receiver_is_parameter: bool = False  # is the receiver the first parameter of a method
    super_of: Callable[[str], str | None] = lambda receiver: (
        None
    )  # the class behind which a `super` looks, '' for its own
    initializers: tuple[str, ...] = ()  # methods that instantiation runs, in order of search
    builtins: frozenset[str] = frozenset()
    builtins_module: str = ""
    root_class: str = ""  # external class that ends every MRO
    root_members: frozenset[str] = frozenset()  # names that the root class defines
    memberless_bases: frozenset[str] = frozenset()  # external bases that define nothing a caller could mean
    enum_bases: frozenset[str] = frozenset()
    interface_bases: frozenset[str] = frozenset()
    module_attributes: frozenset[str] = frozenset()  # names that every module has
    annotation: Callable[[str], Annotation] = _no_annotation  # an annotation's text -> what it says
    library: Library = field(default_factory=Library)  # what its own library does with values
    # (end of a source's name, end of that of a file beside it that declares its types)
    declared_beside: tuple[tuple[str, str], ...] = ()
    stubs: StubReader | None = None  # who reads what is declared of modules outside the tree

    def is_common_method(self, name: str) -> bool:
        """Whether builtin or well-known library types have a method of that name, so that it shows no class."""
        return name in self.library.common_methods or name in self.root_members
