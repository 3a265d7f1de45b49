"""The app's stacks: one, the whole service."""
