"""The environment of a tree: packages that are installed beside its sources and say of what types they are.

What flows in: a root, the setting, and a language's reader of stubs. What flows out: bytes of declarations, and a stamp
that changes with the packages. Nothing of an environment is executed; what lies outside its folders is not read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from axon.languages import all_languages
from axon.languages.stubs import StubReader

AUTOMATIC: Final = "auto"
NO_ENVIRONMENT: Final = "none"
_MARKER: Final = "pyvenv.cfg"


class Environment:
    """The folders of packages of one environment, for one language."""

    def __init__(self, reader: StubReader, folders: tuple[Path, ...]) -> None:
        self.reader, self.folders = reader, folders
        self._heads: dict[str, bool] = {}

    def stub(self, module: str) -> tuple[bytes, str] | None:
        """The declarations of a module and where in its folder they stand; None where it declares none."""
        head = module.partition(".")[0]
        if head not in self._heads:
            telling = [place.marker or place.path.partition("/")[0] for place in self.reader.installed(head)]
            self._heads[head] = any((folder / name).exists() for folder in self.folders for name in telling)
        return next(self._found(module), None) if self._heads[head] else None

    def _found(self, module: str) -> Iterator[tuple[bytes, str]]:
        for place in self.reader.installed(module):
            for folder in self.folders:
                if place.marker and not (folder / place.marker).is_file():
                    continue
                try:
                    yield (folder / place.path).read_bytes(), place.path
                except OSError:
                    continue

    def stamp(self) -> str:
        """The names and versions of what is installed."""
        ends = self.reader.versions
        return "\n".join(
            sorted(e.name for folder in self.folders for e in folder.iterdir() if ends and e.name.endswith(ends))
        )


def environments(root: Path, setting: str) -> list[Environment]:
    """The environments of a tree: the first folder that looks like one, the one that `setting` names, or none."""
    if setting == NO_ENVIRONMENT:
        return []
    found = []
    for language in all_languages().values():
        reader = language.stubs
        if reader is None:
            continue
        names = reader.environments if setting == AUTOMATIC else (setting,)
        home = next((root / name for name in names if (root / name / _MARKER).is_file()), None)
        if home is not None:
            folders = tuple(f for pattern in reader.packages for f in sorted(home.glob(pattern)) if f.is_dir())
            found.append(Environment(reader, folders))
    return [environment for environment in found if environment.folders]


def environment_stamp(root: Path, setting: str) -> str:
    """What changes with the packages of a tree's environments; '' where it has none."""
    return "\n".join(environment.stamp() for environment in environments(root, setting))
