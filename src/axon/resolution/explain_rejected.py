"""Why other definitions of a name are not what a call means.

What flows in: an explained call, and the node rows of other definitions of the name that it writes. What flows out: one
sentence for each. It looks no name up in the whole tree: whoever asks says which definitions there are.
"""

from collections.abc import Sequence

from axon.languages import named
from axon.model.kinds import Rule
from axon.resolution.explain import Explainer
from axon.resolution.explain_sites import Edge
from axon.resolution.values import INSTANCES, UNKNOWN, Values, is_external, is_instance


def are_kin(one: str, other: str) -> bool:
    """Whether files of two languages can name each other's symbols."""
    return one == other or bool(one and other and named(one).family and named(one).family == named(other).family)


def why_not(explainer: Explainer, edge: Edge, candidates: Sequence[int]) -> list[str]:
    """For each candidate why the call at an edge does not mean it."""
    name, receivers = explainer.sites.receivers(edge)
    known = tuple(explainer.flow.instance(value) for value in receivers if value >= 0 or is_external(value))
    if edge.rule is Rule.SUPER:
        return [_not_behind(explainer, edge, row) for row in candidates]
    return [_reason(explainer, edge, name, known, row) for row in candidates]


def _reason(explainer: Explainer, edge: Edge, name: str, receivers: Values, row: int) -> str:
    names, chains = explainer.names, explainer.chains
    holder = chains.holder(row)
    is_member = names.classes.is_class(holder)
    classes = [v - INSTANCES if is_instance(v) else v for v in receivers if is_instance(v) or names.classes.is_class(v)]
    if classes:
        return _not_along(explainer, edge, classes, name, row)
    if edge.rule is Rule.FAMILY:
        is_beside = explainer.sites.is_test(row) and not explainer.sites.is_test(edge.source)
        return "it is in a test, which other code does not call" if is_beside else "it is no method of that hierarchy"
    if receivers:
        return f"the receiver is `{chains.label(receivers[0])}`, which does not hold it"
    if is_member and edge.target != UNKNOWN:
        return f"it is known as an attribute of `{chains.label(holder)}` only, and the call has no such receiver"
    target_holder = -1 if is_external(edge.target) else chains.holder(edge.target)
    if holder >= 0 and holder == target_holder:
        return "another definition of the name in the same scope holds there"
    is_initializer = edge.rule is Rule.CONSTRUCTOR and names.classes.is_class(target_holder)
    return f"the name is bound to `{chains.label(target_holder if is_initializer else edge.target)}` there"


def _not_behind(explainer: Explainer, edge: Edge, row: int) -> str:
    """Why a definition is not what an attribute of `super()` means, or the initializer behind."""
    names, chains = explainer.names, explainer.chains
    file, definition = explainer.flow.place(edge.source)
    own, holder = names.row(file, names.scopes[file].enclosing_class(definition)), chains.holder(row)
    if not names.classes.is_class(own) or not names.classes.is_class(holder):
        return "`super()` does not look there"
    label, order = chains.label, names.classes.heritage.order(own)
    if holder == own:
        return f"`super()` looks behind `{label(own)}`"
    if holder in order:
        return f"in the MRO of `{label(own)}` `{label(edge.target)}` comes before it"
    return f"`{label(holder)}` is not in the MRO of `{label(own)}`"


def _not_along(explainer: Explainer, edge: Edge, classes: Sequence[int], name: str, row: int) -> str:
    """Why a definition is not what an attribute of classes or of their instances means."""
    names, chains = explainer.names, explainer.chains
    holder, label = chains.holder(row), chains.label
    if not names.classes.is_class(holder):
        return f"it is no attribute of `{label(classes[0])}`"
    for own in classes:
        order = names.classes.heritage.order(own)
        if holder in order:
            found = next((v for v in names.classes.declared(order, name) if not is_external(v)), row)
            if chains.holder(found) == holder:
                return f"another definition of the name in `{label(holder)}` holds there"
            return f"in the MRO of `{label(own)}` `{label(found)}` comes before it"
        if own in names.classes.heritage.order(holder):
            if edge.rule is Rule.OVERRIDE and explainer.sites.is_test(row):
                return f"`{label(holder)}` is below `{label(own)}`, but it is in a test of another file"
            return f"`{label(holder)}` is below `{label(own)}`, and the receiver is not shown to be one"
    return f"`{label(holder)}` is not in the MRO of `{label(classes[0])}`"
