"""What language models wrote is in the answers: who wrote it, whether it stands, and where each claim is shown."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from axon.cli.main import axon
from axon.questions.context import context
from axon.questions.explore import explore
from axon.questions.map import code_map, map_lines
from axon.questions.opened import Index, open_index
from axon.serve.pieces import context_blocks
from tests.pipeline.trees import SHOP, index, write_tree
from tests.pipeline.written import MONEY, PAY, written_shop


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that was written about; then a quote moved, and a file that a summary is about has changed."""
    root = written_shop(tmp_path_factory.mktemp("written") / "shop")
    desk = str(SHOP["shop/till/desk.py"]).replace("    gate.open()\n", "    ready = 1\n    gate.open()\n")
    write_tree(root, {"shop/till/desk.py": desk, MONEY: "RATE = 3\n\n\ndef total(prices):\n    return 0\n"})
    index(root)
    return root


@pytest.fixture
def shop(tree: Path) -> Iterator[Index]:
    with open_index(tree) as opened:
        yield opened


def run(root: Path, *words: str) -> str:
    done = CliRunner().invoke(axon, [*words, "--repo", str(root)])
    assert done.exit_code == 0, done.output
    return done.output


def test_context_has_what_was_written_about_a_symbol(shop: Index) -> None:
    """A contract claim by claim, with the line where each quote is now, and the features that it is a part of."""
    answer = context(shop, PAY)
    (contract,) = answer.written
    assert (contract.task, contract.origin) == ("contracts", "model m, moved")
    assert [(c.sort, c.path, c.line, c.state) for c in contract.claims] == [
        ("preconditions", "shop/till/desk.py", 7, "moved"),
        ("raises", "shop/till/desk.py", 7, "moved"),
    ]
    assert answer.features == ("domain / paying",)
    assert context(shop, "shop/cart.py::Cart").written == ()


def test_what_has_no_model_is_extractive_and_what_changed_is_stale(shop: Index) -> None:
    """Files without a model's summary have one of their authors' words; of a changed file it is said that it did."""
    (cart,) = context(shop, "shop/cart.py").written
    (money,) = context(shop, MONEY).written
    assert (cart.text, cart.origin) == ("Carts.", "extractive, no model, valid")
    assert (money.text, money.origin) == ("Adds up prices.", "model m, stale")


def test_agents_are_told_who_wrote_it(shop: Index) -> None:
    """In `context` and in `explore`, beside facts of the graph and marked as no such."""
    said = [block.text for block in context_blocks(context(shop, PAY), None)]
    assert "Contracts (model m, moved):" in said
    assert "- preconditions: The gate opens. (moved at shop/till/desk.py:7)" in said
    assert "Part of the feature domain / paying (by a model)" in said
    (section,) = (s for s in explore(shop, "who calls pay").sections if s.heading == "Written about it")
    assert section.rows[0].said.startswith("contracts (model m, moved): preconditions: The gate opens")
    assert section.rows[1].said.startswith("summary (extractive, no model, valid)")


def test_a_map_tells_what_files_are_about(shop: Index) -> None:
    """Within its budget, of which a fifth goes to summaries; what has no room is left out."""
    lines = map_lines(code_map(shop, tokens=400))
    assert lines[lines.index("shop/cart.py") + 1] == "  # Carts. (extractive, no model, valid)"
    assert lines[lines.index(MONEY) + 1] == "  # Adds up prices. (model m, stale)"
    for tokens in (20, 60, 120, 400):
        answer = code_map(shop, tokens=tokens)
        assert answer.tokens <= tokens
        assert len("\n".join([*map_lines(answer), ""])) <= 4 * answer.tokens


def test_a_report_begins_with_what_it_is_about(tree: Path, tmp_path: Path) -> None:
    """Overview, folders, features and how much of it all stands."""
    page = tmp_path / "page.md"
    run(tree, "report", "--markdown", "--output", str(page))
    text = page.read_text()
    assert "## What it is about" in text
    assert "| `shop/` | Sells things. | model m, stale |" in text
    assert "1 contracts, moved" in text
    assert "| domain / paying | 2 | Taking money. | model m, valid |" in text


def test_the_command_line_shows_states(tree: Path) -> None:
    """`context` in words and as JSON; `enrich explain` and `status` agree with it."""
    said = run(tree, "context", PAY)
    assert "Contracts  model m, moved" in said
    assert "Features, by a model (1)" in said
    written = json.loads(run(tree, "context", PAY, "--json"))["written"]
    assert [(one["state"], one["review"]) for one in written] == [("moved", "proposed")]
    assert json.loads(run(tree, "enrich", "explain", PAY, "--json"))["artifacts"][0]["evidence"] == "moved"
    assert json.loads(run(tree, "enrich", "status", "--json"))["artifacts"]["contracts"]["moved"] == 1


def test_without_anything_written_answers_are_as_they_were(tmp_path: Path) -> None:
    """No section, no line, no share of the budget."""
    root = write_tree(tmp_path / "plain", SHOP)
    index(root)
    with open_index(root) as plain:
        assert context(plain, PAY).written == ()
        assert not any("Written" in section.heading for section in explore(plain, "who calls pay").sections)
        assert not any("#" in line for line in map_lines(code_map(plain, tokens=400)))
