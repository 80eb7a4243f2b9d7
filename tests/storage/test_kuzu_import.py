"""What importing the engine costs: no asyncio, which Kuzu imports for connections that Axon does not use."""

import subprocess
import sys

PROGRAM = """
import sys

import axon.storage.kuzu

assert not {"asyncio", "ssl"} & sys.modules.keys()

import asyncio

import kuzu


async def answer():
    return (await kuzu.AsyncConnection(kuzu.Database(":memory:")).execute("RETURN 7")).get_next()


print(asyncio.run(answer()))
"""


def test_the_engine_is_imported_without_asyncio_and_keeps_its_asynchronous_connections() -> None:
    """Whoever uses Kuzu in the same process besides gets all of it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("[7]\n", "", 0)
