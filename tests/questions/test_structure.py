"""Communities and flows of an index: stored by a whole run, made again after an update, the same either way."""

import shutil
from pathlib import Path

import pytest

from axon.errors import UnknownSymbolError
from axon.pipeline import reindex_files
from axon.pipeline.complete import complete_database
from axon.pipeline.verify import verify
from axon.questions.communities import communities
from axon.questions.flows import flow, flows
from axon.questions.opened import Index, open_index
from axon.storage.labels import has_labels
from tests.questions.whole import MODELS, TILL


def test_communities_by_size_with_their_hubs(whole: Index) -> None:
    """Every one has a name, members and paths; a symbol's own lists who else is there."""
    answer = communities(whole)
    assert answer.total == len(answer.communities) > 0
    assert [c.size for c in answer.communities if c.level == 0] == sorted(
        (c.size for c in answer.communities if c.level == 0), reverse=True
    )
    assert all(0 <= c.cohesion <= 1 and c.hubs and c.paths for c in answer.communities)
    own = communities(whole, "Cart.total")
    assert f"{MODELS}::Cart" in {member.id for member in own.members}


def test_a_flow_has_positions_and_pictures(whole: Index) -> None:
    """The entry first; both pictures have every step."""
    assert f"{TILL}::send" in {row.entry.id for row in flows(whole).flows}
    answer = flow(whole, "send")
    assert answer.steps[0].symbol.id == f"{TILL}::send"
    assert [step.position for step in answer.steps] == list(range(1, answer.flow.steps + 1))
    assert answer.mermaid.startswith("flowchart TD\n")
    assert answer.dot.startswith("digraph")
    assert answer.mermaid.count("[") == answer.dot.count("label=") == answer.flow.steps
    inner = answer.steps[-1].symbol.id
    assert inner in {step.symbol.id for step in flow(whole, inner).steps}


def test_what_is_in_no_flow_says_so(whole: Index) -> None:
    with pytest.raises(UnknownSymbolError, match="step of no flow"):
        flow(whole, "unused")


def test_labels_of_an_update_are_those_of_a_fresh_index(whole_root: Path, tmp_path: Path) -> None:
    """An update stores none; a question makes them, the graph database stores them, and verify compares them."""
    root = tmp_path / "tree"
    shutil.copytree(whole_root, root)
    with open_index(root) as index:
        assert has_labels(index.generation.folder)
    (root / TILL).write_text((root / TILL).read_text() + "\n\ndef more():\n    return start() + heavy()\n")
    reindex_files(root, [TILL], embeddings=False, defer_database=True)
    with open_index(root) as index:
        assert not has_labels(index.generation.folder)
        asked = communities(index).communities, flows(index).flows
    assert complete_database(root)
    with open_index(root) as index:
        assert has_labels(index.generation.folder)
        assert (communities(index).communities, flows(index).flows) == asked
    found = verify(root)
    assert found.is_complete
    assert not found.damage
    assert not found.n_differences


def test_a_flipped_byte_of_the_labels_is_damage(whole_root: Path, tmp_path: Path) -> None:
    """Verify tells."""
    root = tmp_path / "tree"
    shutil.copytree(whole_root, root)
    with open_index(root) as index:
        path = index.generation.folder / "labels.columns"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert any("labels.columns has changed" in line for line in verify(root, quick=True).damage)
