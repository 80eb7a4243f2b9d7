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


def test_a_configuration_elsewhere_holds_for_what_it_includes() -> None:
    """One in another folder, or of another name, maps where it says that it covers; not for folders beside those."""
    options = {"compilerOptions": {"baseUrl": "..", "paths": {"@/*": ["src/*"]}}, "include": ["../src/**/*.ts"]}
    paths = ["src/a.ts", "src/deep/b.ts"]
    assert find(paths, "src/deep/c.ts", "@/a", config__tsconfig_json=options) == "src/a.ts"
    assert find(paths, "other/c.ts", "@/a", config__tsconfig_json=options) is None
    named = {"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}
    assert find(paths, "src/deep/c.ts", "@/a", **{"tsconfig.build_json": named}) == "src/a.ts"
    nearer = {"compilerOptions": {"paths": {"@/*": ["./deep/*"]}}}
    both = {"tsconfig.build_json": named, "src__tsconfig_json": nearer}
    assert find(paths, "src/deep/c.ts", "@/b", **both) == "src/deep/b.ts"


def test_a_bare_configuration_is_not_left_for_one_above() -> None:
    """The nearest one of the usual name decides; what a folder above it maps does not reach below."""
    above = {"compilerOptions": {"paths": {"@/*": ["./*"]}}}
    assert find(["a.ts"], "p/b.ts", "@/a", **{"tsconfig.base_json": above, "p__tsconfig_json": {}}) is None
    assert find(["a.ts"], "p/b.ts", "@/a", **{"tsconfig.base_json": above}) == "a.ts"


def test_a_reference_to_another_folder() -> None:
    """A configuration that maps nothing passes on to the ones that it refers to, where they cover the file."""
    refers = {"files": [], "references": [{"path": "./config/tsconfig.app.json"}, {"path": "./gone"}, {"path": 1}]}
    app = {"compilerOptions": {"paths": {"~/*": ["../app/*"]}}, "include": ["../app"]}
    manifests = {"tsconfig_json": refers, "config__tsconfig.app_json": app}
    assert find(["app/x.ts"], "app/deep/y.ts", "~/x", **manifests) == "app/x.ts"
    assert find(["app/x.ts"], "y.ts", "~/x", **manifests) is None


def test_folders_that_count_as_one() -> None:
    """`rootDirs` lets a relative path lead from one folder into another, the own one first."""
    options = {"compilerOptions": {"rootDirs": ["src", "generated", "./"]}}
    paths = ["src/views/a.ts", "generated/views/t.ts", "generated/views/a.ts"]
    assert find(paths, "src/views/b.ts", "./t", tsconfig_json=options) == "generated/views/t.ts"
    assert find(paths, "src/views/b.ts", "./a", tsconfig_json=options) == "src/views/a.ts"
    assert find(paths, "generated/views/t.ts", "./a", tsconfig_json=options) == "generated/views/a.ts"
    assert find(paths, "src/views/b.ts", "./gone", tsconfig_json=options) is None
    assert find(paths, "src/views/b.ts", "./t", tsconfig_json={"compilerOptions": {"rootDirs": "src"}}) is None


def test_paths_for_versions_of_the_compiler() -> None:
    """`typesVersions` maps a subpath, and the package itself as its index; what it does not map is a plain path."""
    versions = {">=4.0": {"extra": ["dist/extra/index.d.ts"], "*": ["./types/*"]}, "3": 1}
    manifests = {
        "package_json": {"workspaces": ["p/*"]},
        "p__a__package_json": {"name": "a", "typesVersions": versions},
    }
    paths = ["p/a/src/extra/index.ts", "p/a/types/b.d.ts", "p/a/types/index.d.ts", "p/a/c.ts"]
    assert find(paths, "app.ts", "a/extra", **manifests) == "p/a/src/extra/index.ts"
    assert find(paths, "app.ts", "a/b", **manifests) == "p/a/types/b.d.ts"
    assert find(paths, "app.ts", "a", **manifests) == "p/a/types/index.d.ts"
    assert find(paths, "app.ts", "a/c", **manifests) == "p/a/c.ts"


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
