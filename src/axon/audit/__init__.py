"""What an index says, compared with what somebody else knows: calls that were seen while a program ran, or an index of
another tool.

What flows in: the columns of an index, and observations. What flows out: an `AuditAnswer`. It changes no graph.
"""
