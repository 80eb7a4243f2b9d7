"""The command `axon mcp`.

What flows in: options. What flows out: a server on standard input and output, or over HTTP, until its client goes. It
does not know the protocol.
"""

import os
from pathlib import Path
from typing import Final

import click

from axon.cli.options import repo_option, root_of
from axon.errors import ExitCode

_PORT: Final = 8765


@click.command("mcp")
@click.option("--http", is_flag=True, help="Serve over HTTP instead of standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address for --http.")
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0: any free one.")
@click.option("--token", envvar="AXON_MCP_TOKEN", help="What HTTP clients must bear; default: a new one, printed.")
@click.option("--no-watch", is_flag=True, help="Answer from the index as it is, and do not follow the tree.")
@repo_option
def mcp_command(  # noqa: PLR0917  one parameter a flag
    http: bool, host: str, port: int, token: str | None, no_watch: bool, repo: Path | None
) -> int:
    """Serve this repository to agents by the Model Context Protocol.

    The index is made where there is none, and follows the tree while the server runs. `axon setup` tells clients.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from axon.serve.host import Host  # noqa: PLC0415  start-up is lazy

    owner = Host(root_of(repo), watch=not no_watch)
    if http:
        from axon.cli.render import note  # noqa: PLC0415  start-up is lazy
        from axon.serve.mcp.http import serve_http  # noqa: PLC0415  start-up is lazy

        serve_http(owner, host=host, port=port, token=token, tell=note)
    else:
        from axon.serve.mcp.server import serve_stdio  # noqa: PLC0415  start-up is lazy

        serve_stdio(owner)
    return ExitCode.DONE
