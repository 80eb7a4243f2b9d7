"""The command `axon setup`.

What flows in: the name of an agent. What flows out: a diff of its file of servers, and that file where the user says
yes. It touches nothing else.
"""

from pathlib import Path

import click

from axon.cli.options import repo_option, root_of
from axon.cli.render import dim, note, say
from axon.serve.setup import CLIENTS, change_for


@click.command("setup")
@click.argument("client", type=click.Choice(list(CLIENTS)))
@click.option("--undo", is_flag=True, help="Take the server out again.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@repo_option
def setup_command(client: str, undo: bool, yes: bool, repo: Path | None) -> None:
    """Tell an agent of the MCP server of this repository: shows a diff, and writes on yes.

    Only the file in which the agent reads its servers is changed; instructions such as AGENTS.md are yours.
    """
    change = change_for(CLIENTS[client], root_of(repo), home=Path.home(), undo=undo)
    if not change.diff:
        note(f"{change.path} {'has no such server' if undo else 'is as it should be'} already.")
        return
    say(dim(change.diff.rstrip("\n")))
    if not yes and not click.confirm(f"Write {change.path}?", err=True):
        note("Nothing was written.")
        return
    change.write()
    done = "removed" if change.after is None else "written"
    note(f"{change.path} is {done}." + ("" if undo else f" `axon setup {client} --undo` takes it back."))
