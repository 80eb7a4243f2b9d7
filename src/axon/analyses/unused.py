"""Imports, parameters and attributes that nobody reads.

What flows in: a view, the mentions of names in its tree, and how languages write imports. What flows out: findings,
each with its proof and how sure it is.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from axon.analyses.doubts import in_object, is_under_unknown, is_value
from axon.analyses.finding import CERTAIN, DOUBTFUL, LIKELY, OPEN, Finding, Unused
from axon.analyses.mentions import CodeText, Mentions, count_name, line_above, line_of, names_in
from axon.graph.view import GraphView, Mask, Rows
from axon.model.kinds import CALLABLE_KINDS, NODE_KINDS, EdgeKind, Flag, NodeKind
from axon.model.lexicon import BoundImport, Lexicon

_LEFT_OUT: Final = Flag.GENERATED | Flag.VENDORED
_PARAMETER: Final = re.compile(r"\s*(\*{0,2}|\.\.\.)\s*([A-Za-z_$][\w$]*)")
_CONSTANT: Final = rb"None|True|False|null|undefined|NotImplemented|\d+|\"\"|''|\[\]|\{\}|\(\)"
_STUB: Final = re.compile(
    rb"\s*(?:pass|\.\.\.|raise\b[^\n]*|return(?:[ \t]+(?:" + _CONSTANT + rb"))?|throw\b[^\n]*)?[\s;}]*\Z"
)
_KEEPS: Final = re.compile(rb"#\s*noqa|eslint-disable|@ts-|# type: ignore|pylint: disable")
_NEEDS: Final = re.compile(
    rb"workaround|must (?:remain|stay|be)|needed|required|(?:not|n't) remove|keep|side.effect|compat", re.IGNORECASE
)
_STORED_ATTRIBUTE: Final = re.compile(rb"[\w)\]][.]([A-Za-z_$][\w$]*)[ \t]*=(?![=>])")
_BRANCH: Final = re.compile(rb"\}?\s*(?:try|except|if|else|elif|with|catch)\b")
_FUNCTION: Final = re.compile(rb"(?:(?:export|default|declare|async)\s+)*function\b")
_TYPE_ONLY: Final = re.compile(rb"\s*:\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*;?\s*")
_MARKUP: Final = re.compile(rb"</[\w.]*>|/>")
_EVERYTHING: Final = re.compile(rb"\b(?:locals|vars|eval|exec|arguments)\b")


def unused_imports(view: GraphView, text: Mentions, lexicon_of: Callable[[str], Lexicon]) -> list[Finding]:
    """Names that a file imports and never reads; a file that is a package's body imports for others."""
    found: list[Finding] = []
    edges = np.flatnonzero(view.edges_of(EdgeKind.IMPORTS))
    order = np.lexsort((view.edge_start[edges], view.source[edges]))
    defined = Counter(zip(view.paths, view.names, strict=True))
    seen: set[tuple[int, str]] = set()
    hubs: set[int] = set()
    importers = _importers(view, edges)
    for edge in edges[order].tolist():
        row = int(view.source[edge])
        path = view.paths[row]
        file = text.files.get(path)
        if file is None or int(view.flags[row]) & (_LEFT_OUT | Flag.PACKAGE):
            continue
        start, end = int(view.edge_start[edge]), int(view.edge_end[edge])
        statement = file.source[start:end].decode("utf-8", "replace")
        for bound in lexicon_of(path).imports(statement):
            if (row, bound.name) in seen:
                continue
            seen.add((row, bound.name))
            encoded = bound.name.encode("utf-8", "surrogatepass")
            others = (text.files.get(view.paths[other]) for other in importers.get(row, ()))
            if not _is_read(file, bound, (start, end), defined[view.paths[row], bound.name]):
                if any(other and other.names[encoded] for other in others):
                    hubs.add(row)
                else:
                    found.append(_import_finding(view, file, edge, bound, lexicon_of(path).markup_names))
    return [_less_sure(one) if one.row in hubs else one for one in found]


def _less_sure(finding: Finding) -> Finding:
    """An import of a file from which others take what it imports."""
    proof = f"{finding.proof}; others take what its file imports"
    return replace(finding, confidence=min(finding.confidence, OPEN), proof=proof)


def _importers(view: GraphView, imports: Rows) -> dict[int, set[int]]:
    """The files that import each file, by the rows of both."""
    found: dict[int, set[int]] = {}
    for edge in imports.tolist():
        if view.source[edge] != view.target[edge]:
            found.setdefault(int(view.target[edge]), set()).add(int(view.source[edge]))
    return found


