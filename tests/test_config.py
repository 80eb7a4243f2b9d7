"""Settings: the order of their sources, and the errors a person can act on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from axon.config import Settings, cache_home, data_home, load_settings, models_home
from axon.errors import ConfigError


def test_without_any_source_the_defaults_hold(tmp_path: Path) -> None:
    """An empty folder and an empty environment give the defaults."""
    assert load_settings(tmp_path, environ={}) == Settings()


def test_axon_toml_overrides_defaults(tmp_path: Path) -> None:
    """A key of axon.toml replaces its default and no other."""
    (tmp_path / "axon.toml").write_text("jobs = 3\n")
    assert load_settings(tmp_path, environ={}) == Settings(jobs=3)


def test_pyproject_serves_where_there_is_no_axon_toml(tmp_path: Path) -> None:
    """The table [tool.axon] of pyproject.toml is read."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.axon]\nembedder = 'lexical'\n")
    assert load_settings(tmp_path, environ={}).embedder == "lexical"


def test_axon_toml_stands_for_pyproject(tmp_path: Path) -> None:
    """Where both files are there, pyproject.toml is not read."""
    (tmp_path / "pyproject.toml").write_text("[tool.axon]\njobs = 1\nmax_file_bytes = 5\n")
    (tmp_path / "axon.toml").write_text("jobs = 2\n")
    assert load_settings(tmp_path, environ={}) == Settings(jobs=2)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    """AXON_JOBS is stronger than jobs in axon.toml."""
    (tmp_path / "axon.toml").write_text("jobs = 3\n")
    assert load_settings(tmp_path, environ={"AXON_JOBS": "4"}).jobs == 4


def test_flags_override_the_environment(tmp_path: Path) -> None:
    """A flag that was given wins, and one that is None was not given."""
    flags = {"jobs": 5, "embedder": None}
    settings = load_settings(tmp_path, environ={"AXON_JOBS": "4", "AXON_EMBEDDER": "lexical"}, flags=flags)
    assert (settings.jobs, settings.embedder) == (5, "lexical")


def test_an_unknown_key_names_file_key_and_the_nearest(tmp_path: Path) -> None:
    """A misspelt key is an error that a person can mend without looking anything up."""
    (tmp_path / "axon.toml").write_text("max_file_byte = 1\n")
    with pytest.raises(ConfigError, match=r"max_file_byte in .*axon\.toml\. Did you mean max_file_bytes\?"):
        load_settings(tmp_path, environ={})


def test_an_unknown_key_far_from_all_lists_the_settings(tmp_path: Path) -> None:
    """Where nothing is near, the error lists what there is."""
    (tmp_path / "pyproject.toml").write_text("[tool.axon]\ncolour = 'red'\n")
    with pytest.raises(ConfigError, match=r"\[tool\.axon\] in .*The settings are jobs, "):
        load_settings(tmp_path, environ={})


def test_an_unknown_flag_is_an_error(tmp_path: Path) -> None:
    """The command line cannot set what does not exist."""
    with pytest.raises(ConfigError, match="job in the command line"):
        load_settings(tmp_path, environ={}, flags={"job": 1})


def test_a_misspelt_variable_is_an_error(tmp_path: Path) -> None:
    """A variable that is nearly a setting's name was meant for it."""
    with pytest.raises(ConfigError, match=r"AXON_EMBEDER in the environment\. Did you mean AXON_EMBEDDER"):
        load_settings(tmp_path, environ={"AXON_EMBEDER": "lexical"})


def test_a_stranger_s_variable_is_left_alone(tmp_path: Path) -> None:
    """Other programs use the prefix too, and must not stop this one."""
    assert load_settings(tmp_path, environ={"AXON_SERVER_URL": "x", "AXON_HOME": "/h"}) == Settings()


@pytest.mark.parametrize("text", ["jobs = 'two'", "jobs = true", "jobs = -1", "embedder = 3", "embedder = ''"])
def test_a_value_of_the_wrong_kind_is_an_error(tmp_path: Path, text: str) -> None:
    """Wrong types and negative numbers are refused by name."""
    (tmp_path / "axon.toml").write_text(text)
    with pytest.raises(ConfigError, match=text.partition(" ")[0]):
        load_settings(tmp_path, environ={})


def test_a_variable_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    """The error names the variable as the user wrote it."""
    with pytest.raises(ConfigError, match="AXON_JOBS in the environment must be a whole number, not 'many'"):
        load_settings(tmp_path, environ={"AXON_JOBS": "many"})


@pytest.mark.parametrize("content", [b"jobs = ", b"jobs = 1 # \xff"])
def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    """A file that is no TOML, or no UTF-8, is refused."""
    (tmp_path / "axon.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"axon\.toml is not valid TOML"):
        load_settings(tmp_path, environ={})


def test_a_tool_table_that_is_no_table_is_an_error(tmp_path: Path) -> None:
    """`tool.axon = 1` is refused rather than ignored."""
    (tmp_path / "pyproject.toml").write_text("[tool]\naxon = 1\n")
    with pytest.raises(ConfigError, match="is not a table"):
        load_settings(tmp_path, environ={})


def test_axon_home_holds_all_data(tmp_path: Path) -> None:
    """With AXON_HOME set, cache, data and models lie below it, apart from each other."""
    environ = {"AXON_HOME": str(tmp_path)}
    homes = {cache_home(environ), data_home(environ), models_home(environ)}
    assert len(homes) == 3
    assert all(home.is_relative_to(tmp_path) for home in homes)


def test_without_axon_home_the_platform_s_folders_serve() -> None:
    """The names come from platformdirs, and hold Axon's own."""
    assert "axon" in cache_home({}).parts
    assert "axon" in data_home({}).parts


def test_importing_the_settings_is_cheap() -> None:
    """Start-up does not pay for readers of files that may not be there."""
    code = "import sys, axon.config; print(sorted({'tomllib', 'platformdirs', 'difflib'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"
