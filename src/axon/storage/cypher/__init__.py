"""Everything that speaks Cypher, for any engine with Kuzu's Python API; it imports no engine."""
