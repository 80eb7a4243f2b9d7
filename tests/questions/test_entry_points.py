"""What frameworks run: by pack and kind, with the place that makes it an entry point."""

from collections.abc import Iterator

import pytest

from axon.model.answers import Site
from axon.questions.entry_points import entry_points, routes
from axon.questions.opened import Index, open_index
from tests.questions.whole import index_of

SHOP = "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route('/carts')\ndef carts():\n    ...\n"
TREE = {"shop.py": SHOP, "tests/test_shop.py": "def test_carts():\n    ...\n\n\ndef other():\n    ...\n"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_index(index_of(tmp_path_factory.mktemp("entries"), TREE)) as opened:
        yield opened


def test_all_by_pack_and_kind(index: Index) -> None:
    """A view by its decorator, a test by its name; nothing else."""
    found = entry_points(index).entry_points
    assert [(e.pack, e.kind, e.symbol.id) for e in found] == [
        ("flask", "route", "shop.py::carts"),
        ("pytest", "test", "tests/test_shop.py::test_carts"),
    ]
    assert found[0].site == Site("shop.py", 6, 1)


@pytest.mark.parametrize("kind", ["pytest", "test", "pytest.test"])
def test_of_one_kind(index: Index, kind: str) -> None:
    """A pack, a kind of entry point, or both."""
    assert [e.symbol.name for e in entry_points(index, kind).entry_points] == ["test_carts"]


def test_of_no_such_kind(index: Index) -> None:
    """An empty answer: the tree has none."""
    assert entry_points(index, "celery").entry_points == ()


def test_routes_with_their_handlers(index: Index) -> None:
    """The request, its handler, and where it is registered."""
    (route,) = routes(index).routes
    assert (route.method, route.path, route.pack) == ("GET", "/carts", "flask")
    assert [handler.symbol.id for handler in route.handlers] == ["shop.py::carts"]
    assert (route.site.path, route.site.line) == ("shop.py", 6)
