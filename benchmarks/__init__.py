"""What the README's figures come from. Each module is a command; `docs/benchmarks.md` holds what they printed."""
