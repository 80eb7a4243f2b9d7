"""SCIP, the Source Code Intelligence Protocol: indexes of other tools, as plain data.

What flows in: bytes of a SCIP index, or documents. What flows out: the other. It does not know our graph.
"""
