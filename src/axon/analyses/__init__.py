"""What follows from the graph alone: pure functions of a view of it, deterministic, without I/O."""