def _is_read(file: CodeText, bound: BoundImport, span: tuple[int, int], n_defined: int) -> bool:
    """Whether a name stands outside of its import, other than in `n_defined` definitions of it."""
    name = bound.name.encode("utf-8", "surrogatepass")
    inside = count_name(file.code[span[0] : span[1]], name) + n_defined
    return bound.is_kept or bound.module.startswith("__") or file.names[name] > inside


def _import_finding(
    view: GraphView, file: CodeText, edge: int, bound: BoundImport, markup_names: Container[str]
) -> Finding:
    start, line = int(view.edge_start[edge]), int(view.line[edge])
    confidence, proof = LIKELY, f"`{bound.name}` stands nowhere else in the file"
    target = NODE_KINDS[view.kind[view.target[edge]]]
    if target in {NodeKind.FILE, NodeKind.MODULE} and "." in bound.module:
        confidence, proof = OPEN, f"{proof}; the import may be there for what it runs"
    if bound.name in markup_names and _MARKUP.search(file.code):
        confidence, proof = OPEN, f"{proof}; its markup may be compiled to calls of it"
    above = _condition(file.source, start)
    if above and b"TYPE_CHECKING" not in above:
        confidence, proof = OPEN, f"{proof}; it is tried, or made under a condition"
    if _NEEDS.search(_comments_on(file.source, start, bound.name)):
        confidence, proof = OPEN, f"{proof}; a comment says what it is for"
    if _KEEPS.search(line_of(file.source, start)):
        confidence, proof = DOUBTFUL, f"{proof}; a comment keeps it"
    return Finding(Unused.IMPORT, int(view.source[edge]), bound.name, line, confidence, proof)


def _comments_on(source: bytes, start: int, name: str) -> bytes:
    """The comment that ends right above an import, and what stands behind a name that it binds, on the same line."""
    at = source.rfind(b"\n", 0, start)
    above: list[bytes] = []
    while at > 0 and (line := line_of(source, at - 1).strip()).startswith((b"#", b"//", b"*", b"/*")):
        above.append(line)
        at = source.rfind(b"\n", 0, at - 1)
    beside = re.compile(rb"\b" + re.escape(name.encode()) + rb"\b[^\n]*?((?://|#|/\*)[^\n]*)").search(source, start)
    return b"\n".join([*above, beside[1] if beside else b""])


def _condition(source: bytes, at: int) -> bytes:
    """The nearest line above that is indented less, where that begins a condition or an attempt; else nothing."""
    line = line_above(source, at).strip()
    return line if _BRANCH.match(line) else b""


def unused_parameters(view: GraphView, text: Mentions, lexicon_of: Callable[[str], Lexicon]) -> list[Finding]:
    """Parameters that their function never reads; what overrides, is overridden or is a stub has them for others."""
    bound = _bound_by_others(view)
    rows = np.flatnonzero(view.is_kind(*CALLABLE_KINDS) & ~bound)
    signatures, is_of_class = view.texts("signature"), view.is_kind(NodeKind.METHOD)
    n_methods = Counter(view.names[row] for row in np.flatnonzero(is_of_class).tolist())
    n_beside = Counter((view.paths[row], view.names[row]) for row in np.flatnonzero(view.is_callable).tolist())
    found: list[Finding] = []
    for row in rows.tolist():
        file = text.files.get(view.paths[row])
        if file is None or "(" not in signatures[row]:
            continue
        code = file.code[view.start_byte[row] : view.end_byte[row]]
        body = body_of(code)
        if body is None or _STUB.match(body) or _EVERYTHING.search(body):
            continue
        names = list(_parameters(signatures[row]))
        is_method = is_of_class[row] and not view.flags[row] & Flag.STATIC
        if is_method and lexicon_of(view.paths[row]).receiver_is_parameter:
            names = names[1:]
        counts = Counter(names_in(code)) if names else Counter()
        for stars, name in names:
            if not name.startswith("_") and counts[name.encode()] <= 1:
                several = bool(is_method) and n_methods[view.names[row]] > 1
                several |= n_beside[view.paths[row], view.names[row]] > 1
                found.append(_parameter_finding(view, text, row, name, is_rest=bool(stars), is_one_of_several=several))
    return found


def _parameter_finding(
    view: GraphView, text: Mentions, row: int, name: str, *, is_rest: bool, is_one_of_several: bool
) -> Finding:
    function = view.names[row]
    confidence, proof = CERTAIN, f"`{name}` does not stand in the body of `{function}`"
    if is_rest:
        confidence, proof = OPEN, f"{proof}; it takes what others may pass"
    elif view.flags[row] & Flag.EXPORTED:
        confidence, proof = OPEN, f"{proof}; others may pass it"
    elif is_one_of_several:
        confidence, proof = OPEN, f"{proof}; there are others called `{function}`, which may be called in its place"
    elif _is_handed_over(view, text, row):
        confidence, proof = OPEN, f"{proof}; whoever gets `{function}` as a value may pass it"
    return Finding(Unused.PARAMETER, row, name, int(view.start_line[row]), confidence, proof)


