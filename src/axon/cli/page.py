"""A report as a page: the same parts as HTML, which needs nothing but itself, and as Markdown.

What flows in: a `ReportAnswer`. What flows out: text. It does not know where numbers come from. Bars are inline SVG,
colours follow the system's light or dark scheme, and on a narrow screen each row is a list of its cells.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from axon.cli.render import count, label, place
from axon.model.answers import SymbolRef
from axon.model.artifacts import WrittenAnswer
from axon.model.findings import ReportAnswer

_BAR: Final = 120
_NAMED: Final = 4

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --line: #e0e3e8; --back: #ffffff; --card: #f7f8fa;
  --bar: #3b6fd4; --rest: #dfe5f1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #9ba1a9; --line: #2c3138; --back: #14171a;
  --card: #1b1f24; --bar: #7aa2f7; --rest: #2a3242; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 64px; }
h1 { font-size: 26px; margin: 8px 0 2px; } h2 { font-size: 19px; margin: 36px 0 4px; }
p { color: var(--soft); margin: 2px 0 10px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px; margin: 18px 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.card b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; } .card span { color: var(--soft); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; min-width: 760px; font-size: 14px; }
th, td { text-align: left; padding: 6px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; white-space: nowrap; } tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.code, code { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere; min-width: 120px; }
svg { display: block; }
@media (max-width: 700px) {
  .wide { overflow-x: visible; } table { min-width: 0; }
  table, tbody, tr, td { display: block; } thead { display: none; }
  tr { padding: 6px 0; border-bottom: 1px solid var(--line); } tr:last-child { border-bottom: 0; }
  td, td.n { display: grid; grid-template-columns: 110px minmax(0, 1fr); gap: 2px 10px; padding: 2px 12px; border: 0;
    text-align: left; white-space: normal; }
  td::before { content: attr(data-name); color: var(--soft); font: 13px/1.6 system-ui, sans-serif; }
  td svg { grid-column: 2; }
}
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text, or a number between 0 and 1 that is drawn as a bar."""

    text: str
    is_code: bool = False
    is_number: bool = False
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: a heading, a sentence, and a table; without rows the sentence stands alone."""

    title: str
    lead: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


def html_page(report: ReportAnswer) -> str:
    """One HTML document without any external part."""
    cards = "".join(f'<div class="card"><b>{escape(n)}</b><span>{escape(w)}</span></div>' for n, w in _cards(report))
    parts = "".join(_html_section(section) for section in _sections(report))
    name = escape(report.name)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}: Axon report</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{name}</h1><p>{escape(_origin(report))}</p>"
        f'<div class="cards">{cards}</div>{parts}</main></body></html>\n'
    )


def markdown_page(report: ReportAnswer) -> str:
    """The same as Markdown."""
    facts = ", ".join(f"{number} {what}" for number, what in _cards(report))
    parts = [f"# {report.name}", _origin(report), facts]
    for section in _sections(report):
        parts += [f"## {section.title}", section.lead]
        if section.rows:
            lines = [section.head, tuple("---" for _ in section.head)]
            lines += [tuple(_markdown_cell(cell) for cell in row) for row in section.rows]
            parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def _origin(report: ReportAnswer) -> str:
    return f"Generation {report.index.generation} of {report.index.created[:16].replace('T', ' ')}, by Axon"


def _cards(report: ReportAnswer) -> list[tuple[str, str]]:
    status = report.status
    n_calls = sum(one.resolved + one.uncertain + one.unresolved for one in status.calls)
    n_resolved = sum(one.resolved for one in status.calls)
    ratio = [(f"{n_resolved / n_calls:.0%}", "of calls resolved")] if n_calls else []
    return [
        (f"{status.files:,}", "files"),
        (f"{sum(status.nodes.values()):,}", "nodes"),
        (f"{sum(status.edges.values()):,}", "edges"),
        *ratio,
        (f"{report.communities.total:,}", "communities"),
        (f"{report.dead_code.total:,}", "unused"),
        (f"{report.metrics.n_cycles:,}", "import cycles"),
    ]


def _sections(report: ReportAnswer) -> list[Section]:
    makers: tuple[Callable[[ReportAnswer], Section], ...] = (
        _resolution,
        _communities,
        _hot_spots,
        _complex,
        _dead,
        _coupled,
        _cycles,
        _duplicates,
        _flows,
    )
    about = [] if report.written is None else [_about(report.written), _features(report.written)]
    return [*about, *(make(report) for make in makers)]


def _about(written: WrittenAnswer) -> Section:
    rows = tuple((_code(one.node), _text(one.text), _text(one.origin)) for one in written.folders)
    overview = written.overview
    counts = ", ".join(f"{n:,} {what}" for what, n in written.counts.items())
    lead = f"{overview.text} ({overview.origin})." if overview is not None else ""
    return Section("What it is about", f"{lead} Kept: {counts}.".strip(), ("folder", "summary", "written by"), rows)


def _features(written: WrittenAnswer) -> Section:
    rows = tuple(
        (_text(one.name), _number(one.members), _text(one.text), _text(f"model {one.model}, {one.state}"))
        for one in written.features
    )
    lead = f"{count(written.n_features, 'feature')} that a model has found, the largest first." if rows else "None yet."
    return Section("Features", lead, ("feature", "symbols", "what it does", "written by"), rows)


def _resolution(report: ReportAnswer) -> Section:
    rows = tuple(
        (_text(c.language), _bar(c.ratio), _number(c.resolved), _number(c.uncertain), _number(c.unresolved))
        for c in report.status.calls
    )
    lead = "Calls that lead somewhere; what is not resolved is kept with its reason, never guessed."
    return Section("Resolution", lead, ("language", "resolved", "calls", "possible", "unresolved"), rows)


def _communities(report: ReportAnswer) -> Section:
    largest = max((c.size for c in report.communities.communities), default=1)
    rows = tuple(
        (_code(c.name), _bar(c.size / largest, f"{c.size:,}"), _bar(c.cohesion), _names(c.hubs), _code(c.paths[0]))
        for c in report.communities.communities
        if c.level == 0
    )
    lead = "Symbols that belong together, named after the most central one; cohesion is the share of ties inside."
    return Section("Communities", lead, ("community", "members", "cohesion", "hubs", "most in"), rows)


def _hot_spots(report: ReportAnswer) -> Section:
    said = report.coupling
    rows = tuple(
        (
            _code(f.path),
            _bar(f.hot),
            _number(f.churn),
            _number(f.complexity),
            _number(f.bus_factor),
            _text(_owner(f.owners)),
        )
        for f in said.files
    )
    lead = said.note or f"Churn times complexity, {count(said.commits, 'commit')} since {said.since[:10]}."
    return Section("Hot spots", lead, ("file", "hot", "churn", "complexity", "bus factor", "main author"), rows)


def _complex(report: ReportAnswer) -> Section:
    most = max((m.cognitive for m in report.metrics.symbols), default=1) or 1
    rows = tuple(
        (
            _symbol(m.symbol),
            _bar(m.cognitive / most, str(m.cognitive)),
            _number(m.cyclomatic),
            _number(m.fan_in),
            _at(m.symbol),
        )
        for m in report.metrics.symbols
    )
    lead = "Functions that are hardest to follow, tests left out."
    return Section("Complexity", lead, ("function", "cognitive", "cyclomatic", "callers", "place"), rows)


def _dead(report: ReportAnswer) -> Section:
    rows = tuple(
        (_text(r.kind), _code(r.name), _bar(r.confidence), _code(place(r.symbol.path, r.line)), _text(r.proof))
        for r in report.dead_code.rows
    )
    lead = f"{count(report.dead_code.total, 'finding')} of {report.dead_code.least:g} and more, the surest first."
    return Section("Not used", lead, ("kind", "name", "confidence", "place", "proof"), rows)


def _coupled(report: ReportAnswer) -> Section:
    rows = tuple(
        (_code(c.path), _code(c.other), _bar(c.strength), _number(c.support)) for c in report.coupling.couplings
    )
    lead = report.coupling.note or "Files that change in the same commits; large commits are left out."
    return Section("Change together", lead, ("file", "other file", "strength", "commits"), rows)


def _cycles(report: ReportAnswer) -> Section:
    rows = tuple(
        (_number(len(c.files)), _code(_some(c.files)), _code(f"{c.cut[0]} → {c.cut[1]}"), _number(c.uses))
        for c in report.metrics.cycles
    )
    lead = (
        "Files that import each other in a circle, and the import that is cheapest to cut."
        if rows
        else "There are none."
    )
    return Section("Import cycles", lead, ("files", "which", "cut", "uses"), rows)


def _duplicates(report: ReportAnswer) -> Section:
    rows = tuple(
        (_bar(d.similarity), _number(d.lines), _names(d.symbols), _at(d.symbols[0])) for d in report.metrics.duplicates
    )
    lead = "Functions that are alike but for names and values." if rows else "There are none."
    return Section("Duplicates", lead, ("alike", "lines", "functions", "first"), rows)


def _flows(report: ReportAnswer) -> Section:
    rows = tuple(
        (_symbol(f.entry), _number(f.steps), _number(f.depth), _text(", ".join(f.communities[:_NAMED])), _at(f.entry))
        for f in report.flows.flows
    )
    lead = "What runs from functions that no other one calls." if rows else "There are none."
    return Section("Flows", lead, ("entry", "steps", "depth", "through", "place"), rows)


# --- cells -----------------------------------------------------------------------------------------------------------


def _text(text: str) -> Cell:
    return Cell(text)


def _code(text: str) -> Cell:
    return Cell(text, is_code=True)


def _number(number: int) -> Cell:
    return Cell(f"{number:,}", is_number=True)


def _bar(share: float, text: str = "") -> Cell:
    return Cell(text or f"{share:.0%}", share=share)


def _symbol(symbol: SymbolRef) -> Cell:
    return _code(label(symbol))


def _at(symbol: SymbolRef) -> Cell:
    return _code(place(symbol.path, symbol.line))


def _names(symbols: Sequence[SymbolRef]) -> Cell:
    return _code(_some([label(symbol) for symbol in symbols]))


def _some(names: Sequence[str]) -> str:
    more = f" … {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _owner(owners: Sequence[tuple[str, float]]) -> str:
    return f"{owners[0][0]} {owners[0][1]:.0%}" if owners else ""


def _html_section(section: Section) -> str:
    head = f"<h2>{escape(section.title)}</h2><p>{escape(section.lead)}</p>"
    if not section.rows:
        return head
    kinds = ("n" if cell.is_number else "t" for cell in section.rows[0])
    names = "".join(f'<th class="{k}">{escape(name)}</th>' for k, name in zip(kinds, section.head, strict=True))
    rows = "".join(f"<tr>{''.join(map(_html_cell, row, section.head))}</tr>" for row in section.rows)
    return f'{head}<div class="wide"><table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table></div>'


def _html_cell(cell: Cell, name: str) -> str:
    text, name = escape(cell.text), escape(name)
    if cell.share is not None:
        width = round(_BAR * min(max(cell.share, 0.0), 1.0))
        return (
            f'<td data-name="{name}">{text}<svg width="{_BAR}" height="6" role="img" aria-label="{text}">'
            f'<rect width="{_BAR}" height="6" rx="3" fill="var(--rest)"/>'
            f'<rect width="{width}" height="6" rx="3" fill="var(--bar)"/></svg></td>'
        )
    kind = "n" if cell.is_number else "code" if cell.is_code else "t"
    return f'<td class="{kind}" data-name="{name}">{text}</td>'


def _markdown_cell(cell: Cell) -> str:
    text = cell.text.replace("|", "\\|")
    return f"`{text}`" if cell.is_code and text and "`" not in text else text
