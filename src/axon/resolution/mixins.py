"""Classes that functions return which define them: what `class A extends mixin(B)` extends besides what is passed.

What flows in: the facts of one file. What flows out: definitions. It resolves no name.
"""

from typing import Final

from axon.model.facts import NO_DEFINITION, ExpressionKind, FileFacts, FlowKind
from axon.model.kinds import CLASS_CODES

_NAME, _DEFINITION = int(ExpressionKind.NAME), int(ExpressionKind.DEFINITION)
_RETURNED: Final = int(FlowKind.RETURNED)


def returned_classes(facts: FileFacts) -> dict[int, tuple[int, ...]]:
    """Function -> the classes inside it that it returns, each once, in order; only functions that return any."""
    table, flows, expressions = facts.definitions, facts.flows, facts.expressions
    inside = {
        (owner, name): d
        for d, (owner, name, kind) in enumerate(zip(table.owner, table.name, table.kind, strict=True))
        if owner != NO_DEFINITION and kind in CLASS_CODES
    }
    found: dict[int, tuple[int, ...]] = {}
    if not inside:
        return found
    for kind, scope, value in zip(flows.kind, flows.scope, flows.value, strict=True):
        if kind != _RETURNED or scope == NO_DEFINITION or value < 0:
            continue
        written, made = expressions.kind[value], NO_DEFINITION
        if written == _DEFINITION:
            made = expressions.second[value]
        elif written == _NAME:
            made = inside.get((scope, expressions.text[value]), NO_DEFINITION)
        if made != NO_DEFINITION and table.kind[made] in CLASS_CODES and made not in found.get(scope, ()):
            found[scope] = (*found.get(scope, ()), made)
    return found
