"""Writes a report as a comment on a pull request, or over the one that an earlier run has written: never a second.

What flows in: the environment of a GitHub job: GITHUB_API_URL, GITHUB_REPOSITORY, GH_TOKEN, PULL (a number), REPORT (a
path). What flows out: one comment. The standard library alone, for it runs wherever the action does.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARK = "<!-- axon-review -->"
MOST = 65_000  # characters; a comment holds 65,536
CUT = "\n\n… the rest is in the summary of the job.\n"
TIMEOUT = 30.0  # seconds
FORBIDDEN = (401, 403, 404)  # a pull request from a fork has a token that may only read


def main() -> int:
    """0 where the comment is written, or the token may not write any; 1 where the server fails."""
    body = fitting(Path(os.environ["REPORT"]).read_text("utf-8"))
    api, repository = os.environ.get("GITHUB_API_URL", "https://api.github.com"), os.environ["GITHUB_REPOSITORY"]
    comments = f"{api}/repos/{repository}/issues/{os.environ['PULL']}/comments"
    try:
        before = next((c for c in listed(f"{comments}?per_page=100") if c["body"].startswith(MARK)), None)
        if before is None:
            asked("POST", comments, {"body": body})
        elif before["body"] != body:
            asked("PATCH", f"{api}/repos/{repository}/issues/comments/{before['id']}", {"body": body})
    except urllib.error.HTTPError as error:
        if error.code not in FORBIDDEN:
            print(f"::error::The review was not written as a comment: {error.code} {error.reason}.")
            return 1
        print(f"::warning::The token may not comment ({error.code}): the job needs `pull-requests: write`.")
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"::error::The review was not written as a comment: {error}.")
        return 1
    return 0


def fitting(report: str) -> str:
    """The report with its mark, cut at the end of a line where it is too long for a comment."""
    body = report if report.startswith(MARK) else f"{MARK}\n{report}"
    return body if len(body) <= MOST else body[: body.rfind("\n", 0, MOST)] + CUT


def listed(url: str) -> Iterator[dict[str, Any]]:
    """All comments, page by page, as far as they are asked for."""
    following: str | None = url
    while following:
        page, links = asked("GET", following)
        yield from page
        found = re.search(r'<([^>]+)>;\s*rel="next"', links)
        following = found[1] if found else None


def asked(method: str, url: str, data: object = None) -> tuple[Any, str]:
    """What the server answers, and its Link header."""
    request = urllib.request.Request(url, method=method, data=None if data is None else json.dumps(data).encode())
    request.add_header("Accept", "application/vnd.github+json")
    request.add_header("X-GitHub-Api-Version", "2022-11-28")
    request.add_header("Authorization", f"Bearer {os.environ['GH_TOKEN']}")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return json.loads(answer.read()), answer.headers.get("Link", "")


if __name__ == "__main__":
    sys.exit(main())
