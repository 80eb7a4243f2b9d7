"""What rule packs add is the same after an edit as in a linking from nothing.

PACK_SCRIPTS sets the number of random scripts, for long runs.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.graph.trees import Tree

SCRIPTS = int(os.environ.get("PACK_SCRIPTS", "25"))

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


WIDE = TREE | {
    "plain.py": "import flask\n\n\ndef one():\n    return 1\n\n\ndef two():\n    one()\n",
    "own.py": "from flask import Flask\nfrom plain import two\n\n\ndef f():\n    app = Flask('own')\n"
    "    app.before_request(two)\n",
    "kept.py": "from flask import Blueprint\na = Blueprint('a', 'a', url_prefix='/a')\n"
    "b = Blueprint('b', 'b', url_prefix='/b')\n",
    "made.py": "import kept\n\n\ndef made():\n    return kept.a\n",
    "held.py": "import kept\n\n\ndef held():\n    return [kept.a]\n",
    "user.py": "import made\n\n\ndef g():\n    made.made().add_url_rule('/made', view_func=g)\n",
    "first.py": "import held\n\n\ndef h():\n    held.held()[0].before_request(h)\n",
    "taken.py": "def taken(p):\n    p.add_url_rule('/taken', view_func=taken)\n",
    "given.py": "import kept, taken\ntaken.taken(kept.a)\n",
    "other.py": "import kept, taken\n\n\ndef go():\n    one = 1\n",
    "texts.py": "PREFIX = '/p'\n",
    "prefixed.py": "from flask import Blueprint\nimport texts\nc = Blueprint('c', 'c', url_prefix=texts.PREFIX)\n"
    "@c.get('/d')\ndef d(): pass\n",
    "root.py": "from flask import Flask\nimport kept, prefixed\nroot = Flask('root')\nroot.register_blueprint(kept.a)\n"
    "root.register_blueprint(kept.b)\nroot.register_blueprint(prefixed.c)\n",
    "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef shared():\n    return 1\n",
    "tests/test_shared.py": "def test_shared(shared):\n    assert shared\n",
    "lists.py": "from django.urls import path\nfrom plain import one, two\nones = [path('one/', one)]\n"
    "twos = [path('two/', two)]\n",
    "urls.py": "from lists import ones, twos\nurlpatterns = [*ones]\n",
    "settings.py": "ROOT_URLCONF = 'urls'\n",
    "management/commands/work.py": "def quiet(): pass\n\n\nclass Command:\n    def handle(self):\n        return 1\n",
    "app/shop/route.ts": "import { x } from 'next'\nfunction y() { return 1 }\nexport function GET() { return y() }\n",
    "tasks.py": "def work():\n    return 1\n",
}
LOUD = {
    "a use goes": ("own.py", "app = Flask('own')\n    app.before_request(two)", "f"),
    "a use comes": ("plain.py", "return 1", "flask.Flask('n').add_url_rule('/n', view_func=two)"),
    "what a function gives to who uses it": ("made.py", "return kept.a", "return kept.b"),
    "what a list holds": ("held.py", "return [kept.a]", "return [1]"),
    "what is passed": ("given.py", "(kept.a)", "(kept.b)"),
    "another caller": ("other.py", "one = 1", "taken.taken(kept.b)"),
    "a text": ("texts.py", "'/p'", "'/q'"),
    "the parameter of a test": ("tests/test_shared.py", "(shared)", "(other)"),
    "what stands in a list": ("urls.py", "[*ones]", "[*twos]"),
    "a route of its place": ("app/shop/route.ts", "function y() { return 1 }", "function y() {\n  return 11\n}"),
}


@pytest.mark.parametrize("in_memory", [False, True])
@pytest.mark.parametrize("edit", LOUD)
def test_what_an_edit_does_elsewhere_is_found(edit: str, in_memory: bool) -> None:
    """Each in a way of its own."""
    path, old, new = LOUD[edit]
    after = WIDE | {path: WIDE[path].replace(old, new)}
    assert after != WIDE
    again = Tree(after, Tree(WIDE), in_memory=in_memory)
    assert again.rows() == Tree(after).rows()
    assert again.has_asked_packs


def test_a_pack_may_hold_from_now_on() -> None:
    """Then it holds for all files."""
    tree = {name: WIDE[name].replace("import flask\n", "") for name in ("management/commands/work.py", "plain.py")}
    after = tree | {"plain.py": tree["plain.py"].replace("return 1", "import django\n    return django.setup()")}
    again = Tree(after, Tree(tree))
    assert again.rows() == Tree(after).rows()
    assert again.has_asked_packs


QUIET = {
    "a call inside": ("plain.py", "return 1", "return len([1])"),
    "what is above": ("plain.py", "def one():\n", "def one():\n    # far\n    # below\n"),
    "a test": ("tests/test_shared.py", "    assert shared\n", "    assert shared\n    assert not []\n"),
    "above a command": ("management/commands/work.py", "def quiet(): pass", "def quiet():\n    len([])"),
}


@pytest.mark.parametrize("in_memory", [False, True])
@pytest.mark.parametrize("edit", QUIET)
def test_packs_are_asked_only_where_they_may_find_something_else(edit: str, in_memory: bool) -> None:
    """Else what they found is taken over, with the places where definitions of the edited file begin now."""
    path, old, new = QUIET[edit]
    after = WIDE | {path: WIDE[path].replace(old, new)}
    assert after != WIDE
    again = Tree(after, Tree(WIDE), in_memory=in_memory)
    assert not again.has_asked_packs
    assert again.rows() == Tree(after).rows()


STATEMENTS = """return 1
return Flask('x')
return made()
return bp
return [view]
made().get('/made')(view)
app = made()#app.add_url_rule('/rule', view_func=view)
app = passed(made())#app.register_blueprint(bp, url_prefix='/more')
take(made())
take(Flask('y'))
take(view)
signal.connect(view)
print('one', 2)
os.getcwd()
celery.task(view)
p.get('/p')(view)
p.route('/q')(view)
return p
bp.route('/bp')(view)
urlpatterns = [path('a/', view)]
register(view)""".splitlines()
bodies = st.sampled_from([statement.replace("#", "\n    ") for statement in STATEMENTS])
BODIES = 8


def tree_of(chosen: list[str]) -> dict[str, str]:
    """A tree in which objects of frameworks go through functions, variables and parameters, with the given bodies."""
    b = iter(chosen)
    head = "import os\nfrom flask import Flask, Blueprint\nfrom {} import *\n"
    return {
        "one.py": head.format("two") + f"def made():\n    {next(b)}\n    return Flask('z')\n"
        f"def passed(p):\n    {next(b)}\n    return p\nkept = made()\n",
        "two.py": head.format("three") + "bp = Blueprint('b', 'b', url_prefix='/b')\n"
        f"def take(p):\n    p.get('/take')(view)\n    {next(b)}\n",
        "three.py": head.format("one") + "from two import *\nfrom celery import Celery\ncelery = Celery()\n"
        f"def view(p=None):\n    {next(b)}\n@celery.task\ndef work(p):\n    {next(b)}\n",
        "four.py": head.format("three") + f"from django.urls import path\nkept.get('/four')(view)\n"
        f"def last(p):\n    {next(b)}\nlast(kept)\nlast(bp)\n",
        "tests/conftest.py": f"import pytest\nfrom one import *\n@pytest.fixture\ndef app():\n    {next(b)}\n",
        "tests/test_it.py": f"from one import *\nfrom four import last\n"
        f"def test_it(app):\n    {next(b)}\n    last(app)\n",
    }


@settings(
    max_examples=SCRIPTS,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.lists(bodies, min_size=BODIES, max_size=BODIES),
    st.lists(st.tuples(st.integers(0, BODIES - 1), bodies), min_size=1, max_size=5),
    st.booleans(),
)
def test_many_edits_one_after_the_other(chosen: list[str], edits: list[tuple[int, str]], in_memory: bool) -> None:
    """Whatever was taken over on the way."""
    tree = Tree(tree_of(chosen))
    for place, body in edits:
        chosen[place] = body
        files = tree_of(chosen)
        tree = Tree(files, tree, in_memory=in_memory)
        assert tree.rows() == Tree(files).rows()
