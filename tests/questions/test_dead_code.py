"""What nobody uses, on trees of source: what is reported, how sure, and what is not."""

from pathlib import Path

import pytest

from axon.languages import lexicon_of
from axon.model.findings import DeadCodeAnswer, DeadRow
from axon.model.project import Project
from axon.questions.dead_code import Coverage, dead_code
from axon.questions.opened import open_index
from tests.questions.whole import index_of

APP = {
    "app/main.py": """\
import os
import sys
from app.tools import helper, Shape

try:
    import fast
except ImportError:
    fast = None


def main(argument):
    print(helper(argument))
    return getattr(Shape(), "area")


def never(number):
    return twin(number)


def twin(number):
    return number


def _stub(unused):
    raise NotImplementedError


def _ignores(first, second):
    return first


if __name__ == "__main__":
    main(sys.argv)
    _stub(1)
    _ignores(1, 2)
""",
    "app/tools.py": """\
from unittest import TestCase


class Shape:
    def __init__(self):
        self.width = 1
        self._hidden = 2

    def area(self):
        return self.width

    def __len__(self):
        return 0

    def __repr__(self):
        return "a shape of some sort"

    def _forgotten(self):
        return 3


class Open(TestCase):
    def shortDescription(self):
        return ""


def helper(value):
    return value


@register
def plugin():
    return 4


def recursive():
    return recursive()
""",
    "tests/test_main.py": "from app.main import main\n\n\ndef test_main():\n    main(1)\n",
}


def asked(
    root: Path, *, is_library: bool = False, least: float = 0.8, coverage: Coverage | None = None
) -> DeadCodeAnswer:
    with open_index(root) as index:
        return dead_code(index, lexicon_of=lexicon_of, project=Project(is_library), least=least, coverage=coverage)


def by_name(answer: DeadCodeAnswer) -> dict[str, DeadRow]:
    return {row.name: row for row in answer.rows}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_of(tmp_path_factory.mktemp("app"), APP)


def test_what_an_application_does_not_use(app: Path) -> None:
    """Names that stand nowhere else, what only those use, and nothing that a string, a test or a dunder uses."""
    found = by_name(asked(app))
    assert {name: row.kind for name, row in found.items()} == {
        "os": "import",
        "never": "Function",
        "twin": "Function",
        "second": "parameter",
        "_hidden": "Property",
        "_forgotten": "Method",
        "recursive": "Function",
    }
    assert "only in what is not used" in found["twin"].proof
    assert found["_forgotten"].confidence == 0.95


def test_what_a_library_offers_is_open(app: Path) -> None:
    """Whoever imports the package may use a public name; a private one nobody may."""
    sure, all_of = by_name(asked(app, is_library=True)), by_name(asked(app, is_library=True, least=0.5))
    assert set(sure) == {"os", "second", "_hidden", "_forgotten"}
    assert all_of["never"].confidence == 0.6
    assert "imports the package" in all_of["never"].proof


def test_what_may_be_used_without_its_name_is_doubtful(app: Path) -> None:
    """A decorator, a base class outside of the tree, an attempt."""
    found = by_name(asked(app, least=0))
    assert found["plugin"].confidence == 0.5
    assert found["shortDescription"].confidence == 0.5
    assert found["fast"].confidence == 0.6
    assert asked(app, least=0).less_sure == 0


def test_coverage_says_whether_it_ran(app: Path) -> None:
    """Of files that were looked at."""
    lines = {row.name: row.line for row in asked(app).rows}
    found = by_name(asked(app, coverage={"app/main.py": frozenset({lines["never"] + 1})}))
    assert found["never"].covered is True
    assert found["twin"].covered is False
    assert found["_forgotten"].covered is None


def test_that_a_long_head_ran_is_no_coverage(tmp_path: Path) -> None:
    """A tracer sees each line of a list of parameters when the function is defined."""
    source = "def _long(\n    first,\n    second=1,\n) -> int:\n    return first + second\n"
    index_of(tmp_path, {"a.py": source})
    for lines, ran in (({1, 2, 3}, False), ({1, 2, 3, 5}, True)):
        assert by_name(asked(tmp_path, coverage={"a.py": frozenset(lines)}))["_long"].covered is ran


def test_exports_that_nobody_imports(tmp_path: Path) -> None:
    """What no importer names; an entry's own exports, and what it passes on, are for others."""
    root = index_of(
        tmp_path,
        {
            "index.ts": "import { used } from './lib';\nexport * from './open';\nexport const entry = used;\n",
            "lib.ts": "export const used = 1;\nexport const unused = 2;\nexport type Kind = string;\n"
            "export const inside = 3;\nconsole.log(inside);\n",
            "open.ts": "export const offered = 1;\n",
        },
    )
    assert {row.name for row in asked(root).rows if row.kind == "export"} == {"unused", "Kind", "inside"}


