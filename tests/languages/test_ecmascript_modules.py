"""Which file an import of JavaScript or TypeScript means, from paths and manifests."""

import json

import pytest

from axon.languages.ecmascript_manifests import read_json, workspace_packages
from axon.languages.ecmascript_modules import EcmascriptModules


def find(paths: list[str], importer: str, module: str, **manifests: object) -> str | None:
    """What `module` means in `importer`; a manifest's path is written with `__` for `/` and `_` for the dot."""
    contents = {
        f"{name.replace('__', '/').rpartition('_')[0]}.json": json.dumps(data).encode()
        for name, data in manifests.items()
    }
    return EcmascriptModules([*paths, importer], contents).find(importer, module, 0)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("./a", "src/a.ts"),
        ("./a.js", "src/a.ts"),
        ("./only.js", "src/only.js"),
        ("./dir", "src/dir/index.tsx"),
        ("./dir/", "src/dir/index.tsx"),
        ("..", "index.ts"),
        ("../index", "index.ts"),
        ("./types", "src/types.d.ts"),
        ("./a.ts?raw", "src/a.ts"),
        ("./gone", None),
        ("../../out", None),
        ("/src/a", None),
        ("a", None),
        ("node:fs", None),
        ("", None),
    ],
)
def test_relative(module: str, expected: str | None) -> None:
    """Suffixes are added, `.js` stands for its source, a folder for its index."""
    paths = ["src/a.ts", "src/a.js", "src/only.js", "src/dir/index.tsx", "index.ts", "src/types.d.ts"]
    assert find(paths, "src/app.ts", module) == expected


def test_the_importer_decides_which_suffix_comes_first() -> None:
    """Of two files of one stem a source of the same kind is meant."""
    assert find(["a.ts", "a.js"], "x.js", "./a") == "a.js"
    assert find(["a.ts", "a.js"], "x.ts", "./a") == "a.ts"


def test_a_folder_with_a_manifest() -> None:
    """`main` of a folder's own package.json comes before its index."""
    assert find(["lib/main.js", "lib/index.js"], "x.js", "./lib", lib__package_json={"main": "main"}) == "lib/main.js"


def test_exports_of_a_workspace_package() -> None:
    """Conditions nest, patterns have one star, and a built file stands for its source."""
    exports = {".": {"node": {"import": "./dist/index.mjs"}}, "./x/*": "./src/x/*.ts", "./no": None}
    manifests = {"package_json": {"workspaces": ["p/*"]}, "p__a__package_json": {"name": "@s/a", "exports": exports}}
    paths = ["p/a/src/index.ts", "p/a/src/x/y.ts"]
    assert find(paths, "app.ts", "@s/a", **manifests) == "p/a/src/index.ts"
    assert find(paths, "app.ts", "@s/a/x/y", **manifests) == "p/a/src/x/y.ts"
    assert find(paths, "app.ts", "@s/b", **manifests) is None


def test_a_package_finds_itself() -> None:
    """A package's own name is importable inside it, workspace or not."""
    assert find(["index.js"], "test/a.js", "me", package_json={"name": "me", "main": "index.js"}) == "index.js"


def test_extends_cycles_end() -> None:
    """Configurations that extend each other say nothing, and ask no more."""
    manifests = {"tsconfig_json": {"extends": "./tsconfig.a"}, "tsconfig.a_json": {"extends": "./tsconfig"}}
    assert find(["a.ts"], "b.ts", "a", **manifests) is None


def test_read_json() -> None:
    """Comments and a comma before a bracket are allowed; strings keep theirs; damage gives nothing."""
    assert read_json(b'\xef\xbb\xbf{ // c\n "a": "// , ]", /* d */ "b": [1, ], }') == {"a": "// , ]", "b": [1]}
    for damaged in (b"", b"{", b"[1]", b'{"a": "', b"\xff", b"[" * 100_000):
        assert read_json(damaged) == {}


def test_workspace_packages() -> None:
    """The list is read in both styles, quoted or not, up to the next key."""
    assert workspace_packages(b"packages:\n  - 'a/*' # x\n  # y\n\n  - b\n  - \"!c\"\ncatalog:\n  - d\n") == [
        "a/*",
        "b",
        "!c",
    ]
    assert workspace_packages(b"packages: ['a', \"b\"]\n") == ["a", "b"]
    assert workspace_packages(b"other: 1\n") == []


def test_outside() -> None:
    """A package keeps its name, without the scheme of the platform's own; a relative path begins at the root."""
    finder = EcmascriptModules([], {})
    assert [finder.outside("src/a.js", m, 0) for m in ("react", "node:fs", "./s.css")] == ["react", "fs", "src/s.css"]
