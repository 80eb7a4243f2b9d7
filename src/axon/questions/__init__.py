"""The table of questions: what may be asked, and by which command.

What flows in: nothing. What flows out: `QUESTIONS`, which the command line and the docs are checked against. The
questions themselves lie in a module each; importing this package imports none of them.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its module below this package, the command that asks it, and one line for a person."""

    name: str
    command: str
    doc: str


QUESTIONS: Final = (
    Question("status", "status", "What the index of a repository holds, and whether it is up to date."),
    Question("repositories", "list", "All repositories that were indexed on this machine."),
    Question("explore", "explore", "One question in words: source, paths and blast radius at once."),
    Question("search", "search", "Find symbols by name, by path, or by what they say."),
    Question("similar", "similar", "Which functions and classes are like one, by their vectors."),
    Question("map", "map", "The signatures that matter most, within a budget, around a focus."),
    Question("context", "context", "Everything around one symbol, with reasons and places."),
    Question("callers", "callers", "Who calls a symbol."),
    Question("callees", "callees", "What a symbol calls."),
    Question("impact", "impact", "Who may break when a symbol changes, and which tests would notice."),
    Question("entry_points", "entry-points", "What frameworks run: routes, tests, fixtures, tasks, commands, signals."),
    Question("routes", "routes", "Requests that the tree answers, and by what."),
    Question("trace", "trace", "How one symbol reaches another, call by call."),
    Question("why", "why", "Why one symbol calls or uses another, step by step, or why it does not."),
    Question("communities", "communities", "Which symbols belong together, and which hold them together."),
    Question("flows", "flows", "What runs from which entry point."),
    Question("flow", "flow", "One flow, step by step, as text, Mermaid or DOT."),
    Question("diff", "diff", "What two revisions, or the work tree, differ by, and what depends on it."),
    Question("check", "check", "Whether the code keeps the contracts of its project."),
    Question("dead_code", "dead-code", "What nobody uses, with a proof for each."),
    Question("tests", "tests", "Which tests reach a symbol, or what has changed since a revision."),
    Question("metrics", "metrics", "Complexity, import cycles and duplicates."),
    Question("coupling", "coupling", "Files that change together, hot spots and owners, by git."),
    Question("report", "report", "One page about the tree, as HTML or Markdown."),
    Question("cypher", "cypher", "Run a read-only Cypher query on the graph."),
    Question("export", "export", "Write all nodes, edges or unresolved calls, sorted, byte for byte stable."),
)
"""Every question, in the order in which help lists them."""

TOOLS: Final = {
    "status": "status",
    "explore": "explore",
    "search": "search",
    "map": "map",
    "context": "context",
    "callers": "explore",
    "callees": "explore",
    "impact": "impact",
    "entry_points": "explore",
    "trace": "trace",
    "why": "explore",
    "diff": "changes",
    "check": "health",
    "cypher": "query",
}
"""The MCP tool that covers a question, by its name; the others are for people, or are not covered yet."""
