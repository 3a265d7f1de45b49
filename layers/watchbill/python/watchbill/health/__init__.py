"""Health: how a strand is, and the last day of all of them at a glance."""
