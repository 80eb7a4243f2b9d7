"""Language models over the graph: what they write about it, checked, kept, and never asked for twice.

What flows in: an open index and a provider. What flows out: artifacts, each attached to one node. Nothing here runs
unless somebody asked for it: `axon analyze` never calls a model.
"""
