"""Contracts, as they are written in axon.toml, into values.

What flows in: the table `check`. What flows out: contracts, or a ConfigError that names the key at fault. It does not
look whether they are kept.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from axon.errors import ConfigError
from axon.model.contracts import Acyclic, Ceiling, Contract, Forbidden, Layers, PublicApi, Rows
from axon.model.kinds import EdgeKind

METRICS: Final = ("complexity", "fan_in", "fan_out", "lines", "parameters")
_KINDS: Final = frozenset(kind.value for kind in EdgeKind)
_SIBLINGS: Final = "|"
_ARROW: Final = "->"


def contracts_of(table: Mapping[str, Any]) -> list[Contract]:
    """The contracts of `[[check.contracts]]`, in their order.

    Raises:
        ConfigError: a key is unknown, missing or of the wrong type.
    """
    unknown = table.keys() - {"contracts"}
    if unknown:
        raise ConfigError(f"Unknown key {sorted(unknown)[0]} in [check]. Write [[check.contracts]] for each contract.")
    entries = table.get("contracts", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError("[check] contracts is no list of tables. Write [[check.contracts]] for each contract.")
    names = [str(entry.get("name", "")) for entry in entries]
    if len(set(names)) < len(names):
        raise ConfigError("Two contracts have one name, or have none. Give each a name of its own.")
    return [_contract(entry) for entry in entries]


def _contract(entry: Mapping[str, Any]) -> Contract:
    reading = _Entry(entry)
    kind = entry.get("type")
    make = _MAKERS.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise reading.wrong("type", f"one of {', '.join(_MAKERS)}")
    contract = make(reading)
    reading.check_all_read()
    return contract


class _Entry:
    """Reads one table, and knows which of its keys were read."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self._entry = entry
        self._read = {"name", "type"}
        self.name = self.text("name")

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "a text")
        return value

    def number(self, key: str) -> int:
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(key, "a whole number of 0 or more")
        return value

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        value = self._get(key) if default is None else self._get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.wrong(key, "a list of texts")
        return tuple(value)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(group, list) for group in value):
            raise self.wrong(key, "a list of lists of paths")
        return tuple(tuple(str(path) for path in group) for group in value)

    def kinds(self) -> tuple[str, ...]:
        kinds = self.texts("kinds", ["IMPORTS"])
        if not _KINDS.issuperset(kinds):
            raise self.wrong("kinds", f"a list of kinds of edges, such as IMPORTS or CALLS, not {sorted(kinds)}")
        return kinds

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        pairs = [text.partition(_ARROW) for text in self.texts(key, [])]
        if not all(arrow for _, arrow, _ in pairs):
            raise self.wrong(key, "a list of texts such as 'src/a -> src/b'")
        return tuple((source.strip(), target.strip()) for source, _, target in pairs)

    def wrong(self, key: str, wanted: str) -> ConfigError:
        named = self._entry.get("name") or "without a name"
        return ConfigError(f"The contract {named!r} in [[check.contracts]]: `{key}` must be {wanted}.")

    def check_all_read(self) -> None:
        unknown = sorted(self._entry.keys() - self._read)
        if unknown:
            raise ConfigError(
                f"The contract {self.name!r} in [[check.contracts]] has the unknown key {unknown[0]}. "
                f"Its keys are {', '.join(sorted(self._read))}."
            )

    def _get(self, key: str, default: Any = None) -> Any:
        self._read.add(key)
        return self._entry.get(key, default)


def _layers(entry: _Entry) -> Layers:
    layers = tuple(
        tuple(tuple(part.split()) for part in layer.split(_SIBLINGS) if part.strip()) for layer in entry.texts("layers")
    )
    return Layers(entry.name, layers, entry.kinds(), entry.pairs("allowed"))


def _forbidden(entry: _Entry) -> Forbidden:
    sources, targets = entry.texts("from"), entry.texts("to")
    return Forbidden(entry.name, sources, targets, entry.kinds(), entry.pairs("allowed"))


def _acyclic(entry: _Entry) -> Acyclic:
    return Acyclic(entry.name, entry.texts("paths", []), entry.groups("known"))


def _api(entry: _Entry) -> PublicApi:
    return PublicApi(entry.name, entry.texts("paths"), entry.text("lock"))


def _ceiling(entry: _Entry) -> Ceiling:
    metric = entry.text("metric")
    if metric not in METRICS:
        raise entry.wrong("metric", f"one of {', '.join(METRICS)}")
    return Ceiling(entry.name, metric, entry.number("most"), entry.texts("paths", []), entry.texts("allowed", []))


def _rows(entry: _Entry) -> Rows:
    return Rows(entry.name, entry.text("query"))


_MAKERS: Final[dict[str, Callable[[_Entry], Contract]]] = {
    "layers": _layers,
    "forbidden": _forbidden,
    "acyclic": _acyclic,
    "api": _api,
    "ceiling": _ceiling,
    "cypher": _rows,
}
