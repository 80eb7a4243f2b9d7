"""Findings as SARIF 2.1.0, which code hosts show beside the lines.

What flows in: findings: a rule, a text, a place. What flows out: one JSON object. Source of the format: OASIS, "Static
Analysis Results Interchange Format (SARIF) Version 2.1.0" (2020).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from axon import __version__

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result; `level` is 'error', 'warning' or 'note', `line` 1-based (0: the whole file).

    `key` tells findings of one rule apart from run to run: it does not hold a line.
    """

    rule: str
    level: str
    message: str
    path: str
    line: int
    key: str
    end_line: int = 0


def sarif(findings: Sequence[Finding], rules: dict[str, str]) -> dict[str, Any]:
    """The log of one run; `rules` has a sentence for each rule."""
    ids = list(rules)
    driver = {
        "name": "axon",
        "semanticVersion": __version__,
        "rules": [{"id": id, "shortDescription": {"text": text}} for id, text in rules.items()],
    }
    results = [_result(finding, ids.index(finding.rule)) for finding in findings]
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": finding.message},
        "partialFingerprints": {"axon/v1": f"{finding.rule}:{finding.key}"},
    }
    if finding.path:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.path, errors="surrogatepass")}}
        if finding.line:
            place["region"] = {"startLine": finding.line}
            if finding.end_line > finding.line:
                place["region"]["endLine"] = finding.end_line
        result["locations"] = [{"physicalLocation": place}]
    return result
