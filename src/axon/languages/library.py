"""What a language's own library does with the values that it is given, as data.

What flows in: nothing. What flows out: the vocabulary in which a language says it, so that resolution can follow a
value through a call that leaves the tree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

REST: Final = "..."
"""The name that a type has among those of a function's parameters where it is of one that takes further arguments."""


class Annotation(NamedTuple):
    """A type as written: its dotted name and what stands in its brackets; '|' for alternatives, '[]' for a bare list,
    '' where it cannot be read."""

    name: str
    arguments: "tuple[Annotation, ...]"


class Header(NamedTuple):
    """What the head of a class or function says: the type parameters that it lists, and the bases as written.

    `bounds` are those of the parameters, a name that is '' where one has none; empty where none is told.
    """

    parameters: tuple[str, ...]
    bases: tuple[Annotation, ...]
    bounds: tuple[Annotation, ...] = ()


class Effect(IntEnum):
    """What a call of an external function gives, or what a generic type holds."""

    SAME = 0  # the argument itself, or a container of the same elements
    ELEMENT = 1  # an element of the argument
    CAST = 2  # an instance of the class that the argument is; where it is none, the next argument
    CLASS = 3  # the class of the argument
    PARTIAL = 4  # the argument, to be called later
    RESULTS = 5  # results of calling the argument with elements of the next
    PAIRS = 6  # pairs of a number and an element of the argument
    ROWS = 7  # tuples of elements of the arguments
    ITEMS = 8  # pairs of key and value of the receiver
    MEMBER = 9  # the attribute that the second argument names
    RESULT = 10  # what calling the argument gives
    KEEPS = 11  # as a decorator: what it decorates
    ITERATOR = 12  # what iterates the argument
    REFERENCE = 13  # what gives the argument when it is called
    PLACES = 14  # a tuple of the arguments
    VALUES = 15  # the values of the receiver, a mapping
    ITEM = 16  # what stands under some key of the receiver
    ACCESSOR = 17  # what runs the argument when a field that holds it is read
    ANY = 18  # any of the arguments: one that has what all of them have


class Model(NamedTuple):
    """An effect and the argument that it is about; -1 is the receiver."""

    effect: Effect
    argument: int = 0


class Holds(IntEnum):
    """What an instance of a generic annotation stands for, by its arguments."""

    ANY_OF = 0  # an instance of one of them
    FIRST = 1  # an instance of the first
    CLASS = 2  # the class itself
    ELEMENTS = 3  # a container of the last
    TUPLE = 4  # a container with one for each place
    CALLABLE = 5  # what is called gives the last
    LAST = 6  # an instance of the last
    ELEMENTS_OF_FIRST = 7  # a container of the first
    MAPPING = 8  # a mapping of the first to the last
    OBJECT = 9  # something with members, each of which is an argument by its name
    VALUE = 10  # the very value that the argument names


@dataclass(frozen=True)
class Library:
    """The models of a language's library; names are dotted names of externals, methods plain names."""

    functions: Mapping[str, Model] = field(default_factory=dict)
    methods: Mapping[str, Model] = field(default_factory=dict)  # of containers
    filling: Mapping[str, Model] = field(default_factory=dict)  # method of a container -> what it puts in
    defaulting: frozenset[str] = frozenset()  # functions whose container calls the first argument for what is not there
    empty: frozenset[str] = frozenset()  # functions that make a container with nothing in it when nothing is given
    generics: Mapping[str, Holds] = field(default_factory=dict)  # by the last part of the name
    operators: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # operator -> methods, the first there is runs
    comparisons: frozenset[str] = frozenset()  # operators that give a truth where no method of the tree runs
    truth: str = ""  # the builtin type of that
    contexts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # statement -> methods, all of which run
    raising: frozenset[str] = frozenset()  # statements that instantiate the class that they name
    storing: frozenset[str] = frozenset()  # operators that write an attribute
    loops: frozenset[str] = frozenset()  # statements that iterate
    reflected: Mapping[str, str] = field(default_factory=dict)  # operator -> method of its right operand
    # external container -> methods of what it is asked for, all of which may run, by the operators and methods that ask
    keyed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asking: frozenset[str] = frozenset()
    asking_methods: frozenset[str] = frozenset()  # the same, written as methods that are given what is asked for
    protocols: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # function -> methods of its argument
    formatting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the same of each of its arguments
    # function -> methods of elements of its first argument, or of its arguments where it has several; -1: its receiver
    comparing: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    iterating: frozenset[str] = frozenset()  # functions that iterate their first argument
    callers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # function -> arguments that it calls itself
    common_methods: frozenset[str] = frozenset()  # of builtin and well-known types: a receiver may be one of them
    any_types: frozenset[str] = frozenset()  # annotations that say nothing
    header: Callable[[str], Header] | None = None  # reads a signature
    generic_bases: frozenset[str] = frozenset()  # bases whose brackets list the type parameters of a class
    variables: frozenset[str] = frozenset()  # functions that make type variables
    bound: str = ""  # the keyword under which they are given a bound
    tuple_bases: frozenset[str] = frozenset()  # a class with one of them has its annotated fields in places as well
    mappings: frozenset[str] = frozenset()  # builtin types of displays that go over their keys
    class_attribute: str = ""  # the attribute of an instance that is its class
    # what an initializer runs that decorators make -> the decorators
    made_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    self_types: frozenset[str] = frozenset()  # annotations that mean an instance of the class at hand
    metaclass: Callable[[str], str] | None = None  # reads the dotted name of a class's own class from a signature
    maker_method: str = ""  # what instantiating a class runs to make the instance
    class_makers: tuple[str, ...] = ()  # methods of its own class that a class statement runs
    subclass_method: str = ""  # what a class statement runs of the classes behind it
    naming_method: str = ""  # what a class statement runs of what its fields hold
    call_method: str = ""  # what calling an instance runs
    iterate: tuple[tuple[str, str], ...] = ()  # (method that makes an iterator, method that gives its elements)
    element_method: str = ""  # what `x[k]` runs
    enter_methods: tuple[str, ...] = ()  # what entering a context gives is what the first of these gives
    get_method: str = ""  # what reading a descriptor runs
    fallback_method: str = ""  # what reading an attribute that is not there runs
    forms: Mapping[str, Holds] = field(default_factory=dict)  # the same as `generics` of types that have no name
    objects: frozenset[str] = frozenset()  # builtin types of displays whose keys are attributes
    types: Mapping[str, str] = field(default_factory=dict)  # its names for types that are told without naming them
    # method -> what it hands to the function that it is given, by parameter: its receiver or an element of it
    callbacks: Mapping[str, tuple[Effect | None, ...]] = field(default_factory=dict)
    # function -> the argument that it calls, and the one with whose elements it does; -1 is what it is called on
    handing: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    function_type: str = ""  # the external type that functions are instances of
    # methods of functions that call them with a receiver -> are their further arguments those of the function
    calling: Mapping[str, bool] = field(default_factory=dict)
    behind: str = ""  # the attribute of an object that has what the object itself lacks
    prototype: str = ""  # the attribute of a class, or of a function, that stands for all its instances
