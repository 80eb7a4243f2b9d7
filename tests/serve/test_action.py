"""What the GitHub Action and the hooks run, run by hand: real processes, a real server in the place of GitHub."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.house.tree import ROOT
from tests.serve.asking import environment
from tests.serve.conftest import SECOND, commit, git

CONTRACT = """
[[check.contracts]]
name = "The till stands alone"
type = "forbidden"
from = ["shop/till.py"]
to = ["shop/cart.py"]
"""
BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None or os.name == "nt", reason="the steps of the action are bash")


# --- the report ------------------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(history: Path, tmp_path: Path) -> Path:
    """A clone at the second revision."""
    root = tmp_path / "checkout"
    git(tmp_path, "clone", "-q", str(history), str(root))
    return root


def _review(root: Path, tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    bin = tmp_path / "bin"
    bin.mkdir(exist_ok=True)
    program = bin / "axon"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m axon "$@"\n', "utf-8")
    program.chmod(0o755)
    report = tmp_path / "report"
    env = environment() | {
        "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
        "REPORT": str(report),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        **settings,
    }
    script = ROOT / ".github/review.sh"
    return subprocess.run(["bash", str(script)], cwd=root, env=env, capture_output=True, text=True, check=False)


@needs_bash
def test_a_review_writes_what_a_comment_and_a_code_host_need(checkout: Path, tmp_path: Path) -> None:
    """Markdown with the mark, SARIF, the outputs of the step; nothing fails where nobody asked for it."""
    done = _review(checkout, tmp_path, BASE="one", FAIL_ON="")
    assert done.returncode == 0, done.stderr
    report = (tmp_path / "report/report.md").read_text("utf-8")
    assert report.startswith("<!-- axon-review -->\n")
    assert "parameter `count` is required now" in report
    sarif = json.loads((tmp_path / "report/diff.sarif").read_text("utf-8"))
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} == {"api-break"}
    outputs = dict(line.split("=", 1) for line in (tmp_path / "outputs").read_text("utf-8").splitlines())
    assert outputs == {"report": str(tmp_path / "report/report.md"), "sarif": str(tmp_path / "report")}


@needs_bash
@pytest.mark.parametrize(
    ("base", "fail_on", "contract", "code"),
    [
        ("one", "breaks", "", 6),
        ("one", "contracts,removed", "", 6),
        ("two", "breaks,removed", "", 0),
        ("one", "contracts", "", 0),
        ("two", "contracts", CONTRACT, 6),
        ("two", "breaks", CONTRACT, 0),
        ("two", "", CONTRACT, 0),
        ("no-such-revision", "", "", 2),
    ],
)
def test_what_fails_is_chosen(  # noqa: PLR0917  one case
    checkout: Path, tmp_path: Path, base: str, fail_on: str, contract: str, code: int
) -> None:
    """Findings of the chosen kinds alone; and a revision that there is not."""
    if contract:
        (checkout / "axon.toml").write_text(contract, "utf-8")
    done = _review(checkout, tmp_path, BASE=base, FAIL_ON=fail_on)
    assert done.returncode == code, done.stderr
    if contract:
        assert "The till stands alone" in (tmp_path / "report/report.md").read_text("utf-8")
        assert json.loads((tmp_path / "report/check.sarif").read_text("utf-8"))["runs"][0]["results"]


# --- the comment -----------------------------------------------------------------------------------------------------


class _GitHub(BaseHTTPRequestHandler):
    """Comments of one pull request, in pages; `refuses` is a status that every call is answered with."""

    comments: list[dict[str, object]]
    asked: list[str]
    refuses = 0

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        page, size = int(query.get("page", ["1"])[0]), int(query["per_page"][0])
        more = page * size < len(self.comments)
        link = f'<{self._host}{urlsplit(self.path).path}?per_page={size}&page={page + 1}>; rel="next"' if more else ""
        self._answer(200, self.comments[(page - 1) * size : page * size], link)

    def do_POST(self) -> None:
        comment = {"id": len(self.comments) + 1, "body": self._body()}
        self.comments.append(comment)
        self._answer(201, comment)

    def do_PATCH(self) -> None:
        (comment,) = [c for c in self.comments if self.path == f"/repos/o/r/issues/comments/{c['id']}"]
        comment["body"] = self._body()
        self._answer(200, comment)

    @property
    def _host(self) -> str:
        return f"http://{self.headers['Host']}"

    def _body(self) -> str:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return str(said["body"])

    def _answer(self, status: int, said: object, link: str = "") -> None:
        self.asked.append(f"{self.command} {self.path}")
        assert self.headers["Authorization"] == "Bearer secret"
        self.send_response(self.refuses or status)
        self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def github() -> Iterator[tuple[type[_GitHub], str]]:
    """The server's state and its address."""

    class GitHub(_GitHub):
        comments: list[dict[str, object]] = []  # noqa: RUF012  one server's own
        asked: list[str] = []  # noqa: RUF012  likewise

    server = ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield GitHub, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _comment(address: str, report: Path) -> subprocess.CompletedProcess[str]:
    job: Mapping[str, str] = {
        "GITHUB_API_URL": address,
        "GITHUB_REPOSITORY": "o/r",
        "GH_TOKEN": "secret",
        "PULL": "7",
        "REPORT": str(report),
    }
    script = ROOT / ".github/comment.py"
    command = [sys.executable, str(script)]
    return subprocess.run(command, env=os.environ | job, capture_output=True, text=True, check=False)


