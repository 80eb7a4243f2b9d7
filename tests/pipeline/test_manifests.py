"""Files that are no sources and yet decide which file an import means."""

from pathlib import Path

from axon.pipeline import reindex_files
from axon.pipeline.report import Mode
from tests.pipeline.trees import contents, fresh_contents, index, write_tree

TREE = {
    "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["one/*"] } } }',
    "one/m.ts": "export function f() {}\n",
    "two/m.ts": "export function f() {}\n",
    "app.ts": "import { f } from '@/m';\nf();\n",
}
MOVED = '{ "compilerOptions": { "paths": { "@/*": ["two/*"] } } }'


def test_a_changed_manifest_links_anew(tmp_path: Path) -> None:
    """An edited configuration alone gives the index of a first run; an untouched one gives no new index."""
    root = tmp_path / "repo"
    write_tree(root, TREE)
    index(root)
    assert index(root).mode is Mode.UNCHANGED
    before = contents(root)
    write_tree(root, {"tsconfig.json": MOVED})
    assert index(root).mode is not Mode.UNCHANGED
    assert contents(root) != before
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_named_files_see_a_changed_manifest(tmp_path: Path) -> None:
    """Where the files to look at are named, a configuration that changed besides counts all the same."""
    root = tmp_path / "repo"
    write_tree(root, TREE)
    index(root)
    write_tree(root, {"tsconfig.json": MOVED})
    assert reindex_files(root, ["app.ts"], embeddings=False).mode is not Mode.UNCHANGED
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_a_manifest_of_no_concern_changes_nothing(tmp_path: Path) -> None:
    """A tree whose languages read no manifests is not linked anew for one."""
    root = tmp_path / "repo"
    write_tree(root, {"a.py": "def f(): pass\n", "package.json": "{}"})
    index(root)
    write_tree(root, {"package.json": '{"name": "x"}'})
    assert index(root).mode is Mode.UNCHANGED
