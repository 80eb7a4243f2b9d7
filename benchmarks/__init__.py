"""What Axon costs, measured on pinned source trees against ceilings that are kept in `budgets.toml`."""
