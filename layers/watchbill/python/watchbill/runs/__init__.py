"""The run record: what an agent did once, written once and updated rarely. Everything else is a view of it."""
