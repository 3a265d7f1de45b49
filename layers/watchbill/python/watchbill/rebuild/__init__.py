"""Recomputing the rollups from the runs, while runs go on arriving."""
