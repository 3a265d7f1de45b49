"""Rollups, which the table's stream keeps current, and the figures read from them."""
