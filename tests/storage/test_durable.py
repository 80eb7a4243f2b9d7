"""Removals that no reader sees half done."""

from pathlib import Path

from axon.storage.durable import remove_folder


def test_what_a_killed_removal_left_is_no_obstacle(tmp_path: Path) -> None:
    """The rename comes first; a process that died after it leaves a folder of that name behind."""
    for name in ("index", ".trashindex"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    assert remove_folder(tmp_path / "index") is True
    assert list(tmp_path.iterdir()) == []
