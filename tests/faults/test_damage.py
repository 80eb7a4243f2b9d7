"""A truncated, zeroed, flipped or deleted file of any kind, of the index and the caches: noticed, said, made good."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from axon.errors import AxonError
from axon.pipeline.verify import verify
from tests.faults.trees import SEED, check_whole, indexed_version, new_tree, times, write_version
from tests.faults.writers import run
from tests.pipeline.test_damage import cut, flip, remove, zero
from tests.trees import home, root

__all__ = ["home", "root"]

DAMAGES = (cut, zero, flip, remove)
UNREAD = {"pin", "writer.lock", ".gitignore", "last"}
"""Files whose content says nothing, or that stand in for a larger number: damage to them is no damage."""


def files_below(folder: Path) -> list[Path]:
    """Regular files, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def some(cases: list[tuple[str, Callable[[Path], None]]]) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """All of them in the long form; in the short one each file once, with a damage that the seed picks."""
    dice = Random(SEED)
    names = sorted({name for name, _ in cases})
    yield from cases if times(0, 1) else ((name, dice.choice(DAMAGES)) for name in names)


def told(root: Path) -> int | str | None:
    """What a reader is told: the version of the index, or what to do."""
    try:
        return indexed_version(root)
    except AxonError as error:
        return "axon analyze" if "axon analyze" in str(error) else str(error)


def test_every_file_of_the_index(root: Path) -> None:
    """Readers get a whole generation or a line that says what to do; the next run leaves a right index."""
    new_tree(root)
    assert run(root).code == 0
    write_version(root, 1)
    assert run(root).code == 0
    index = root / ".axon"
    good = root.with_name("good")
    shutil.copytree(index, good)
    names = [path.relative_to(index).as_posix() for path in files_below(index)]
    assert len(names) >= 10
    for name, damage in some([(name, damage) for name in names for damage in DAMAGES]):
        where = (SEED, name, damage.__name__)
        if (index / name).stat().st_size or damage is remove:
            damage(index / name)
        assert told(root) in {0, 1, None, "axon analyze"}, where
        ended = run(root)
        assert ended.code == 0, (where, ended)
        check_whole(root, 1)
        if name.startswith("generations/000002/") and Path(name).name not in UNREAD:
            assert ended.said, where
        write_version(root, 2)
        assert run(root).code == 0, where
        check_whole(root, 2)
        shutil.rmtree(index)
        shutil.copytree(good, index)
        write_version(root, 1)


def test_every_file_of_the_caches(root: Path, home: Path) -> None:
    """Nothing but time is lost."""
    assert run(new_tree(root)).code == 0
    good = home.with_name("good")
    shutil.copytree(home, good)
    names = [path.relative_to(home).as_posix() for path in files_below(home)]
    assert names
    for version, (name, damage) in enumerate(some([(name, damage) for name in names for damage in DAMAGES]), 1):
        damage(home / name)
        write_version(root, version)
        ended = run(root, full=version % 2 == 0)
        assert ended.code == 0, (SEED, name, damage.__name__, ended)
        check_whole(root, version)
        shutil.rmtree(home)
        shutil.copytree(good, home)


def test_a_byte_of_any_place(root: Path) -> None:
    """One flipped byte anywhere in the generation in force is never taken for a good index."""
    dice = Random(SEED)
    assert run(new_tree(root)).code == 0
    generation = root / ".axon/generations/000001"
    files = [path for path in files_below(generation) if path.stat().st_size]
    for _ in range(times(10, 300)):
        path = dice.choice(files)
        good = path.read_bytes()
        at = dice.randrange(len(good))
        path.write_bytes(good[:at] + bytes([good[at] ^ 1 << dice.randrange(8)]) + good[at + 1 :])
        where = (SEED, path.name, at)
        assert not verify(root, quick=True).is_right, where
        path.write_bytes(good)
    check_whole(root, 0)


@pytest.mark.parametrize("name", ["current", "current.kuzu", "last"])
def test_numbers_that_are_others(root: Path, name: str) -> None:
    """A pointer to a generation that is not there, or to an older one."""
    new_tree(root)
    for version in (1, 2, 3):
        write_version(root, version)
        assert run(root).code == 0
    for version, number in enumerate(("9", "1", "-5", "99999999999999999999", "0x3", "3"), 4):
        (root / ".axon" / name).write_text(f"{number}\n")
        assert indexed_version(root) in {version - 2, version - 1}, (name, number)
        write_version(root, version)
        assert run(root).code == 0
        check_whole(root, version)
