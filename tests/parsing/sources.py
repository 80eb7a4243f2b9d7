"""Sources for the tests of parsing: generated programs, and readings of facts by name."""

from hypothesis import strategies as st

from axon.model.facts import NO_TEXT, FileFacts, ReferenceKind
from axon.model.kinds import NODE_KINDS

_NAMES = st.sampled_from(["a", "b", "value", "self", "größe", "Box", "_x"])
_EXPRESSIONS = st.recursive(
    st.one_of(_NAMES, st.sampled_from(["1", "'s, t'", "None", "[]", 'f"{a()}"'])),
    lambda inner: st.one_of(
        st.builds("{}({})".format, inner, inner),
        st.builds("{}.{}".format, inner, _NAMES),
        st.builds("[{} for {} in {}]".format, inner, _NAMES, inner),
        st.builds("(lambda {}: {})".format, _NAMES, inner),
        st.builds("({} := {})".format, _NAMES, inner),
    ),
    max_leaves=6,
)
_SIMPLE = st.one_of(
    _EXPRESSIONS,
    st.builds("{} = {}".format, _NAMES, _EXPRESSIONS),
    st.builds("self.{} = {}".format, _NAMES, _EXPRESSIONS),
    st.builds("{}: {} = {}".format, _NAMES, _NAMES, _EXPRESSIONS),
    st.builds("from .{} import {} as {}".format, _NAMES, _NAMES, _NAMES),
    st.builds("import {}.{}".format, _NAMES, _NAMES),
    st.builds("global {}".format, _NAMES),
    st.just("__all__ = ['a', 'Box']"),
    st.just('"""Doc."""'),
    st.just("pass  # why"),
)


def _block(head: str, body: list[str]) -> str:
    lines = [line for statement in body for line in statement.split("\n")]
    return "\n".join([head, *(f"    {line}" for line in lines)])


def _bodies(inner: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(inner, min_size=1, max_size=3)


_STATEMENTS = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        st.builds(lambda n, p, b: _block(f"def {n}({p}, *, k=1) -> {p}:", b), _NAMES, _NAMES, _bodies(inner)),
        st.builds(lambda n, p, b: _block(f"class {n}({p}):", b), _NAMES, _NAMES, _bodies(inner)),
        st.builds(lambda n, b: _block(f"for {n} in a:", b), _NAMES, _bodies(inner)),
        st.builds(lambda e, b: _block(f"@{e}\nasync def f(x: '{e}'):", b), _NAMES, _bodies(inner)),
    ),
    max_leaves=12,
)


PROGRAMS = st.lists(_STATEMENTS, max_size=6).map(lambda parts: "".join(f"{part}\n" for part in parts))


def definitions(facts: FileFacts) -> list[tuple[str, str]]:
    """(kind, name) of every definition."""
    table = facts.definitions
    return [(NODE_KINDS[k].value, facts.strings[n]) for k, n in zip(table.kind, table.name, strict=True)]


def calls(facts: FileFacts) -> list[tuple[str, str]]:
    """(receiver, name) of every call; the receiver of a dotted name is empty."""
    table = facts.references
    return [
        ("" if r == NO_TEXT else facts.strings[r], facts.strings[t])
        for k, t, r in zip(table.kind, table.text, table.receiver, strict=True)
        if k == ReferenceKind.CALL
    ]
