"""Agents at work together: a graph of tasks that is made at once, and what came of it, said once."""
