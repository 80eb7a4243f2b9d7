"""Links the facts of all files: names to definitions, bases to classes, call sites to callees.

Pure: it sees no disk.
"""
