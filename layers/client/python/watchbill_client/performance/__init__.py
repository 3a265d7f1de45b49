"""Performance tracking: what an agent's work took, cost and was worth, sent from the background of that work."""
