"""Whether an answer has the form that it was asked for.

What flows in: a value and its JSON schema. What flows out: nothing, or what is wrong, in words that a model can mend it
by. It knows the part of JSON Schema that tasks use: `type`, `properties`, `required`, `items`, `enum`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from axon.enrich.failures import MalformedError
from axon.enrich.model import Json

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def check_form(value: Json, schema: Mapping[str, Json], place: str = "the answer") -> None:
    """Nothing where `value` is what `schema` describes; what is not described may be anything.

    Raises:
        MalformedError: it is not; the message names the place.
    """
    kind = schema.get("type")
    if isinstance(kind, str) and not _is(value, kind):
        raise MalformedError(f"{place} must be of type {kind}")
    allowed = schema.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        raise MalformedError(f"{place} must be one of {', '.join(map(str, allowed))}")
    if isinstance(value, dict):
        _check_parts(value, schema, place)
    items = schema.get("items")
    if isinstance(value, list) and isinstance(items, Mapping):
        for number, item in enumerate(value, 1):
            check_form(item, items, f"item {number} of {place}")


def _check_parts(value: Mapping[str, Json], schema: Mapping[str, Json], place: str) -> None:
    required = schema.get("required")
    for name in required if isinstance(required, Sequence) else ():
        if name not in value:
            raise MalformedError(f"{place} lacks `{name}`")
    parts = schema.get("properties")
    if isinstance(parts, Mapping):
        for name, part in parts.items():
            if name in value and isinstance(part, Mapping):
                check_form(value[name], part, f"`{name}`")


def _is(value: Json, kind: str) -> bool:
    known = _KINDS.get(kind, (object,))
    return isinstance(value, known) and (kind == "boolean" or not isinstance(value, bool))
