"""Plain names: which slots hold what a name stands for at a place.

What flows in: a place and a name. What flows out: values and keys of slots, which together are what the name stands
for. Where it means the same in all of its scope, it is looked up once.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind
from axon.resolution.annotated import Annotations
from axon.resolution.evaluation import At, Evaluator, Slot, slot_key
from axon.resolution.reaching import Bound, Reaching, block_name
from axon.resolution.scopes import IMPORTS, FileScopes
from axon.resolution.values import INSTANCES, NOTHING, Values

_NAME, _CALL = int(ExpressionKind.NAME), int(ExpressionKind.CALL)

INNER: Final = -2  # in place of a scope: all but the file's own

Meaning = tuple[Values, tuple[int, ...]]  # values that are known, keys of slots whose values join them


class _Binding:
    """What is the same for all places in a scope where a name stands.

    `binder` is the scope around whose assignments or parameters bind it, None where something else does; `bound` and
    `declared` are what they are, `entering` what the name means besides, once that was asked for.
    """

    __slots__ = ("binder", "bound", "declared", "entering", "is_ranged", "is_stable", "may_narrow")

    def __init__(self, reaching: Reaching, scope: int, name: str, binder: int | None, is_ranged: bool) -> None:
        self.binder, self.is_ranged, self.may_narrow = binder, is_ranged, reaching.may_narrow(scope, name)
        self.is_stable = not is_ranged and (binder is None or binder != scope or reaching.is_plain(scope, name))
        self.bound: Bound = (None, None, False) if binder is None else reaching.bound(binder, name)
        self.declared = NO_TEXT if binder is None else reaching.declared.get((binder, name), NO_TEXT)
        self.entering: Meaning | None = None


class Variables:
    """The meanings of plain names."""

    def __init__(self, evaluator: Evaluator, annotations: Annotations) -> None:
        self._flow, self._annotations = evaluator, annotations
        self._known: dict[tuple[int, int, str], Meaning] = {}
        self._bindings: dict[tuple[int, int, str], _Binding] = {}
        self._inner: list[dict[str, bool] | None] = [None] * len(evaluator.names.scopes)
        self._receiving: dict[tuple[int, int, str], int] = {}

    def sample(self, file: int, scope: int, name: str) -> int:
        """What stands for all scopes of a file in which a name means the same as in this one.

        These are all inner ones where none of them binds it, and those of a class where it is what methods receive.
        """
        inner = self._inner[file]
        if inner is None:
            inner = self._inner[file] = self._inner_names(file)
        is_receiver = inner.get(name)
        if is_receiver is None:
            return INNER if scope != NO_DEFINITION else scope
        if not is_receiver:
            return scope
        known = self._receiving.get((file, scope, name))
        if known is None:
            scopes = self._flow.names.scopes[file]
            method = scopes.receiving_method(scope, name)
            known = scope if method == NO_DEFINITION else scopes.kin_of(method)
            self._receiving[file, scope, name] = known
        return known

    def _inner_names(self, file: int) -> dict[str, bool]:
        """Names that inner scopes bind or narrow -> whether that is only as what methods receive, maybe."""
        scopes, reaching = self._flow.names.scopes[file], self._flow.reaching(file)
        names = dict.fromkeys(scopes.local_names | reaching.inner_names, False)
        names.update(dict.fromkeys(set(scopes.receivers.values()) - reaching.narrowed_names, True))
        return names

    def meaning(self, at: At, sample: int, name: str) -> tuple[Values, tuple[int, ...], bool]:
        """What a plain name stands for at a place, whose scope the sample is for; and whether the place plays no part.

        Then it means the same wherever in its scope it stands.
        """
        key = (at[0], sample, name)
        known = self._known.get(key)
        if known is not None:
            return known[0], known[1], True
        found, is_stable = self._find(at, name)
        if is_stable:
            self._known[key] = found
        return found[0], found[1], is_stable

    def is_stable(self, file: int, sample: int, name: str) -> bool:
        """Whether a name that was looked up means the same wherever in its scope it stands."""
        return (file, sample, name) in self._known

    def _find(self, at: At, name: str) -> tuple[Meaning, bool]:
        """The meaning of a name, and whether it is the same wherever in its scope the name stands."""
        file, scope, position = at
        reaching = self._flow.reaching(file)
        binding = self._bindings.get((file, scope, name))
        if binding is None:
            scopes = self._flow.names.scopes[file]
            binder = self._binder(scopes, reaching, scope, name)
            binding = _Binding(reaching, scope, name, binder, scopes.is_ranged(name, ""))
            self._bindings[file, scope, name] = binding
        if binding.is_ranged and self._flow.names.scopes[file].is_narrowed(name, position):
            row = reaching.in_range(name, position)
            if row >= 0:
                return self._versions(file, (row,)), False
            return (NOTHING, (slot_key(Slot.INLINE, self._flow.inline_number(file, name, position)),)), False
        narrowed = reaching.narrowed(scope, name, position) if binding.may_narrow else -1
        if narrowed >= 0:
            return self._versions(file, (narrowed,)), False
        return self._unnarrowed(at, name, binding, reaching)

    def _unnarrowed(self, at: At, name: str, binding: _Binding, reaching: Reaching) -> tuple[Meaning, bool]:
        file, scope, position = at
        scopes = self._flow.names.scopes[file]
        if name == scopes.language.receiver:
            return self._received(at, scopes), binding.is_stable
        in_block = self._in_block(at, scopes, name) if binding.is_ranged and scopes.has_blocks(name) else None
        if in_block is not None:
            return in_block, False
        if binding.binder is not None:
            return self._bound(at, binding.binder, binding, name, reaching), binding.is_stable
        found = self._flow.names.name(file, scope, name, position).values
        if not found and name in scopes.language.whole_words:
            found = (self._flow.names.row(file, NO_DEFINITION),)
        if found or scopes.language.receiver_is_parameter:
            return self._held(found), binding.is_stable
        return (NOTHING, self._offered(file, scopes.entries(scope, name, position))), binding.is_stable

    def _received(self, at: At, scopes: FileScopes) -> Meaning:
        """What the function around a place is called on, where the language has a word for it."""
        file, scope, position = at
        word, owner = scopes.language.receiver, scopes.facts.definitions.owner
        found = self._flow.names.name(file, scope, word, position)
        if found.values:
            held = [value - INSTANCES for value in found.values if value >= INSTANCES]
            keys = tuple(slot_key(Slot.STORED, row) for row in held if self._flow.names.is_stored(row))
            return (NOTHING, keys) if keys else (found.values, ())
        while scope != NO_DEFINITION and scopes.block_start(scope, word, position) < 0:
            if word in scopes.names(scope):
                return NOTHING, (slot_key(Slot.RECEIVED, self._flow.names.row(file, scope)),)
            scope = owner[scope]
        return NOTHING, ()

    def _in_block(self, at: At, scopes: FileScopes, name: str) -> Meaning | None:
        """What a name stands for that a block around a place binds; None where none does."""
        _, scope, position = at
        owner = scopes.facts.definitions.owner
        while True:
            start = scopes.block_start(scope, name, position)
            if start >= 0:
                return self._bound_in_block(at, scope, name, start)
            is_hidden = scope not in (at[1], NO_DEFINITION) and scopes.is_class[scope]
            if scope == NO_DEFINITION or (not is_hidden and name in scopes.names(scope)):
                return None
            scope = owner[scope]

    def _bound_in_block(self, at: At, scope: int, name: str, start: int) -> Meaning:
        file, own, position = at
        scopes, reaching = self._flow.names.scopes[file], self._flow.reaching(file)
        entries = [e for e in scopes.in_block(scope, name, position) if self._is_defined(file, e)]
        if entries:
            return self._held(self._flow.names.entry_values(file, entries))
        placed = block_name(name, start)
        binding = self._bindings.get((file, scope, placed))
        if binding is None:
            binding = self._bindings[file, scope, placed] = _Binding(reaching, scope, placed, scope, True)
        values, keys = self._bound(at, scope, binding, placed, reaching)
        if not scopes.is_inline(name, start):
            return values, keys
        if scope == own and not reaching.reached(binding.bound, position)[1]:
            return values, keys
        return values, (*keys, slot_key(Slot.INLINE, self._flow.inline_number(file, name, position)))

    def _binder(self, scopes: FileScopes, reaching: Reaching, scope: int, name: str) -> int | None:
        """The scope around a place whose assignments or parameters bind a name; None where something else does."""
        owner, is_first = scopes.facts.definitions.owner, not scopes.language.receiver
        while True:
            is_hidden = not is_first and scope != NO_DEFINITION and scopes.is_class[scope]
            if not is_hidden and scopes.receivers.get(scope) != name and reaching.binds(scope, name):
                return scope
            if scope == NO_DEFINITION or (not is_hidden and name in scopes.names(scope)):
                return None
            scope, is_first = owner[scope], False

    def _versions(self, file: int, rows: Iterable[int]) -> Meaning:
        return NOTHING, tuple(slot_key(Slot.VERSION, row, file) for row in rows)

    def _bound(self, at: At, scope: int, binding: _Binding, name: str, reaching: Reaching) -> Meaning:
        """What a name that a scope binds stands for: the versions that reach, and what it meant before them."""
        if binding.declared != NO_TEXT:
            values = self._annotations.of_flow(at[0], binding.declared)
            if values:
                return self._made(at, scope, name, reaching) or values, ()
        if scope == at[1]:
            rows, is_entered = reaching.reached(binding.bound, at[2])
        else:
            rows, is_entered = reaching.everywhere(scope, name), True
        _, keys = self._versions(at[0], rows)
        if not is_entered:
            return NOTHING, keys
        if binding.entering is None:
            binding.entering = self._entering(at[0], scope, name)
        values, more = binding.entering
        return values, (*keys, *more)

    def _made(self, at: At, scope: int, name: str, reaching: Reaching) -> Values:
        """The instance that a name of this scope was bound to last, where a call of a class by its name makes it."""
        rows, is_entered = reaching.versions(scope, name, at[2]) if scope == at[1] else ((), True)
        facts = self._flow.facts(at[0])
        table = facts.expressions
        value = facts.flows.value[rows[0]] if len(rows) == 1 and not is_entered else -1
        callee = table.first[value] if value >= 0 and table.kind[value] == _CALL else -1
        if callee < 0 or table.kind[callee] != _NAME:
            return NOTHING
        position = facts.flows.position[rows[0]]
        found = self._flow.names.dotted(at[0], scope, facts.strings[table.text[callee]], position).values
        return (INSTANCES + found[0],) if len(found) == 1 and self._flow.names.classes.is_class(found[0]) else NOTHING

    def _entering(self, file: int, scope: int, name: str) -> Meaning:
        """What a name of a scope means besides its assignments: a parameter, a definition, an import."""
        parameter = self._flow.reaching(file).parameters.get((scope, name), NO_TEXT)
        if parameter != NO_TEXT:
            return NOTHING, (slot_key(Slot.PARAMETER, parameter, file),)
        entries = [e for e in self._flow.names.scopes[file].names(scope).get(name, ()) if self._is_defined(file, e)]
        if not entries:
            return NOTHING, ()
        values, keys = self._held(self._flow.names.entry_values(file, entries))
        return (values, keys) if values or keys else (NOTHING, self._offered(file, entries))

    def _offered(self, file: int, entries: Iterable[int]) -> tuple[int, ...]:
        """Keys of what modules of the tree are assigned under the names that imports take of them."""
        return tuple(key for entry in entries if entry <= IMPORTS for key in self._flow.offered(file, IMPORTS - entry))

    def _is_defined(self, file: int, entry: int) -> bool:
        """Whether an entry is more than the variable that the assignments themselves make."""
        return not entry >= 0 or not self._flow.names.scopes[file].is_value(entry)

    def _held(self, found: Sequence[int]) -> Meaning:
        """What definitions hold when their names are read."""
        values, keys = [], []
        for value in found:
            if self._flow.names.is_stored(value):
                keys.append(slot_key(Slot.STORED, value))
            elif self._flow.decorators(value):
                keys.append(slot_key(Slot.DECORATED, value))
            elif self._flow.names.is_module(value):
                values.append(value)
                keys.extend(self._flow.wholes(value))
            else:
                values.append(value)
        return tuple(sorted(values)), tuple(keys)
