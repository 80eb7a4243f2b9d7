"""Builds the wheel: compiles what reads facts from trees and what links them with mypyc where a C compiler is at hand,
and reads the stubs of the standard library where the packages for that are installed.

`AXON_COMPILE` decides: 1 fails where it cannot be compiled, 0 never compiles; without it, what cannot be compiled stays
interpreted, and one line says so. An editable install is never compiled. What was compiled is kept under `build/`, by a
digest of what it was made from, so that a wheel is built again in a second when nothing of that has changed.
"""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULES = {
    "axon/graph": ("build",),
    "axon/languages": (
        "ecmascript",
        "ecmascript_annotations",
        "ecmascript_expressions",
        "language",
        "library",
        "python",
        "python_expressions",
        "python_stubs",
    ),
    "axon/model": ("facts",),
    "axon/parsing": (
        "bindings",
        "blocks",
        "branches",
        "callees",
        "definitions",
        "draft",
        "exports",
        "expressions",
        "extract",
        "flows",
        "narrowing",
        "operations",
        "references",
        "scopes",
        "strings",
        "values",
        "written",
    ),
    "axon/resolution": (
        "annotated",
        "arguments",
        "attributes",
        "call_rows",
        "calls",
        "class_statements",
        "classes",
        "contents",
        "contexts",
        "decorators",
        "evaluation",
        "expressions",
        "families",
        "fillings",
        "flow",
        "forwarding",
        "generics",
        "heritage",
        "implicit",
        "injected",
        "lasting",
        "library_calls",
        "library_types",
        "named_calls",
        "names",
        "numbers",
        "objects",
        "offers",
        "operators",
        "outside",
        "overrides",
        "passes",
        "possible",
        "reaching",
        "results",
        "scopes",
        "signatures",
        "slots",
        "summaries",
        "taking",
        "typed_calls",
        "values",
        "variables",
    ),
    "axon/resolution/frameworks": ("entries", "nodes", "written"),
}
SEEN = ("axon", *MODULES)  # whose constants get compiled in

# Runs in a process of its own, because mypyc and setuptools change the process that they run in.
COMPILE = """
import os
from concurrent.futures import ThreadPoolExecutor

from mypyc.build import mypycify
from setuptools import setup
from setuptools.command.build_ext import build_ext


class ParallelBuild(build_ext):
    def build_extension(self, extension):
        compile_all = self.compiler.compile

        def compile_each(sources, **options):
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                objects = list(pool.map(lambda source: compile_all([source], **options), sources))
            return [name for names in objects for name in names]

        self.compiler.compile = compile_each
        super().build_extension(extension)


options = ["--config-file=", "--follow-imports=silent", "--ignore-missing-imports", "--no-site-packages"]
extensions = mypycify(
    [*options, *{modules!r}], opt_level="1", debug_level="0", multi_file=True, group_name="axon_compiled"
)
setup(
    name="axon",
    packages=[],
    ext_modules=extensions,
    cmdclass={{"build_ext": ParallelBuild}},
    script_args=["-q", "build_ext", "--build-lib", {out!r}, "--build-temp", "objects"],
)
"""


READING = ("tree-sitter", "typeshed")  # how the names of distributions begin that stubs are read with
# The sources read the stubs, before there is a compiled form; what is read twice is the same, byte for byte.
READ_STUBS = """
import sys
from pathlib import Path

from axon.pipeline.libraries import all_stubs
from axon.pipeline.stub_archive import write_archive

write_archive(Path(sys.argv[1]), all_stubs())
"""


class CompileError(Exception):
    """Why the resolution cannot be compiled here."""


class CompiledResolution(BuildHookInterface[Any]):
    """Puts the compiled modules beside their sources, which stay in the wheel, and the archive of stubs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile if that is wanted and can be done, and read the stubs if that can be done."""
        if version == "editable":
            return
        archive = stub_archive(Path(self.root))
        if archive is not None:
            build_data["force_include"][str(archive)] = "axon/pipeline/stubs.zip"
        else:
            self.app.display_warning("The stubs of the standard library are read when an index first needs them here")
        wanted = os.environ.get("AXON_COMPILE", "")
        if wanted == "0":
            return
        try:
            built = compiled(Path(self.root))
        except CompileError as error:
            if wanted == "1":
                raise
            self.app.display_warning(f"Axon is not compiled, so that it reads and links about half as fast: {error}")
            return
        build_data["pure_python"], build_data["infer_tag"] = False, True
        build_data["force_include"].update({str(path): str(path.relative_to(parent)) for parent, path in built})


def stub_archive(root: Path) -> Path | None:
    """The archive of all stubs, from `build/` where its sources are the same; None where it cannot be made here."""
    read_by = sorted(f"{d.name} {d.version}" for d in distributions() if d.name.startswith(READING))
    digest = hashlib.sha256(f"{READ_STUBS} {read_by}".encode())
    for path in sorted(path for path in (root / "src").rglob("*") if path.suffix in (".py", ".scm", ".toml")):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    archive = root / "build" / f"stubs-{digest.hexdigest()[:16]}.zip"
    if not archive.is_file():
        archive.parent.mkdir(exist_ok=True)
        unfinished = archive.with_suffix(".unfinished")
        environment = {**os.environ, "PYTHONPATH": str(root / "src")}
        command = [sys.executable, "-c", READ_STUBS, str(unfinished)]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        if done.returncode:
            return None
        unfinished.rename(archive)
        for other in set(archive.parent.glob("stubs-*.zip")) - {archive}:
            other.unlink()
    return archive


def compiled(root: Path) -> list[tuple[Path, Path]]:
    """(folder of the package, file) of each compiled module; CompileError says why there is none."""
    _look_for_tools()
    folder = root / "build" / f"compiled-{_digest(root / 'src')}"
    out = folder / "out"
    if not out.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for package in SEEN:
            _copy(root / "src" / package, folder / package)
        modules = [f"{package}/{name}.py" for package, names in MODULES.items() for name in names]
        script = COMPILE.format(modules=modules, out="unfinished")
        environment = {**os.environ, "MYPYPATH": ""}
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            log = folder.with_suffix(".log")
            log.write_text(done.stdout + done.stderr, encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            raise CompileError(f"mypyc or the C compiler failed, see {log}")
        (folder / "unfinished").rename(out)
        for other in set(folder.parent.glob("compiled-*")) - {folder}:
            shutil.rmtree(other, ignore_errors=True)
    return [(out, path) for path in sorted(out.rglob("*")) if path.is_file()]


def _look_for_tools() -> None:
    for module in ("mypyc", "setuptools"):
        if not _has(module):
            raise CompileError(f"{module} is not installed here")
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC")
    if compiler and not shutil.which(shlex.split(compiler)[0]):
        raise CompileError(f"there is no C compiler `{compiler}`")
    header = Path(sysconfig.get_paths()["include"]) / "Python.h"
    if not header.is_file():
        raise CompileError(f"Python's headers are not installed: {header} is missing")


def _has(module: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def _digest(src: Path) -> str:
    """16 digits that change with all that the compiled modules are made from."""
    digest = hashlib.sha256(f"{version('mypy')} {sysconfig.get_config_var('SOABI')} {COMPILE} {MODULES}".encode())
    for package in SEEN:
        for path in sorted((src / package).glob("*.py")):
            digest.update(f"{path.relative_to(src)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _copy(package: Path, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for path in package.glob("*.py"):
        shutil.copy(path, to)
