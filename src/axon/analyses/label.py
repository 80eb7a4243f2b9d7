"""All that is said of a graph as a whole, in the order in which it is found.

What flows in: a view. What flows out: its labels. `timed` wraps each phase by name, for whoever measures.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from axon.analyses.communities import find_communities
from axon.analyses.dead_code import unused_symbols
from axon.analyses.flows import find_flows
from axon.analyses.tests import direct_tests
from axon.graph.labels import Labels
from axon.graph.view import GraphView


def label(view: GraphView, timed: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext()) -> Labels:
    """Communities, flows, tests and what is not used, from the graph alone."""
    with timed("communities"):
        communities = find_communities(view)
    with timed("processes"):
        flows = find_flows(view)
        tests = direct_tests(view)
    with timed("dead_code"):
        unused = unused_symbols(view)
    return Labels(communities, flows, tests, unused)
