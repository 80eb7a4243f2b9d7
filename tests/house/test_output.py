"""Only the command line speaks to a terminal: everything else returns values or logs."""

from tests.house.tree import Module, calls, modules, snippet

SPEAKS = frozenset({"print", "pprint", "pprint.pprint", "sys.stdout.write", "sys.stderr.write", "breakpoint", "input"})
SILENT = frozenset({"model", "graph", "resolution", "analyses"})
LOGS = frozenset({"logging.getLogger", "getLogger"})
ALLOWED: dict[str, str] = {}  # path: reason


def spoken(module: Module) -> list[str]:
    """Calls outside `cli` that write to a standard stream, and loggers in the packages that only return."""
    if module.package == "cli" or module.path in ALLOWED:
        return []
    forbidden = SPEAKS | LOGS if module.package in SILENT else SPEAKS
    return [module.at(call, f"{name}()") for call, name in calls(module.tree) if name in forbidden]


def test_only_the_command_line_prints() -> None:
    """No other package writes to a standard stream; the pure ones do not log either."""
    assert [v for m in modules() for v in spoken(m)] == []


def test_the_check_bites() -> None:
    """A print, a write and a logger in a pure package are seen; methods of those names and `cli` are not."""
    assert spoken(snippet("print(1)"))
    assert spoken(snippet("sys.stderr.write('x')"))
    assert spoken(snippet("log = logging.getLogger(__name__)", "graph/bad.py"))
    assert not spoken(snippet("log = logging.getLogger(__name__)"))
    assert not spoken(snippet("console.print(1)"))
    assert not spoken(snippet("print(1)", "cli/render.py"))
