"""Which file an import means, in trees of several layouts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axon.languages.python_modules import PythonModules, is_package_path

PACKAGE = PythonModules(["app/__init__.py", "app/core/__init__.py", "app/core/io.py", "app/json.py", "main.py"])
SOURCE_ROOT = PythonModules(["src/shop/__init__.py", "src/shop/cart.py", "tests/support.py", "tests/test_a.py"])
NAMESPACE = PythonModules(["space/part/tool.py", "main.py"])


@pytest.mark.parametrize(
    ("finder", "importer", "module", "level", "expected"),
    [
        (PACKAGE, "main.py", "app", 0, "app/__init__.py"),
        (PACKAGE, "main.py", "app.core.io", 0, "app/core/io.py"),
        (PACKAGE, "main.py", "app.lost", 0, None),
        (PACKAGE, "app/core/io.py", "", 1, "app/core/__init__.py"),
        (PACKAGE, "app/core/io.py", "json", 2, "app/json.py"),
        (PACKAGE, "app/core/__init__.py", "io", 1, "app/core/io.py"),
        (PACKAGE, "app/core/io.py", "x", 9, None),
        (PACKAGE, "app/core/io.py", "json", 0, None),
        (PACKAGE, "app/core/io.py", "main", 0, "main.py"),
        (SOURCE_ROOT, "tests/test_a.py", "shop.cart", 0, "src/shop/cart.py"),
        (SOURCE_ROOT, "tests/test_a.py", "support", 0, "tests/support.py"),
        (SOURCE_ROOT, "src/shop/cart.py", "support", 0, None),
        (NAMESPACE, "main.py", "space.part.tool", 0, "space/part/tool.py"),
        (NAMESPACE, "main.py", "space.part", 0, "space/part"),
        (NAMESPACE, "space/part/tool.py", "", 1, "space/part"),
    ],
)
def test_find(finder: PythonModules, importer: str, module: str, level: int, expected: str | None) -> None:
    """Absolute imports look in the source roots, relative ones in the importer's package."""
    assert finder.find(importer, module, level) == expected


def test_a_package_comes_before_a_file_and_a_file_before_its_stub() -> None:
    """Of several homes of one name the one that Python would take is found."""
    assert PythonModules(["a.py", "a/__init__.py", "b.py"]).find("b.py", "a", 0) == "a/__init__.py"
    assert PythonModules(["a.py", "a.pyi", "b.py"]).find("b.py", "a", 0) == "a.py"
    assert PythonModules(["a.pyi", "b.py"]).find("b.py", "a", 0) == "a.pyi"


def test_a_script_beside_it_hides_a_standard_module() -> None:
    """A script's own folder stands first on the path; for other files the standard library wins."""
    finder = PythonModules(["tools/json.py", "tools/run.py", "other/run.py"])
    assert finder.find("tools/run.py", "json", 0) == "tools/json.py"
    assert finder.find("other/run.py", "json", 0) is None


def test_a_folder_is_no_standard_module() -> None:
    """A folder that happens to be called as a standard module is no namespace package of that name."""
    assert PythonModules(["json/a.py", "main.py"]).find("main.py", "json", 0) is None


def test_submodule() -> None:
    """A module inside a package is found from its body or its folder; a plain file has none."""
    assert PACKAGE.submodule("app/__init__.py", "json") == "app/json.py"
    assert PACKAGE.submodule("app", "core") == "app/core/__init__.py"
    assert PACKAGE.submodule("app/json.py", "x") is None
    assert PACKAGE.submodule("app/__init__.py", "lost") is None


def test_package_paths() -> None:
    """Only the body of a package makes its folder one."""
    assert is_package_path("a/__init__.py")
    assert is_package_path("__init__.pyi")
    assert not is_package_path("a/init.py")


PATHS = st.lists(st.sampled_from("abc_"), min_size=1, max_size=3).map("/".join).map(lambda p: f"{p}.py")


@given(paths=st.sets(PATHS, min_size=1), module=st.text("abc.", max_size=5), level=st.integers(0, 4))
def test_what_is_found_is_in_the_tree(paths: set[str], module: str, level: int) -> None:
    """Every answer is a file of the tree or a folder with files, whatever is asked."""
    found = PythonModules(sorted(paths)).find(min(paths), module, level)
    assert not found or found in paths or any(path.startswith(f"{found}/") for path in paths)
