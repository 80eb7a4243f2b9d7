"""A tree of which things were written about, and how a run of enrich keeps them."""

from pathlib import Path

from axon.enrich.model import Artifact, JobKey, Value
from axon.enrich.store import ArtifactStore
from axon.enrich.subjects import Subjects
from axon.storage.columns import IndexColumns
from axon.storage.generations import IndexHome
from axon.storage.manifest import read_indexed_files
from axon.storage.sources import Sources
from tests.pipeline.trees import SHOP, index, write_tree

PAY = "shop/till/desk.py::pay"
MONEY = "shop/money.py"


def claim(text: str, quote: str, line: int) -> Value:
    return {"text": text, "quote": quote, "line": line}


CONTRACT: Value = {
    "preconditions": [claim("The gate opens.", "gate.open()", 2)],
    "raises": [claim("Whatever the gate raises.", "gate.open()", 2)],
    "side_effects": [],
}
FEATURE: Value = {"name": "paying", "broader": "domain", "parts": [], "members": [PAY, "shop/money.py::total"]}


def keep(root: Path, *rows: tuple[str, str, Value], model: str = "m") -> None:
    """Write artifacts as a run of enrich over the index in force does."""
    with IndexHome(root).require_current() as generation, IndexColumns.open(generation.columns) as columns:
        files = read_indexed_files(generation.folder)
        subjects = Subjects(columns, Sources(root, lambda: {file.path: file.digest for file in files}))
        with ArtifactStore(root / ".axon") as store:
            for task, node, value in rows:
                store.keep(Artifact(JobKey(task, node), value, f"key {value}", model), subjects.basis(node))


def written_shop(root: Path) -> Path:
    """An indexed tree of which a function, a file, a folder and a feature were written about, not loaded yet."""
    index(write_tree(root, SHOP))
    keep(
        root,
        ("contracts", PAY, CONTRACT),
        ("summary", MONEY, {"summary": "Adds up prices."}),
        ("summary", "shop/", {"summary": "Sells things."}),
        ("feature", "feature:paying", FEATURE),
        ("feature", "feature:domain", {"name": "domain", "broader": "", "parts": [], "members": []}),
        ("taxonomy", "feature:paying", {"name": "paying", "broader": "domain", "text": "Taking money."}),
    )
    return root
