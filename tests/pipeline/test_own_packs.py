"""Rule packs of a tree's own: they count like ours, and a change of one leads to another graph."""

from pathlib import Path

import pytest

from axon.errors import ConfigError
from axon.questions.entry_points import entry_points, routes
from axon.questions.opened import open_index
from tests.pipeline.trees import index, write_tree

SHOP = """\
from house import Server, job

server = Server()

@job
def pay(): ...

@server.get("/carts/<id>")
def cart(id): ...
"""
PACK = """\
name = "house"
languages = ["python"]
syntax = "angles"

[[entry]]
kind = "job"
decorators = ["house.job"]

[[router]]
calls = ["house.Server"]
root = true

[[route]]
decorators = ["house.Server.get"]
named = true
"""


@pytest.fixture
def shop(root: Path) -> Path:
    """A tree with a pack of its own."""
    return write_tree(root, {"shop.py": SHOP, ".axon-packs/house.toml": PACK})


def found(root: Path) -> tuple[list[str], list[str]]:
    with open_index(root) as opened:
        entries = [f"{e.pack}.{e.kind} {e.symbol.name}" for e in entry_points(opened).entry_points]
        return entries, [f"{r.method} {r.path}" for r in routes(opened).routes]


def test_they_make_entry_points_and_routes(shop: Path) -> None:
    """As one of ours would."""
    index(shop)
    assert found(shop) == (["house.job pay", "house.route cart"], ["GET /carts/{id}"])


def test_a_change_of_a_pack_is_a_change_of_the_tree(shop: Path) -> None:
    """No source file changed, and the graph is another one; without the pack nothing of it is left."""
    index(shop)
    pack = shop / ".axon-packs/house.toml"
    pack.write_text(PACK.replace('kind = "job"', 'kind = "work"'))
    index(shop)
    assert found(shop)[0] == ["house.route cart", "house.work pay"]
    pack.unlink()
    index(shop)
    assert found(shop) == ([], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "not valid TOML"),
        (PACK.replace("house.Server.get", "house.Server.fetch"), "call `fetch`, whose texts are not kept"),
    ],
)
def test_a_bad_pack_is_said(shop: Path, text: str, said: str) -> None:
    """With the name of its file, before anything is indexed."""
    (shop / ".axon-packs/house.toml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        index(shop)
