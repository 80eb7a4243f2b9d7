"""A task of a repository's own: `.axon-tasks/NAME.toml` says whom it asks about and for what, `NAME.v1.md` how.

What flows in: such a file. What flows out: the task, which is run, checked, kept and shown as those of the
program are. Answers are parts by name: a text, texts, a choice, a number, a flag, or claims, which are kept only where
their quotes stand in the source.
"""

import fnmatch
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from axon.enrich.citations import Evidence, checked_claims
from axon.enrich.failures import MalformedError
from axon.enrich.model import Artifact, JobKey, Json, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import OWN_FOLDER, text_in
from axon.enrich.subjects import ROOT, listed
from axon.enrich.task import TEXT, AboutNodes, Material, array_of, fence, object_of
from axon.enrich.tasks.contracts import CLAIM
from axon.errors import ConfigError
from axon.model.kinds import EdgeKind
from axon.model.nodes import GraphNode

OVER: Final = ("functions", "classes", "files", "communities", "flows", "repository")
"""Whom a task may ask about."""

_SORTS: Final = ("text", "texts", "choice", "number", "flag", "claims")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST: Final = 8000  # characters of a text
_MOST_MEMBERS: Final = 40
_KEYS: Final = {"over", "answer", "description", "only", "needs", "version"}
_PART_KEYS: Final = {"type", "of", "optional", "most"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer; `of` are the words of a choice, `most` the characters of a text."""

    sort: str
    of: tuple[str, ...] = ()
    optional: bool = False
    most: int = _LONGEST

    @property
    def schema(self) -> Json:
        """Its JSON schema."""
        if self.sort in ("texts", "claims"):
            return array_of(CLAIM if self.sort == "claims" else TEXT)
        return {**{"type": _TYPES[self.sort]}, **({"enum": list[Json](self.of)} if self.of else {})}


@dataclass(frozen=True, slots=True)
class Own:
    """What a file says; `needs` are tasks whose answers about the same node are shown, `only` patterns of paths."""

    name: str
    over: str
    answer: Mapping[str, Part]
    description: str = ""
    only: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    version: str = "1"


class OwnTask(AboutNodes):
    """One question for each node that it is over."""

    def __init__(self, own: Own, material: Material) -> None:
        super().__init__(material)
        self.name, self.version = own.name, own.version
        optional = tuple(name for name, part in own.answer.items() if part.optional)
        self.schema = object_of({name: part.schema for name, part in own.answer.items()}, optional=optional)
        self._own = own
        self._members = {"communities": self._groups.communities, "flows": self._groups.flows}.get(own.over, {})

    def jobs(self) -> Iterable[Job]:
        """The nodes, most central first, with what is needed about them."""
        return [
            Job(
                JobKey(self.name, id),
                tuple(JobKey(task, id) for task in self._own.needs),
                self._subjects.centrality(id),
            )
            for id in self._nodes()
        ]

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """What is known of the node, its source, and the answers of other tasks."""
        told = [self._about(key.node)]
        for other, artifact in artifacts.items():
            if artifact is not None:
                told.append(f"Its {other.task}, written by a model:\n{fence(listed(_lines(artifact.value)))}")
        return Prompt(self._prefix, "\n\n".join(told))

    def check(self, key: JobKey, value: Value) -> Value:
        """The parts that the file names, and no others; `dropped` counts claims without evidence."""
        kept: Value = {}
        dropped = 0
        for name, part in self._own.answer.items():
            if name not in value:
                continue
            if part.sort == "claims":
                calls = self._subjects.neighbours(key.node, EdgeKind.CALLS)
                evidence = Evidence(self._subjects.source(key.node), calls, self._subjects.defines)
                claims, n_dropped = checked_claims(value[name], evidence)
                kept[name], dropped = list(claims), dropped + n_dropped
            else:
                kept[name] = text_in(value, name, most=part.most) if part.sort == "text" else _short(value[name], name)
        return {**kept, "dropped": dropped} if dropped else kept

    def _nodes(self) -> list[str]:
        nodes: dict[str, list[GraphNode]] = {
            "functions": self._subjects.functions,
            "classes": self._subjects.classes,
            "files": self._subjects.files,
        }
        if self._own.over in nodes:
            return [node.id for node in nodes[self._own.over] if self._wants(node.path)]
        return [ROOT] if self._own.over == "repository" else list(self._members)

    def _wants(self, path: str) -> bool:
        return not self._own.only or any(fnmatch.fnmatch(path, pattern) for pattern in self._own.only)

    def _about(self, id: str) -> str:
        if self._own.over == "repository":
            return f"A repository. Its files:\n{fence(listed(node.id for node in self._subjects.files[:400]))}"
        if self._members:
            lines = [line for member in self._members[id][:_MOST_MEMBERS] for line in self._subjects.line(member)]
            return f"Symbols that work together, in order:\n{fence(listed(lines))}"
        if self._own.over == "functions":
            known = f"It calls:\n{listed(self._subjects.neighbours(id, EdgeKind.CALLS)[:40])}"
        else:
            known = f"It defines:\n{fence(listed(self._subjects.signatures(id)))}"
        return f"One of the {self._own.over}. {known}\n\nIts source:\n{fence(self._subjects.source(id))}"


def own_tasks(root: Path, taken: Iterable[str]) -> dict[str, Own]:
    """The repository's own tasks by name; `taken` are names that they may not have.

    Raises:
        ConfigError: a file is not what one must be; the message names it and the key.
    """
    found = {}
    for path in sorted((root / OWN_FOLDER).glob("*.toml")):
        try:
            table = tomllib.loads(path.read_text("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} is not valid TOML: {error}.") from error
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
        if not _NAME.fullmatch(path.stem) or path.stem in taken:
            reason = "is a task of the program" if path.stem in taken else "is no word of a-z, 0-9 and _"
            raise ConfigError(f"{path}: `{path.stem}` {reason}. Give the file another name.")
        found[path.stem] = _read(path, table)
    return found


def _read(path: Path, table: Mapping[str, Any]) -> Own:
    if unknown := sorted(table.keys() - _KEYS):
        raise ConfigError(f"{path}: unknown key `{unknown[0]}`. The keys are {', '.join(sorted(_KEYS))}.")
    over = table.get("over")
    if over not in OVER:
        raise ConfigError(f"{path}: `over` must be one of {', '.join(OVER)}.")
    answer = table.get("answer")
    if not isinstance(answer, dict) or not answer:
        raise ConfigError(
            f'{path}: a table [answer] must name the parts of an answer, such as `risk = {{type = "text"}}`.'
        )
    parts = {str(name): _part(path, str(name), part) for name, part in answer.items()}
    return Own(
        path.stem,
        str(over),
        parts,
        str(table.get("description", "")),
        _texts(path, "only", table.get("only", [])),
        _texts(path, "needs", table.get("needs", [])),
        str(table.get("version", "1")),
    )


def _part(path: Path, name: str, part: Any) -> Part:
    where = f"{path}: [answer] {name}"
    if not isinstance(part, dict) or part.get("type") not in _SORTS:
        raise ConfigError(f"{where} must be a table whose `type` is one of {', '.join(_SORTS)}.")
    if unknown := sorted(part.keys() - _PART_KEYS):
        raise ConfigError(f"{where}: unknown key `{unknown[0]}`. The keys are {', '.join(sorted(_PART_KEYS))}.")
    of = _texts(path, f"[answer] {name}.of", part.get("of", []))
    if (part["type"] == "choice") != bool(of):
        raise ConfigError(f"{where}: a choice, and nothing else, has `of`, the list of its words.")
    most = part.get("most", _LONGEST)
    if type(most) is not int or not 1 <= most <= _LONGEST:
        raise ConfigError(f"{where}: `most` must be a number of characters from 1 to {_LONGEST}.")
    return Part(part["type"], of, bool(part.get("optional", False)), most)


def _texts(path: Path, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{path}: `{name}` must be a list of texts.")
    return tuple(value)


def _short(value: Json, name: str) -> Json:
    """A value that is no text of its own; raises MalformedError where it is much too large."""
    if len(str(value)) > _LONGEST:
        raise MalformedError(f"`{name}` is too long; {_LONGEST:,} characters are the most")
    return value


def _lines(value: Value) -> list[str]:
    lines = []
    for name, part in value.items():
        items = part if isinstance(part, list) else [part]
        lines += [f"{name}: {item.get('text', item) if isinstance(item, dict) else item}" for item in items]
    return lines


_TYPES: Final = {"text": "string", "choice": "string", "number": "number", "flag": "boolean"}
