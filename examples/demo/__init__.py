"""A month in the life of seven agents: `python -m examples.demo` writes it to a deployment."""
