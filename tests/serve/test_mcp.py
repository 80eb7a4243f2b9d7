"""The MCP server over standard input and output, asked by the SDK's own client."""

import asyncio
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from axon.pipeline import run_pipeline
from axon.questions.opened import open_index
from axon.storage.watcher import watcher_of
from tests.serve.asking import SECONDS, client_of, command, environment, refused, said, size_of, text_of
from tests.serve.conftest import FIRST, commit, git, write

TOOLS = ["explore", "search", "context", "impact", "trace", "map", "changes", "health", "query", "status"]
CALLS = {
    "explore": {"question": "Who calls total?"},
    "search": {"query": "total"},
    "context": {"symbol": "Cart"},
    "impact": {"symbol": "rounded"},
    "trace": {"source": "receipt", "target": "rounded"},
    "map": {},
    "changes": {"since": "one..one"},
    "health": {},
    "query": {"cypher": "MATCH (a:Symbol)-[:CALLS]->(b:Symbol) RETURN a.id, b.id ORDER BY a.id"},
    "status": {},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with an index."""
    root = tmp_path_factory.mktemp("mcp")
    git(root, "init", "-q")
    commit(root, FIRST | {"shop/desk.py": "def total():\n    return 0\n"}, "one")
    run_pipeline(root, embeddings=False)
    return root


def test_ten_tools_say_when_to_use_them(shop: Path) -> None:
    """Names, descriptions below 2 KB, and all schemas together below 6,000 tokens."""

    async def ask() -> None:
        async with client_of(shop, "--no-watch") as client:
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == TOOLS
            for tool in tools:
                assert "WHEN TO USE" in (tool.description or "")
                assert len((tool.description or "").encode()) <= 2048
                assert tool.annotations is not None
                assert tool.annotations.read_only_hint
            assert size_of([tool.model_dump(by_alias=True, exclude_none=True) for tool in tools]) <= 6000
            assert "explore" in (client.instructions or "")

    asyncio.run(ask())


def test_every_tool_answers_within_its_budget_and_says_from_what(shop: Path) -> None:
    """The last line has generation, staleness, vectors and the size, which is right; JSON is the same as data."""

    async def ask() -> None:
        async with client_of(shop, "--no-watch") as client:
            for name, arguments in CALLS.items():
                budget = {} if name == "map" else {"budget": 400}
                text = await said(client, name, **arguments, **budget)
                found = re.search(r"\[generation 1, as the tree is · no vectors.* · (\d+) tokens.*\]$", text)
                assert found is not None, text
                assert int(found[1]) == -(-len(text.encode()) // 4) <= (2500 if name == "map" else 400), name
                answer = await client.call_tool(name, {**arguments, "format": "json"})
                assert answer.structured_content is not None, text_of(answer)
                tokens = answer.structured_content["tokens"]
                assert json.loads(text_of(answer)) | {"tokens": tokens} == answer.structured_content

    asyncio.run(ask())


def test_explore_answers_the_question_first(shop: Path) -> None:
    """Callers, impact, path, tests and overrides, by ids."""
    expected = {
        "Who calls `rounded`?": ["shop/cart.py::total"],
        "What breaks if I change rounded?": [
            "shop/cart.py::total",
            "shop/till.py::pay",
            "tests/test_till.py::test_pay",
        ],
        "How does receipt reach `rounded`?": ["shop/till.py::pay", "shop/cart.py::total"],
        "Which tests cover `pay`?": ["tests/test_till.py::test_pay"],
        "What does shop/cart.py offer?": ["shop/cart.py::Cart", "shop/cart.py::rounded"],
        "Why does `receipt` call `pay`?": ["shop/till.py::receipt", "shop/till.py:9"],
    }

    async def ask() -> None:
        async with client_of(shop, "--no-watch") as client:
            for question, ids in expected.items():
                text = await said(client, "explore", question=question)
                assert all(id in text for id in ids), (question, text)

    asyncio.run(ask())


def test_nothing_is_shown_twice_to_one_client(shop: Path) -> None:
    """Source that a client has seen is named only; another client sees it."""

    async def ask() -> str:
        async with client_of(shop, "--no-watch") as client:
            first = await said(client, "context", symbol="shop/cart.py::total")
            assert "return rounded(sum(cart.items)) + tax" in first
            return await said(client, "context", symbol="shop/cart.py::total")

    again = asyncio.run(ask())
    assert "return rounded" not in again
    assert "(source shown before)" in again
    assert "shop/till.py::pay" in again


def test_pages_go_on_where_the_last_one_ended(shop: Path) -> None:
    """With the cursor of each page, all rows come, each once; a cursor of nobody is refused."""

    async def ask() -> None:
        async with client_of(shop, "--no-watch") as client:
            query = {"cypher": "MATCH (a:Symbol) RETURN a.id AS id ORDER BY id", "limit": 100}
            whole = await said(client, "query", **query, budget=8000)
            rows: list[str] = []
            cursor = ""
            for _ in range(30):
                text = await said(client, "query", **query, budget=200, cursor=cursor)
                rows += re.findall(r"^\| .* \|$", text, re.MULTILINE)
                found = re.search(r'cursor="([^"]+)"', text)
                if found is None:
                    break
                cursor = found[1]
            assert cursor
            assert rows == re.findall(r"^\| .* \|$", whole, re.MULTILINE)
            assert "no cursor" in await refused(client, "query", **query, cursor="zebra")

    asyncio.run(ask())


def test_errors_tell_what_to_do(shop: Path) -> None:
    """Ambiguous names list ids, unknown ones near ones; a refused query says why; arguments are checked."""

    async def ask() -> None:
        async with client_of(shop, "--no-watch") as client:
            text = await refused(client, "context", symbol="total")
            assert "shop/cart.py::total" in text
            assert "shop/desk.py::total" in text
            assert "shop/cart.py::rounded" in await refused(client, "impact", symbol="roundet")
            assert "CREATE" in await refused(client, "query", cypher="CREATE (a:Symbol) RETURN a")
            assert "revision" in await refused(client, "changes", since="no-such-thing")
            budget = await refused(client, "status", budget=1)
            assert budget.splitlines()[0] == "`budget` should be greater than or equal to 200, and is `1`."
            missing = await refused(client, "explore")
            assert missing == "`question` is missing.\n`explore` takes `question`, `budget`, `cursor`, `format`."
            odd = await refused(client, "impact", symbol="pay", deep=2, format="xml")
            assert odd.startswith("There is no `deep`: `impact` takes `symbol`, `depth`")
            form = await refused(client, "impact", symbol="pay", format="xml")
            assert form.startswith("`format` should be 'markdown' or 'json', and is `xml`.")
            assert "`explore`, `search`" in await refused(client, "serach", query="x")
            nothing = await refused(client, "context", symbol="zzzzzzzzzzzz")
            assert nothing == "No symbol `zzzzzzzzzzzz`. Try `search`."
            too_much = await refused(client, "query", cypher="MATCH (a:Symbol) RETURN a", budget=200, format="json")
            assert "above the budget" in too_much

    asyncio.run(ask())


def test_resources_and_prompts(shop: Path) -> None:
    """Overview, schema, a symbol by its id, a file, what is not there; two prompts."""

    async def ask() -> None:
        async with client_of(shop, "--no-watch") as client:
            listed = {str(r.uri) for r in (await client.list_resources()).resources}
            assert listed == {"axon://overview", "axon://schema"}
            for uri, text in {
                "axon://overview": "shop/cart.py",
                "axon://schema": "CALLS",
                "axon://symbol/shop/cart.py::Cart.add": "self.items.append",
                "axon://file/shop/cart.py": "rounded(amount)",
            }.items():
                contents = (await client.read_resource(uri)).contents
                assert text in getattr(contents[0], "text", ""), uri
            with pytest.raises(Exception, match="zebra"):
                await client.read_resource("axon://symbol/zebra")
            prompts = {prompt.name for prompt in (await client.list_prompts()).prompts}
            assert prompts == {"review", "understand"}
            assert "changes" in str(await client.get_prompt("review", {"since": "main"}))

    asyncio.run(ask())


def test_the_handshake_needs_nothing_heavy(shop: Path) -> None:
    """What a server imports before it answers: no engine, no numpy, no parser."""
    program = (
        "import sys; from pathlib import Path; from axon.cli.commands import CommandGroup\n"
        "from axon.serve.host import Host; from axon.serve.mcp.server import make_server\n"
        "make_server(Host(Path('.'))); print({'numpy', 'kuzu', 'tree_sitter', 'fastembed'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=shop)
    assert done.stdout.strip() == "set()"


def test_it_indexes_by_itself_and_follows_the_tree(tmp_path: Path) -> None:
    """Without an index one is made; an edit is in the answers soon; the watcher ends with the server."""
    write(tmp_path, FIRST)

    async def ask() -> None:
        async with client_of(tmp_path) as client:
            deadline = time.monotonic() + SECONDS
            while (result := await client.call_tool("explore", {"question": "Who calls `pay`?"})).is_error:
                assert "being indexed" in text_of(result)
                assert time.monotonic() < deadline
            assert "shop/till.py::receipt" in text_of(result)
            (tmp_path / "shop/desk.py").write_text("from shop.till import pay\n\n\ndef sell(cart):\n    pay(cart)\n")
            while "shop/desk.py::sell" not in await said(client, "explore", question="Who calls `pay`?"):
                assert time.monotonic() < deadline
            assert watcher_of(tmp_path / ".axon") is not None

    asyncio.run(ask())
    deadline = time.monotonic() + SECONDS
    while watcher_of(tmp_path / ".axon") is not None:
        assert time.monotonic() < deadline, "the watcher outlives its server"
    with open_index(tmp_path) as index:
        assert index.columns.row_of("shop/desk.py::sell") is not None


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_server_that_is_killed_leaves_no_watcher(tmp_path: Path) -> None:
    """The pipe to the watcher closes with the process that held it; end of input ends a server as well."""
    write(tmp_path, FIRST)
    run_pipeline(tmp_path, embeddings=False)
    for how in ("kill", "eof"):
        server = subprocess.Popen(
            command(tmp_path),
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert server.stdin is not None
        deadline = time.monotonic() + SECONDS
        while watcher_of(tmp_path / ".axon") is None:
            assert time.monotonic() < deadline
        if how == "kill":
            server.kill()
        server.stdin.close()
        server.wait(SECONDS)
        while watcher_of(tmp_path / ".axon") is not None:
            assert time.monotonic() < deadline


def test_changes_are_those_of_the_tree_as_it_is_now(tmp_path: Path) -> None:
    """Right after an edit, which the watcher has yet to take up, the answer knows of it."""
    git(tmp_path, "init", "-q")
    commit(tmp_path, FIRST, "one")
    run_pipeline(tmp_path, embeddings=False)
    edited = FIRST["shop/cart.py"].replace("def total(cart, tax)", "def total(cart, tax, tip)")

    async def ask() -> None:
        async with client_of(tmp_path) as client:
            assert "no symbol differs" in await said(client, "changes")
            (tmp_path / "shop/cart.py").write_text(edited)
            text = await said(client, "explore", question="What did I change, and who depends on it?")
            assert "`shop/cart.py::total`" in text
            assert "parameter `tip` is new and required" in text
            assert "shop/till.py::pay" in text

    asyncio.run(ask())
