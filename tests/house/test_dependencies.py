"""What the project depends on: bounds at both ends, one lock with hashes, no GPL, a wheel that has its command."""

import re
import tomllib
from collections.abc import Mapping
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from tests.house.tree import ROOT

LOCK = ROOT / "requirements/lock.txt"
RUNTIME = ROOT / "requirements/runtime.txt"
# Installed on other systems only, so their metadata cannot be read here: read by hand from their wheels.
# pywin32 brings adodbapi along, which is under the LGPL and which neither the MCP SDK nor Axon imports.
ELSEWHERE = {
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "pywin32": "PSF",
    "pywin32-ctypes": "BSD-3-Clause",
    "win32-setctime": "MIT",
}
GPL = re.compile(r"\b[AL]?GPL|General Public Licen[sc]e", re.IGNORECASE)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: str) -> dict[str, list[Requirement]]:
    """Name -> its pinned requirements (several where Pythons differ)."""
    found: dict[str, list[Requirement]] = {}
    for line in re.findall(r"(?m)^[a-z0-9].*$", lock):
        requirement = Requirement(line.removesuffix("\\").strip())
        found.setdefault(requirement.name, []).append(requirement)
    return found


def unhashed(lock: str) -> list[str]:
    """The pins that no hash follows."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", lock)[1:]
    return [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def unbounded(required: list[str]) -> list[str]:
    """The requirements without a lower and an upper bound, or one exact version."""
    wrong = []
    for text in required:
        operators = {specifier.operator for specifier in Requirement(text).specifier}
        if not (operators >= {">=", "<"} or operators == {"=="}):
            wrong.append(text)
    return wrong


def is_gpl(expression: str) -> bool:
    """A licence that cannot be had without a GNU one: each alternative of an OR names it."""
    return all(GPL.search(choice) for choice in re.split(r"\s+OR\s+", expression))


def licence(name: str, elsewhere: Mapping[str, str] = ELSEWHERE) -> str:
    """What a distribution says its licence is: expression, classifiers, or the first line of the field or the file."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return elsewhere[name]
    classifiers = [c for c in found.get_all("Classifier") or [] if c.startswith("License ::")]
    text = (found.get("License") or "").strip()
    stated = found.get("License-Expression") or " AND ".join(classifiers) or text.partition("\n")[0]
    return stated or _first_line(metadata.distribution(name), found.get_all("License-File") or [])


def _first_line(distribution: metadata.Distribution, names: list[str]) -> str:
    texts = (distribution.read_text(f"licenses/{name}") or distribution.read_text(name) or "" for name in names)
    return next((text.strip().partition("\n")[0] for text in texts if text.strip()), "")


def _required() -> list[str]:
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    optional = [*project["optional-dependencies"].values(), *groups.values()]
    return [*project["dependencies"], *(requirement for group in optional for requirement in group)]


def test_every_dependency_is_bounded() -> None:
    """A version that nobody has run does not get in from below or above."""
    assert unbounded([*_required(), *PROJECT["build-system"]["requires"]]) == []


def test_the_lock_is_hashed_and_names_no_place() -> None:
    """Every pin has a hash, and no line names an index, a link or a file."""
    for path in (LOCK, RUNTIME):
        text = path.read_text(encoding="utf-8")
        assert unhashed(text) == []
        assert not re.search(r"--(?:extra-)?index-url|--find-links|://|^-e|^\.", text, re.MULTILINE)


def test_the_lock_fits_the_project() -> None:
    """Each requirement is pinned within its bounds; the runtime lock is a part of the whole one."""
    lock = pins(LOCK.read_text(encoding="utf-8"))
    for requirement in map(Requirement, _required()):
        for pin in lock[requirement.name]:
            version = str(pin.specifier).removeprefix("==")
            assert requirement.specifier.contains(version), f"{requirement} is pinned to {version}: run `make lock`"
    blocks = [re.split(r"(?m)^(?=[a-z0-9])", path.read_text(encoding="utf-8"))[1:] for path in (LOCK, RUNTIME)]
    assert set(blocks[1]) - set(blocks[0]) == set()


@pytest.mark.parametrize("name", sorted(pins(LOCK.read_text(encoding="utf-8"))))
def test_no_licence_is_a_gnu_one(name: str) -> None:
    """The licence of everything that is installed is known and is not in the GPL family."""
    stated = licence(name)
    assert stated, f"{name} states no licence"
    assert not is_gpl(stated), f"{name}: {stated}"


def test_the_command_is_installed() -> None:
    """The distribution is installed in the version of the source, with the `axon` command and its typing mark."""
    installed = metadata.distribution("axon-codegraph")
    commands = {e.name: e.value for e in installed.entry_points if e.group == "console_scripts"}
    assert commands == {"axon": "axon.cli.main:main"}
    assert f'__version__ = "{installed.version}"' in (ROOT / "src/axon/__init__.py").read_text(encoding="utf-8")
    assert (ROOT / "src/axon/py.typed").is_file()
    assert callable(next(e for e in installed.entry_points if e.name == "axon").load())


def test_the_checks_bite() -> None:
    """An open bound, a pin without a hash and a GNU licence are seen; a choice that has another way out is not."""
    assert unbounded(["click", "click>=8", "click<9"]) == ["click", "click>=8", "click<9"]
    assert not unbounded(["click>=8,<9", "kuzu==0.11.3"])
    assert unhashed("a==1 \\\n    --hash=sha256:00\nb==2\n") == ["b==2"]
    assert is_gpl("GPL-3.0-or-later")
    assert is_gpl("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)")
    assert not is_gpl("MPL-1.1 OR GPL-2.0-only")
    assert not is_gpl("MIT")
    with pytest.raises(KeyError):
        licence("no-such-distribution-anywhere")
