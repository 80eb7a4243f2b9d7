"""What the builtins of JavaScript and its runtimes do with the values that they are given."""

from typing import Final

from axon.languages.ecmascript_annotations import header
from axon.languages.ecmascript_common import COMMON_METHODS
from axon.languages.library import Effect, Holds, Library, Model

_RECEIVER: Final = Model(Effect.SAME, -1)
_OF_ELEMENT: Final = Model(Effect.ELEMENT, -1)


def _all(names: str, model: Model) -> dict[str, Model]:
    return dict.fromkeys(names.split(), model)


def _of(owner: str, names: str, model: Model) -> dict[str, Model]:
    return {f"globalThis.{owner}.{name}": model for name in names.split()}


def _holding(names: str, holds: Holds) -> dict[str, Holds]:
    return dict.fromkeys(names.split(), holds)


_FUNCTIONS: Final = {
    "globalThis.Object.assign": Model(Effect.ANY),
    **_of("Object", "freeze seal create setPrototypeOf defineProperty preventExtensions", Model(Effect.SAME, 0)),
    **_of("Array", "from", Model(Effect.SAME, 0)),
    **_of("Promise", "resolve all allSettled", Model(Effect.SAME, 0)),
    **_of("Promise", "race any", Model(Effect.ELEMENT, 0)),
    **_of("Object", "values", Model(Effect.SAME, 0)),
    "globalThis.Function.bind": Model(Effect.SAME, -1),
    "globalThis.Proxy": Model(Effect.SAME, 0),
    "globalThis.structuredClone": Model(Effect.SAME, 0),
    "globalThis.Set": Model(Effect.SAME, 0),
}

_METHODS: Final = {
    **_all("slice filter concat reverse sort toSorted toReversed values flat splice with keys", _RECEIVER),
    **_all("pop shift find findLast at", _OF_ELEMENT),
    **_all("get", Model(Effect.ITEM, -1)),
    **_all("map flatMap", Model(Effect.RESULTS, 0)),
    **_all("catch finally", _RECEIVER),
    **_all("then", Model(Effect.RESULT, 0)),
}

_FILLING: Final = _all("push unshift", Model(Effect.SAME, 0))

_GENERICS: Final = {
    **_holding("Array ReadonlyArray Set ReadonlySet WeakSet ArrayLike", Holds.ELEMENTS),
    **_holding("Iterable Iterator IterableIterator AsyncIterable AsyncIterator AsyncIterableIterator", Holds.ELEMENTS),
    **_holding("Generator AsyncGenerator", Holds.ELEMENTS_OF_FIRST),
    **_holding("Map ReadonlyMap WeakMap Record", Holds.MAPPING),
    **_holding("Promise PromiseLike Awaited Readonly Partial Required NonNullable NoInfer", Holds.FIRST),
    **_holding("Pick Omit WeakRef Exclude Extract ThisType Readonly", Holds.FIRST),
}

_ELEMENT_FIRST: Final = (Effect.ELEMENT, None, Effect.SAME)
_GOING_OVER: Final = ("map", "forEach", "filter", "find", "findIndex", "some", "every", "flatMap", "findLast")
_CALLBACKS: Final = {
    **dict.fromkeys(_GOING_OVER, _ELEMENT_FIRST),
    **dict.fromkeys(("sort", "toSorted"), (Effect.ELEMENT, Effect.ELEMENT)),
    **dict.fromkeys(("reduce", "reduceRight"), (None, Effect.ELEMENT)),
    "then": (Effect.SAME,),
}


LIBRARY: Final = Library(
    functions=_FUNCTIONS,
    methods=_METHODS,
    filling=_FILLING,
    generics=_GENERICS,
    forms={"[]": Holds.TUPLE, "=>": Holds.CALLABLE, "{}": Holds.OBJECT, "typeof": Holds.VALUE, "...": Holds.FIRST},
    common_methods=COMMON_METHODS,
    self_types=frozenset({"this"}),
    header=header,
    mappings=frozenset({"Object"}),
    objects=frozenset({"Object"}),
    types={"object": "Object", "tuple": "Array", "dict": "Object", "generator": "Iterator"},
    callbacks=_CALLBACKS,
    storing=frozenset({".="}),
    function_type="globalThis.Function",
    calling={"call": True, "apply": False},
    prototype="prototype",
    behind="__proto__",
    any_types=frozenset({"globalThis.Object", "globalThis.Function"}),
)
