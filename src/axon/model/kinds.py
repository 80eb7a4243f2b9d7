"""Every kind of node, edge, rule and reason, with one line of meaning each.

The order of the members is their code in columns: append, never reorder, and raise `storage.schema.SCHEMA_VERSION`
with every change.
"""

from enum import IntFlag, StrEnum
from typing import Final


class NodeKind(StrEnum):
    """What a node of the graph is."""

    FOLDER = "Folder"  # a directory that holds source files, at any depth
    MODULE = "Module"  # a package folder, importable as one unit; or a namespace inside a file
    FILE = "File"  # one source file; also the caller of what runs at module level
    CLASS = "Class"
    INTERFACE = "Interface"  # a class that only declares: a Protocol, an interface
    ENUM = "Enum"
    FUNCTION = "Function"  # a function that no class owns directly
    METHOD = "Method"  # a function that a class owns directly
    PROPERTY = "Property"  # a computed property, or a field of a class or of its instances
    VARIABLE = "Variable"  # a name bound at module level to a value
    TYPE_ALIAS = "TypeAlias"
    EXTERNAL = "External"  # a symbol that this tree uses and does not define: a library's, or a builtin
    TRIGGER = "Trigger"  # what makes a framework run code of this tree: `flask.route`, `pytest.test`, by its rule pack
    ROUTE = "Route"  # a request that the tree answers: `GET /users/{id}`
    COMMUNITY = "Community"  # symbols that belong together more than to others, named after the most central of them
    FLOW = "Flow"  # what runs, step by step, from one entry point
    CONTRACT = "Contract"  # what holds before and after a function runs, as a language model wrote it, with evidence
    SUMMARY = "Summary"  # what a file, folder, class, community or flow is about; `signature` says who wrote it
    FEATURE = "Feature"  # something that the system does, in a hierarchy; `qualified_name` is the way down to it


class EdgeKind(StrEnum):
    """What a relationship says of its source; read `source KIND target`."""

    CONTAINS = "CONTAINS"  # Folder or Module -> what lies in it
    DEFINES = "DEFINES"  # File, class or function -> a symbol whose definition it holds directly
    IMPORTS = "IMPORTS"  # File -> the File or External module that an import names
    EXPORTS = "EXPORTS"  # File -> a symbol that other files may import from it, defined there or re-exported
    EXTENDS = "EXTENDS"  # class -> base class
    IMPLEMENTS = "IMPLEMENTS"  # class -> Interface among its bases
    OVERRIDES = "OVERRIDES"  # method -> the next method of that name along the MRO
    CALLS = "CALLS"  # caller -> callee, one edge per call site
    USES_TYPE = "USES_TYPE"  # symbol -> a type that its annotation names
    DECORATED_BY = "DECORATED_BY"  # symbol -> its decorator
    PASSES = "PASSES"  # caller -> a function or method that it hands over as a value, one edge per argument
    TRIGGERED_BY = "TRIGGERED_BY"  # entry point -> the Trigger by which a framework runs it, unless code does
    HANDLED_BY = "HANDLED_BY"  # Route -> the function, method or class that answers it
    INJECTED_WITH = (
        "INJECTED_WITH"  # symbol -> what a framework runs before it and hands to it: a fixture, a dependency
    )
    MEMBER_OF = "MEMBER_OF"  # symbol or file -> the Community that it belongs to, on each level
    STEP_IN_FLOW = "STEP_IN_FLOW"  # symbol -> a Flow that it is a step of; `line` is its position, from 1
    TESTS = "TESTS"  # test -> a symbol outside of test code that it calls, hands over or gets as a fixture
    COUPLED_WITH = "COUPLED_WITH"  # file -> a file that changes with it, by git; `line` counts their common commits
    DESCRIBES = "DESCRIBES"  # Contract or Summary -> what it is about; of a Contract one for each line that it cites
    PART_OF_FEATURE = "PART_OF_FEATURE"  # symbol or Feature -> the Feature that it is a part of


