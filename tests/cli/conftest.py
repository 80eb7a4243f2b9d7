"""The command line on one real index of a small repository."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from axon.cli.main import run
from tests.cli.shop import write_shop


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


Axon = Callable[..., Said]


def started(*arguments: str, cwd: Path | None = None, **options: str) -> Said:
    """Run `axon` in a process of its own; `options` are environment variables on top."""
    done = subprocess.run(
        [sys.executable, "-m", "axon", *arguments],
        cwd=cwd,
        env=os.environ | options,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small repository, indexed with embeddings."""
    root = write_shop(tmp_path_factory.mktemp("shop"))
    said = started("analyze", str(root), "--quiet")
    assert said == Said(0, "", "")
    return root


@pytest.fixture
def axon(capsys: pytest.CaptureFixture[str]) -> Axon:
    """Run `axon` in this process."""

    def call(*arguments: str | Path) -> Said:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call
