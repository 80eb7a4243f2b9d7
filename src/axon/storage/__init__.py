"""The graph on disk: backends, the files of a generation, and what they have in common."""
