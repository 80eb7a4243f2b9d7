"""`python -m benchmarks.enrich.trial FOLDER…`: the real command over real repositories, with a model that often fails.

What flows in: folders of sources, which are copied. What flows out: a table: a server on this machine answers, with 5 %
of each fault; the command is killed once, run again until it is complete, and once more, which must ask nothing. Exit
code 1 where more good answers were asked for again than were on their way at the death, or an exit code does not say
whether questions are left.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.enrich.server import Api, serving_beside

FAULTS = ("throttled", "failed", "hang", "truncated", "html", "empty", "huge", "same")
SHARE = 0.05
TASKS = ("summary", "contracts", "taxonomy")
PARALLEL = 8
_SETTINGS = f'[enrich]\nbackend = "openai"\ntimeout_seconds = 2\nparallel = {PARALLEL}\n'
_MOST_RUNS = 6


def main(folders: Sequence[str]) -> int:
    """Print a table for each folder; the exit code."""
    return max(trial(Path(folder)) for folder in folders)


def trial(source: Path) -> int:
    """One repository; 0 where all is well."""
    with tempfile.TemporaryDirectory(prefix="axon-trial-") as temporary:
        root = Path(temporary) / source.resolve().name
        shutil.copytree(source, root, ignore=shutil.ignore_patterns(".git", ".axon", ".venv"))
        (root / "axon.toml").write_text(_SETTINGS)
        home = str(Path(temporary) / "home")
        _run(root, home, "", "analyze", "--no-embeddings", "--quiet")
        api = Api(seconds=lambda _: 0.05, shares=dict.fromkeys(FAULTS, SHARE))
        with serving_beside(api) as url:
            print(f"\n{root.name}: {', '.join(TASKS)}; {SHARE:.0%} of each of {', '.join(FAULTS)}\n")
            print("| run | exit code | wall | requests | known before | without an answer |")
            print("|---|---:|---:|---:|---:|---:|")
            paid = _killed(root, home, url, api)
            complete = _until_complete(root, home, url, api)
        lost = sum(api.paid[question] > n for question, n in paid.items())
        again = sum(max(0, n - 1) for n in api.paid.values()) - lost
        print(f"\nfaults: {', '.join(f'{api.faults[name]} {name}' for name in FAULTS)}")
        print(f"good answers before the death: {sum(paid.values())}; asked for again: {lost}; others again: {again}")
        return int(lost > PARALLEL or not complete)


def _killed(root: Path, home: str, url: str, api: Api) -> dict[str, int]:
    """A run that dies when a third of what the first forecast counts is answered: the good answers until then."""
    rows = json.loads(_run(root, home, url, "enrich", *TASKS, "--dry-run", "--json").stdout)["tasks"]
    third = sum(row["nodes"] for row in rows) // 3
    began = time.perf_counter()
    process = subprocess.Popen(
        _command("enrich", *TASKS, "--yes", "--trust", "--json"),
        cwd=root,
        env=_environment(home, url),
        stdout=subprocess.DEVNULL,
    )
    while api.answered < third and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _row(
        "killed", process.returncode, time.perf_counter() - began, {"requests": api.requests, "hits": 0, "failures": {}}
    )
    return dict(api.paid)


def _until_complete(root: Path, home: str, url: str, api: Api) -> bool:
    """Runs until one is complete, and one more, which must ask nothing."""
    for number in range(2, _MOST_RUNS + 1):
        began, before = time.perf_counter(), api.requests
        done = _run(root, home, url, "enrich", *TASKS, "--yes", "--trust", "--json")
        said = json.loads(done.stdout)
        said["requests"] = api.requests - before
        _row(f"run {number}", done.returncode, time.perf_counter() - began, said)
        for name, why in said["failures"].items():
            print(f"  {name}: {why}", file=sys.stderr)
        is_complete = not (said["failures"] or said["waiting"] or said["stopped"])
        if (done.returncode == 0) != is_complete:
            return False
        if is_complete and not said["requests"]:
            return True
    return False


def _row(name: str, code: int, seconds: float, said: dict[str, Any]) -> None:
    missing = len(said["failures"]) + len(said.get("waiting", ()))
    print(f"| {name} | {code} | {seconds:.1f} s | {said['requests']} | {said['hits']} | {missing} |", flush=True)


def _command(*words: str) -> list[str]:
    return [sys.executable, "-P", "-m", "axon", *words]


def _environment(home: str, url: str) -> dict[str, str]:
    return {**os.environ, "AXON_HOME": home, "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": url}


def _run(root: Path, home: str, url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        _command(*words), cwd=root, env=_environment(home, url), capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 4):
        raise SystemExit(f"axon {' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["."]))
