"""After an edit of bodies or signatures, linking what it affects gives the graph that linking everything gives.

RELINK_SCRIPTS sets the number of random scripts, for long runs.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.graph.trees import Tree

SCRIPTS = int(os.environ.get("RELINK_SCRIPTS", "60"))

SHOP = {
    "shop/__init__.py": "from shop.cart import Cart\n",
    "shop/cart.py": (
        "from shop.goods import Book, make\n"
        "class Cart:\n"
        "    def __init__(self):\n        self.last = make()\n"
        "    def first(self):\n        return self.last\n"
        "    def each(self, run):\n        run(self)\n"
        "    def listed(self):\n        return [Book()]\n"
    ),
    "shop/goods.py": (
        "class Book:\n    def read(self): pass\n"
        "class Lamp:\n    def read(self): pass\n    def shine(self): pass\n"
        "def make():\n    return Book()\n"
        "def other():\n    return Lamp()\n"
    ),
    "app.py": (
        "from shop import Cart\n"
        "def show(cart): pass\n"
        "def use():\n"
        "    Cart().first().read()\n"
        "    for good in Cart().listed():\n        good.read()\n"
        "def hand():\n"
        "    Cart().each(show)\n"
    ),
    "alone.py": "def f():\n    return 1\ndef g():\n    f()\n",
}


@pytest.mark.parametrize(
    ("path", "old", "new", "n_linked"),
    [
        pytest.param("alone.py", "return 1", "return f", 1, id="a body that nobody reads"),
        pytest.param("alone.py", "def f():\n", "def f():\n    # far below\n\n", 1, id="places move"),
        pytest.param("shop/goods.py", "return Book()", "return Lamp()", 3, id="what a function gives"),
        pytest.param("shop/goods.py", "return Lamp()", "return Book()", 1, id="what nobody asked a function for"),
        pytest.param("shop/cart.py", "self.last = make()", "self.last = Book()", 1, id="the same in another way"),
        pytest.param("shop/cart.py", "[Book()]", "[make]", 2, id="what a list holds"),
        pytest.param(
            "shop/cart.py", "    def each(self, run):\n", "    def each(self, run):\n        1\n", 2, id="moved"
        ),
        pytest.param("app.py", "Cart().each(show)", "Cart().each(use)", 2, id="what is passed"),
        pytest.param("app.py", "Cart().each(show)", "pass", 2, id="nothing is passed any more"),
        pytest.param("app.py", "def hand():\n", "def hand():\n    Cart().each(use)\n", 2, id="more is passed"),
        pytest.param("alone.py", "def f():", "def f(x=1):", 1, id="a parameter that nobody passes"),
        pytest.param("shop/goods.py", "def make():", "def make() -> Lamp:", 3, id="what a function says that it gives"),
        pytest.param("shop/cart.py", "(self, run)", "(self, other, run=None)", 2, id="parameters in other places"),
        pytest.param("shop/cart.py", "(self, run)", "(self, *run)", 2, id="a parameter of another kind"),
        pytest.param("shop/goods.py", "def make()", "def made()", 5, id="a name goes: all"),
    ],
)
def test_who_is_affected_is_linked_and_nobody_else(path: str, old: str, new: str, n_linked: int) -> None:
    """The rows are those of a whole linking, and no more files were linked than the edit can have changed."""
    before = Tree(SHOP)
    assert old in SHOP[path]
    files = {**SHOP, path: SHOP[path].replace(old, new)}
    after = Tree(files, before)
    assert after.rows() == Tree(files).rows()
    assert after.n_linked <= n_linked
    assert Tree(SHOP, after).rows() == before.rows()


VALUES = """None p q A() B() C f g f(p) g(A()) self_of{s('p')} [p,A()] [B()][0] (lambda:A())() h(f,p) {'k':C()}['k']
p.m() p.a getattr(C(),f"mad{p}")() C().made() C().a.m next(gen()) D(p).a (lambda_:p)""".replace(
    "lambda_", "lambda x"
).split()
STATEMENTS = """return {}
x = {}#x.m()#return x
for x in {}:#    x.m()
g({})
h({}, p)
p.m({})
C().keep({})
q({})
if p:#    return {}#return f
with {} as x:#    x.n()
D({}).a.n()
yield {}""".splitlines()
bodies = st.builds(str.format, st.sampled_from(STATEMENTS), st.sampled_from(VALUES))  # '#' begins a line
BODIES = 12
signatures = st.sampled_from(
    ["({})", "({}, r=None)", "({}, *r)", "({}, **r)", "({}) -> A", "({}, r: B = None) -> 'C'", "({}, s=f, r=g)"]
)
SIGNED = 11


def tree_of(chosen: list[str], signed: list[str]) -> dict[str, str]:
    """A tree in which everything may reach everything, with the given bodies and signatures."""
    signs = iter(signed)

    def s(parameters: str) -> str:
        return next(signs).format(parameters)

    flat, deep = (iter([body.replace("#", indent) for body in chosen]) for indent in ("\n    ", "\n        "))
    b = zip(flat, deep, strict=True)
    head = "from pkg.{} import *\n"
    return {
        "pkg/__init__.py": "",
        "pkg/one.py": head.format("two")
        + f"class A:\n    def m{s('self, p=None, q=f')}:\n        {next(b)[1]}\n    def n(self): pass\n"
        + f"def f{s('p')}:\n    {next(b)[0]}\ndef gen{s('p=None')}:\n    {next(b)[0]}\n    yield A()\n",
        "pkg/two.py": head.format("three")
        + f"class B:\n    a = None\n    def m{s('self, p=None, q=g')}:\n        {next(b)[1]}\n"
        + f"def g{s('p, q=None')}:\n    {next(b)[0]}\ndef self_of(p):\n    {next(b)[0]}\n",
        "pkg/three.py": "from pkg.one import *\nfrom pkg.two import *\nfrom pkg.four import D\n"
        + f"class C(A):\n    def keep{s('self, p')}:\n        self.a = p\n        {next(b)[1]}\n"
        + f"    def made{s('self, p=None')}:\n        {next(b)[1]}\ndef h{s('p, q')}:\n    p(q)\n    {next(b)[0]}\n",
        "pkg/four.py": "from pkg.three import *\n"
        + f"class D:\n    def __init__{s('self, p')}:\n        self.p = p\n"
        + f"    @property\n    def a(self):\n        p = self.p\n        {next(b)[1]}\n"
        + f"def top{s('p, q')}:\n    {next(b)[0]}\ntop(A(), f)\ntop(C(), g)\n@h\ndef last(p):\n    {next(b)[0]}\n",
    }


# A failing script is short and readable as it is.
@settings(
    max_examples=SCRIPTS,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.lists(bodies, min_size=BODIES, max_size=BODIES),
    st.lists(signatures, min_size=SIGNED, max_size=SIGNED),
    st.lists(
        st.lists(
            st.tuples(st.integers(0, BODIES - 1), bodies) | st.tuples(st.integers(-SIGNED, -1), signatures),
            min_size=1,
            max_size=2,
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_random_edits(
    first: list[str], signed: list[str], script: list[list[tuple[int, str]]], in_memory: bool
) -> None:
    """Whatever bodies and signatures say, each step gives the rows of a whole linking, in one process or in several."""
    said = [*first, *signed]
    tree = Tree(tree_of(first, signed))
    for step in script:
        for index, text in step:
            said[index] = text
        files = tree_of(said[:BODIES], said[BODIES:])
        tree = Tree(files, tree, in_memory=in_memory)
        assert tree.rows() == Tree(files).rows()