def test_there_is_never_a_second_comment(github: tuple[type[_GitHub], str], tmp_path: Path) -> None:
    """Behind 150 comments of others it is found again, written over, and left alone where nothing changed."""
    state, address = github
    state.comments.extend({"id": n + 1, "body": f"comment {n}"} for n in range(150))
    report = tmp_path / "report.md"
    for text in ("<!-- axon-review -->\none\n", "<!-- axon-review -->\ntwo\n", "<!-- axon-review -->\ntwo\n"):
        report.write_text(text, "utf-8")
        assert _comment(address, report).returncode == 0
    assert len(state.comments) == 151
    assert state.comments[-1]["body"] == "<!-- axon-review -->\ntwo\n"
    assert [asked.split()[0] for asked in state.asked] == ["GET", "GET", "POST", "GET", "GET", "PATCH", "GET", "GET"]


def test_a_long_report_is_cut_at_a_line(github: tuple[type[_GitHub], str], tmp_path: Path) -> None:
    """Within what a comment holds, in characters, and with a word on the rest."""
    state, address = github
    report = tmp_path / "report.md"
    report.write_text("- `größe`\n" * 9_000, "utf-8")
    assert _comment(address, report).returncode == 0
    body = str(state.comments[0]["body"])
    assert body.startswith("<!-- axon-review -->\n- `größe`\n")
    assert 64_000 < len(body) < 65_536
    assert re.search(r"- `größe`\n\n… the rest is in the summary of the job\.\n$", body)


@pytest.mark.parametrize(("status", "code", "said"), [(403, 0, "::warning::"), (500, 1, "::error::")])
def test_a_server_that_refuses_is_said(
    github: tuple[type[_GitHub], str], tmp_path: Path, status: int, code: int, said: str
) -> None:
    """A token that may only read, as in a pull request from a fork, fails no job; a failing server does."""
    state, address = github
    state.refuses = status
    report = tmp_path / "report.md"
    report.write_text("x", "utf-8")
    done = _comment(address, report)
    assert done.returncode == code
    assert done.stdout.startswith(said)
    assert not done.stderr


# --- the hooks -------------------------------------------------------------------------------------------------------


def _hook(name: str, root: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What pre-commit runs for a hook, as `.pre-commit-hooks.yaml` says."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    entries = dict(re.findall(r"- id: (\S+)\n(?:  .*\n)*?  entry: axon (.+)\n", text))
    command = [sys.executable, "-m", "axon", *entries[name].split()]
    env = environment() | variables
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


def test_the_hook_before_a_commit_keeps_contracts(checkout: Path) -> None:
    """Green, then red."""
    assert _hook("axon-check", checkout).returncode in {0, 2}
    (checkout / "axon.toml").write_text(CONTRACT.replace("shop/cart.py", "socket"), "utf-8")
    assert _hook("axon-check", checkout).returncode == 0
    (checkout / "axon.toml").write_text(CONTRACT, "utf-8")
    done = _hook("axon-check", checkout)
    assert done.returncode == 6
    assert "The till stands alone" in done.stdout


def test_the_hook_before_a_push_looks_at_what_is_pushed(checkout: Path) -> None:
    """The range that pre-commit gives; a new branch without any upstream is no error."""
    assert _hook("axon-diff", checkout, PRE_COMMIT_FROM_REF="one", PRE_COMMIT_TO_REF="two").returncode == 6
    assert _hook("axon-diff", checkout, PRE_COMMIT_FROM_REF="two", PRE_COMMIT_TO_REF="two").returncode == 0
    git(checkout, "switch", "-qc", "fresh")
    commit(checkout, SECOND | {"shop/more.py": "def more(): ...\n"}, "three")
    assert _hook("axon-diff", checkout).returncode == 0
