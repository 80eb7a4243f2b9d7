"""What was written, as it stands now: artifacts as an index holds them, each with what became of its evidence.

What flows in: what the store keeps, and the subjects of an index. What flows out: `Written`s. It asks no model, and
the same rows over the same index give the same, whatever stood there before.

A contract stands with its quotes. What cites nothing stands with the text that it was written about. What was written
from parts, a folder or a feature, stands while most of its parts do, as a parent is asked about with most of its
children. Extractive summaries are made anew, so that they never lag behind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from axon.enrich.citations import locate
from axon.enrich.extractive import extracted
from axon.enrich.model import ENOUGH, Json, Value
from axon.enrich.store import Kept
from axon.enrich.subjects import Subjects
from axon.enrich.tasks import CONTRACTS, SUMMARY, TAXONOMY
from axon.enrich.tasks.contracts import SORTS
from axon.model.artifacts import EXTRACTIVE, FEATURE_PREFIX, Claim, Review, State, Written, worst
from axon.model.kinds import NodeKind

FEATURES: Final = "feature"
"""The task of finished features: what `taxonomy` and `siblings` lead to."""

STEPS: Final = frozenset({TAXONOMY, "siblings", "verify"})
"""Tasks whose answers stand nowhere themselves: they lead to other artifacts."""


def standing(kept: Sequence[Kept], subjects: Subjects, known: Sequence[Written] = ()) -> list[Written]:
    """What nobody has rejected, sorted by task and node; an extractive summary where no model has written one.

    `known` are artifacts of an earlier index about files that have not changed since: of the same it is not looked at
    again whether they stand.
    """
    texts = _feature_texts(kept)
    verdicts = {one.job.node: one.value for one in kept if one.job.task == "verify"}
    wanted = [
        one
        for one in kept
        if one.job.task not in STEPS and one.model != EXTRACTIVE and one.state is not Review.REJECTED
    ]
    written = [_written(one, texts, verdicts.get(one.job.node, {})) for one in wanted]
    told = [one for one in written if one.text or one.kind is NodeKind.FEATURE]
    return standing_again(told, subjects, {(one.task, one.node): one for one in known})


def standing_again(
    written: Sequence[Written], subjects: Subjects, known: Mapping[tuple[str, str], Written] | None = None
) -> list[Written]:
    """The same as of the index of `subjects`, sorted by task and node; what is extractive is made anew."""
    told = [one for one in written if one.model != EXTRACTIVE]
    return _checked_again([*told, *_extractive(subjects, told)], subjects, known or {})


def text_of(value: Value) -> str:
    """What an artifact says, on one line, whatever task wrote it."""
    for name in ("summary", "text"):
        if isinstance(said := value.get(name), str):
            return _line(said)
    parts = []
    for name, part in sorted(value.items()):
        said_there = [part] if isinstance(part, str) else _list(part)
        texts = [said for said in said_there if isinstance(said, str)]
        if texts or isinstance(part, int | float):
            parts.append(f"{name}: {', '.join(texts) or part}")
    return _line("; ".join(parts))


# --- from the store ---------------------------------------------------------------------------------------------------


def _written(kept: Kept, feature_texts: Mapping[str, str], verdicts: Value) -> Written:
    common = Written(
        kept.job.task, kept.job.node, NodeKind.SUMMARY, "", kept.model, review=kept.state, basis=kept.basis
    )
    if kept.job.task == FEATURES:
        broader, members = str(kept.value.get("broader", "")), tuple(map(str, _list(kept.value.get("members"))))
        said = feature_texts.get(kept.job.node, "")
        return replace(common, kind=NodeKind.FEATURE, text=said, broader=broader, members=members)
    is_contract = kept.job.task == CONTRACTS
    claims = _claims(kept.value, SORTS if is_contract else sorted(kept.value), verdicts if is_contract else {})
    told = [f"{claim.sort.replace('_', ' ')}: {claim.text.rstrip('.')}" for claim in claims]
    text = "" if is_contract else text_of(kept.value)
    kind = NodeKind.CONTRACT if is_contract else NodeKind.SUMMARY
    return replace(common, kind=kind, text=_line(". ".join(filter(None, [text, *told]))), claims=claims)


def _claims(value: Value, sorts: Iterable[str], verdicts: Value) -> tuple[Claim, ...]:
    """Claims with a quote, without those that a second look has dropped, and in the words that it has chosen."""
    looks = {str(look.get("claim")): look for look in _list(verdicts.get("verdicts")) if isinstance(look, dict)}
    found = []
    for sort in sorts:
        for claim in (claim for claim in _list(value.get(sort)) if isinstance(claim, dict) and "quote" in claim):
            text, line = str(claim.get("text", "")), claim.get("line")
            look = looks.get(text, {})
            if look.get("verdict") == "dropped":
                continue
            said = str(look["text"]) if look.get("verdict") == "repaired" and look.get("text") else text
            at = line if isinstance(line, int) else 1
            found.append(Claim(sort, _line(said), str(claim.get("quote", "")), at, at))
    return tuple(found)


def _feature_texts(kept: Iterable[Kept]) -> dict[str, str]:
    return {
        one.job.node: _line(str(one.value.get("text", "")))
        for one in kept
        if one.job.task == TAXONOMY and one.job.node.startswith(FEATURE_PREFIX)
    }


def _extractive(subjects: Subjects, told: Iterable[Written]) -> Iterable[Written]:
    known = {one.node for one in told if one.task == SUMMARY}
    for artifact in extracted(subjects):
        if artifact.job.node not in known:
            said = str(artifact.value["summary"])
            yield Written(SUMMARY, artifact.job.node, NodeKind.SUMMARY, _line(said), EXTRACTIVE)


# --- against the index ------------------------------------------------------------------------------------------------


def _checked_again(
    written: Sequence[Written], subjects: Subjects, known: Mapping[tuple[str, str], Written]
) -> list[Written]:
    checked = []
    for one in (one for one in written if not one.node.endswith("/")):
        before = known.get((one.task, one.node))
        is_same = before is not None and _unchecked(before) == _unchecked(one)
        checked.append(before if before is not None and is_same else _checked(one, subjects))
    parts = {one.node: one.state for one in checked if one.task == SUMMARY}
    folders = [one for one in written if one.node.endswith("/")]
    members = subjects.folders() if folders else {}
    for one in sorted(folders, key=lambda one: (one.task != SUMMARY, -one.node.count("/"), one.node)):
        found = _of_folder(one, members.get(one.node), parts)
        if found.task == SUMMARY:
            parts[found.node] = found.state
        checked.append(found)
    return sorted(checked, key=lambda one: (one.task, one.node))


def _checked(written: Written, subjects: Subjects) -> Written:
    if written.kind is NodeKind.FEATURE:
        n_there = sum(subjects.node(member) is not None for member in written.members)
        return replace(written, state=_of_parts(n_there, len(written.members)))
    if (centre := _centre_of_group(written.node)) is not None:
        return replace(written, state=State.STALE if subjects.node(centre) is None else State.VALID)
    if subjects.node(written.node) is None:
        return replace(written, state=State.STALE)
    if written.claims:
        text = subjects.text(written.node)
        claims = tuple(_located(claim, text) for claim in written.claims)
        return replace(written, claims=claims, state=worst(claim.state for claim in claims))
    changed = bool(written.basis) and written.basis != subjects.basis(written.node)
    return replace(written, state=State.STALE if changed else State.VALID)


def _unchecked(written: Written) -> Written:
    """The artifact as if nobody had looked whether it stands."""
    claims = tuple(replace(claim, found=claim.line, state=State.VALID) for claim in written.claims)
    return replace(written, state=State.VALID, claims=claims)


def _located(claim: Claim, text: str) -> Claim:
    found = locate(claim.quote, claim.line, text)
    return replace(claim, found=found.line, state=found.state)


def _of_folder(written: Written, members: Sequence[str] | None, parts: Mapping[str, State]) -> Written:
    if members is None:
        return replace(written, state=State.STALE)
    known = [parts[member] for member in members if member in parts]
    return replace(written, state=_of_parts(sum(state is not State.STALE for state in known), len(known)))


def _of_parts(n_standing: int, n_parts: int) -> State:
    return State.VALID if n_standing >= ENOUGH * n_parts else State.STALE


def _centre_of_group(node: str) -> str | None:
    """The symbol by which a community or a flow is named; None for anything else."""
    if node.startswith("<community>::"):
        return node.partition("::")[2].partition("/")[2]
    return node.partition("::")[2] if node.startswith("<flow>::") else None


def _line(text: str) -> str:
    return " ".join(text.split())


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
