"""Contracts of a repository, checked against its tree as it is now.

What flows in: a root. What flows out: a `CheckAnswer`; lock files of public APIs. The index answers where it is up to
date, else a graph that is made of the tree and kept nowhere.
"""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from axon.config import load_settings, table_of
from axon.errors import BusyError, ConfigError, StorageError, UsageError
from axon.model.answers import CypherAnswer
from axon.model.contracts import CheckAnswer, Contract, PublicApi
from axon.pipeline.complete import complete_database
from axon.questions.check import Query, check, public_api
from axon.questions.contracts import contracts_of
from axon.questions.cypher import cypher
from axon.questions.opened import Index, open_queryable
from axon.serve.comparing import work_tree


def contracts_at(root: Path) -> list[Contract]:
    """The contracts that the settings of a repository hold.

    Raises:
        ConfigError: one is not as it must be.
    """
    return contracts_of(table_of(root, "check")[1])


def check_tree(root: Path, contracts: Sequence[Contract], *, index: Index | None = None) -> CheckAnswer:
    """Every violation in the tree at `root`; an `index` that somebody keeps up to date stands for it.

    Raises:
        ConfigError: a contract cannot be checked: its lock file is missing or damaged, or there is no graph database.
    """
    locks = {c.lock: lock for c in contracts if isinstance(c, PublicApi) and (lock := _lock(root / c.lock)) is not None}
    with ExitStack() as stack:
        graph = index or work_tree(root, load_settings(root), stack)
        current = graph if isinstance(graph, Index) else None
        query = _querying(root) if current is not None else None
        return check(graph, contracts, locks=locks, query=query, state=current.state() if current else None)


def freeze(root: Path, contracts: Sequence[Contract]) -> list[tuple[str, int]]:
    """Write the lock file of each contract about a public API; its name and the number of its symbols.

    Raises:
        UsageError: no contract has one, or the file cannot be written.
    """
    apis = [contract for contract in contracts if isinstance(contract, PublicApi)]
    if not apis:
        raise UsageError("No contract of type `api` in [[check.contracts]]: there is nothing to freeze.")
    written = []
    with ExitStack() as stack:
        graph = work_tree(root, load_settings(root), stack)
        for contract in apis:
            api = public_api(graph, contract)
            try:
                (root / contract.lock).write_text(json.dumps(api, indent=1, ensure_ascii=False) + "\n", "utf-8")
            except OSError as error:
                raise UsageError(f"{contract.lock} cannot be written: {error.strerror}.") from error
            written.append((contract.lock, len(api)))
    return written


def _lock(path: Path) -> dict[str, str] | None:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    try:
        api = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{path} is no JSON: {error}. Run `axon check --freeze` again.") from error
    return {str(id): str(signature) for id, signature in api.items()}


def _querying(root: Path) -> Query:
    def query(text: str) -> CypherAnswer:
        try:
            complete_database(root)
        except (BusyError, StorageError) as error:
            raise ConfigError(f"The graph database cannot be brought up to date: {error}") from error
        with open_queryable(root) as index:
            return cypher(index, text)

    return query
