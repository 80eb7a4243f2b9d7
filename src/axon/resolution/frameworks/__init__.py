"""What frameworks do with the code of a tree: entry points, routes and what is injected, by rule packs.

What flows in: the linked tree. What flows out: nodes and edges that no line of its code calls for.
"""
