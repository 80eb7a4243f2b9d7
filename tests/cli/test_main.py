"""The entry point: lazy, quiet, one line for what goes wrong, and one exit code for each way to end."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from axon.cli import main
from axon.cli.commands import COMMANDS
from axon.questions import QUESTIONS
from tests.cli.conftest import Axon, started

NO_QUESTIONS = {"analyze", "audit", "clean", "doctor", "embed", "enrich", "mcp", "models", "setup", "verify", "watch"}
HEAVY = ("numpy", "kuzu", "rich", "tree_sitter", "logging", "axon.storage", "axon.pipeline")


def test_every_question_has_a_command_and_every_other_command_is_known() -> None:
    """The table of questions and the command line agree."""
    assert {question.command for question in QUESTIONS} == set(COMMANDS) - NO_QUESTIONS


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_takes_repo_and_json(axon: Axon, question: object) -> None:
    """Whatever is asked, the repository can be named and the answer be JSON."""
    text = axon(question.command, "--help").out  # type: ignore[attr-defined]
    assert "--repo" in text
    assert "--json" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(axon: Axon, name: str) -> None:
    """Help costs no index and ends well."""
    said = axon(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert f"axon {name}" in said.out


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Neither an engine nor numpy nor rich is loaded to print help."""
    code = (
        f"import sys; from axon.cli.main import run; run({arguments!r}); "
        f"print([m for m in sys.modules if m.startswith({HEAVY!r})], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_question_imports_neither_numpy_nor_an_engine(shop: Path) -> None:
    """The first answer of a process comes before either would be loaded."""
    code = (
        f"import sys; from axon.cli.main import run; run(['context', 'Cart', '--repo', {str(shop)!r}]); "
        "print([m for m in sys.modules if m.startswith(('numpy', 'kuzu', 'rich'))], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_without_a_command_there_is_help(axon: Axon) -> None:
    """A bare call is a wrong call, and shows what can be called."""
    said = axon()
    assert said.code == 2
    assert "Commands:" in said.out + said.err


def test_shell_completion() -> None:
    """The shell is told the names of the commands, in the way click does it."""
    said = started(COMP_WORDS="axon ca", COMP_CWORD="1", _AXON_COMPLETE="bash_complete")
    assert [line.partition(",")[2] for line in said.out.splitlines()] == ["callers", "callees"]


def test_an_unknown_command_and_a_bad_flag_are_usage_errors(axon: Axon) -> None:
    """Exit code 2, with the nearest name."""
    said = axon("serch", "x")
    assert said.code == 2
    assert "Did you mean `search`?" in said.err
    assert axon("search").code == 2
    assert axon("status", "--nonsense").code == 2


def test_a_folder_that_is_not_there_is_a_usage_error(axon: Axon, tmp_path: Path) -> None:
    """Exit code 2 for questions and for the main job."""
    for arguments in (["status", "--repo"], ["analyze"]):
        said = axon(*arguments, tmp_path / "gone")
        assert (said.code, said.err.splitlines()) == (2, [f"axon: No folder at {tmp_path / 'gone'}. Check the path."])


def test_an_interrupt_ends_with_130(axon: Axon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C anywhere is one line."""
    monkeypatch.setattr(main, "_invoke", _raiser(KeyboardInterrupt()))
    assert axon("status").code == 130


def test_an_unexpected_error_is_one_line(axon: Axon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, the error's name, and how to see more."""
    monkeypatch.setattr(main, "_invoke", _raiser(LookupError("lost\nlines")))
    said = axon("status")
    assert said.code == 1
    assert said.err.startswith("axon: Unexpected LookupError: lost lines.")
    assert len(said.err.splitlines()) == 1


def test_a_refusal_of_the_system_is_no_bug(axon: Axon, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room, no permission: one line with the file, exit code 1; the traceback on demand."""
    monkeypatch.setattr(main, "_invoke", _raiser(PermissionError(errno.EACCES, "Permission denied", "/shop/.axon")))
    said = axon("status")
    assert said.code == 1
    assert said.err.startswith("axon: The system refuses: Permission denied (/shop/.axon).")
    assert "this is a bug" not in said.err
    assert len(said.err.splitlines()) == 1
    monkeypatch.setenv("AXON_DEBUG", "1")
    assert "Traceback" in axon("status").err


def test_debug_shows_where_an_error_came_from(tmp_path: Path) -> None:
    """The traceback is printed on demand only."""
    assert "Traceback" not in started("status", "--repo", str(tmp_path)).err
    assert "Traceback" in started("status", "--repo", str(tmp_path), AXON_DEBUG="1").err
    assert "Traceback" in started("--debug", "status", "--repo", str(tmp_path)).err


def test_a_reader_that_goes_away_is_no_error(shop: Path) -> None:
    """The other end of a pipe may close early."""
    command = [sys.executable, "-m", "axon", "export", str(shop), "--what", "edges"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


def _raiser(error: BaseException) -> object:
    def raise_it(*arguments: object) -> None:
        raise error

    return raise_it
