"""Stubs of Python modules (PEP 484, PEP 561), read from facts.

What flows in: the facts of a `.pyi` file. What flows out: what it declares, with every type under its absolute name.
Of definitions that stand under different versions of Python the first counts, which in typeshed is the latest.
"""

import re
from bisect import bisect_right
from typing import Final

from axon.languages.library import Annotation
from axon.languages.python_annotations import annotation, header
from axon.languages.stubs import (
    LITERAL,
    OWN,
    VARIABLE,
    Declared,
    Expected,
    Installed,
    Signature,
    Stub,
    StubModule,
    StubReader,
)
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FileFacts
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES, NODE_KINDS, Flag, NodeKind

_CALL, _NAME = int(ExpressionKind.CALL), int(ExpressionKind.NAME)
_OVERLOAD, _ACCESSOR, _STATIC = int(Flag.OVERLOAD), int(Flag.ACCESSOR), int(Flag.STATIC)
_TYPE_ALIAS: Final = NODE_KINDS.index(NodeKind.TYPE_ALIAS)
_KEYWORD: Final = re.compile(r",?\s*\b\w+\s*=\s*[\w.]+(?=\s*[,)])")  # of a class statement: `metaclass=ABCMeta`
_COMMENT: Final = re.compile(r"#[^\n]*")
_VARIABLES: Final = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})
_GENERIC: Final = frozenset({"Generic", "Protocol"})
_SELF: Final = frozenset({"typing.Self", "typing_extensions.Self", "_typeshed.Self"})
_TEXTS: Final = frozenset({"typing.LiteralString", "typing_extensions.LiteralString"})
_SUFFIX: Final = ".pyi"
_LITERAL: Final = re.compile(r"\b(?:\w+\.)?Literal\s*\[([^\]]*)\]")
_TEXT: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_NO_TYPE: Final = Annotation("", ())
_RECEIVER: Final = "self."


def _files(module: str) -> tuple[str, ...]:
    path = module.replace(".", "/")
    return (f"{path}/__init__{_SUFFIX}", f"{path}{_SUFFIX}")


def _installed(module: str) -> tuple[Installed, ...]:
    """Where a package of an environment may have a module, in the order of PEP 561: packages of stubs, then its own
    stubs and sources where it says that it is typed."""
    head, _, rest = module.partition(".")
    stubs, own = f"{head}-stubs{rest and '/'}{rest.replace('.', '/')}", module.replace(".", "/")
    typed = f"{head}/py.typed"
    return (
        Installed(f"{stubs}/__init__{_SUFFIX}"),
        Installed(f"{stubs}{_SUFFIX}"),
        Installed(f"{own}/__init__{_SUFFIX}", typed),
        Installed(f"{own}{_SUFFIX}", typed),
        Installed(f"{own}/__init__.py", typed),
        Installed(f"{own}.py", typed),
    )


def read(module: str, facts: FileFacts, content: bytes, is_package: bool) -> StubModule:
    """What a stub declares."""
    return _Reader(module, facts, content, is_package).module()


def read_source(module: str, facts: FileFacts, content: bytes, is_package: bool) -> StubModule:
    """What a source declares; a class may have more than that."""
    return _Reader(module, facts, content, is_package, is_source=True).module()


