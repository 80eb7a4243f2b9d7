"""Everything that is worth knowing of a tree on one page.

What flows in: an index and the values that its parts need. What flows out: a `ReportAnswer`, made of the answers of
other questions. It does not know how a page looks.
"""

from collections.abc import Callable
from typing import Final

from axon.model.findings import ReportAnswer
from axon.model.history import History
from axon.model.lexicon import Lexicon
from axon.model.project import Project
from axon.questions.communities import communities
from axon.questions.coupling import coupling
from axon.questions.dead_code import dead_code
from axon.questions.flows import flows
from axon.questions.metrics import metrics, tree_mentions
from axon.questions.opened import Index
from axon.questions.status import status
from axon.questions.written import written

_ROWS: Final = 20


def report(
    index: Index,
    *,
    lexicon_of: Callable[[str], Lexicon],
    project: Project,
    history: History,
    owners: Callable[[str], tuple[str, ...]],
) -> ReportAnswer:
    """The first rows of what each question says."""
    read = tree_mentions(index, lexicon_of)
    return ReportAnswer(
        index.root.name,
        status(index),
        communities(index, limit=_ROWS),
        flows(index, limit=_ROWS),
        metrics(index, lexicon_of=lexicon_of, read=read, limit=_ROWS),
        dead_code(index, lexicon_of=lexicon_of, project=project, read=read, limit=_ROWS),
        coupling(index, history, owners=owners, lexicon_of=lexicon_of, read=read, limit=_ROWS),
        index.state(),
        written(index, _ROWS),
    )
