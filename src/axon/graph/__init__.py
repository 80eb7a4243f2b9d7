"""The code graph in memory: columns, the views over them, how they are built from facts and compared."""
