"""Tasks that run agents: what waits, what may start, what became of it."""
