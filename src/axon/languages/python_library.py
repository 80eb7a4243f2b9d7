"""What Python's builtins and standard library do with the values that they are given."""

from typing import Final

from axon.languages.library import Effect, Holds, Library, Model
from axon.languages.python_annotations import header, metaclass
from axon.languages.python_common import COMMON_METHODS

_SAME_0: Final = Model(Effect.SAME, 0)
_SAME_1: Final = Model(Effect.SAME, 1)
_RECEIVER: Final = Model(Effect.SAME, -1)


def _all(names: str, model: Model) -> dict[str, Model]:
    return dict.fromkeys(names.split(), model)


def _holding(names: str, holds: Holds) -> dict[str, Holds]:
    return dict.fromkeys(names.split(), holds)


_FUNCTIONS: Final = {
    **_all("builtins.list builtins.tuple builtins.set builtins.frozenset builtins.sorted builtins.reversed", _SAME_0),
    **_all("builtins.dict copy.copy copy.deepcopy collections.deque", _SAME_0),
    **_all("collections.OrderedDict asyncio.run asyncio.create_task asyncio.ensure_future asyncio.shield", _SAME_0),
    **_all("asyncio.wait_for asyncio.run_coroutine_threadsafe contextlib.closing contextlib.aclosing", _SAME_0),
    **_all("itertools.chain itertools.cycle itertools.islice itertools.takewhile types.MappingProxyType", _SAME_0),
    **_all("weakref.proxy typing.no_type_check functools.cache functools.lru_cache inspect.unwrap", _SAME_0),
    **_all("builtins.staticmethod builtins.classmethod contextlib.contextmanager atexit.register", _SAME_0),
    **_all("contextlib.asynccontextmanager typing.final typing.overload abc.abstractmethod types.coroutine", _SAME_0),
    **_all("functools.singledispatch dataclasses.dataclass enum.unique functools.total_ordering", _SAME_0),
    **_all("typing_extensions.override typing.override typing.runtime_checkable typing.assert_type", _SAME_0),
    **_all("dataclasses.replace unittest.mock.create_autospec functools.update_wrapper", _SAME_0),
    **_all("builtins.iter builtins.aiter", Model(Effect.ITERATOR, 0)),
    **_all("weakref.ref weakref.WeakMethod", Model(Effect.REFERENCE, 0)),
    **_all("builtins.filter itertools.filterfalse itertools.dropwhile", _SAME_1),
    **_all("builtins.next builtins.anext builtins.min builtins.max random.choice", Model(Effect.ELEMENT, 0)),
    **_all("typing.cast typing_extensions.cast", Model(Effect.CAST, 0)),
    **_all("builtins.type", Model(Effect.CLASS, 0)),
    **_all("functools.partial functools.partialmethod", Model(Effect.PARTIAL, 0)),
    **_all("builtins.map", Model(Effect.RESULTS, 0)),
    **_all("builtins.enumerate", Model(Effect.PAIRS, 0)),
    **_all("builtins.zip itertools.zip_longest itertools.product", Model(Effect.ROWS, 0)),
    **_all("asyncio.gather", Model(Effect.PLACES)),
    **_all(
        "builtins.property functools.cached_property django.utils.functional.cached_property", Model(Effect.ACCESSOR, 0)
    ),
    **_all("builtins.getattr", Model(Effect.MEMBER, 0)),
    **_all("functools.reduce asyncio.to_thread", Model(Effect.RESULT, 0)),
    **_all("functools.wraps typing.dataclass_transform", Model(Effect.KEEPS, 0)),
}

_METHODS: Final = {
    **_all("get get_nowait pop popleft setdefault", Model(Effect.ITEM, -1)),
    **_all("keys copy union intersection difference symmetric_difference most_common elements", _RECEIVER),
    **_all("values", Model(Effect.VALUES, -1)),
    **_all("items popitem", Model(Effect.ITEMS, -1)),
    **_all("__iter__ __aiter__ __enter__ __aenter__", _RECEIVER),
    **_all("__next__ __anext__ send", Model(Effect.ELEMENT, -1)),
    **_all("__getitem__", Model(Effect.ITEM, -1)),
}

