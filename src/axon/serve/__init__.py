"""Who answers, and to whom: the open index and the work tree beside it, agents, reviews. It prints nothing."""
