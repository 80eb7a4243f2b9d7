"""What a person may ask, an agent may ask as well."""

import asyncio
from pathlib import Path

from axon.questions import QUESTIONS, TOOLS
from axon.serve.host import Host
from axon.serve.mcp.server import make_server


def test_every_tool_that_covers_a_question_exists(tmp_path: Path) -> None:
    """The column of the table names tools that the server has, and each tool but `health` covers a question."""
    tools = {tool.name for tool in asyncio.run(make_server(Host(tmp_path, watch=False)).list_tools())}
    assert TOOLS.keys() <= {question.name for question in QUESTIONS}
    assert set(TOOLS.values()) == tools
