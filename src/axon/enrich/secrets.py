"""What must not leave the machine, masked: keys and passwords that stand in a source.

What flows in: text. What flows out: the same text, of as many lines, with a mark in place of each secret. The patterns
are those of formats that their issuers publish, and of assignments to names that say what they hold.
"""

import re
from typing import Final

MASK: Final = "[masked]"

_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",  # AWS access key
        r"\bgh[pousr]_[A-Za-z0-9]{36,}\b",  # GitHub token
        r"\bgithub_pat_[A-Za-z0-9_]{40,}\b",
        r"\bglpat-[A-Za-z0-9_-]{20,}\b",  # GitLab token
        r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}\b",  # Slack token
        r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}\b",  # Anthropic and OpenAI keys
        r"\bAIza[0-9A-Za-z_-]{35}\b",  # Google API key
        r"\bsk_live_[0-9A-Za-z]{16,}\b",  # Stripe key
        r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\b",  # JSON web token
        r"(?<=://)[^/\s:@'\"]+:[^/\s:@'\"]+(?=@)",  # user and password in a URL
    )
)
_ASSIGNED: Final = re.compile(
    r"""(?ix) (\b[\w.-]*(?:password|passwd|secret|api_?key|access_?key|auth_?token|private_?key)[\w.-]*
    ["']? \s* [:=] \s* ["'])([^"'\n]{6,})(["'])"""
)


def masked(text: str) -> str:
    """`text` without secrets; it has as many lines as before."""
    for pattern in _PATTERNS:
        text = pattern.sub(lambda match: MASK + "\n" * match[0].count("\n"), text)
    return _ASSIGNED.sub(rf"\1{MASK}\3", text)
