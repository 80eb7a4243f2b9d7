"""Tests use real objects and real events: no mock of a store, no nap that hopes."""

import ast

from tests.house.tree import Module, calls, snippet, suite

MOCKS = frozenset({"MagicMock", "AsyncMock", "Mock", "create_autospec", "mocker"})
NAPS = frozenset({"time.sleep", "sleep", "asyncio.sleep"})
SLEEPERS: dict[str, str] = {}  # path: reason


def mocks(module: Module) -> list[str]:
    """Every use of a mock: an import of `mock`, a name that makes one, the fixture that does."""
    found = []
    for node in ast.walk(module.tree):
        names = {getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "arg", None)}
        if isinstance(node, ast.ImportFrom | ast.Import):
            parts = f"{getattr(node, 'module', '')}.{'.'.join(alias.name for alias in node.names)}".split(".")
            names = set(parts) & (MOCKS | {"mock"})
        if names & (MOCKS | {"mock"}):
            found.append(module.at(node, "uses a mock"))
    return found


def naps(module: Module) -> list[str]:
    """Every call that sleeps."""
    if module.path in SLEEPERS:
        return []
    return [module.at(call, f"{name}()") for call, name in calls(module.tree) if name in NAPS]


def test_nothing_is_mocked() -> None:
    """No test replaces an object of ours by one that agrees with everything."""
    assert [v for m in suite() for v in mocks(m)] == []


def test_nothing_sleeps() -> None:
    """No test waits for time to pass: it waits for an event, with a limit."""
    assert [v for m in suite() for v in naps(m)] == []


def test_the_checks_bite() -> None:
    """Each way to mock or to sleep is seen; an event's wait is not."""
    for bad in (
        "from unittest import mock",
        "from unittest.mock import MagicMock",
        "import unittest.mock",
        "store = mock.Mock()",
        "def test(mocker): pass",
    ):
        assert mocks(snippet(bad)), bad
    assert naps(snippet("import time\ntime.sleep(1)"))
    assert not mocks(snippet("monkeypatch.setenv('A', 'b')"))
    assert not naps(snippet("done.wait(timeout=5)"))