_FILLING: Final = {
    **_all("append appendleft add put put_nowait", _SAME_0),
    **_all("insert setdefault", _SAME_1),
    **_all("extend extendleft update", Model(Effect.ELEMENT, 0)),
}
_EMPTY: Final = (
    *["builtins.list", "builtins.set", "builtins.dict", "collections.deque", "collections.OrderedDict"],
    *(f"{module}.{name}" for module in ("queue", "asyncio") for name in ("Queue", "LifoQueue", "PriorityQueue")),
    "queue.SimpleQueue",
)

_GENERICS: Final = {
    **_holding("Optional Union", Holds.ANY_OF),
    **_holding("ClassVar Final Annotated Required NotRequired ReadOnly InitVar Awaitable Unpack", Holds.FIRST),
    **_holding("Coroutine Future Task", Holds.LAST),
    **_holding("type Type", Holds.CLASS),
    **_holding("list List set Set frozenset FrozenSet Sequence MutableSequence Deque deque", Holds.ELEMENTS),
    **_holding("Iterable Iterator Collection Container Reversible AsyncIterable AsyncIterator", Holds.ELEMENTS),
    **_holding("Queue LifoQueue PriorityQueue SimpleQueue JoinableQueue", Holds.ELEMENTS),
    **_holding("AbstractSet MutableSet KeysView ValuesView", Holds.ELEMENTS),
    **_holding("dict Dict Mapping MutableMapping DefaultDict defaultdict OrderedDict", Holds.MAPPING),
    **_holding("WeakValueDictionary", Holds.MAPPING),
    **_holding("Generator AsyncGenerator WeakKeyDictionary Counter", Holds.ELEMENTS_OF_FIRST),
    **_holding("ContextManager AbstractContextManager", Holds.ELEMENTS_OF_FIRST),
    **_holding("AsyncContextManager AbstractAsyncContextManager", Holds.ELEMENTS_OF_FIRST),
    **_holding("tuple Tuple", Holds.TUPLE),
    "Callable": Holds.CALLABLE,
}

_BINARY: Final = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "&": "and",
    "|": "or",
    "^": "xor",
    "<<": "lshift",
    ">>": "rshift",
}

_OPERATORS: Final = {
    **{sign: (f"__{name}__",) for sign, name in _BINARY.items()},
    **{f"{sign}=": (f"__i{name}__", f"__{name}__") for sign, name in _BINARY.items()},
    "==": ("__eq__",),
    "!=": ("__ne__", "__eq__"),
    "<": ("__lt__",),
    "<=": ("__le__",),
    ">": ("__gt__",),
    ">=": ("__ge__",),
    "in": ("__contains__",),
    "not in": ("__contains__",),
    "neg": ("__neg__",),
    "[]": ("__getitem__",),
    "[]=": ("__setitem__",),
    "del[]": ("__delitem__",),
    "await": ("__await__",),
    "if": ("__bool__", "__len__"),
    "{}": ("__format__", "__str__", "__repr__"),
    "{!s}": ("__str__", "__repr__"),
    "{!r}": ("__repr__",),
    "{!a}": ("__repr__",),
}

_PROTOCOLS: Final = {
    "builtins.len": ("__len__",),
    "builtins.str": ("__str__", "__repr__"),
    "builtins.repr": ("__repr__",),
    "builtins.bool": ("__bool__", "__len__"),
    "builtins.int": ("__int__",),
    "builtins.float": ("__float__",),
    "builtins.bytes": ("__bytes__",),
    "builtins.hash": ("__hash__",),
    "builtins.iter": ("__iter__",),
    "builtins.next": ("__next__",),
    "builtins.reversed": ("__reversed__",),
    "builtins.abs": ("__abs__",),
    "builtins.format": ("__format__",),
    "builtins.dir": ("__dir__",),
    "builtins.round": ("__round__",),
    "copy.copy": ("__copy__",),
    "copy.deepcopy": ("__deepcopy__",),
}

_HASHED: Final = "builtins.dict builtins.set builtins.frozenset collections.defaultdict collections.OrderedDict"
_KEYED: Final = {
    **dict.fromkeys(_HASHED.split(), ("__hash__", "__eq__")),
    **dict.fromkeys(("builtins.list", "builtins.tuple", "collections.deque"), ("__eq__",)),
}
_ASKING: Final = frozenset({"[]", "[]=", "del[]", "in", "not in"})
_ASKING_METHODS: Final = "get pop setdefault add remove discard index count move_to_end"

