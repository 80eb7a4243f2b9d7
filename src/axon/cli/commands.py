"""The table of commands, and the group that imports a command when it is called.

What flows in: the name of a command. What flows out: the command. It does not know what commands do.
"""

from importlib import import_module
from typing import Final, NamedTuple

import click

from axon.questions import QUESTIONS


class CommandEntry(NamedTuple):
    """Where a command is defined, and the line that help shows for it."""

    name: str
    module: str
    doc: str


_QUESTION_MODULES: Final = {
    "status": "repositories",
    "list": "repositories",
    "search": "search",
    "explore": "explore",
    "similar": "embed",
    "map": "map",
    "trace": "explore",
    "context": "ask",
    "callers": "ask",
    "callees": "ask",
    "impact": "impact",
    "entry-points": "entries",
    "routes": "entries",
    "why": "why",
    "communities": "structure",
    "flows": "structure",
    "flow": "structure",
    "diff": "diff",
    "check": "check",
    "dead-code": "dead_code",
    "tests": "tests",
    "metrics": "quality",
    "coupling": "quality",
    "report": "report",
    "cypher": "rows",
    "export": "rows",
}

COMMANDS: Final = {
    entry.name: entry
    for entry in (
        CommandEntry("analyze", "analyze", "Index a repository, or bring its index up to date."),
        CommandEntry("watch", "watch", "Keep the index of a repository up to date."),
        *(CommandEntry(q.command, _QUESTION_MODULES[q.command], q.doc) for q in QUESTIONS),
        CommandEntry("mcp", "mcp", "Serve the repository to agents, by the Model Context Protocol."),
        CommandEntry("setup", "setup", "Tell an agent of the server of this repository."),
        CommandEntry(
            "enrich", "enrich", "Have a language model write summaries, contracts and features over the graph."
        ),
        CommandEntry("embed", "embed", "Compute the vectors that an index lacks."),
        CommandEntry("models", "models", "Embedding models: which are here, fetch one, or take one from a folder."),
        CommandEntry("verify", "verify", "Build the graph again and compare it with the index, row for row."),
        CommandEntry("audit", "audit", "Compare the call edges with calls that the repository's own tests make."),
        CommandEntry("clean", "clean", "Remove the index of a repository."),
        CommandEntry("doctor", "doctor", "Check the installation, the caches and the index."),
    )
}
"""All commands by name, in the order in which help lists them."""


class CommandGroup(click.Group):
    """Knows its commands by `COMMANDS`; a module of `axon.cli` has each under its name with `_command` behind it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None where there is none of that name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = getattr(import_module(f"axon.cli.{entry.module}"), f"{entry.name.replace('-', '_')}_command")
        assert isinstance(command, click.Command), entry
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.doc) for entry in COMMANDS.values()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest name in the message for an unknown one."""
        name = args[0] if args else ""
        if name not in COMMANDS and not name.startswith("-"):
            import difflib  # noqa: PLC0415  start-up is lazy

            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            ctx.fail(f"No command `{name}`.{hint}")
        return super().resolve_command(ctx, args)
