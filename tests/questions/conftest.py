"""One index of the small shop, opened for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.questions.opened import Index, open_index
from tests.questions.shop import publish, shop_graph
from tests.questions.whole import FILES, index_of


@pytest.fixture(scope="session")
def shop_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published index."""
    root = tmp_path_factory.mktemp("shop")
    publish(root, shop_graph())
    return root


@pytest.fixture
def index(shop_root: Path) -> Iterator[Index]:
    """The index, pinned."""
    with open_index(shop_root) as opened:
        yield opened


@pytest.fixture(scope="session")
def whole_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, indexed by a whole run."""
    return index_of(tmp_path_factory.mktemp("whole"), FILES)


@pytest.fixture
def whole(whole_root: Path) -> Iterator[Index]:
    """Its index."""
    with open_index(whole_root) as opened:
        yield opened
