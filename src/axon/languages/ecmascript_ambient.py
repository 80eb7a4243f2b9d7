"""Names that a file of a test knows without importing them, because its runner puts them there.

What flows in: the packages around a file, and whether its path is a test's. What flows out: for each such name the
dotted name under which an import would know it, so that both are one external symbol.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from axon.languages.ecmascript_manifests import Package

_COMMON: Final = "describe it test expect beforeEach afterEach beforeAll afterAll"
_RUNNERS: Final = {  # what a package depends on -> the module that has the names, and the names
    "vitest": ("vitest", f"{_COMMON} suite vi vitest assert expectTypeOf assertType"),
    "jest": ("@jest/globals", f"{_COMMON} jest xdescribe xit xtest fdescribe fit"),
    "mocha": ("mocha", "describe context suite it specify test before after beforeEach afterEach xdescribe xit run"),
    "jasmine": ("jasmine", f"{_COMMON} jasmine spyOn fail pending xdescribe xit fdescribe fit"),
}
_MORE: Final = {"@jest/globals": "jest", "ts-jest": "jest", "@types/jest": "jest", "@types/mocha": "mocha"}
_LISTS: Final = ("devDependencies", "dependencies", "peerDependencies")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def ambient_names(packages: Iterable[Package], *, is_test: bool) -> Mapping[str, str]:
    """Name -> dotted external name; of the nearest package that lists a runner, else of a test without one."""
    for package in packages:
        for field in _LISTS:
            listed = package.data.get(field)
            for name in listed if isinstance(listed, dict) else ():
                runner = _MORE.get(name, name)
                if runner in _RUNNERS:
                    return _names(*_RUNNERS[runner])
    return _names("globalThis", f"{_COMMON} vi jest") if is_test else _NONE


@cache
def _names(module: str, names: str) -> Mapping[str, str]:
    return MappingProxyType({name: f"{module}.{name}" for name in names.split()})