class Rule(StrEnum):
    """Why an edge is believed. `CONFIDENCE` holds the number of each."""

    STRUCTURE = "structure"  # it is written so: containment and definition
    LEXICAL = "lexical"  # a name of an enclosing scope
    IMPORT = "import"  # a name that an import binds, re-exports followed
    BUILTIN = "builtin"  # a name that only the language itself binds
    MEMBER = "member"  # an attribute of a class that the receiver names
    SELF = "self"  # an attribute of the class whose method this is
    SUPER = "super"  # the next definition along the MRO
    CONSTRUCTOR = "constructor"  # the initializer that instantiating a class runs
    INHERITED = "inherited"  # an attribute that only an external base class can define
    MRO = "mro"  # the next method of that name among the base classes
    TYPED = "typed"  # an attribute of a class that the receiver is shown to be an instance of
    FLOW = "flow"  # a function or class that the called value is shown to be
    IMPLICIT = "implicit"  # what an operator, a loop, a context or an attribute runs without naming it
    FAMILY = "family"  # the only methods of that name in the tree, all of one hierarchy
    ARGUMENT = "argument"  # what callers hand over as an argument shows it
    PATTERN = "pattern"  # the name is made when the program runs, and this one fits what is known of it: possible
    OVERRIDE = "override"  # a subclass's own definition, which the instance may have: a possible call
    PACK = "pack"  # a rule pack says what a framework does with it; the Trigger that it leads to names the pack
    ANALYSIS = "analysis"  # an analysis of the graph puts it there
    MODEL = "model"  # a language model wrote it, and nobody has looked at it yet
    REVIEWED = "reviewed"  # a language model wrote it, and a person has accepted or edited it
    EXTRACT = "extract"  # it was taken from docstrings, signatures and names, without a model
    OBSERVED = "observed"  # an audit saw it happen, or its oracle says so; the files are what they were then


CONFIDENCE: Final[dict[Rule, float]] = {
    Rule.STRUCTURE: 1.0,
    Rule.LEXICAL: 1.0,
    Rule.IMPORT: 1.0,
    Rule.BUILTIN: 1.0,
    Rule.MEMBER: 1.0,
    Rule.SELF: 0.95,
    Rule.SUPER: 0.95,
    Rule.CONSTRUCTOR: 1.0,
    Rule.INHERITED: 0.9,
    Rule.MRO: 1.0,
    Rule.TYPED: 0.95,
    Rule.FLOW: 0.95,
    Rule.IMPLICIT: 0.9,
    Rule.FAMILY: 0.8,
    Rule.ARGUMENT: 0.7,
    Rule.PATTERN: 0.5,
    Rule.OVERRIDE: 0.4,
    Rule.PACK: 0.95,
    Rule.ANALYSIS: 1.0,
    Rule.MODEL: 0.6,
    Rule.REVIEWED: 0.95,
    Rule.EXTRACT: 1.0,
    Rule.OBSERVED: 1.0,
}
"""How sure an edge of each rule is, 0 to 1: the only home of these numbers (`design: RESOLUTION, rungs`)."""


class Reason(StrEnum):
    """Why a call site could not be resolved."""

    UNKNOWN_RECEIVER = "unknown receiver"  # the type of the value before the dot is not known
    LOCAL_VALUE = "local value"  # the callee is a parameter or a local variable
    DYNAMIC = "dynamic"  # the callee is no name: a call's result, an element, an expression
    UNDEFINED = "undefined"  # no scope, import or builtin binds the name
    MISSING_MEMBER = "missing member"  # the class or module is known and does not define the name
    UNKNOWN_BASE = "unknown base"  # the class does not define the name, and one of its bases is not known
    STORED_VALUE = "stored value"  # the name is a variable or field whose value is not known


class Flag(IntFlag):
    """Facts about a symbol that are true or absent."""

    EXPORTED = 1  # other files may use it by its language's convention
    ASYNC = 2
    STATIC = 4
    CLASSMETHOD = 8
    ABSTRACT = 16
    FIELD = 32  # a Property that stores a value rather than computes one
    ACCESSOR = 64  # a Property that runs code
    OVERLOAD = 128  # a declaration of one signature among several
    CONDITIONAL = 256  # defined inside an if, try, with or loop of its scope
    TEST = 512
    CONSTANT = 1024
    GENERATOR = 2048
    PACKAGE = 4096  # a File whose body is a package's body
    GENERATED = 8192  # a File that a program wrote: generated, bundled or minified
    VENDORED = 16384  # a File of somebody else's project, kept as a copy
    MOVED = 32768  # a Contract whose quotes stand in other lines than when it was written


NODE_KINDS: Final = tuple(NodeKind)
EDGE_KINDS: Final = tuple(EdgeKind)
RULES: Final = tuple(Rule)
REASONS: Final = tuple(Reason)
CLASS_KINDS: Final = frozenset({NodeKind.CLASS, NodeKind.INTERFACE, NodeKind.ENUM})
CALLABLE_KINDS: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD})
CLASS_CODES: Final = frozenset(NODE_KINDS.index(kind) for kind in CLASS_KINDS)
"""The same as columns have them: places among `NODE_KINDS`."""
CALLABLE_CODES: Final = frozenset(NODE_KINDS.index(kind) for kind in CALLABLE_KINDS)
