"""Progress: a line for each finished phase in a log, bars on a terminal, nothing for whoever wants quiet."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from axon.cli.display import LineDisplay, SilentDisplay, display
from tests.cli.shop import write_shop


def test_lines_tell_phases_and_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """A phase that ended has a line; one that never began has none."""
    shown = LineDisplay()
    shown.started("storage_load", 3)
    shown.advanced("storage_load")
    shown.finished("storage_load")
    shown.finished("unknown")
    shown.message("Recovered.")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0].startswith("storage load … ")
    assert err.splitlines()[1:] == ["Recovered."]


def test_a_phase_without_steps_has_a_line_if_it_takes_a_while(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dozen lines of 0.0 s would say nothing."""
    now = iter((10.0, 10.05, 20.0, 22.0))
    monkeypatch.setattr("axon.cli.display._clock", lambda: next(now))
    shown = LineDisplay()
    for phase in ("walk", "calls"):
        shown.started(phase, 0)
        shown.finished(phase)
    assert capsys.readouterr().err.splitlines() == ["calls … 2.0 s"]


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing reaches a stream."""
    with display(quiet=True) as shown:
        assert isinstance(shown, SilentDisplay)
        shown.started("parsing", 1)
        shown.message("Nobody listens.")
        shown.finished("parsing")
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_bars_on_a_terminal_leave_the_result_alone(tmp_path: Path) -> None:
    """stderr as a terminal gets bars that are wiped; stdout has the plain table."""
    reader, terminal = os.openpty()
    command = [sys.executable, "-m", "axon", "analyze", str(write_shop(tmp_path))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=terminal, env=os.environ | {"TERM": "xterm"}
    ) as process:
        os.close(terminal)
        shown = _everything(reader)
        assert process.stdout is not None
        out = process.stdout.read().decode()
        assert process.wait(timeout=60) == 0
    assert out.startswith("Ready to query: ")
    assert "\x1b" not in out
    assert "embeddings" in shown
    assert "\x1b[2K" in shown


def _everything(reader: int) -> str:
    """What a terminal was told until its last writer closed it, which Linux reports as an error."""
    chunks = []
    try:
        while chunk := os.read(reader, 65536):
            chunks.append(chunk)
    except OSError:
        pass
    finally:
        os.close(reader)
    return b"".join(chunks).decode("utf-8", "replace")
