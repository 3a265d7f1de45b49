"""The pages, one module each: what is asked of the use cases, and which template shows it."""
