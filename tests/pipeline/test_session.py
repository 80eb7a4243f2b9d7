"""What a process keeps between updates makes them quicker, and never another graph."""

import shutil
from pathlib import Path

from axon.pipeline import reindex_files, run_pipeline
from axon.pipeline.report import Mode
from axon.pipeline.session import Session
from axon.storage.generations import IndexHome
from axon.storage.manifest import read_indexed_files
from tests.pipeline.trees import SHOP, contents, fresh_contents, index, write_tree

ODD = {"shop/min.py": "x=[" + "1," * 9_000 + "]", "bad.py": "def (:\n", "shop/image.py": b"\x00"}
ALIASED = {
    "src/a.ts": "export function a() { return 1 }\n",
    "b.ts": "import { a } from '@x/a'\nexport const b = () => a()\n",
    "tsconfig.json": '{"compilerOptions": {}}',
}
ALIASES = {"tsconfig.json": '{"compilerOptions": {"paths": {"@x/*": ["./src/*"]}}}'}


def test_updates_of_one_session_give_the_rows_of_a_fresh_index(root: Path, tmp_path: Path) -> None:
    """Edits and their reverts, an odd file, another process in between: what was kept is used where it is true."""
    session = Session()
    run_pipeline(write_tree(root, SHOP | ODD), embeddings=False, session=session)
    for money in ("def total(p):\n    return 7\n", str(SHOP["shop/money.py"]), "RATE = 1\n"):
        write_tree(root, {"shop/money.py": money})
        reindex_files(root, ["shop/money.py"], embeddings=False, session=session)
        write_tree(root, {"shop/late.py": money})
        index(root)
        last = reindex_files(root, ["shop/late.py", "shop/cart.py"], embeddings=False, session=session)
        assert contents(root) == fresh_contents(root, tmp_path / "fresh")
    assert {problem.path for problem in last.problems} == {"bad.py", "shop/min.py", "shop/image.py"}


def test_a_setting_that_changes_counts(root: Path, tmp_path: Path) -> None:
    """Facts that were kept under other limits are not taken."""
    session = Session()
    run_pipeline(write_tree(root, SHOP), embeddings=False, session=session)
    write_tree(root, {"axon.toml": "max_file_bytes = 60\n"})
    run_pipeline(root, embeddings=False, session=session)
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_a_manifest_is_read_again_where_it_is_named(root: Path, tmp_path: Path) -> None:
    """Named with its file it counts; not named it is believed to be as it was."""
    session = Session()
    run_pipeline(write_tree(root, ALIASED), embeddings=False, session=session)
    write_tree(root, ALIASES)
    assert reindex_files(root, ["b.ts"], embeddings=False, session=session).mode is Mode.UNCHANGED
    reindex_files(root, ["tsconfig.json", "b.ts"], embeddings=False, session=session)
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_a_manifest_that_another_process_took_up_is_read_again(root: Path, tmp_path: Path) -> None:
    """What this process has kept is older than the index that it updates."""
    session = Session()
    run_pipeline(write_tree(root, ALIASED), embeddings=False, session=session)
    index(write_tree(root, ALIASES))
    write_tree(root, {"src/a.ts": "export function a() { return 2 }\n"})
    reindex_files(root, ["src/a.ts"], embeddings=False, session=session)
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_what_this_process_published_is_not_read_again(root: Path) -> None:
    """It is known by number and time: one that another process published in its place is read."""
    session = Session()
    run_pipeline(write_tree(root, SHOP), embeddings=False, session=session)
    with IndexHome(root).require_current() as generation:
        assert session.has_published(generation)
        assert session.files_of(generation) == {f.path: f for f in read_indexed_files(generation.folder)}
    shutil.rmtree(root / ".axon")
    write_tree(root, {"shop/money.py": "def total(p):\n    return 7\n"})
    assert index(root).generation == 1
    with IndexHome(root).require_current() as generation:
        assert not session.has_published(generation)
        assert session.files_of(generation) is None
    assert reindex_files(root, ["shop/money.py"], embeddings=False, session=session).mode is Mode.UNCHANGED
