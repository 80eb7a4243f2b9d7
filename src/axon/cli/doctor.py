"""The command that checks the installation, the caches and the index.

What flows in: the machine. What flows out: one line a check; the exit code is 1 where one of them fails. It changes
nothing.
"""

import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import click

from axon import __version__
from axon.cli.options import json_option, print_json, repo_option, root_of
from axon.cli.render import accent, dim, megabytes, note, say, short_path, table
from axon.config import Settings, cache_home, data_home, load_settings, models_home
from axon.errors import AxonError, ExitCode

_NEEDED: Final = (("kuzu", "kuzu"), ("tree-sitter", "tree_sitter"), ("numpy", "numpy"), ("zstandard", "zstandard"))
_OLDEST: Final = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `fine` is False where Axon cannot do its work because of it."""

    name: str
    fine: bool
    said: str


@click.command("doctor")
@repo_option
@click.option("--search", "with_search", is_flag=True, help="Say what vectors do for searches of this repository.")
@json_option
def doctor_command(repo: Path | None, with_search: bool, as_json: bool) -> int:
    """Check the installation, the caches and the index: what is there, what is missing, what to do."""
    root = root_of(repo)
    checks = [*_installation(), *_grammars(), *_stubs(), _environment(root), *_caches(), _embedder(root), *_index(root)]
    if with_search:
        checks += _search(root)
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        say(*table([("ok" if c.fine else "FAIL", c.name, c.said) for c in checks], styles=(accent, dim)))
    wrong = [check for check in checks if not check.fine]
    if wrong and not as_json:
        note(f"{len(wrong)} of {len(checks)} checks failed.")
    return ExitCode.FAILED if wrong else ExitCode.DONE


def _stubs() -> Iterator[Check]:
    """Whether what the standard libraries give is known; without it graphs are made all the same."""
    from axon.files.stubs import missing_stubs, stubs_version  # noqa: PLC0415  start-up is lazy
    from axon.languages import all_languages  # noqa: PLC0415

    for name, language in all_languages().items():
        if (reader := language.stubs) is None:
            continue
        missing, brought_by = missing_stubs(reader), f"{reader.distribution} {stubs_version(reader.distribution)}"
        said = f"{missing}: what the standard library of {name} gives is not known" if missing else brought_by
        yield Check("stubs", True, said)


def _environment(root: Path) -> Check:
    """Whether the packages that the tree is installed with say what they give."""
    from axon.files.environment import environments  # noqa: PLC0415  start-up is lazy

    found = environments(root, load_settings(root).environment)
    places = ", ".join(str(folder) for environment in found for folder in environment.folders)
    said = (
        places or "none found (`.venv`, `venv`, `env`, or `environment` in axon.toml): what packages give is not known"
    )
    return Check("environment", True, said)


def _installation() -> Iterator[Check]:
    yield Check("axon", True, __version__)
    yield Check("interpreter", sys.version_info >= _OLDEST, f"{platform.python_version()}, {sys.executable}")
    yield Check("system", True, platform.platform())
    for distribution, module in _NEEDED:
        yield _loaded(distribution, module)


def _loaded(distribution: str, module: str) -> Check:
    """Whether a library can be had in this very process: a wheel for another machine fails only then."""
    try:
        import_module(module)
        return Check(distribution, True, version(distribution))
    except (ImportError, OSError, PackageNotFoundError) as error:
        return Check(distribution, False, f"cannot be loaded: {error}. Install Axon again.")


def _grammars() -> Iterator[Check]:
    from axon.languages import all_languages  # noqa: PLC0415  start-up is lazy

    for name in all_languages():
        yield _grammar(name)


def _grammar(language: str) -> Check:
    try:
        from axon.parsing.parser import query  # noqa: PLC0415  tree-sitter may be missing

        return Check(f"grammar {language}", True, f"the query compiles, {query(language).pattern_count} patterns")
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        return Check(f"grammar {language}", False, f"cannot be used: {error}. Install Axon again.")


def _caches() -> Iterator[Check]:
    from axon.questions.status import bytes_below  # noqa: PLC0415  start-up is lazy

    for name, folder in (("caches", cache_home()), ("data", data_home()), ("models", models_home())):
        yield Check(name, True, f"{short_path(folder)}, {megabytes(bytes_below(folder))}")


def _embedder(root: Path) -> Check:
    from axon.embeddings.embedder import choose_embedder  # noqa: PLC0415  start-up is lazy

    try:
        settings: Settings = load_settings(root)
        choice = choose_embedder(settings)
    except AxonError as error:
        return Check("embedder", False, str(error))
    return Check("embedder", True, f"{choice.embedder.name}: {choice.reason}")


def _search(root: Path) -> Iterator[Check]:
    """Mean reciprocal ranks at 10 of documented functions, asked for by their docstring, with and without each lane."""
    from axon.search.dense import Fusion  # noqa: PLC0415  it imports numpy
    from axon.storage.embedding_state import VECTORS_FOLDER, embedding_states  # noqa: PLC0415  start-up is lazy
    from axon.storage.generations import IndexHome  # noqa: PLC0415  start-up is lazy
    from axon.storage.vectors import VectorStore  # noqa: PLC0415  numpy

    folder = IndexHome(root).folder / VECTORS_FOLDER
    states, _ = embedding_states(folder)
    if not states:
        yield Check("search", True, "no vectors yet, so that nothing is known of them; run `axon embed`")
    for state in states:
        found = Fusion.read(VectorStore(folder, state.model).folder)
        if found is None:
            said = f"{state.done:,} of {state.total:,} embedded; calibrated when all are"
        else:
            said = (
                f"MRR of {found.n_queries} documented functions: words {found.words:.3f}, vectors {found.vectors:.3f}, "
                f"both {found.both:.3f}; weight of vectors {found.weight:g}, floor {found.floor:g}"
            )
        yield Check(f"search {state.model}", True, said)


def _index(root: Path) -> Iterator[Check]:
    from axon.storage.generations import IndexHome  # noqa: PLC0415  start-up is lazy

    try:
        generation = IndexHome(root).current()
        if generation is None:
            yield Check("index", True, f"none in {short_path(root)} yet; run `axon analyze`")
            return
        with generation:
            damage = [*generation.warnings, *generation.damage()]
            said = "; ".join(damage) or f"generation {generation.number} in {short_path(root)}, every byte as written"
            yield Check("index", not damage, said)
            if damage:
                return
            if generation.has_kuzu:
                said = f"{sum(generation.kuzu_layer().rows.values()):,} rows, every byte as written"
            else:
                said = "of an earlier generation; `axon cypher` brings it up to date"
            yield Check("database", True, said)
        yield from _vectors(root)
    except (AxonError, OSError) as error:
        yield Check("index", False, str(error))


def _vectors(root: Path) -> Iterator[Check]:
    """Whether the vectors are as they were written, where there are any."""
    from axon.storage.embedding_state import VECTORS_FOLDER, embedding_states  # noqa: PLC0415  start-up is lazy
    from axon.storage.generations import IndexHome  # noqa: PLC0415  likewise
    from axon.storage.vectors import VectorStore  # noqa: PLC0415  numpy

    folder = IndexHome(root).folder / VECTORS_FOLDER
    states, damaged = embedding_states(folder)
    for state in states:
        damaged += VectorStore(folder, state.model).damaged()
    for path in damaged:
        yield Check("vectors", False, f"{path} is damaged. Run `axon embed {root}`: it makes again what that held")
    if states and not damaged:
        yield Check("vectors", True, f"of {', '.join(state.model for state in states)}, every byte as written")
