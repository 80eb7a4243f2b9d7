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
    "twice.py": "def use():\n    return 1\nuse()\ndef use():\n    return 2\n",
}


@pytest.mark.parametrize(
    ("path", "old", "new", "n_linked"),
    [
        pytest.param("alone.py", "return 1", "return f", 1, id="a body that nobody reads"),
        pytest.param("alone.py", "def f():\n", "def f():\n    # far below\n\n", 1, id="places move"),
        pytest.param("twice.py", "return 1", "return 1 + 1", 1, id="the place moves from which on a name is another"),
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
        pytest.param("shop/goods.py", "def make()", "def made()", 3, id="a name goes"),
        pytest.param("alone.py", "def g():", "def h():\n    f()\ndef g():", 1, id="a name comes that nobody has"),
        pytest.param("shop/goods.py", "class Lamp:", "class Lamp:\n    first = 1", 2, id="an attribute comes"),
        pytest.param("alone.py", "def f():", "class F:\n    def __init__(self): pass\ndef f():", 1, id="a class comes"),
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


WAITING = {
    "base.py": "class A:\n    def m(self): pass\nclass B:\n    def m(self): pass\n",
    "given.py": (
        "from typing import NamedTuple\nfrom base import A, B\n"
        "class Pair(NamedTuple):\n    one: A\n    two: B\n"
        "class Visited:\n    def seen(self): pass\n"
        "class Plain:\n    def __init__(self, p=None): pass\n"
        "def pair():\n    return Pair(A(), B())\n"
        "def visited():\n    return Visited()\n"
        "def plain():\n    return Plain()\n"
    ),
    "between.py": (
        "import given\nfrom given import late as other\nfrom typing import Callable, TypeVar\nT = TypeVar('T')\n"
        "def wrapped(p: T) -> 'given.Box[T]': pass\n"
        "def listed() -> 'list[given.New]': pass\n"
        "def taking(run: 'Callable[[given.New], None]'): pass\n"
        "def keyed(*p: 'given.New') -> 'dict[str, given.New]': pass\n"
    ),
    "naming.py": "import given\ndef f():\n    given.late().m()\n",
    "aliasing.py": "import between\ndef f():\n    between.other().m()\n",
    "holding.py": "from given import pair\ndef f():\n    p, q = pair()\n    p.m()\n    q.m()\n",
    "pattern.py": "from given import visited\ndef f(kind):\n    getattr(visited(), f'visit_{kind}')()\n",
    "above.py": "from given import plain\ndef f():\n    for p in plain():\n        p.m()\n    str(plain())\n",
    "listing.py": "from between import listed\ndef f():\n    for p in listed():\n        p.m()\n",
    "passing.py": "from between import taking\ndef f():\n    taking(lambda p: p.m())\n",
    "keying.py": "from between import keyed\ndef f():\n    keyed()['k'].m()\n",
    "reading.py": "from between import wrapped\nfrom base import A\ndef f():\n    wrapped(A()).got().m()\n",
}
LATE = {
    "a name that was looked for": ("def pair()", "def late():\n    return A()\ndef pair()"),
    "a class that a signature names": (
        "def pair()",
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass Box(Generic[T]):\n    def got(self) -> T: pass\n"
        "def pair()",
    ),
    "a class that an argument of a type names": (
        "def pair()",
        "class New(A): pass\ndef pair()",
    ),
    "a field before others": ("    one: A\n", "    none: B\n    one: A\n"),
    "a method that fits a pattern": ("    def seen(self): pass\n", "    def visit_it(self): pass\n"),
    "a method that loops run": ("class Plain:\n", "class Plain:\n    def __iter__(self):\n        yield A()\n"),
    "a method that the library runs": ("class Plain:\n", "class Plain:\n    def __str__(self):\n        return ''\n"),
}


@pytest.mark.parametrize("edit", LATE)
def test_what_comes_is_found_by_who_waits_for_it(edit: str) -> None:
    """By name, by another name, by a value that is held, by text of others, and by a pattern of names."""
    old, new = LATE[edit]
    assert old in WAITING["given.py"]
    before = Tree(WAITING)
    files = {**WAITING, "given.py": WAITING["given.py"].replace(old, new)}
    after = Tree(files, before)
    assert after.rows() == Tree(files).rows()
    assert after.rows() != before.rows()
    assert after.n_linked < len(files)
    assert Tree(WAITING, after).rows() == before.rows()


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
        "pkg/four.py": "from pkg.three import *\ndef again(p):\n    return A()\nagain(f).m(g)\n"
        + f"class D:\n    def __init__{s('self, p')}:\n        self.p = p\n"
        + f"    @property\n    def a(self):\n        p = self.p\n        {next(b)[1]}\n"
        + "def again(p):\n    return C()\nagain(g).m(f)\n"
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


MEMBERS = """    def n(self): return B()
    def __iter__(self): yield A()
    def __next__(self): return B()
    def __call__(self, p): p()
    def __init__(self, p=None, q=None): self.q = q
    def __enter__(self): return self
    def __exit__(self, *r): pass
    def __getattr__(self, k): return f
    def __get__(self, k, o): return g
    def __str__(self): return f(self)
    def __bool__(self): return self.m()
    def __len__(self): return f(self)
    def __lt__(self, p): return p.m()
    def __format__(self, p): return self.n()
    def __hash__(self): return f(self)
    def __eq__(self, p): return self.m()
    def __init_subclass__(cls): f(cls)
    def __set_name__(self, k, n): pass
    def __new__(cls, p=None): return B()
    def again(self): return type(self)()
    @classmethod#    def build(cls): return cls(f)
    s = A()
    def mad(self): return self.m()
    def mada(self): f(self)
    q = D(f)
    r: 'C' = None
    t: list['A']
    k = g
    from pkg.two import B as m
    @property#    def a(self): return self.p
    @staticmethod#    def made(p=None): return p""".splitlines()
TOPS = """def f(p=None): return p
def g(p, q=None): return C()
def extra(p): return p.m()
async def late(): return A()
class A(B): pass
class E(A):#    def m(self, p=None, q=f): self.n()
class E(B):#    def made(self): return f#    def __init__(self): self.a = g
class E:#    def __iter__(self): return iter([A()])
class B:#    def only(self): return self
class F(C, B):#    def m(self): pass
@h#def f(p): p()
@h#class G(D):#    pass
import pkg.four as f
from pkg.four import D as A
from pkg.one import A as Z
from pkg import two
from pkg.two import B
one = A
two = g
Z: 'B' = None
last = C()
T = A | B
__all__ = ['A', 'f', 'D']
def took(p: 'T', q: 'Z') -> 'E': return q.m()
def used():#    took(C(), E())#    for x in A():#        x.m()#    with B() as y:#        y.n()#    str(A())
def tried():#    one().m()#    two(f)#    Z().n()#    E().made()#    A().only()#    A(1).q.m()
used()
class M(type):#    def __call__(cls, p=None): return f(p)
class M(type):#    def __init__(cls, *p): pass
class N(metaclass=M): pass
class O(A, metaclass=M):#    def m(self): pass
kept = []#kept.append(A())#for one in kept:#    one.m()
def puts(p):#    had = {}#    had[p] = C()#    had.setdefault(p, B()).m()#    for x in had.values():#        x.m()
from pytest import fixture#@fixture#def given(p=None):#    yield A()
from pytest import fixture as fix#@fix(name='given')#def kept_for(other): return C()
from pytest import fixture#@fixture(params=[A, C])#def other(request): return request.param()
""".splitlines()
FILES = ["pkg/one.py", "pkg/two.py", "pkg/three.py", "pkg/four.py"]
places = st.sampled_from(["top", "end", "class", "class end"])
additions = st.tuples(st.sampled_from(FILES), places, st.integers(0, 51))


USERS = {
    "use/loop.py": "from pkg.two import self_of\ndef u():\n    for x in self_of(1):\n        x.m()\n",
    "use/enter.py": "from pkg.two import g\ndef u(p):\n    with g(p) as y:\n        y.n()\n        y.q\n",
    "use/call.py": "from pkg.three import h\ndef u():\n    h(1, 2)()\n    str(h(1, 2))\n",
    "use/gen.py": "from pkg.one import gen\ndef u():\n    for x in gen():\n        x()\n        yield x + 1\n",
    "use/given.py": "def u(p):\n    p()\n    for x in p:\n        pass\n    return p.mad\n",
    "use/gives.py": "from use.given import u\nfrom pkg.one import f, A\nu(A())\nu(f(1))\n",
    "use/family.py": "def u(p, q):\n    p.only()\n    q.mad()\n    return p.made()\n",
    "use/below.py": "from pkg.one import f\nclass L:\n    def m(self): self.n()\n    def w(self): return f(self)\n",
    "use/again.py": "from pkg.one import Z as W, two as k\ndef u():\n    W().m()\n    k(1)\n",
    "use/typed.py": "from pkg.four import took\ndef u():\n    took(1, 2).m()\n    took(u, u)()\n",
    "use/named.py": "import pkg.one\ndef u(s):\n    getattr(pkg.one.A(), f'mad{s}')()\n    pkg.one.extra(u)\n",
    "use/star.py": "from pkg.four import *\ndef u():\n    last()\n    late()\n    E()\n",
    "use/key.py": "from pkg.one import A\ndef u(d: dict[A, int], a: A):\n    d[a]\n    a in d\n    a == d\n",
    "use/unnamed.py": "from pkg.one import A, f\nfrom pkg.three import C\ndef u(d: dict[A, C], a: A):\n    d.get(a)\n"
    "    d.pop(f(1))\n    if a and f(2) or not C():\n        f'{a} {f(3)!r}'\n    '{}'.format(a)\n"
    "    sorted([a, C()])\n    max(f(4), a)\n    d.values().sort()\n",
    "use/beside.py": "from pkg.two import g\ndef give(): return g(1)\ndef take(p, q): p.m()\nclass A:\n"
    "    def m(self): pass\nx = give()\n",
    "use/beside.pyi": "from pkg.one import A as B, f\nfrom pkg.four import E\nclass A(B): ...\ndef give() -> B: ...\n"
    "def take(p: E, q) -> list[A]: ...\nx: B\n",
    "use/told.py": "from use.beside import *\ndef u():\n    give().m()\n    x.n()\n    for a in take(1, 2): a.m()\n",
    "use/mixed.py": "from pkg.one import A\nclass X:\n    s = None\n    def w(self):\n        self.s(1)\n"
    "        self.o.m()\n        self.q.n()\n",
    "use/mixes.py": "from use.mixed import X\nfrom pkg.one import *\nfrom pkg.four import *\nclass Y(X):\n    s = A\n"
    "    o = f(1)\nclass Z2(X, D):\n    s = C\n    def __init__(self): self.o = A()\n",
    "use/made.py": "from pkg.three import C\ndef u(a: C):\n    type(a)()\n    str(a)\n    a.__class__(1)\n",
    "use/class.py": "from pkg.four import *\nclass U(A):\n    d = C()\nclass V(D, metaclass=M): pass\nN()\nV()\n",
    "use/chain.py": "from use.star import last as l\ndef u():\n    return l().q.p\n",
    "use/conftest.py": "from pkg.four import *\n",
    "use/test_given.py": "from pytest import mark\nfrom pkg.one import f\n"
    "def test_it(given, other):\n    given.m()\n    other.n()\n    given.q.a\n    for x in given: x()\n"
    "@mark.parametrize('p, q', [(f, 1)])\ndef test_rows(p, q, given):\n    p(given)\n    given().m()\n",
    "use/many.py": "table = {}\ndef put(n, p):\n    table[n] = p\nclass K:\n    def __init__(self, p): self.p = p\n"
    "    def call(self): self.p()\n",
    "use/puts.py": "from use.many import put, K\nfrom pkg.one import *\nfrom pkg.four import *\n"
    "put(1, f)\nput(2, gen)\nput(3, A)\nput(4, extra)\nput(5, last)\nK(f)\nK(late)\nK(g)\nK(took)\nK(tried)\n",
    "use/forward.py": "from pkg.one import A\nclass W:\n    def __init__(self, p: A): self.p = p\n"
    "    def __getattr__(self, n): return getattr(self.p, n)\n",
    "use/forwarded.py": "from use.forward import W\ndef u():\n    W(1).m()\n    W(1).made().n()\n    (W(1) == 1).m()\n"
    "    sorted([W(1)], key=lambda w: w.n())\n",
    "use/runs.py": "from use.many import table\ndef u(n):\n    table[n](u).m()\n",
    "use/chained.py": "from use.chain import u\ndef v():\n    u()()\n    for x in u(): pass\n",
}


def grown(files: dict[str, str], added: list[tuple[str, str, int]]) -> dict[str, str]:
    """A tree with more definitions: above, below, and in the first class of a file."""
    found = files | USERS
    for path, place, n in added:
        text = found[path]
        if place in ("class", "class end"):
            member = MEMBERS[n % len(MEMBERS)].replace("#", "\n")
            head = text.index("class ")
            at = text.index("\n", head) if place == "class" else text.find("\ndef ", head)
            found[path] = f"{text[:at]}\n{member}{text[at:]}"
        else:
            said = TOPS[n % len(TOPS)].replace("#", "\n")
            at = text.index("class ") if place == "top" else len(text)
            found[path] = f"{text[:at]}{said}\n{text[at:]}"
    return found


@settings(
    max_examples=SCRIPTS,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.lists(bodies, min_size=BODIES, max_size=BODIES),
    st.lists(additions, max_size=6),
    st.lists(
        st.tuples(st.lists(additions, min_size=1, max_size=2), st.lists(st.integers(0, 9), max_size=2), bodies),
        min_size=1,
        max_size=5,
    ),
)
def test_random_growth(
    first: list[str],
    added: list[tuple[str, str, int]],
    script: list[tuple[list[tuple[str, str, int]], list[int], str]],
) -> None:
    """Definitions, members, imports and classes come and go: each step gives the rows of a whole linking."""
    signed = ["({})"] * SIGNED
    tree = Tree(grown(tree_of(first, signed), added))
    for more, less, body in script:
        added = [*(one for n, one in enumerate(added) if n not in less), *more]
        first = [body, *first[1:]]
        files = grown(tree_of(first, signed), added)
        tree = Tree(files, tree)
        assert tree.rows() == Tree(files).rows()
