"""Dead code at the command line: manifests and coverage data are looked at here."""

import json
import sqlite3
from pathlib import Path

import pytest

from axon.cli.coverage import read_coverage
from axon.cli.project import look_at_project
from axon.errors import UsageError
from tests.cli.conftest import Axon


def test_dead_code_of_a_repository(axon: Axon, shop: Path) -> None:
    """A list for a person, and JSON."""
    assert axon("dead-code", "--repo", shop).code == 0
    answer = json.loads(axon("dead-code", "--least", "0", "--repo", shop, "--json").out)
    assert answer["total"] == len(answer["rows"])
    unknown = axon("dead-code", "--kind", "function", "--repo", shop)
    assert (unknown.code, "No kind `function`. The kinds are" in unknown.err) == (2, True)
    assert all(row["proof"] and 0 <= row["confidence"] <= 1 for row in answer["rows"])


def test_a_package_is_a_library_and_says_where_it_begins(tmp_path: Path) -> None:
    """Paths of built files lead to their sources; a private package without an entry is none."""
    paths = ["src/a.ts", "src/index.ts", "tools/run.ts", "other.ts"]
    assert look_at_project(tmp_path, paths).is_library is False
    manifest = {
        "exports": {"./a": {"import": "./dist/a.mjs", "types": "./dist/a.d.ts"}},
        "bin": {"run": "tools/run.js"},
    }
    (tmp_path / "package.json").write_text(json.dumps(manifest))
    found = look_at_project(tmp_path, paths)
    assert found.is_library is True
    assert found.entries == {"src/a.ts", "src/index.ts", "tools/run.ts"}
    (tmp_path / "package.json").write_text('{"exports": {"./tools/*": "./tools/*.js", "./*": null}}')
    assert look_at_project(tmp_path, [*paths, "tools/x.js"]).entries == {"src/index.ts", "tools/run.ts", "tools/x.js"}
    (tmp_path / "package.json").write_text('{"exports": {"./utils/*": "./dist/utils/*.js"}}')
    assert look_at_project(tmp_path, ["src/utils/x.ts", "src/y.ts"]).entries == {"src/utils/x.ts"}
    (tmp_path / "package.json").write_text('{"exports": {"./x": "./dist/x.mjs"}}')
    assert look_at_project(tmp_path, ["src/exports/x.ts", "lib/x.ts"]).entries == {"src/exports/x.ts"}
    (tmp_path / "package.json").write_text("{")
    assert look_at_project(tmp_path, paths).entries == frozenset()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert look_at_project(tmp_path, paths).is_library is True


def test_what_packaging_installs_is_called(tmp_path: Path) -> None:
    """Scripts, entry points of any group, and both in the older files."""
    (tmp_path / "pyproject.toml").write_text(
        '[project.scripts]\nrun = "pkg.cli:main"\n[project.entry-points."pytest11"]\nx = "pkg.plugin:Plugin.make"\n'
    )
    assert look_at_project(tmp_path, ["pkg/cli.py"]).scripts == {"pkg.cli.main", "pkg.plugin.Plugin.make"}
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "setup.cfg").write_text("[options.entry_points]\nconsole_scripts =\n    old = pkg.old:run [extra]\n")
    (tmp_path / "setup.py").write_text("setup(entry_points={'console_scripts': ['new=pkg.new:go']})\n")
    assert look_at_project(tmp_path, ["pkg/cli.py"]).scripts == {"pkg.old.run", "pkg.new.go"}


def test_coverage_data_of_three_sorts(tmp_path: Path) -> None:
    """lcov, the JSON of coverage.py and its database, with absolute paths below the root made relative."""
    lcov = tmp_path / "lcov.info"
    lcov.write_text(f"SF:{tmp_path}/a.py\nDA:1,1\nDA:2,0\nend_of_record\n")
    assert read_coverage(tmp_path, None) == {"a.py": frozenset({1})}
    report = tmp_path / "report.json"
    report.write_text('{"files": {"b.py": {"executed_lines": [3, 4]}}}')
    assert read_coverage(tmp_path, report) == {"b.py": frozenset({3, 4})}
    database = tmp_path / "data"
    with sqlite3.connect(database) as made:
        made.execute("CREATE TABLE file (id INTEGER, path TEXT)")
        made.execute("CREATE TABLE line_bits (file_id INTEGER, numbits BLOB)")
        made.execute("CREATE TABLE arc (file_id INTEGER, fromno INTEGER, tono INTEGER)")
        made.execute("INSERT INTO file VALUES (1, 'c.py')")
        made.execute("INSERT INTO line_bits VALUES (1, ?)", (bytes([0b10, 0b1]),))
    made.close()
    assert read_coverage(tmp_path, database) == {"c.py": frozenset({1, 8})}


def test_what_is_no_coverage_data_is_said(tmp_path: Path) -> None:
    path = tmp_path / "odd"
    path.write_text("nothing")
    with pytest.raises(UsageError, match="no coverage data"):
        read_coverage(tmp_path, path)
