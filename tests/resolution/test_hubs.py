"""Hubs cost what they hold: work is counted as calls of functions, at one size and at twice that."""

import sys
from collections.abc import Callable, Mapping

import pytest

from axon.graph.build import FileEntry, assemble
from axon.parsing.extract import extract
from axon.resolution.link import Linker
from axon.resolution.start import start

MOST_GROWTH = 2.3


def work(files: Mapping[str, str]) -> int:
    """How many functions are called while the files are linked."""
    entries = [FileEntry(path, "python", extract("python", text.encode())) for path, text in sorted(files.items())]
    linker = Linker(start(assemble(entries), None))
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        for _, phase in linker.phases():
            phase()
    finally:
        sys.setprofile(None)
    return calls


def one_name_everywhere(n: int) -> dict[str, str]:
    """A method name that n classes define, called on receivers of all kinds."""
    classes = "".join(
        f"class C{i}:\n    def run(self, x):\n        self.run(x)\n        x.run(self)\n        C{i}().run(x)\n"
        for i in range(n)
    )
    return {"a.py": classes}


def one_base_everywhere(n: int) -> dict[str, str]:
    """A class with n subclasses, which calls methods that some, all and none of them define."""
    base = "class Base:\n    def go(self):\n" + "".join(f"        self.m{i}()\n" for i in range(n // 10))
    subclasses = "".join(
        f"class S{i}(Base):\n    def all(self): ...\n    def m{i % 100}(self):\n        self.all()\n        self.go()\n"
        for i in range(n)
    )
    return {"base.py": base, "sub.py": "from base import Base\n" + subclasses}


def one_long_function(n: int) -> dict[str, str]:
    """A function of n lines that binds the same names again and again, in branches and loops."""
    lines = "".join(
        "    if x:\n        item = Item()\n    else:\n        item = other\n    item.run(x)\n    x = item.next(x)\n"
        for _ in range(n // 6)
    )
    return {
        "a.py": f"class Item:\n    def run(self, x): ...\n    def next(self, x): return self\ndef f(x, other):\n{lines}"
    }


def one_long_loop(n: int) -> dict[str, str]:
    """The same in a loop, where each use may see any of the assignments."""
    lines = "".join("        if x:\n            item = Item()\n        x = item.next(x)\n" for _ in range(n // 3))
    return {"a.py": f"class Item:\n    def next(self, x): return self\ndef f(x, item):\n    while x:\n{lines}"}


def one_function_for_all(n: int) -> dict[str, str]:
    """A function that n places call with a function of their own."""
    callers = "".join(f"def c{i}(): ...\ndef p{i}():\n    hub(c{i})\n" for i in range(n))
    return {"a.py": f"def hub(call):\n    call()\n{callers}"}


def one_decorator_for_all(n: int) -> dict[str, str]:
    """A decorator that stands on n functions."""
    head = "def deco(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n"
    return {"a.py": head + "".join(f"@deco\ndef f{i}():\n    f{max(i - 1, 0)}()\n" for i in range(n))}


def one_object_by_all_ways(n: int) -> dict[str, str]:
    """A decorator on a parameter that n callers pass on for each of their own n callers, and so on."""
    layers = "".join(f"def f{i}(app):\n" + n * f"    f{i - 1}(app)\n" for i in range(1, 6))
    return {"a.py": "def f0(app):\n    @app.route('/')\n    def index(): ...\n" + layers}


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (one_name_everywhere, 2500),
        (one_base_everywhere, 1500),
        (one_long_function, 1000),
        (one_long_loop, 1000),
        (one_function_for_all, 1500),
        (one_decorator_for_all, 1500),
        (one_object_by_all_ways, 7),
    ],
)
def test_work_grows_with_the_hub(make: Callable[[int], dict[str, str]], size: int) -> None:
    """Twice the hub is at most about twice the work."""
    assert work(make(2 * size)) <= MOST_GROWTH * work(make(size))
