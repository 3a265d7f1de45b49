"""Streams: goals, and the items on their way to them."""