_FORMATTING: Final = {
    "builtins.print": ("__str__", "__repr__"),
    "builtins.str.format": ("__format__", "__str__", "__repr__"),
}

_COMPARING: Final = {
    **dict.fromkeys(("builtins.sorted", "builtins.min", "heapq.heapify", "heapq.heappop"), ("__lt__", 0)),
    **dict.fromkeys(("heapq.heappush", "heapq.heappushpop", "heapq.heapreplace", "bisect.insort"), ("__lt__", 0)),
    "builtins.max": ("__gt__", 0),
    "builtins.list.sort": ("__lt__", -1),
}

_ITERATED_BY: Final = "list tuple set frozenset sorted enumerate sum any all dict min max zip reversed"
_ITERATING: Final = frozenset(f"builtins.{name}" for name in _ITERATED_BY.split())

_CALLERS: Final = {
    "builtins.map": ("0", "1"),
    "builtins.filter": ("0", "1"),
    "builtins.sorted": ("key",),
    "builtins.min": ("key",),
    "builtins.max": ("key",),
    "builtins.list.sort": ("key",),
    "builtins.iter": ("0",),
    "functools.reduce": ("0",),
    "itertools.groupby": ("1", "key"),
    "itertools.starmap": ("0",),
    "itertools.filterfalse": ("0",),
    "itertools.takewhile": ("0",),
    "itertools.dropwhile": ("0",),
    "re.sub": ("1", "repl"),
    "re.subn": ("1", "repl"),
    "asyncio.run": ("0",),
}

_HANDING: Final = {
    **dict.fromkeys(("builtins.sorted", "builtins.min", "builtins.max"), ("key", "0")),
    **dict.fromkeys(("builtins.map", "builtins.filter", "itertools.filterfalse"), ("0", "1")),
    **dict.fromkeys(("itertools.takewhile", "itertools.dropwhile"), ("0", "1")),
    "itertools.groupby": ("key", "0"),
    "builtins.list.sort": ("key", "-1"),
}

_MADE_BY: Final = {
    "__post_init__": frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"}),
    "__attrs_post_init__": frozenset(
        f"{module}.{name}" for module in ("attr", "attrs") for name in ("s", "attrs", "define", "mutable", "frozen")
    ),
}

LIBRARY: Final = Library(
    functions=_FUNCTIONS,
    methods=_METHODS,
    filling=_FILLING,
    defaulting=frozenset({"collections.defaultdict"}),
    empty=frozenset(_EMPTY),
    generics=_GENERICS,
    operators=_OPERATORS,
    comparisons=frozenset({"==", "!=", "<", "<=", ">", ">="}),
    truth="bool",
    contexts={"with": ("__enter__", "__exit__"), "async with": ("__aenter__", "__aexit__")},
    raising=frozenset({"raise"}),
    storing=frozenset({".="}),
    loops=frozenset({"for", "async for"}),
    iterating=_ITERATING,
    callers=_CALLERS,
    handing=_HANDING,
    reflected={sign: f"__r{name}__" for sign, name in _BINARY.items()},
    keyed=_KEYED,
    asking=_ASKING,
    asking_methods=frozenset(_ASKING_METHODS.split()),
    protocols=_PROTOCOLS,
    formatting=_FORMATTING,
    comparing=_COMPARING,
    any_types=frozenset({"typing.Any", "builtins.object", "typing_extensions.Any"}),
    common_methods=COMMON_METHODS,
    self_types=frozenset({"Self", "typing.Self", "typing_extensions.Self"}),
    header=header,
    generic_bases=frozenset({"Generic", "Protocol"}),
    variables=frozenset({"typing.TypeVar", "typing_extensions.TypeVar"}),
    bound="bound",
    tuple_bases=frozenset({"typing.NamedTuple", "typing_extensions.NamedTuple"}),
    mappings=frozenset({"dict", "OrderedDict", "defaultdict"}),
    class_attribute="__class__",
    made_by=_MADE_BY,
    metaclass=metaclass,
    maker_method="__new__",
    class_makers=("__prepare__", "__new__", "__init__"),
    subclass_method="__init_subclass__",
    naming_method="__set_name__",
    call_method="__call__",
    iterate=(("__iter__", "__next__"), ("__aiter__", "__anext__")),
    element_method="__getitem__",
    enter_methods=("__enter__", "__aenter__"),
    get_method="__get__",
    fallback_method="__getattr__",
)
