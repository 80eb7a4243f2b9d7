"""Why other definitions of a name are not what a call means.

What flows in: an explained call, and the node rows of other definitions of the name that it writes. What flows out: one
sentence for each. It looks no name up in the whole tree: whoever asks says which definitions there are.
"""

from collections.abc import Sequence

from axon.model.kinds import Rule
from axon.resolution.explain import Edge, Explainer
from axon.resolution.values import INSTANCES, UNKNOWN, Values, is_external, is_instance


def why_not(explainer: Explainer, edge: Edge, candidates: Sequence[int]) -> list[str]:
    """For each candidate why the call at an edge does not mean it."""
    _, receivers = explainer.receivers(edge)
    known = tuple(value for value in receivers if value >= 0 or is_external(value))
    return [_reason(explainer, edge, known, row) for row in candidates]


def _reason(explainer: Explainer, edge: Edge, receivers: Values, row: int) -> str:
    names, chains = explainer.names, explainer.chains
    holder = chains.holder(row)
    is_member = names.classes.is_class(holder)
    if edge.rule is Rule.FAMILY:
        is_beside = explainer.is_test(row) and not explainer.is_test(edge.source)
        return "it is in a test, which other code does not call" if is_beside else "it is no method of that hierarchy"
    classes = [v for v in receivers if is_instance(v) or names.classes.is_class(v)]
    if classes:
        return _not_along(explainer, edge, classes, row)
    if receivers:
        return f"the receiver is `{chains.label(receivers[0])}`, which does not hold it"
    if is_member and edge.target != UNKNOWN:
        return f"it is known as an attribute of `{chains.label(holder)}` only, and the call has no such receiver"
    target_holder = -1 if is_external(edge.target) else chains.holder(edge.target)
    if holder >= 0 and holder == target_holder:
        return "another definition of the name in the same scope holds there"
    return f"the name is bound to `{chains.label(edge.target)}` there"


def _not_along(explainer: Explainer, edge: Edge, receivers: Sequence[int], row: int) -> str:
    """Why a definition is not what an attribute of instances or classes means."""
    names, chains = explainer.names, explainer.chains
    holder = chains.holder(row)
    owner = receivers[0] - INSTANCES if is_instance(receivers[0]) else receivers[0]
    label = chains.label(owner)
    if not names.classes.is_class(holder):
        return f"it is no attribute of `{label}`"
    for receiver in receivers:
        own = receiver - INSTANCES if is_instance(receiver) else receiver
        if holder in names.classes.heritage.order(own):
            first = f"`{chains.label(edge.target)}` comes before it"
            return f"in the MRO of `{chains.label(own)}` {first}"
        if own in names.classes.heritage.order(holder):
            return f"`{chains.label(holder)}` is below `{chains.label(own)}`, and the receiver is not shown to be one"
    return f"`{chains.label(holder)}` is not in the MRO of `{label}`"