def test_what_an_installed_command_calls_is_used(tmp_path: Path) -> None:
    """Only the object that the script names, in whatever folder its package lies."""
    files = {"src/pkg/cli.py": "def _main():\n    return 1\n", "src/pkg/more.py": "def _main():\n    return 2\n"}
    with open_index(index_of(tmp_path, files)) as index:
        project = Project(is_library=True, scripts=frozenset({"pkg.cli._main"}))
        answer = dead_code(index, lexicon_of=lexicon_of, project=project, least=0.8)
    assert [row.symbol.path for row in answer.rows] == ["src/pkg/more.py"]


def test_what_is_used_without_a_call_of_its_name(tmp_path: Path) -> None:
    """Functions handed on where they are written, code in texts, names of protocols, methods beside others."""
    files = {
        "main.js": "app.on('mount', function onmount(path, parent) { go(parent); });\nfunction gone() {}\n"
        "run(require('./named').other, { store(options, code) { return code; } });\n",
        "tags.js": "export const title = () => 1;\nexport const form = () => 2;\n",
        "all.js": "import * as tags from './tags';\nlet n = 0;\nrun(name => tags[name](`/* ${n++} */`));\n",
        "types.d.ts": "export function up(first: string): {\n  second: string\n}\nup('');\n",
        "named.js": "function own() { return 1; }\nmodule.exports = {\n  other: own\n};\n",
        "holes.py": 'import time\n\n\nprint(f"""at\n{time.time()}\n""")\n',
        "main.py": 'CODE = """\\\nif rows:\n    self._encode_rows(rows)\n"""\n\n\nclass _Rule:\n'
        "    def _encode_rows(self):\n        return CODE\n\n    def _repr_html_(self):\n        return ''\n\n"
        "    def solve(self, tolerance):\n        return self\n\n\nclass _Other:\n"
        "    def solve(self, tolerance):\n        tolerance\n\n\nfor one in (_Rule(), _Other()):\n    one.solve(1)\n",
    }
    assert list(by_name(asked(index_of(tmp_path, files), is_library=True))) == ["gone"]


def test_what_compiled_modules_pass_on_is_used_where_it_is_named(tmp_path: Path) -> None:
    """Through `__exportStar`, a namespace under a name, and a default; what nobody names is still listed."""
    files = {
        "lib/part.js": "exports.used = () => 1;\nexports.spare = () => 2;\n",
        "lib/util.js": "exports.help = () => 3;\n",
        "lib/only.js": "const only = () => 4;\nexports.default = only;\n",
        "lib/index.js": '__exportStar(require("./part"), exports);\nexports.util = __importStar(require("./util"));\n'
        'exports.only = __importDefault(require("./only")).default;\n',
        "lib/inner.js": 'exports.inner = __importStar(require("./index"));\n',
        "main.js": 'const lib_1 = require("./lib/inner");\nlib_1.inner.used();\nlib_1.inner.util.help();\n',
    }
    found = by_name(asked(index_of(tmp_path, files)))
    assert {name: row.kind for name, row in found.items()} == {"spare": "export"}


def test_parameters_of_a_cut_list_and_of_declarations_are_no_findings(tmp_path: Path) -> None:
    """A signature is kept up to a length: what it breaks off at is no name; what only declares reads no parameter."""
    many = ", ".join(f"long_parameter_{n}" for n in range(40))
    root = index_of(
        tmp_path,
        {
            "cut.py": f"def _wide(first, {many}):\n    return [{many}]\n\n\nprint(_wide())\n",
            "lib.d.ts": "export declare function join(items: string[], by?: string): string;\n",
            "use.ts": "function call(run: (n: number) => void, spare: number): void {\n  run(1);\n}\ncall();\n",
        },
    )
    found = [row.name for row in asked(root, least=0).rows if row.kind == "parameter"]
    assert found == ["first", "spare"]


def test_what_is_handed_on_under_its_own_name_is_used(tmp_path: Path) -> None:
    """`self.run = run` reads a function; a class of an unknown base and names that markup needs are in doubt."""
    index = index_of(
        tmp_path,
        {
            "two.py": "import sys\n\nif sys.argv:\n    def _dump(mode):\n        return mode\nelse:\n"
            "    def _dump(mode):\n        return sys.path[0]\n\n\n_dump('x')\n",
            "app.py": "import lib\n\n\nclass Pool:\n    def __init__(self):\n"
            "        def on_up(one):\n            return _seen(one)\n\n        self.on_up = on_up\n\n\n"
            "def _seen(one):\n    return one\n\n\nclass Kind(lib.kinds['x'].Base):\n    def _made_by_base(self):\n"
            "        return 1\n\n\nprint(Pool(), Kind())\n",
            "view.jsx": "import React, { unused } from 'react'\n// must remain\nimport kept from 'kept'\n"
            "export const view = <b>x</b>\n",
            "shape.ts": "export type Shape = 1\nexport type Side = 2\nexport type Other = 3\nexport const make = 4\n",
            "user.js": "import { make } from './shape'\n/** @param {import('./shape').Shape} shape */\n"
            "function area(shape) { return shape }\n/** @import { Side } from './shape' */\narea(make)\n",
        },
    )
    found = asked(index, least=0.8)
    assert {row.name for row in found.rows} == {"Other", "unused"}
