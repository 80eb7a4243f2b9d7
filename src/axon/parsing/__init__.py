"""Bytes of a file into facts about it: parsers, extraction, the pool of worker processes and the cache."""
