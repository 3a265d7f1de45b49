"""Agents assigned to streams: who does what, who waits for whom, and what follows when one has ended."""
