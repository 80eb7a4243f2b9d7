"""Answers as blocks of Markdown, for agents: compact, ids as they are, so that each can be asked about next.

What flows in: an Answer. What flows out: blocks, the answer itself first. It does not know budgets.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import xxhash

from axon.model.answers import (
    ContextAnswer,
    CypherAnswer,
    EdgeAnswer,
    IndexState,
    SearchAnswer,
    Site,
    StatusAnswer,
    SymbolRef,
    UnresolvedList,
)
from axon.model.artifacts import ArtifactAnswer
from axon.model.exploration import (
    ExploreAnswer,
    ExploreRow,
    ExploreSection,
    HealthAnswer,
    SourceText,
    TraceAnswer,
)
from axon.model.findings import ImpactAnswer, ImpactRow
from axon.model.review import DiffAnswer, MapAnswer
from axon.serve.blocks import Block
from axon.serve.markdown import at, code, diff_markdown

_FENCE: Final = "```"


def state_line(state: IndexState) -> str:
    """Which index answered, whether the tree has moved on, and how far the vectors are."""
    tree = state.tree
    if tree is None:
        age = "tree not looked at"
    elif tree.moved_on:
        age = f"STALE: {tree.changed + tree.removed + (tree.added or 0)} files changed since"
    else:
        age = "as the tree is"
    vectors = "no vectors" if state.embeddings is None else f"vectors {state.embeddings.done}/{state.embeddings.total}"
    return " · ".join([f"generation {state.generation}, {age}", vectors, *state.warnings])


def explore_blocks(answer: ExploreAnswer) -> list[Block]:
    """Sections in their order; the first line says what the question was taken for."""
    blocks = [Block(f"Taken for: {answer.kind}.")]
    if answer.others:
        names = ", ".join(code(other.id) for other in answer.others)
        blocks.append(Block(f"Names fit others as well: {names}"))
    for section in answer.sections:
        blocks += section_blocks(section)
    if not answer.sections:
        blocks.append(Block("Nothing in the index answers it. Name a symbol, or use other words."))
    return blocks


def trace_blocks(answer: TraceAnswer) -> list[Block]:
    """The path, step by step."""
    if not answer.steps:
        return [Block(f"No path from {code(answer.source.id)} to {code(answer.target.id)}, nor back.")]
    start = answer.target if answer.is_reverse else answer.source
    note = " (the other way round: nothing leads from the first to the second)" if answer.is_reverse else ""
    steps = [
        f"{n}. {step.kind} {at(step.symbol)}{_place(step.site)} {_why(step)}" for n, step in enumerate(answer.steps, 1)
    ]
    return [Block(f"From {at(start)}{note}"), *map(Block, steps)]


def search_blocks(answer: SearchAnswer) -> list[Block]:
    """Hits, and the words that others were taken for; where there is none, whether anything came near."""
    rows = [f"- {at(h.symbol)} {h.symbol.kind}{_signature(h.signature)}{_said(h.summary)}" for h in answer.hits]
    head = f"{len(answer.hits)} of {answer.total} for {code(answer.query)}" if rows else answer.note
    corrected = (
        f"Nothing has {code(word)}; searched for {' and '.join(map(code, terms))}."
        for word, terms in answer.corrected.items()
    )
    return [Block(head or "Nothing to look for."), *map(Block, [*corrected, *rows])]


def context_blocks(answer: ContextAnswer, source: SourceText | None) -> list[Block]:
    """Definition and source, then its surroundings, the nearest first."""
    d = answer.definition
    blocks = [
        Block(f"{d.symbol.kind} {at(d.symbol)}{_signature(d.signature)}{_said(d.summary)}"),
        *source_blocks(source, d.symbol),
    ]
    blocks += [Block(line) for one in answer.written for line in _written_lines(one)]
    blocks += [Block(f"Part of the feature {name} (by a model)") for name in answer.features]
    blocks += _refs("Members", answer.members)
    for heading, edges in (
        ("Callers", answer.callers),
        ("Possible callers", answer.uncertain_callers),
        ("Calls", answer.callees),
        ("Possible calls", answer.uncertain_callees),
        ("Bases", answer.bases),
        ("Subclasses", answer.subclasses),
        ("Overrides", answer.overrides),
        ("Overridden by", answer.overridden_by),
        ("Used as a type by", answer.used_by),
        ("Handed over by", answer.passed_by),
        ("Hands over", answer.passes),
        ("Types", answer.types),
        ("Decorated by", answer.decorated_by),
        ("Decorates", answer.decorates),
    ):
        blocks += _edges(heading, edges)
    return [*blocks, *_unresolved("Unresolved calls of its name", answer.possible_callers)]


def impact_blocks(answer: ImpactAnswer) -> list[Block]:
    """Who depends on it by distance, the tests, and what may be missing."""
    blocks = [Block(f"{answer.total} symbols depend on {at(answer.symbol)} within {answer.depth} steps.")]
    for group in answer.groups:
        steps = "1 step" if group.depth == 1 else f"{group.depth} steps"
        blocks += _listed(f"{steps} away", map(_impact_row, group.rows), group.total)
    blocks += _listed("Tests that would notice", map(_impact_row, answer.tests.rows), answer.tests.total)
    return [*blocks, *_unresolved("Unresolved calls that may reach it", answer.possible)]


def map_blocks(lines: Sequence[str], answer: MapAnswer) -> list[Block]:
    """The map as it is: its own budget has shaped it."""
    head = f"{answer.shown} of {answer.total} symbols" + (
        f", near {', '.join(map(code, answer.focus))}" if answer.focus else ""
    )
    return [Block(head), *map(Block, lines)]


def diff_blocks(answer: DiffAnswer) -> list[Block]:
    """The comment on a pull request, line by line."""
    lines = [line for line in diff_markdown(answer) if line]
    return [Block(line, is_heading=line.startswith("### ")) for line in lines]


def status_blocks(answer: StatusAnswer) -> list[Block]:
    """Counts, the share of resolved calls, problems."""
    counts = ", ".join(f"{kind} {n}" for kind, n in answer.nodes.items())
    edges = ", ".join(f"{kind} {n}" for kind, n in answer.edges.items())
    blocks = [
        Block(f"{answer.files} files of {answer.index.root}"),
        Block(f"Nodes: {counts}"),
        Block(f"Edges: {edges}"),
    ]
    if answer.labels:
        labels = ", ".join(f"{kind} {n}" for kind, n in answer.labels.items())
        blocks.append(Block(f"Labels, which Cypher counts as well: {labels}"))
    blocks += [
        Block(
            f"Calls in {c.language}: {c.resolved} resolved ({c.ratio:.1%}), "
            f"{c.uncertain} uncertain, {c.unresolved} unresolved"
        )
        for c in answer.calls
    ]
    problems = [f"- {p.path}:{p.line} {p.what}" for p in answer.problems]
    return [*blocks, *_listed("Problems", problems, len(problems))]


def health_blocks(answer: HealthAnswer) -> list[Block]:
    """Broken contracts first, then cycles, hubs, and the longest functions."""
    blocks = [
        Block(f"{answer.resolved:.1%} of all call sites are resolved; {answer.n_contracts} contracts in axon.toml.")
    ]
    blocks += _listed("Broken contracts", (f"- {said}" for said in answer.contracts), len(answer.contracts))
    cycles = [f"- {', '.join(code(path) for path in cycle)}" for cycle in answer.cycles]
    blocks += _listed("Import cycles", cycles, len(cycles))
    for heading, rows in (("Hubs", answer.hubs), ("Longest functions", answer.longest)):
        blocks += _listed(heading, (f"- {at(r.symbol)} used by {r.fan_in}, {r.lines} lines" for r in rows), len(rows))
    return blocks


def cypher_blocks(answer: CypherAnswer) -> list[Block]:
    """A table, a row a block."""
    if not answer.rows:
        return [Block("No rows.")]
    head = [f"| {' | '.join(answer.columns)} |", f"|{' --- |' * len(answer.columns)}"]
    rows = [f"| {' | '.join(_cell(value) for value in row)} |" for row in answer.rows]
    more = [Block("There are more rows: add a LIMIT and an ORDER BY, or SKIP.")] if answer.truncated else []
    return [Block("\n".join(head)), *map(Block, rows), *more]


def source_blocks(source: SourceText | None, symbol: SymbolRef) -> list[Block]:
    """Lines of source, fenced, under a key that changes with them."""
    if source is None or not source.lines:
        return []
    text = "\n".join(source.lines)
    fence = _FENCE
    while fence in text:
        fence += "`"
    rest = f"\n… {source.cut} more lines" if source.cut else ""
    key = f"{symbol.id}@{xxhash.xxh3_64_hexdigest(text.encode('utf-8', 'surrogatepass'))}"
    return [Block(f"{fence}\n{text}\n{fence}{rest}", key, "(source shown before)")]


def section_blocks(section: ExploreSection) -> list[Block]:
    """A heading, a block for each row, and how many more there are."""
    blocks = [Block(f"### {section.heading} ({section.total})", is_heading=True)]
    for row in section.rows:
        blocks += _row(row)
    rest = section.total - len(section.rows)
    return [*blocks, *([Block(f"- … {rest} more")] if rest > 0 else [])]


def _written_lines(one: ArtifactAnswer) -> list[str]:
    """What was written, who wrote it and whether it stands; a contract claim by claim."""
    if not one.claims:
        return [f"{one.task.capitalize()} ({one.origin}): {one.text}"]
    claims = [
        f"- {c.sort.replace('_', ' ')}: {c.text} ({c.state}{f' at {c.path}:{c.line}' if c.state != 'stale' else ''})"
        for c in one.claims
    ]
    return [f"{one.task.capitalize()} ({one.origin}):", *claims]


def _row(row: ExploreRow) -> list[Block]:
    said = f" {row.said}" if row.said else ""
    line = f"- {at(row.symbol)}{_place(row.site)}{said}"
    source = row.source
    if source is None or not source.lines:
        return [Block(line)]
    if len(source.lines) == 1 and row.site is not None:
        return [Block(f"{line}\n  {code(source.lines[0])}")]
    (shown,) = source_blocks(source, row.symbol)
    return [Block(f"{line}\n{shown.text}", shown.key, f"{line} {shown.instead}")]


def _place(site: Site | None) -> str:
    return f" at {site.path}:{site.line}" if site is not None and site.line else ""


def _why(edge: EdgeAnswer) -> str:
    return edge.rule if edge.confidence >= 1 else f"{edge.rule} {edge.confidence:.2f}"


def _signature(signature: str) -> str:
    return " " + " or ".join(map(code, signature.split("\n"))) if signature else ""


def _said(summary: str) -> str:
    return f" — {summary}" if summary else ""


def _edges(heading: str, edges: Sequence[EdgeAnswer]) -> list[Block]:
    return _listed(heading, (f"- {at(e.symbol)}{_place(e.site)} {_why(e)}" for e in edges), len(edges))


def _refs(heading: str, symbols: Sequence[SymbolRef]) -> list[Block]:
    return _listed(heading, (f"- {at(symbol)} {symbol.kind}" for symbol in symbols), len(symbols))


def _unresolved(heading: str, found: UnresolvedList) -> list[Block]:
    rows = (f"- in {code(s.caller.id)} at {s.site.path}:{s.site.line}, {s.reason}" for s in found.sites)
    return _listed(heading, rows, found.total)


def _impact_row(row: ImpactRow) -> str:
    return f"- {at(row.symbol)} {row.why}, {row.confidence:.2f}{_place(row.path[0].site)}"


def _listed(heading: str, rows: Iterable[str], total: int) -> list[Block]:
    texts = list(rows)
    if not texts:
        return []
    rest = [Block(f"- … {total - len(texts)} more")] if total > len(texts) else []
    return [Block(f"### {heading} ({total})", is_heading=True), *map(Block, texts), *rest]


def _cell(value: object) -> str:
    if isinstance(value, dict) and "id" in value:
        return str(value["id"])
    return str(value).replace("|", "\\|").replace("\n", " ")
