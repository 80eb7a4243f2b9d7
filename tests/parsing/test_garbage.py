"""Workers collect no cycles: what extraction made of them would stay until a worker ends."""

import gc

import pytest

from axon.parsing.extract import extract

SOURCES = {
    "python": b"import os\nclass A(B):\n    x: int = 1\n    def f(self, a, *b):\n        for y in [a.b, (1, 2)]:\n"
    b"            self.z = lambda v: {'k': v[0].w(y)} if not y else -y + 1\n"
    b"        return [i async for i in f(a)(b)]\n",
    "typescript": b"import a from './a';\n"
    b"export class A extends B { f(x: T) { const y = () => this.z(x.w); return y; } }\n",
}


@pytest.mark.parametrize("language", SOURCES)
def test_extraction_leaves_no_cycles(language: str) -> None:
    """After it, the collector finds nothing."""
    extract(language, SOURCES[language])  # fills the caches
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        extract(language, SOURCES[language])
        assert gc.collect() == 0
    finally:
        if was_enabled:
            gc.enable()
