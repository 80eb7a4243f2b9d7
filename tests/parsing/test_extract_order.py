"""The same bytes give the same facts, row for row, wherever in memory the parser puts its nodes."""

from axon.parsing.codec import encode
from axon.parsing.extract import extract
from axon.parsing.parser import capture

_FUNCTION = """
def f{n}(a, b):
    with a.x{n}() as one, b.y{n}() as two:
        total = a.n{n} + b.n{n} * one[0] - two[1]
        total += a[b.k{n}] if a.m{n} < b.m{n} < one else not -total
    try:
        yield a.n{n}, b.n{n}
    except (KeyError, a.Error{n}) as error:
        raise b.Error{n}(error) from error
    match a:
        case b.Point(x=0) as found if isinstance(found, b.Other{n}) and isinstance(a, b.Third{n}):
            return found
"""


def test_rows_do_not_depend_on_where_nodes_lie() -> None:
    """The binding hands captured nodes out in an order that depends on their addresses."""
    content = "".join(_FUNCTION.format(n=n) for n in range(40)).encode()
    kept = []
    encoded = set()
    for _ in range(10):
        kept.append(capture("python", content))  # so that the next tree lies elsewhere
        encoded.add(encode(extract("python", content)))
    assert len(encoded) == 1
