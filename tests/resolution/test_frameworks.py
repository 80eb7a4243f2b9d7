"""What rule packs add is the same after an edit as in a linking from nothing."""

import pytest

from tests.graph.trees import Tree

TREE = {
    "carts.py": "from flask import Blueprint\n\nbp = Blueprint('carts', __name__, url_prefix='/carts')\n\n\n"
    "@bp.get('/<id>')\ndef cart(id):\n    return id\n",
    "app.py": "from flask import Flask\nimport carts\n\n\ndef create():\n    app = Flask(__name__)\n"
    "    app.register_blueprint(carts.bp, url_prefix='/shop')\n    return app\n",
    "tests/test_app.py": "import pytest\nfrom app import create\n\n\n@pytest.fixture\ndef app():\n"
    "    return create()\n\n\ndef test_app(app):\n    assert app\n",
}
EDITS = {
    "a prefix": ("app.py", "'/shop'", "'/store'"),
    "a path": ("carts.py", "'/<id>'", "'/<key>'"),
    "a body": ("carts.py", "return id", "return [id]"),
    "a decorator": ("carts.py", "@bp.get('/<id>')\n", ""),
    "a mount": ("app.py", "    app.register_blueprint(carts.bp, url_prefix='/shop')\n", ""),
    "a parameter": ("tests/test_app.py", "def test_app(app):", "def test_app(other):"),
}


@pytest.mark.parametrize("in_memory", [False, True])
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_gives_what_a_whole_linking_gives(edit: str, in_memory: bool) -> None:
    """Whatever was kept of the linking before, and whatever nodes there were."""
    path, old, new = EDITS[edit]
    after = TREE | {path: TREE[path].replace(old, new)}
    assert after != TREE
    again = Tree(after, Tree(TREE), in_memory=in_memory)
    assert again.rows() == Tree(after).rows()


def test_nodes_of_packs() -> None:
    """A route behind both prefixes, its trigger, and what is handed to a test."""
    graph = Tree(TREE).graph
    ids = set(graph.nodes.ids)
    assert {"carts.py::<route>GET /shop/{id}", "<framework>::flask.route", "<framework>::pytest.fixture"} <= ids
