"""Symbols into vectors: what is embedded, by which embedder, and the pool that does it in the background."""
