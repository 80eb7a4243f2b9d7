"""Memory that was freed goes back to the system where the C library can be asked for it."""

import ctypes
import sys

import pytest

from axon.interpreter import give_back_memory


@pytest.mark.skipif(sys.platform != "linux", reason="only the C library of Linux is asked")
def test_freed_memory_is_given_back() -> None:
    """Small blocks below one that is still held stay with the library until it is asked."""
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    blocks = [library.malloc(64 << 10) for _ in range(200)]
    for block in blocks[:-1]:
        library.free(ctypes.c_void_p(block))
    assert give_back_memory()
    library.free(ctypes.c_void_p(blocks[-1]))


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_nothing_is_asked(platform: str) -> None:
    """Other systems give it back by themselves or not at all."""
    assert not give_back_memory(platform)
