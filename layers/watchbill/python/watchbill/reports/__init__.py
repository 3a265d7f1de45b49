"""Reports: what a period was like, and how it differs from the one before; eight types, each with its own question."""
