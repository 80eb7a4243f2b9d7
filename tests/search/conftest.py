"""One index of the small tree."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.questions.opened import Index, open_index
from tests.search.trees import FILES, index, write


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of an indexed tree."""
    return index(write(tmp_path_factory.mktemp("searched"), FILES))


@pytest.fixture
def opened(shop: Path) -> Iterator[Index]:
    """Its index."""
    with open_index(shop) as found:
        yield found