def _bound_by_others(view: GraphView) -> Mask:
    """Functions whose parameters something else prescribes."""
    found: Mask = (view.flags & (Flag.TEST | Flag.ABSTRACT | Flag.OVERLOAD | _LEFT_OUT)) != 0
    overrides = view.edges_of(EdgeKind.OVERRIDES)
    found[view.source[overrides]] = True
    found[view.target[overrides]] = True
    found[view.source[view.edges_of(EdgeKind.TRIGGERED_BY, EdgeKind.DECORATED_BY)]] = True
    found[view.target[view.edges_of(EdgeKind.PASSES, EdgeKind.HANDLED_BY)]] = True
    defines = np.flatnonzero(view.edges_of(EdgeKind.DEFINES))
    bases = view.edges_of(EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS)
    inherits = np.zeros(view.n_nodes, bool)
    inherits[view.source[bases]] = True
    inherits |= view.is_kind(NodeKind.INTERFACE)
    found[view.target[defines[inherits[view.source[defines]]]]] = True
    for row in np.flatnonzero(view.is_kind(*CALLABLE_KINDS)).tolist():
        found[row] |= view.names[row].startswith("__")
    return found


def _is_handed_over(view: GraphView, text: Mentions, row: int) -> bool:
    """Whether a function stands where a value is wanted, or its name in its file without being called."""
    file, start = text.files[view.paths[row]], int(view.start_byte[row])
    name = view.names[row].encode()
    if name.startswith(tuple(text.prefixes)) or is_value(file, start) or is_under_unknown(file, start):
        return True
    if in_object(name).match(file.code, start):
        return True
    value = re.compile(rb"(?<![\w$])(?<!def )(?<!function )" + re.escape(name) + rb"(?![\w$])(?!\s*[(<])")
    return value.search(file.code) is not None


def body_of(code: bytes) -> bytes | None:
    """What follows the parameter list and its annotation; None where that is not found, or is only a type."""
    if _FUNCTION.match(code) and not code.rstrip().endswith(b"}"):
        return None
    depth, at = 0, code.find(b"(")
    while 0 <= at < len(code):
        depth += (code[at] in b"([{") - (code[at] in b")]}")
        at += 1
        if depth == 0:
            break
    rest = code[at:]
    if _TYPE_ONLY.fullmatch(rest):
        return None
    opened = re.match(rb"[^\n]*?(?::\s*\n|:(?=[^\n]*\Z)|=>\s*\{?|\{)", rest)
    return rest[opened.end() :] if opened else None


def _parameters(signature: str) -> Iterator[tuple[str, str]]:
    """Stars and name of each parameter, but for those taken apart, and the one at which a long list is cut."""
    depth, piece = 0, ""
    for character in signature[signature.find("(") + 1 :]:
        if character in ",)" and depth == 0:
            yield from _parameter(piece)
            piece = ""
            if character == ")":
                return
            continue
        is_arrow = character == ">" and piece.endswith(("=", "-"))
        depth += (character in "([{<") - (character in ")]}>" and not is_arrow)
        piece += character


def _parameter(piece: str) -> Iterator[tuple[str, str]]:
    found = _PARAMETER.match(piece)
    if found and piece.strip() not in {"*", "/"}:
        yield found[1], found[2]


def unused_attributes(view: GraphView, text: Mentions, *, is_library: bool) -> list[Finding]:
    """Attributes of values that are only ever assigned to, in the whole tree, and that no class declares."""
    known = set(view.names)
    found: list[Finding] = []
    for row in np.flatnonzero(view.is_file & ((view.flags & (Flag.TEST | _LEFT_OUT)) == 0)).tolist():
        file = text.files.get(view.paths[row])
        for match in _STORED_ATTRIBUTE.finditer(file.code) if file else ():
            name = match[1].decode("utf-8", "replace")
            if text.reads[match[1]] <= 0 and name not in known:
                known.add(name)
                line = match.string.count(b"\n", 0, match.start(1)) + 1
                confidence = DOUBTFUL if is_library else OPEN
                proof = f"`{name}` is assigned to and never read; what holds it may come from elsewhere"
                found.append(Finding(Unused.ATTRIBUTE, row, name, line, confidence, proof))
    return found