class _Reader:
    def __init__(
        self, module: str, facts: FileFacts, content: bytes, is_package: bool, *, is_source: bool = False
    ) -> None:
        self._module, self._facts, self._content = module, facts, content
        self._is_source = is_source
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", content))]
        self._literals: list[tuple[str, ...]] = []
        self._parameters: dict[int, list[int]] = {}
        for row, owner in enumerate(facts.parameters.owner):
            self._parameters.setdefault(owner, []).append(row)
        self._package = module if is_package else module.rpartition(".")[0]
        self._declared: dict[str, Stub] = {}
        self._stars: dict[str, None] = {}
        self._imported: dict[str, tuple[str, str]] = {}  # name -> module, and name in it; '' for the module itself
        self._names = self._dotted_names()
        self._variables = self._type_variables()
        stored = zip(facts.flows.scope, facts.flows.target, strict=True)
        self._own = {*self._names, *(self._text(target) for scope, target in stored if scope == NO_DEFINITION)}

    def module(self) -> StubModule:
        """All that it declares."""
        self._read_imports()
        for row, kind in enumerate(self._facts.definitions.kind):
            name = self._names[row]
            if kind in CLASS_CODES:
                self._add_class(row, name)
            elif kind in CALLABLE_CODES or self._facts.definitions.flags[row] & _ACCESSOR:
                self._add_function(row, name)
        self._add_values()
        for name, (module, other) in self._imported.items():
            if other and name not in self._declared:
                self._add(name, Stub(Declared.ALIAS, (Annotation(f"{module}.{other}", ()),)))
        return StubModule(self._declared, tuple(self._stars))

    def _text(self, text: int) -> str:
        return self._facts.strings[text] if text != NO_TEXT else ""

    def _dotted_names(self) -> list[str]:
        table, names = self._facts.definitions, list[str]()
        for name, owner in zip(table.name, table.owner, strict=True):
            own = self._text(name)
            names.append(own if owner == NO_DEFINITION else f"{names[owner]}.{own}")
        return names

    def _type_variables(self) -> frozenset[str]:
        """Names of the file's own type variables."""
        flows, table = self._facts.flows, self._facts.expressions
        found = set[str]()
        for target, value in zip(flows.target, flows.value, strict=True):
            if value >= 0 and table.kind[value] == _CALL and table.first[value] >= 0:
                callee = self._text(table.text[table.first[value]])
                if callee.rpartition(".")[2] in _VARIABLES:
                    found.add(self._text(target))
        return frozenset(found)

    def _read_imports(self) -> None:
        table = self._facts.imports
        for module, level, name, alias in zip(table.module, table.level, table.name, table.alias, strict=True):
            source = self._absolute(self._text(module), level)
            other, local = self._text(name), self._text(alias)
            if other == "*":
                self._stars[source] = None
            elif other:
                self._imported[local or other] = (source, other)
            else:
                self._imported[local or source.partition(".")[0]] = (source if local else source.partition(".")[0], "")

    def _absolute(self, module: str, level: int) -> str:
        if not level:
            return module
        package = self._package.split(".")
        return ".".join(part for part in (*package[: len(package) - level + 1], module) if part)

    def _add(self, name: str, stub: Stub) -> None:
        self._declared.setdefault(name, stub)

    def _add_class(self, row: int, name: str) -> None:
        signature = self._text(self._facts.definitions.signature[row])
        listed, bases, _ = header(_KEYWORD.sub("", signature))
        own = frozenset(listed)
        named = [base for base in bases if base.name.rpartition(".")[2] in _GENERIC and base.arguments]
        types = tuple(self._type(base, own) for base in bases if base.name and base not in named)
        parts = [part.name for base in (named or bases) for part in base.arguments]
        variables = listed or tuple(dict.fromkeys(part for part in parts if self._is_variable(part)))
        if self._is_source:
            types = (*types, _NO_TYPE)  # what else it has is not told
        self._add(
            name, Stub(Declared.CLASS, types, tuple(f"{VARIABLE}{part}" for part in variables), line=self._line_of(row))
        )

    def _add_function(self, row: int, name: str) -> None:
        table = self._facts.definitions
        own = frozenset(header(self._text(table.signature[row])).parameters) | self._around(row)
        result = self._type(self._result(row), own)
        known, flags = self._declared.get(name), table.flags[row]
        if flags & _ACCESSOR:
            self._add(name, Stub(Declared.VALUE, (result,), line=self._line_of(row)))
            return
        signature = Signature(result)
        if flags & _OVERLOAD or _names_variable(result):
            signature = self._signature(row, result, own)
        if known is None:
            self._declared[name] = Stub(Declared.FUNCTION, signatures=(signature,), line=self._line_of(row))
        elif flags & _OVERLOAD and known.kind is Declared.FUNCTION:
            self._declared[name] = known._replace(signatures=(*known.signatures, signature))

    def _signature(self, row: int, result: Annotation, own: frozenset[str]) -> Signature:
        """A signature with all that its result may depend on."""
        table, parameters = self._facts.parameters, self._facts.definitions
        rows, receiver = self._parameters.get(row, []), _NO_TYPE
        if rows and parameters.owner[row] != NO_DEFINITION and not parameters.flags[row] & _STATIC:
            receiver, rows = self._type(self._read(table.annotation[rows[0]]), own), rows[1:]
        expected = [
            Expected(
                self._text(table.name[one]),
                self._type(self._read(table.annotation[one]), own),
                table.kind[one],
                table.default[one] != NO_TEXT,
            )
            for one in rows
        ]
        return Signature(result, tuple(expected), receiver)

    def _result(self, row: int) -> Annotation:
        """What calling a function gives, as written; facts have no end of a very long signature."""
        table = self._facts.definitions
        if table.returns[row] != NO_TEXT:
            return self._read(table.returns[row])
        arrow, behind = self._source(row).rpartition("->")[1:]
        return self._annotation(behind.rpartition(":")[0].strip()) if arrow else _NO_TYPE

    def _source(self, row: int) -> str:
        table = self._facts.definitions
        return self._content[table.start_byte[row] : table.end_byte[row]].decode("utf-8", "replace")

    def _read(self, text: int) -> Annotation:
        return self._annotation(self._text(text)) if text != NO_TEXT else _NO_TYPE

    def _annotation(self, text: str) -> Annotation:
        """A type as written; texts that it lists are kept as they are."""
        if text == "None":
            return Annotation(LITERAL, ())
        return annotation(_LITERAL.sub(self._literal, text) if "Literal" in text else text)

    def _literal(self, match: re.Match[str]) -> str:
        self._literals.append(tuple(one or other for one, other in _TEXT.findall(match.group(1))))
        return f"{LITERAL}_{len(self._literals) - 1}"

    def _around(self, row: int) -> frozenset[str]:
        """The type parameters that the classes around a definition list in brackets."""
        table, found = self._facts.definitions, set[str]()
        while (row := table.owner[row]) != NO_DEFINITION:
            found.update(header(self._text(table.signature[row])).parameters)
        return frozenset(found)

    def _add_values(self) -> None:
        flows, table = self._facts.flows, self._facts.expressions
        columns = zip(flows.scope, flows.target, flows.annotation, flows.value, flows.position, strict=True)
        for written_in, target, text, value, position in columns:
            if target == NO_TEXT or self._text(target) in self._variables:
                continue
            own, scope = self._text(target), written_in
            if own.startswith(_RECEIVER) and scope != NO_DEFINITION:
                own, scope = own[len(_RECEIVER) :], self._facts.definitions.owner[scope]  # a field, set by a method
            name = own if scope == NO_DEFINITION else f"{self._names[scope]}.{own}"
            around = frozenset[str]() if scope == NO_DEFINITION else self._around_of(scope)
            said = self._read(text)
            if said.name and said.name.rpartition(".")[2] not in ("TypeAlias", "Final"):
                self._add(name, Stub(Declared.VALUE, (self._type(said, around),), line=self._line_at(position)))
            elif value >= 0 and table.kind[value] == _NAME:
                other = Annotation(self._text(table.text[value]), ())
                before = "" if scope == NO_DEFINITION else self._names[scope]
                inner = f"{before}.{other.name}" if before else other.name
                known = Annotation(f"{self._module}.{inner}", ()) if inner in self._own else self._type(other, around)
                self._add(name, Stub(Declared.ALIAS, (known,)))
        self._add_aliases()

    def _add_aliases(self) -> None:
        """What names stand for that are declared to be types."""
        table, flows = self._facts.definitions, self._facts.flows
        said = zip(flows.target, flows.annotation, strict=True)
        named = {target for target, text in said if text >= 0 and self._text(text).endswith("TypeAlias")}
        for row, kind in enumerate(table.kind):
            if (kind == _TYPE_ALIAS or table.name[row] in named) and self._names[row] not in self._declared:
                text = _COMMENT.sub("", self._source(row).partition("=")[2]).strip()
                self._add(self._names[row], Stub(Declared.TYPE, (self._type(self._annotation(text), frozenset()),)))

    def _line_of(self, row: int) -> int:
        return self._facts.definitions.start_line[row]

    def _line_at(self, position: int) -> int:
        """The line of a byte."""
        return bisect_right(self._starts, position)

    def _around_of(self, scope: int) -> frozenset[str]:
        own = header(self._text(self._facts.definitions.signature[scope])).parameters
        return frozenset(own) | self._around(scope)

    def _is_variable(self, name: str) -> bool:
        if name in self._variables:
            return True
        module, other = self._imported.get(name, ("", ""))
        is_shared = module == "_typeshed" and other.endswith(("_co", "_contra"))
        return is_shared or other in ("AnyStr", "AnyOrLiteralStr")

    def _type(self, written: Annotation, own: frozenset[str]) -> Annotation:
        """A type under its absolute name."""
        name, arguments = written
        parts = tuple(self._type(part, own) for part in arguments)
        if name in ("", "|", "[]"):
            return Annotation(name, parts)
        if name in own or self._is_variable(name):
            return Annotation(OWN if name == "Self" else f"{VARIABLE}{name}", ())
        if name == LITERAL or name.startswith(f"{LITERAL}_"):
            texts = self._literals[int(name.rpartition("_")[2])] if name != LITERAL else ()
            return Annotation(LITERAL, tuple(Annotation(text, ()) for text in texts))
        absolute = self._named(name)
        if absolute.name in _SELF:
            return Annotation(OWN, ())
        if absolute.name in _TEXTS:
            return Annotation("builtins.str", ())
        return Annotation(absolute.name, parts)

    def _named(self, name: str) -> Annotation:
        head, _, rest = name.partition(".")
        imported = self._imported.get(head)
        if head in self._own or imported is None:
            module = self._module if head in self._own or self._stars else "builtins"
            return Annotation(f"{module}.{name}", ())
        module, other = imported
        inside = ".".join(part for part in (other, rest) if part)
        return Annotation(f"{module}.{inside}", ())


def _names_variable(said: Annotation) -> bool:
    return said.name.startswith(VARIABLE) or any(map(_names_variable, said.arguments))


READER: Final = StubReader(
    "typeshed-client",
    "typeshed_client",
    "typeshed",
    _files,
    read,
    read_source,
    environments=(".venv", "venv", "env"),
    packages=("lib/python3.*/site-packages", "Lib/site-packages"),
    versions=".dist-info",
    installed=_installed,
    is_stub=lambda path: path.endswith(_SUFFIX),
)
