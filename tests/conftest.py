"""What holds for every test: no user folder, no user configuration, and examples that do not depend on the clock."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

_HOME = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Each test process has an AXON_HOME of its own, no other AXON_* setting, and a git with nothing but defaults."""
    for name in [name for name in os.environ if name.startswith("AXON_")]:
        del os.environ[name]
    home = config.stash[_HOME] = tempfile.mkdtemp(prefix="axon-tests-")
    os.environ["AXON_HOME"] = home
    os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
    os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
    for role in ("AUTHOR", "COMMITTER"):
        os.environ[f"GIT_{role}_NAME"] = "Axon tests"
        os.environ[f"GIT_{role}_EMAIL"] = "tests@example.invalid"


def pytest_unconfigure(config: pytest.Config) -> None:
    """The temporary home goes with the process that made it."""
    shutil.rmtree(config.stash[_HOME], ignore_errors=True)


@pytest.fixture(autouse=True)
def _quiet_logger() -> Iterator[None]:
    """The logger of the package is as it was, for whatever test this process runs next."""
    logger = logging.getLogger("axon")
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
